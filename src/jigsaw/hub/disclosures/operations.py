"""Information leaves an agency, item by item, or is withheld, with reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import documents
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.decisions import operations as decisions
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.disclosures import along, judging, proposals, queries, waiting
from jigsaw.hub.disclosures.along import Along
from jigsaw.hub.disclosures.errors import answered_first, in_words
from jigsaw.hub.disclosures.judging import Choice
from jigsaw.hub.disclosures.models import Answer, AnsweredItem
from jigsaw.hub.information_requests import access as request_access
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.states import RecipientState
from jigsaw.hub.kit import context, outbox
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.clock import add_working_days
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.referrals import operations as referrals
from jigsaw.sharing_rules.finding import Answer as Says
from jigsaw.sharing_rules.proposed import Release
from jigsaw.sharing_rules.verdict import Verdict

if TYPE_CHECKING:
    from jigsaw.hub.chronology.models import Entry
    from jigsaw.hub.chronology.models import Release as Released
    from jigsaw.hub.decisions.models import Decision
    from jigsaw.hub.information_requests.models import Recipient
    from jigsaw.hub.people.models import PersonRecord
    from jigsaw.papers import Clean

FEEDBACK_WORKING_DAYS = 5
# Checks of what only a named role lets out, in two steps (`letting_out`).
TWO_STEPS = {"sealed-record", "adoption-record", "protected-address", "informant-protected"}


@dataclass(frozen=True, kw_only=True)
class Added:
    """A piece written down while answering: kept in the agency's own records, and shared at once."""

    piece: Piece
    about: tuple[UUID, ...]
    """Record ids from the request; the agency's own record of each person is used if it holds one."""
    paper: Clean | None = None
    """A letter or a picture that belongs to it and goes along; it is called as the piece is."""
    scanned: bool = False
    """Was a virus scanner asked about it?"""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A whole answer as decided by one practitioner."""

    grounds: Grounds
    choices: tuple[Choice, ...] = ()
    added: tuple[Added, ...] = ()
    holds_nothing: bool = False
    shares_family: bool = False
    context: str = ""
    protect: tuple[str, ...] = ()
    """Names that must not leave with any item, besides those noted on the items themselves."""


@dataclass(frozen=True)
class _Judged:
    choice: Choice
    entry: Entry
    verdict: Verdict
    along: Along


@transaction.atomic
def answer(*, actor: Actor, recipient: Recipient, draft: Draft, now: datetime) -> Answer:
    """Answer a request: every item held is shared, shared in part or withheld, each with its verdict.

    "We hold nothing" is an answer too, and is refused if something is held. Raises AlreadyDone if a
    colleague answered first; Invalid naming each item (`item-<id>`) and field that needs another look.
    The asker is told at once, withheld items and their reasons included; whoever contributed is owed
    feedback.
    """
    request_access.check_can_answer(actor, recipient)
    recipient = requests.locked(recipient)
    if recipient.state == RecipientState.ANSWERED:
        first = recipient.answers.select_related("answered_by").last()
        raise answered_first(first.answered_by.name if first else _("A colleague"))
    added = [_add(actor, recipient, extra, now) for extra in draft.added]
    own = queries.own_records(recipient)
    held = {entry.pk: entry for entry in queries.held_items(actor, recipient)}
    choices = (*draft.choices, *added)
    judged = _judge(actor, recipient, draft, choices, held, now)
    decision = decisions.decide(
        actor=actor,
        kind="answer",
        outcome=_outcome(draft, judged),
        grounds=draft.grounds,
        now=now,
        supersedes=_earlier(recipient),
    )
    made = Answer.objects.create(
        recipient=recipient,
        round=recipient.round,
        holds_nothing=draft.holds_nothing,
        shares_family=draft.shares_family,
        context=draft.context.strip(),
        decision=decision,
        answered_by_id=actor.practitioner_id,
        answered_at=now,
    )
    for item in judged:
        _carry_out(actor, recipient, made, item, draft.protect, now)
    if draft.shares_family:
        _share_family(actor, recipient, own, now)
    requests.answered(actor=actor, recipient=recipient, now=now)
    _owe_feedback(actor, recipient, now)
    outbox.put(topic="request.answered", payload={"answer": str(made.pk)}, now=now)
    return made


@transaction.atomic
def note_infected(*, actor: Actor, recipient: Recipient, now: datetime) -> None:
    """Write down that a virus scanner took a file that was to go along with an answer for harmful. For the door that has
    asked whether the actor may answer."""
    audit.record(
        actor=actor,
        action="document.infected",
        people=request_access.persons_asked_about(recipient),
        purpose=f"request {recipient.reference}",
        thing=f"recipient {recipient.pk}",
        now=now,
    )


def _add(actor: Actor, recipient: Recipient, extra: Added, now: datetime) -> Choice:
    """Write it in the agency's own records, with its document; what is added is shared whole."""
    subjects = {s.record_id: s.record for s in recipient.request.subjects.select_related("record")}
    asked = [subjects[pk] for pk in extra.about if pk in subjects]
    records = [people.own_record(actor=actor, like=record, now=now) for record in asked]
    entry = chronology.add(actor=actor, piece=extra.piece, about=records, now=now)
    if extra.paper is None:
        return Choice(entry=entry.pk, choice="share")
    title = extra.piece.title.strip()[: documents.LONGEST_TITLE]
    letter = documents.attach(
        actor=actor, entry=entry.pk, title=title, paper=extra.paper, scanned=extra.scanned, now=now
    )
    return Choice(entry=entry.pk, choice="share", documents=(letter.pk,))


def _judge(
    actor: Actor,
    recipient: Recipient,
    draft: Draft,
    choices: tuple[Choice, ...],
    held: dict[UUID, Entry],
    now: datetime,
) -> list[_Judged]:
    """Every held item decided and every decision allowed, or Invalid with all that is wrong at once."""
    wrong: dict[str, object] = {}
    if draft.holds_nothing and held:
        wrong["holds_nothing"] = _(
            "Your agency holds %(count)d items about these people: decide on each of them."
        ) % {"count": len(held)}
    if not draft.grounds.reasons.strip():
        wrong["reasons"] = _("Say why this is the right decision, or where you looked if you hold nothing.")
    if not draft.holds_nothing and not held:
        wrong["holds_nothing"] = _(
            "There is no item to decide on. Add what you know, or say that you hold nothing."
        )
    chosen = {choice.entry: choice for choice in choices}
    at = judging.situation(actor=actor, recipient=recipient, today=agreements.local_day(now))
    proposed = proposals.of_request(recipient)
    there = along.of_entries(held.values())
    judged: list[_Judged] = []
    for pk, entry in held.items() if not draft.holds_nothing else ():
        choice = chosen.get(pk)
        if choice is None or choice.choice not in ("share", "part", "withhold"):
            wrong[f"item-{pk}"] = _("Choose share, share part or withhold.")
            continue
        try:
            sent = along.chosen(there.get(entry.began_with, ()), choice)
        except Invalid as problem:
            wrong[f"item-{pk}"] = problem.words
            continue
        let_out = proposals.as_releases(proposed, pk)
        verdict = _verdict(actor, recipient, entry, choice, draft, at, let_out, sent)
        item = _Judged(choice, entry, verdict, sent)
        if stopped := _stopped(actor, item.verdict, draft.grounds):
            wrong[f"item-{pk}"] = stopped
        judged.append(item)
    if wrong:
        raise Invalid(_("The answer was not sent: some of it needs another look."), wrong)
    return judged


def _verdict(
    actor: Actor,
    recipient: Recipient,
    entry: Entry,
    choice: Choice,
    draft: Draft,
    at: judging.Situation,
    let_out: tuple[Release, ...],
    sent: Along,
) -> Verdict:
    if choice.choice == "withhold":
        return judging.on_withholding(
            actor=actor,
            recipient=recipient,
            entry=entry,
            choice=choice,
            grounds=draft.grounds,
            today=at.today,
            protect=draft.protect,
        )
    return judging.on_sharing(
        at=at,
        recipient=recipient,
        entry=entry,
        released="\n".join((_released(entry, choice), *sent.words)),
        concerns=True,
        grounds=draft.grounds,
        protect=draft.protect,
        releases=let_out,
        unread_documents=sent.unread,
    )


def _released(entry: Entry, choice: Choice) -> str:
    """All that the recipient would read."""
    if choice.choice == "part":
        return choice.text
    return "\n".join(part for part in (entry.title, entry.text, entry.child_words) if part)


def _stopped(actor: Actor, verdict: Verdict, grounds: Grounds) -> str:
    """Why this cannot go ahead; empty if it can.

    A REVIEW goes ahead if the actor holds the role that decides, or records whose advice they took. What is left out
    of everything goes ahead only once its release was granted by a second person: no role and no advice replaces that.
    """
    if verdict.answer is Says.PERMIT:
        return ""
    waits = any(each.check in TWO_STEPS for each in verdict.reasons)
    if (
        verdict.answer is Says.REVIEW
        and not waits
        and (verdict.may_be_decided_by(actor.roles) or grounds.advice_from.strip())
    ):
        return ""
    advice = (
        _("If they have decided, write their name under “advice taken”.")
        if verdict.answer is Says.REVIEW and not waits
        else ""
    )
    return f"{in_words(verdict)} {advice}".strip()


def _outcome(draft: Draft, judged: list[_Judged]) -> str:
    if draft.holds_nothing:
        return "holds_nothing"
    made = {item.choice.choice for item in judged}
    if made == {"withhold"}:
        return "withheld"
    return "shared" if made == {"share"} else "shared_in_part"


def _earlier(recipient: Recipient) -> Decision | None:
    before = recipient.answers.select_related("decision").last()
    return before.decision if before else None


def _carry_out(
    actor: Actor, recipient: Recipient, made: Answer, item: _Judged, protect: tuple[str, ...], now: datetime
) -> None:
    """Release or withhold one item, with an audit entry of its own."""
    withheld = item.choice.choice == "withhold"
    AnsweredItem.objects.create(
        answer=made,
        entry=item.entry,
        choice=item.choice.choice,
        release=None if withheld else _release(recipient, item, protect, now),
        withheld_kind=item.choice.withheld_kind if withheld else "",
        withheld_reason=item.choice.withheld_reason if withheld else "",
        review_when=item.choice.review_when if withheld else "",
        review_on=item.choice.review_on if withheld else None,
        verdict=item.verdict.as_json(),
    )
    if withheld:
        chronology.end_release(
            entry=item.entry,
            to_agency=recipient.request.from_agency_id,
            reference=recipient.request.enquiry.reference,
            now=now,
            # What is withheld now is no longer seen as it stood before it was corrected.
            and_earlier=True,
        )
    audit.record(
        actor=actor,
        action={"share": "item.shared", "part": "item.shared_in_part", "withhold": "item.withheld"}[
            item.choice.choice
        ],
        people=chronology_queries.persons_about([item.entry]).get(item.entry.pk, []),
        purpose=f"request {recipient.reference}",
        thing=f"entry {item.entry.pk}",
        detail={
            "to": str(recipient.request.from_agency_id),
            "verdict": item.verdict.answer.value,
            **({"documents": [str(pk) for pk in item.along.ids]} if item.along.ids else {}),
        },
        now=now,
    )


def _release(recipient: Recipient, item: _Judged, protect: tuple[str, ...], now: datetime) -> Released:
    entry, part = item.entry, item.choice.choice == "part"
    return chronology.release(
        entry=entry,
        to_agency=recipient.request.from_agency_id,
        reference=recipient.request.enquiry.reference,
        # An edited text stands alone: neither the original's title nor the child's words leave with it.
        title=_("Part of an entry") if part else entry.title,
        text=item.choice.text if part else entry.text,
        child_words="" if part else entry.child_words,
        source=judging.source_to_tell(entry, protect),
        in_part=part,
        handling=_conditions(item),
        documents=item.along.ids,
        now=now,
    )


def _conditions(item: _Judged) -> str:
    """What goes along with the item, in a line: the whole of it stands with the verdict."""
    under = item.verdict.made_under
    said = []
    if item.entry.police_grading.endswith("C"):
        said.append(_("Handling conditions apply: ask the police before passing it on."))
    if under and under.relied_on:
        said.append(_("What %(agreement)s asks of you goes along with it.") % {"agreement": under.relied_on})
    return " ".join(said)


def _share_family(actor: Actor, recipient: Recipient, own: list[PersonRecord], now: datetime) -> None:
    """Lend the asker the agency's records of these people and of the family it holds for them."""
    people.grant(
        actor=actor,
        records=people_queries.family_records(own),
        agency=recipient.request.from_agency_id,
        purpose="family",
        reference=recipient.request.enquiry.reference,
        now=now,
    )


def _owe_feedback(actor: Actor, recipient: Recipient, now: datetime) -> None:
    referrals.owe_feedback(
        referral=recipient.request.enquiry.referral,
        audience="contributor",
        agency=actor.agency_id,
        practitioner=actor.practitioner_id,
        about=recipient.reference,
        due_at=add_working_days(now, FEEDBACK_WORKING_DAYS),
    )


# --- what is to be looked at again ------------------------------------------------------------------------


@transaction.atomic
def remind_to_look_again(*, now: datetime, limit: int = 200) -> int:
    """On the day that was set, remind of what was withheld until then; returns of how many items.

    Once for each item: running it twice changes nothing. What was answered anew meanwhile, or is in an enquiry
    that is closed, needs no reminder.
    """
    due = waiting.withheld_until(agreements.local_day(now)).filter(reminded_at=None)
    rows = due.select_for_update(of=("self",), skip_locked=True).select_related("answer__recipient", "entry")
    answers: dict[UUID, list[AnsweredItem]] = {}
    for item in rows.order_by("answer", "pk")[:limit]:
        answers.setdefault(item.answer_id, []).append(item)
    for answer_id, items in answers.items():
        AnsweredItem.objects.filter(pk__in=[item.pk for item in items]).update(reminded_at=now)
        about = chronology_queries.persons_about([item.entry for item in items])
        audit.record(
            actor=SYSTEM,
            action="answer.reminded",
            people={person for persons in about.values() for person in persons},
            purpose=f"request {items[0].answer.recipient.reference}",
            thing=f"answer {answer_id}",
            detail={"items": len(items)},
            now=now,
        )
        outbox.put(topic="answer.look_again", payload={"answer": str(answer_id)}, now=now)
    return sum(map(len, answers.values()))


# --- two who were taken for one ---------------------------------------------------------------------------


@dataclass(frozen=True)
class TakenBack:
    """What does not follow any more: how many releases and grants ended, and who leads what rested on them."""

    releases: int
    grants: int
    leads: frozenset[UUID]


@context.hub("case")
@transaction.atomic
def take_back_what_does_not_follow(*, actor: Actor, persons: Iterable[UUID], now: datetime) -> TakenBack:
    """Answers are looked at again as if given today: an item about nobody who was asked about is no longer
    seen by whoever asked, nor are records of a family that is not theirs.

    The answers themselves stay as they were given. For `corrections`, which has authorised it.
    """
    both = set(persons)
    releases = _end_releases_about_others(actor, both, now)
    grants = _end_lending_of_other_families(actor, both, now)
    leads = {recipient.request.enquiry.lead_id for recipient in (*releases, *grants)}
    return TakenBack(sum(releases.values()), sum(grants.values()), frozenset(leads))


def _end_releases_about_others(actor: Actor, persons: set[UUID], now: datetime) -> dict[Recipient, int]:
    ended: dict[Recipient, int] = {}
    for item in queries.released_about(persons):
        if queries.still_answers(item):
            continue
        recipient = item.answer.recipient
        chronology.end_release(
            entry=item.entry,
            to_agency=recipient.request.from_agency_id,
            reference=recipient.request.enquiry.reference,
            now=now,
        )
        audit.record(
            actor=actor,
            action="item.taken_back",
            people=chronology_queries.persons_about([item.entry]).get(item.entry_id, []),
            purpose=f"request {recipient.reference}",
            thing=f"entry {item.entry_id}",
            now=now,
        )
        ended[recipient] = ended.get(recipient, 0) + 1
    return ended


def _end_lending_of_other_families(actor: Actor, persons: set[UUID], now: datetime) -> dict[Recipient, int]:
    ended: dict[Recipient, int] = {}
    for recipient, families in queries.families_lent(persons):
        own = [record for each in families for record in queries.own_records(each)]
        count = people.end_lent(
            actor=actor,
            purpose="family",
            reference=recipient.request.enquiry.reference,
            agency=recipient.request.from_agency_id,
            of=recipient.agency_id,
            but=[record.pk for record in people_queries.family_records(own)],
            now=now,
        )
        if count:
            ended[recipient] = count
    return ended


def with_reasons(choices: Iterable[Choice], reasons: str) -> tuple[Choice, ...]:
    """Fill the reason of withheld items left blank from the answer's own reasons: typed once is enough."""
    return tuple(
        replace(choice, withheld_reason=choice.withheld_reason.strip() or reasons)
        if choice.choice == "withhold"
        else choice
        for choice in choices
    )
