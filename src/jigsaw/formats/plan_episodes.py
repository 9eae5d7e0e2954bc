"""From when until when was a child on a protection plan or looked after, and which authority says so?

One shape for every source: `ssda903.py` (looked after), `ssd.py` (both), and the children in need census (plans).
Only what an alert may show is in it: kind, dates and authority, with what is needed to know the child again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from jigsaw.formats import dates
from jigsaw.formats.cin_census import CP_PLAN
from jigsaw.formats.opening import Source, opened
from jigsaw.formats.records import (
    Findings,
    IncomingIdentifier,
    IncomingName,
    IncomingPerson,
    Problem,
    Unreadable,
    source_key,
)
from jigsaw.formats.sheets import as_text, sheets
from jigsaw.formats.text import clean, storable

PlanKind = Literal["child_protection", "looked_after", "unborn"]


@dataclass(frozen=True, slots=True)
class PlanEpisode:
    """Both dates are inclusive; `until_date` None means that it still runs. `category` is the latest category of
    abuse in words, or the legal status code. `reference` is the source's own number of the plan, or ''.

    An `unborn` child's plan is held on the mother's record: `mother` is what is known her by, where told.
    """

    number: int
    source_key: str
    kind: PlanKind
    from_date: date | None
    until_date: date | None = None
    category: str = ""
    authority: str = ""
    reference: str = ""
    identifiers: tuple[IncomingIdentifier, ...] = ()
    names: tuple[IncomingName, ...] = ()
    born: date | None = None
    expected_on: date | None = None
    mother: tuple[IncomingIdentifier, ...] = ()
    raw: dict[str, object] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def usable(self) -> bool:
        return all(problem.severity != "error" for problem in self.problems)

    def visible(self, *, on: date, days_after_end: int = 365) -> bool:
        """Whether a setting may see it on that day: begun, and not ended longer ago than that many days."""
        if self.from_date is None or self.from_date > on:
            return False
        return self.until_date is None or (on - self.until_date).days <= days_after_end


# A bare Problem concerns the file or a row that belongs to no episode.
PlanReading = Iterator[PlanEpisode | Problem]


def of_census(people: Iterable[IncomingPerson | Problem], *, authority: str = "") -> PlanReading:
    """The protection plans in a reading of `cin_census.read`; a child not yet born has an `unborn` plan.

    The census does not tell who is looked after. Problems of the file are passed on.
    """
    for person in people:
        if isinstance(person, Problem):
            yield person
            continue
        for plan in person.involvements:
            if plan.service != CP_PLAN:
                continue
            findings = Findings(person.number)
            check_period(findings, plan.from_date, plan.until_date, "CPPstartDate", "CPPendDate", None)
            yield PlanEpisode(
                number=person.number,
                source_key=person.source_key,
                kind="unborn" if person.born is None and person.expected_on else "child_protection",
                from_date=plan.from_date,
                until_date=plan.until_date,
                category=plan.detail.partition(". ")[0].removeprefix("Category: "),
                authority=authority,
                identifiers=person.identifiers,
                born=person.born,
                expected_on=person.expected_on,
                raw=person.raw,
                problems=(*(one for one in person.problems if one.severity == "error"), *findings.all()),
            )


def check_period(
    findings: Findings, start: date | None, end: date | None, start_name: str, end_name: str, on: date | None
) -> None:
    """Without a start, or with an end before it, nobody can say whether it runs: an error. `on` is the day of
    reading, against which a start may lie ahead."""
    if start is None:
        findings.refuse(start_name, "missing_date", f"{start_name} is missing or no date, so nobody can tell since when "
                        "this runs. Correct it in your case system.")  # fmt: skip
    elif end and end < start:
        findings.refuse(end_name, "date_order", f"{end_name} is before {start_name}, so nobody can tell whether this "
                        "runs. Correct it in your case system.")  # fmt: skip
    elif on and start > on:
        findings.warn(start_name, "after_reference_date", f"{start_name} lies ahead. Check the date.")


class Row:
    """One row of a table, its cells by heading in lower case."""

    def __init__(self, number: int, cells: dict[str, str]) -> None:
        self.number = number
        self.cells = cells

    def text(self, name: str) -> str:
        told = storable(clean(self.cells.get(name, "")))
        return "" if told.lower() in ("null", "none", "n/a") else told

    def date(self, name: str, findings: Findings | None = None) -> date | None:
        told = self.text(name)
        day = dates.parse(told)
        if told and day is None and findings:
            findings.warn(
                name, "not_a_date", f"“{told[:40]}” in {name} is not a date. Write it as 2015-04-25."
            )
        return day


def rows_of(source: Source, *, needed: tuple[str, ...], what: str) -> list[Row]:
    """The rows below the headings of the first sheet, blank ones left out; headings in any case.

    Raises Unreadable if it is no table or a needed heading is missing.
    """
    with opened(source) as stream:
        sheet = next(iter(sheets(stream)))
        held = [(number, [as_text(cell) for cell in row]) for number, row in sheet.rows]
    filled = [(number, row) for number, row in held if any(cell.strip() for cell in row)]
    headings = [clean(cell).lower() for cell in filled[0][1]] if filled else []
    missing = [name for name in needed if name not in headings]
    if missing:
        raise Unreadable(f"This is not the {what}: it has no column {', '.join(missing)}. Choose the {what}.")
    return [Row(number, dict(zip(headings, row, strict=False))) for number, row in filled[1:]]


def known_by(identifiers: tuple[IncomingIdentifier, ...], findings: Findings, column: str) -> str:
    """The key of the child; without any number the record is refused, because nobody can tell who it is."""
    if identifiers:
        return source_key(identifiers)
    findings.refuse(column, "no_identifier", f"There is no {column}, so nobody can tell who this is. Correct it in "
                    "your case system.")  # fmt: skip
    return f"told:{findings.record}"
