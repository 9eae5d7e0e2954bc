"""What may an agency's own directory of staff tell the hub? Who of this agency joins, changes and leaves, and no more.

It neither gives nor takes what an administrator of the hub has, except that their account is switched off when they
leave: whoever holds a directory's secret must not become one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jigsaw.formats.staff_list import Listed
from jigsaw.hub.agencies import access, joining
from jigsaw.hub.agencies.models import Agency, OutsideIdentity, Practitioner, Role, StaffDirectory
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import Invalid, NotHere

ADMINISTERS = "settings.manage"


@dataclass(frozen=True)
class Known:
    """A practitioner as their agency's directory sees them. `external`: what it calls them, if that is known."""

    practitioner: Practitioner
    roles: tuple[str, ...]
    external: str


@transaction.atomic
def connect(*, actor: Actor, agency: Agency, provider: str = "", now: datetime) -> str:
    """Let an agency's directory tell who joins and leaves; the secret it is known by, told this once.

    Takes the place of the one before. Raises Refused.
    """
    access.check_can_manage(actor)
    secret = secrets.token_urlsafe(32)
    told = {"provider": provider, "secret_hash": _hash(secret), "active": True, "added_at": now}
    StaffDirectory.objects.update_or_create(agency=agency, defaults=told)
    audit.record(actor=actor, action="directory.connected", thing=f"agency {agency.pk}", now=now)
    return secret


@transaction.atomic
def disconnect(*, actor: Actor, agency: Agency, now: datetime) -> None:
    """Its secret opens nothing any more; accounts stay as they are. Raises Refused, NotHere."""
    access.check_can_manage(actor)
    if not StaffDirectory.objects.filter(agency=agency, active=True).update(active=False):
        raise NotHere(_("No directory of this agency is connected."), _("There is nothing to do."))
    audit.record(actor=actor, action="directory.disconnected", thing=f"agency {agency.pk}", now=now)


def of_secret(secret: str) -> StaffDirectory | None:
    """Whose secret this is; None for nobody's."""
    rows = StaffDirectory.objects.select_related("agency")
    return rows.filter(secret_hash=_hash(secret), active=True, agency__active=True).first()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def known(
    directory: StaffDirectory, *, start: int = 0, count: int = 100, **by: str
) -> tuple[int, list[Known]]:
    """How many accounts of the agency there are, and `count` of them from `start` (0 is the first), by address.

    `by`: `email` (in any case), `external` or `id`, of whom there is one or nobody.
    """
    rows = _accounts(directory, by).prefetch_related("roles", "known_as").order_by("email", "pk")
    return rows.count(), [_known(directory, row) for row in rows[start : start + count]]


def one(directory: StaffDirectory, pk: UUID) -> Known:
    """One account of the agency; raises NotHere, also for another agency's."""
    _total, found = known(directory, id=str(pk))
    if not found:
        raise NotHere(_("There is no such account of this agency."), _("Look for it by userName."))
    return found[0]


def _accounts(directory: StaffDirectory, by: Mapping[str, str]) -> QuerySet[Practitioner]:
    wanted = Q(agency=directory.agency_id)
    if "email" in by:
        wanted &= Q(email__iexact=by["email"])
    if "id" in by:
        wanted &= Q(pk=by["id"])
    if "external" in by:
        theirs = OutsideIdentity.objects.filter(provider=directory.provider, subject=by["external"])
        wanted &= Q(pk__in=theirs.values("practitioner"))
    return Practitioner.objects.filter(wanted)


def _known(directory: StaffDirectory, row: Practitioner) -> Known:
    called = {each.provider: each.subject for each in row.known_as.all()}
    roles = tuple(sorted(role.code for role in row.roles.all()))
    return Known(row, roles, called.get(directory.provider, ""))


@transaction.atomic
def tell(directory: StaffDirectory, told: Listed, *, now: datetime) -> Known:
    """Bring one account to what the directory says, by the rules for a line of a list; audited as told by it.

    Raises Invalid with the reason where that may not be: another agency's account, or what only an administrator does.
    """
    there = Practitioner.objects.filter(email__iexact=told.email).first()
    if there is not None and there.agency_id != directory.agency_id:
        raise Invalid(_("This address is taken."), {"userName": _("Ask whoever looks after the hub.")})
    if told.active is not False:
        _check_no_administrator(there, told.roles)
    line = replace(told, texts={**told.texts, "agency": directory.agency.code})
    [outcome] = joining.load(actor=SYSTEM, listed=[line], with_passwords=False, only_try=False, now=now)
    if outcome.became == joining.REFUSED:
        raise Invalid(outcome.why)
    _total, [found] = known(directory, email=told.email)
    audit.record(
        actor=SYSTEM,
        action="directory.told",
        thing=f"practitioner {found.practitioner.pk}",
        detail={"agency": str(directory.agency_id), "became": outcome.became},
        now=now,
    )
    return found


def _check_no_administrator(there: Practitioner | None, roles: tuple[str, ...] | None) -> None:
    held = set(there.roles.values_list("code", flat=True)) if there else set()
    changed = held if roles is None else held | set(roles)
    if Role.objects.filter(code__in=changed, permissions__contains=[ADMINISTERS]).exists():
        raise Invalid(
            _("A directory neither makes nor changes an administrator of the hub."),
            {"roles": _("An administrator does that, in the hub.")},
        )
