"""What does an agency's own table, of any layout, say about whom?

Reads CSV files and workbooks (.xlsx, .xls, .ods) through a saved Mapping. Housing, health and community
services have no national format, so each agency says once which of its columns is which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, count, islice
from typing import BinaryIO

from jigsaw.formats import dates, text
from jigsaw.formats.mapping import ADDRESS_LINE_FIELDS, DATE_FIELDS, IDENTIFIER_FIELDS, NAME_FIELDS, Mapping
from jigsaw.formats.opening import Source, opened
from jigsaw.formats.records import (
    Findings,
    IdentifierKind,
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
from jigsaw.formats.sheets import Cell, Row, Sheet, as_text, sheets
from jigsaw.formats.suggest import suggest_mapping
from jigsaw.formats.text import clean, storable

_SAMPLE = 500
_OLDEST = 120  # years
_PREGNANCY = timedelta(days=301)  # 43 weeks

# Dates that systems write when they have none.
_NO_DATES = frozenset(
    {date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1900, 1, 1), date(9999, 12, 31)}
)

_SEX: dict[str, Sex] = {
    **dict.fromkeys(("m", "male", "boy", "man", "1"), "M"),
    **dict.fromkeys(("f", "female", "girl", "woman", "2"), "F"),
    **dict.fromkeys(
        ("u", "unknown", "not known", "not specified", "not stated", "not stated/recorded", "not recorded"),
        "U",
    ),
    **dict.fromkeys(("indeterminate", "unborn", "other", "x", "i", "0", "9"), "U"),
}
_NONE = frozenset({"", "no", "n", "none", "false", "0", "nil", "n/a"})
_LISTED = re.compile(r"^[a-z]{1,2}\) *")  # “b) Female”, as Annex A writes its lists
_BETWEEN_CONTACTS = re.compile(r"\s*(?:[;,/\n]|\bor\b|\band\b)\s*", re.IGNORECASE)


def read(source: Source, *, mapping: Mapping | None = None, on: date | None = None) -> Reading:
    """One IncomingPerson for each row that is not blank; `number` is the row of the sheet, from 1.

    Without `mapping` one is suggested from the headings, and a Problem says so. `on` is the day of reading:
    it places two-digit years of birth and finds births that lie ahead; None leaves both unchecked. Rows that
    share a `source_key` speak of one person (a row for each involvement is usual). Bare Problems concern the
    whole file. Raises Unreadable if the file is no table, has no record, lacks the mapped sheet or every
    column that says who a record is about, or (at its end) a quotation mark is never closed.
    """
    with opened(source) as stream:
        start = stream.tell()
        if mapping is None:
            mapping = suggest_mapping(source if not hasattr(source, "read") else stream)
            stream.seek(start)
            yield _suggested(mapping)
        yield from _read(stream, mapping, on)


def _read(stream: BinaryIO, mapping: Mapping, on: date | None) -> Reading:
    sheet = _sheet(stream, mapping)
    if sheet.guessed_encoding:
        yield _encoding_guessed(sheet.guessed_encoding)
    rows = ((number, row) for number, row in sheet.rows if number >= mapping.header_row)
    rows = ((number, row) for number, row in rows if any(clean(as_text(cell)) for cell in row))
    _, header_cells = next(rows, (0, []))
    layout = _layout(header_cells, mapping)
    yield from layout.problems
    sample = list(islice(rows, _SAMPLE))
    if not sample:
        raise Unreadable("The table has no record below its headings. Choose a file with at least one.")
    yield from _misplaced_columns(layout, [row for _, row in sample])
    seen = SeenKeys(expect_repeats=True)
    for number, row in chain(sample, rows):
        yield _person(_Line(number, row, layout, on), seen)


def _sheet(stream: BinaryIO, mapping: Mapping) -> Sheet:
    names = []
    for sheet in sheets(stream, encoding=mapping.encoding, delimiter=mapping.delimiter):
        if mapping.sheet in ("", sheet.name) or sheet.name == "":
            return sheet
        names.append(sheet.name)
    told = f"no sheet called “{mapping.sheet}”, only {', '.join(names)}" if names else "no sheet"
    raise Unreadable(f"The workbook has {told}. Correct the mapping or choose another file.")


def _suggested(mapping: Mapping) -> Problem:
    told = ", ".join(f"{name} from “{column}”" for name, column in mapping.columns.items())
    message = (
        f"No mapping was given, so the columns were guessed: {told}. Check them and save a mapping file."
    )
    return Problem(0, "", "mapping_suggested", message, "warning")


def _encoding_guessed(encoding: str) -> Problem:
    message = (
        f"The file does not say how its text is encoded; it was read as {encoding}. "
        "Check names with accents, and name the encoding in the mapping."
    )
    return Problem(0, "", "encoding_guessed", message, "warning")


# --- the headings -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Layout:
    """`headings`: unique, one for each column. `places`: field to column, from 0."""

    mapping: Mapping
    headings: list[str]
    places: dict[str, int]
    problems: tuple[Problem, ...]


def _layout(header: Row, mapping: Mapping) -> _Layout:
    findings = Findings(0)
    headings = _unique([storable(clean(as_text(cell))) for cell in header], findings)
    known = {heading.casefold(): place for place, heading in reversed(list(enumerate(headings)))}
    places = {}
    for name, column in mapping.columns.items():
        place = known.get(clean(column).casefold())
        if place is None:
            message = f"There is no column “{column}” for {name}. Correct the mapping or the heading."
            findings.warn(column, "missing_column", message)
        else:
            places[name] = place
    if not {*NAME_FIELDS, *IDENTIFIER_FIELDS} & set(places):
        raise Unreadable(
            f"No column says who a record is about; the headings are: {', '.join(headings[:12]) or 'none'}. "
            "Correct the mapping or choose another file."
        )
    return _Layout(mapping, headings, places, findings.all())


def _unique(headings: list[str], findings: Findings) -> list[str]:
    found: list[str] = []
    for place, heading in enumerate(headings, start=1):
        name = heading or f"column {place}"
        if name in found:
            message = f"Two columns are called “{name}”; the first is used. Give each a name of its own."
            findings.warn(name, "repeated_column", message)
            others = (f"{name} ({number})" for number in count(2))
            name = next(other for other in others if other not in (*found, *headings))
        found.append(name)
    return found


def _misplaced_columns(layout: _Layout, rows: list[Row]) -> Iterator[Problem]:
    """Columns whose content is mostly something else, while another column has what belongs there."""
    checks: tuple[tuple[str, Callable[[Cell], bool], str], ...] = (
        ("birth_date", lambda cell: _looks_like_date(cell, layout.mapping.date_formats), "a date"),
        ("nhs_number", lambda cell: text.nhs_number(as_text(cell)) is not None, "an NHS number"),
    )
    for name, fits, words in checks:
        place = layout.places.get(name)
        if place is None:
            continue
        share = _share(rows, place, fits)
        if share is not None and share < 0.5:
            yield _misplaced(layout, rows, place, name, fits, words, share)


def _misplaced(
    layout: _Layout,
    rows: list[Row],
    place: int,
    name: str,
    fits: Callable[[Cell], bool],
    words: str,
    share: float,
) -> Problem:
    taken = {layout.places[other] for other in (*DATE_FIELDS, name) if other in layout.places}
    others = [other for other in range(len(layout.headings)) if other not in taken]
    shares = {other: _share(rows, other, fits) or 0.0 for other in others}
    best = max(shares, key=lambda other: shares[other], default=None)
    heading = layout.headings[layout.places[name]]
    if best is not None and shares[best] > 0.5:
        message = (
            f"Most of “{heading}” is not {words}, but “{layout.headings[best]}” is. "
            "The two columns may be swapped: check the file or the mapping."
        )
        return Problem(0, heading, "swapped_columns", message, "warning")
    message = (
        f"Most of “{heading}” is not {words}. Check the column, and for dates the formats in the mapping."
    )
    return Problem(0, heading, "wrong_content", message, "warning")


def _looks_like_date(cell: Cell, formats: tuple[str, ...]) -> bool:
    return isinstance(cell, date) or (isinstance(cell, str) and dates.parse(clean(cell), formats) is not None)


def _share(rows: list[Row], place: int, fits: Callable[[Cell], bool]) -> float | None:
    """How much of a column fits, of the cells that are not blank; None if all are."""
    cells = [row[place] for row in rows if place < len(row) and clean(as_text(row[place]))]
    return sum(map(fits, cells)) / len(cells) if cells else None


# --- a row ------------------------------------------------------------------------------------------------


class _Line:
    """One row by field, and what is wrong with it."""

    def __init__(self, number: int, row: Row, layout: _Layout, on: date | None) -> None:
        self.findings = Findings(number)
        self.layout = layout
        self.on = on
        self._row = row
        self.raw: dict[str, object] = {}
        for place, cell in enumerate(row):
            headings = layout.headings
            name = headings[place] if place < len(headings) else f"column {place + 1}"
            self.raw[name] = storable(as_text(cell))
        self._check_length()

    def _check_length(self) -> None:
        columns = len(self.layout.headings)
        if any(clean(as_text(cell)) for cell in self._row[columns:]):
            message = "The row has more cells than there are headings. Check for a comma inside a value."
            self.findings.warn("", "extra_cells", message)
        if len(self._row) < columns:
            message = "The row has fewer cells than there are headings. Check whether a value is missing."
            self.findings.warn("", "missing_cells", message)

    def heading(self, name: str) -> str:
        return self.layout.headings[self.layout.places[name]] if name in self.layout.places else name

    def cell(self, name: str) -> Cell:
        """The cell with the mapping's own codes applied; the constant, or '', where there is no column."""
        place = self.layout.places.get(name)
        cell: Cell = self._row[place] if place is not None and place < len(self._row) else ""
        if not clean(as_text(cell)):
            return self.layout.mapping.constants.get(name, "")
        codes = self.layout.mapping.values.get(name)
        if codes:
            told = clean(as_text(cell)).casefold()
            return next((code for value, code in codes.items() if clean(value).casefold() == told), cell)
        return cell

    def text(self, name: str) -> str:
        return storable(clean(as_text(self.cell(name))))

    def listed(self, name: str) -> str:
        return _LISTED.sub("", self.text(name))

    def warn(self, name: str, code: str, message: str) -> None:
        self.findings.warn(self.heading(name), code, message)


def _person(line: _Line, seen: SeenKeys) -> IncomingPerson:
    names, identifiers, address = _names(line), _identifiers(line), _address(line)
    born, expected = _born(line)
    key = source_key(identifiers, names, born, address.postcode if address else "")
    if names or identifiers:
        seen.check(key, names, born, line.heading("local_id"), line.findings)
    else:
        key = f"{key}:{line.findings.record}"
        message = "The row has neither a name nor an identifier, so nobody can tell who it is. Add one."
        line.findings.refuse("", "nobody", message)
    return IncomingPerson(
        number=line.findings.record,
        source_key=key,
        names=names,
        born=born,
        born_accuracy="AAA" if born else "UUU",
        expected_on=expected,
        died_on=_died(line, born),
        sex=_sex(line),
        ethnicity=line.listed("ethnicity"),
        disabilities=_disabilities(line),
        identifiers=identifiers,
        addresses=(address,) if address else (),
        contacts=_contacts(line, "", "self"),
        relations=tuple(relation for number in (1, 2) if (relation := _parent(line, number))),
        involvements=_involvements(line),
        raw=line.raw,
        problems=line.findings.all(),
    )


def _names(line: _Line) -> tuple[IncomingName, ...]:
    family, given = line.text("family_name"), line.text("given_name")
    if not (family or given) and (full := line.text("full_name")):
        family, given = text.split_name(full)
    found = [IncomingName(family, given)] if family or given else []
    preferred, preferred_family = line.text("preferred_name"), line.text("preferred_family_name")
    if (preferred or preferred_family) and (preferred_family or family, preferred or given) != (
        family,
        given,
    ):
        found.append(IncomingName(preferred_family or family, preferred or given, "nickname"))
    if former := line.text("former_family_name"):
        found.append(IncomingName(former, given, "old"))
    return tuple(found)


def _identifiers(line: _Line) -> tuple[IncomingIdentifier, ...]:
    shapes: tuple[tuple[IdentifierKind, Callable[[str], str | None], str], ...] = (
        ("local_id", lambda told: told, ""),
        ("nhs_number", text.nhs_number, "a valid NHS number of ten digits"),
        ("upn", text.upn, "a letter, eleven digits and a last digit or letter"),
        ("former_upn", text.upn, "a letter, eleven digits and a last digit or letter"),
        ("uln", lambda told: told if re.fullmatch(r"[1-9][0-9]{9}", told) else None, "ten digits"),
    )
    found = []
    for kind, shape, words in shapes:
        told = line.text(kind)
        shaped = shape(told) if told else None
        if shaped:
            found.append(IncomingIdentifier(kind, shaped))
        elif told:
            message = f"“{told[:40]}” is not {words}, so it is not used. Correct it at the source."
            line.warn(kind, f"{kind}_shape", message)
    return tuple(found)


def _born(line: _Line) -> tuple[date | None, date | None]:
    """Date of birth, and expected date of birth: a birth a few months ahead is an unborn child's."""
    expected = _date(line, "expected_date")
    born = _date(line, "birth_date", latest=line.on)
    if born is None or line.on is None:
        return born, expected
    if born > line.on:
        message = f"{_words(born)} lies ahead, so it is not used as a date of birth. Check it."
        line.warn("birth_date", "in_future", message)
        return None, expected or (born if born <= line.on + _PREGNANCY else None)
    if line.on.year - born.year > _OLDEST:
        message = f"{_words(born)} is not a likely date of birth. Check the year."
        line.warn("birth_date", "implausible_date", message)
    return born, expected


def _died(line: _Line, born: date | None) -> date | None:
    died = _date(line, "died_on", latest=line.on)
    if born and died and died < born:
        line.warn("died_on", "date_order", "The date of death is before the date of birth. Check both.")
    return died


def _date(line: _Line, name: str, *, latest: date | None = None) -> date | None:
    cell = line.cell(name)
    told = clean(as_text(cell))
    if not told or told.lower() in ("n/a", "null", "none", "-"):
        return None
    day = _day(cell, told, line, name, latest)
    if day is None:
        message = f"“{told[:40]}” is not a date that can be read. Write it as 25/04/2015 or 2015-04-25."
        line.warn(name, "not_a_date", message)
    return None if day in _NO_DATES else day


def _day(cell: Cell, told: str, line: _Line, name: str, latest: date | None) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    day = dates.parse(told, line.layout.mapping.date_formats, latest=latest)
    if day is None and re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", told):
        day = dates.from_excel_serial(float(told))
        if day:
            message = f"“{told}” was read as Excel's number for {_words(day)}. Check it."
            line.warn(name, "excel_serial", message)
    elif day and dates.has_two_digit_year(told):
        message = f"“{told}” was read as {_words(day)}. Write the year with four digits."
        line.warn(name, "two_digit_year", message)
    return day


def _sex(line: _Line) -> Sex:
    told = line.listed("sex")
    sex = _SEX.get(told.lower(), "")
    if told and not sex:
        message = f"“{told[:40]}” is not a known value. Add it to [values.sex] in the mapping as M, F or U."
        line.warn("sex", "unknown_code", message)
    return sex


def _disabilities(line: _Line) -> tuple[str, ...]:
    told = (_LISTED.sub("", part.strip()) for part in re.split(r"[;,|]", line.text("disabilities")))
    return tuple(dict.fromkeys(part for part in told if part.lower() not in _NONE))


# --- where and how to reach -------------------------------------------------------------------------------


def _address(line: _Line) -> IncomingAddress | None:
    lines = [part for name in ADDRESS_LINE_FIELDS if (part := line.text(name))]
    whole = [
        part
        for raw in re.split(
            r""
            "[,\r\n]",
            as_text(line.cell("address")),
        )
        if (part := storable(clean(raw)))
    ]
    full, use = _postcode(line, whole)
    lines = [part for part in (*whole, *lines) if text.postcode(part) is None]
    uprn = line.text("uprn")
    if uprn and not re.fullmatch(r"[0-9]{1,12}", uprn):
        line.warn("uprn", "uprn_shape", "A UPRN has up to twelve digits, so this is not used. Check it.")
        uprn = ""
    town = line.text("town")
    if not (lines or full or town or uprn or use != "home"):
        return None
    return IncomingAddress(tuple(lines), town, full, uprn, use)


def _postcode(line: _Line, parts_of_address: list[str]) -> tuple[str, str]:
    """(postcode, address use); from the whole address where there is no column for it."""
    told = line.text("postcode")
    full = (
        text.postcode(told)
        if told
        else next(filter(None, map(text.postcode, reversed(parts_of_address))), None)
    )
    if told and full is None:
        message = f"“{told[:40]}” is not a full postcode, like SW1A 1AA, so it is not used. Check it."
        line.warn("postcode", "not_a_postcode", message)
    use = text.address_use(full or "")
    return (full or "") if use == "home" else "", use


def _contacts(line: _Line, prefix: str, whose: str) -> tuple[IncomingContact, ...]:
    found = []
    for told in filter(None, _BETWEEN_CONTACTS.split(line.text(f"{prefix}phone"))):
        found.append(IncomingContact("phone", told, whose))
        if not text.is_phone(told):
            line.warn(
                f"{prefix}phone", "not_a_phone", "This does not look like a telephone number. Check it."
            )
    for told in filter(None, _BETWEEN_CONTACTS.split(line.text(f"{prefix}email"))):
        found.append(IncomingContact("email", told, whose))
        if not text.is_email(told):
            line.warn(
                f"{prefix}email", "not_an_email", "This does not look like an e-mail address. Check it."
            )
    return tuple(found)


def _parent(line: _Line, number: int) -> IncomingRelation | None:
    prefix = f"parent_{number}_"
    kind = line.text(f"{prefix}relationship") or "Parent or carer"
    name, contacts = line.text(f"{prefix}name"), _contacts(line, prefix, kind)
    if not name and not contacts:
        return None
    names = (IncomingName(*text.split_name(name)),) if name else ()
    return IncomingRelation(kind, RelatedPerson(names, contacts))


def _involvements(line: _Line) -> tuple[IncomingInvolvement, ...]:
    worker, phone, email = (line.text(name) for name in ("worker", "worker_phone", "worker_email"))
    from_date, until_date = _date(line, "from_date"), _date(line, "until_date")
    urn = line.text("school_urn")
    detail = ". ".join(
        part for part in (line.listed("detail"), f"On roll at URN {urn}" if urn else "") if part
    )
    service = line.text("service") or ("School" if urn else "")
    if not any((service, worker, from_date, until_date, detail)):
        return ()
    if from_date and until_date and until_date < from_date:
        line.warn("until_date", "date_order", "The end is before the start. Check both dates.")
    if not service:
        message = "The row does not say which service. Add it, or a [constants] service to the mapping."
        line.warn("service", "no_service", message)
    return (IncomingInvolvement(service, worker, phone, from_date, until_date, detail, email),)


def _words(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
