"""What becomes of a register's answer? The number is used by rule, waits for a person, or there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from jigsaw.formats.text import matching_key
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.people import access, filing, linking, numbers
from jigsaw.hub.people.models import Identifier, NumberStanding, PersonRecord, Trace
from jigsaw.hub.people.records import NOT_THEIRS

# Days before the same question is asked again, by answer: children are registered, and details are corrected.
TRY_AGAIN = {"no_match": 90, "many_match": 90, "low_confidence_match": 90, "error": 1}
ANSWERED = (
    *("answered_at", "state", "number", "score", "standing"),
    *("search", "restricted", "outcome", "doubts", "try_again_on"),
)
GONE = {
    "superseded": NumberStanding.SUPERSEDED,
    "invalid": NumberStanding.INVALID,
    "not_found": NumberStanding.INVALID,
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a register says of one record, whichever way it came."""

    state: str
    number: str = ""
    score: float | None = None
    standing: str = ""
    search: str = ""
    restricted: bool = False
    certain: bool = False
    doubts: tuple[str, ...] = ()


def questions_put(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Trace]:
    """The questions with these ids that the actor may take answers to, locked, with all that their records say."""
    found = Trace.objects.select_for_update(of=("self",)).filter(pk__in=list(ids))
    found = found.filter(record__in=access.traceable_records(actor)).order_by("pk")
    traces = {trace.pk: trace for trace in found}
    records = {row.pk: row for row in numbers.records_to_ask(t.record_id for t in traces.values())}
    for trace in traces.values():
        trace.record = records[trace.record_id]
    return traces


def take(answers: Sequence[tuple[Trace, Said]], *, now: datetime) -> set[UUID]:
    """Take answers in order: the number by rule, or to wait for a person, or nothing.

    What became of each stands on its trace. Returns the records that have a number now which they had not.
    """
    around = _Around(answers)
    new_numbers: list[Identifier] = []
    standings: list[NumberStanding] = []
    for trace, said in answers:
        _fill(trace, said, now)
        if not said.number:
            trace.outcome = Trace.NOTHING
            standings += _without_a_number(trace, said, now)
            continue
        trace.doubts = around.doubts(trace, said)
        trace.outcome = Trace.WAITING if trace.doubts else Trace.TAKEN
        if trace.outcome == Trace.TAKEN:
            around.taken(trace)
            number, words = use(trace, around.said_by_source(trace), now)
            new_numbers += number
            standings += words
    traces = [trace for trace, _said in answers]
    # An insert that updates: ten fields of a thousand rows by CASE take a hundred times as long.
    Trace.objects.bulk_create(
        traces, update_conflicts=True, unique_fields=["id"], update_fields=list(ANSWERED)
    )
    return write(new_numbers, standings)


def write(new_numbers: Sequence[Identifier], standings: Sequence[NumberStanding]) -> set[UUID]:
    """Write numbers and words about them, and file anew the records that are matched by other numbers now.

    Returns the records with a new number.
    """
    NumberStanding.objects.bulk_create(standings)
    Identifier.objects.bulk_create(new_numbers)
    records = {row.record_id for row in new_numbers}
    if concerned := records | _ever_doubted(row.record_id for row in standings):
        filing.file_these_again(sorted(concerned))
    return records


def _ever_doubted(records: Iterable[UUID]) -> set[UUID]:
    doubts = NumberStanding.objects.filter(record__in=set(records), standing__in=NOT_THEIRS)
    return set(doubts.values_list("record", flat=True))


def link(actor: Actor, records: set[UUID], *, now: datetime) -> linking.Tally:
    """Try records with a new number against everybody, by rule, as records that come in by a file are tried."""
    return linking.link_what_is_certain(actor=actor, records=records, waiting=records.intersection, now=now)


def _fill(trace: Trace, said: Said, now: datetime) -> None:
    trace.answered_at = now
    trace.state, trace.number, trace.score = said.state, said.number, said.score
    trace.standing, trace.search, trace.restricted = said.standing, said.search, said.restricted
    trace.doubts = list(said.doubts)
    if days := TRY_AGAIN.get(said.state):
        trace.try_again_on = now.astimezone(ENGLAND).date() + timedelta(days=days)


def _without_a_number(trace: Trace, said: Said, now: datetime) -> list[NumberStanding]:
    """No number was found; of the one that was sent, the register may still say that it is none, or another's."""
    if not trace.sent:
        return []
    if said.standing in GONE:
        return [_standing(trace, trace.sent, GONE[said.standing], now)]
    if said.standing == "other":
        return [_standing(trace, trace.sent, NumberStanding.DISPUTED, now)]
    return []


def use(trace: Trace, by_source: bool, now: datetime) -> tuple[list[Identifier], list[NumberStanding]]:
    """What is written when the number of an answer is used: itself unless it is there, and how numbers stand."""
    standings = [_standing(trace, trace.number, NumberStanding.VERIFIED, now)]
    if trace.sent and trace.sent != trace.number:
        gone = GONE.get(trace.standing, NumberStanding.DISPUTED)
        standings.append(_standing(trace, trace.sent, gone, now))
    if by_source:
        return [], standings
    return [
        Identifier(record_id=trace.record_id, kind=numbers.NHS, value=trace.number, valid=True, trace=trace)
    ], standings


def _standing(trace: Trace, value: str, standing: str, now: datetime) -> NumberStanding:
    superseded = standing == NumberStanding.SUPERSEDED
    return NumberStanding(
        record_id=trace.record_id,
        value=value,
        standing=standing,
        superseded_by=trace.number if superseded else "",
        trace=trace,
        at=now,
    )


class _Around:
    """What stands around some answers: numbers on their records, who else has them, what was decided before."""

    def __init__(self, answers: Sequence[tuple[Trace, Said]]) -> None:
        records = {trace.record_id for trace, _said in answers}
        told = {said.number for _trace, said in answers if said.number}
        self._on_record: dict[UUID, set[str]] = {}
        self._in_use: dict[UUID, set[str]] = {}
        for row in Identifier.objects.filter(record__in=records, kind=numbers.NHS):
            self._on_record.setdefault(row.record_id, set()).add(row.value)
        for row in numbers.in_use().filter(record__in=records):
            self._in_use.setdefault(row.record_id, set()).add(row.value)
        self._holders: dict[str, list[PersonRecord]] = {}
        for row in numbers.in_use().filter(value__in=told).select_related("record"):
            self._holders.setdefault(row.value, []).append(row.record)
        decided = Trace.objects.filter(record__in=records, number__in=told)
        self._rejected = set(decided.filter(outcome=Trace.REJECTED).values_list("record", "number"))
        self._newest: dict[UUID, datetime] = {}
        for record, asked in (
            Trace.objects.filter(record__in=records)
            .exclude(state=Trace.ASKED)
            .values_list("record", "asked_at")
        ):
            self._newest[record] = max(asked, self._newest.get(record, asked))

    def doubts(self, trace: Trace, said: Said) -> list[str]:
        """Why a person must decide; empty if the number may be used by rule."""
        others = self._in_use.get(trace.record_id, set()) - {said.number}
        if said.standing in GONE:
            others -= {trace.sent}
        told = (
            ("not_certain", not said.certain),
            ("details_changed", numbers.details_of(trace.record, trace.sent) != trace.details),
            ("differs", bool(others)),
            ("shared", any(_is_another(row, trace.record) for row in self._holders.get(said.number, ()))),
            ("rejected_before", (trace.record_id, said.number) in self._rejected),
            ("older_answer", self._newest.get(trace.record_id, trace.asked_at) > trace.asked_at),
        )
        return [*said.doubts, *(code for code, there in told if there)]

    def said_by_source(self, trace: Trace) -> bool:
        """Is the number on the record already?"""
        return trace.number in self._on_record.get(trace.record_id, ())

    def taken(self, trace: Trace) -> None:
        """From now on the record has the number: twins in one file must not both get it."""
        self._holders.setdefault(trace.number, []).append(trace.record)


def _is_another(holder: PersonRecord, record: PersonRecord) -> bool:
    """Does somebody else have the number: another person in the index, with another birthday or other names?"""
    if holder.person_id == record.person_id:
        return False
    born = holder.born is not None and holder.born == record.born
    same = matching_key(holder.given) == matching_key(record.given)
    return not (born and same)
