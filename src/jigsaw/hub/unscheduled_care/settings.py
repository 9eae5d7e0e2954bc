"""Which settings are there, and whose message is this?

A setting's messages are known by the address they come from and the facility they name (MLLP), or by a secret that
they carry (HTTP). Nobody else may post.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.formats.adt import looks_like_ods
from jigsaw.hub.agencies import access as agency_access
from jigsaw.hub.agencies import operations as agency_operations
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.unscheduled_care.models import Setting

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Agency, Practitioner

SHORTEST_SECRET = 32
CHANGED = (
    "name", "ods_code", "facility", "addresses", "worked_on_by_id", "active", "may_look", "secret_hash"
)  # fmt: skip


def new_secret() -> str:
    """A fresh secret of 256 bits."""
    return secrets.token_urlsafe(32)


@transaction.atomic
def add(
    *,
    actor: Actor,
    agency: Agency,
    code: str,
    name: str,
    ods_code: str,
    worked_on_by: Practitioner,
    facility: str = "",
    addresses: Iterable[str] = (),
    with_secret: bool = False,
    may_look: bool = False,
    now: datetime,
) -> tuple[Setting, str]:
    """Set up a setting of an agency; returns it and, with `with_secret`, the secret, which is told this once.

    `may_look`: with the secret its system may also look for a practitioner who stands at it. Raises Refused; Invalid for a code that is taken, an ODS code or address that is none, or a person elsewhere.
    """
    agency_access.check_can_manage(actor)
    hosts = [address.strip() for address in addresses if address.strip()]
    wrong = _wrong_with(ods_code, worked_on_by, agency.pk, hosts)
    if not code.strip() or Setting.objects.filter(code__iexact=code).exists():
        wrong["code"] = _("Give it a code of its own.")
    if wrong:
        raise Invalid(_("This setting cannot be added as it is."), wrong)
    secret = new_secret() if with_secret else ""
    made = Setting.objects.create(
        agency=agency, code=code.strip(), name=name.strip() or agency.name, ods_code=ods_code, facility=facility,
        addresses=hosts, secret_hash=_hash(secret) if secret else "", worked_on_by=worked_on_by, added_at=now,
        may_look=may_look,
    )  # fmt: skip
    audit.record(actor=actor, action="setting.added", thing=f"setting {made.pk}", now=now)
    return made, secret


def _wrong_with(
    ods_code: str, worked_on_by: Practitioner | None, agency: UUID, hosts: Iterable[str]
) -> dict[str, object]:
    wrong: dict[str, object] = {}
    if not looks_like_ods(ods_code):
        wrong["ods_code"] = _(
            "This does not look like an ODS code. Look it up in the directory of organisations."
        )
    if worked_on_by is None or worked_on_by.agency_id != agency:
        wrong["worked_on_by"] = _("Messages are worked on by somebody of the agency itself.")
    if any(not _is_address(host) for host in hosts):
        wrong["addresses"] = _("Give addresses as numbers, such as 10.20.0.7.")
    return wrong


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What a setting is to be from now on. `secret`: in place of the one there is; empty keeps that. The telephones are
    those of its agency, for all its settings."""

    name: str
    ods_code: str
    worked_on_by: UUID
    active: bool
    may_look: bool
    facility: str = ""
    addresses: tuple[str, ...] = ()
    secret: str = ""
    phone: str = ""
    out_of_hours_phone: str = ""


@transaction.atomic
def change(*, actor: Actor, setting: UUID, to: Changed, now: datetime) -> Setting:
    """Change a setting and its agency's telephones; audited with what changed and never with a secret.

    Raises Refused, NotHere; Invalid as `add` does, and for a secret that is short, or that another setting has.
    """
    found = one(actor, setting, lock=True)
    hosts = [address.strip() for address in to.addresses if address.strip()]
    named = agency_queries.practitioners([to.worked_on_by]).get(to.worked_on_by)
    wrong = _wrong_with(to.ods_code, named, found.agency_id, hosts)
    if not to.name.strip():
        wrong["name"] = _("Say what it is called.")
    if to.secret and (len(to.secret) < SHORTEST_SECRET or not to.secret.isascii()):
        wrong["secret"] = (
            _("Give at least %d letters and digits, such as the one that is offered.") % SHORTEST_SECRET
        )
    elif to.secret and Setting.objects.filter(secret_hash=_hash(to.secret)).exclude(pk=found.pk).exists():
        wrong["secret"] = _("Give each setting a secret of its own.")
    if to.may_look and not (to.secret or found.secret_hash):
        wrong["secret"] = _("A system that may look is known by a secret: give it one.")
    if wrong:
        raise Invalid(_("This setting cannot be changed as it is."), wrong)
    before = {field: getattr(found, field) for field in CHANGED}
    found.name, found.ods_code, found.facility, found.addresses = (
        to.name.strip(),
        to.ods_code,
        to.facility,
        hosts,
    )
    found.worked_on_by_id, found.active, found.may_look = to.worked_on_by, to.active, to.may_look
    found.secret_hash = _hash(to.secret) if to.secret else found.secret_hash
    found.save()
    agency_operations.set_phones(
        actor=actor, agency=found.agency, phone=to.phone, out_of_hours_phone=to.out_of_hours_phone, now=now
    )
    fields = [field for field in CHANGED if getattr(found, field) != before[field]]
    audit.record(
        actor=actor, action="setting.changed", thing=f"setting {found.pk}", detail={"fields": fields}, now=now
    )
    return found


def one(actor: Actor, setting: UUID, *, lock: bool = False) -> Setting:
    """A setting, for whoever looks after the hub. Raises Refused, NotHere."""
    agency_access.check_can_manage(actor)
    rows = Setting.objects.select_related("agency")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=setting).first()
    if found is None:
        raise NotHere(_("There is no such setting."), _("Go back to the list of settings."))
    return found


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def all_settings() -> list[Setting]:
    """Every setting, by name."""
    return list(Setting.objects.select_related("agency", "worked_on_by"))


def listed(actor: Actor) -> list[Setting]:
    """Every setting, by name, for whoever looks after the hub. Raises Refused."""
    agency_access.check_can_manage(actor)
    return all_settings()


def of_address(host: str) -> list[Setting]:
    """Settings whose systems send from this address."""
    return list(Setting.objects.filter(active=True, addresses__contains=[host]).order_by("code"))


def named(settings: list[Setting], facility: str) -> Setting:
    """Which of these a message names by its facility; one that names none of them falls to the first, for its worker."""
    exact = [one for one in settings if one.facility and one.facility == facility]
    return next(iter([*exact, *(one for one in settings if not one.facility), *settings]))


def of_secret(secret: str) -> Setting | None:
    """The setting whose messages carry this; None if there is none."""
    told = _hash(secret)
    for setting in Setting.objects.filter(active=True).exclude(secret_hash=""):
        if hmac.compare_digest(setting.secret_hash, told):
            return setting
    return None
