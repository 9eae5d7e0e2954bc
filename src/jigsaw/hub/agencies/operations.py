"""Set up partners and accounts, and let practitioners in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access, first_passwords, queries, tries
from jigsaw.hub.agencies.models import Agency, Authority, Partnership, Practitioner, Role, Sector, Team
from jigsaw.hub.agencies.permissions import PERMISSIONS
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid

READY_HASH = "argon2$"
BEGINS_A_POSTCODE = re.compile(r"[A-Z]{1,2}(\d[A-Z\d]?( \d)?)?")
# Names have accents, and so may addresses (RFC 6531).
LOOKS_LIKE_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@transaction.atomic
def set_up_partnership(
    *, actor: Actor, name: str, front_door_phone: str, demonstration: bool, now: datetime
) -> Partnership:
    """Name the partnership that runs this hub. Raises Refused; Invalid without a name."""
    access.check_can_manage(actor)
    if not name.strip():
        raise Invalid(_("The partnership needs a name."), {"name": _("Say what the partnership is called.")})
    partnership, _created = Partnership.objects.update_or_create(
        pk=1,
        defaults={
            "name": name.strip(),
            "front_door_phone": front_door_phone.strip(),
            "demonstration": demonstration,
        },
    )
    audit.record(actor=actor, action="partnership.set_up", thing="partnership", now=now)
    return partnership


@transaction.atomic
def add_authority(
    *, actor: Actor, gss_code: str, dfe_code: str, name: str, now: datetime, postcodes: Iterable[str] = ()
) -> Authority:
    """Add a local authority with children's services, by GSS and DfE code. Raises Refused, Invalid."""
    access.check_can_manage(actor)
    if Authority.objects.filter(gss_code=gss_code).exists():
        raise Invalid(
            _("There is an authority with this code already."), {"gss_code": _("Use another code.")}
        )
    authority = Authority.objects.create(gss_code=gss_code, dfe_code=dfe_code, name=name)
    audit.record(actor=actor, action="authority.added", thing=f"authority {authority.pk}", now=now)
    if told := list(postcodes):
        set_postcodes(actor=actor, authority=authority, postcodes=told, now=now)
    return authority


@transaction.atomic
def set_postcodes(
    *, actor: Actor, authority: Authority, postcodes: Iterable[str], now: datetime
) -> Authority:
    """Say how the postcodes in an authority begin, so that a concern finds its way by the child's address.

    Each is an area (ST), a district (ST1) or a sector (ST1 4); the longest that fits decides. They replace those
    that were there. Raises Refused; Invalid naming what is none of these.
    """
    access.check_can_manage(actor)
    told = sorted({" ".join(each.upper().split()) for each in postcodes})
    wrong = [each for each in told if not BEGINS_A_POSTCODE.fullmatch(each)]
    if wrong:
        words = _(
            "“%(wrong)s” does not begin a postcode. Give an area (ST), a district (ST1) or a sector (ST1 4)."
        )
        raise Invalid(words % {"wrong": wrong[0]}, {"postcodes": words % {"wrong": wrong[0]}})
    authority.postcodes = told
    authority.save(update_fields=["postcodes"])
    audit.record(
        actor=actor,
        action="authority.postcodes_set",
        thing=f"authority {authority.pk}",
        detail={"postcodes": told},
        now=now,
    )
    return authority


@transaction.atomic
def add_agency(
    *,
    actor: Actor,
    code: str,
    name: str,
    sector: str,
    authorities: Iterable[Authority],
    now: datetime,
    phone: str = "",
    out_of_hours_phone: str = "",
    front_door_for: Iterable[Authority] = (),
) -> Agency:
    """Add an agency that works in these authorities. Raises Refused; Invalid naming each field."""
    access.check_can_manage(actor)
    places, doors = list(authorities), list(front_door_for)
    _check_agency(code, name, sector, places, doors)
    agency = Agency.objects.create(
        code=code, name=name, sector=sector, phone=phone, out_of_hours_phone=out_of_hours_phone
    )
    agency.authorities.set(places)
    agency.front_door_for.set(doors)
    audit.record(actor=actor, action="agency.added", thing=f"agency {agency.pk}", now=now)
    return agency


def _check_agency(code: str, name: str, sector: str, places: list[Authority], doors: list[Authority]) -> None:
    wrong: dict[str, object] = {}
    if not code.strip():
        wrong["code"] = _("Give the agency a short code, such as SCH.")
    elif Agency.objects.filter(code__iexact=code).exists():
        wrong["code"] = _("Another agency has this code. Choose another.")
    if not name.strip():
        wrong["name"] = _("Say what the agency is called.")
    if sector not in Sector.values:
        wrong["sector"] = _("Choose one of the sectors: %(sectors)s.") % {"sectors": _sectors()}
    if not places:
        wrong["authorities"] = _("Say in which authority the agency works.")
    elif not {place.pk for place in doors} <= {place.pk for place in places}:
        wrong["front_door_for"] = _("An agency is the front door only for an authority it works in.")
    if wrong:
        raise Invalid(_("The agency was not added."), wrong)


def _sectors() -> str:
    return ", ".join(f"{code} ({label})" for code, label in Sector.choices)


@transaction.atomic
def add_role(
    *, actor: Actor, code: str, name: str, description: str, permissions: Iterable[str], now: datetime
) -> Role:
    """Add or change a role: what it is called, what it means, and what it allows. Raises Refused, Invalid."""
    access.check_can_manage(actor)
    allowed = sorted(permissions)
    if unknown := [code for code in allowed if code not in PERMISSIONS]:
        raise Invalid(
            _("There is no permission called %(codes)s.") % {"codes": ", ".join(unknown)},
            {"permissions": _("Choose from the permissions there are.")},
        )
    role, _created = Role.objects.update_or_create(
        code=code, defaults={"name": name, "description": description, "permissions": allowed}
    )
    audit.record(
        actor=actor, action="role.set", thing=f"role {code}", detail={"permissions": allowed}, now=now
    )
    return role


@dataclass(frozen=True, kw_only=True)
class Account:
    """A practitioner's account to be made. Only the hub itself may give a ready argon2 hash as `password`."""

    email: str
    name: str
    job_title: str
    agency: Agency
    roles: tuple[str, ...]
    password: str
    phone: str = ""
    team: str = ""
    first: bool = False
    """Whoever makes the account knows the password: its owner chooses another before anything opens."""


@transaction.atomic
def add_practitioner(*, actor: Actor, account: Account, now: datetime) -> Practitioner:
    """Give someone an account in their agency, with roles.

    Raises Refused if the actor may not; Invalid naming each field: an address that is taken or none, a
    role that there is not, a password that is too easy to guess.
    """
    access.check_can_manage(actor)
    hashed = actor.practitioner_id is None and account.password.startswith(READY_HASH)
    _check_account(account, hashed)
    practitioner = Practitioner.objects.create(
        email=account.email,
        name=account.name,
        job_title=account.job_title,
        phone=account.phone,
        agency=account.agency,
        team=_team_of(account.agency, account.team),
        password=account.password if hashed else make_password(account.password),
        password_is_first=account.first and not hashed,
        password_given_at=now if account.first and not hashed else None,
    )
    practitioner.roles.set(account.roles)
    audit.record(
        actor=actor,
        action="practitioner.added",
        thing=f"practitioner {practitioner.pk}",
        detail={"roles": sorted(account.roles)},
        now=now,
    )
    return practitioner


def _check_account(account: Account, hashed: bool) -> None:
    wrong: dict[str, object] = {}
    if Practitioner.objects.filter(email__iexact=account.email).exists():
        wrong["email"] = _("This address already has an account. Use another address.")
    elif not LOOKS_LIKE_EMAIL.fullmatch(account.email):
        wrong["email"] = _("Enter an e-mail address, such as name@example.org.")
    if not account.name.strip():
        wrong["name"] = _("Say who this is.")
    wrong |= _wrong_roles(account.roles)
    if not hashed and (weak := _weak(account.password, email=account.email, name=account.name)):
        wrong["password"] = weak
    if wrong:
        raise Invalid(_("The account was not made."), wrong)


def _weak(password: str, *, email: str, name: str) -> str:
    """Why this password is too easy to guess, in words; empty if it is not."""
    try:
        validate_password(password, Practitioner(email=email, name=name))
    except ValidationError as problem:
        return " ".join(problem.messages)
    return ""


def _team_of(agency: Agency, name: str) -> Team | None:
    return Team.objects.get_or_create(agency=agency, name=name)[0] if name else None


@transaction.atomic
def change_practitioner(
    *,
    actor: Actor,
    practitioner: Practitioner,
    texts: Mapping[str, str],
    roles: Iterable[str] | None,
    now: datetime,
) -> bool:
    """Change name, job_title, phone or team (a name of one; "" for none), and the roles; returns whether any differs.

    None for roles leaves them. Raises Refused; Invalid without a name or with a role that there is not.
    """
    access.check_can_manage(actor)
    wanted = dict(texts)
    wrong = _wrong_changes(wanted, roles)
    if wrong:
        raise Invalid(_("The account was not changed."), wrong)
    changed = [
        name for name, value in wanted.items() if name != "team" and getattr(practitioner, name) != value
    ]
    for name in changed:
        setattr(practitioner, name, wanted[name])
    if "team" in wanted and wanted["team"] != (practitioner.team.name if practitioner.team else ""):
        practitioner.team = _team_of(practitioner.agency, wanted["team"])
        changed.append("team")
    held = set(practitioner.roles.values_list("code", flat=True))
    given = held if roles is None else set(roles)
    if given != held:
        practitioner.roles.set(given)
        changed.append("roles")
    if changed:
        practitioner.save()
        audit.record(
            actor=actor,
            action="practitioner.changed",
            thing=f"practitioner {practitioner.pk}",
            detail={"changed": sorted(changed), "roles": sorted(given)},
            now=now,
        )
    return bool(changed)


def _wrong_changes(wanted: Mapping[str, str], roles: Iterable[str] | None) -> dict[str, object]:
    wrong: dict[str, object] = {}
    if not wanted.get("name", "as it is").strip():
        wrong["name"] = _("Say who this is.")
    if roles is not None:
        wrong |= _wrong_roles(roles)
    return wrong


def _wrong_roles(roles: Iterable[str]) -> dict[str, object]:
    there = set(Role.objects.values_list("code", flat=True))
    if roles and set(roles) <= there:
        return {}
    words = _("Choose at least one of the roles: %(roles)s.")
    return {"roles": words % {"roles": ", ".join(sorted(there))}}


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


@transaction.atomic
def escalate_to(*, actor: Actor, agency: Agency, practitioner: Practitioner, now: datetime) -> None:
    """Name the person of an agency to whom its overdue requests go. Raises Refused, Invalid."""
    access.check_can_manage(actor)
    if practitioner.agency_id != agency.pk or not practitioner.is_active:
        raise Invalid(
            _("Overdue requests go to somebody of the agency itself, with an account that is switched on."),
            {"practitioner": _("Choose somebody of this agency.")},
        )
    agency.escalates_to = practitioner
    agency.save(update_fields=["escalates_to"])
    audit.record(
        actor=actor,
        action="agency.escalation_named",
        thing=f"agency {agency.pk}",
        detail={"to": str(practitioner.pk)},
        now=now,
    )


@transaction.atomic
def set_phones(*, actor: Actor, agency: Agency, phone: str, out_of_hours_phone: str, now: datetime) -> None:
    """The telephones of an agency, in office hours and out of hours. Raises Refused. What is the same is not logged."""
    access.check_can_manage(actor)
    if (agency.phone, agency.out_of_hours_phone) == (phone, out_of_hours_phone):
        return
    agency.phone, agency.out_of_hours_phone = phone, out_of_hours_phone
    agency.save(update_fields=["phone", "out_of_hours_phone"])
    audit.record(actor=actor, action="agency.phones_changed", thing=f"agency {agency.pk}", now=now)


# --- signing in and out ------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignIn:
    """How a try to sign in ended: with a practitioner; half, if a second factor is still to come; or not at all,
    and then perhaps with a time to wait for, or with a first password that is over."""

    practitioner: Practitioner | None = None
    half: Practitioner | None = None
    waits_until: datetime | None = None
    first_is_over: bool = False


@transaction.atomic
def sign_in(*, actor: Actor, email: str, password: str, now: datetime) -> SignIn:
    """Try an address and a password; every try is written down, and too many wrong ones must wait.

    Whoever has a second factor is `half` in: `second_factors.confirm` lets them in, and nothing else does.

    Unknown addresses, wrong passwords and accounts that are switched off take the same time, count the same
    and get the same answer. While an account waits, its password is not looked at. `actor` is the hub itself.
    """
    typed = email.strip()[:254]
    known = Practitioner.objects.filter(email__iexact=typed).first()
    so_far = tries.held(tries.counted_under(known.pk if known else None, typed), now)
    if until := tries.must_wait(so_far, now):
        _refused(actor, known, typed, "must_wait", now)
        return SignIn(waits_until=until)
    practitioner = queries.practitioner_with_password(typed, password)
    if practitioner is None:
        tries.add(so_far, now)
        _refused(actor, known, typed, "wrong", now)
        return SignIn(waits_until=tries.must_wait(so_far, now))
    tries.clear(so_far)
    if first_passwords.is_over(practitioner, now):
        _refused(actor, practitioner, typed, "first_password_over", now)
        return SignIn(first_is_over=True)
    signed = queries.actor_for(practitioner)
    if queries.has_second_factor(practitioner):
        _in_or_out(signed, "practitioner.gave_password", now)
        return SignIn(half=practitioner)
    _in_or_out(signed, "practitioner.signed_in", now, by="password")
    return SignIn(practitioner=practitioner)


@transaction.atomic
def change_password(*, actor: Actor, password: str, now: datetime) -> Practitioner:
    """Give oneself another password. Raises Invalid for one that is too easy to guess.

    Whoever calls has seen to it that it is they. Their other sessions end: each is bound to the password's hash.
    """
    mine = Practitioner.objects.select_for_update().get(pk=actor.practitioner_id)
    if weak := _weak(password, email=mine.email, name=mine.name):
        raise Invalid(_("The password was not changed."), {"password": weak})
    if mine.password_is_first and mine.check_password(password):
        said = _("This is the one that you were given. Choose another, which nobody else knows.")
        raise Invalid(_("The password was not changed."), {"password": said})
    mine.set_password(password)
    mine.password_is_first, mine.password_given_at = False, None
    mine.save(update_fields=["password", "password_is_first", "password_given_at"])
    _in_or_out(actor, "practitioner.password_changed", now)
    return mine


def _refused(actor: Actor, known: Practitioner | None, typed: str, why: str, now: datetime) -> None:
    """The entry names the account, if there is one; what was typed stands beside it and can be erased."""
    audit.record(
        actor=actor,
        action="sign_in.refused",
        thing=f"practitioner {known.pk}" if known else "",
        detail={"why": why},
        words=typed,
        now=now,
    )


@transaction.atomic
def signed_out(*, actor: Actor, now: datetime, why: str = "asked") -> None:
    """Write down that a session ended: its practitioner asked, or it was idle or open for too long."""
    _in_or_out(actor, "practitioner.signed_out", now, why=why)


@transaction.atomic
def not_let_in(*, actor: Actor, page: str, why: str, now: datetime) -> None:
    """Write down that a page did not open to somebody signed in: their role does not include it (refused), or there is
    nothing there that they may see (not_here), or their form came without its token (form_token). Never what they asked for."""
    audit.record(actor=actor, action="access.refused", detail={"page": page, "why": why}, now=now)


def _in_or_out(actor: Actor, action: str, now: datetime, **detail: Any) -> None:
    audit.record(
        actor=actor, action=action, thing=f"practitioner {actor.practitioner_id}", detail=detail, now=now
    )


def forget_tries(*, now: datetime) -> int:
    """Remove wrong tries that decide nothing any more; returns how many."""
    return tries.forget(now=now)
