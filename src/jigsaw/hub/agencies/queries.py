"""Who may act, and whom can one ask?"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access
from jigsaw.hub.agencies.models import (
    Agency,
    Authority,
    Partnership,
    Practitioner,
    RecoveryCode,
    Role,
    SecondFactor,
)
from jigsaw.hub.kit import planned
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere


def actor_for(practitioner: Practitioner) -> Actor:
    """The practitioner as an actor, with the permissions of all their roles."""
    return Actor(
        practitioner_id=practitioner.pk,
        name=practitioner.name,
        job_title=practitioner.job_title,
        agency_id=practitioner.agency_id,
        agency_name=practitioner.agency.name,
        sector=practitioner.agency.sector,
        team_id=practitioner.team_id,
        roles=frozenset(role["code"] for role in practitioner.held),
        permissions=frozenset(code for role in practitioner.held for code in role["permissions"]),
    )


def with_roles() -> QuerySet[Practitioner]:
    """Practitioners with their agency and what their roles allow: in one statement, since every page waits for it."""
    roles = Role.objects.filter(practitioner=OuterRef("pk")).order_by("pk")
    held = ArraySubquery(roles.values(held=JSONObject(code="code", permissions="permissions")))
    return Practitioner.objects.select_related("agency").annotate(held=held)


def actor_by_email(email: str) -> Actor:
    """The active practitioner with this e-mail address; raises NotHere if there is none."""
    practitioner = with_roles().filter(email__iexact=email, is_active=True).first()
    if practitioner is None:
        raise NotHere(
            f"No active practitioner signs in as {email}.", "Check the address, or ask your administrator."
        )
    return actor_for(practitioner)


_PARTNERSHIP = planned.Shape(lambda: Partnership.objects.order_by("pk")[:1])


def partnership() -> Partnership | None:
    """The partnership that runs this hub, or None before it is set up."""
    return next(iter(_PARTNERSHIP.rows()), None)


def agency_by_code(code: str) -> Agency:
    """The agency with this code; raises NotHere naming the codes there are."""
    agency = Agency.objects.filter(code__iexact=code).first()
    if agency is None:
        codes = ", ".join(Agency.objects.order_by("code").values_list("code", flat=True)[:40])
        raise NotHere(f"There is no agency with the code {code}.", f"Use one of: {codes}.")
    return agency


def front_door(authority: Authority) -> Agency:
    """The agency that receives concerns for this authority."""
    agency = authority.front_doors.filter(active=True).order_by("code").first()
    if agency is None:
        raise NotHere(
            f"{authority.name} has no front door set up.",
            "Ask your administrator to name the receiving agency.",
        )
    return agency


def front_doors() -> list[Agency]:
    """Every active agency that is an authority's children's services, by name."""
    return list(Agency.objects.filter(active=True, front_door_for__isnull=False).distinct())


def authorities() -> dict[str, Authority]:
    """Every authority of this hub, by GSS code."""
    return {authority.gss_code: authority for authority in Authority.objects.order_by("gss_code")}


@dataclass(frozen=True)
class Placed:
    """An agency as agreements name it: by its own code, or by its sector in authorities (GSS codes)."""

    pk: UUID
    code: str
    name: str
    sector: str
    authorities: frozenset[str]


def placed(ids: Iterable[UUID] | None = None) -> dict[UUID, Placed]:
    """Active agencies (these, or all) with where they work, by id, in one statement and by name."""
    rows = Agency.objects.filter(active=True) if ids is None else Agency.objects.filter(pk__in=set(ids))
    found = rows.annotate(gss=ArrayAgg("authorities__gss_code", default=[])).order_by("name")
    return {
        row.pk: Placed(row.pk, row.code, row.name, row.sector, frozenset(filter(None, row.gss)))
        for row in found
    }


def everyone_with(permission: str) -> list[UUID]:
    """Ids of all active practitioners whose roles include `permission`, of whatever agency."""
    found = Practitioner.objects.filter(is_active=True, roles__permissions__contains=[permission])
    return list(found.distinct().order_by("pk").values_list("pk", flat=True))


def account_by_email(email: str) -> Practitioner:
    """The account with this address, switched on or off; raises NotHere if there is none."""
    found = Practitioner.objects.select_related("agency").filter(email__iexact=email).first()
    if found is None:
        raise NotHere(_("There is no account with this address."), _("Check how it is spelt."))
    return found


def authorities_of(agency_id: UUID) -> list[Authority]:
    """The authorities that an agency works in, by name."""
    return list(Authority.objects.filter(agencies=agency_id))


def front_door_authority(agency_id: UUID | None) -> Authority:
    """The authority whose children's services this agency is; the first by name if it is so for several."""
    found = Authority.objects.filter(front_doors=agency_id).first()
    if found is None:
        raise NotHere(
            _("Your agency is the children’s services of no authority."),
            _("Plans are kept by the authority that is responsible for them."),
        )
    return found


def authority_at(postcode: str) -> Authority | None:
    """The authority of this hub in which a postcode lies; None if that is not known, or not of one alone.

    The longest beginning that fits decides, as a sector may lie across the border of its district's authority.
    """
    whole = "".join(postcode.upper().split())
    spaced = f"{whole[:-3]} {whole[-3:]}"
    fits = [
        (len(beginning), authority)
        for authority in Authority.objects.exclude(postcodes=[])
        for beginning in authority.postcodes
        if _begins(spaced, beginning)
    ]
    longest = max((length for length, _authority in fits), default=0)
    found = {authority.pk: authority for length, authority in fits if length == longest}
    return found.popitem()[1] if len(found) == 1 else None


def _begins(postcode: str, beginning: str) -> bool:
    """ST1 begins ST1 4QZ, and not ST14 5AA."""
    after = postcode[len(beginning) : len(beginning) + 1]
    whole_part = " " in beginning or after == " " or (beginning.isalpha() and after.isdigit())
    return postcode.startswith(beginning) and whole_part


def askable(actor: Actor) -> list[Agency]:
    """Agencies that share an authority with the actor's own, itself left out."""
    mine = Authority.objects.filter(agencies=actor.agency_id)
    found = Agency.objects.filter(active=True, authorities__in=mine).exclude(pk=actor.agency_id)
    return list(found.exclude(sector="XX").distinct().order_by("sector", "name"))


def agencies(ids: Iterable[UUID]) -> dict[UUID, Agency]:
    """Agencies by id, in one query."""
    return Agency.objects.in_bulk(set(ids))


def practitioners(ids: Iterable[UUID]) -> dict[UUID, Practitioner]:
    """Practitioners by id with their agency, in one query."""
    return Practitioner.objects.select_related("agency").in_bulk(set(ids))


def colleagues(actor: Actor, permission: str = "") -> list[Practitioner]:
    """Active practitioners of the actor's agency, holding `permission` if one is given."""
    found = Practitioner.objects.filter(agency=actor.agency_id, is_active=True)
    if permission:
        found = found.filter(roles__permissions__contains=[permission])
    return list(found.distinct())


def holding(agency: UUID, permission: str) -> list[UUID]:
    """Ids of the active practitioners of an agency whose roles include `permission`."""
    found = Practitioner.objects.filter(agency=agency, is_active=True)
    found = found.filter(roles__permissions__contains=[permission])
    return list(found.distinct().order_by("pk").values_list("pk", flat=True))


def in_role(agency: UUID, role: str) -> list[UUID]:
    """Ids of the active practitioners of an agency who hold this role."""
    found = Practitioner.objects.filter(agency=agency, is_active=True, roles__code=role)
    return list(found.distinct().order_by("pk").values_list("pk", flat=True))


def named_person(agency: UUID) -> Practitioner | None:
    """To whom what is overdue in an agency goes; None if nobody is named, or they have left."""
    found = Agency.objects.select_related("escalates_to").filter(pk=agency, active=True).first()
    one = found.escalates_to if found else None
    return one if one and one.is_active else None


def still_here(practitioner: UUID, permission: str) -> list[UUID]:
    """The practitioner; or, once they have left, those of their agency whose roles include `permission`."""
    found = Practitioner.objects.get(pk=practitioner)
    return [found.pk] if found.is_active else holding(found.agency_id, permission)


def all_practitioners() -> list[Practitioner]:
    """Everyone with an account, by agency and name, with their roles: for the administrator."""
    roles = Prefetch("roles", Role.objects.order_by("name"))
    return list(
        Practitioner.objects.select_related("agency", "team")
        .prefetch_related(roles)
        .order_by("agency__name", "name")
    )


def account(actor: Actor, pk: UUID) -> Practitioner:
    """One account with its roles, for the administrator; raises NotHere if there is none."""
    access.check_can_manage(actor)
    rows = Practitioner.objects.select_related("agency", "team").prefetch_related("roles")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotHere(_("There is no such account."), _("Go back to the list of accounts."))
    return found


def roles() -> list[Role]:
    """All roles, by name."""
    return list(Role.objects.all())


def roles_of(actor: Actor) -> list[Role]:
    """The actor's own roles, by name."""
    return list(Role.objects.filter(practitioner=actor.practitioner_id))


def practitioner_with_password(email: str, password: str) -> Practitioner | None:
    """The active practitioner with this address and password, or None.

    An unknown address costs as much time as a wrong password, so that it cannot be told apart.
    """
    found = Practitioner.objects.filter(email__iexact=email.strip()).first()
    if found is None:
        Practitioner().set_password(password)
        return None
    return found if found.check_password(password) and found.is_active else None


def has_second_factor(practitioner: Practitioner) -> bool:
    """Has this practitioner an app or a passkey? Recovery codes alone are none."""
    return SecondFactor.objects.filter(practitioner=practitioner.pk).exists()


def second_factors(practitioner: UUID) -> list[SecondFactor]:
    """Apps and passkeys of one practitioner, oldest first."""
    return list(SecondFactor.objects.filter(practitioner=practitioner))


def recovery_codes_left(practitioner: UUID) -> int:
    return RecoveryCode.objects.filter(practitioner=practitioner).count()


def with_second_factor() -> set[UUID]:
    """Ids of everybody who has an app or a passkey: for the administrator."""
    return set(SecondFactor.objects.values_list("practitioner", flat=True))


_ACTIVE = planned.Shape(lambda *, pk: with_roles().filter(pk=pk, is_active=True, agency__active=True))


def active_practitioner(pk: UUID | None) -> Practitioner | None:
    """The active practitioner with this id, with agency and roles, or None."""
    return next(iter(_ACTIVE.rows(pk=pk)), None) if pk else None


def actor_named(name: str) -> Actor:
    """The active practitioner with this name, for exercises; raises NotHere if there is none."""
    found = with_roles().filter(name=name, is_active=True).order_by("pk").first()
    if found is None:
        raise NotHere(f"No active practitioner is called {name}.", "Fill the hub with Sharetown first.")
    return actor_for(found)


def actor_of(agency: UUID, permission: str) -> Actor:
    """The first active practitioner of an agency who holds `permission`, for exercises."""
    rows = with_roles().order_by("pk")
    found = rows.filter(agency=agency, is_active=True, roles__permissions__contains=[permission]).first()
    if found is None:
        raise NotHere("Nobody in this agency can do that.", "Give someone a role that allows it.")
    return actor_for(found)


def names_of_everyone() -> list[str]:
    """The names of all who have an account that is switched on, of whatever agency."""
    return list(Practitioner.objects.filter(is_active=True).values_list("name", flat=True))


def has_agencies() -> bool:
    """Has any agency been set up on this hub?"""
    return Agency.objects.exists()
