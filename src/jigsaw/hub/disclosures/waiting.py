"""Which of an agency's own answers wait for it once more: withheld until a day, opened again, or corrected since?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.chronology.queries import Newest
from jigsaw.hub.disclosures.models import AnsweredItem
from jigsaw.hub.information_requests import access as request_access
from jigsaw.hub.information_requests.states import RecipientState
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards as people_cards
from jigsaw.hub.people.cards import Card

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Practitioner
    from jigsaw.hub.information_requests.models import Recipient


@dataclass(frozen=True)
class LookAgain:
    """An answer of the agency's that withheld something until a day."""

    recipient: Recipient
    about: tuple[Card, ...]
    on: date
    """The first of the days that were set."""
    items: int
    due: bool
    """Has that day come?"""
    answered_by: Practitioner
    why: tuple[str, ...] = ()
    """What has opened it again, in words; empty if only the day has come."""


@dataclass(frozen=True)
class ToShareAnew:
    """An answer of the agency's whose shared items have been corrected since: the newer versions wait to be decided."""

    recipient: Recipient
    about: tuple[Card, ...]
    items: int
    corrected_at: datetime
    """When the first of them was corrected."""
    answered_by: Practitioner


@context.hub("case")
@transaction.atomic
def to_look_at_again(actor: Actor, *, now: datetime) -> list[LookAgain]:
    """What the actor's agency withheld until a day, or what something new has opened again, and has not looked at
    since, the first day first; audited.

    Those about someone the practitioner is too close to are left to colleagues.
    """
    request_access.check_can_answer_at_all(actor)
    rows = standing().filter(Q(review_on__isnull=False) | Q(reopened_at__isnull=False))
    rows = rows.filter(answer__recipient__agency=actor.agency_id)
    barred = people_access.too_close_to(actor)
    if barred:
        rows = rows.exclude(answer__recipient__request__subjects__record__person__in=barred)
    rows = rows.select_related("answer__recipient__request", "answer__answered_by")
    rows = rows.prefetch_related("answer__recipient__request__subjects__record")
    answers: dict[UUID, list[AnsweredItem]] = {}
    for item in rows.order_by("review_on", "pk"):
        answers.setdefault(item.answer_id, []).append(item)
    today = agreements.local_day(now)
    found = [_to_look_at(items, today) for items in answers.values()]
    if found:
        audit.record(
            actor=actor,
            action="inbox.viewed",
            thing="list to look at again",
            people=[card.person for row in found for card in row.about],
            detail={"shown": len(found)},
            now=now,
        )
    return found


def _to_look_at(items: list[AnsweredItem], today: date) -> LookAgain:
    answer = items[0].answer
    opened = [item for item in items if item.reopened_at]
    days = [item.review_on for item in items if item.review_on]
    days += [agreements.local_day(item.reopened_at) for item in opened]
    first = min(days)
    return LookAgain(
        recipient=answer.recipient,
        about=tuple(
            people_cards.card_of_record(subject.record) for subject in answer.recipient.request.subjects.all()
        ),
        on=first,
        items=len(items),
        due=first <= today,
        answered_by=answer.answered_by,
        why=tuple(dict.fromkeys(item.reopened_why for item in opened)),
    )


def standing() -> QuerySet[AnsweredItem]:
    """Items withheld in answers that stand, for the hub itself: not answered anew, nor being so, in an enquiry that is
    open."""
    return AnsweredItem.objects.filter(
        choice=AnsweredItem.WITHHOLD,
        answer__recipient__state=RecipientState.ANSWERED,
        answer__round=F("answer__recipient__round"),
        answer__recipient__request__enquiry__closed_at=None,
    )


def withheld_until(day: date | None) -> QuerySet[AnsweredItem]:
    """Of those, what was withheld until a day that is not after `day` (until any day if None)."""
    rows = standing().filter(review_on__isnull=False)
    return rows.filter(review_on__lte=day) if day else rows


@context.hub("case")
@transaction.atomic
def to_share_anew(actor: Actor, *, now: datetime) -> list[ToShareAnew]:
    """What the actor's agency shared and has corrected since, where it has not decided on the newer version: the
    longest corrected first; audited.

    What was withdrawn waits for nobody: whoever was told has heard of it. Answers about someone the practitioner
    is too close to are left to colleagues.
    """
    request_access.check_can_answer_at_all(actor)
    # Those whose entry was replaced at all first, which are few; what else must hold takes eight tables more.
    replaced = AnsweredItem.objects.filter(
        release__isnull=False, entry__superseded_by__agency=actor.agency_id
    )
    rows = _shared_and_replaced().filter(
        answer__recipient__agency=actor.agency_id, pk__in=list(replaced.values_list("pk", flat=True))
    )
    barred = people_access.too_close_to(actor)
    if barred:
        rows = rows.exclude(answer__recipient__request__subjects__record__person__in=barred)
    rows = rows.select_related("entry", "answer__answered_by", "answer__recipient__request__from_agency")
    rows = rows.prefetch_related("answer__recipient__request__subjects__record")
    waiting = _not_decided(rows.order_by("answer__round"))
    found = sorted(map(_to_share_anew, waiting), key=lambda one: (one.corrected_at, one.recipient.reference))
    audit.record(
        actor=actor,
        action="inbox.viewed",
        thing="list to share anew",
        people={card.person for one in found for card in one.about},
        detail={"shown": len(found)},
        now=now,
    )
    return found


def _shared_and_replaced() -> QuerySet[AnsweredItem]:
    """Items that are still seen by whoever asked, of answers that stand, whose entry has a newer version."""
    return AnsweredItem.objects.filter(
        release__ends_at=None,
        release__isnull=False,
        entry__superseded_by__isnull=False,
        answer__recipient__state=RecipientState.ANSWERED,
        answer__recipient__request__enquiry__closed_at=None,
    )


def _not_decided(items: Iterable[AnsweredItem]) -> list[list[tuple[AnsweredItem, Newest]]]:
    """By request, the items whose newest version no round has decided on, each with that version."""
    rows = list(items)
    newest = chronology.newest_of(item.entry for item in rows)
    decided = set(
        AnsweredItem.objects.filter(entry__in=[new.id for new in newest.values()]).values_list(
            "answer__recipient", "entry"
        )
    )
    found: dict[UUID, dict[UUID, tuple[AnsweredItem, Newest]]] = {}
    for item in rows:
        new, recipient = newest[item.entry_id], item.answer.recipient_id
        if not new.withdrawn and (recipient, new.id) not in decided:
            found.setdefault(recipient, {})[new.id] = (item, new)
    return [list(waiting.values()) for waiting in found.values()]


def _to_share_anew(waiting: list[tuple[AnsweredItem, Newest]]) -> ToShareAnew:
    answer = waiting[-1][0].answer
    return ToShareAnew(
        recipient=answer.recipient,
        about=tuple(people_cards.card_of_record(s.record) for s in answer.recipient.request.subjects.all()),
        items=len(waiting),
        corrected_at=min(new.at for _item, new in waiting),
        answered_by=answer.answered_by,
    )


def reminded_of(answer: object) -> tuple[UUID, UUID] | None:
    """The request that an answer belongs to and who gave it, for the hub itself; None if it stands no more."""
    rows = standing().filter(answer=answer)
    return rows.values_list("answer__recipient", "answer__answered_by").first()
