"""What does a labelled file say about whom, and which of its records are one person in truth?

Every row becomes a record or a Problem; none is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from jigsaw.record_linkage import standardise
from jigsaw.record_linkage.evaluation.mapping import BREAKDOWNS, COMPARED_FIELDS, EvaluationError, FileMapping
from jigsaw.record_linkage.evaluation.tables import Problem, Table, Tell, read_table
from jigsaw.record_linkage.records import ACCURATE, Record

ESTIMATED = "UUE"
LEFT, RIGHT = "left", "right"
_REST = 2  # of a postcode that is not British: how many letters tell neighbours apart
_NO_DATES = frozenset(
    {date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1900, 1, 1), date(9999, 12, 31)}
)
_NEGATIVE = frozenset({"", "0", "0.0", "n", "no", "false", "f", "distinct"})

Cell = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One record of a labelled file. `cluster` is the person by the cluster column, empty without one."""

    key: str
    side: str
    cluster: str
    groups: dict[str, str]
    record: Record


@dataclass(slots=True)
class Truth:
    """Which records are one person. `person_of[n]` is the person of the n-th record, both files together.

    `across` says that only pairs of one record from each file are sought; `left_records` come first.
    """

    person_of: list[int]
    left_records: int
    across: bool

    def pairs(self) -> int:
        """How many pairs there are to find, whether or not anything brings them together."""
        return sum(self.partners(n) for n in range(len(self.person_of))) // 2

    def partners(self, record: int) -> int:
        """How many other records are the same person, counted on the other side when two files are linked."""
        left, right = self._sizes()[self.person_of[record]]
        if self.across:
            return right if record < self.left_records else left
        return left + right - 1

    _counted: dict[int, tuple[int, int]] = field(default_factory=dict, repr=False)

    def _sizes(self) -> dict[int, tuple[int, int]]:
        if not self._counted:
            for place, person in enumerate(self.person_of):
                left, right = self._counted.get(person, (0, 0))
                here = place < self.left_records
                self._counted[person] = (left + here, right + (not here))
        return self._counted


def read_labelled(
    path: Path, mapping: FileMapping, tell: Tell, *, side: str = LEFT, cluster_column: str = "", on: date
) -> Iterator[Labelled]:
    """Every row that can be read. `on` places two-digit years and ages.

    Raises EvaluationError when the file cannot be read or lacks a column that the mapping names.
    """
    table = read_table(path, tell, encoding=mapping.encoding, delimiter=mapping.delimiter)
    places = _places(path.name, table, mapping, cluster_column)
    seen: set[str] = set()
    for number, row in table.rows:
        line = _Line(path.name, number, row, places, mapping, tell, on)
        key = line.text("local_id") or (str(number) if "local_id" not in places else "")
        if not key or key in seen:
            _refuse(line, key)
            continue
        seen.add(key)
        yield Labelled(key, side, line.text("cluster"), line.groups(), line.record())


def _refuse(line: _Line, key: str) -> None:
    if key:
        words = f"Another row has the identifier {key[:80]} as well, so the truth about it is unclear."
        line.tell_of("local_id", "duplicate_id", words, rejected=True)
    else:
        line.tell_of(
            "local_id", "no_id", "The row has no identifier, so the truth about it is unknown.", rejected=True
        )


def _places(name: str, table: Table, mapping: FileMapping, cluster_column: str) -> dict[str, tuple[int, ...]]:
    """Where each field's columns are, from 0."""
    known = {heading.casefold(): place for place, heading in reversed(list(enumerate(table.headings)))}
    columns = {**mapping.columns, **({"cluster": (cluster_column,)} if cluster_column else {})}
    places = {}
    for ours, theirs in columns.items():
        missing = [column for column in theirs if column.strip().casefold() not in known]
        if missing:
            raise EvaluationError(
                f"{name} has no column “{missing[0]}” for {ours}. It has: {', '.join(table.headings)}."
            )
        places[ours] = tuple(known[column.strip().casefold()] for column in theirs)
    return places


@dataclass(slots=True)
class _Line:
    """One row of the file, and how to read its cells."""

    file: str
    number: int
    row: list[str]
    places: dict[str, tuple[int, ...]]
    mapping: FileMapping
    tell: Tell
    on: date

    def text(self, name: str) -> str:
        """The field's cells joined, or its constant; a value that the mapping translates as its code."""
        if name not in self.places:
            return self.mapping.constants.get(name, "")
        cells = (self.row[place].strip() for place in self.places[name])
        text = " ".join(cell for cell in cells if cell)
        return self.mapping.values.get(name, {}).get(text, text)

    def texts(self, *names: str) -> list[str]:
        return [text for name in names if (text := self.text(name))]

    def groups(self) -> dict[str, str]:
        return {name: self.text(name) or "not given" for name in BREAKDOWNS if name in self.places}

    def tell_of(self, name: str, code: str, message: str, *, rejected: bool = False) -> None:
        self.tell(Problem(self.file, self.number, name, code, message, rejected))

    def record(self) -> Record:
        """The record in standard form; what cannot be read is told and left out."""
        born, accuracy = self._born()
        given, family = self._names()
        made = Record.standardised(
            given=given,
            family=family,
            born=born,
            born_accuracy=accuracy,
            expected_on=self._day("expected_date"),
            sex=self.text("sex"),
            postcodes=self.text("postcode") if self.mapping.postcode_system == "uk" else "",
            addresses=self._address(),
            towns=self.text("town"),
            nhs_numbers=self.texts("nhs_number"),
            upns=self.texts("upn", "former_upn"),
            phones=self.texts("phone", "parent_1_phone", "parent_2_phone"),
            emails=self.texts("email", "parent_1_email", "parent_2_email"),
            identifiers={"uln": self.text("uln")} if self.text("uln") else None,
            mother_nhs=self.texts("mother_nhs_number"),
            household_key=self.text("uprn"),
        )
        if self.mapping.postcode_system == "other" and (code := other_postcode(self.text("postcode"))):
            made = replace(made, postcodes=(code,))
        if not any(self.text(name) for name in COMPARED_FIELDS):
            self.tell_of("", "nothing_to_compare", "The row says nothing that could be compared.")
        return made

    def _names(self) -> tuple[list[str], list[str]]:
        given = self.texts("given_name", "middle_name", "preferred_name")
        family = self.texts("family_name", "preferred_family_name", "former_family_name")
        if whole := self.text("full_name"):
            before, comma, after = whole.partition(",")
            first, _, last = whole.rpartition(" ")
            given.append(after if comma else first)
            family.append(before if comma else last)
        return given, family

    def _address(self) -> str:
        return self.text("address") or self.text("address_1")

    def _born(self) -> tuple[date | None, str]:
        if (day := self._day("birth_date")) is not None:
            return day, self.text("birth_accuracy") or ACCURATE
        age = self.text("age")
        if not age:
            return None, ACCURATE
        if not age.isdigit() or int(age) > 120:
            self.tell_of("age", "unreadable_age", f"“{age[:40]}” is no age in years; it was left out.")
            return None, ACCURATE
        return self.on - timedelta(days=round((int(age) + 0.5) * 365.25)), ESTIMATED

    def _day(self, name: str) -> date | None:
        text = self.text(name)
        if not text:
            return None
        day = self._read_day(text)
        if day is None or day in _NO_DATES:
            self.tell_of(name, "unreadable_date", f"“{text[:40]}” is no date; it was left out.")
            return None
        return day

    def _read_day(self, text: str) -> date | None:
        if not self.mapping.date_formats:
            return standardise.read_date(text, today=self.on)
        for how in self.mapping.date_formats:
            try:
                day = datetime.strptime(text, how).date()  # noqa: DTZ007 (a day, not a moment)
            except ValueError:
                continue
            ahead = "%y" in how and day > self.on + timedelta(days=366)
            return day.replace(year=day.year - 100) if ahead else day
        return None


def other_postcode(text: str) -> str:
    """A postcode of another country with its last two characters apart, so that 2902 becomes "29 02".

    What comes before them is then compared as the area. Empty for fewer than three letters and digits.
    """
    code = "".join(c for c in text.upper() if c.isalnum())
    return f"{code[:-_REST]} {code[-_REST:]}" if len(code) > _REST else ""


# --- the truth ------------------------------------------------------------------------------------------------


def truth_by_cluster(clusters: list[str], left_records: int, *, across: bool) -> Truth:
    """One person for each value of the cluster column; a record without a value is a person of its own."""
    numbers: dict[str, int] = {}
    persons = [
        numbers.setdefault(cluster, len(numbers)) if cluster else -1 - place
        for place, cluster in enumerate(clusters)
    ]
    return Truth(persons, left_records, across)


def truth_by_pairs(
    path: Path, mapping: FileMapping, keys: dict[str, dict[str, int]], left_records: int, tell: Tell
) -> Truth:
    """Persons out of a file of pairs: records that any chain of pairs joins are one person.

    `keys` gives each side's records by their identifier. A pair with an identifier that is in no file is told and left
    out. Raises EvaluationError when the file cannot be read or has fewer than two columns.
    """
    table = read_table(path, tell, encoding=mapping.encoding)
    left, right, label = _truth_columns(path.name, table, mapping)
    across = RIGHT in keys
    count = left_records + len(keys.get(RIGHT, {}))
    joined = _Joined(count)
    for number, row in table.rows:
        if label is not None and row[label].strip().casefold() in _NEGATIVE:
            continue
        found = _pair(row[left].strip(), row[right].strip(), keys, across)
        if found is None:
            words = f"{row[left][:80]} and {row[right][:80]}: no record has one of these identifiers."
            tell(Problem(path.name, number, "", "unknown_id", words, rejected=True))
        else:
            joined.join(*found)
    return Truth([joined.root(place) for place in range(count)], left_records, across)


def _truth_columns(name: str, table: Table, mapping: FileMapping) -> tuple[int, int, int | None]:
    if len(table.headings) < 2:
        raise EvaluationError(f"{name} must have two columns of identifiers, with headings.")
    known = {heading.casefold(): place for place, heading in enumerate(table.headings)}
    places: dict[str, int] = {}
    for part, column in mapping.truth.items():
        if column.casefold() not in known:
            raise EvaluationError(f"{name} has no column “{column}”. It has: {', '.join(table.headings)}.")
        places[part] = known[column.casefold()]
    return places.get("left", 0), places.get("right", 1), places.get("label")


def _pair(one: str, other: str, keys: dict[str, dict[str, int]], across: bool) -> tuple[int, int] | None:
    """The two records by number, whichever way round the pair is written."""
    if not across:
        known = keys[LEFT]
        return (known[one], known[other]) if one in known and other in known else None
    for first, second in ((one, other), (other, one)):
        if first in keys[LEFT] and second in keys[RIGHT]:
            return keys[LEFT][first], keys[RIGHT][second]
    return None


class _Joined:
    """Numbers joined into groups."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def root(self, number: int) -> int:
        while self._above[number] != number:
            self._above[number] = self._above[self._above[number]]
            number = self._above[number]
        return number

    def join(self, one: int, other: int) -> None:
        self._above[self.root(one)] = self.root(other)
