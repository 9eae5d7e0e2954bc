"""What do the bytes of an HL7 v2 message say, field by field?

Splitting is left to the `hl7` library, segment by segment and only for the segments that are read. Character
sets, line ends, escapes and times are done here: the library assumes UTF-8 and carriage returns, writes field
content to its log when an escape is odd, and lets `\\.sp999999999\\` fill the memory.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import hl7

from jigsaw.formats.attendance_messages import Moment, Precision
from jigsaw.formats.text import clean, storable

LONDON = ZoneInfo("Europe/London")
LARGEST_MESSAGE = 1024 * 1024  # bytes; an admission with every segment filled is below 20 kB

_HEADER = re.compile(r"MSH([^\w\s])((?:(?!\1)[^\w\s]){1,5})(?=\1|[\r\n]|$)")
_LINE_ENDS = re.compile(r"\r\n|\n|\r")
_CHARACTER_SETS = {  # HL7 table 0211, and what senders write instead
    "ASCII": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "UNICODE UTF-16": "utf-16",
    "8859/1": "iso8859-1",
    "8859/15": "iso8859-15",
    "ISO-8859-1": "iso8859-1",
    "WINDOWS-1252": "cp1252",
    "CP1252": "cp1252",
}
_DECLARED = re.compile(rb"MSH([^\w\s])(?:(?!\1)[^\r\n])*\1((?:[^\r\n]*))")
_TIME = re.compile(
    r"(?P<y>\d{4})(?:(?P<m>\d{2})(?:(?P<d>\d{2})(?:(?P<H>\d{2})(?:(?P<M>\d{2})(?:(?P<S>\d{2})"
    r"(?:\.\d{1,6})?)?)?)?)?)?(?P<zone>[+-]\d{4})?"
)
_PRECISIONS: tuple[Precision, ...] = ("year", "month", "day", "hour", "minute", "second")


def decode(data: bytes) -> tuple[str, str, bool]:
    """(text, encoding, guessed). By byte-order mark, then by MSH-18 if it fits, then UTF-8, then what Windows
    writes. Never fails: the last guess fits any byte."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")):
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace"), name, False
    if data.startswith(codecs.BOM_UTF16_BE):
        return data[2:].decode("utf-16-be", "replace"), "utf-16-be", False
    if data[:6:2] == b"MSH" and data[1:6:2] == b"\0\0\0":
        return data.decode("utf-16-le", "replace"), "utf-16-le", False
    declared = _declared(data)
    for name, guessed in ((declared, False), ("utf-8", bool(declared)), ("cp1252", True)):
        if name and (text := _fitting(data, name)) is not None:
            return text, name, guessed
    return data.decode("iso8859-1"), "iso8859-1", True


def _fitting(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _declared(data: bytes) -> str:
    """What MSH-18 names, first repetition; '' if nothing, or nothing known."""
    match = _DECLARED.search(data[:4096])
    if match is None:
        return ""
    fields = match[2].split(match[1])
    told = fields[15].split(b"~")[0].decode("ascii", "replace").strip().upper() if len(fields) > 15 else ""
    return _CHARACTER_SETS.get(told, "")


class Segments:
    """The segments of a message that are read, in their order; the others are only named.

    `separators` are field, component, repetition, escape and sub-component, as the header declares them.
    Raises ValueError if the text does not begin with a header.
    """

    def __init__(self, text: str, wanted: Iterable[str], encoding: str = "utf-8") -> None:
        text = text.lstrip("\ufeff\x0b \t\r\n")
        header = _HEADER.match(text)
        if header is None:
            raise ValueError("no MSH")
        rest = header[2] + "^~\\&"[len(header[2]) :]
        self.separators = header[1] + rest[:4]
        self.names: list[str] = []
        self.all: list[Segment] = []
        kept = frozenset(wanted)
        for line in _LINE_ENDS.split(text):
            name = line[:3]
            if not line.strip():
                continue
            self.names.append(name)
            if name in kept:
                self.all.append(Segment(name, self._parsed(line), self.separators, encoding))

    def _parsed(self, line: str) -> Any:
        # A header of its own, so that the library knows the separators; the segment is the second.
        if line.startswith("MSH"):
            return hl7.parse(line)[0]
        return hl7.parse(f"MSH{self.separators}{self.separators[0]}\r{line}")[1]

    def first(self, name: str) -> Segment | None:
        return next((segment for segment in self.all if segment.name == name), None)


class Segment:
    """One segment. Fields count from 1 as the standard does, and so do components and sub-components."""

    def __init__(self, name: str, parsed: Any, separators: str, encoding: str) -> None:
        self.name = name
        self._parsed = parsed
        self._separators = separators
        self._encoding = encoding

    def repetitions(self, field: int) -> Iterator[Value]:
        for told in self._field(field):
            value = Value(told, self._separators, self._encoding)
            if value.told:
                yield value

    def value(self, field: int) -> Value:
        """The first repetition; an empty Value if there is none."""
        for told in self._field(field):
            return Value(told, self._separators, self._encoding)
        return Value("", self._separators, self._encoding)

    def text(self, field: int, component: int = 1, sub: int = 1) -> str:
        return self.value(field).text(component, sub)

    def emptied(self, field: int) -> bool:
        """Two quotation marks: the sender removes what it told before."""
        return any(str(told) == '""' for told in self._field(field))

    def _field(self, field: int) -> list[Any]:
        if field >= len(self._parsed):
            return []
        return list(self._parsed[field])


class Value:
    """One repetition of a field."""

    def __init__(self, told: Any, separators: str, encoding: str) -> None:
        self._told = told
        self._separators = separators
        self._encoding = encoding

    @property
    def told(self) -> str:
        return str(self._told)

    def text(self, component: int = 1, sub: int = 1) -> str:
        """Unescaped, without invisible characters, one line; '' for what is not there or was emptied."""
        part = _at(_at(self._told, component), sub)
        if part == '""':
            return ""
        return storable(clean(unescape(part, self._separators, self._encoding)))


def _at(told: Any, position: int) -> Any:
    if isinstance(told, str):
        return told if position == 1 else ""
    return told[position - 1] if position <= len(told) else ""


def unescape(text: str, separators: str = "|^~\\&", encoding: str = "utf-8") -> str:
    """The text with escape sequences replaced; a sequence that is not known, or never closed, stays as it is.

    Bytes in \\X..\\ are in the message's encoding; formatting becomes a space.
    """
    field, component, repetition, escape, sub = tuple(separators)
    if escape not in text:
        return text
    plain = {"F": field, "S": component, "R": repetition, "E": escape, "T": sub, "H": "", "N": ""}

    def replaced(match: re.Match[str]) -> str:
        inside = match[1]
        if inside in plain:
            return plain[inside]
        if inside.startswith("."):
            return " "
        if re.fullmatch(r"X([0-9A-Fa-f]{2})+", inside):
            return bytes.fromhex(inside[1:]).decode(encoding, "replace")
        return match[0]

    mark = re.escape(escape)
    return re.sub(rf"{mark}([FSRETHN]|\.[a-z]{{2}}[+-]?\d*|X[0-9A-Fa-f]+){mark}", replaced, text)


def escaped(text: str, separators: str = "|^~\\&") -> str:
    """The text as a field can carry it; line ends become spaces."""
    field, component, repetition, escape, sub = tuple(separators)
    letters = {field: "F", component: "S", repetition: "R", escape: "E", sub: "T"}
    one_line = _LINE_ENDS.sub(" ", text)
    return "".join(f"{escape}{letters[ch]}{escape}" if ch in letters else ch for ch in one_line)


def moment(text: str, zone: tzinfo = LONDON) -> Moment | None:
    """The time of `20260301142530.1+0100`, or less of it; without an offset it is local time in `zone`.

    None if it is no time that ever existed. In the hour that the clocks repeat, the first one is meant.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    told = [match[name] for name in ("y", "m", "d", "H", "M", "S")]
    precision = _PRECISIONS[sum(part is not None for part in told) - 1]
    year, month, day, hour, minute, second = (
        int(part) if part else least for part, least in zip(told, (0, 1, 1, 0, 0, 0), strict=True)
    )
    try:
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_offset(match["zone"]) or zone)
        at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Moment(at, precision)


def written(at: datetime) -> str:
    """An aware time as HL7 v2 writes it: 20260301142530+0000."""
    return f"{at:%Y%m%d%H%M%S%z}"


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    minutes = int(text[1:3]) * 60 + int(text[3:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
