"""Which plans does our authority keep, and what did each say before it was corrected?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards
from jigsaw.hub.people import queries as people
from jigsaw.hub.people.cards import Card
from jigsaw.hub.unscheduled_care import access
from jigsaw.hub.unscheduled_care.models import Plan
from jigsaw.hub.unscheduled_care.visible import standing, visible

A_PAGE = 50


@dataclass(frozen=True)
class Kept:
    """A plan, whose it is (of an unborn child: the mother), and whether settings see it today."""

    plan: Plan
    card: Card
    shown: bool
    versions: tuple[Plan, ...] = ()


@transaction.atomic
def kept(actor: Actor, *, now: datetime, page: int = 1) -> tuple[list[Kept], bool]:
    """The plans that the actor's authority keeps, the latest first, and whether there is another page; audited.

    Plans of those to whom the actor is too close are left out.
    """
    access.check_can_keep_plans(actor)
    rows = standing().filter(agency=actor.agency_id)
    rows = rows.exclude(record__person__in=people_access.too_close_to(actor)).order_by("-starts_on", "pk")
    first = (page - 1) * A_PAGE
    found = list(rows[first : first + A_PAGE + 1])
    shown = set(
        visible(on=agreements.local_day(now))
        .filter(pk__in=[row.pk for row in found])
        .values_list("pk", flat=True)
    )
    named = [row.record.person_id for row in found[:A_PAGE]]
    audit.record(actor=actor, action="plan.list_viewed", people=named, now=now)
    told = [Kept(row, cards.card_of_record(row.record), row.pk in shown) for row in found[:A_PAGE]]
    return told, len(found) > A_PAGE


@transaction.atomic
def whose(actor: Actor, person: UUID, *, now: datetime) -> Card:
    """For whom a plan is about to begin; audited. Raises Refused, NotHere, or that the actor is too close."""
    access.check_can_keep_plans(actor)
    agencies.front_door_authority(actor.agency_id)
    who = people.current(person).pk
    people_access.check_not_too_close(actor, [who])
    if not actor.may("people.find_any"):
        people.check_may_open(actor, who, now)
    audit.record(actor=actor, action="plan.considered", people=[who], thing=f"person {who}", now=now)
    return cards.cards([who])[who]


@transaction.atomic
def plan(actor: Actor, pk: UUID, *, now: datetime) -> Kept:
    """One plan with what it said before; audited. Raises NotHere with the same words if it is another authority's."""
    found = own(actor, pk)
    person = found.record.person_id
    audit.record(actor=actor, action="plan.viewed", people=[person], thing=f"plan {found.pk}", now=now)
    shown = visible(on=agreements.local_day(now)).filter(pk=found.pk).exists()
    return Kept(found, cards.card_of_record(found.record), shown, _versions(found))


def own(actor: Actor, pk: UUID) -> Plan:
    """One plan of the actor's agency, closed ones too; raises Refused or NotHere. The caller audits."""
    access.check_can_keep_plans(actor)
    rows = Plan.objects.select_related("authority", "agency", "record", "recorded_by")
    found = rows.filter(pk=pk, agency=actor.agency_id).first()
    if found is None:
        raise NotHere(_("There is no such plan of your authority."), _("Go back to the list of plans."))
    people_access.check_not_too_close(actor, [found.record.person_id])
    return found


def _versions(plan: Plan) -> tuple[Plan, ...]:
    """What stood before, the newest first."""
    found: list[Plan] = []
    step = [plan.pk]
    while step:
        rows = list(
            Plan.objects.filter(replaced_by__in=step).select_related("closed_by").order_by("-closed_at")
        )
        found += rows
        step = [row.pk for row in rows]
    return tuple(found)
