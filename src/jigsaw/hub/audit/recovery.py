"""Is the log in a restored database the one that was signed for when the backup was taken?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from jigsaw.hub.audit import merkle, notes, queries, sequencing
from jigsaw.hub.audit.models import Key


@dataclass(frozen=True)
class Proof:
    """What was found in a restored database.

    `entries`: how many there are; `signed`: over how many of them the last head of the backup was signed (0: none was);
    `wrong`: what does not fit, in words; empty if all does.
    """

    entries: int
    signed: int
    root: str
    wrong: tuple[str, ...]


def described(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """Name, epoch and size of the log, and its last signed head (a note; "" if there is none), as a backup has them.

    Asked of a connection of its own, so that it is of the same moment as the dump.
    """
    log = connection.execute("SELECT origin, epoch, size FROM audit_tree").fetchone()
    head = connection.execute("SELECT note FROM audit_head ORDER BY id DESC LIMIT 1").fetchone()
    assert log is not None
    return {"origin": log[0], "epoch": log[1], "size": log[2], "head": head[0] if head else ""}


def proved(told: dict[str, Any]) -> Proof:
    """Compute the log of the database in use anew, and hold it against what the backup says of itself."""
    found = queries.verify()
    wrong = [*found.wrong, *(f"An entry is not what it was: {one}." for one in found.damaged)]
    if sequencing.size() < told["size"]:
        wrong.append(f"{told['size']} entries had their place, and {sequencing.size()} are here.")
    if not told["head"]:
        return Proof(
            found.entries, 0, found.root, (*wrong, "No head was signed: nothing shows that this is all.")
        )
    head = notes.read(told["head"])
    if head.origin != told["origin"]:
        wrong.append("The head is of another log.")
    if not any(
        notes.signed_by(told["head"], name=head.origin, public=bytes(key.public)) for key in Key.objects.all()
    ):
        wrong.append("The head bears no signature of this hub.")
    if head.size > sequencing.size() or merkle.root_of(sequencing.Stored(), head.size) != head.root:
        wrong.append(f"The first {head.size} entries are not those that were signed for.")
    return Proof(found.entries, head.size, found.root, tuple(wrong))
