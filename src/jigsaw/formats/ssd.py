"""Which children are on a protection plan or looked after, by the tables of the Standard Safeguarding Dataset?

Each table is a CSV or workbook whose headings are the dataset's field names. Read are `ssd_person`, `ssd_cp_plans`
and `ssd_cla_episodes`; `ssd_legal_status`, `ssd_mother` and `ssd_linked_identifiers` add to them where they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from jigsaw.formats.cin_codes import ABUSE_CATEGORIES
from jigsaw.formats.opening import Source
from jigsaw.formats.plan_episodes import (
    PlanEpisode,
    PlanKind,
    PlanReading,
    Row,
    check_period,
    known_by,
    rows_of,
)
from jigsaw.formats.records import Findings, IncomingIdentifier, IncomingName, Unreadable
from jigsaw.formats.text import nhs_number, upn

# The fields that are read; the first of each table must be there. Names as in the published item specification.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "ssd_person": (
        "pers_person_id", "pers_forename", "pers_surname", "pers_dob", "pers_expected_dob", "pers_common_child_id",
    ),
    "ssd_cp_plans": (
        "cppl_person_id", "cppl_cp_plan_id", "cppl_cp_plan_start_date", "cppl_cp_plan_end_date",
        "cppl_cp_plan_initial_category", "cppl_cp_plan_latest_category", "cppl_cp_plan_ola",
    ),
    "ssd_cla_episodes": (
        "clae_person_id", "clae_cla_id", "clae_cla_episode_start_date", "clae_cla_episode_ceased_date",
        "clae_entered_care_date",
    ),
    "ssd_legal_status": (
        "lega_person_id", "lega_legal_status", "lega_legal_status_start_date", "lega_legal_status_end_date",
    ),
    "ssd_mother": ("moth_person_id", "moth_childs_person_id"),
    "ssd_linked_identifiers": ("link_person_id", "link_identifier_type", "link_identifier_value"),
}  # fmt: skip
_NEEDED = {
    "ssd_person": ("pers_person_id",),
    "ssd_cp_plans": ("cppl_person_id", "cppl_cp_plan_start_date", "cppl_cp_plan_end_date"),
    "ssd_cla_episodes": ("clae_person_id", "clae_cla_episode_start_date", "clae_cla_episode_ceased_date"),
    "ssd_legal_status": ("lega_person_id", "lega_legal_status"),
    "ssd_mother": ("moth_person_id", "moth_childs_person_id"),
    "ssd_linked_identifiers": ("link_person_id", "link_identifier_type", "link_identifier_value"),
}


def read(tables: Mapping[str, Source], *, authority: str = "", on: date | None = None) -> PlanReading:
    """First the protection plans, one for each row, then one `looked_after` for each period of care.

    `tables` is by the dataset's table names; `number` counts rows of the table it came from. A child with an
    expected date and no date of birth has an `unborn` plan. Raises Unreadable for a table that is not known or
    lacks a needed field, and if there is neither a plan nor an episode table.
    """
    unknown = sorted(set(tables) - set(FIELDS))
    if unknown or not {"ssd_cp_plans", "ssd_cla_episodes"} & set(tables):
        raise Unreadable(
            f"Choose ssd_cp_plans or ssd_cla_episodes{'; not ' + ', '.join(unknown) if unknown else ''}. "
            f"The tables that are read are {', '.join(FIELDS)}."
        )
    held = {
        name: rows_of(source, needed=_NEEDED[name], what=f"table {name}") for name, source in tables.items()
    }
    people = _People(held)
    for row in held.get("ssd_cp_plans", []):
        yield _plan(row, people, authority, on)
    for rows in _periods(held.get("ssd_cla_episodes", [])):
        yield _care(rows, people, authority, on)


class _People:
    """Who the rows of the other tables are about."""

    def __init__(self, tables: Mapping[str, list[Row]]) -> None:
        self._known = "ssd_person" in tables
        self._person = {row.text("pers_person_id"): row for row in tables.get("ssd_person", [])}
        self._mothers = {
            row.text("moth_childs_person_id"): row.text("moth_person_id")
            for row in tables.get("ssd_mother", [])
        }
        self._linked = _grouped(tables.get("ssd_linked_identifiers", []), "link_person_id")
        self._statuses = _grouped(tables.get("ssd_legal_status", []), "lega_person_id")

    def row(self, person: str, findings: Findings) -> Row:
        if self._known and person and person not in self._person:
            findings.warn("pers_person_id", "not_in_person", "ssd_person does not have this child, so the date of birth "
                          "is not known. Export both tables again.")  # fmt: skip
        return self._person.get(person, Row(0, {}))

    def identifiers(self, person: str, findings: Findings) -> tuple[IncomingIdentifier, ...]:
        if not person:
            return ()
        found = [IncomingIdentifier("la_child_id", person)]
        told = self._person.get(person, Row(0, {})).text("pers_common_child_id")
        linked = [(row.text("link_identifier_type").lower(), row.text("link_identifier_value"))
                  for row in self._linked.get(person, [])]  # fmt: skip
        numbers = [told, *(value for kind, value in linked if kind == "nhs number")]
        valid = list(dict.fromkeys(number for one in numbers if (number := nhs_number(one))))
        if len(valid) > 1:
            findings.refuse("pers_common_child_id", "two_nhs_numbers", "There are two different NHS numbers for one "
                            "child. Find out whose they are.")  # fmt: skip
        elif any(numbers) and not valid:
            findings.warn("pers_common_child_id", "nhs_number_shape", "The NHS number is not a valid one, so it is not "
                          "used. Trace it.")  # fmt: skip
        found += [IncomingIdentifier("nhs_number", number) for number in valid[:1]]
        pupils = (upn(value) for kind, value in linked if kind == "unique pupil number")
        found += [IncomingIdentifier("upn", number) for number in dict.fromkeys(filter(None, pupils))]
        return tuple(found)

    def mother(self, child: str, findings: Findings) -> tuple[IncomingIdentifier, ...]:
        return self.identifiers(self._mothers.get(child, ""), findings)

    def legal_status(self, person: str, end: date | None) -> str:
        """The latest that had begun by the end of the period."""
        begun = [
            (start, row.number, row.text("lega_legal_status"))
            for row in self._statuses.get(person, [])
            if (start := row.date("lega_legal_status_start_date")) and (end is None or start <= end)
        ]
        return max(begun)[2] if begun else ""


def _plan(row: Row, people: _People, authority: str, on: date | None) -> PlanEpisode:
    findings = Findings(row.number)
    person = row.text("cppl_person_id")
    told = people.row(person, findings)
    start, end = _dates(row, "cppl_cp_plan_start_date", "cppl_cp_plan_end_date", findings, on)
    code = row.text("cppl_cp_plan_latest_category") or row.text("cppl_cp_plan_initial_category")
    if row.text("cppl_cp_plan_ola").upper() in ("Y", "1", "YES", "TRUE"):
        findings.warn("cppl_cp_plan_ola", "other_authority", "This plan is another authority's. That authority tells of "
                      "it; check before it is shown as yours.")  # fmt: skip
    unborn = bool(told.date("pers_expected_dob")) and told.date("pers_dob") is None
    mother = people.mother(person, findings) if unborn else ()
    if unborn and not mother:
        findings.warn("moth_person_id", "no_mother", "The child is not yet born and ssd_mother does not say whose record "
                      "the plan is held on. Enter the mother's NHS number.")  # fmt: skip
    kind: PlanKind = "unborn" if unborn else "child_protection"
    category = ABUSE_CATEGORIES.get(code.upper(), code)
    return _episode(kind, row, person, told, people, findings, start, end, category, authority, mother, [row])


def _care(rows: list[Row], people: _People, authority: str, on: date | None) -> PlanEpisode:
    first, last = rows[0], rows[-1]
    findings = Findings(first.number)
    person = first.text("clae_person_id")
    told = people.row(person, findings)
    start = first.date("clae_cla_episode_start_date", findings) or first.date("clae_entered_care_date")
    end = last.date("clae_cla_episode_ceased_date")
    _check_end(last, "clae_cla_episode_ceased_date", findings)
    check_period(findings, start, end, "clae_cla_episode_start_date", "clae_cla_episode_ceased_date", on)
    status = people.legal_status(person, end)
    return _episode(
        "looked_after", first, person, told, people, findings, start, end, status, authority, (), rows
    )


def _episode(
    kind: PlanKind, row: Row, person: str, told: Row, people: _People, findings: Findings, start: date | None,
    end: date | None, category: str, authority: str, mother: tuple[IncomingIdentifier, ...], rows: list[Row],
) -> PlanEpisode:  # fmt: skip
    identifiers = people.identifiers(person, findings)
    name = IncomingName(told.text("pers_surname"), told.text("pers_forename"))
    column = "cppl_person_id" if kind != "looked_after" else "clae_person_id"
    return PlanEpisode(
        number=row.number,
        source_key=known_by(identifiers, findings, column),
        kind=kind,
        from_date=start,
        until_date=end,
        category=category,
        authority=authority,
        reference=row.text("cppl_cp_plan_id") or row.text("clae_cla_id"),
        identifiers=identifiers,
        names=(name,) if name.family or name.given else (),
        born=told.date("pers_dob", findings),
        expected_on=told.date("pers_expected_dob", findings),
        mother=mother,
        raw={"rows": [{"row": one.number, **one.cells} for one in rows]},
        problems=findings.all(),
    )


def _dates(
    row: Row, start_name: str, end_name: str, findings: Findings, on: date | None
) -> tuple[date | None, date | None]:
    start, end = row.date(start_name, findings), row.date(end_name)
    _check_end(row, end_name, findings)
    check_period(findings, start, end, start_name, end_name, on)
    return start, end


def _check_end(row: Row, name: str, findings: Findings) -> None:
    if row.text(name) and row.date(name) is None:
        findings.refuse(name, "not_a_date", f"{name} is no date, so nobody can tell whether this still runs. Correct it "
                        "in your case system.")  # fmt: skip


def _periods(rows: list[Row]) -> Iterator[list[Row]]:
    """By the dataset's number of the period of care; without one, episodes that follow on each other directly."""
    for held in _grouped(rows, "clae_person_id", keep_blank=True).values():
        period: list[Row] = []
        for row in sorted(
            held, key=lambda one: (one.date("clae_cla_episode_start_date") or date.min, one.number)
        ):
            if period and not _same_period(period[-1], row):
                yield period
                period = []
            period.append(row)
        yield period


def _same_period(before: Row, after: Row) -> bool:
    one, other = before.text("clae_cla_id"), after.text("clae_cla_id")
    if one and other:
        return one == other
    end = before.date("clae_cla_episode_ceased_date")
    return end is not None and end == after.date("clae_cla_episode_start_date")


def _grouped(rows: list[Row], name: str, *, keep_blank: bool = False) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        key = row.text(name)
        if key or keep_blank:
            found.setdefault(key or f"\n{row.number}", []).append(row)
    return found
