"""Which children does a school's class list name, and who are their parents?

Reads the class list and cohort CSV that schools send to NHS school-age immunisation services, and says what
is wrong in the words which that service publishes, so that a school meets one set of messages. The column
guide is the service's own; `tests/data/formats/class_list` holds a copy with its origin.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from jigsaw.formats import dates
from jigsaw.formats.opening import Source, opened, sniff
from jigsaw.formats.records import (
    Findings,
    IncomingAddress,
    IncomingContact,
    IncomingIdentifier,
    IncomingInvolvement,
    IncomingName,
    IncomingPerson,
    IncomingRelation,
    Problem,
    Reading,
    RelatedPerson,
    SeenKeys,
    Sex,
    Unreadable,
    source_key,
)
from jigsaw.formats.sheets import Row, as_text, sheets
from jigsaw.formats.text import (
    address_use,
    clean,
    is_email,
    is_phone,
    nhs_number,
    postcode,
    split_name,
    storable,
)

REQUIRED = (  # in the order in which the service names them
    "CHILD_DATE_OF_BIRTH",
    "CHILD_FIRST_NAME",
    "CHILD_LAST_NAME",
    "CHILD_POSTCODE",
    "CHILD_SCHOOL_URN",
)
SCHOOL_UNKNOWN = "888888"
HOME_EDUCATED = "999999"
SCHOOL_YEARS = range(-2, 15)  # nursery to the last year of a special school

_SEX: dict[str, Sex] = {"": "", "female": "F", "male": "M", "not known": "U", "not specified": "U"}
_RELATIONSHIPS = frozenset({"mum", "dad", "guardian"})

# The guide allows letters with accents, hyphens and apostrophes; the service's own examples add digits, and
# four ways to write an apostrophe. Latin letters end at U+024F, but for the Welsh ones.
_NAME = re.compile(r"[A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e80-\u1e85\u1ef2\u1ef3 '’‘ʼ`‐‑-]+")
_NAMES = (
    "CHILD_FIRST_NAME",
    "CHILD_LAST_NAME",
    "CHILD_PREFERRED_FIRST_NAME",
    "CHILD_PREFERRED_LAST_NAME",
    "PARENT_1_NAME",
    "PARENT_2_NAME",
)

_URN_UNKNOWN = (
    "The school URN is not recognised. If you’ve checked the URN, and you believe it’s valid, "
    "contact our support team."
)
_NOT_IN_PROGRAMME = "is not part of this programme"


@dataclass(frozen=True, slots=True)
class Expectations:
    """What the caller knows: the schools that exist, the years a programme is for, and the day of reading."""

    known_urns: Collection[str] | None
    year_groups: range | None
    on: date | None


def read(
    source: Source,
    *,
    on: date | None = None,
    known_urns: Collection[str] | None = None,
    year_groups: range | None = None,
) -> Reading:
    """One IncomingPerson for each row that is not blank; `number` is the row of the sheet (the header is row
    1).

    `known_urns`: None takes any six digits as a school. `year_groups`: a child outside them is refused; None
    only warns about a year that no school has (SCHOOL_YEARS). `on`: the day of reading, from which the school
    year follows; None leaves dates of birth unchecked against it. Raises Unreadable if there is no record,
    the file is no table, or (at its end) a quotation mark is never closed.
    """
    expected = Expectations(known_urns, year_groups, on)
    with opened(source) as stream:
        if sniff(stream) == "empty":
            raise Unreadable("Choose a file")
        sheet = next(sheets(stream, expected="CSV file"))
        if sheet.guessed_encoding:
            yield _encoding_guessed(sheet.guessed_encoding)
        rows = (
            (number, cells) for number, cells in sheet.rows if any(clean(as_text(cell)) for cell in cells)
        )
        _, header = next(rows, (0, []))
        columns = [_column(as_text(cell)) for cell in header]
        yield from _repeated_columns(columns)
        yield from _children(rows, columns, expected)


def published_message(problem: Problem) -> str:
    """The problem as the service words it: “Row 2 CHILD_FIRST_NAME: Enter a first name.”"""
    return f"Row {problem.record} {problem.field}: {problem.message}"


def published_report(problems: Iterable[Problem]) -> list[str]:
    """Each problem as the service words it, with the columns that a row lacks told in one line."""
    lines: dict[object, str] = {}
    for problem in problems:
        if problem.code != "missing_column":
            lines[problem] = published_message(problem)
            continue
        start = lines.get(problem.record, f"Row {problem.record}")
        lines[problem.record] = f"{start} {problem.field} {problem.message}"
    return list(lines.values())


def _column(header: str) -> str:
    return clean(header).upper().replace(" ", "_")


def _encoding_guessed(encoding: str) -> Problem:
    return Problem(
        0,
        "",
        "encoding_guessed",
        f"The file does not say how its text is encoded; it was read as {encoding}. "
        "Check names with accents, or save the file as “CSV UTF-8”.",
        "warning",
    )


def _repeated_columns(columns: list[str]) -> Iterator[Problem]:
    for name in sorted({name for name in columns if name and columns.count(name) > 1}):
        message = f"The column {name} is there more than once; the first is used. Remove the others."
        yield Problem(0, name, "repeated_column", message, "warning")


def _children(rows: Iterator[tuple[int, Row]], columns: list[str], expected: Expectations) -> Reading:
    seen = SeenKeys()
    found = False
    for number, cells in rows:
        found = True
        yield _child(_Line(number, columns, [as_text(cell) for cell in cells]), expected, seen)
    if not found:
        raise Unreadable("Choose a CSV file with at least one record")


class _Line:
    """One row by column name, and what is wrong with it."""

    def __init__(self, number: int, columns: list[str], cells: list[str]) -> None:
        self.findings = Findings(number)
        self.raw: dict[str, object] = {}
        for index, cell in enumerate(cells):
            name = columns[index] if index < len(columns) else ""
            self.raw.setdefault(storable(name) or f"column {index + 1}", storable(cell))
        self._cells = {
            name: cell for name, cell in zip(reversed(columns), _padded(cells, columns), strict=True)
        }
        if any(clean(cell) for cell in cells[len(columns) :]):
            self.warn(
                "", "extra_cells", "has more cells than there are columns. Check for a comma inside a value."
            )

    def has(self, name: str) -> bool:
        return name in self._cells

    def text(self, name: str) -> str:
        return clean(self._cells.get(name, ""))

    def warn(self, name: str, code: str, message: str) -> None:
        self.findings.warn(name, code, message)

    def refuse(self, name: str, code: str, message: str) -> None:
        self.findings.refuse(name, code, message)


def _padded(cells: list[str], columns: list[str]) -> Iterator[str]:
    """The cells under the columns, last first, so that the first of two equal columns wins."""
    return reversed((cells + [""] * len(columns))[: len(columns)])


def _child(line: _Line, expected: Expectations, seen: SeenKeys) -> IncomingPerson:
    for name in REQUIRED:
        if not line.has(name):
            line.refuse(name, "missing_column", "is required")
    names = _names(line)
    urn = _school(line, expected)
    born = _born(line, expected)
    identifiers = _nhs_number(line)
    sex = _sex(line)
    address = _address(line)
    relations = tuple(relation for number in (1, 2) if (relation := _parent(line, number)))
    _check_year_group(line, born, expected)
    key = source_key(identifiers, names, born, address.postcode)
    seen.check(key, names, born, "CHILD_NHS_NUMBER", line.findings)
    return IncomingPerson(
        number=line.findings.record,
        source_key=key,
        names=names,
        born=born,
        born_accuracy="AAA" if born else "UUU",
        sex=sex,
        identifiers=identifiers,
        addresses=(address,) if address.lines or address.town or address.postcode else (),
        relations=relations,
        involvements=_involvements(line, urn),
        raw=line.raw,
        problems=line.findings.all(),
    )


def _names(line: _Line) -> tuple[IncomingName, ...]:
    for name, words in (("CHILD_FIRST_NAME", "first name"), ("CHILD_LAST_NAME", "last name")):
        if line.has(name) and not line.text(name):
            line.refuse(name, "missing", f"Enter a {words}.")
    for name in _NAMES:
        if line.text(name) and not _NAME.fullmatch(line.text(name)):
            line.refuse(name, "invalid_characters", "includes invalid character(s)")
    family, given = line.text("CHILD_LAST_NAME"), line.text("CHILD_FIRST_NAME")
    preferred = line.text("CHILD_PREFERRED_LAST_NAME"), line.text("CHILD_PREFERRED_FIRST_NAME")
    found = [IncomingName(family, given)] if family or given else []
    if any(preferred):
        found.append(IncomingName(preferred[0] or family, preferred[1] or given, "nickname"))
    return tuple(found)


def _school(line: _Line, expected: Expectations) -> str:
    """The school's URN, or '' if it is missing or no school's."""
    told = line.text("CHILD_SCHOOL_URN")
    if not told:
        if line.has("CHILD_SCHOOL_URN"):
            line.refuse("CHILD_SCHOOL_URN", "missing", "Enter a school URN.")
        return ""
    if told in (SCHOOL_UNKNOWN, HOME_EDUCATED):
        return told
    known = re.fullmatch(r"[0-9]{6}", told) and (expected.known_urns is None or told in expected.known_urns)
    if not known:
        line.refuse("CHILD_SCHOOL_URN", "unknown_school", _URN_UNKNOWN)
    return told if known else ""


def _born(line: _Line, expected: Expectations) -> date | None:
    told = line.text("CHILD_DATE_OF_BIRTH")
    if not told:
        if line.has("CHILD_DATE_OF_BIRTH"):
            line.refuse("CHILD_DATE_OF_BIRTH", "missing", "Enter a date of birth.")
        return None
    born = None if dates.has_two_digit_year(told) else dates.parse(told)
    if born is None:
        line.refuse("CHILD_DATE_OF_BIRTH", "not_a_date", "should be formatted as YYYY-MM-DD")
    elif expected.on and born > expected.on:
        line.refuse("CHILD_DATE_OF_BIRTH", "in_future", "should be in the past")
    return born


def _nhs_number(line: _Line) -> tuple[IncomingIdentifier, ...]:
    told = line.text("CHILD_NHS_NUMBER")
    number = nhs_number(told)
    if told and number is None:
        message = "should be a valid NHS number with 10 characters"
        line.refuse("CHILD_NHS_NUMBER", "nhs_number", message)
    return (IncomingIdentifier("nhs_number", number),) if number else ()


def _sex(line: _Line) -> Sex:
    told = line.text("CHILD_GENDER").lower()
    if told not in _SEX:
        message = "should be one of: female, male, not known or not specified"
        line.warn("CHILD_GENDER", "unknown_code", message)
    return _SEX.get(told, "")


def _address(line: _Line) -> IncomingAddress:
    told = line.text("CHILD_POSTCODE")
    full = postcode(told) or ""
    if line.has("CHILD_POSTCODE") and not told:
        line.refuse("CHILD_POSTCODE", "missing", "Enter a valid postcode, like SW1A 1AA.")
    elif told and not full:
        line.refuse("CHILD_POSTCODE", "not_a_postcode", "should be a postcode, like SW1A 1AA")
    use = address_use(full)
    lines = tuple(text for number in (1, 2) if (text := line.text(f"CHILD_ADDRESS_LINE_{number}")))
    return IncomingAddress(lines, line.text("CHILD_TOWN"), full if use == "home" else "", use=use)


def _parent(line: _Line, number: int) -> IncomingRelation | None:
    name, told_kind, email, phone = (
        line.text(f"PARENT_{number}_{part}") for part in ("NAME", "RELATIONSHIP", "EMAIL", "PHONE")
    )
    if email and not is_email(email):
        message = "should be a valid email address, like j.doe@example.com"
        line.refuse(f"PARENT_{number}_EMAIL", "not_an_email", message)
    if phone and not is_phone(phone):
        message = "should be a valid phone number, like 07700 900815"
        line.warn(f"PARENT_{number}_PHONE", "not_a_phone", message)
    if told_kind and told_kind.lower() not in _RELATIONSHIPS:
        message = "should be one of: Mum, Dad or Guardian"
        line.warn(f"PARENT_{number}_RELATIONSHIP", "unknown_code", message)
    if not (name or email or phone):
        return None
    kind = told_kind or "Parent or carer"
    contacts = []
    if phone:
        contacts.append(IncomingContact("phone", phone, kind))
    if email:
        contacts.append(IncomingContact("email", email, kind))
    names = (IncomingName(*split_name(name)),) if name else ()
    return IncomingRelation(kind, RelatedPerson(names, tuple(contacts)))


def _check_year_group(line: _Line, born: date | None, expected: Expectations) -> None:
    """A year group that is given goes before the one that follows from the date of birth."""
    told = line.text("CHILD_YEAR_GROUP")
    name = "CHILD_YEAR_GROUP" if told else "CHILD_DATE_OF_BIRTH"
    if told and not re.fullmatch(r"-?[0-9]{1,2}", told):
        line.warn(name, "not_a_number", "should be a number, like 8")
        return
    year = int(told) if told else _school_year(born, expected.on)
    if year is None or year in (SCHOOL_YEARS if expected.year_groups is None else expected.year_groups):
        return
    say = line.warn if expected.year_groups is None else line.refuse
    say(name, "not_in_programme", _NOT_IN_PROGRAMME)


def _school_year(born: date | None, on: date | None) -> int | None:
    """The English school year (Reception is 0) of a child born on a day; a year starts on 1 September."""
    if born is None or on is None or born > on:
        return None
    return (on.year - (on.month < 9)) - (born.year - (born.month < 9)) - 5


def _involvements(line: _Line, urn: str) -> tuple[IncomingInvolvement, ...]:
    if not urn or urn == SCHOOL_UNKNOWN:
        return ()
    if urn == HOME_EDUCATED:
        return (IncomingInvolvement("Elective home education", detail="Educated at home"),)
    year, group = line.text("CHILD_YEAR_GROUP"), line.text("CHILD_REGISTRATION")
    parts = [f"On roll at URN {urn}", f"year {year}" if year else "", f"group {group}" if group else ""]
    return (IncomingInvolvement("School", detail=", ".join(part for part in parts if part)),)
