"""Ask a national register for NHS numbers, and keep what it answers beside what the source said.

By file, as the national matcher takes and returns them (`formats.nhs_trace`), or by asking the register itself
(`national_register`). Either way one answer is taken the same: what is certain and contradicts nothing adds the
number to the record, with where it came from; anything less waits for a person; nothing is ever overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.formats import nhs_trace
from jigsaw.formats.nhs_trace import Question, Shape, TraceRow
from jigsaw.formats.records import Problem
from jigsaw.formats.text import matching_key
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere
from jigsaw.hub.people import access, filing, numbers
from jigsaw.hub.people.models import Identifier, NumberStanding, PersonRecord, Trace
from jigsaw.hub.people.national_register.asking import Entry, NationalRegister, RegisterTrouble, Sought

MATCHER = "sui_matcher"
AT_ONCE = 1000
AT_MOST = 50_000
"""Questions in one file."""
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


@dataclass(frozen=True)
class Asked:
    """How many questions were written, and how many records are left for another file."""

    written: int
    left: int


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
    had been answered before.
    """

    filename: str
    read: int
    taken: int
    waiting: int
    nothing: int
    unchanged: int
    rejected: int
    problems: tuple[Found, ...]

    @property
    def needs_a_person(self) -> bool:
        return self.waiting > 0 or self.rejected > 0


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What a register says of one record, whichever way it came."""

    state: str
    number: str = ""
    score: float | None = None
    standing: str = ""
    search: str = ""
    restricted: bool = False
    certain: bool = False
    doubts: tuple[str, ...] = ()


# --- questions ----------------------------------------------------------------------------------------------


@transaction.atomic
def write_questions(
    *,
    actor: Actor,
    write: Callable[[str], object],
    now: datetime,
    kinds: Sequence[str] = ("missing",),
    agency: UUID | None = None,
    shape: Shape = "plain",
    again: bool = False,
    at_most: int = AT_MOST,
) -> Asked:
    """Write a file of questions line by line through `write`, and keep that each was asked.

    Of each child as little as the matcher needs: name, date of birth, sex, postcode, and the number that is to be
    checked; the reference says nothing of who they are. Raises Refused; Invalid if there is nothing to ask.
    """
    records = numbers.to_trace(actor, kinds, now=now, agency=agency, again=again)
    chosen = list(records.values_list("pk", flat=True)[: at_most + 1])
    if not chosen:
        raise Invalid(
            _("There is no record to ask about."),
            {"what": _("Choose other records, or wait for the answers to what was asked.")},
        )
    left = max(records.count() - at_most, 0) if len(chosen) > at_most else 0
    chosen = chosen[:at_most]
    for line in nhs_trace.write(_questions(actor, chosen, MATCHER, now), shape=shape):
        write(line)
    return Asked(len(chosen), left)


def _questions(actor: Actor, chosen: Sequence[UUID], service: str, now: datetime) -> Iterator[Question]:
    for start in range(0, len(chosen), AT_ONCE):
        records = numbers.records_to_ask(chosen[start : start + AT_ONCE])
        sent = _numbers_to_check(records)
        traces = [_question(actor, row, service, sent.get(row.pk, ""), now) for row in records]
        Trace.objects.bulk_create(traces)
        audit.record(
            actor=actor,
            action="numbers.asked",
            people=[row.person_id for row in records],
            detail={"questions": len(records), "service": service},
            now=now,
        )
        for trace, row in zip(traces, records, strict=True):
            yield Question(
                reference=str(trace.pk),
                given=row.given,
                family=row.family,
                born=row.born,
                sex=row.sex,
                postcode=numbers.postcode_of(row),
                nhs_number=trace.sent,
            )


def _numbers_to_check(records: Iterable[PersonRecord]) -> dict[UUID, str]:
    """The number in use on each record, the one that the source says first."""
    held = numbers.in_use().filter(record__in=[row.pk for row in records]).order_by("-trace", "-pk")
    return {row.record_id: row.value for row in held}


def _question(actor: Actor, record: PersonRecord, service: str, sent: str, now: datetime) -> Trace:
    return Trace(
        record=record,
        service=service,
        asked_at=now,
        asked_by_id=actor.practitioner_id,
        sent=sent,
        details=numbers.details_of(record, sent),
    )


# --- answers by file ----------------------------------------------------------------------------------------


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
    report = taking.report(filename)
    if dry_run:
        transaction.set_rollback(True)
        return report
    audit.record(
        actor=actor,
        action="numbers.answered",
        people=taking.persons,
        detail={name: getattr(report, name) for name in COUNTS},
        now=now,
    )
    return report


COUNTS = ("read", "taken", "waiting", "nothing", "unchanged", "rejected")


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
        traces = _traces(self.actor, ids.values())
        answers = []
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
                answers.append((trace, _said_in(row, trace.record)))
        for trace in _take_all(self.actor, answers, self.now):
            self.counts[trace.outcome] += 1
            self.persons.add(trace.record.person_id)

    def _refuse(self, row: TraceRow, code: str, message: str) -> None:
        self.counts["rejected"] += 1
        self.problems.append(Found(row.number, "SourceID", code, message, True))

    def _note(self, problem: Problem) -> None:
        rejected = problem.severity == "error"
        self.problems.append(Found(problem.record, problem.field, problem.code, problem.message, rejected))

    def report(self, filename: str) -> Answers:
        return Answers(
            filename=filename,
            **{name: self.counts[name] for name in COUNTS},
            problems=tuple(sorted(self.problems, key=lambda found: found.row)),
        )


def _traces(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Trace]:
    """The questions with these ids that the actor may take answers to, locked, with all that their records say."""
    found = Trace.objects.select_for_update(of=("self",)).filter(pk__in=list(ids))
    found = found.filter(record__in=access.traceable_records(actor)).order_by("pk")
    traces = {trace.pk: trace for trace in found}
    records = {row.pk: row for row in numbers.records_to_ask(t.record_id for t in traces.values())}
    for trace in traces.values():
        trace.record = records[trace.record_id]
    return traces


def _said_in(row: TraceRow, record: PersonRecord) -> _Said:
    answer = row.answer
    assert answer is not None
    return _Said(
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


# --- asking the register itself -----------------------------------------------------------------------------


@transaction.atomic
def ask_register(*, actor: Actor, record: UUID, register: NationalRegister, now: datetime) -> Trace:
    """Ask the register about one record now, and take its answer; trouble is an answer too, to try again.

    A number on the record is looked up first; only where that does not settle it is the child sought by name and
    date of birth. Raises Refused, NotHere; Invalid if the record lacks what a register demands.
    """
    access.check_can_trace(actor)
    held = _record_to_ask(actor, record)
    sent = _numbers_to_check([held]).get(held.pk, "")
    trace = _question(actor, held, register.service, sent, now)
    trace.save()
    audit.record(
        actor=actor,
        action="number.asked",
        people=[held.person_id],
        thing=f"record {held.pk}",
        detail={"service": register.service},
        now=now,
    )
    try:
        said = _ask(register, held, sent)
    except RegisterTrouble as trouble:
        said = _Said(state="error", doubts=(trouble.code,))
    [answered] = _take_all(actor, [(trace, said)], now)
    audit.record(
        actor=actor,
        action="number.answered",
        people=[held.person_id],
        thing=f"record {held.pk}",
        detail={"state": answered.state, "outcome": answered.outcome},
        now=now,
    )
    return answered


def _record_to_ask(actor: Actor, record: UUID) -> PersonRecord:
    mine = access.traceable_records(actor).filter(pk=record).values_list("pk", flat=True)
    found = numbers.records_to_ask(mine)
    if not found:
        raise _no_such_record()
    if lacks := numbers.lacking(found[0]):
        raise Invalid(
            _("Nobody can be found in a register with what is on this record."),
            {name: NEEDED[name] for name in lacks},
        )
    return found[0]


NEEDED = {
    "given": _("A first name is needed."),
    "family": _("A family name is needed."),
    "born": _("A whole date of birth is needed."),
}


def _no_such_record() -> NotHere:
    return NotHere(_("There is no such record of your agency."), _("Go back to the numbers to trace."))


def _ask(register: NationalRegister, record: PersonRecord, sent: str) -> _Said:
    about_sent = _look_up(register, record, sent) if sent else _Said(state="no_match")
    if about_sent.number:
        return about_sent
    assert record.born is not None
    sought = Sought(
        given=record.given,
        family=record.family,
        born=record.born,
        sex=record.sex if record.sex in ("M", "F") else "",
        postcode=numbers.postcode_of(record),
    )
    traced = register.trace(sought)
    if traced.entry is None:
        return replace(about_sent, state=traced.state, search=traced.step)
    standing = about_sent.standing or (
        "" if not sent else "same" if sent == traced.entry.number else "differs"
    )
    return _Said(
        state=traced.state,
        number=traced.entry.number,
        score=traced.score,
        standing=standing,
        search=traced.step,
        restricted=traced.entry.restricted,
        certain=traced.state == "match",
        doubts=(*about_sent.doubts, *_doubts_of_entry(traced.entry, record)),
    )


def _look_up(register: NationalRegister, record: PersonRecord, sent: str) -> _Said:
    """What the register knows of the number itself; `number` is empty where that does not settle it."""
    found = register.retrieve(sent)
    if found.entry is None:
        gone = "not_found" if found.outcome == "not_found" else "invalid"
        return _Said(state="no_match", standing=gone)
    if not _is_the_child(found.entry, record):
        return _Said(state="no_match", standing="other", doubts=("number_of_another",))
    return _Said(
        state="match",
        number=found.entry.number,
        score=1.0,
        standing="superseded" if found.outcome == "superseded" else "same",
        search="retrieve",
        restricted=found.entry.restricted,
        certain=True,
        doubts=_doubts_of_entry(found.entry, record),
    )


def _is_the_child(entry: Entry, record: PersonRecord) -> bool:
    """Does the register give the number to somebody with this birthday and one of these names?"""
    if entry.born is None or entry.born != record.born:
        return False
    mine = {matching_key(record.given), matching_key(record.family)}
    return any(mine & {matching_key(given), matching_key(family)} for given, family in entry.names)


def _doubts_of_entry(entry: Entry, record: PersonRecord) -> tuple[str, ...]:
    told = (
        ("register_details", entry.born is not None and entry.born != record.born),
        ("died", entry.died and record.died_on is None),
        ("register_unsure", not entry.verified),
    )
    return tuple(code for code, there in told if there)


# --- taking an answer ---------------------------------------------------------------------------------------


def _take_all(actor: Actor, answers: Sequence[tuple[Trace, _Said]], now: datetime) -> list[Trace]:
    """Take answers in order: the number by rule, or to wait for a person, or nothing. Returns the traces."""
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
            number, words = _use(trace, around.said_by_source(trace), now)
            new_numbers += number
            standings += words
    traces = [trace for trace, _said in answers]
    # An insert that updates: ten fields of a thousand rows by CASE take a hundred times as long.
    Trace.objects.bulk_create(
        traces, update_conflicts=True, unique_fields=["id"], update_fields=list(ANSWERED)
    )
    _write(new_numbers, standings)
    return traces


def _write(new_numbers: Sequence[Identifier], standings: Sequence[NumberStanding]) -> None:
    """Write numbers and words about them, and file the records anew so that a search finds them by the number."""
    NumberStanding.objects.bulk_create(standings)
    Identifier.objects.bulk_create(new_numbers)
    records = [row.record_id for row in new_numbers]
    if records:
        filing.take_out(records)
        filing.file_all(
            filing.to_file(row, row.read_identifiers, row.read_addresses, row.read_contacts)  # type: ignore[attr-defined]
            for row in numbers.records_to_ask(records)
        )


def _fill(trace: Trace, said: _Said, now: datetime) -> None:
    trace.answered_at = now
    trace.state, trace.number, trace.score = said.state, said.number, said.score
    trace.standing, trace.search, trace.restricted = said.standing, said.search, said.restricted
    trace.doubts = list(said.doubts)
    if days := TRY_AGAIN.get(said.state):
        trace.try_again_on = now.astimezone(ENGLAND).date() + timedelta(days=days)


def _without_a_number(trace: Trace, said: _Said, now: datetime) -> list[NumberStanding]:
    """No number was found; of the one that was sent, the register may still say that it is none, or another's."""
    if not trace.sent:
        return []
    if said.standing in GONE:
        return [_standing(trace, trace.sent, GONE[said.standing], now)]
    if said.standing == "other":
        return [_standing(trace, trace.sent, NumberStanding.DISPUTED, now)]
    return []


def _use(trace: Trace, by_source: bool, now: datetime) -> tuple[list[Identifier], list[NumberStanding]]:
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

    def __init__(self, answers: Sequence[tuple[Trace, _Said]]) -> None:
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

    def doubts(self, trace: Trace, said: _Said) -> list[str]:
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


# --- what a person decides ----------------------------------------------------------------------------------


@transaction.atomic
def accept(*, actor: Actor, trace: UUID, reason: str, now: datetime) -> None:
    """Decide that the number is the child's. Raises NotHere, Refused, Invalid without a reason, AlreadyDone."""
    found = _to_decide(actor, trace, reason)
    _decided(actor, found, Trace.ACCEPTED, reason, now)
    by_source = Identifier.objects.filter(
        record=found.record_id, kind=numbers.NHS, value=found.number
    ).exists()
    new_numbers, standings = _use(found, by_source, now)
    _write(new_numbers, standings)


@transaction.atomic
def reject(*, actor: Actor, trace: UUID, reason: str, now: datetime) -> None:
    """Decide that the number is not the child's: it is never taken by rule again. Raises as `accept` does."""
    found = _to_decide(actor, trace, reason)
    _decided(actor, found, Trace.REJECTED, reason, now)


def _to_decide(actor: Actor, trace: UUID, reason: str) -> Trace:
    access.check_can_trace(actor)
    found = _traces(actor, [trace]).get(trace)
    if found is None:
        raise NotHere(_("There is no such answer for your agency."), _("Go back to the numbers to trace."))
    if not reason.strip():
        raise Invalid(
            _("Say why, so that the next person can follow."), {"reason": _("Say what made you decide")}
        )
    if found.outcome != Trace.WAITING:
        raise AlreadyDone(
            _("Somebody has decided on this answer already."), _("Go back to see what is left to decide.")
        )
    return found


def _decided(actor: Actor, trace: Trace, outcome: str, reason: str, now: datetime) -> None:
    trace.outcome, trace.reason = outcome, reason.strip()
    trace.decided_by_id, trace.decided_at = actor.practitioner_id, now
    trace.save(update_fields=["outcome", "reason", "decided_by", "decided_at"])
    audit.record(
        actor=actor,
        action="number.decided",
        people=[trace.record.person_id],
        thing=f"record {trace.record_id}",
        detail={"outcome": outcome, "doubts": trace.doubts},
        now=now,
        words=reason,
    )


@transaction.atomic
def question(*, actor: Actor, record: UUID, value: str, disputed: bool, reason: str, now: datetime) -> None:
    """Say that a number on a record is in doubt, or, with `disputed` false, that it is not any more.

    The number stays, and stays in the record's history; it is not used while it is disputed. For those who trace
    the record's numbers or decide on links. Raises NotHere, Refused, Invalid.
    """
    held = _record_to_question(actor, record)
    if not Identifier.objects.filter(record=held, kind=numbers.NHS, value=value).exists():
        raise NotHere(_("There is no such number on this record."), _("Go back to see how it is now."))
    if not reason.strip():
        raise Invalid(_("Say why, so that the next person can follow."), {"reason": _("Say how you know")})
    NumberStanding.objects.create(
        record=held,
        value=value,
        standing=NumberStanding.DISPUTED if disputed else NumberStanding.UNVERIFIED,
        said_by_id=actor.practitioner_id,
        reason=reason.strip(),
        at=now,
    )
    audit.record(
        actor=actor,
        action="number.questioned",
        people=[held.person_id],
        thing=f"record {held.pk}",
        detail={"disputed": disputed},
        now=now,
        words=reason,
    )


def _record_to_question(actor: Actor, record: UUID) -> PersonRecord:
    if access.can_link(actor):
        found = PersonRecord.objects.filter(pk=record).first()
        if found is not None:
            access.check_not_too_close(actor, [found.person_id])
    else:
        access.check_can_trace(actor)
        found = access.traceable_records(actor).filter(pk=record).first()
    if found is None:
        raise _no_such_record()
    return found
