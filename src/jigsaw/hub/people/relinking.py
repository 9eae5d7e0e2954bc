"""Make all links anew, as a proposal: what would change is kept, looked at, and then carried out or not.

Looking changes no link. Carrying out goes the way of every other link, a few hundred at a time: what somebody
decided, or what a record says, since the proposal was made, leaves that part of it undone.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from jigsaw import record_linkage as linkage
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import access, decided, differing, filing, linking, matching, pairs, undoing, weighing
from jigsaw.hub.people.cards import Card, as_seen
from jigsaw.hub.people.matching import Candidate
from jigsaw.hub.people.models import MatchRow, Person, PersonRecord, Proposal, Relinking
from jigsaw.hub.people.operations import Apart

JOIN, PART, ASK = Proposal.JOIN, Proposal.PART, Proposal.ASK
KINDS = (JOIN, PART, ASK)
AT_ONCE = 200
SAMPLES = 10
MEMORY = "1GB"
NOT_SUPPORTED = _(
    "A rule linked these once. By all that is known today they are not certain to be one person."
)


@dataclass(frozen=True)
class Counts:
    """Of one kind of proposal: how many there are, wait, were carried out, and were left because of a change."""

    proposed: int
    waiting: int
    done: int
    changed: int


@dataclass(frozen=True)
class Summary:
    """What a relinking proposes, by kind; and what of it concerns each agency and system, by kind."""

    relinking: Relinking
    kinds: dict[str, Counts]
    sources: dict[tuple[str, str], dict[str, int]]

    @property
    def waiting(self) -> int:
        return sum(counts.waiting for counts in self.kinds.values())


@dataclass(frozen=True)
class Sample:
    """One proposal as it would be shown: both sides, and what speaks for and against."""

    proposal: Proposal
    sides: tuple[Card, Card]


@dataclass(frozen=True)
class Step:
    """A few hundred proposals carried out: how many by kind, how many were left, and who was taken apart."""

    done: Counter[str]
    changed: int
    apart: tuple[Apart, ...]

    @property
    def tried(self) -> int:
        return sum(self.done.values()) + self.changed


# --- looking ----------------------------------------------------------------------------------------------


@context.hub("deciding")
def look(
    *,
    actor: Actor,
    now: datetime,
    memory: str = MEMORY,
    to_do: differing.Progress = lambda _count: None,
    progress: differing.Progress = lambda _count: None,
    say: Callable[[str], None] = lambda _words: None,
) -> Relinking:
    """Compare all records anew and keep what differs from the links there are; no link is changed.

    It is kept whole or not at all, and takes the place of what was proposed before and not begun. `to_do` is told
    how many records there are, `progress` how many more are read, `say` what is being done. Raises Refused.
    """
    access.check_can_link(actor)
    began = time.monotonic()
    say("Filing")
    filing.file_again()
    model = weighing.current()
    found = differing.look(model=model, memory=memory, to_do=to_do, progress=progress, say=say)
    say("Finding what differs")
    return _kept(actor, found, model, began, now)


@transaction.atomic
def _kept(
    actor: Actor, found: differing.Differing, model: linkage.Model, began: float, now: datetime
) -> Relinking:
    Relinking.objects.exclude(proposals__outcome=Proposal.DONE).delete()
    made = Relinking.objects.create(
        made_by_id=actor.practitioner_id,
        made_at=now,
        model=model.version,
        records=found.records,
        persons=found.persons,
        pairs=found.pairs,
        seconds=0.0,
    )
    counts: Counter[str] = Counter()
    rest = found.all()
    while some := list(islice(rest, AT_ONCE)):
        digests = decided.rests_on([each.concerned for each in some])
        Proposal.objects.bulk_create(
            _row(made, each, digest) for each, digest in zip(some, digests, strict=True)
        )
        counts.update(each.kind for each in some)
    made.seconds = round(time.monotonic() - began, 1)
    made.save(update_fields=["seconds"])
    audit.record(
        actor=actor,
        action="links.compared_anew",
        people=[],
        thing=f"relinking {made.pk}",
        detail={"records": made.records, **{kind: counts[kind] for kind in KINDS}},
        now=now,
    )
    return made


def _row(made: Relinking, each: differing.Difference, digest: str) -> Proposal:
    return Proposal(
        relinking=made,
        kind=each.kind,
        person_id=each.person,
        records=[str(pk) for pk in each.records],
        probability=each.comparison.probability,
        evidence=[[item.field, item.level, item.words] for item in each.comparison.evidence],
        sources=[list(source) for source in each.sources],
        rests_on=digest,
    )


# --- showing ----------------------------------------------------------------------------------------------


@context.hub("deciding")
def newest(actor: Actor) -> Relinking:
    """The last relinking, for those who decide on links; raises NotHere if there was none."""
    access.check_can_link(actor)
    found = Relinking.objects.select_related("made_by").order_by("-made_at", "-pk").first()
    if found is None:
        raise NotHere(
            _("All links have not been compared anew yet."), _("Run jigsaw link run --everything first.")
        )
    return found


@context.hub("deciding")
def summary(actor: Actor, relinking: Relinking) -> Summary:
    """What it proposes, in numbers, for those who decide on links."""
    access.check_can_link(actor)
    kinds: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    sources: dict[tuple[str, str], Counter[str]] = {}
    rows = relinking.proposals.values_list("kind", "outcome", "sources")
    for kind, outcome, told in rows.iterator(chunk_size=2_000):
        kinds[kind][outcome] += 1
        for agency, system in told:
            sources.setdefault((agency, system), Counter())[kind] += 1
    return Summary(
        relinking,
        {kind: _counts(found) for kind, found in kinds.items()},
        {source: dict(found) for source, found in sorted(sources.items())},
    )


def _counts(found: Counter[str]) -> Counts:
    each = (found[outcome] for outcome in (Proposal.WAITING, Proposal.DONE, Proposal.CHANGED))
    return Counts(sum(found.values()), *each)


@context.hub("deciding")
@transaction.atomic
def samples(actor: Actor, relinking: Relinking, kind: str, *, now: datetime) -> list[Sample]:
    """The least sure of what waits, who is too close to the actor left out; audited."""
    access.check_can_link(actor)
    waiting = _waiting(actor, relinking, [kind]).order_by("probability", "pk")
    rows = list(waiting.select_related("person")[:SAMPLES])
    told = {pk for row in rows for pk in row.records}
    records = PersonRecord.objects.select_related("agency").defer("raw").in_bulk([UUID(pk) for pk in told])
    found = [
        Sample(row, _sides(row, [records[UUID(pk)] for pk in row.records]))
        for row in rows
        if all(UUID(pk) in records for pk in row.records)
    ]
    audit.record(
        actor=actor,
        action="links.proposed_viewed",
        people=sorted({card.person for each in found for card in each.sides}),
        thing=f"relinking {relinking.pk}",
        detail={"shown": len(found)},
        now=now,
    )
    return found


def _sides(row: Proposal, leaving: list[PersonRecord]) -> tuple[Card, Card]:
    moved = {record.pk for record in leaving}
    held = PersonRecord.objects.filter(person=row.person).select_related("agency").defer("raw")
    staying = [record for record in held if record.pk not in moved]
    return as_seen(Person(pk=row.person_id), staying or leaving), as_seen(
        Person(pk=leaving[0].person_id), leaving
    )


def _waiting(actor: Actor, relinking: Relinking, kinds: Iterable[str]) -> QuerySet[Proposal]:
    """What waits of these kinds and concerns nobody to whom the actor is too close."""
    rows = Proposal.objects.filter(relinking=relinking, kind__in=list(kinds), outcome=Proposal.WAITING)
    if barred := access.too_close_to(actor):
        rows = rows.exclude(person__in=barred)
        for record in PersonRecord.objects.filter(person__in=barred).values_list("pk", flat=True):
            rows = rows.exclude(records__contains=[str(record)])
    return rows


# --- carrying out -----------------------------------------------------------------------------------------


@context.hub("deciding")
@transaction.atomic
def carry_out_some(*, actor: Actor, made: Relinking, kinds: Collection[str] = KINDS, now: datetime) -> Step:
    """Carry out the next few hundred of what waits, in one transaction; an empty step means nothing is left.

    Joined and parted as `link` and `split` would; what needs somebody goes to the queue of pairs. Who is too close
    to the actor is left for a colleague. `corrections` undoes what else followed from those taken apart.
    """
    access.check_can_link(actor)
    some = list(
        _waiting(actor, made, kinds)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")[:AT_ONCE]
    )
    told = _Now(some)
    as_it_was = [row for row in some if told.is_as_it_was(row)]
    joined = _join(actor, [row for row in as_it_was if row.kind == JOIN], told, now)
    apart = [_part(actor, row, told, now) for row in as_it_was if row.kind == PART]
    _ask([row for row in as_it_was if row.kind == ASK], told, now)
    done = {row.pk for row in as_it_was if row.kind != JOIN} | joined
    _note_outcome(actor, some, done, now)
    counts = Counter(row.kind for row in some if row.pk in done)
    if some:
        audit.record(
            actor=actor,
            action="links.carried_out",
            people=sorted({record.person_id for record in told.records.values()}),
            thing=f"relinking {made.pk}",
            detail={**{kind: counts[kind] for kind in KINDS}, "changed": len(some) - len(done)},
            now=now,
        )
    return Step(counts, len(some) - len(done), tuple(apart))


def _note_outcome(actor: Actor, some: list[Proposal], done: set[int], now: datetime) -> None:
    for row in some:
        row.outcome = Proposal.DONE if row.pk in done else Proposal.CHANGED
        row.done_by_id, row.done_at = actor.practitioner_id, now
    Proposal.objects.bulk_update(some, ["outcome", "done_by", "done_at"])


class _Now:
    """Everything that some proposals rest on, as it is now; held until the transaction ends."""

    def __init__(self, rows: Sequence[Proposal]) -> None:
        named = [UUID(pk) for row in rows for pk in row.records]
        persons = set(PersonRecord.objects.filter(pk__in=named).values_list("person", flat=True))
        held = PersonRecord.objects.select_for_update().filter(
            person__in=persons | {row.person_id for row in rows}
        )
        self.records = {record.pk: record for record in held.order_by("pk").defer("raw")}
        self._of: dict[UUID, list[UUID]] = {}
        for record in self.records.values():
            self._of.setdefault(record.person_id, []).append(record.pk)
        filed = MatchRow.objects.filter(pk__in=self.records).values_list("record_id", "columns")
        self._columns = {pk: filing.read(columns) for pk, columns in filed}
        digests = decided.rests_on([self._concerned(row) for row in rows])
        self._same = {row.pk for row, digest in zip(rows, digests, strict=True) if digest == row.rests_on}
        self._size = matching.index_size()

    def _concerned(self, row: Proposal) -> set[UUID]:
        theirs = (self.records.get(UUID(pk)) for pk in row.records)
        return {row.person_id} | {record.person_id for record in theirs if record}

    def is_as_it_was(self, row: Proposal) -> bool:
        return row.pk in self._same

    def moving(self, row: Proposal) -> list[PersonRecord]:
        return [self.records[UUID(pk)] for pk in row.records]

    def compared(self, some: Iterable[UUID], others: Iterable[UUID]) -> linkage.Comparison:
        left, right = (linkage.Columns.joined(self._columns[pk] for pk in side) for side in (some, others))
        return linkage.compare(left, right, weighing.current(), index_size=self._size)

    def others(self, row: Proposal) -> list[UUID]:
        """The records of the person that are not among those moving."""
        moving = {UUID(pk) for pk in row.records}
        return [pk for pk in self._of.get(row.person_id, ()) if pk not in moving]


def _join(actor: Actor, rows: list[Proposal], told: _Now, now: datetime) -> set[int]:
    """Which of these were joined: whatever is no longer certain, or was kept apart a moment ago, is not."""
    decisions: dict[UUID, linking.Decision] = {}
    wanted = {}
    for row in rows:
        comparison = told.compared((record.pk for record in told.moving(row)), told.others(row))
        if comparison.grade != "certain":
            continue
        wanted[row.pk] = row
        for record in told.moving(row):
            decisions[record.pk] = linking.by_rule(record, row.person_id, comparison)
    linking.move_all(actor=actor, decisions=list(decisions.values()), now=now)
    here = dict(PersonRecord.objects.filter(pk__in=decisions).values_list("pk", "person"))
    return {
        pk for pk, row in wanted.items() if any(here[UUID(each)] == row.person_id for each in row.records)
    }


def _part(actor: Actor, row: Proposal, told: _Now, now: datetime) -> Apart:
    """The records leave, under the name that was theirs; no keeping apart, since nobody decided on it."""
    leaving, staying = told.moving(row), [told.records[pk] for pk in told.others(row)]
    comparison = told.compared((r.pk for r in leaving), (r.pk for r in staying))
    spoken_of = undoing.stays([*leaving, *staying])
    since = undoing.together_since(leaving, staying, spoken_of)
    back = undoing.came_back(leaving, spoken_of)
    own, others = ({each.pk: spoken_of[each.pk] for each in some} for some in (leaving, staying))
    came = undoing.bring_back(leaving, back, others, own).pk
    decisions = [linking.by_rule(record, came, comparison, reason=str(NOT_SUPPORTED)) for record in leaving]
    linking.move_all(actor=actor, decisions=decisions, now=now)
    undoing.take_back_conflicts(came, row.person_id, since if back else undoing.ALWAYS)
    undoing.keep_apart_from_both(leaving, staying, came, row.person_id, since)
    if comparison.grade != "no_match":
        best = Candidate(row.person_id, staying[0].pk, comparison)
        pairs.note([(leaving[0], [best])], now=now)
    return Apart(row.person_id, came, since, tuple(own), tuple(others))


def _ask(rows: list[Proposal], told: _Now, now: datetime) -> None:
    found: dict[UUID, list[Candidate]] = {}
    for row in rows:
        [record] = told.moving(row)
        others = told.others(row)
        if others:
            comparison = told.compared([record.pk], others)
            found.setdefault(record.pk, []).append(Candidate(row.person_id, others[0], comparison))
    # Whom somebody kept apart meanwhile is left out there.
    pairs.note([(told.records[pk], candidates) for pk, candidates in found.items()], now=now)


__all__ = [
    "ASK",
    "JOIN",
    "KINDS",
    "PART",
    "Counts",
    "Relinking",
    "Sample",
    "Step",
    "Summary",
    "carry_out_some",
    "look",
    "newest",
    "samples",
    "summary",
]  # fmt: skip
