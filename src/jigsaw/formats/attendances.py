"""Which true attendances do these messages amount to, whatever order they came in and however often?

A state machine without a clock or a store: the state is the set of different messages, and every answer is
worked out from that set in the order the sender wrote them, never in the order they arrived. So duplicates, late
messages and any order give the same attendances. Whoever keeps the messages gives the ones that share a key
(`keys`): those of one visit and of its patients are enough, and they are few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal, TypeVar

from jigsaw.formats.attendance_messages import (
    AttendanceMessage,
    Clinician,
    Moment,
    Patient,
    PatientIdentifier,
    PatientKey,
    Place,
    Practice,
    Visit,
    VisitKey,
    keys_of,
)

Status = Literal["present", "left", "cancelled"]
ChangeKind = Literal["began", "left", "reopened", "cancelled", "restored", "identified", "corrected"]
Stamp = tuple[datetime, datetime, int, int, str, str]
T = TypeVar("T")

_NEVER = datetime.min.replace(tzinfo=UTC)
# Within one minute a cancellation follows what it cancels, whatever the control ids say.
_RANK = {
    "arrived": 0,
    "admitted": 1,
    "updated": 2,
    "person_updated": 2,
    "left": 3,
    "leaving_cancelled": 4,
    "arrival_cancelled": 5,
    "merged": 6,
}
_INPATIENT = frozenset({"I", "IMP", "ACUTE", "NONAC"})


@dataclass(frozen=True, slots=True)
class Attendance:
    """One visit as it stands. Where it began as an emergency, `arrived` and `place` are those of the emergency
    department, also after an admission; `unscheduled` is None if no message said either way.

    `persons` are the sender's numbers for the patient, after merges. `doubts`: `two_patients` if messages of one
    visit are about different people and no merge joins them, `no_arrival` if no registration was received.
    """

    key: VisitKey
    status: Status
    unscheduled: bool | None
    patient: Patient
    persons: frozenset[PatientKey]
    place: Place
    attending: Clinician
    arrived: Moment | None
    left: Moment | None
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The different usable messages received so far, by their identity."""

    messages: Mapping[tuple[str, str, str], AttendanceMessage] = field(default_factory=dict)

    def ordered(self) -> list[AttendanceMessage]:
        return sorted(self.messages.values(), key=stamp)


@dataclass(frozen=True, slots=True)
class Change:
    """What one message did to one attendance; `before` is None where it is new."""

    kind: ChangeKind
    before: Attendance | None
    after: Attendance


@dataclass(frozen=True, slots=True)
class Step:
    """`taken` is False for a message that was there already or cannot be used; then nothing changed."""

    history: History
    changes: tuple[Change, ...] = ()
    taken: bool = True


def stamp(message: AttendanceMessage) -> Stamp:
    """Where the message belongs in what its sender wrote: when it was recorded, else sent; in the same instant
    by sequence number, then by what can only follow what; last by its id and content, so that no two tie."""
    sent = message.sent.at if message.sent else _NEVER
    recorded = message.recorded.at if message.recorded else sent
    rank = _RANK.get(message.event, 2)
    return (recorded, sent, message.sequence, rank, message.control_id, message.digest)


def renumbered(history: History) -> frozenset[tuple[str, str]]:
    """NHS numbers that the sender told of one patient of its own, each with the other that it told of them last.

    Only where family name and day of birth were the same under both: where these changed as well, the first were
    another person’s, and nothing is said about their number.
    """
    told: dict[PatientKey, list[tuple[str, _Who]]] = {}
    for message in history.ordered():
        who = _who(message.patient)
        numbers = message.patient.nhs_numbers
        if who and len(numbers) == 1:
            for key in _of_their_own(message):
                told.setdefault(key, []).append((numbers[0], who))
    return frozenset(
        (number, last)
        for rows in told.values()
        for last, of_whom in [rows[-1]]
        for number, who in rows[:-1]
        if number != last and who == of_whom
    )


_Who = tuple[str, date]


def _who(patient: Patient) -> _Who | None:
    """Family name and day of birth, if both were told."""
    family = patient.names[0].family.casefold().strip() if patient.names else ""
    return (family, patient.born) if family and patient.born else None


def _of_their_own(message: AttendanceMessage) -> Iterator[PatientKey]:
    """By what the sender knows its patient, other than the NHS number."""
    local = tuple(one for one in message.patient.identifiers if one.scheme == "local")
    return keys_of(local, message.facility)


def keys(message: AttendanceMessage) -> frozenset[VisitKey | PatientKey]:
    """Everything by which this message and another could be about one visit or one patient."""
    found: set[VisitKey | PatientKey] = set(message.person_keys())
    if visit := message.visit_key:
        found.add(visit)
    for merge in message.merges:
        found |= set(keys_of(merge.prior, message.facility)) | set(keys_of(merge.survivor, message.facility))
    return frozenset(found)


def step(history: History, message: AttendanceMessage) -> Step:
    """The history with this message, and what that changed: for a merge it may be several attendances."""
    if not message.usable or message.event == "unused" or message.identity in history.messages:
        return Step(history, taken=False)
    after = History({**history.messages, message.identity: message})
    known = {one.key: one for one in attendances(history)}
    found = (_change(known.get(one.key), one) for one in attendances(after))
    return Step(after, tuple(change for change in found if change))


def attendances(history: History) -> tuple[Attendance, ...]:
    """Every visit that any message tells of, by its key."""
    ordered = history.ordered()
    persons = _Persons(ordered)
    visits: dict[VisitKey, list[AttendanceMessage]] = {}
    for message in ordered:
        if key := message.visit_key:
            visits.setdefault(key, []).append(message)
    return tuple(_attendance(key, visits[key], persons) for key in sorted(visits))


def _change(before: Attendance | None, after: Attendance) -> Change | None:
    if before == after:
        return None
    return Change(_kind(before, after), before, after)


def _kind(before: Attendance | None, after: Attendance) -> ChangeKind:
    if before is None:
        return "cancelled" if after.status == "cancelled" else "began"
    if before.status != after.status:
        if after.status == "present":
            return "reopened" if before.status == "left" else "restored"
        return "restored" if before.status == "cancelled" else after.status
    same = before.patient.nhs_numbers == after.patient.nhs_numbers and before.persons == after.persons
    return "corrected" if same else "identified"


# --- one visit --------------------------------------------------------------------------------------------


def _attendance(key: VisitKey, told: list[AttendanceMessage], persons: _Persons) -> Attendance:
    course = _Course()
    for message in told:
        course.hear(message, _visit_of(message))
    roots = persons.roots(told[-1].person_keys())
    others = (
        any(not (persons.roots(m.person_keys()) & roots) for m in told if m.person_keys()) if roots else False
    )
    doubts = ("two_patients" if others else "", "" if course.registered else "no_arrival")
    emergency = [m for m in told if _visit_of(m).unscheduled] if course.unscheduled else []
    return Attendance(
        key=key,
        status=course.status,
        unscheduled=course.unscheduled,
        patient=persons.patient(roots),
        persons=roots,
        place=_last(emergency, _place) or _last(told, _place) or Place(),
        attending=_last_unless_emptied(told, "attending", lambda m: _visit_of(m).attending) or Clinician(),
        arrived=_last(emergency, _arrived) or _last(told, _arrived),
        left=course.left,
        doubts=tuple(filter(None, doubts)),
    )


class _Course:
    """What became of one visit, message by message in the order they were written."""

    def __init__(self) -> None:
        self.standing: set[str] = set()
        self.heard = False
        self.registered = False
        self.unscheduled: bool | None = None
        self.left: Moment | None = None
        self._gone = False

    @property
    def status(self) -> Status:
        if not self.standing:
            return "cancelled"
        return "left" if self._gone else "present"

    def hear(self, message: AttendanceMessage, visit: Visit) -> None:
        if message.event == "arrival_cancelled":
            self._cancel(message)
        else:
            self._begin(message)
        self.heard = True
        self._classify(message, visit)
        self._end(message, visit)

    def _begin(self, message: AttendanceMessage) -> None:
        if message.event in ("arrived", "admitted"):
            self.standing.add(message.event)
            self.registered = True
        elif message.whole:
            self.standing.add("arrived")
            self.registered = True
        elif not self.heard:
            # The registration was lost or is late; that the patient is there is told all the same.
            self.standing.add("arrived")

    def _cancel(self, message: AttendanceMessage) -> None:
        """One event cancels both kinds: an admission, if the patient had also arrived before; else the visit. One
        that speaks of an inpatient never takes back an arrival, so sending it twice does no harm."""
        of_admission = "admitted" in self.standing or _visit_of(message).patient_class in _INPATIENT
        if not message.whole and "arrived" in self.standing and of_admission:
            self.standing.discard("admitted")
        else:
            self.standing.clear()

    def _classify(self, message: AttendanceMessage, visit: Visit) -> None:
        """An emergency that ends in an admission stays one; correcting the class takes it back."""
        if visit.unscheduled is None or message.event == "arrival_cancelled":
            return
        admitted = "admitted" in self.standing or visit.patient_class in _INPATIENT
        if not (self.unscheduled and admitted):
            self.unscheduled = visit.unscheduled

    def _end(self, message: AttendanceMessage, visit: Visit) -> None:
        if message.event == "left":
            self.left, self._gone = visit.left or message.occurred or message.recorded or message.sent, True
        elif message.event == "leaving_cancelled" or message.whole or "left" in message.emptied:
            self.left, self._gone = None, False
        elif visit.left and message.event != "arrival_cancelled":
            self.left, self._gone = visit.left, True


def _visit_of(message: AttendanceMessage) -> Visit:
    return message.visit or Visit()


def _place(message: AttendanceMessage) -> Place | None:
    place = _visit_of(message).place
    return place if place != Place() else None


def _arrived(message: AttendanceMessage) -> Moment | None:
    return _visit_of(message).arrived


# --- who it is --------------------------------------------------------------------------------------------


class _Persons:
    """Which numbers are one patient, and what was last told of that patient."""

    def __init__(self, ordered: list[AttendanceMessage]) -> None:
        self._survivors = _survivors(ordered)
        self._told = [(message.person_keys(), message) for message in ordered if message.person_keys()]

    def roots(self, held: Iterable[PatientKey]) -> frozenset[PatientKey]:
        return frozenset(_root(key, self._survivors) for key in held)

    def patient(self, roots: frozenset[PatientKey]) -> Patient:
        """Field by field the last that was told; what is told under the number that survived a merge counts for
        more than anything under one that ended, however late that came."""
        about = [(held, message) for held, message in self._told if self.roots(held) & roots]
        about.sort(key=lambda one: bool(one[0] & roots))  # stable: within each, the order they were written
        return _patient([message for _, message in about])


def _survivors(ordered: list[AttendanceMessage]) -> dict[PatientKey, PatientKey]:
    """Each ended number's survivor. The latest merge of a number counts, and of merges that go in a circle the
    oldest is left out."""
    links: dict[PatientKey, PatientKey] = {}
    for message in reversed(ordered):
        for merge in message.merges:
            into = list(keys_of(merge.survivor, message.facility))
            for prior in keys_of(merge.prior, message.facility):
                survivor = next((key for key in into if key[0] == prior[0]), into[0] if into else prior)
                if prior not in links and _root(survivor, links) != prior:
                    links[prior] = survivor
    return links


def _root(key: PatientKey, survivors: Mapping[PatientKey, PatientKey]) -> PatientKey:
    while key in survivors:
        key = survivors[key]
    return key


def _patient(told: list[AttendanceMessage]) -> Patient:
    patients = [message.patient for message in told]
    born = _last_unless_emptied(told, "born", lambda m: (m.patient.born, m.patient.born_accuracy) if m.patient.born
                                else None)  # fmt: skip
    return Patient(
        identifiers=_identifiers(patients),
        names=_last_unless_emptied(told, "names", lambda m: m.patient.names) or (),
        born=born[0] if born else None,
        born_accuracy=born[1] if born else "UUU",
        died=_last_unless_emptied(told, "died", lambda m: m.patient.died),
        dead=next((one.dead for one in reversed(patients) if one.dead is not None), None),
        sex=next((one.sex for one in reversed(patients) if one.sex), ""),
        addresses=_last_unless_emptied(told, "addresses", lambda m: m.patient.addresses) or (),
        phones=_last_unless_emptied(told, "phones", lambda m: m.patient.phones) or (),
        practice=next((one.practice for one in reversed(patients) if one.practice != Practice()), Practice()),
        mother=next((one.mother for one in reversed(patients) if one.mother), ()),
    )


def _identifiers(patients: list[Patient]) -> tuple[PatientIdentifier, ...]:
    """The NHS numbers as last told, and every number of the sender's own."""
    national = next((found for one in reversed(patients) if (found := list(_national(one)))), [])
    local = (found for one in patients for found in one.identifiers if found.scheme == "local")
    return tuple(
        dict.fromkeys((*national, *sorted(set(local), key=lambda one: (one.authority, one.value, one.kind))))
    )


def _national(patient: Patient) -> Iterator[PatientIdentifier]:
    """Without check-digit failures where a valid number stands beside them."""
    claimed = [one for one in patient.identifiers if one.scheme == "nhs_number"]
    return iter([one for one in claimed if one.valid] or claimed)


def _last(told: list[AttendanceMessage], get: Callable[[AttendanceMessage], T | None]) -> T | None:
    return next((found for message in reversed(told) if (found := get(message)) is not None), None)


def _last_unless_emptied(
    told: list[AttendanceMessage], name: str, get: Callable[[AttendanceMessage], T | None]
) -> T | None:
    for message in reversed(told):
        if (found := get(message)) and found != Clinician():
            return found
        if name in message.emptied:
            return None
    return None


def without_raw(message: AttendanceMessage) -> AttendanceMessage:
    """The message without its raw text: all that working out attendances needs, and little to keep."""
    return replace(message, raw="")
