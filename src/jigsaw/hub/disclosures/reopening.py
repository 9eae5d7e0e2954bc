"""New information opens by itself what was withheld: it is put back to whoever decided, with a notice.

What counts as new is what the agency that withheld may know of: an entry of its own about the same people, another
request to it about them, a more urgent rating of the enquiry. What other agencies write down counts for nothing here:
that they wrote something is theirs to tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.disclosures import waiting
from jigsaw.hub.disclosures.models import AnsweredItem
from jigsaw.hub.information_requests import queries as requests
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.referrals import queries as referrals
from jigsaw.sharing_rules.proposed import Withholding
from jigsaw.sharing_rules.withholding import NewInformation, reopens


@dataclass(frozen=True)
class _News:
    """Something learnt: a code of the rules' triggers, when, and what whoever withheld may read of it."""

    kind: str
    at: datetime
    words: str
    agency: UUID | None = None
    """Only for this agency; None for whoever answered in the enquiry concerned."""
    person: UUID | None = None
    referral: UUID | None = None


@transaction.atomic
def reopen(*, now: datetime) -> int:
    """Put back what was withheld and something new opens; returns how many items. Twice changes nothing."""
    rows = waiting.standing().filter(reopened_at=None).select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("answer__recipient__request__enquiry", "entry").order_by("answer", "pk")
    items = list(rows)
    if not items:
        return 0
    about = chronology.persons_about([item.entry for item in items])
    news = _news({person for persons in about.values() for person in persons}, items)
    opened: dict[UUID, list[AnsweredItem]] = {}
    for item in items:
        why = _why(item, set(about.get(item.entry_id, ())), news)
        if why:
            item.reopened_at, item.reopened_why = now, why
            item.save(update_fields=["reopened_at", "reopened_why"])
            opened.setdefault(item.answer_id, []).append(item)
    for answer, found in opened.items():
        _put_back(answer, found, about, now)
    return sum(map(len, opened.values()))


def _news(persons: set[UUID], items: list[AnsweredItem]) -> list[_News]:
    """All that was learnt about these persons and enquiries since the first of these answers."""
    since = min(item.answer.answered_at for item in items)
    enquiries = {item.answer.recipient.request.enquiry for item in items}
    entries = [
        _News(
            "new_entry", at, _("Your agency wrote down something new about the same people."), agency, person
        )
        for person, agency, at in chronology.written_about(persons, since=since)
    ]
    asked = [
        _News(
            "section_47" if purpose == "s47" else "request_changed",
            at,
            _("Your agency was asked about the same people again."),
            agency,
            person,
        )
        for person, agency, purpose, at in requests.asked_since(persons, since=since)
    ]
    rated = [
        _News("new_concern", at, _("The enquiry is rated more urgent now."), referral=referral)
        for referral, at in referrals.rated_higher({e.referral_id for e in enquiries}, since=since)
    ]
    return [*entries, *asked, *rated]


def _why(item: AnsweredItem, persons: set[UUID], news: Iterable[_News]) -> str:
    """What opens this item, in words; empty if nothing does."""
    answer = item.answer
    withheld = Withholding(
        kind=item.withheld_kind,
        reasons=item.withheld_reason,
        review_trigger=item.review_when,
        today=agreements.local_day(answer.answered_at),
        decided_on=agreements.local_day(answer.answered_at),
    )
    found = [
        each.words
        for each in news
        if each.at > answer.answered_at
        and _concerns(each, item, persons)
        and reopens(withheld, NewInformation(each.kind, agreements.local_day(each.at)))
    ]
    return " ".join(dict.fromkeys(found))


def _concerns(news: _News, item: AnsweredItem, persons: set[UUID]) -> bool:
    recipient = item.answer.recipient
    return (
        news.agency in (None, recipient.agency_id)
        and (news.person is None or news.person in persons)
        and (news.referral is None or news.referral == recipient.request.enquiry.referral_id)
    )


def _put_back(answer: UUID, items: list[AnsweredItem], about: dict[UUID, list[UUID]], now: datetime) -> None:
    audit.record(
        actor=SYSTEM,
        action="answer.reopened",
        people={person for item in items for person in about.get(item.entry_id, ())},
        purpose=f"request {items[0].answer.recipient.reference}",
        thing=f"answer {answer}",
        detail={"items": len(items)},
        now=now,
    )
    outbox.put(topic="answer.reopened", payload={"answer": str(answer)}, now=now)
