"""How does the benchmark's database come to hold a person index of a million people, in minutes?

Families, what agencies write about them and their index keys come from the product's own packages; only the rows are
written by COPY, because one at a time would take hours. A second process works out keys and columns. Everybody is
invented.
"""

from __future__ import annotations

import multiprocessing
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import groupby, islice
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.db import connections
from django.utils import timezone

from benchmarks import filling
from jigsaw import record_linkage as linkage
from jigsaw.hub.kit import guard
from jigsaw.hub.people import filing
from jigsaw.record_linkage.identifiers import nhs_number
from jigsaw.record_linkage.invented import RawRecord, families, sources

AT_ONCE = 2000
RECORDED_AT = "2026-01-01 00:00:00+00"
HEADER, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
TABLES = {
    "person": "people_person (id, name, born, sex)",
    "record": "people_personrecord (id, person_id, agency_id, system, source_key, given, family, other_names, born, "
    "sex, content_hash, recorded_at)",
    "key": "people_recordkey (key, record_id)",
    "row": "people_matchrow (record_id, columns, protected, filed_as)",
    "joined": "people_joinedrow (person_id, columns, protected, filed_as)",
    "number": "people_identifier (record_id, kind, value, valid)",
}
Progress = Callable[[str], None]


class Written(NamedTuple):
    """Some whole persons as COPY takes them, by table: text, but keys binary, of which there are most."""

    parts: dict[str, bytes]
    records: int


def person_id(number: int) -> UUID:
    """The id of an invented person."""
    return UUID(int=number)


def record_id(number: int) -> UUID:
    return UUID(int=(1 << 96) + number)


def fill(*, persons: int, seed: int, progress: Progress) -> dict[str, int]:
    """Fill the empty database that Django is connected to; returns how many persons, records and keys it holds."""
    filling.set_up_partnership(timezone.now())
    with (
        connections["owner"].cursor() as cursor,
        guard.set_aside(connections["owner"].connection),
        _quickly(cursor),
    ):
        progress(f"Inventing {persons:,} people and filing what is written about them …")
        cursor.execute("SELECT id FROM agencies_agency ORDER BY code")
        agencies = [row[0] for row in cursor.fetchall()]
        records = _copy(cursor, _chunks(persons, seed), agencies)
        progress(f"Building the indexes of {records:,} records …")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE people_person, people_personrecord, people_recordkey, people_identifier"
        )
        cursor.execute("VACUUM ANALYZE people_matchrow, people_joinedrow")
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = 'people_recordkey'")
        keys = cursor.fetchone()[0]
    connections["owner"].close()
    return {"persons": persons, "records": records, "keys": keys}


def _chunks(persons: int, seed: int) -> Iterator[list[RawRecord]]:
    """All that is written, some whole persons at a time."""
    by_person = groupby(
        sources(families(persons, seed), seed, each=filling.KNOWN_TO), key=lambda record: record.person_id
    )
    whole = (list(records) for _person, records in by_person)
    while some := list(islice(whole, AT_ONCE)):
        yield [record for records in some for record in records]


def _copy(cursor: Any, chunks: Iterable[list[RawRecord]], agencies: list[UUID]) -> int:
    """Write everything; returns how many records there are."""
    records = 0
    told = ((chunk, agencies) for chunk in chunks)
    # Started before the connections that COPY holds open, so that none of them is shared.
    with multiprocessing.get_context("fork").Pool(2) as pool, ExitStack() as stack:
        copies = {name: stack.enter_context(_copying(name)) for name in TABLES}
        copies["key"].write(HEADER)
        for written in pool.imap(_written, told):
            records += written.records
            for name, data in written.parts.items():
                copies[name].write(data)
        copies["key"].write(END)
    return records


@contextmanager
def _copying(name: str) -> Iterator[Any]:
    """A COPY into one table, on a connection of its own."""
    settings = connections["owner"].get_connection_params()
    wanted = ("dbname", "user", "password", "host", "port")
    how = " WITH (FORMAT binary)" if name == "key" else ""
    with (
        psycopg.connect(**{key: settings[key] for key in wanted if settings.get(key)}) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {TABLES[name]} FROM STDIN{how}") as copy,
    ):
        yield copy


# --- in the second process --------------------------------------------------------------------------------


def _written(told: tuple[list[RawRecord], list[UUID]]) -> Written:
    raw, agencies = told
    lines: dict[str, list[str]] = {name: [] for name in TABLES if name != "key"}
    keys: list[bytes] = []
    for person, group in groupby(raw, key=lambda record: record.person_id):
        rows = []
        records = list(group)
        for record in records:
            terms = record.record()
            columns = linkage.columns_of(terms)
            pk = record_id(record.record_id)
            keys += [_key(key, pk.bytes) for key in linkage.index_keys(terms)]
            rows.append(columns)
            lines["record"].append(_record(record, terms, pk, agencies))
            lines["row"].append(_line(pk, filing.written(columns), "f", filing.EDITION))
            lines["number"] += [
                _line(pk, "nhs_number", number, nhs_number(number).valid) for number in terms.nhs_numbers
            ]
        lines["person"].append(_person(person, records[0], terms))
        if len(rows) > 1:
            joined = filing.written(linkage.Columns.joined(reversed(rows)))
            lines["joined"].append(_line(person_id(person), joined, "f", filing.EDITION))
    parts = {name: "".join(some).encode() for name, some in lines.items()}
    return Written(parts | {"key": b"".join(keys)}, len(raw))


_KEY = struct.Struct(">hiqi16s")


def _key(key: int, record: bytes) -> bytes:
    return _KEY.pack(2, 8, key, 16, record)


def _person(number: int, record: RawRecord, terms: linkage.Record) -> str:
    name = f"{record.given} {record.family}".strip()
    return _line(person_id(number), name, terms.born, record.sex[:1])


def _record(record: RawRecord, terms: linkage.Record, pk: UUID, agencies: list[UUID]) -> str:
    # All at one moment: then later ids are newer, as `reversed(rows)` has them.
    return _line(
        pk,
        person_id(record.person_id),
        agencies[hash_of(record.agency) % len(agencies)],
        "case-system",
        str(record.record_id),
        record.given,
        record.family,
        "[]",
        terms.born,
        record.sex[:1],
        str(pk),
        RECORDED_AT,
    )


def hash_of(text: str) -> int:
    """The same in every run, unlike Python's own."""
    return sum(text.encode())


def _line(*values: object) -> str:
    return "\t".join("\\N" if value is None else _escaped(str(value)) for value in values) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


# --- indexes ----------------------------------------------------------------------------------------------


@contextmanager
def _quickly(cursor: Any) -> Iterator[None]:
    """As when a backup is restored; the largest index is built at the end as well."""
    with filling.as_when_restoring(cursor):
        cursor.execute("ALTER TABLE people_matchrow DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE people_recordkey DROP CONSTRAINT people_recordkey_pkey")
        yield
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(
            "ALTER TABLE people_recordkey ADD CONSTRAINT people_recordkey_pkey PRIMARY KEY (key, record_id)"
        )
        cursor.execute("ALTER TABLE people_matchrow ENABLE TRIGGER USER")
