"""Which levels did pairs reach? Asked in SQL of pairs that Splink found, since Splink keeps only their score."""

from __future__ import annotations

from collections.abc import Iterable

from jigsaw.record_linkage.bulk.settings import level_sql
from jigsaw.record_linkage.bulk.table import COMPARED
from jigsaw.record_linkage.terms import Dialect

RECORDS = "records"
"""The name under which `doors` register the table of records."""


def levels_reached(pairs: str, comparisons: Iterable[str], dialect: Dialect, *, also: str = "") -> str:
    """A statement: for each row of `pairs` (left_id, right_id), the weighed level of each comparison, and `unborn`.

    `also` names further columns of `pairs` to keep.
    """
    columns = ", ".join(f"{side}.{name} AS {name}_{side}" for name in COMPARED for side in "lr")
    both = (
        f"SELECT p.*, {columns} FROM {pairs} AS p "  # noqa: S608 (names of ours alone)
        f"JOIN {RECORDS} AS l ON l.unique_id = p.left_id JOIN {RECORDS} AS r ON r.unique_id = p.right_id"
    )
    reached = ", ".join(level_sql(name, dialect) for name in comparisons)
    unborn = " OR ".join(f"(due_day_{side} IS NOT NULL AND any_day_{side} IS NULL)" for side in "lr")
    return f"SELECT left_id, right_id{also}, {reached}, ({unborn}) AS unborn FROM ({both}) AS side_by_side"  # noqa: S608
