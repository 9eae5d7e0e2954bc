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
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.formats.adt import looks_like_ods
from jigsaw.hub.agencies import access as agency_access
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.unscheduled_care.models import Setting

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Agency, Practitioner


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
    wrong: dict[str, object] = {}
    hosts = [address.strip() for address in addresses if address.strip()]
    if not code.strip() or Setting.objects.filter(code__iexact=code).exists():
        wrong["code"] = _("Give it a code of its own.")
    if not looks_like_ods(ods_code):
        wrong["ods_code"] = _(
            "This does not look like an ODS code. Look it up in the directory of organisations."
        )
    if worked_on_by.agency_id != agency.pk:
        wrong["worked_on_by"] = _("Messages are worked on by somebody of the agency itself.")
    if any(not _is_address(host) for host in hosts):
        wrong["addresses"] = _("Give addresses as numbers, such as 10.20.0.7.")
    if wrong:
        raise Invalid(_("This setting cannot be added as it is."), wrong)
    secret = secrets.token_urlsafe(32) if with_secret else ""
    made = Setting.objects.create(
        agency=agency, code=code.strip(), name=name.strip() or agency.name, ods_code=ods_code, facility=facility,
        addresses=hosts, secret_hash=_hash(secret) if secret else "", worked_on_by=worked_on_by, added_at=now,
        may_look=may_look,
    )  # fmt: skip
    audit.record(actor=actor, action="setting.added", thing=f"setting {made.pk}", now=now)
    return made, secret


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
