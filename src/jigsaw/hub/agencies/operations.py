"""Set up partners and accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access
from jigsaw.hub.agencies.models import Agency, Authority, Partnership, Practitioner, Role, Team
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid


def set_up_partnership(*, name: str, front_door_phone: str, demonstration: bool) -> Partnership:
    """Name the partnership that runs this hub."""
    partnership, _created = Partnership.objects.update_or_create(
        pk=1, defaults={"name": name, "front_door_phone": front_door_phone, "demonstration": demonstration}
    )
    return partnership


def add_authority(*, gss_code: str, dfe_code: str, name: str) -> Authority:
    """Add a local authority with children's services, by GSS and DfE code."""
    return Authority.objects.create(gss_code=gss_code, dfe_code=dfe_code, name=name)


def add_agency(
    *,
    code: str,
    name: str,
    sector: str,
    authorities: Iterable[Authority],
    phone: str = "",
    out_of_hours_phone: str = "",
    front_door_for: Iterable[Authority] = (),
) -> Agency:
    """Add an agency that works in these authorities."""
    agency = Agency.objects.create(
        code=code, name=name, sector=sector, phone=phone, out_of_hours_phone=out_of_hours_phone
    )
    agency.authorities.set(authorities)
    agency.front_door_for.set(front_door_for)
    return agency


def add_role(*, code: str, name: str, description: str, permissions: Iterable[str]) -> Role:
    """Add or change a role: what it is called, what it means, and what it allows."""
    role, _created = Role.objects.update_or_create(
        code=code, defaults={"name": name, "description": description, "permissions": sorted(permissions)}
    )
    return role


@dataclass(frozen=True, kw_only=True)
class Account:
    """A practitioner's account to be made. `password` may be a ready argon2 hash."""

    email: str
    name: str
    job_title: str
    agency: Agency
    roles: tuple[str, ...]
    password: str
    phone: str = ""
    team: str = ""


@transaction.atomic
def add_practitioner(*, actor: Actor, account: Account, now: datetime) -> Practitioner:
    """Give someone an account in their agency, with roles."""
    if Practitioner.objects.filter(email__iexact=account.email).exists():
        raise Invalid(f"{account.email} already has an account.", {"email": "Use another address."})
    hashed = account.password.startswith("argon2$")
    practitioner = Practitioner.objects.create(
        email=account.email,
        name=account.name,
        job_title=account.job_title,
        phone=account.phone,
        agency=account.agency,
        team=_team(account),
        password=account.password if hashed else make_password(account.password),
    )
    practitioner.roles.set(account.roles)
    audit.record(actor=actor, action="practitioner.added", thing=f"practitioner {practitioner.pk}", now=now)
    return practitioner


def _team(account: Account) -> Team | None:
    if not account.team:
        return None
    return Team.objects.get_or_create(agency=account.agency, name=account.team)[0]


@transaction.atomic
def deactivate(*, actor: Actor, practitioner: Practitioner, now: datetime) -> None:
    """Switch an account off: the next request of any session of theirs is refused.

    Raises Invalid for one's own account, so that nobody locks the last door from outside.
    """
    access.check_can_manage(actor)
    if practitioner.pk == actor.practitioner_id:
        raise Invalid(
            _("You cannot switch off your own account."),
            next_step=_("Ask another administrator to do it."),
        )
    _switch(actor, practitioner, active=False, now=now)


@transaction.atomic
def reactivate(*, actor: Actor, practitioner: Practitioner, now: datetime) -> None:
    """Switch an account on again, with the roles and the password it had."""
    access.check_can_manage(actor)
    _switch(actor, practitioner, active=True, now=now)


def _switch(actor: Actor, practitioner: Practitioner, *, active: bool, now: datetime) -> None:
    practitioner.is_active = active
    practitioner.save(update_fields=["is_active"])
    done = "reactivated" if active else "deactivated"
    audit.record(actor=actor, action=f"practitioner.{done}", thing=f"practitioner {practitioner.pk}", now=now)


def escalate_to(*, agency: Agency, practitioner: Practitioner) -> None:
    """Name the person to whom this agency's overdue requests go."""
    agency.escalates_to = practitioner
    agency.save(update_fields=["escalates_to"])
