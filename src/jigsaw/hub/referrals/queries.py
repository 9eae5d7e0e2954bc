"""What has come in, what has become of it, and who is still to hear back?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import (
    Case,
    Count,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
    prefetch_related_objects,
)

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards as people_cards
from jigsaw.hub.people import finding
from jigsaw.hub.people import queries as people
from jigsaw.hub.people.cards import Card
from jigsaw.hub.people.errors import too_close
from jigsaw.hub.people.finding import Match
from jigsaw.hub.referrals import access
from jigsaw.hub.referrals.models import CHILDREN, Feedback, Rating, Referral, ReferralPerson
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
class Sent:
    """A referral as its sender sees it: what they said, and what they were told."""

    referral: Referral
    persons: tuple[tuple[ReferralPerson, Card], ...]
    feedback: tuple[Feedback, ...]


@dataclass(frozen=True)
class Told:
    """A piece of feedback in a list; `names` are the children's, where the reader named or screens them."""

    feedback: Feedback
    names: tuple[Card, ...]


@dataclass(frozen=True)
class Row:
    """A referral in a list."""

    referral: Referral
    names: tuple[Card, ...]
    rating: Rating | None
    feedback: tuple[Feedback, ...] = ()


@transaction.atomic
def read(actor: Actor, reference: str, *, now: datetime) -> Read:
    """The whole referral, for those who work on it; audited. Raises NotHere if it is not theirs."""
    referral = get(actor, reference)
    access.check_can_work(actor, referral)
    persons = _persons(actor, referral)
    shared = _linked(persons)
    _audit_view(actor, referral, persons, now)
    return Read(
        referral=referral,
        persons=tuple(
            Named(p, people_cards.card_of_record(p.record), p.record.person_id in shared) for p in persons
        ),
        ratings=tuple(referral.ratings.select_related("given_by")),
        feedback=tuple(referral.feedback.select_related("to_agency", "to_practitioner", "given_by")),
    )


@transaction.atomic
def read_sent(actor: Actor, reference: str, *, now: datetime) -> Sent:
    """The referral for the agency that sent it; audited. Ratings and matches stay at the front door."""
    referral = get(actor, reference)
    access.check_sent_it(actor, referral)
    persons = _persons(actor, referral)
    _audit_view(actor, referral, persons, now)
    told = referral.feedback.filter(to_agency=actor.agency_id, audience__startswith="referrer")
    return Sent(
        referral=referral,
        persons=tuple((p, people_cards.card_of_record(p.record)) for p in persons),
        feedback=tuple(told.select_related("to_practitioner", "given_by")),
    )


@context.hub("names")
def _persons(actor: Actor, referral: Referral) -> list[ReferralPerson]:
    """Everyone named, with what is said of them; refused to someone too close to any of them.

    As the hub: what was lent with a concern is not, once it is closed, and it still says whom it was about.
    """
    parts = ("record__identifiers", "record__addresses", "record__contacts", "record__relations_from")
    persons = list(referral.persons.select_related("record__person").prefetch_related(*parts))
    barred = people_access.too_close_to(actor)
    close = next((p.record.person_id for p in persons if p.record.person_id in barred), None)
    if close:
        raise too_close(close)
    return persons


def _audit_view(actor: Actor, referral: Referral, persons: list[ReferralPerson], now: datetime) -> None:
    audit.record(
        actor=actor,
        action="referral.viewed",
        people=[p.record.person_id for p in persons],
        purpose=f"referral {referral.reference}",
        thing=f"referral {referral.pk}",
        now=now,
    )


def _linked(persons: list[ReferralPerson]) -> set[object]:
    mine = {p.record_id for p in persons}
    return {
        record.person_id
        for record in people.records_of([p.record.person_id for p in persons])
        if record.pk not in mine
    }


@context.hub("case")
def get(actor: Actor, reference: str) -> Referral:
    """The referral itself for an act on it; raises NotHere if there is none for this agency."""
    found = Referral.objects.select_related(
        "authority",
        "to_agency",
        "from_agency",
        "recorded_by",
        "goes_to",
        "closing__decided_by",
        "enquiry__lead",
    )
    referral = found.filter(reference=reference).first()
    access.check_can_read(actor, referral)
    assert referral is not None
    return referral


@transaction.atomic
def queue(actor: Actor, *, now: datetime) -> list[Row]:
    """What the front door has still to screen, the most pressing first.

    A concern about someone the actor is too close to is left to their colleagues.
    """
    access.check_works_on_concerns(actor)
    rows = Referral.objects.filter(
        to_agency=actor.agency_id, state__in=[ReferralState.RECEIVED, ReferralState.SCREENING]
    )
    if not actor.may("referral.screen"):
        # Contacts on open cases go to the worker, not to the screener.
        rows = rows.filter(goes_to=actor.practitioner_id)
    barred = people_access.too_close_to(actor)
    rows = rows.exclude(persons__record__person__in=barred)
    found = _rows(rows.order_by("received_at")[:200])
    _audit_list(actor, found, "referral.queue_viewed", now)
    return sorted(found, key=lambda row: row.rating.due_at if row.rating else row.referral.hear_by)


@transaction.atomic
def sent(actor: Actor, *, now: datetime) -> list[Row]:
    """What the actor's agency has raised, newest first, with what it has heard back."""
    access.check_can_make(actor)
    barred = people_access.too_close_to(actor)
    rows = Referral.objects.filter(from_agency=actor.agency_id).exclude(persons__record__person__in=barred)
    found = _rows(rows.order_by("-received_at")[:100])
    _audit_list(actor, found, "referral.sent_viewed", now)
    return found


def _rows(rows: QuerySet[Referral]) -> list[Row]:
    found = list(
        rows.select_related("from_agency", "recorded_by", "goes_to").prefetch_related("ratings", "feedback")
    )
    with context.hub("names"):
        children = ReferralPerson.objects.filter(part__in=CHILDREN).select_related("record")
        prefetch_related_objects(found, Prefetch("persons", children, to_attr="children"))
    return [
        Row(
            referral=row,
            names=tuple(people_cards.card_of_record(child.record) for child in row.children),
            rating=list(row.ratings.all())[-1] if row.ratings.all() else None,
            feedback=tuple(row.feedback.all()),
        )
        for row in found
    ]


def _audit_list(actor: Actor, rows: Iterable[Row], action: str, now: datetime) -> None:
    seen = [card.person for row in rows for card in row.names]
    audit.record(actor=actor, action=action, people=seen, detail={"shown": len(seen)}, now=now)


@context.hub("case")
def feedback_owed(actor: Actor, *, overdue_at: datetime | None = None) -> list[Feedback]:
    """Feedback the actor's agency has still to give, the longest due first; only overdue ones if asked.

    Empty for those who do not work on concerns.
    """
    if not access.works_on_concerns(actor):
        return []
    rows = Feedback.objects.filter(referral__to_agency=actor.agency_id, given_at=None)
    rows = _without_those_too_close(actor, rows)
    if overdue_at:
        rows = rows.filter(due_at__lt=overdue_at)
    return list(rows.select_related("referral", "to_agency", "to_practitioner").order_by("due_at"))


@context.hub("case")
def feedback_for(actor: Actor) -> list[Feedback]:
    """What the actor's agency was told, and what it still waits for, newest first."""
    access.check_can_be_told(actor)
    if not access.can_be_told(actor):
        return []
    rows = Feedback.objects.filter(to_agency=actor.agency_id).exclude(audience="referrer_anonymous")
    if access.works_on_concerns(actor):
        # What their own call-takers wait for stands among what they have to give.
        rows = rows.exclude(referral__to_agency=actor.agency_id)
    rows = _without_those_too_close(actor, rows)
    return list(rows.select_related("referral__to_agency", "given_by").order_by("-given_at", "due_at")[:100])


def _without_those_too_close(actor: Actor, rows: QuerySet[Feedback]) -> QuerySet[Feedback]:
    barred = people_access.too_close_to(actor)
    return rows.exclude(referral__persons__record__person__in=barred) if barred else rows


@context.hub("case")
@transaction.atomic
def with_names(actor: Actor, rows: Iterable[Feedback], *, now: datetime) -> list[Told]:
    """Feedback with the children's names, for those who named them or screen them; audited as a list.

    A contributor knows the child by the request it answered, not by the referral: no names there.
    """
    rows = list(rows)
    known = {row.referral_id for row in rows if _knows_names(actor, row)}
    children = ReferralPerson.objects.filter(referral__in=known, part__in=CHILDREN)
    names: dict[object, list[Card]] = {}
    barred = people_access.too_close_to(actor)
    for child in children.select_related("record"):
        if child.record.person_id not in barred:
            names.setdefault(child.referral_id, []).append(people_cards.card_of_record(child.record))
    seen = [card.person for cards in names.values() for card in cards]
    audit.record(
        actor=actor, action="feedback.list_viewed", people=seen, detail={"shown": len(rows)}, now=now
    )
    return [
        Told(row, tuple(names.get(row.referral_id, ())) if _knows_names(actor, row) else ()) for row in rows
    ]


def _knows_names(actor: Actor, row: Feedback) -> bool:
    if access.can_work(actor, row.referral):
        return True
    return row.audience.startswith("referrer") and access.sent_it(actor, row.referral)


@context.hub("case")
def feedback(actor: Actor, pk: object) -> Feedback:
    """One piece of feedback that the actor's agency gives or gets; raises NotHere otherwise."""
    rows = Feedback.objects.select_related("referral__to_agency", "to_agency", "to_practitioner", "given_by")
    mine = Q(pk=None)
    if access.can_be_told(actor):
        mine |= Q(to_agency=actor.agency_id)
    if access.works_on_concerns(actor):
        mine |= Q(referral__to_agency=actor.agency_id)
    found = rows.filter(mine, pk=pk).first()
    if found is None:
        raise NotHere("There is no such feedback for your agency.", "Go back to your list of concerns.")
    named = found.referral.persons.values_list("record__person", flat=True)
    people_access.check_not_too_close(actor, named)
    return found


@context.hub("case")
def matches(actor: Actor, referral: Referral, record: UUID, *, now: datetime) -> list[Match]:
    """Whom someone named in the referral could be, best first, for its screener; audited."""
    access.check_can_screen(actor, referral)
    named = referral.persons.select_related("record").filter(record=record).first()
    if named is None:
        raise NotHere("There is no such person in this referral.", "Go back to the referral.")
    return finding.matches_for(actor, named.record, purpose=f"referral {referral.reference}", now=now)


# --- For the hub itself: whom something concerns -----------------------------------------------------


@context.hub("case")
def persons_of(referral: Referral) -> list[UUID]:
    """Everyone named in it, through their records as linked today."""
    return list(referral.persons.values_list("record__person_id", flat=True))


@context.hub("case")
def routed(pk: object) -> tuple[str, UUID, list[UUID]] | None:
    """The referral's reference, who wrote it down, and the persons named; None if it is gone."""
    referral = Referral.objects.filter(pk=pk).first()
    if referral is None:
        return None
    persons = list(referral.persons.values_list("record__person", flat=True))
    return referral.reference, referral.recorded_by_id, persons


@context.hub("case")
def worked_on_by(reference: str) -> tuple[list[UUID], list[UUID]] | None:
    """Who works on a referral before an enquiry is open, and the persons named; None if there is none.

    The worker whose open case it is; else whoever rated it; else those who screen at its front door.
    """
    referral = Referral.objects.filter(reference=reference).first()
    if referral is None:
        return None
    rating = referral.ratings.last()
    one = referral.goes_to_id or (rating.given_by_id if rating else None)
    workers = agencies.still_here(one, "referral.screen") if one else None
    return workers or agencies.holding(referral.to_agency_id, "referral.screen"), persons_of(referral)


def rated_higher(referrals: Iterable[UUID], *, since: datetime) -> list[tuple[UUID, datetime]]:
    """Which of these referrals were rated more urgent than before after `since`, and when; for the hub itself."""
    rows = Rating.objects.filter(referral__in=set(referrals)).order_by("referral", "given_at", "id")
    found, before = [], None
    for row in rows:
        same = before is not None and before.referral_id == row.referral_id
        if same and row.given_at > since and _urgency(row) < _urgency(before):
            found.append((row.referral_id, row.given_at))
        before = row
    return found


def worked_on(actor: Actor) -> QuerySet[Referral]:
    """The concerns that the actor may open as one who works on them; none if their role does not include any."""
    rows = Referral.objects.filter(to_agency=actor.agency_id)
    return rows if access.works_on_concerns(actor) else rows.none()


def rated_low(
    actor: Actor, person: UUID, *, codes: Iterable[str], since: datetime
) -> list[tuple[UUID, str, datetime]]:
    """Concerns about this child, received since then, whose newest rating is one of these; as far as the actor works
    on them: id, reference, when received. For the hub itself."""
    newest = Rating.objects.filter(referral=OuterRef("pk")).order_by("-given_at", "-id").values("code")[:1]
    about = ReferralPerson.objects.filter(record__person=person, part__in=CHILDREN).values("referral")
    rows = worked_on(actor).filter(pk__in=about, received_at__gte=since).annotate(rated=Subquery(newest))
    return list(rows.filter(rated__in=list(codes)).values_list("pk", "reference", "received_at"))


@context.hub("case")
def received_by(person: UUID) -> set[UUID]:
    """The front doors that a concern about this person came to."""
    about = ReferralPerson.objects.filter(record__person=person)
    return set(about.values_list("referral__to_agency", flat=True))


def _urgency(rating: Rating) -> int:
    """1 is most urgent, by the ratings in force when it was given."""
    return agreements.rating_scheme(on=agreements.local_day(rating.given_at)).level(rating.code).order


@context.hub("case")
def feedback_given_to(pk: object) -> tuple[str, UUID | None, UUID | None, list[UUID]] | None:
    """What given feedback is about, to whom it went, by whom, and the persons named; None once it is read."""
    row = Feedback.objects.filter(pk=pk, given_at__isnull=False, read_at=None).first()
    if row is None:
        return None
    persons = list(
        ReferralPerson.objects.filter(referral=row.referral_id).values_list("record__person", flat=True)
    )
    return row.about, row.to_practitioner_id, row.given_by_id, persons


# --- Figures for oversight: counts, never a person or a reference ------------------------------------


def came_from(*, since: datetime, until: datetime) -> list[tuple[str, str, int]]:
    """(source, state, how many) of what was received from `since` (inclusive) until `until` (exclusive).

    The source is the sector of the sending agency, or public or anonymous for a caller.
    """
    rows = Referral.objects.filter(received_at__gte=since, received_at__lt=until)
    source = Case(When(caller="professional", then=F("from_agency__sector")), default=F("caller"))
    counts = rows.annotate(source=source).values("source", "state").annotate(n=Count("pk"))
    return [(row["source"], row["state"], row["n"]) for row in counts.order_by("source", "state")]


def feedback_given(*, since: datetime, until: datetime) -> dict[str, int]:
    """Of the feedback that fell due from `since` (inclusive) until `until` (exclusive): on time, late, owed."""
    rows = Feedback.objects.filter(due_at__gte=since, due_at__lt=until)
    return rows.aggregate(
        on_time=Count("pk", filter=Q(given_at__lte=F("due_at"))),
        late=Count("pk", filter=Q(given_at__gt=F("due_at"))),
        owed=Count("pk", filter=Q(given_at=None)),
    )
