"""What does one message say about one person's attendance, whichever standard it came in?

The readers of HL7 v2 (`adt.py`) and FHIR (`fhir_attendance.py`) hand back this one shape; `attendances.py`
makes one attendance of many messages. Empty means “not said”; a field that the sender emptied on purpose is
named in `emptied`, because the two mean different things when messages are put together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from jigsaw.formats.records import Problem, Sex

Event = Literal[
    "arrived",  # A04: registered, the usual first word of an emergency department
    "admitted",  # A01
    "left",  # A03
    "updated",  # A08
    "arrival_cancelled",  # A11
    "leaving_cancelled",  # A13
    "person_updated",  # A28, A31: about the person, not about a visit
    "merged",  # A40: two patient numbers are one person
    "unused",
]
Precision = Literal["year", "month", "day", "hour", "minute", "second"]
Scheme = Literal["nhs_number", "local"]
PatientKey = tuple[str, str]
VisitKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Moment:
    """An aware time, and how much of it was told: `20260301` is a day, and never midnight on purpose."""

    at: datetime
    precision: Precision


@dataclass(frozen=True, slots=True)
class PatientIdentifier:
    """`authority` gave the number out and `kind` is its type, both in the sender's words. `status` is the NHS
    number status indicator, 01 verified to 08 postponed, or ''. `valid` is False for what claims to be an NHS
    number and fails its check digit; such a number is shown and never matched on."""

    value: str
    authority: str = ""
    kind: str = ""
    scheme: Scheme = "local"
    status: str = ""
    valid: bool = True


@dataclass(frozen=True, slots=True)
class PatientName:
    """`use` follows the MAIS name uses (official, usual, nickname, old), `kind` is the sender's own code."""

    family: str
    given: str
    prefix: str = ""
    use: str = "official"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class PatientAddress:
    """`use` is home, temporary, other, no_fixed_abode or unknown; `kind` is the sender's own code."""

    lines: tuple[str, ...] = ()
    postcode: str = ""
    use: str = "home"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Clinician:
    name: str = ""
    number: str = ""
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Practice:
    """A GP practice: its ODS code where one was given, and the name of the practice and the GP as written."""

    ods_code: str = ""
    name: str = ""
    doctor: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the patient is. `ods_code` is the site's, else the organisation's; '' if none has its shape."""

    point_of_care: str = ""
    room: str = ""
    bed: str = ""
    facility: str = ""
    ods_code: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """`born_accuracy` has a letter each for day, month and year: A accurate, E estimated, U unknown."""

    identifiers: tuple[PatientIdentifier, ...] = ()
    names: tuple[PatientName, ...] = ()
    born: date | None = None
    born_accuracy: str = "UUU"
    died: Moment | None = None
    dead: bool | None = None
    sex: Sex = ""
    addresses: tuple[PatientAddress, ...] = ()
    phones: tuple[str, ...] = ()
    practice: Practice = Practice()
    mother: tuple[PatientIdentifier, ...] = ()

    @property
    def nhs_numbers(self) -> tuple[str, ...]:
        """The different valid NHS numbers, in order; more than one is for a person to sort out."""
        held = (one.value for one in self.identifiers if one.scheme == "nhs_number" and one.valid)
        return tuple(dict.fromkeys(held))


@dataclass(frozen=True, slots=True)
class Merge:
    """The patient with these earlier identifiers is the one with those that survive."""

    prior: tuple[PatientIdentifier, ...]
    survivor: tuple[PatientIdentifier, ...]
    prior_visit: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """`patient_class` is as told (E emergency, I inpatient, O outpatient; FHIR EMER, IMP, AMB).

    `unscheduled` is True for the emergency class, False for any other that was told, None if none was.
    """

    number: str = ""
    authority: str = ""
    patient_class: str = ""
    unscheduled: bool | None = None
    place: Place = Place()
    attending: Clinician = Clinician()
    arrived: Moment | None = None
    left: Moment | None = None


@dataclass(frozen=True, slots=True)
class AttendanceMessage:
    """One message, read. `usable` is False if an error says why; `raw` is then what a person works from.

    `whole` is True where the message states the visit as it stands (FHIR) and not a change to it (HL7 v2).
    `digest` is of the content, so that the same message twice is seen to be one. Times: `occurred` is when it
    happened, `recorded` when it was written down, `sent` when the message was made.
    """

    event: Event
    trigger: str = ""
    control_id: str = ""
    version: str = ""
    processing: str = ""
    application: str = ""
    facility: str = ""
    to_application: str = ""
    to_facility: str = ""
    sequence: int = 0
    sent: Moment | None = None
    recorded: Moment | None = None
    occurred: Moment | None = None
    patient: Patient = Patient()
    visit: Visit | None = None
    merges: tuple[Merge, ...] = ()
    emptied: frozenset[str] = frozenset()
    whole: bool = False
    wants_answer: str = ""
    separators: str = "|^~\\&"
    encoding: str = "utf-8"
    digest: str = ""
    raw: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def usable(self) -> bool:
        return all(problem.severity != "error" for problem in self.problems)

    @property
    def identity(self) -> tuple[str, str, str]:
        """Equal for the same message received twice, whatever else came between."""
        return (f"{self.application}|{self.facility}", self.control_id, self.digest)

    @property
    def visit_key(self) -> VisitKey | None:
        """Facility, assigning authority and visit number; without a number the patient and the time of arrival
        stand in for it. None if neither is told: nobody can say which visit is meant."""
        if self.visit is None:
            return None
        if self.visit.number:
            return (self.facility, self.visit.authority, self.visit.number)
        if self.visit.arrived and (keys := sorted(self.person_keys())):
            return (self.facility, "|".join(keys[0]), self.visit.arrived.at.isoformat())
        return None

    def person_keys(self) -> frozenset[PatientKey]:
        return frozenset(keys_of(self.patient.identifiers, self.facility))


def keys_of(identifiers: tuple[PatientIdentifier, ...], facility: str) -> Iterator[PatientKey]:
    """By what the sender itself knows the patient: its own numbers, or the NHS number where there are none.

    A hospital's number means nothing outside its facility, so the facility is part of the key.
    """
    local = [one for one in identifiers if one.scheme == "local"]
    if local:
        yield from ((f"{facility}|{one.authority}", one.value) for one in local)
    else:
        # A number that fails its check digit is no NHS number; as the sender's own label it still serves.
        yield from (("nhs_number" if one.valid else f"{facility}|{one.authority}", one.value)
                    for one in identifiers)  # fmt: skip
