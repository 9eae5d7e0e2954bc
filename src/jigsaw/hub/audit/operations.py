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
from jigsaw.hub.audit.models import Entry, Words
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
    row.save(force_insert=True)
    if words:
        Words.objects.create(entry=row.entry, salt=salt, words=words)
    return row.entry


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
