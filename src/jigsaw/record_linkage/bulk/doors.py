"""Where does the SQL run: in this process on DuckDB, or on a Spark session that the caller brings?"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from splink.backends.duckdb import DuckDBAPI

from jigsaw.record_linkage.sounds import likeness
from jigsaw.record_linkage.terms import SPELLED_ALIKE, Dialect

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class Door(Protocol):
    """One place that runs Splink's SQL."""

    dialect: Dialect

    @property
    def api(self) -> Any:
        """Splink's database API."""
        ...

    def register(self, table: pa.Table, name: str) -> Any:
        """Make a table known, as Splink's frame."""
        ...

    def keep(self, name: str, sql: str) -> None:
        """Run a statement and keep its rows as a table of this name."""
        ...

    def ask(self, sql: str) -> pa.Table:
        """Run a statement and bring its rows here."""
        ...


class OnDuckDB:
    """DuckDB in this process. `memory` is its limit, such as "1GB"; what does not fit goes to `spill`."""

    dialect: Dialect = "duckdb"

    def __init__(self, *, memory: str = "1GB", threads: int = 2, spill: Path | None = None) -> None:
        self._spill = TemporaryDirectory(prefix="jigsaw-link-", dir=spill)
        self._connection = duckdb.connect(
            str(Path(self._spill.name) / "link.duckdb"),
            config={
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": self._spill.name,
                "preserve_insertion_order": False,
            },
        )
        self._api = DuckDBAPI(self._connection)

    @property
    def api(self) -> Any:
        return self._api

    def register(self, table: pa.Table, name: str) -> Any:
        # Copied in, because a table of another library is scanned by one thread only.
        self._connection.register(f"{name}_arriving", table)
        self.keep(name, f"FROM {name}_arriving")
        self._connection.unregister(f"{name}_arriving")
        return self._api.register(name)

    def keep(self, name: str, sql: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS {sql}")

    def ask(self, sql: str) -> pa.Table:
        return self._connection.sql(sql).to_arrow_table()

    def close(self) -> None:
        """Give back memory and disk."""
        self._connection.close()
        self._spill.cleanup()


class OnSpark:
    """A Spark session, started with Splink's similarity jar (`splink.backends.spark`)."""

    dialect: Dialect = "spark"

    def __init__(self, session: SparkSession, *, folder: Path) -> None:
        """`folder` must be readable by every executor; tables pass through it as Parquet.

        Executors run Python with this package installed, because spelling is compared by one function everywhere.
        """
        from splink.backends.spark import SparkAPI

        self._session, self._folder = session, folder
        # Splink's jar rounds similarity otherwise than DuckDB and Python do; one function for all three.
        session.udf.register(SPELLED_ALIKE, _likeness, "double")
        session.sparkContext.setCheckpointDir(str(folder / "checkpoints"))
        self._api: Any = SparkAPI(spark_session=session, break_lineage_method="parquet")  # type: ignore[no-untyped-call]

    @property
    def api(self) -> Any:
        return self._api

    def register(self, table: pa.Table, name: str) -> Any:
        path = self._folder / f"{name}.parquet"
        pq.write_table(table, path)
        frame = self._session.read.parquet(str(path))
        frame.createOrReplaceTempView(name)
        return self._api.register(frame)

    def keep(self, name: str, sql: str) -> None:
        path = str(self._folder / f"kept_{name}.parquet")
        self._session.sql(sql).write.mode("overwrite").parquet(path)
        self._session.read.parquet(path).createOrReplaceTempView(name)

    def ask(self, sql: str) -> pa.Table:
        return self._session.sql(sql).toArrow()


def _likeness(left: str | None, right: str | None) -> float | None:
    return None if left is None or right is None else likeness(left, right)
