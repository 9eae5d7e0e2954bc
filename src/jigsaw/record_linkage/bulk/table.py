"""How do records become a table that SQL can compare?

One row is one record: its `Columns`, and beside them the keys under which pairs are sought (`block_…`). Made in
pieces, so that memory follows the size of the table and not of the Python objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyarrow as pa

from jigsaw.record_linkage.columns import NAMES, NUMBERS, SHOWN, SINGLE, Columns
from jigsaw.record_linkage.sounds import sound_codes

AT_ONCE = 20_000

COMPARED = tuple(name for name in NAMES if name not in SHOWN)
BLOCKING = (
    "block_nhs", "block_upn", "block_number", "block_mother", "block_contact", "block_home", "block_postcode",
    "block_outcode", "block_street", "block_first", "block_family", "block_initial", "block_year", "block_monthday",
    "block_month",
)  # fmt: skip


def _type_of(name: str) -> pa.DataType:
    value = pa.int32() if name in NUMBERS else pa.string()
    return value if name in SINGLE else pa.list_(value)


SCHEMA = pa.schema(
    [
        pa.field("unique_id", pa.string()),
        pa.field("source_dataset", pa.string()),
        *(pa.field(name, _type_of(name)) for name in COMPARED),
        *(pa.field(name, pa.string()) for name in BLOCKING),
    ]
)


def table_of(records: Iterable[tuple[str, str, Columns]]) -> pa.Table:
    """A table of (id, source, columns), one row a record. Ids are unique over all sources.

    Raises ValueError when a record holds two values where one record has at most one: a person joined of
    several records is no record.
    """
    return pa.Table.from_batches(batches(records), schema=SCHEMA)


def batches(records: Iterable[tuple[str, str, Columns]]) -> Iterator[pa.RecordBatch]:
    """The rows of `table_of`, `AT_ONCE` at a time."""
    rows = iter(records)
    while chunk := list(islice(rows, AT_ONCE)):
        yield _batch(chunk)


def _batch(chunk: list[tuple[str, str, Columns]]) -> pa.RecordBatch:
    blocks = [_blocks(columns) for _id, _source, columns in chunk]
    arrays = [
        pa.array([each[0] for each in chunk], pa.string()),
        pa.array([each[1] for each in chunk], pa.string()),
        *(
            pa.array([_cell(name, getattr(each[2], name)) for each in chunk], _type_of(name))
            for name in COMPARED
        ),
        *(
            pa.array([block[place] or None for block in blocks], pa.string())
            for place in range(len(BLOCKING))
        ),
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _cell(name: str, values: tuple[Any, ...]) -> Any:
    if not values:
        return None
    if name not in SINGLE:
        return values
    if len(values) > 1:
        raise ValueError(f"One record has {len(values)} values of {name}. Compare records, not persons.")
    return values[0]


def _blocks(columns: Columns) -> tuple[str, ...]:
    """The keys of a record in the order of `BLOCKING`; empty where it has none."""
    born = _first(columns.born)
    return (
        _first(columns.nhs),
        _first(columns.upn),
        _first(columns.number),
        _first(columns.mother),
        _first(columns.contact),
        _first(columns.home),
        _first(columns.postcode_main),
        _first(columns.outcode),
        _first(columns.street),
        _sound(min(columns.called_roots, default="")),
        _sound(_first(columns.family_main)),
        _first(columns.called_initial),
        _first(columns.month_year) or (str(columns.year[0]) if columns.year else ""),
        born[5:],
        _first(columns.month),
    )


def _sound(name: str) -> str:
    return sound_codes(name)[0] if name else ""


def _first(values: tuple[str, ...]) -> str:
    return values[0] if values else ""
