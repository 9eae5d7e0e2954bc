"""What became of a file of answers, row by row? Every row is accounted for, and taking a file twice changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as say

from jigsaw.formats.nhs_trace import TraceRow
from jigsaw.formats.records import Problem
from jigsaw.formats.text import matching_key
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access
from jigsaw.hub.people.linking import Tally
from jigsaw.hub.people.models import PersonRecord, Trace
from jigsaw.hub.people.tracing import answers
from jigsaw.hub.people.tracing.answers import Said

AT_ONCE = 1000
COUNTS = ("read", "taken", "waiting", "nothing", "unchanged", "rejected")


@dataclass(frozen=True)
class Found:
    """One thing wrong with a row (0: the file as a whole); `rejected`: the row was left out for it."""

    row: int
    field: str
    code: str
    message: str
    rejected: bool


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What became of a file of answers: read = taken + waiting + nothing + unchanged + rejected.

    `taken` brought or confirmed a number by rule; `waiting` a person decides; `nothing` brought none; `unchanged`
    had been answered before. Of the records with a number that they had not, `linked` were linked by rule, and
    `to_review` found alike enough to another that a person should look.
    """

    filename: str
    read: int
    taken: int
    waiting: int
    nothing: int
    unchanged: int
    rejected: int
    linked: int
    to_review: int
    problems: tuple[Found, ...]

    @property
    def needs_a_person(self) -> bool:
        return self.waiting > 0 or self.rejected > 0


@context.hub("index")
@transaction.atomic
def take_answers(
    *,
    actor: Actor,
    filename: str,
    read: Callable[[], Iterator[TraceRow | Problem]],
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _count: None,
) -> Answers:
    """Take the answers of a file to questions of ours; all that can be used or, if it cannot be read, none.

    Records that got a number are tried against everybody at once, as those of a file of people are.

    `read` gives the rows anew each time: they are read once to see that the file is whole and no question is
    answered twice, and once to take them. Raises Refused, and Unreadable as `read` does.
    """
    access.check_can_trace(actor)
    twice = _answered_twice(read())
    taking = _TakingFile(actor, now, twice)
    rows = read()
    while chunk := list(islice(rows, AT_ONCE)):
        taking.take(chunk)
        progress(len(chunk))
    # Once all are in: of two records of one child, each is tried with the number that it has now.
    tally = answers.link(actor, taking.renumbered, now=now)
    report = taking.report(filename, tally)
    if dry_run:
        transaction.set_rollback(True)
        return report
    audit.record(
        actor=actor,
        action="numbers.answered",
        people=taking.persons,
        detail={name: getattr(report, name) for name in (*COUNTS, "linked")},
        now=now,
    )
    return report


def _answered_twice(rows: Iterable[TraceRow | Problem]) -> frozenset[str]:
    """References that more than one row answers."""
    seen: set[int] = set()
    twice = set()
    for row in rows:
        if isinstance(row, TraceRow) and row.reference:
            # Numbers take a third of the room of text; a reference of ours is one.
            mark = _uuid(row.reference).int if _uuid(row.reference) else hash(row.reference)
            if mark in seen:
                twice.add(row.reference)
            seen.add(mark)
    return frozenset(twice)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class _TakingFile:
    """Takes the rows of one file, a thousand at a time, and accounts for each."""

    def __init__(self, actor: Actor, now: datetime, twice: frozenset[str]) -> None:
        self.actor, self.now, self.twice = actor, now, twice
        self.counts: Counter[str] = Counter()
        self.problems: list[Found] = []
        self.persons: set[UUID] = set()
        self.renumbered: set[UUID] = set()

    def take(self, chunk: Sequence[TraceRow | Problem]) -> None:
        rows = []
        for told in chunk:
            if isinstance(told, Problem):
                self._note(told)
            else:
                self.counts["read"] += 1
                for problem in told.problems:
                    self._note(problem)
                if told.usable and told.answer:
                    rows.append(told)
                else:
                    self.counts["rejected"] += 1
        self._take_usable(rows)

    def _take_usable(self, rows: Sequence[TraceRow]) -> None:
        ids = {row.reference: found for row in rows if (found := _uuid(row.reference))}
        traces = answers.questions_put(self.actor, ids.values())
        told = []
        for row in rows:
            trace = traces.get(ids.get(row.reference, UUID(int=0)))
            if row.reference in self.twice:
                self._refuse(
                    row,
                    "answered_twice",
                    say(
                        "More than one row answers this question. Find out which is right, and leave the other out."
                    ),
                )
            elif trace is None:
                self._refuse(
                    row,
                    "unknown_reference",
                    say(
                        "There is no question of yours with this SourceID. Choose the file that came back for your own questions."
                    ),
                )
            elif trace.state != Trace.ASKED:
                self.counts["unchanged"] += 1
            else:
                told.append((trace, _said_in(row, trace.record)))
        self.renumbered |= answers.take(told, now=self.now)
        for trace, _said in told:
            self.counts[trace.outcome] += 1
            self.persons.add(trace.record.person_id)

    def _refuse(self, row: TraceRow, code: str, message: str) -> None:
        self.counts["rejected"] += 1
        self.problems.append(Found(row.number, "SourceID", code, message, True))

    def _note(self, problem: Problem) -> None:
        rejected = problem.severity == "error"
        self.problems.append(Found(problem.record, problem.field, problem.code, problem.message, rejected))

    def report(self, filename: str, tally: Tally) -> Answers:
        return Answers(
            filename=filename,
            **{name: self.counts[name] for name in COUNTS},
            linked=tally.linked,
            to_review=tally.to_review,
            problems=tuple(sorted(self.problems, key=lambda found: found.row)),
        )


def _said_in(row: TraceRow, record: PersonRecord) -> Said:
    answer = row.answer
    assert answer is not None
    return Said(
        state=answer.state,
        number=answer.number if answer.state not in ("no_match", "error", "many_match") else "",
        score=answer.score,
        standing=answer.standing,
        search=answer.search[:80],
        certain=answer.certain,
        doubts=() if _is_about(row, record) else ("other_details",),
    )


def _is_about(row: TraceRow, record: PersonRecord) -> bool:
    """Does what stands in the row agree with whom it was asked about? A sorted column would part the two."""
    names = ((row.given, record.given), (row.family, record.family))
    if any(told and matching_key(told) != matching_key(held) for told, held in names):
        return False
    return row.born is None or row.born == record.born
