"""What has my agency been asked, and how far are those whom I asked?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
)
from django.db.models.functions import TruncMonth

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.information_requests import access
from jigsaw.hub.information_requests.models import Recipient, RequestEvent
from jigsaw.hub.information_requests.states import WAITING, RecipientState
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards as people_cards
from jigsaw.hub.people.cards import Card

if TYPE_CHECKING:
    from jigsaw.hub.enquiries.models import Enquiry

SOON = timedelta(hours=2)


@dataclass(frozen=True)
class Asked:
    """A request in an inbox."""

    recipient: Recipient
    about: tuple[Card, ...]
    late: bool
    soon: bool
    used: float
    """Share of the allowed time already gone, 0 to 1."""


@dataclass(frozen=True)
class Counts:
    late: int
    soon: int
    later: int
    mine: int
    unclaimed: int
    answered: int
    on_time: int
    """Of those answered in the last 30 days, how many by their due time."""


@dataclass(frozen=True)
class Inbox:
    rows: tuple[Asked, ...]
    counts: Counts


@dataclass(frozen=True)
class Timeliness:
    """How one agency answered what fell due in a time: by then, later, or not at all so far."""

    agency: str
    sector: str
    on_time: int
    late: int
    never: int


@dataclass(frozen=True)
class Speed:
    """How fast requests of one rating were answered: elapsed hours from asking, the median of `answered`."""

    rating: str
    answered: int
    median_hours: float


@dataclass(frozen=True)
class Helped:
    """What a request asked, in a line, and about whom."""

    headline: str
    about: tuple[Card, ...]


@dataclass(frozen=True)
class Progress:
    """How far one asked agency is, as the asker sees it."""

    recipient: Recipient
    state: str
    """sent, opened, claimed, answered or overdue."""
    events: tuple[RequestEvent, ...]


@context.hub("case")
@transaction.atomic
def inbox(actor: Actor, *, now: datetime, show: str = "all", offset: int = 0, limit: int = 50) -> Inbox:
    """What the actor's agency has still to answer, the most pressing first; audited.

    `show` is all, mine or unclaimed. Requests about someone the practitioner is too close to are
    left to colleagues.
    """
    access.check_can_answer_at_all(actor)
    rows = _waiting_for(actor.agency_id)
    barred = people_access.too_close_to(actor)
    if barred:
        rows = rows.exclude(request__subjects__record__person__in=barred)
    counts = _counts(actor, rows, now)
    if show == "mine":
        rows = rows.filter(holder=actor.practitioner_id)
    elif show == "unclaimed":
        rows = rows.filter(holder=None)
    # Which they are first, and then all about them: thousands may wait, and few are shown.
    shown = list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[offset : offset + limit])
    rows = Recipient.objects.filter(pk__in=shown).order_by("due_at", "pk")
    rows = rows.select_related("request__asked_by__agency", "holder", "escalated_to")
    rows = rows.prefetch_related("request__subjects__record")
    found = tuple(_asked(row, now) for row in rows)
    audit.record(
        actor=actor,
        action="inbox.viewed",
        thing="list to answer",
        people=[card.person for row in found for card in row.about],
        detail={"shown": len(found)},
        now=now,
    )
    return Inbox(found, counts)


def _counts(actor: Actor, waiting: QuerySet[Recipient], now: datetime) -> Counts:
    open_now = waiting.aggregate(
        late=Count("pk", filter=Q(due_at__lt=now)),
        soon=Count("pk", filter=Q(due_at__gte=now, due_at__lt=now + SOON)),
        later=Count("pk", filter=Q(due_at__gte=now + SOON)),
        mine=Count("pk", filter=Q(holder=actor.practitioner_id)),
        unclaimed=Count("pk", filter=Q(holder=None)),
    )
    month = Recipient.objects.filter(
        agency=actor.agency_id, state=RecipientState.ANSWERED, answered_at__gt=now - timedelta(days=30)
    )
    done = month.aggregate(answered=Count("pk"), on_time=Count("pk", filter=Q(answered_at__lte=F("due_at"))))
    return Counts(**open_now, **done)


@context.hub("case")
def waiting_count(actor: Actor, *, up_to: int) -> int:
    """How many requests wait for the actor's agency, counted no further than `up_to`: the number on the menu."""
    if not actor.may("request.answer"):
        return 0
    return _waiting_for(actor.agency_id)[:up_to].count()


def _waiting_for(agency: UUID) -> QuerySet[Recipient]:
    return Recipient.objects.filter(agency=agency, state__in=WAITING, request__enquiry__closed_at=None)


def _asked(row: Recipient, now: datetime) -> Asked:
    allowed = (row.due_at - row.asked_at).total_seconds()
    gone = (now - row.asked_at).total_seconds()
    return Asked(
        recipient=row,
        about=tuple(people_cards.card_of_record(subject.record) for subject in row.request.subjects.all()),
        late=row.due_at < now,
        soon=now <= row.due_at < now + SOON,
        used=max(0.0, min(1.0, gone / allowed)) if allowed > 0 else 1.0,
    )


@context.hub("case")
def get(actor: Actor, reference: str) -> Recipient:
    """The request to one agency, for an act on it; raises NotHere if there is none for this agency."""
    rows = Recipient.objects.select_related(
        "request__asked_by__agency", "request__enquiry__referral", "request__from_agency", "agency", "holder"
    )
    recipient = rows.filter(reference=reference).first()
    access.check_can_read(actor, recipient)
    assert recipient is not None
    return recipient


@context.hub("case")
@transaction.atomic
def read(actor: Actor, reference: str, *, now: datetime) -> tuple[Asked, list[RequestEvent]]:
    """One request with its history, for the agency asked or the one asking; audited."""
    recipient = get(actor, reference)
    asked = _asked(recipient, now)
    audit.record(
        actor=actor,
        action="request.viewed",
        people=[card.person for card in asked.about],
        purpose=f"request {recipient.reference}",
        thing=f"recipient {recipient.pk}",
        now=now,
    )
    return asked, list(recipient.events.select_related("by"))


@context.hub("case")
@transaction.atomic
def answered_about(actor: Actor, references: Iterable[str], *, now: datetime) -> dict[str, Helped]:
    """By reference, what these requests asked and about whom, for those who may read each; audited.

    For feedback on an answer: a reference alone says nothing to whoever gave it. What is not theirs, or is about
    somebody they are too close to, is left out.
    """
    readable = Q(pk=None)
    if actor.may("request.answer"):
        readable |= Q(agency=actor.agency_id)
    if actor.may("enquiry.lead"):
        readable |= Q(request__from_agency=actor.agency_id)
    rows = Recipient.objects.filter(readable, reference__in=set(references))
    barred = people_access.too_close_to(actor)
    if barred:
        rows = rows.exclude(request__subjects__record__person__in=barred)
    rows = rows.select_related("request").prefetch_related("request__subjects__record")
    found = {
        row.reference: Helped(
            row.request.headline,
            tuple(people_cards.card_of_record(subject.record) for subject in row.request.subjects.all()),
        )
        for row in rows
    }
    if found:
        audit.record(
            actor=actor,
            action="feedback.list_viewed",
            thing="list of requests answered",
            people=[card.person for helped in found.values() for card in helped.about],
            detail={"shown": len(found)},
            now=now,
        )
    return found


def progress(actor: Actor, enquiry: Enquiry, *, now: datetime) -> list[Progress]:
    """Per asked agency: sent, opened, claimed, answered or overdue. The enquiry has been authorised."""
    rows = Recipient.objects.filter(request__enquiry=enquiry).select_related(
        "agency", "holder", "request", "escalated_to"
    )
    rows = rows.prefetch_related("events__by").order_by("request__sent_at", "agency__name")
    return [Progress(row, shown_state(row, now), tuple(row.events.all())) for row in rows]


def shown_state(recipient: Recipient, now: datetime) -> str:
    """The state as people say it: a request past its time is overdue, whoever has it."""
    if recipient.state in WAITING and recipient.due_at < now:
        return "overdue"
    return str(recipient.state)


@context.hub("case")
def answering_purposes(actor: Actor, persons: Iterable[UUID], *, now: datetime) -> list[Recipient]:
    """Open requests to the actor's agency about these persons: the live purposes for looking."""
    if not actor.may("request.answer"):
        return []
    rows = Recipient.objects.filter(
        agency=actor.agency_id,
        state__in=WAITING,
        request__enquiry__closed_at=None,
        request__subjects__record__person__in=set(persons),
    )
    return list(rows.distinct().select_related("request__from_agency").order_by("due_at"))


def asked_since(persons: Iterable[UUID], *, since: datetime) -> list[tuple[UUID, UUID, str, datetime]]:
    """Requests about these persons that were sent after `since`: person, the agency asked, the purpose, and when.
    For the hub itself."""
    rows = Recipient.objects.filter(
        request__subjects__record__person__in=set(persons), request__sent_at__gt=since
    )
    return list(
        rows.values_list(
            "request__subjects__record__person", "agency", "request__purpose", "request__sent_at"
        )
    )


def asked_and_answered(enquiries: Iterable[Enquiry]) -> dict[UUID, tuple[int, int]]:
    """Per enquiry: how many agencies were asked and how many have answered. The caller authorises."""
    rows = Recipient.objects.filter(request__enquiry__in=list(enquiries)).values("request__enquiry")
    counts = rows.annotate(asked=Count("pk"), done=Count("pk", filter=Q(state=RecipientState.ANSWERED)))
    return {row["request__enquiry"]: (row["asked"], row["done"]) for row in counts}


def asked_agency(reference: str) -> UUID:
    """Which agency a request went to, by its reference: for exercises, where one program plays all parts."""
    return Recipient.objects.values_list("agency", flat=True).get(reference=reference)


# --- For the hub itself: whom something concerns -----------------------------------------------------


@dataclass(frozen=True)
class Concerned:
    """Whom a request to one agency concerns: ids of practitioners on both sides."""

    reference: str
    enquiry: str
    waiting: bool
    """Has it still to be answered?"""
    asked: tuple[UUID, ...]
    """Whoever has taken it on; until then those who assign for the agency asked."""
    lead: UUID
    """Who leads the enquiry at the agency that asked."""
    escalated_to: UUID | None
    persons: tuple[UUID, ...]


@context.hub("case")
def concerned(*, request: object = None, recipient: object = None) -> list[Concerned]:
    """Whom one request to each agency, or a request to one, concerns; empty if it is gone."""
    rows = Recipient.objects.filter(Q(request=request) if request else Q(pk=recipient))
    rows = rows.select_related("request__enquiry").prefetch_related("request__subjects__record")
    return [_concerned(row) for row in rows.order_by("pk")]


def _concerned(row: Recipient) -> Concerned:
    held = [row.holder_id] if row.holder_id else agencies.holding(row.agency_id, "request.assign")
    return Concerned(
        reference=row.reference,
        enquiry=row.request.enquiry.reference,
        waiting=row.state in WAITING and row.request.enquiry.closed_at is None,
        asked=tuple(held),
        lead=row.request.enquiry.lead_id,
        escalated_to=row.escalated_to_id,
        persons=tuple(subject.record.person_id for subject in row.request.subjects.all()),
    )


# --- Figures for oversight: counts and medians, never a person or a reference ------------------------


def timeliness(*, since: datetime, until: datetime) -> list[Timeliness]:
    """Per agency, what fell due from `since` (inclusive) until `until` (exclusive), by agency name."""
    rows = Recipient.objects.filter(due_at__gte=since, due_at__lt=until)
    counts = rows.values("agency__name", "agency__sector").annotate(
        on_time=Count("pk", filter=Q(answered_at__lte=F("due_at"))),
        late=Count("pk", filter=Q(answered_at__gt=F("due_at"))),
        never=Count("pk", filter=Q(answered_at=None)),
    )
    return [
        Timeliness(row["agency__name"], row["agency__sector"], row["on_time"], row["late"], row["never"])
        for row in counts.order_by("agency__name")
    ]


class _Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def _answered(since: datetime, until: datetime) -> QuerySet[Recipient]:
    rows = Recipient.objects.filter(answered_at__gte=since, answered_at__lt=until)
    return rows.annotate(took=ExpressionWrapper(F("answered_at") - F("asked_at"), DurationField()))


def speed(*, since: datetime, until: datetime) -> list[Speed]:
    """Per rating, what was answered from `since` (inclusive) until `until` (exclusive)."""
    rows = _answered(since, until).values("request__rating").annotate(n=Count("pk"), median=_Median("took"))
    return [Speed(row["request__rating"], row["n"], _hours(row["median"])) for row in rows]


def speed_by_month(rating: str, *, since: datetime, until: datetime) -> dict[date, Speed]:
    """The same for one rating by month of the answer (its first day, in England)."""
    rows = _answered(since, until).filter(request__rating=rating)
    rows = rows.annotate(month=TruncMonth("answered_at", tzinfo=ENGLAND)).values("month")
    counts = rows.annotate(n=Count("pk"), median=_Median("took"))
    return {row["month"].date(): Speed(rating, row["n"], _hours(row["median"])) for row in counts}


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600


def escalations(*, since: datetime, until: datetime) -> int:
    """How often a late request went to a named lead, from `since` (inclusive) until `until` (exclusive)."""
    return RequestEvent.objects.filter(kind="escalated", at__gte=since, at__lt=until).count()
