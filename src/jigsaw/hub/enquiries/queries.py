"""What is being looked into, who else knows the child, and what was decided?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import agreed, pointers
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.enquiries import access
from jigsaw.hub.enquiries.models import Enquiry, EnquirySubject, ThresholdDecision
from jigsaw.hub.enquiries.states import EnquiryState
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards as people_cards
from jigsaw.hub.people import involvement
from jigsaw.hub.people.cards import Card
from jigsaw.hub.people.involvement import Involved

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Agency
    from jigsaw.hub.referrals.models import Feedback, Rating


@dataclass(frozen=True)
class Subject:
    card: Card
    record: UUID
    child: bool


@dataclass(frozen=True)
class WhoKnows:
    """Which agencies are or were involved with the subjects, and which have never said they are."""

    agency: Agency
    involved: tuple[Involved, ...]
    holds_record: bool


@dataclass(frozen=True)
class Read:
    """A whole enquiry for those who lead it."""

    enquiry: Enquiry
    subjects: tuple[Subject, ...]
    who_knows: tuple[WhoKnows, ...]
    ratings: tuple[Rating, ...]
    thresholds: tuple[ThresholdDecision, ...]
    feedback: tuple[Feedback, ...]

    @property
    def rating(self) -> Rating | None:
        return self.ratings[-1] if self.ratings else None

    @property
    def children(self) -> tuple[Subject, ...]:
        return tuple(subject for subject in self.subjects if subject.child)


@context.hub("case")
def get(actor: Actor, reference: str) -> Enquiry:
    """The enquiry itself for an act on it; raises NotHere if there is none for this agency."""
    rows = Enquiry.objects.select_related("referral__from_agency", "referral__authority", "agency", "lead")
    enquiry = rows.filter(reference=reference).first()
    access.check_can_read(actor, enquiry)
    assert enquiry is not None
    return enquiry


@context.hub("case")
def locked(pk: UUID) -> Enquiry:
    """The enquiry as it is now, held until the transaction ends, so that it is not closed meanwhile."""
    rows = Enquiry.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("referral__authority").get(pk=pk)


def to_decide(actor: Actor, reference: str) -> Enquiry:
    """The enquiry for whoever decides what happens next; raises Refused if that is not part of their role."""
    enquiry = get(actor, reference)
    access.check_can_decide(actor, enquiry)
    return enquiry


@transaction.atomic
def read(actor: Actor, reference: str, *, now: datetime) -> Read:
    """The enquiry with who else knows its subjects; audited."""
    enquiry = get(actor, reference)
    with context.hub("names"):
        rows = list(enquiry.subjects.select_related("record__agency"))
    persons = {row.record.person_id for row in rows}
    audit.record(
        actor=actor,
        action="enquiry.viewed",
        people=persons,
        purpose=f"enquiry {enquiry.reference}",
        thing=f"enquiry {enquiry.pk}",
        now=now,
    )
    referral = enquiry.referral
    return Read(
        enquiry=enquiry,
        subjects=tuple(_subject(row) for row in rows),
        who_knows=_who_knows(actor, enquiry, persons, agreements.local_day(now)),
        ratings=tuple(referral.ratings.select_related("given_by")),
        thresholds=tuple(
            enquiry.thresholds.select_related("decision__decided_by").prefetch_related(
                "decision__participants"
            )
        ),
        feedback=tuple(referral.feedback.select_related("to_agency", "to_practitioner")),
    )


def _subject(row: EnquirySubject) -> Subject:
    return Subject(people_cards.card_of_record(row.record), row.record_id, row.child)


def _who_knows(actor: Actor, enquiry: Enquiry, persons: set[UUID], today: date) -> tuple[WhoKnows, ...]:
    """Every agency that can be asked, those involved now first, then those once involved, then the rest.

    That an agency knows somebody is itself a disclosure: each pointer is shown only where the agreements allow it for
    this purpose. What they do not allow looks like an agency that knows nobody here.
    """
    askable = agencies.askable(actor)
    placed = agencies.placed([agency.pk for agency in askable] + [enquiry.agency_id])
    asking = pointers.Asking(agreed.in_force(), placed[enquiry.agency_id], enquiry.purpose, today)
    by_agency: dict[UUID, list[Involved]] = {}
    for involved in involvement.involvements_of_persons(persons):
        holder = placed.get(involved.agency)
        if holder and pointers.may_show(asking, holder, service=f"{involved.service} {involved.detail}"):
            by_agency.setdefault(involved.agency, []).append(involved)
    holding = {
        pk
        for pk in involvement.agencies_holding(persons)
        if pk in placed and pointers.may_show(asking, placed[pk])
    }
    everyone = [WhoKnows(a, tuple(by_agency.get(a.pk, ())), a.pk in holding) for a in askable]
    return tuple(
        sorted(
            everyone, key=lambda w: (not any(i.now for i in w.involved), not w.involved, not w.holds_record)
        )
    )


@transaction.atomic
def worklist(
    actor: Actor, *, now: datetime, mine: bool = False
) -> list[tuple[Enquiry, list[Card], Rating | None]]:
    """The agency's open and decided enquiries, newest first; audited. For those who lead enquiries."""
    access.check_can_lead_at_all(actor)
    rows = Enquiry.objects.filter(agency=actor.agency_id).exclude(state=EnquiryState.CLOSED)
    if barred := people_access.too_close_to(actor):
        rows = rows.exclude(subjects__record__person__in=barred)
    if mine:
        rows = rows.filter(lead=actor.practitioner_id)
    rows = rows.select_related("lead", "referral__from_agency").order_by("-opened_at")
    listed = list(rows.prefetch_related("referral__ratings")[:200])
    with context.hub("names"):
        prefetch_related_objects(listed, "subjects__record")
    found = [
        (
            row,
            [people_cards.card_of_record(s.record) for s in row.subjects.all() if s.child],
            next(iter(reversed(row.referral.ratings.all())), None),
        )
        for row in listed
    ]
    seen = [card.person for _row, cards, _rating in found for card in cards]
    audit.record(actor=actor, action="enquiry.list_viewed", people=seen, detail={"shown": len(seen)}, now=now)
    return found


@context.hub("case")
def open_about(actor: Actor, persons: Iterable[UUID]) -> list[tuple[Enquiry, Rating | None]]:
    """Enquiries that the actor's agency leads about these persons and has not closed, newest first.

    With the rating that counts now. The live purposes for looking: the page that asks is audited.
    """
    if not actor.may("enquiry.lead"):
        return []
    rows = Enquiry.objects.filter(agency=actor.agency_id, subjects__record__person__in=set(persons))
    rows = rows.exclude(state=EnquiryState.CLOSED).distinct().select_related("lead").order_by("-opened_at")
    rows = rows.prefetch_related("referral__ratings")
    return [(row, next(iter(reversed(row.referral.ratings.all())), None)) for row in rows]


@dataclass(frozen=True)
class Led:
    """For the hub itself: an enquiry's reference, who led it, who decided last, and whom it is about."""

    reference: str
    leads: frozenset[UUID]
    decided_by: UUID | None
    persons: tuple[UUID, ...]


@context.hub("case")
def led(pk: object) -> Led | None:
    """Who leads an enquiry or opened it; None if it is closed or gone."""
    return _led(Enquiry.objects.filter(pk=pk, closed_at=None).first())


def led_for(referral: str) -> Led | None:
    """The same of the enquiry that came of a referral, by its reference; None if none is open."""
    return _led(Enquiry.objects.filter(referral__reference=referral, closed_at=None).first())


def _led(enquiry: Enquiry | None) -> Led | None:
    if enquiry is None:
        return None
    last = enquiry.thresholds.select_related("decision").last()
    persons = enquiry.subjects.values_list("record__person", flat=True)
    leads = frozenset({enquiry.lead_id, enquiry.opened_by_id})
    return Led(enquiry.reference, leads, last.decision.decided_by_id if last else None, tuple(persons))
