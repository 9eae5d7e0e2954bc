"""Who came to which unscheduled-care setting, and when, by an HL7 v2 admission message?

Reads A01, A03, A04, A08, A11, A13, A28, A31 and A40 of versions 2.3 to 2.5, and of others as far as they agree.
Nothing is refused by raising: whatever cannot be used is a problem that names its segment and field, and the
raw text is kept for the person who works on it. The fields that are read: docs/reference/attendance-messages.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo

from jigsaw.formats import hl7_text, text
from jigsaw.formats.adt_answer import Code, acknowledge, answer_code
from jigsaw.formats.attendance_messages import (
    AttendanceMessage,
    Clinician,
    Event,
    Merge,
    Moment,
    Patient,
    PatientAddress,
    PatientIdentifier,
    PatientName,
    Place,
    Practice,
    Visit,
)
from jigsaw.formats.hl7_text import LARGEST_MESSAGE, LONDON, Segment, Segments, Value
from jigsaw.formats.records import Findings, Sex

__all__ = ["Code", "acknowledge", "answer_code", "read"]

EVENTS: Mapping[str, Event] = {
    "A01": "admitted",
    "A03": "left",
    "A04": "arrived",
    "A08": "updated",
    "A11": "arrival_cancelled",
    "A13": "leaving_cancelled",
    "A28": "person_updated",
    "A31": "person_updated",
    "A40": "merged",
}
_ABOUT_A_VISIT = frozenset({"admitted", "left", "arrived", "arrival_cancelled", "leaving_cancelled"})
_READ = ("MSH", "EVN", "PID", "PD1", "PV1", "MRG")
_SEX: Mapping[str, Sex] = {"M": "M", "F": "F", "U": "U", "1": "M", "2": "F", "0": "U", "9": "U", "O": "U"}
_NAME_USES = {"D": "nickname", "N": "nickname", "A": "usual", "M": "old", "B": "old"}
_ADDRESS_USES = {"C": "temporary", "BA": "unknown", "B": "other", "O": "other", "BR": "other", "N": "other"}
_NHS = frozenset({"NHS", "NH", "NHSNO", "NHSNBR", "NHSNMBR", "NHS NUMBER", "2.16.840.1.113883.2.1.4.1"})
_AHEAD = timedelta(minutes=15)  # clocks differ that much; a time further ahead is a slip
_OLDEST = 130  # years


def read(
    message: bytes | str, *, received: datetime | None = None, zone: tzinfo = LONDON
) -> AttendanceMessage:
    """One message. `received` (aware) is held against its times, which without an offset are local to `zone`.

    Never raises for what the message says. Bytes beyond LARGEST_MESSAGE are neither read nor kept.
    """
    data = message.encode("utf-8", "surrogatepass") if isinstance(message, str) else message
    told, encoding, guessed = hl7_text.decode(data[:LARGEST_MESSAGE])
    findings = Findings(1)
    if guessed:
        findings.warn("MSH-18", "encoding_guessed", f"The text is not in the character set that the message "
                      f"claims; it was read as {encoding}. Ask the sender to correct MSH-18.")  # fmt: skip
    if len(data) > LARGEST_MESSAGE:
        findings.refuse("MSH", "too_long", f"The message is longer than {LARGEST_MESSAGE // 1024} kB, so it was "
                        "not read. Ask the sender to leave out documents and pictures.")  # fmt: skip
    digest = hashlib.sha256(data).hexdigest()
    raw = text.storable(told)
    try:
        segments = Segments(told, _READ, encoding)
    except ValueError:
        findings.refuse("MSH", "not_hl7", "This does not begin with MSH and its separators, so it is no HL7 v2 "
                        "message. Look at the raw text, and tell the sender.")  # fmt: skip
        return AttendanceMessage("unused", encoding=encoding, digest=digest, raw=raw, problems=findings.all())
    return _Reader(segments, findings, received, zone).message(encoding, digest, raw)


class _Reader:
    """Reads one message; every problem goes to `findings` with the segment and field it was met in."""

    def __init__(
        self, segments: Segments, findings: Findings, received: datetime | None, zone: tzinfo
    ) -> None:
        self.segments = segments
        self.findings = findings
        self.received = received
        self.zone = zone

    def message(self, encoding: str, digest: str, raw: str) -> AttendanceMessage:
        header = self.segments.all[0]
        sent = self._moment(header, 7)
        if sent and (own := sent.at.tzinfo) and header.text(7)[-5:-4] in ("+", "-"):
            self.zone = own  # times without an offset are in the header's zone, where it has one
        trigger = self._trigger(header)
        event = self._event(header, trigger)
        noted = self.segments.first("EVN")
        facility = header.text(4)
        patient = self._patient(event)
        visit = self._visit(event, noted, facility)
        occurred = self._moment(noted, 6) if noted else None
        recorded = self._moment(noted, 2) if noted else None
        self._check_times(event, visit, occurred or recorded or sent)
        return AttendanceMessage(
            event=event,
            trigger=trigger,
            control_id=header.text(10),
            version=header.text(12),
            processing=header.text(11),
            application=header.text(3),
            facility=facility,
            to_application=header.text(5),
            to_facility=header.text(6),
            sequence=_whole_number(header.text(13)),
            sent=sent,
            recorded=recorded,
            occurred=occurred,
            patient=patient,
            visit=visit,
            merges=self._merges(event),
            emptied=self._emptied(),
            wants_answer=header.text(16),
            separators=self.segments.separators,
            encoding=encoding,
            digest=digest,
            raw=raw,
            problems=self.findings.all(),
        )

    # --- the header ---------------------------------------------------------------------------------------

    def _trigger(self, header: Segment) -> str:
        """MSH-9.2; in older messages that lack it, EVN-1."""
        noted = self.segments.first("EVN")
        return (header.text(9, 2) or (noted.text(1) if noted else "")).upper()

    def _event(self, header: Segment, trigger: str) -> Event:
        if not header.text(10):
            self.findings.refuse("MSH-10", "no_control_id", "The message has no control id, so no answer can name "
                                 "it. Ask the sender to number its messages.")  # fmt: skip
        if not re.fullmatch(r"2(\.\d(\.\d)?)?", header.text(12) or "2"):
            self.findings.refuse("MSH-12", "version", f"“{header.text(12)[:20]}” is not a version of HL7 v2. Send "
                                 "version 2.3, 2.4 or 2.5.")  # fmt: skip
        if header.text(11) not in ("", "P"):
            self.findings.warn("MSH-11", "not_production", "The message is marked as a test. Do not act on it "
                               "unless this place is for tests.")  # fmt: skip
        if header.text(9).upper() != "ADT":
            self.findings.refuse("MSH-9.1", "not_adt", f"“{header.text(9)[:20]}” is not an admission message "
                                 "(ADT). Send only ADT messages here.")  # fmt: skip
            return "unused"
        if trigger not in EVENTS:
            self.findings.refuse("MSH-9.2", "event_not_used", f"“{trigger[:20]}” is not one of the events that "
                                 "are used: " + ", ".join(EVENTS) + ".")  # fmt: skip
        return EVENTS.get(trigger, "unused")

    # --- who ----------------------------------------------------------------------------------------------

    def _patient(self, event: Event) -> Patient:
        pid = self.segments.first("PID")
        if pid is None:
            self.findings.refuse("PID", "no_patient", "There is no PID segment, so nobody can tell who this is "
                                 "about. Ask the sender for the message again.")  # fmt: skip
            return Patient()
        reliability = {value.text() for value in pid.repetitions(32)}
        identifiers = self._identifiers(pid, reliability)
        names = tuple(
            name
            for field in (5, 9)
            for value in pid.repetitions(field)
            if (name := _name(value, "usual" if field == 9 else "official"))
        )
        born, accuracy = self._born(pid, reliability)
        if not identifiers and not names:
            self.findings.refuse("PID-3", "nobody", "PID gives neither a number nor a name. Ask the sender who "
                                 "this is.")  # fmt: skip
        dead = {"Y": True, "N": False}.get(pid.text(30).upper())
        phones = (value.text() or value.text(12) for field in (13, 14) for value in pid.repetitions(field))
        return Patient(
            identifiers=identifiers,
            names=names,
            born=born,
            born_accuracy=accuracy,
            died=self._moment(pid, 29),
            dead=dead,
            sex=self._sex(pid),
            addresses=tuple(one for value in pid.repetitions(11) if (one := _address(value))),
            phones=tuple(dict.fromkeys(phone for phone in phones if phone)),
            practice=_practice(self.segments.first("PD1")),
            mother=tuple(_identifier(value, "") for value in pid.repetitions(21) if value.text()),
        )

    def _identifiers(self, pid: Segment, reliability: set[str]) -> tuple[PatientIdentifier, ...]:
        status = next((one[-2:] for one in sorted(reliability) if re.fullmatch(r"(NSTS)?0[1-8]", one)), "")
        found = [_identifier(value, status) for field in (3, 2, 4) for value in pid.repetitions(field)
                 if value.text()]  # fmt: skip
        national = text.nhs_number(pid.text(19))  # until 2.4, the field for a national number
        if national:
            found.append(PatientIdentifier(national, "PID-19", "NH", "nhs_number", status))
        found = list(dict.fromkeys(found))
        self._check_nhs_numbers(found, status)
        return tuple(found)

    def _check_nhs_numbers(self, found: list[PatientIdentifier], status: str) -> None:
        claimed = [one for one in found if one.scheme == "nhs_number"]
        valid = {one.value for one in claimed if one.valid}
        if any(not one.valid for one in claimed):
            self.findings.warn("PID-3", "nhs_number_check", "What is given as an NHS number fails its check digit, "
                               "so it is not used. Trace the number.")  # fmt: skip
        if len(valid) > 1:
            self.findings.refuse("PID-3", "two_nhs_numbers", "There are two different NHS numbers in one PID. Find "
                                 "out whose they are before anything is done with either.")  # fmt: skip
        if any(value.startswith("999") for value in valid):
            self.findings.warn("PID-3", "test_number", "NHS numbers that begin with 999 are for tests and are "
                               "never given to anybody.")  # fmt: skip
        if not claimed:
            why = ". The baby's number is postponed" if status == "08" else ""
            self.findings.warn("PID-3", "no_nhs_number", f"No NHS number is given{why}. Trace it, or match by name, "
                               "date of birth and address.")  # fmt: skip

    def _born(self, pid: Segment, reliability: set[str]) -> tuple[date | None, str]:
        told = pid.text(7)
        moment = hl7_text.moment(told, self.zone)
        if moment is None or moment.precision in ("year", "month"):
            if told:
                self._warn_time("PID-7", told, "a date of birth")
            return None, "UUU"
        born = moment.at.date()
        today = self.received.astimezone(self.zone).date() if self.received else None
        if today and (born > today or today.year - born.year > _OLDEST):
            self.findings.warn("PID-7", "implausible_date", f"{born} is not a likely date of birth, so it is not "
                               "used. Check it with the sender.")  # fmt: skip
            return None, "UUU"
        if "UD" in reliability:
            return None, "UUU"  # the sender says that it is a stand-in
        return born, "EEE" if "ED" in reliability else "AAA"

    def _sex(self, pid: Segment) -> Sex:
        told = pid.text(8).upper()
        if told and told not in _SEX:
            self.findings.warn("PID-8", "unknown_code", f"“{told[:20]}” is not a known code for sex. It is not "
                               "used.")  # fmt: skip
        return _SEX.get(told, "")

    def _merges(self, event: Event) -> tuple[Merge, ...]:
        """Each MRG belongs to the PID before it, because one A40 may carry several pairs."""
        found: list[Merge] = []
        survivor: tuple[PatientIdentifier, ...] = ()
        for segment in self.segments.all:
            if segment.name == "PID":
                survivor = tuple(_identifier(value, "") for value in segment.repetitions(3) if value.text())
            elif segment.name == "MRG" and event == "merged":
                prior = tuple(_identifier(value, "") for field in (1, 4) for value in segment.repetitions(field)
                              if value.text())  # fmt: skip
                if prior and survivor:
                    found.append(Merge(prior, survivor, segment.text(5)))
                else:
                    self.findings.refuse("MRG-1" if survivor else "PID-3", "no_identifier", "The two patient "
                                         "numbers to merge are not both given. Ask the sender for both.")  # fmt: skip
        if event == "merged" and "MRG" not in self.segments.names:
            self.findings.refuse("MRG", "no_merge", "A merge without an MRG segment does not say which number "
                                 "ended. Ask the sender for the message again.")  # fmt: skip
        return tuple(found)

    # --- the visit ----------------------------------------------------------------------------------------

    def _visit(self, event: Event, noted: Segment | None, facility: str) -> Visit | None:
        pv1 = self.segments.first("PV1")
        if event not in _ABOUT_A_VISIT and event != "updated":
            return None
        if pv1 is None:
            self._no_visit(event)
            return None
        told_class = pv1.text(2).upper()
        if not told_class:
            self.findings.warn("PV1-2", "no_class", "The message does not say whether this is emergency care. "
                               "Ask the sender to fill in the patient class.")  # fmt: skip
        number = pv1.value(19)
        arrived = self._moment(pv1, 44)
        visit = Visit(
            number=number.text(),
            authority=number.text(4) or number.text(4, 2),
            patient_class=told_class,
            unscheduled=told_class == "E" if told_class and told_class != "U" else None,
            place=self._place(pv1, noted, facility),
            attending=_clinician(pv1.value(7)),
            arrived=arrived or self._began(event, noted),
            left=self._moment(pv1, 45),
        )
        self._check_visit(visit)
        return visit

    def _no_visit(self, event: Event) -> None:
        if event == "updated":
            self.findings.warn("PV1", "no_visit", "There is no PV1 segment; only what is told about the person is "
                               "used.")  # fmt: skip
        else:
            self.findings.refuse("PV1", "no_visit", "There is no PV1 segment, so nobody can tell which visit is "
                                 "meant. Ask the sender for the message again.")  # fmt: skip

    def _began(self, event: Event, noted: Segment | None) -> Moment | None:
        """A registration that gives no time of arrival happened at its event's time."""
        if event not in ("arrived", "admitted") or noted is None:
            return None
        return hl7_text.moment(noted.text(6), self.zone) or hl7_text.moment(noted.text(2), self.zone)

    def _place(self, pv1: Segment, noted: Segment | None, facility: str) -> Place:
        site = pv1.text(3, 4)
        candidates = (site, noted.text(7) if noted else "", facility)
        code = next((one for one in candidates if looks_like_ods(one)), "")
        if not code:
            self.findings.warn("PV1-3.4", "no_ods_code", "Neither PV1-3, EVN-7 nor MSH-4 holds an ODS code. Enter "
                               "the setting's code for this sender.")  # fmt: skip
        return Place(pv1.text(3, 1), pv1.text(3, 2), pv1.text(3, 3), site, code)

    def _check_visit(self, visit: Visit) -> None:
        if not visit.number and not visit.arrived:
            self.findings.refuse("PV1-19", "no_visit_number", "There is neither a visit number nor a time of "
                                 "arrival, so nobody can tell which visit is meant.")  # fmt: skip
        elif not visit.number:
            self.findings.warn("PV1-19", "no_visit_number", "There is no visit number; the patient and the time of "
                               "arrival stand in for it.")  # fmt: skip
        if visit.arrived and visit.left and _before(visit.left, visit.arrived):
            self.findings.warn("PV1-45", "date_order", "The patient left before arriving. Check both times.")

    def _check_times(self, event: Event, visit: Visit | None, told: Moment | None) -> None:
        if told is None:
            self.findings.warn("EVN-2", "no_time", "Neither EVN nor MSH-7 gives a time that can be read, so this "
                               "message counts as older than any other.")  # fmt: skip
        if self.received is None or visit is None:
            return
        when = visit.arrived or told
        if when and when.at > self.received + _AHEAD and event != "unused":
            self.findings.refuse("PV1-44", "in_future", "The attendance lies in the future. Check the sender's "
                                 "clock and the time of arrival.")  # fmt: skip

    # --- values -------------------------------------------------------------------------------------------

    def _moment(self, segment: Segment, field: int) -> Moment | None:
        told = segment.text(field)
        found = hl7_text.moment(told, self.zone)
        if told and found is None:
            self._warn_time(f"{segment.name}-{field}", told, "a time")
        return found

    def _warn_time(self, field: str, told: str, what: str) -> None:
        self.findings.warn(field, "not_a_date", f"“{told[:40]}” is not {what}, so it is not used. It should look "
                           "like 20260301 or 202603011425.")  # fmt: skip

    def _emptied(self) -> frozenset[str]:
        pid, pv1 = self.segments.first("PID"), self.segments.first("PV1")
        people = {5: "names", 7: "born", 11: "addresses", 13: "phones", 29: "died"}
        visits = {7: "attending", 45: "left"}
        return frozenset(
            name
            for segment, fields in ((pid, people), (pv1, visits))
            for field, name in fields.items()
            if segment and segment.emptied(field)
        )


def _identifier(value: Value, status: str) -> PatientIdentifier:
    told, authority, kind = value.text(), value.text(4) or value.text(4, 2), value.text(5)
    if not ({authority.upper(), value.text(4, 2), kind.upper()} & _NHS):
        return PatientIdentifier(told, authority, kind)
    number = text.nhs_number(told)
    return PatientIdentifier(number or told, authority, kind, "nhs_number", status, number is not None)


def _name(value: Value, use: str) -> PatientName | None:
    family, given = value.text(1), " ".join(filter(None, (value.text(2), value.text(3))))
    kind = value.text(7)
    if not family and not given:
        return None
    return PatientName(family, given, value.text(5), _NAME_USES.get(kind.upper(), use), kind)


def _address(value: Value) -> PatientAddress | None:
    parts = [value.text(position) for position in (1, 2, 3, 4)]
    parts.insert(1, value.text(1, 2))  # 2.5: the street is a sub-component of its own
    lines = tuple(part for part in parts if part)
    told, kind = value.text(5), value.text(7)
    full = text.postcode(told)
    use = text.address_use(full) if full else "home"
    if use != "home":
        full = ""  # a pseudo-postcode, so that two people of no fixed abode never look like neighbours
    elif told and full is None:
        lines = (*lines, told)
    if not lines and not full and use == "home":
        return None
    return PatientAddress(
        lines, full or "", _ADDRESS_USES.get(kind.upper(), "home") if use == "home" else use, kind
    )


def _practice(pd1: Segment | None) -> Practice:
    if pd1 is None:
        return Practice()
    organisation, doctor = pd1.value(3), _clinician(pd1.value(4))
    code = next((one for one in (organisation.text(3), organisation.text(10)) if looks_like_ods(one)), "")
    return Practice(code, organisation.text(1), doctor.name)


def _clinician(value: Value) -> Clinician:
    name = " ".join(filter(None, (value.text(6), value.text(3), value.text(2))))
    return Clinician(name, value.text(1), value.text(9) or value.text(8))


def looks_like_ods(code: str) -> bool:
    """Whether this has the shape of an ODS code: three to eight capitals and digits with a digit among them, or a
    trust's three letters. Shape only; the setting's register says whether it is one."""
    return bool(re.fullmatch(r"(?=[A-Z]*[0-9])[A-Z0-9]{3,8}|R[A-Z]{2}", code))


def _before(one: Moment, other: Moment) -> bool:
    return one.at.date() < other.at.date() if "day" in (one.precision, other.precision) else one.at < other.at


def _whole_number(told: str) -> int:
    return int(told) if re.fullmatch(r"[0-9]{1,15}", told) else 0
