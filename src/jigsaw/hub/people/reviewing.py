"""Decide on a pair that waits: one person, two people, or not to be told yet; look a second time; settle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw import record_linkage as linkage
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, Refused
from jigsaw.hub.people import matching, operations, queries, review, weighing
from jigsaw.hub.people.models import PairReview, PairToReview, PersonRecord
from jigsaw.hub.people.operations import Apart
from jigsaw.hub.people.records import for_matching

SAME, NOT_SAME, CANNOT_TELL = PairReview.SAME, PairReview.NOT_SAME, PairReview.CANNOT_TELL
ASKED, SAMPLED = "asked", "sampled"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a reviewer makes of a pair, why, and, where it cannot be told, what would have to be known."""

    verdict: str
    reason: str
    missing: str = ""
    second_look: bool = False
    """Ask a colleague to look as well, without telling them what was decided."""


@context.hub("deciding")
@transaction.atomic
def decide(*, actor: Actor, pair: UUID, said: Said, now: datetime) -> PairReview:
    """Say what one makes of a pair. The first who says one or two decides; whoever looks second does not.

    Who looks second is not told what was decided before. Where they see it otherwise, the first decision
    stands until it is settled. Raises Invalid naming each field; AlreadyDone, naming them, if a colleague was
    first; Refused to someone too close to either.
    """
    row = _locked(actor, pair)
    _check(said)
    _check_open(actor, row)
    first = row.decided
    made = _say(actor, row, said, now)
    if said.verdict == CANNOT_TELL:
        PairToReview.objects.filter(pk=row.pk).update(claimed_by=None, claimed_at=None)
    elif first is None:
        _decide_first(actor, row, made, said, now)
    else:
        _compare(row, first, made, now)
    return made


@context.hub("deciding")
@transaction.atomic
def ask_second_look(*, actor: Actor, pair: UUID, now: datetime) -> None:
    """Ask that a colleague looks at what was decided, independently. Raises AlreadyDone if one has."""
    row = _locked(actor, pair)
    if row.decided is None:
        raise Invalid(_("Nobody has decided on this pair yet."), {"pair": _("Decide on it yourself first.")})
    if row.reviews.filter(settles=False).exclude(by=row.decided.by_id).exists():
        raise AlreadyDone(_("A colleague has looked at this already."), _("Go back to the list of pairs."))
    PairToReview.objects.filter(pk=row.pk, second_look="").update(second_look=ASKED)
    _log(actor, row, "pair.second_look_asked", now)


@context.hub("deciding")
@transaction.atomic
def settle(*, actor: Actor, pair: UUID, verdict: str, reason: str, now: datetime) -> Apart | None:
    """Say, as a third, which of two reviewers is right; it is carried out at once.

    Returns how they were taken apart, if they had been linked and are two: `corrections` undoes what else
    followed. Raises Refused to one of the two reviewers, unless they look after the index.
    """
    row = _locked(actor, pair)
    if row.disagreed_at is None or row.settled_at is not None or row.decided is None:
        raise AlreadyDone(_("There is nothing to settle here any more."), _("Go back to the list of pairs."))
    if not review.may_settle(actor, row.reviews.all()):
        raise Refused(
            _("You are one of the two who see it differently."), _("Ask a third colleague to settle it.")
        )
    said = Said(verdict=verdict, reason=reason)
    _check(said, verdicts=(SAME, NOT_SAME))
    _say(actor, row, said, now, settles=True)
    PairToReview.objects.filter(pk=row.pk).update(settled_at=now)
    return _as_it_is(actor, row, said, now)


def _locked(actor: Actor, pair: UUID) -> PairToReview:
    """The pair for the actor to act on, held until the transaction ends."""
    review.get(actor, pair)
    rows = PairToReview.objects.select_for_update(of=("self",))
    return rows.select_related("record", "decided__by").get(pk=pair)


def _check(said: Said, verdicts: tuple[str, ...] = (SAME, NOT_SAME, CANNOT_TELL)) -> None:
    wrong: dict[str, object] = {}
    if said.verdict not in verdicts:
        wrong["verdict"] = _("Choose whether they are one person.")
    if not said.reason.strip():
        wrong["reason"] = _("Choose a reason, or write your own.")
    if said.verdict == CANNOT_TELL and not said.missing.strip():
        wrong["missing"] = _("Say what you would have to know.")
    if wrong:
        raise Invalid(_("Say what you decide, and why."), wrong)


def _check_open(actor: Actor, row: PairToReview) -> None:
    """Open for a first decision, or for a second look by somebody else."""
    if row.decided is None and row.closed_at is None:
        return
    mine = row.reviews.filter(by=actor.practitioner_id).exclude(verdict=CANNOT_TELL).exists()
    if row.decided is not None and row.second_look and not mine:
        return
    if row.decided is None or mine:
        raise AlreadyDone(
            _("This pair does not wait any more."), _("Go back to the list of pairs, and take the next.")
        )
    raise AlreadyDone(
        _("%(name)s has just decided on this pair.") % {"name": row.decided.by.name},
        _("If you see it otherwise, ask for a second look, or open the page of linked records."),
    )


def _say(actor: Actor, row: PairToReview, said: Said, now: datetime, *, settles: bool = False) -> PairReview:
    made = PairReview.objects.create(
        pair=row,
        by_id=actor.practitioner_id,
        verdict=said.verdict,
        reason=said.reason.strip(),
        missing=said.missing.strip() if said.verdict == CANNOT_TELL else "",
        settles=settles,
        at=now,
    )
    _log(actor, row, "pair.settled" if settles else "pair.reviewed", now, said)
    return made


def _log(actor: Actor, row: PairToReview, action: str, now: datetime, said: Said | None = None) -> None:
    audit.record(
        actor=actor,
        action=action,
        people=[row.record.person_id, queries.current(row.person_id).pk],
        thing=f"pair {row.pk}",
        detail={"verdict": said.verdict} if said else {},
        now=now,
        words=" ".join(part for part in (said.reason, said.missing) if part) if said else "",
    )


# --- the first decision ---------------------------------------------------------------------------------------


def _decide_first(actor: Actor, row: PairToReview, made: PairReview, said: Said, now: datetime) -> None:
    left, right = row.record.person_id, queries.current(row.person_id).pk
    sides = [[str(pk) for pk in _records(person)] for person in (left, right)]
    if said.verdict == SAME:
        _make_one(actor, row.record, right, said.reason, now)
    else:
        operations.keep_apart(actor=actor, record=row.record, person=right, reason=said.reason, now=now)
    PairToReview.objects.filter(pk=row.pk).update(
        decided=made, sides=sides, closed_at=now, second_look=_second_look(row, said, now)
    )


def _records(person: UUID) -> list[UUID]:
    rows = PersonRecord.objects.filter(person=person).order_by("recorded_at", "pk")
    return list(rows.values_list("pk", flat=True))


def _make_one(actor: Actor, record: PersonRecord, person: UUID, reason: str, now: datetime) -> None:
    """Link the record; where others stand with it already, all of them come along."""
    if queries.stands_alone(record):
        operations.link(
            actor=actor,
            record=record,
            person=person,
            reason=reason,
            now=now,
            comparison=_comparison(record, person),
        )
    else:
        operations.join(actor=actor, other=record.person_id, person=person, reason=reason, now=now)


def _comparison(record: PersonRecord, person: UUID) -> linkage.Comparison:
    """On what evidence it is decided, kept with the decision."""
    persons = matching.whole_persons(_records(person))
    return linkage.compare(
        for_matching([record]),
        for_matching(persons[person]),
        weighing.current(),
        index_size=matching.index_size(),
    )


def _second_look(row: PairToReview, said: Said, now: datetime) -> str:
    """Asked for, or one in so many by chance: the pair's own id decides, so that nobody can choose."""
    if said.second_look:
        return ASKED
    one_in = agreements.second_look_one_in(on=agreements.local_day(now))
    return SAMPLED if one_in and row.pk.int % one_in == 0 else ""


# --- the second, and the third ----------------------------------------------------------------------------------


def _compare(row: PairToReview, first: PairReview, second: PairReview, now: datetime) -> None:
    changed = {"second_look": ""}
    if second.verdict != first.verdict:
        changed |= {"disagreed_at": now}
    PairToReview.objects.filter(pk=row.pk).update(**changed)


def _as_it_is(actor: Actor, row: PairToReview, said: Said, now: datetime) -> Apart | None:
    """Carry out what was settled, unless it already is so: somebody may have changed it meanwhile."""
    left, right = ([UUID(pk) for pk in side] for side in row.sides)
    person_of = dict(PersonRecord.objects.filter(pk__in=[*left, *right]).values_list("pk", "person"))
    ours, theirs = ({person_of[pk] for pk in side} for side in (left, right))
    if said.verdict == NOT_SAME and ours & theirs:
        one = min(ours & theirs)
        here = [pk for pk in left if person_of[pk] == one]
        return operations.split(actor=actor, person=one, records=here, reason=said.reason, now=now)
    if said.verdict == SAME and not ours & theirs:
        record = PersonRecord.objects.get(pk=row.record_id)
        _make_one(actor, record, min(theirs), said.reason, now)
    return None
