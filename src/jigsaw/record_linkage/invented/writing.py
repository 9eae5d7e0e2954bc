"""How do a million invented records get into a file without filling the memory?

Written by pyarrow in chunks, so that memory does not grow with the number of records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from jigsaw.record_linkage.invented.sources import RawRecord

CHUNK = 50_000
TRUTH = ("person_id", "household_id", "name_group")
_NUMBERS = frozenset({"record_id", "person_id", "household_id"})

SCHEMA = pa.schema([(name, pa.int64() if name in _NUMBERS else pa.string()) for name in RawRecord._fields])


def tables(records: Iterable[RawRecord], chunk: int = CHUNK) -> Iterator[pa.Table]:
    """The records as Arrow tables of at most `chunk` rows each, with SCHEMA's columns."""
    rest = iter(records)
    while rows := list(islice(rest, chunk)):
        columns = list(zip(*rows, strict=True))
        arrays = [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)]
        yield pa.Table.from_arrays(arrays, schema=SCHEMA)


def write(path: Path, records: Iterable[RawRecord]) -> int:
    """Write the records to a Parquet file, or to a CSV file where the name ends in .csv; returns how many."""
    written = 0
    opened = pa.csv.CSVWriter if path.suffix == ".csv" else pa.parquet.ParquetWriter
    with opened(path, SCHEMA) as out:
        for table in tables(records):
            out.write_table(table)
            written += table.num_rows
    return written
