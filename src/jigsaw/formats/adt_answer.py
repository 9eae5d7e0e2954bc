"""What does a sender hear back about its HL7 v2 message?

AA: taken. AE: held for a person, because something in it is missing or contradicts itself. AR: not for us, and
sending it again as it is will not help. The answer names what was wrong in ERR segments, in words that carry
nothing of the patient, and in the sender's own separators and character set.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from jigsaw.formats.attendance_messages import AttendanceMessage
from jigsaw.formats.hl7_text import escaped, written
from jigsaw.formats.records import Problem

Code = Literal["AA", "AE", "AR"]

_REJECTED = frozenset({"not_hl7", "not_adt", "event_not_used", "version", "too_long"})
# HL7 table 0357. What is not here is a field's content that cannot be used: 102, data type error.
_CONDITIONS = {
    "not_hl7": ("100", "Segment sequence error"),
    "no_patient": ("100", "Segment sequence error"),
    "no_visit": ("100", "Segment sequence error"),
    "no_merge": ("100", "Segment sequence error"),
    "no_control_id": ("101", "Required field missing"),
    "nobody": ("101", "Required field missing"),
    "no_identifier": ("101", "Required field missing"),
    "no_visit_number": ("101", "Required field missing"),
    "unknown_code": ("103", "Table value not found"),
    "not_adt": ("200", "Unsupported message type"),
    "event_not_used": ("201", "Unsupported event code"),
    "version": ("203", "Unsupported version id"),
    "two_nhs_numbers": ("204", "Unknown key identifier"),
    "too_long": ("207", "Application internal error"),
}
# These words quote what the message said, which an answer does not repeat into other systems' logs.
_OWN_WORDS = frozenset({"not_adt", "event_not_used", "version"})


def answer_code(message: AttendanceMessage) -> Code:
    """AA if it can be used, else AR if it never could be, else AE."""
    if message.usable:
        return "AA"
    errors = {problem.code for problem in message.problems if problem.severity == "error"}
    return "AR" if errors & _REJECTED else "AE"


def wants_answer(message: AttendanceMessage, code: Code) -> bool:
    """MSH-16: never, only on errors (ER), only on success (SU); anything else means always."""
    asked = message.wants_answer.upper()
    return not (asked == "NE" or (asked == "ER" and code == "AA") or (asked == "SU" and code != "AA"))


def acknowledge(
    message: AttendanceMessage, *, now: datetime, control_id: str, code: Code | None = None, note: str = ""
) -> bytes:
    """The answer, in the sender's character set; segments end in a carriage return.

    `now` is aware and `control_id` the answer's own. `code` is what the message deserves unless it is given:
    AE with a `note` where it could not be kept for another reason. Control characters of the sender's are out.
    """
    field = message.separators[0]
    chosen = code or answer_code(message)
    trigger = escaped(message.trigger[:3], message.separators)
    kind = message.separators[1].join(filter(None, ("ACK", trigger, "ACK" if trigger else "")))
    header = ["MSH", message.separators[1:], *_addressees(message), written(now), "", kind]
    header += [control_id, message.processing or "P", _version(message)]
    if message.encoding == "utf-8":
        header += ["", "", "", "", "", "UNICODE UTF-8"]
    said = note or ("" if chosen == "AA" else "See ERR")
    answer = ["MSA", chosen, _told(message.control_id, message), _told(said, message)]
    lines = [field.join(header), field.join(answer).rstrip(field)]
    if chosen != "AA":
        lines += [_error(problem, message) for problem in message.problems if problem.severity == "error"]
    # Where not even a header could be read, what the bytes looked like is no character set to answer in.
    return ("\r".join(lines) + "\r").encode(message.encoding if message.version else "utf-8", "replace")


def _addressees(message: AttendanceMessage) -> list[str]:
    named = (message.to_application, message.to_facility, message.application, message.facility)
    return [_told(name, message) for name in named]


def _version(message: AttendanceMessage) -> str:
    return message.version if message.version.startswith("2.") and len(message.version) <= 5 else "2.4"


def _error(problem: Problem, message: AttendanceMessage) -> str:
    """ERR as the version has it: from 2.5 on the place, condition and words are fields of their own."""
    field, component, _, _, sub = tuple(message.separators)
    number, condition = _CONDITIONS.get(problem.code, ("102", "Data type error"))
    segment, _, position = problem.field.partition("-")
    place = [segment, "1", position.partition(".")[0]] if position else [segment, "1"]
    words = condition if problem.code in _OWN_WORDS else problem.message
    if _version(message) < "2.5":
        where = component.join([*place, ""][:3])
        return field.join(("ERR", component.join((where, sub.join((number, condition, "HL70357"))))))
    coded = component.join((number, condition, "HL70357"))
    return field.join(("ERR", "", component.join(place), coded, "E", "", "", "", _told(words, message)))


def _told(text: str, message: AttendanceMessage) -> str:
    return escaped(text, message.separators)
