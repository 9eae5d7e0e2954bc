"""What exactly do the entries say, in the order of the tree? Read a million in seconds, with constant memory.

The database writes each row as canonical JSON but for `detail`, whose keys only RFC 8785's own sorting puts in order.
That both ways of writing it agree is held by a test; a row for which they did not would show as damaged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import rfc8785
from django.db import connection, transaction

AT_A_TIME = 5000


class Read(NamedTuple):
    """An entry as it stands, and the hashes that were taken of it.

    `content` is None where the tree has a leaf whose entry is gone; `place` and `placed` are None where the entry waits
    for its place. `salt` and `words` are there only if asked for, and not erased.
    """

    place: int | None
    placed: bytes | None
    entry: str | None
    leaf: bytes | None
    content: bytes | None
    salt: bytes | None = None
    words: str | None = None


def entries(*, size: int, words: bool = False) -> Iterator[Read]:
    """Every entry: the first `size` of the tree in its order, then those that wait, in the order they will have.

    What gets its place meanwhile still counts as waiting, so that none is missed between the two.
    """
    with transaction.atomic():
        for statement in (PLACED, WAITING):
            yield from _read(_with_words(statement) if words else statement, size)


def _with_words(statement: str) -> str:
    joined = statement.replace("\n    FROM", ", words.salt, words.words\n    FROM", 1)
    return re.sub(
        r"(?=\n    (WHERE|ORDER))",
        "\n    LEFT JOIN audit_words AS words ON words.entry = entry.entry",
        joined,
        count=1,
    )


def _read(statement: str, size: int) -> Iterator[Read]:
    with connection.chunked_cursor() as cursor:
        cursor.itersize = AT_A_TIME
        cursor.execute(statement, [size])
        while rows := cursor.fetchmany(AT_A_TIME):
            for place, placed, entry, leaf, before, detail, after, *words in rows:
                content = None if before is None else before.encode() + _canonical(detail) + after.encode()
                yield Read(place, placed, entry, leaf, content, *words)


@lru_cache(maxsize=4096)
def _canonical(detail: str) -> bytes:
    return rfc8785.dumps(json.loads(detail))


COLUMNS = """
    entry.entry::text, entry.leaf,
    '{"action":' || to_json(entry.action::text) || ',"agency":"' || coalesce(entry.agency::text, '')
    || '","at":"' || to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
    || '+00:00","commitment":' || to_json(entry.commitment::text) || ',"detail":',
    entry.detail::text,
    ',"entry":"' || entry.entry || '","people":' || array_to_json(entry.people)
    || ',"practitioner":"' || coalesce(entry.practitioner::text, '') || '","purpose":' || to_json(entry.purpose::text)
    || ',"roles":' || array_to_json(entry.roles) || ',"thing":' || to_json(entry.thing::text) || '}'
"""
PLACED = f"""
    SELECT leaf.place, leaf.hash, {COLUMNS}
    FROM audit_leaf AS leaf LEFT JOIN audit_entry AS entry ON entry.id = leaf.entry_id
    WHERE leaf.place < %s
    ORDER BY leaf.place
"""  # noqa: S608 - constants of this module
WAITING = f"""
    SELECT NULL::bigint, NULL::bytea, {COLUMNS}
    FROM audit_entry AS entry
    WHERE NOT EXISTS (SELECT FROM audit_leaf AS leaf WHERE leaf.entry_id = entry.id AND leaf.place < %s)
    ORDER BY entry.epoch, entry.xid, entry.id
"""  # noqa: S608 - constants of this module
