"""How is one thing taken out of every table at once, and what proves afterwards what it was?

The proof is the SHA-256 of the canonical JSON (RFC 8785) of all its rows, with a random salt. The salt goes with the words:
from the proof alone nothing can be found again, and whoever kept the original can show that it was this. What is sealed is
part of it as it is kept, sealed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import rfc8785
from django.db import connection
from psycopg import sql

from jigsaw.hub.kit import context
from jigsaw.hub.retention.things import THINGS
from jigsaw.hub.retention.things.shape import STONE, Words

FORMAT = "jigsaw-disposed/1"
Ids = Mapping[str, Any]


@dataclass(frozen=True)
class Gone:
    """What an erasure did: rows changed or removed by table, what the log calls them, and of whom nothing is left."""

    rows: dict[str, int]
    log: tuple[str, ...]
    people: tuple[UUID, ...]


@context.hub("disposing")
def original(what: str, thing: UUID, *, salt: bytes) -> dict[str, Any]:
    """All that is held of it, as whoever keeps it would keep it: what the proof is of. Empty `tables` where it is gone."""
    ids = _ids(what, thing) | {"salt": salt}
    with connection.cursor() as cursor:
        tables = {
            f"{place}:{words.table}": _rows(cursor, words, ids)
            for place, words in enumerate(THINGS[what].words)
            if not words.made
        }
    return {
        "format": FORMAT,
        "what": what,
        "thing": str(thing),
        "salt": salt.hex(),
        "tables": {name: rows for name, rows in tables.items() if rows},
    }


def proof_of(document: Mapping[str, Any]) -> str:
    """The SHA-256 (hex) of the document's canonical JSON; raises ValueError if it has none."""
    try:
        return sha256(rfc8785.dumps(dict(document))).hexdigest()
    except rfc8785.CanonicalizationError as error:
        raise ValueError("This is no JSON that can be compared.") from error


@context.hub("disposing")
def erase(what: str, thing: UUID, *, said: str, reference: str, now: datetime) -> Gone:
    """Take its words out of every table. `said` is what its heading says from now on, `reference` the register's."""
    ids = _ids(what, thing) | {"said": said, "stone": STONE, "reference": reference, "now": now}
    with connection.cursor() as cursor:
        rows: dict[str, int] = {}
        for words in THINGS[what].words:
            cursor.execute(_statement(words), ids)
            if cursor.rowcount:
                rows[words.table] = rows.get(words.table, 0) + cursor.rowcount
        # What points at something that is gone stops it here, not when all is done.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    known = THINGS[what]
    known.afterwards(ids)
    called = tuple(f"{name}{pk}" for name, found in known.log.items() for pk in ids[found])
    return Gone(rows, called, tuple(ids[known.people]) if known.people else ())


def _ids(what: str, thing: UUID) -> dict[str, Any]:
    found: dict[str, Any] = {"thing": thing, "itself": [thing]}
    with connection.cursor() as cursor:
        for name, query in THINGS[what].ids.items():
            cursor.execute(query, found)
            found[name] = [one for (one,) in cursor.fetchall()]
    return found


_FINGERPRINT = (
    "to_json(encode(sha256(%(salt)s::bytea || convert_to(to_jsonb(held)::text, 'UTF8')), 'hex'))::text"
)


def _rows(cursor: Any, words: Words, ids: Ids) -> list[Any]:
    shown = _FINGERPRINT if words.others else "(to_jsonb(held) - %(large)s::text[])::text"
    query = "SELECT {shown} FROM {table} AS held WHERE {of} ORDER BY 1"
    composed = _composed(query, shown=shown, table=words.table, of=words.of)
    cursor.execute(composed, {**ids, "large": list(words.large)})
    return [json.loads(row) for (row,) in cursor.fetchall()]


def _statement(words: Words) -> sql.Composed:
    if words.goes:
        return _composed("DELETE FROM {table} WHERE {of}", table=words.table, of=words.of)
    texts = {name: f"CASE WHEN {name} = '' THEN '' ELSE %(stone)s END" for name in words.texts}
    changes = ", ".join(f"{name} = {value}" for name, value in {**texts, **words.sets}.items())
    return _composed(
        "UPDATE {table} SET {changes} WHERE {of}", table=words.table, changes=changes, of=words.of
    )


def _composed(query: str, **parts: str) -> sql.Composed:
    """Parts are those of `words`, never anybody's input; values go in by name."""
    return sql.SQL(query).format(**{name: sql.SQL(part) for name, part in parts.items()})


@context.hub("disposing")
def stands(what: str, thing: UUID) -> bool:
    """Is it there with its words? Not where there is nothing or a tombstone alone."""
    with connection.cursor() as cursor:
        cursor.execute(THINGS[what].stands, {"thing": thing})
        return bool(cursor.fetchone()[0])


@context.hub("disposing")
def called(things: Iterable[tuple[str, UUID]]) -> dict[UUID, str]:
    """By what people tell which of its kind each is, such as a reference; a statement for each kind."""
    of: dict[str, list[UUID]] = {}
    for what, thing in things:
        of.setdefault(what, []).append(thing)
    found: dict[UUID, str] = {}
    with connection.cursor() as cursor:
        for what, ids in of.items():
            cursor.execute(THINGS[what].called, {"things": ids})
            found |= dict(cursor.fetchall())
    return found
