"""How does the benchmark's database come to hold a large authority?

The partnership is set up through the domains' own operations. The people and their records are invented here,
because their index keys come from `jigsaw.record_linkage`; all that hangs on them is made by fill.sql. Foreign
keys and secondary indexes are taken away meanwhile and put back, as a restore does, which also checks every row.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.agreements import queries as agreement_queries
from jigsaw.hub.kit import guard
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.people import filing
from jigsaw.hub.training import roles
from jigsaw.record_linkage import columns_of, index_keys
from jigsaw.record_linkage.identifiers import nhs_number
from jigsaw.record_linkage.invented import Person, RawRecord, families, sources

STATEMENTS = Path(__file__).parent / "fill.sql"
Progress = Callable[[str], None]

AGENCIES = (
    ("CSC", "Sharetown Children’s Social Care", "SC"),
    ("POL", "Sharetown Police", "PO"),
    ("HV", "Sharetown 0–19 Health Service", "HE"),
    ("HOSP", "Sharetown General Hospital", "HE"),
    ("GP", "Harbour Surgery", "HE"),
    ("SCH", "Sharetown Academy", "ED"),
    ("HPS", "Harbour Primary School", "ED"),
    ("COL", "Sharetown College", "ED"),
    ("HOU", "Sharetown Homes", "HO"),
    ("VCS", "Haven Sharetown", "VC"),
)
# How many agencies hold a record of someone: 1.3 on average, and a few people are known to many.
KNOWN_TO = {"1": 0.80, "2": 0.13, "3": 0.05, "4": 0.02}
WRITTEN_BY = {
    "health": ("HV", "HV", "GP"),
    "hospital": ("HOSP",),
    "school": ("SCH", "HPS", "COL"),
    "social_care": ("CSC",),
    "police": ("POL",),
    "housing": ("HOU", "HOU", "VCS"),
}
FRONT_DOOR = ("screener", "social_worker", "team_manager")

TITLES = [
    "Not brought to an appointment",
    "Telephone call with the mother",
    "Visit to the home",
    "Came late and tired",
    "Meeting with the family",
    "Noise reported by a neighbour",
    "Routine check",
]
SENTENCES = [
    "Arrived twenty minutes late and said that nobody had woken up at home.",
    "The house was tidy and there was food in the kitchen; the younger children were asleep.",
    "Mum said that she had forgotten the appointment and asked for a new one next week.",
    "Appeared tired and withdrawn, and did not want to go home at the end of the day.",
    "A neighbour heard shouting late in the evening and saw a man leave in a grey car.",
    "Weight and height are on the same centile as before; immunisations are up to date.",
    "Spoke about the weekend with grandparents, and said that it had been quiet there.",
    "No reply at the door; a card was left with the number to ring.",
    "Rent is two months behind, and a plan to pay it back was agreed today.",
    "Was collected by an uncle who was not on the list of those who may collect.",
    "Homework was done and shown with pride; asked to join the football club.",
    "A bruise on the left shin was explained by a fall from a scooter.",
]


@dataclass(frozen=True)
class Filled:
    """What the database holds, and who acts in the measurements."""

    social_worker: Actor
    health_visitor: Actor
    counts: dict[str, int]


def fill(*, persons: int, entries: int, now: datetime, progress: Progress) -> Filled:
    """Fill the database that Django is connected to, which must be empty.

    `persons` people with about 1.3 records each in ten agencies, about `entries` entries about them, and a
    sixteenth as many enquiries as people, each with four agencies asked.
    """
    progress("Setting up ten agencies …")
    set_up_partnership(now)
    values = _values(persons, entries, now)
    with (
        connections["owner"].cursor() as cursor,
        guard.set_aside(connections["owner"].connection),
        as_when_restoring(cursor),
    ):
        progress(f"Inventing {persons:,} people and their index keys …")
        _stage(cursor, _held(persons))
        for statement in STATEMENTS.read_text().split("\n\n"):
            if target := _target(statement):
                progress(f"Filling {target} …")
            cursor.execute(statement, values)
    progress("Gathering statistics …")
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        counts = _counts(cursor)
    connections["owner"].close()
    return Filled(
        agency_queries.actor_by_email("csc@csc.example"),
        agency_queries.actor_by_email("hv@hv.example"),
        counts,
    )


def _values(persons: int, entries: int, now: datetime) -> dict[str, Any]:
    kinds = [
        (sector, kind["code"])
        for kind in agreement_queries.words("event_kinds")["entries"]
        for sector in kind["sectors"]
    ]
    enquiries = max(persons // 16, 20)
    return {
        "persons": persons,
        "entries": entries,
        "now": now,
        "today": now.date(),
        "enquiries": enquiries,
        "waiting": min(2000, enquiries // 2),
        "log": max(entries // 4, 1000),
        "purpose": "s47",
        "edition": filing.EDITION,
        "sectors": [sector for sector, _kind in kinds],
        "kinds": [kind for _sector, kind in kinds],
        "titles": TITLES,
        "sentences": SENTENCES,
    }


def set_up_partnership(now: datetime) -> None:
    agencies.set_up_partnership(
        actor=SYSTEM, name="Sharetown", front_door_phone="01632 960 000", demonstration=True, now=now
    )
    agreements.install_defaults(actor=SYSTEM, now=now)
    roles.install(actor=SYSTEM, now=now)
    sharetown = agencies.add_authority(
        actor=SYSTEM, gss_code="E06999991", dfe_code="991", name="Sharetown", now=now
    )
    for code, name, sector in AGENCIES:
        agency = agencies.add_agency(
            actor=SYSTEM,
            now=now,
            code=code,
            name=name,
            sector=sector,
            authorities=[sharetown],
            phone="01632 960 001",
            front_door_for=[sharetown] if code == "CSC" else [],
        )
        account = agencies.Account(
            email=f"{code}@{code}.example".lower(),
            name="Grace Lindqvist" if code == "CSC" else f"Practitioner {code}",
            job_title="Practitioner",
            agency=agency,
            roles=FRONT_DOOR if code == "CSC" else ("named_safeguarding_lead",),
            password="argon2$unusable",
        )
        agencies.add_practitioner(actor=SYSTEM, account=account, now=now)


def _held(persons: int) -> Iterator[list[Any]]:
    """Every record that an agency holds, household by household, as a row of the table `held`."""
    dice = random.Random(1)
    seen = 0
    for person, raw in _people_and_records(persons):
        yield _row(person, raw, first=person.person_id != seen, dice=dice)
        seen = person.person_id


def _people_and_records(persons: int) -> Iterator[tuple[Person, RawRecord]]:
    people, again = families(persons), families(persons)
    person = next(again)
    for raw in sources(people, each=KNOWN_TO):
        while person.person_id < raw.person_id:
            person = next(again)
        yield person, raw


def _row(person: Person, raw: RawRecord, *, first: bool, dice: random.Random) -> list[Any]:
    record = raw.record()
    numbers = [number for number in record.nhs_numbers if nhs_number(number).valid]
    return [
        UUID(int=dice.getrandbits(128), version=4), UUID(int=person.person_id << 80, version=4), person.household_id,
        person.child, dice.choice(WRITTEN_BY[raw.source]), raw.given, raw.family.title(), record.born, record.sex,
        raw.address, raw.postcode, raw.phone or person.phone, next(iter(numbers), ""), bool(numbers),
        sorted(index_keys(record)), filing.written(columns_of(record)), first,
    ]  # fmt: skip


def _stage(cursor: Any, rows: Iterator[list[Any]]) -> None:
    """The table that fill.sql starts from: one row a record."""
    cursor.execute(
        "CREATE TEMP TABLE held (record uuid, person uuid, household int, child bool, code text, given text,"
        " family text, born date, sex text, line text, postcode text, phone text, nhs text, has_number bool,"
        " keys bigint[], columns text, first bool)"
    )
    with cursor.copy("COPY held FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute("ANALYZE held")


@contextmanager
def as_when_restoring(cursor: Any) -> Iterator[None]:
    """No foreign keys and secondary indexes while rows come in; columns without a value get an empty one."""
    cursor.execute(FOREIGN_KEYS)
    foreign_keys = cursor.fetchall()
    for table, name, _definition in foreign_keys:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute(SECONDARY_INDEXES)
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    cursor.execute(COLUMNS_TO_DEFAULT)
    defaults = cursor.fetchall()
    for table, column, value in defaults:
        cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET DEFAULT {value}')
    yield
    for _name, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in foreign_keys:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    for table, column, _value in defaults:
        cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" DROP DEFAULT')


FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2
"""
SECONDARY_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    WHERE NOT i.indisunique AND c.relnamespace = current_schema()::regnamespace ORDER BY 1
"""
# Django gives columns no default in the database; fill.sql names only the columns that matter here.
COLUMNS_TO_DEFAULT = """
    SELECT table_name, column_name,
           CASE WHEN data_type = 'boolean' THEN 'false' WHEN data_type = 'smallint' THEN '1' WHEN data_type = 'jsonb' THEN '''{}''::jsonb'
                WHEN data_type = 'ARRAY' THEN '''{}''' ELSE '''''' END
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
      AND data_type IN ('boolean', 'smallint', 'jsonb', 'ARRAY', 'character varying', 'text')
"""


def _target(statement: str) -> str:
    """The table a statement fills, if it is one of the product's."""
    lines = [line for line in statement.split("\n") if not line.startswith("--")]
    words = lines[0].split() if lines else []
    return words[2] if words[:2] == ["INSERT", "INTO"] else ""


def _counts(cursor: Any) -> dict[str, int]:
    tables = {
        "persons": "people_person",
        "records": "people_personrecord",
        "entries": "chronology_entry",
        "releases": "chronology_release",
        "requests": "information_requests_recipient",
        "audit_entries": "audit_entry",
    }
    counts = {}
    for name, table in tables.items():
        cursor.execute(f"SELECT count(*) FROM {table}")
        counts[name] = cursor.fetchone()[0]
    return counts
