"""What has come in, what has become of it, and who is still to hear back?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import queries as people
from jigsaw.hub.people.queries import Card, Match
from jigsaw.hub.referrals import access
from jigsaw.hub.referrals.models import Feedback, Rating, Referral, ReferralPerson
from jigsaw.hub.referrals.states import ReferralState


@dataclass(frozen=True)
class Named:
    """Someone named in a referral, as the referral says it, and the person they are linked to."""

    person: ReferralPerson
    card: Card
    linked_to_others: bool
    """True once the record stands with another agency's record as one person."""


@dataclass(frozen=True)
class Read:
    """A whole referral, as those who may read it see it."""

    referral: Referral
    persons: tuple[Named, ...]
    ratings: tuple[Rating, ...]
    feedback: tuple[Feedback, ...]

    @property
    def rating(self) -> Rating | None:
        return self.ratings[-1] if self.ratings else None


@dataclass(frozen=True)
class Row:
    """A referral in a list."""

    referral: Referral
    names: tuple[Card, ...]
    rating: Rating | None
    feedback: tuple[Feedback, ...] = ()


@transaction.atomic
def read(actor: Actor, reference: str, *, now: datetime) -> Read:
    """The referral with this reference; audited. Raises NotHere if there is none for this agency."""
    referral = get(actor, reference)
    persons = list(
        referral.persons.select_related("record__person").prefetch_related(
            "record__identifiers", "record__addresses", "record__contacts"
        )
    )
    shared = _linked(persons)
    audit.record(
        actor=actor,
        action="referral.viewed",
        people=[p.record.person_id for p in persons],
        purpose=f"referral {referral.reference}",
        thing=f"referral {referral.pk}",
        now=now,
    )
    return Read(
        referral=referral,
        persons=tuple(
            Named(p, people.card_of_record(p.record), p.record.person_id in shared) for p in persons
        ),
        ratings=tuple(referral.ratings.select_related("given_by")),
        feedback=tuple(referral.feedback.select_related("to_agency", "to_practitioner", "given_by")),
    )


def _linked(persons: list[ReferralPerson]) -> set[object]:
    mine = {p.record_id for p in persons}
    return {
        record.person_id
        for record in people.records_of([p.record.person_id for p in persons])
        if record.pk not in mine
    }


def get(actor: Actor, reference: str) -> Referral:
    """The referral itself for an act on it; raises NotHere if there is none for this agency."""
    found = Referral.objects.select_related(
        "authority", "to_agency", "from_agency", "recorded_by", "goes_to", "closing"
    )
    referral = found.filter(reference=reference).first()
    access.check_can_read(actor, referral)
    assert referral is not None
    return referral


@transaction.atomic
def queue(actor: Actor, *, now: datetime) -> list[Row]:
    """What the front door has still to screen, the most pressing first."""
    rows = Referral.objects.filter(
        to_agency=actor.agency_id, state__in=[ReferralState.RECEIVED, ReferralState.SCREENING]
    )
    if not actor.may("referral.screen"):
        # Contacts on open cases go to the worker, not to the screener.
        rows = rows.filter(goes_to=actor.practitioner_id)
    found = _rows(rows.order_by("received_at")[:200])
    _audit_list(actor, found, "referral.queue_viewed", now)
    return sorted(found, key=lambda row: row.rating.due_at if row.rating else row.referral.hear_by)


@transaction.atomic
def sent(actor: Actor, *, now: datetime) -> list[Row]:
    """What the actor's agency has raised, newest first, with what it has heard back."""
    rows = Referral.objects.filter(from_agency=actor.agency_id).order_by("-received_at")[:100]
    found = _rows(rows)
    _audit_list(actor, found, "referral.sent_viewed", now)
    return found


def _rows(rows: QuerySet[Referral]) -> list[Row]:
    persons = ReferralPerson.objects.filter(part__in=["child", "unborn"]).select_related("record")
    rows = rows.select_related("from_agency", "recorded_by", "goes_to", "enquiry").prefetch_related(
        Prefetch("persons", persons, to_attr="children"), "ratings", "feedback"
    )
    return [
        Row(
            referral=row,
            names=tuple(people.card_of_record(child.record) for child in row.children),
            rating=list(row.ratings.all())[-1] if row.ratings.all() else None,
            feedback=tuple(row.feedback.all()),
        )
        for row in rows
    ]


def _audit_list(actor: Actor, rows: Iterable[Row], action: str, now: datetime) -> None:
    seen = [card.person for row in rows for card in row.names]
    audit.record(actor=actor, action=action, people=seen, detail={"shown": len(seen)}, now=now)


def feedback_owed(actor: Actor, *, overdue_at: datetime | None = None) -> list[Feedback]:
    """Feedback the actor's agency has still to give, the longest due first; only overdue ones if asked."""
    rows = Feedback.objects.filter(referral__to_agency=actor.agency_id, given_at=None)
    if overdue_at:
        rows = rows.filter(due_at__lt=overdue_at)
    return list(rows.select_related("referral", "to_agency", "to_practitioner").order_by("due_at"))


def feedback_for(actor: Actor) -> list[Feedback]:
    """What the actor's agency was told, and what it still waits for, newest first."""
    rows = Feedback.objects.filter(to_agency=actor.agency_id).exclude(audience="referrer_anonymous")
    return list(rows.select_related("referral__to_agency", "given_by").order_by("-given_at", "due_at")[:100])


def feedback(actor: Actor, pk: object) -> Feedback:
    """One piece of feedback that the actor's agency gives or gets; raises NotHere otherwise."""
    rows = Feedback.objects.select_related("referral__to_agency", "to_agency", "to_practitioner")
    mine = Q(to_agency=actor.agency_id) | Q(referral__to_agency=actor.agency_id)
    found = rows.filter(mine, pk=pk).first()
    if found is None:
        raise NotHere("There is no such feedback for your agency.", "Go back to your list of concerns.")
    return found


def matches(actor: Actor, referral: Referral, record: UUID, *, now: datetime) -> list[Match]:
    """Whom someone named in the referral could be, best first, for its screener; audited."""
    access.check_can_screen(actor, referral)
    named = referral.persons.select_related("record").filter(record=record).first()
    if named is None:
        raise NotHere("There is no such person in this referral.", "Go back to the referral.")
    return people.matches_for(actor, named.record, purpose=f"referral {referral.reference}", now=now)
