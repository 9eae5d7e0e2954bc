"""Which notices of domestic abuse did we send or receive, and how far is each?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.encompass import access
from jigsaw.hub.encompass.models import Delivery, Notice
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import involvement

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Agency

LISTED = 100


@dataclass(frozen=True)
class Read:
    """A notice with where it went: all of it for the police, the agency's own for whoever received it."""

    notice: Notice
    deliveries: tuple[Delivery, ...]


@transaction.atomic
def listed(actor: Actor, *, now: datetime) -> list[Delivery]:
    """What the actor's agency sent or received, the newest first; audited. Children they are too close to are left out."""
    access.check_can_use(actor)
    found = _read(actor)
    people = {one.notice.record.person_id for one in found}
    audit.record(actor=actor, action="encompass.list_viewed", people=people, now=now)
    return found


def get(actor: Actor, reference: str) -> Read:
    """One notice; raises NotHere with the same words if it is not theirs. The caller audits."""
    access.check_can_use(actor)
    found = tuple(_read(actor, reference))
    if not found:
        raise _none_here()
    people_access.check_not_too_close(actor, [found[0].notice.record.person_id])
    return Read(found[0].notice, found)


def own_delivery(actor: Actor, reference: str, *, lock: bool = False) -> Delivery:
    """The notice as the actor's agency received it; raises NotHere or Refused. The caller audits."""
    read = get(actor, reference)
    mine = next((one for one in read.deliveries if one.to_agency_id == actor.agency_id), None)
    if mine is None or not access.can_receive(actor):
        raise _none_here()
    if lock:
        # The record behind the notice is the police's own: nothing of it is read again.
        mine.state = Delivery.objects.select_for_update().get(pk=mine.pk).state
    return mine


@context.hub("case")
def _read(actor: Actor, reference: str = "") -> list[Delivery]:
    """What the agency sent or received by the actor's role: one notice, or the newest of all but of those too close.

    As the hub, for the record of the child is the police's own.
    """
    rows = _of(actor)
    if reference:
        return list(rows.filter(notice__reference=reference).order_by("why"))
    rows = rows.exclude(notice__record__person__in=people_access.too_close_to(actor))
    return list(rows.order_by("-notice__sent_at", "pk")[:LISTED])


def _of(actor: Actor) -> QuerySet[Delivery]:
    sent = Q(from_agency=actor.agency_id) if access.can_send(actor) else Q(pk=None)
    received = Q(to_agency=actor.agency_id) if access.can_receive(actor) else Q(pk=None)
    rows = Delivery.objects.filter(sent | received)
    return rows.select_related(
        "notice__from_agency", "notice__raised_by", "notice__record", "notice__authority", "to_agency",
        "opened_by", "acknowledged_by", "escalated_to",
    )  # fmt: skip


def schools(actor: Actor) -> list[Agency]:
    """The schools that share an authority with the actor's agency."""
    return [one for one in agencies.askable(actor) if one.sector == "ED"]


@context.hub("who knows")
def schools_of(person: UUID) -> list[Agency]:
    """The schools that work with this child now; if none says so, those that hold a record of them.

    That a school knows a child is itself a disclosure: it is told to the police alone, who must tell the school.
    """
    involved = {one.agency for one in involvement.involvements_of_persons([person]) if one.now}
    for ids in (involved, involvement.agencies_holding([person])):
        found = [one for one in agencies.agencies(ids).values() if one.sector == "ED" and one.active]
        if found:
            return sorted(found, key=lambda one: one.name)
    return []


def _none_here() -> NotHere:
    return NotHere(_("There is no such notice that you can see."), _("Go back to the list of notices."))


# --- for the hub itself ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Concerned:
    """A notice's reference and state, where it went, who sent it, to whom it was escalated, and about whom it is."""

    reference: str
    state: str
    to_agency: UUID
    sector: str
    raised_by: UUID
    escalated_to: UUID | None
    person: UUID


def concerned(pk: object) -> Concerned | None:
    """Whom a delivery of a notice concerns; None if it is gone."""
    row = Delivery.objects.select_related("notice__record", "to_agency").filter(pk=pk).first()
    if row is None:
        return None
    return Concerned(
        row.notice.reference,
        row.state,
        row.to_agency_id,
        row.to_agency.sector,
        row.notice.raised_by_id,
        row.escalated_to_id,
        row.notice.record.person_id,
    )
