"""Invented records in files: Parquet and CSV hold the same, in chunks."""

from __future__ import annotations

from pathlib import Path

import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from jigsaw.record_linkage.invented import RawRecord, families, sources, tables, write


def _held(count: int = 300) -> list[RawRecord]:
    return list(sources(families(count, 2), 2))


def test_parquet_and_csv_hold_every_record(tmp_path: Path) -> None:
    held = _held()
    for name in ("held.parquet", "held.csv"):
        assert write(tmp_path / name, held) == len(held)
    whole = parquet.read_table(tmp_path / "held.parquet")
    assert [RawRecord(*row.values()) for row in whole.to_pylist()] == held
    assert arrow_csv.read_csv(tmp_path / "held.csv").num_rows == len(held)


def test_no_chunk_is_larger_than_asked() -> None:
    held = _held()
    sizes = [table.num_rows for table in tables(iter(held), chunk=100)]
    assert sum(sizes) == len(held)
    assert max(sizes) == 100
    assert all(size == 100 for size in sizes[:-1])
