"""Worlds made by chance, continued: documents, what hubs ask each other, what families ask, what is past its time, and more.

What is about somebody is mostly about people whom somebody avoids, so that every rule has something to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

Row = dict[str, Any]
Rows = dict[str, list[Row]]
T = TypeVar("T")


class Dice(Protocol):
    def id(self) -> str: ...
    def random(self) -> float: ...
    def span(self) -> tuple[datetime, datetime | None]: ...
    def choice(self, seq: list[T]) -> T: ...
    def mostly(self, true: str, others: list[str]) -> str: ...
    def sample(self, population: list[T], k: int) -> list[T]: ...


def rows(
    dice: Dice,
    *,
    agencies: list[str],
    practitioners: list[tuple[str, str]],
    known: Mapping[str, list[Row]],
    start: datetime,
) -> Rows:
    """Rows of every table that is not among those before, which `known` holds."""
    records, avoided = known["people_personrecord"], known["people_conflict"]

    def somebody() -> str:
        return str(dice.choice([*avoided, *dice.sample(records, 20)])["person_id"])

    def each(count: int, **more: Any) -> list[Row]:
        return [
            {"id": dice.id(), "agency_id": dice.choice(agencies), "person_id": somebody(), **more}
            for _ in range(count)
        ]

    return {
        **_told_by_the_police(dice, agencies, records, start),
        **_patterns(each(24), somebody, start),
        **_asked(each(24), start),
        **_past_its_time(dice, each(30), each(20), each(20)),
        "people_numberreport": [
            {"id": dice.id(), "record_id": record["id"], "value": str(place)}
            for place, record in enumerate(records[::3])
        ],
        "people_unusuallook": [
            {**row, "practitioner_id": dice.id(), "noted_by_id": practitioners[0][0], "found": "Asked her"}
            for row in each(24)
        ],
    }


def _told_by_the_police(dice: Dice, agencies: list[str], records: list[Row], start: datetime) -> Rows:
    notices = [
        {"id": (pk := dice.id()), "reference": pk[:20], "from_agency_id": dice.choice(agencies),
         "record_id": dice.choice(records)["id"], "circumstances": "Shouting"}
        for _ in range(30)
    ]  # fmt: skip
    told = [
        {"id": dice.id(), "notice_id": notice["id"], "to_agency_id": agency, "why": "school", "state": "sent",
         "from_agency_id": dice.mostly(notice["from_agency_id"], agencies), "due_at": start}
        for notice in notices
        for agency in dice.sample(agencies, 2)
    ]  # fmt: skip
    return {"encompass_notice": notices, "encompass_delivery": told}


def _patterns(own: list[Row], somebody: Any, start: datetime) -> Rows:
    found = [{**row, "reference": row["id"][:20], "rule": row["id"], "ended_at": start} for row in own]
    pointed = [
        {"id": place, "pattern_id": row["id"], "kind": "open_case"} for place, row in enumerate(found, 1)
    ]
    looks = [{"person_id": pk} for pk in sorted({somebody() for _ in range(8)})]
    return {"patterns_pattern": found, "patterns_pointed": pointed, "patterns_look": looks}


def _asked(own: list[Row], start: datetime) -> Rows:
    asked = [
        {**row, "reference": row["id"][:20], "asked_by": "Jo", "identity": "Known", "asked_as": "parent",
         "due_on": (start + timedelta(days=30)).date()}
        for row in own
    ]  # fmt: skip
    left_out = [
        {"id": f"{row['id'][:-4]}0000", "request_id": row["id"], "key": "k", "because": "Others"}
        for row in own
    ]
    return {"rights_rightsrequest": asked, "rights_redaction": left_out}


def _past_its_time(dice: Dice, due: list[Row], held: list[Row], gone: list[Row]) -> Rows:
    whom = [row["person_id"] for row in due]
    return {
        "retention_dueitem": [
            {"id": row["id"], "agency_id": row["agency_id"], "what": "entry", "thing": dice.id(),
             "people": [row["person_id"], dice.choice(whom)]}
            for row in due
        ],
        "retention_hold": [
            {"id": row["id"], "agency_id": row["agency_id"], "reference": row["id"][:20], "why": "police",
             "because": "Asked", "person_id": row["person_id"] if place % 4 else None}
            for place, row in enumerate(held)
        ],
        "retention_disposal": [
            {"id": row["id"], "agency_id": row["agency_id"], "reference": row["id"][:20], "what": "entry",
             "thing": dice.id(), "proof": "0" * 64}
            for row in gone
        ],
    }  # fmt: skip


def documents(dice: Dice, agencies: list[str], entries: list[Row], releases: list[Row]) -> Rows:
    """Some on every third entry, mostly of its own agency; with releases of it, some of which end before it does."""
    papers, along = [], []
    for entry in entries:
        if dice.random() < 0.6:
            continue
        paper = {"id": dice.id(), "entry_id": entry["id"], "agency_id": dice.mostly(entry["agency_id"], agencies),
                 "kind": "text", "title": "[sealed]", "sha256": "[sealed]", "sealed_words": r"\x00", "content": r"\x00"}  # fmt: skip
        papers.append(paper)
        for release in releases:
            if release["entry_id"] == entry["id"]:
                ends = dice.choice([None, None, dice.span()[0]])
                along.append(
                    {
                        "id": dice.id(),
                        "release_id": release["id"],
                        "document_id": paper["id"],
                        "ends_at": ends,
                    }
                )
    return {"chronology_document": papers, "chronology_releaseddocument": along}


def between_hubs(dice: Dice, practitioners: list[tuple[str, str]], known: Mapping[str, list[Row]]) -> Rows:
    """What is the hub’s alone, a few rows of each, and what practitioners asked another hub."""
    people = [person["id"] for person in known["people_person"]]
    some = range(1, 9)
    return {
        "partner_hubs_filedperson": [{"id": place, "person_id": people[place]} for place in some],
        "partner_hubs_filedtoken": [{"id": place, "token": dice.id()} for place in some],
        "partner_hubs_askedofus": [{"id": dice.id(), "letter": dice.id()} for _place in some],
        "partner_hubs_neveranswer": [
            {"id": dice.id(), "person_id": people[place], "reason": "Hides", "taken_off_at": None}
            for place in some
        ],
        "partner_hubs_neveranswer_records": [
            {"id": place, "neveranswer_id": dice.id(), "personrecord_id": dice.id()} for place in some
        ],
        "partner_hubs_question": [
            {"id": dice.id(), "practitioner_id": practitioner, "person_id": dice.choice(people)}
            for practitioner, _agency in practitioners * 4
        ]
        + [
            {"id": dice.id(), "practitioner_id": close["practitioner_id"], "person_id": close["person_id"]}
            for close in known["people_conflict"][::3]
        ],
        "audit_words": [{"entry": dice.id()} for _place in some],
    }
