"""Who may see and change which row: the need-to-know rules once more, in plain Python.

Written apart from the policies of `jigsaw.hub.kit.guard` and from the rules of the domains: it knows neither. It is
asked of worlds (`guard_world`), whose rows are plain dictionaries, and answers with the ids of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]
World = Mapping[str, list[Row]]
Ids = set[str]


@dataclass(frozen=True)
class Who:
    """Who asks, and as of when. No agency: nobody, to whom nothing shows. `hub`: the hub itself."""

    practitioner: str = ""
    agency: str = ""
    at: datetime | None = None
    hub: bool = False


def sees(world: World, who: Who) -> dict[str, Ids]:
    """By table, the ids of the rows that show to them."""
    shows = _shows(world, who)
    return {
        table: {name(table, row) for row in rows if who.hub or shows(table, row)}
        for table, rows in world.items()
    }


def changes(world: World, who: Who) -> dict[str, Ids]:
    """By table, the ids of the rows that they may change: those of their agency alone."""
    shown = sees(world, who)
    own = {row["id"] for row in world["people_personrecord"] if row["agency_id"] == who.agency}
    held = {
        "people_personrecord": lambda row: row["agency_id"] == who.agency,
        "people_importbatch": lambda row: row["agency_id"] == who.agency,
        "people_importproblem": lambda row: True,
        **dict.fromkeys(OF_CARE, lambda row: True),
        "chronology_entry": lambda row: row["agency_id"] == who.agency,
        "chronology_entrysubject": lambda row: True,
        "chronology_release": lambda row: row["of_agency_id"] == who.agency,
        **dict.fromkeys([*OF_A_RECORD, "people_address", "people_relationship"], lambda row: row["record_id"] in own),
    }  # fmt: skip
    return {
        table: {
            name(table, row)
            for row in rows
            if name(table, row) in shown[table] and (who.hub or (table in held and held[table](row)))
        }
        for table, rows in world.items()
    }


def name(table: str, row: Row) -> str:
    """What a row is called: its key, in words."""
    return "/".join(str(row[column]) for column in KEYS.get(table, ("id",)))


KEYS = {
    "people_recordkey": ("key", "record_id"),
    "people_matchrow": ("record_id",),
    "people_joinedrow": ("person_id",),
    "chronology_entrysubject": ("record_id", "entry_id"),
}
OF_A_RECORD = (
    "people_identifier",
    "people_contact",
    "people_involvement",
    "people_trace",
    "people_numberstanding",
)
OF_CARE = (
    "unscheduled_care_plan",
    "unscheduled_care_alert",
    "unscheduled_care_delivery",
    "unscheduled_care_attendance",
    "unscheduled_care_access",
)


def _live(row: Row, begins: str, at: datetime) -> bool:
    return row[begins] <= at and (row["ends_at"] is None or at < row["ends_at"])


def _shows(world: World, who: Who) -> Callable[[str, Row], bool]:
    """For one who is not the hub: does this row of this table show?"""
    at = who.at
    if not who.agency or at is None:
        return lambda _table, _row: False
    avoided = {
        row["person_id"] for row in world["people_conflict"] if row["practitioner_id"] == who.practitioner
    }
    lent = {
        row["record_id"]
        for row in world["people_grant"]
        if row["agency_id"] == who.agency
        and row["practitioner_id"] in (None, who.practitioner)
        and _live(row, "given_at", at)
    }
    records = {
        row["id"]: row
        for row in world["people_personrecord"]
        if row["person_id"] not in avoided and (row["agency_id"] == who.agency or row["id"] in lent)
    }
    own = {pk for pk, row in records.items() if row["agency_id"] == who.agency}
    persons = {row["person_id"] for row in records.values()}
    about_avoided = _entries_about(world, avoided)
    told = {
        row["entry_id"]
        for row in world["chronology_release"]
        if row["to_agency_id"] == who.agency and _live(row, "released_at", at)
    }
    entries = {
        row["id"]
        for row in world["chronology_entry"]
        if row["id"] not in about_avoided and (row["agency_id"] == who.agency or row["id"] in told)
    }
    batches = {row["id"] for row in world["people_importbatch"] if row["agency_id"] == who.agency}
    rules: dict[str, Callable[[Row], bool]] = {
        "people_personrecord": lambda row: row["id"] in records,
        "people_person": lambda row: row["id"] in persons,
        **dict.fromkeys(OF_A_RECORD, lambda row: row["record_id"] in records),
        "people_address": lambda row: row["record_id"] in (own if row["protected"] else records),
        "people_relationship": lambda row: row["record_id"] in records and row["to_id"] in records,
        **dict.fromkeys(OF_CARE, lambda row: row["agency_id"] == who.agency),
        **dict.fromkeys(
            OF_CARE[:2], lambda row: row["agency_id"] == who.agency and row["record_id"] in records
        ),
        "people_importbatch": lambda row: row["id"] in batches,
        "people_importproblem": lambda row: row["batch_id"] in batches,
        "people_grant": lambda row: row["agency_id"] == who.agency,
        "people_emergencyopening": lambda row: row["agency_id"] == who.agency and row["person_id"] not in avoided,
        "people_conflict": lambda row: row["practitioner_id"] == who.practitioner,
        "chronology_entry": lambda row: row["id"] in entries,
        "chronology_entrysubject": lambda row: row["entry_id"] in entries,
        "chronology_release": lambda row: row["entry_id"] not in about_avoided
        and (row["of_agency_id"] == who.agency or (row["to_agency_id"] == who.agency and _live(row, "released_at", at))),
    }  # fmt: skip
    return lambda table, row: table in rules and rules[table](row)


def _entries_about(world: World, persons: set[Any]) -> set[Any]:
    records = {row["id"] for row in world["people_personrecord"] if row["person_id"] in persons}
    return {row["entry_id"] for row in world["chronology_entrysubject"] if row["record_id"] in records}
