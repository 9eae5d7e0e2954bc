"""Write it down, in the same transaction as the act: no entry, no act; no entry, no data."""

import os
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import rfc8785
from django.db import connection

from jigsaw.hub.audit import merkle
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import UTC
from jigsaw.hub.kit.ids import uuid7


def record(
    *,
    actor: Actor,
    action: str,
    now: datetime,
    purpose: str = "",
    people: Iterable[UUID] = (),
    thing: str = "",
    detail: dict[str, Any] | None = None,
    words: str = "",
) -> UUID:
    """Append one entry and return its id.

    `action` is a code such as "person.viewed"; `purpose` names what it was for, such as
    "enquiry E-…"; `people` are the ids of the persons concerned; `detail` holds ids, codes and
    counts only; anything that could name a person goes in `words`. Raises RuntimeError outside a
    transaction, because the entry and the act must stand or fall together.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An audit entry must be written in the transaction of the act it records.")
    fields.check_text("words", words)
    salt = os.urandom(16) if words else b""
    row = Entry(
        entry=uuid7(),
        at=now,
        practitioner=actor.practitioner_id,
        agency=actor.agency_id,
        roles=sorted(actor.roles),
        action=action,
        purpose=purpose[:120],
        people=sorted(set(people)),
        thing=thing,
        detail=detail or {},
        commitment=sha256(salt + words.encode()).hexdigest() if words else "",
    )
    row.leaf = merkle.leaf_hash(canonical(row))
    _write(row, salt, words)
    return row.entry


# One statement for entry and words, because nearly every page waits for it.
COLUMNS = (
    "entry", "at", "practitioner", "agency", "roles", "action", "purpose", "people", "thing", "detail", "commitment", "leaf",
)  # fmt: skip
WRITE = """
    INSERT INTO audit_entry
        (entry, at, practitioner, agency, roles, action, purpose, people, thing, detail, commitment, leaf)
    VALUES (%s, %s, %s, %s, %s::varchar[], %s, %s, %s::uuid[], %s, %s, %s, %s)
"""
WRITE_WITH_WORDS = (
    f"WITH written AS ({WRITE} RETURNING entry) INSERT INTO audit_words (entry, salt, words) "  # noqa: S608 - constants alone
    "SELECT entry, %s, %s FROM written"
)


def _write(row: Entry, salt: bytes, words: str) -> None:
    kept = [(Entry._meta.get_field(name), getattr(row, name)) for name in COLUMNS]
    values = [field.get_db_prep_save(value, connection) for field, value in kept]
    with connection.cursor() as cursor:
        if words:
            cursor.execute(WRITE_WITH_WORDS, [*values, salt, words])
        else:
            cursor.execute(WRITE, values)


def canonical(row: Entry) -> bytes:
    """The row as canonical JSON (RFC 8785): what its leaf hash commits to."""
    return rfc8785.dumps(
        {
            "entry": str(row.entry),
            "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "practitioner": str(row.practitioner or ""),
            "agency": str(row.agency or ""),
            "roles": list(row.roles),
            "action": row.action,
            "purpose": row.purpose,
            "people": [str(person) for person in row.people],
            "thing": row.thing,
            "detail": row.detail,
            "commitment": row.commitment,
        }
    )
