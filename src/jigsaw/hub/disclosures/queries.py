"""What could be shared, what was, what was withheld and why?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import attached, beside
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.chronology.queries import Newest
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.disclosures import access, along, judging, proposals
from jigsaw.hub.disclosures.models import Answer, AnsweredItem, ReleaseProposal
from jigsaw.hub.information_requests import access as request_access
from jigsaw.hub.information_requests import queries as requests
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards as people_cards
from jigsaw.hub.people import queries as people
from jigsaw.hub.people.cards import Card
from jigsaw.sharing_rules.verdict import Verdict

if TYPE_CHECKING:
    from jigsaw.hub.chronology.models import Entry
    from jigsaw.hub.information_requests.models import Recipient
    from jigsaw.hub.people.models import PersonRecord


@dataclass(frozen=True)
class Item:
    """Something the agency holds, with what to look at twice before it leaves (prompts, not verdicts)."""

    entry: Entry
    about: tuple[Card, ...]
    look_twice: tuple[str, ...]
    """Codes: identity, old, adult, graded, sealed, family (says otherwise)."""
    verdict: Verdict
    """What the rules say of sharing the whole of it, if the rest of the form is filled in as it should be."""
    proposal: ReleaseProposal | None = None
    """Where a named role must let it out: what became of the latest proposal, if there is one."""
    family_says: tuple[beside.Said, ...] = ()
    documents: tuple[attached.Attached, ...] = ()


@dataclass(frozen=True)
class ReadItem:
    """One item of an answer. The asker sees the text only of what was released to them."""

    item: AnsweredItem
    title: str
    text: str
    child_words: str
    happened_on: date | None
    how_known: str
    source: str
    since: Newest | None = None
    """What its agency has put in the place of what was told here; what it says is decided on anew."""
    family_says: tuple[beside.Said, ...] = ()
    sent: along.Sent = along.NOTHING_SENT


@dataclass(frozen=True)
class ReadAnswer:
    answer: Answer
    items: tuple[ReadItem, ...]

    @property
    def withheld(self) -> tuple[ReadItem, ...]:
        return tuple(item for item in self.items if item.item.choice == "withhold")


@context.hub("case")
def own_records(recipient: Recipient) -> list[PersonRecord]:
    """The asked agency's own records of the persons the request is about."""
    return people.records_held(recipient.agency_id, request_access.persons_asked_about(recipient))


def held_items(actor: Actor, recipient: Recipient) -> list[Entry]:
    """What the agency holds and must decide on; refused to a practitioner too close to those asked about."""
    people_access.check_not_too_close(actor, request_access.persons_asked_about(recipient))
    return chronology.held_about(actor, own_records(recipient), told_in=_raised_as(recipient))


@context.hub("case")
def _raised_as(recipient: Recipient) -> str:
    """The reference of the concern, which whoever is asked does not read."""
    return str(recipient.request.enquiry.referral.reference)


@transaction.atomic
def to_decide(
    actor: Actor, recipient: Recipient, *, now: datetime, grounds: Grounds | None = None
) -> list[Item]:
    """What the actor's agency holds about the people asked about, newest first, each with what the rules say of it;
    audited. `grounds`: the law that will be relied on, as far as it is known."""
    access.check_can_read(actor, recipient)
    held = held_items(actor, recipient)
    about = chronology.persons_about(held)
    cards = people_cards.cards_seen(actor, {pk for persons in about.values() for pk in persons}, now=now)
    audit.record(
        actor=actor,
        action="request.items_viewed",
        people={*cards, *request_access.persons_asked_about(recipient)},
        purpose=f"request {recipient.reference}",
        thing=f"recipient {recipient.pk}",
        detail={"items": len(held)},
        now=now,
    )
    at = judging.situation(actor=actor, recipient=recipient, today=agreements.local_day(now))
    proposed, there = proposals.of_request(recipient), attached.of_entries(actor, held, now)
    says = beside.family_says(actor, [(entry, entry) for entry in held])
    return [
        Item(
            entry,
            tuple(cards[p] for p in about[entry.pk] if p in cards),
            judging.look_twice(entry, at.today, says[entry.pk]),
            judging.at_first_sight(
                at=at,
                recipient=recipient,
                entry=entry,
                grounds=grounds,
                releases=proposals.as_releases(proposed, entry.pk),
            ),
            proposed.get(entry.pk),
            says[entry.pk],
            there.get(entry.began_with, ()),
        )
        for entry in held
    ]


@transaction.atomic
def answers(actor: Actor, recipient: Recipient, *, now: datetime) -> list[ReadAnswer]:
    """Every round's answer, oldest first; audited. The asker's first reading is noted.

    What was withheld shows its kind, reason and review trigger to the asker, never its text.
    """
    access.check_can_read(actor, recipient)
    rows = list(
        recipient.answers.select_related("decision__decided_by", "answered_by").prefetch_related(
            "items__entry"
        )
    )
    # As the hub: words that were released, and then replaced by others, stand beside those while the entry is told.
    with context.hub("case"):
        prefetch_related_objects(rows, "items__release")
    asker = access.is_asker(actor, recipient)
    if asker:
        _note_read(recipient, now)
    audit.record(
        actor=actor,
        action="answer.viewed",
        people=request_access.persons_asked_about(recipient),
        purpose=f"request {recipient.reference}",
        thing=f"recipient {recipient.pk}",
        now=now,
    )
    entries = [item.entry_id for row in rows for item in row.items.all()]
    live = chronology.still_released(actor, entries, now=now) if asker else set()
    shown = [item for row in rows for item in row.items.all() if not asker or item.entry_id in live]
    since = chronology.newest_of(item.entry for item in shown)
    said = [(i.entry, i.release if asker else i.entry) for i in shown if i.release or not asker]
    says = beside.family_says(actor, said)
    sent = along.sent(actor, shown, request_access.persons_asked_about(recipient), now)
    return [
        ReadAnswer(row, tuple(_read(item, asker, live, since, says, sent) for item in row.items.all()))
        for row in rows
    ]


@context.hub("telling")
def _note_read(recipient: Recipient, now: datetime) -> None:
    Answer.objects.filter(recipient=recipient, read_at=None).update(read_at=now)


def _read(
    item: AnsweredItem,
    asker: bool,
    live: set[UUID],
    since: dict[UUID, Newest],
    says: dict[UUID, tuple[beside.Said, ...]],
    sent: dict[UUID, along.Sent],
) -> ReadItem:
    """The holder reads their own entry; the asker what was released, for as long as any of it may be seen.

    An item that was withheld when it was looked at again, or whose purpose has ended, shows nothing of itself
    in the earlier answer either.
    """
    if asker and (item.release is None or item.entry_id not in live):
        item.release = None  # so that no page can show it by another way
        return ReadItem(item, "", "", "", None, "", "")
    entry, said = item.entry, item.release if asker else item.entry
    newest = since.get(entry.pk) if item.release else None
    return ReadItem(
        item, said.title, said.text, said.child_words, entry.happened_on, entry.how_known, said.source, newest,
        says.get(entry.pk, ()),
        sent.get(item.release_id, along.NOTHING_SENT),
    )  # fmt: skip


@context.hub("case")
@transaction.atomic
def why(actor: Actor, item: object, *, now: datetime) -> AnsweredItem:
    """One item's verdict with every check's words, for those who may read the answer; audited.

    The checks' next steps name what must not leave, so they are for the holder's eyes only.
    """
    rows = AnsweredItem.objects.select_related("answer__recipient__request", "answer__decision", "entry")
    found = rows.filter(pk=item).first()
    if found is None or not access.can_read(actor, found.answer.recipient):
        raise NotHere(
            _("There is no such decision for your agency."), _("Check the id, or go to your inbox.")
        )
    access.check_can_read(actor, found.answer.recipient)
    audit.record(
        actor=actor,
        action="verdict.viewed",
        people=chronology.persons_about([found.entry]).get(found.entry_id, ()),
        purpose=f"request {found.answer.recipient.reference}",
        thing=f"item {found.pk}",
        now=now,
    )
    if access.is_asker(actor, found.answer.recipient):
        if not chronology.still_released(actor, [found.entry_id], now=now):
            found.release = None
        found.verdict["findings"] = [{**each, "next_step": ""} for each in found.verdict["findings"]]
    return found


def decisions(actor: Actor, reference: str, *, now: datetime) -> list[dict[str, object]]:
    """Every decision on a request in a line each: agency, choice, verdict, reasons and rules; audited."""
    recipient = requests.get(actor, reference)
    return [
        {
            "agency": recipient.agency.name,
            "choice": item.item.choice if item else "holds_nothing",
            "verdict": item.item.verdict["answer"] if item else "PERMIT",
            "reasons": answer.answer.decision.reasons,
            "rules": list(answer.answer.decision.rules),
        }
        for answer in answers(actor, recipient, now=now)
        for item in (answer.items or (None,))
    ]


@context.hub("case")
def released_about(persons: Iterable[UUID]) -> list[AnsweredItem]:
    """Items whose release lives and whose entry is about any of these persons, for the hub itself."""
    entries = chronology.entries_about(persons)
    rows = AnsweredItem.objects.filter(entry__in=entries, release__ends_at=None).exclude(release=None)
    return list(rows.select_related("entry", "answer__recipient__request__enquiry"))


@context.hub("case")
def still_answers(item: AnsweredItem) -> bool:
    """Is the item's entry about anybody whom its agency was asked about in this enquiry, as linked today?"""
    recipient = item.answer.recipient
    told = AnsweredItem.objects.filter(
        entry=item.entry_id,
        answer__recipient__agency=recipient.agency_id,
        answer__recipient__request__enquiry=recipient.request.enquiry_id,
    ).exclude(release=None)
    persons = told.values_list("answer__recipient__request__subjects__record__person", flat=True)
    return bool(set(persons) & set(chronology.persons_about([item.entry]).get(item.entry_id, ())))


@context.hub("case")
def families_lent(persons: Iterable[UUID]) -> list[tuple[Recipient, list[Recipient]]]:
    """Answers that lent a family, in enquiries about any of these persons: one request for each agency and
    enquiry, with all of that agency's there that lent one. For the hub itself."""
    lent = Answer.objects.filter(
        shares_family=True, recipient__request__enquiry__subjects__record__person__in=set(persons)
    )
    found: dict[tuple[UUID, UUID], list[Recipient]] = {}
    for answer in lent.distinct().select_related("recipient__request__enquiry").order_by("pk"):
        recipient = answer.recipient
        found.setdefault((recipient.agency_id, recipient.request.enquiry_id), []).append(recipient)
    return [(several[0], several) for several in found.values()]


def decided(*, since: datetime, until: datetime) -> dict[str, int]:
    """For oversight: how many items were shared, shared in part and withheld, in answers given from `since`
    (inclusive) until `until` (exclusive)."""
    rows = _decided(since, until).values("choice").annotate(n=Count("pk"))
    return {row["choice"]: row["n"] for row in rows}


def withheld_by_kind(*, since: datetime, until: datetime) -> dict[str, int]:
    """For oversight: of the items withheld in that time, how many on each kind of ground."""
    rows = _decided(since, until).filter(choice=AnsweredItem.WITHHOLD)
    return {row["withheld_kind"]: row["n"] for row in rows.values("withheld_kind").annotate(n=Count("pk"))}


def _decided(since: datetime, until: datetime) -> QuerySet[AnsweredItem]:
    return AnsweredItem.objects.filter(answer__answered_at__gte=since, answer__answered_at__lt=until)


@context.hub("case")
def resting_on(entries: Iterable[UUID], *, since: datetime | None = None) -> list[tuple[UUID, UUID]]:
    """Requests whose asker still sees one of these entries, each with who answered last; for the hub itself.

    `since`: those told since then (inclusive), also where their asker sees it no more, as after the enquiry was closed.
    """
    rows = AnsweredItem.objects.filter(entry__in=set(entries), release__isnull=False)
    rows = rows.filter(release__released_at__gte=since) if since else rows.filter(release__ends_at=None)
    found = rows.order_by("answer__round").values_list("answer__recipient", "answer__answered_by")
    return list(dict(found).items())


@context.hub("case")
def told_by(releases: Iterable[UUID]) -> list[UUID]:
    """Requests to one agency each that were answered with any of these releases, for the hub itself."""
    rows = AnsweredItem.objects.filter(release__in=set(releases)).order_by("answer__round")
    return list(dict.fromkeys(rows.values_list("answer__recipient", flat=True)))


def answer_not_read_yet(answer: object) -> UUID | None:
    """The request to one agency that an answer belongs to, for the hub itself.

    None if whoever asked has read it, or the enquiry is closed: then it is no news.
    """
    rows = Answer.objects.filter(pk=answer, read_at=None, recipient__request__enquiry__closed_at=None)
    return rows.values_list("recipient", flat=True).first()
