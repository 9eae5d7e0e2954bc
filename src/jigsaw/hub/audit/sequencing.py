"""Which place does an entry have in the tree? Given asynchronously, by one process at a time, and never again.

Writers only insert; none waits for another. The order is that of (xid, id) below the oldest transaction still
running: below it nothing can appear any more, so that places have no gap and no entry is passed over, whatever the
order in which transactions commit. Each step is one transaction; one that is killed leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from jigsaw.hub.audit import merkle
from jigsaw.hub.audit.models import Subtree

AT_A_TIME = 8192
"""Entries a step: the most that are held in memory."""
EVERY = 8
"""Subtrees are kept of every eighth height."""
WIDTH = 1 << EVERY


def place_all() -> int:
    """Give every entry that can have one its place; returns how many. Twice changes nothing."""
    count = 0
    while placed := place_some():
        count += placed
    return count


@transaction.atomic
def place_some(limit: int = AT_A_TIME) -> int:
    """Place the next entries, at most `limit`; returns how many. None if another process is at it."""
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        state = cursor.fetchone()
        if state is None:
            return 0
        size, epoch, xid, after, latest = state
        if epoch < latest:
            cursor.execute(LEFT_OVER, [latest, limit, size])
        else:
            cursor.execute(PLACE, [epoch, str(xid), after, limit, size])
        rows = cursor.fetchall()
        if rows:
            _grow(0, size, [bytes(row[0]) for row in rows])
            cursor.execute(MOVE_ON, [size + len(rows), rows[-1][1], rows[-1][2]])
        elif epoch < latest:
            cursor.execute(NEXT_EPOCH, [latest])
            return place_some(limit)
    return len(rows)


STATE = """
    SELECT size, epoch, after_xid, after_id, (SELECT coalesce(max(number), 1) FROM audit_epoch)
    FROM audit_tree FOR UPDATE OF audit_tree SKIP LOCKED
"""
NEXT_EPOCH = "UPDATE audit_tree SET epoch = %s, after_xid = 0, after_id = 0"
PLACE = """
    WITH next AS MATERIALIZED (
        SELECT id, epoch, xid, leaf FROM audit_entry
        WHERE epoch = %s AND (xid, id) > (%s::xid8, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY xid, id LIMIT %s
    ), placed AS (
        INSERT INTO audit_leaf (place, entry_id, hash)
        SELECT %s + row_number() OVER (ORDER BY epoch, xid, id) - 1, id, leaf FROM next
        RETURNING place, entry_id, hash
    )
    SELECT placed.hash, next.xid::text, next.id FROM placed JOIN next ON next.id = placed.entry_id
    ORDER BY placed.place
"""
# After a restore transactions may count from the beginning again. Whatever was written before it is certain, since
# beginning an epoch waited for it, and takes the places that are next.
LEFT_OVER = PLACE.replace(
    "epoch = %s AND (xid, id) > (%s::xid8, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot())",
    "epoch < %s AND NOT EXISTS (SELECT FROM audit_leaf AS leaf WHERE leaf.entry_id = audit_entry.id)",
).replace("ORDER BY xid, id LIMIT", "ORDER BY epoch, xid, id LIMIT")
MOVE_ON = "UPDATE audit_tree SET size = %s, after_xid = %s::bigint, after_id = %s"


def _grow(height: int, first: int, hashes: list[bytes]) -> None:
    """Keep each subtree that these nodes of `height`, from index `first` on, complete."""
    begun = first % WIDTH
    nodes = _stored(height, first - begun, first) + hashes
    whole = [merkle.root(nodes[at : at + WIDTH]) for at in range(0, len(nodes) - WIDTH + 1, WIDTH)]
    if whole:
        above, index = height + EVERY, first // WIDTH
        Subtree.objects.bulk_create(
            Subtree(height=above, index=index + at, hash=node) for at, node in enumerate(whole)
        )
        _grow(above, index, whole)


def _stored(height: int, start: int, end: int) -> list[bytes]:
    """The nodes of a kept height from index `start` (inclusive) to `end` (exclusive), in order."""
    if start == end:
        return []
    with connection.cursor() as cursor:
        if height == 0:
            cursor.execute(LEAVES, [start, end])
        else:
            cursor.execute(SUBTREES, [height, start, end])
        return [bytes(node) for (node,) in cursor.fetchall()]


LEAVES = "SELECT hash FROM audit_leaf WHERE place >= %s AND place < %s ORDER BY place"
SUBTREES = """
    SELECT hash FROM audit_subtree WHERE height = %s AND index >= %s AND index < %s ORDER BY index
"""


class Stored:
    """The subtrees of the tree as far as it is kept, for proofs: a `merkle.Node` that reads each row of 256 once."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int], Sequence[bytes]] = {}

    def __call__(self, height: int, index: int) -> bytes:
        kept = height - height % EVERY
        width = 1 << height - kept
        row, at = divmod(index * width, WIDTH)
        return merkle.root(self._row(kept, row)[at : at + width])

    def _row(self, height: int, row: int) -> Sequence[bytes]:
        if (height, row) not in self._rows:
            self._rows[height, row] = _stored(height, row * WIDTH, (row + 1) * WIDTH)
        return self._rows[height, row]


def size() -> int:
    """How many entries have their place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM audit_tree")
        return int(cursor.fetchone()[0])


def waiting_since() -> datetime | None:
    """When the oldest entry was made that has no place yet; None if none waits."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_WAITING)
        found: datetime | None = cursor.fetchone()[0]
        return found


OLDEST_WAITING = """
    SELECT min(entry.at) FROM audit_tree AS tree JOIN audit_entry AS entry
    ON entry.epoch = tree.epoch AND (entry.xid, entry.id) > (tree.after_xid::text::xid8, tree.after_id)
"""
