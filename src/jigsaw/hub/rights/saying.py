"""A family says otherwise: it objects to something being held or shared, says that it is wrong or not the whole of it, or
asks for it to be erased (what becomes of that: `erasure`).

Its own words are put beside each entry at once, and whoever was told the entry hears of them. The agency that holds the
entry decides within the month (`months`): it puts it right, stops sharing it, or stands by it with its reasons, and the
family's words stay beside it. That something is said forbids nothing by itself: whoever is about to share sees it.
(UK GDPR, Articles 12(3) and 12(4), 16, 19 and 21.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.chronology import family_words
from jigsaw.hub.chronology.family_words import Telling
from jigsaw.hub.chronology.kinds import FamilySays
from jigsaw.hub.disclosures import queries as disclosures
from jigsaw.hub.kit import context, fields, outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid, WrongState
from jigsaw.hub.people import matching
from jigsaw.hub.people import queries as people
from jigsaw.hub.rights import access, asked
from jigsaw.hub.rights.asked import Asking, Detail
from jigsaw.hub.rights.kinds import (
    CORRECTED,
    DISAGREE,
    ERASURE,
    GROUNDS,
    OBJECTION,
    OUTCOMES,
    SAYING,
    STANDS,
    STOPPED,
)
from jigsaw.hub.rights.models import RightsRequest

if TYPE_CHECKING:
    from jigsaw.hub.chronology.models import Entry, FamilyWords
    from jigsaw.hub.chronology.queries import Line

LONGEST = 2000


@dataclass(frozen=True)
class Decision:
    """What the agency decides: one of OUTCOMES, why it may stand by it (one of GROUNDS), and why, as the family reads it."""

    outcome: str
    because: str
    ground: str = ""


@dataclass(frozen=True)
class ToDecide:
    """One request, what the family says, and the entries that it is about as they stand now, each with whether it was
    put right since."""

    detail: Detail
    words: str
    entries: tuple[tuple[Line, bool], ...]


@transaction.atomic
def note(
    *, actor: Actor, person: UUID, asking: Asking, entries: Iterable[UUID], now: datetime
) -> tuple[RightsRequest, ...]:
    """Put the family's words beside these entries on the person's page; without entries, an objection is to the sharing
    itself, by the actor's own agency. One request for each agency that holds any of them.

    Raises NotHere or Refused where the page does not open, to whoever may not write it down, and where the actor's
    agency itself shares nothing; Invalid by field.
    """
    access.check_can_take_down(actor)
    who = people.current(person).pk
    people.check_may_open(actor, who, now)
    wanted = set(entries)
    there = family_words.of_page(actor, who, wanted, now=now)
    _check(asking, wanted, there, now)
    if not there:
        access.check_holds(actor, who, now)
        return (asked.begun(actor, who, asking, agency=actor.agency_id, as_such=True, now=now),)
    holders = {entry.agency_id for entry in there}
    return tuple(
        _noted(actor, who, asking, [entry for entry in there if entry.agency_id == agency], now)
        for agency in sorted(holders)
    )


def _check(asking: Asking, wanted: set[UUID], there: list[Entry], now: datetime) -> None:
    wrong = asked.wrong_with(asking, now)
    fields.check_text("words", asking.words, longest=LONGEST, label=str(_("In their own words")))
    if asking.kind not in SAYING:
        wrong["kind"] = _("Choose whether they object, say that it is wrong, or ask for it to be erased.")
    if not asking.words.strip():
        wrong["words"] = _("Write down what they say, in their own words.")
    if len(there) < len(wanted):
        wrong["entries"] = _("One of these entries stands here no more. Choose again.")
    elif not wanted and asking.kind != OBJECTION:
        wrong["entries"] = (
            _("Choose what they want erased.")
            if asking.kind == ERASURE
            else _("Choose what they say is wrong.")
        )
    asked.check(wrong)


@context.hub("objecting")
def _noted(actor: Actor, person: UUID, asking: Asking, entries: list[Entry], now: datetime) -> RightsRequest:
    # The words stand beside the entries alone, sealed where those are.
    made = asked.begun(actor, person, replace(asking, words=""), agency=entries[0].agency_id, now=now)
    telling = Telling(
        reference=made.reference,
        kind=asking.kind,
        said_as=asking.asked_as,
        words=asking.words.strip(),
        said_on=asking.received_on,
    )
    family_words.put(entries, telling)
    said = family_words.under(made.reference, agency=made.agency_id)
    concerns = _whom_it_concerns(made, said, actor)
    outbox.put(topic="entry.spoken_of", payload=concerns, now=now)
    return made


@context.hub("case")
def _whom_it_concerns(
    row: RightsRequest, said: list[FamilyWords], actor: Actor, *, since: datetime | None = None
) -> dict[str, object]:
    """Said now, by id: when they are told, they may see the entry no more. `since`: whoever was told it since then."""
    told = family_words.told(said, since=since)
    resting = [str(recipient) for recipient, _by in disclosures.resting_on(told.versions, since=since)]
    return {
        "request": row.reference,
        "agency": str(row.agency_id),
        "by": str(actor.practitioner_id),
        "recipients": resting,
        "references": list(told.references),
        "persons": [str(pk) for pk in told.persons],
    }


@transaction.atomic
def to_decide(actor: Actor, reference: str, *, now: datetime) -> ToDecide:
    """What is said, and of which entries; audited. For whoever may answer families, of the agency that holds them."""
    detail = asked.read(actor, reference, now=now)
    said = said_of(detail.request)
    words = said[0].words if said else detail.request.words
    return ToDecide(detail, words, tuple(family_words.newest(actor, said, now=now)))


def said_of(row: RightsRequest, *kinds: str) -> list[FamilyWords]:
    """The words beside entries under this request; raises WrongState where it is of none of these kinds (SAYING)."""
    if row.kind not in (kinds or SAYING):
        raise WrongState(_("This asks for something else."), _("Go back to what families ask."))
    return family_words.under(row.reference, agency=row.agency_id)


@transaction.atomic
def decide(*, actor: Actor, reference: str, decision: Decision, now: datetime) -> RightsRequest:
    """Decide what becomes of it, once, and tell whoever was told the entries.

    Raises Invalid by field: without a reason, standing by it on no ground that fits, and where something is said to be
    put right that is not; AlreadyDone, Refused, NotHere.
    """
    row = asked.locked(actor, reference)
    said = said_of(row, OBJECTION, DISAGREE)
    right = all(done for _line, done in family_words.newest(actor, said, now=now))
    _check_decision(row, decision, right=bool(said) and right)
    settle(row, actor, said, outcome=decision.outcome, state=FamilySays(decision.outcome), now=now)
    given = {
        "of": row.kind,
        "outcome": decision.outcome,
        "ground": decision.ground if decision.outcome == STANDS else "",
        "because": decision.because.strip(),
        "left_out": [],
    }
    asked.deciding(row, actor, given=given, held_back=[], because="", now=now)
    asked.write_down("rights.decided", row, actor, now, kind=row.kind, outcome=decision.outcome)
    return row


def settle(
    row: RightsRequest,
    actor: Actor,
    said: list[FamilyWords],
    *,
    outcome: str,
    state: FamilySays,
    since: datetime | None = None,
    now: datetime,
) -> None:
    """What became of these words from now on; whoever was told what they are about hears `entry.<outcome>`, unless it
    was put right, of which they hear anyway; with `since`, whoever was told since then, whether they see it now or
    not. The caller has locked the row and audits it."""
    if said and state != FamilySays.CORRECTED:
        concerns = _whom_it_concerns(row, said, actor, since=since) | {"outcome": outcome}
        outbox.put(topic="entry.words_decided_on", payload=concerns, now=now)
    family_words.decide(said, state=state, now=now)


def _check_decision(row: RightsRequest, decision: Decision, *, right: bool) -> None:
    fields.check_text("because", decision.because, longest=LONGEST, label=str(_("Why")))
    wrong: dict[str, object] = {}
    ground = GROUNDS.get(decision.ground)
    if decision.outcome not in OUTCOMES:
        wrong["outcome"] = _("Choose what becomes of it.")
    if decision.outcome == CORRECTED and not right:
        wrong["outcome"] = _("Correct or withdraw each of the entries first, then come back to this page.")
    if decision.outcome == STANDS and (ground is None or row.kind not in ground.kinds):
        wrong["ground"] = _("Choose on what ground your agency stands by it.")
    if not decision.because.strip():
        wrong["because"] = _("Say why, in words that the family understands.")
    if wrong:
        raise Invalid(_("Say what becomes of it, and why."), wrong)


def to_sharing_itself(actor: Actor, persons: Iterable[UUID]) -> list[RightsRequest]:
    """Objections to the sharing itself by the actor's agency about any of these persons that are undecided, or that it
    decided otherwise than by what is written: for whoever is about to share. The caller has authorised and audits it."""
    wanted = set(persons)
    wanted |= set(matching.once_called(wanted))
    rows = RightsRequest.objects.filter(agency=actor.agency_id, as_such=True)
    rows = rows.filter(Q(decided_at=None) | Q(given__outcome__in=[STANDS, STOPPED]))
    return list(rows.filter(person__in=wanted).order_by("received_on", "pk"))
