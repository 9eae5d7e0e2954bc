"""What would the same search take if Splink did it, as other person indexes do?

Twice: `BySplink` scores the hundred likeliest records by our keys with `compare_records` on DuckDB, whose SQL is made
once; `BlockedBySplink` has no keys of ours and finds matches among all records by Splink's own blocking. Weights are
ours. Splink compares records, not persons, so what it ranks is records.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from django.db import connection, transaction
from splink import Linker
from splink.internals.realtime import compare_records

from jigsaw import record_linkage as linkage
from jigsaw.hub.people import filing
from jigsaw.record_linkage import query_text
from jigsaw.record_linkage.bulk import OnDuckDB, table_of
from jigsaw.record_linkage.bulk.scoring import register_frequencies
from jigsaw.record_linkage.bulk.settings import FREQUENCY_COLUMNS, splink_settings
from jigsaw.record_linkage.invented import WORLD_DAY
from jigsaw.record_linkage.model import UNLISTED, default_model

CANDIDATES = """
    SELECT brought.record_id, filed.columns
    FROM (
        SELECT found.record_id, sum(wanted.weight) AS weight
        FROM unnest(%s::bigint[], %s::float8[]) AS wanted(key, weight)
        CROSS JOIN LATERAL (
            SELECT record_id FROM people_recordkey AS held WHERE held.key = wanted.key LIMIT 100
        ) AS found
        GROUP BY found.record_id ORDER BY weight DESC LIMIT 100
    ) AS brought
    JOIN people_matchrow AS filed USING (record_id)
"""


class BySplink:
    """Splink's settings, ready; `ask` is one search."""

    def __init__(self, index_size: int) -> None:
        self._door = OnDuckDB(memory="1GB", threads=2)
        self._model = default_model()
        self._settings = splink_settings(
            self._model, dialect="duckdb", index_size=index_size, link_type="link_only"
        )

    def ask(self, text: str) -> list[dict[str, Any]]:
        """From text to ranked records."""
        asked = query_text.parse(text, WORLD_DAY)
        wanted = linkage.query_keys(asked)
        with connection.cursor() as cursor:
            cursor.execute(CANDIDATES, [list(wanted), list(wanted.values())])
            rows = [(str(pk), "index", filing.read(columns)) for pk, columns in cursor.fetchall()]
        compared = compare_records(
            self._table([("asked", "query", linkage.columns_of(asked))]),
            self._table(rows),
            self._settings,
            self._door.api,
            sql_cache_key="find",
        )
        return sorted(compared.as_record_list(), key=lambda row: -row["match_weight"])

    def _table(self, rows: list[tuple[str, str, linkage.Columns]]) -> pa.Table:
        """The rows as Splink compares them, with how common each name is."""
        table = table_of(rows)
        for comparison, column in FREQUENCY_COLUMNS.items():
            listed = self._model.name_frequencies.get(comparison, {})
            common = [listed.get(name, listed.get(UNLISTED)) for name in table[column].to_pylist()]
            table = table.append_column(f"tf_{column}", pa.array(common, pa.float64()))
        return table


class BlockedBySplink:
    """All records as Splink's own table, with how common names are worked out once; `ask` is one search."""

    def __init__(self, index_size: int) -> None:
        door, model = OnDuckDB(memory="4GB", threads=2), default_model()
        table = table_of(_all_records())
        settings = splink_settings(model, dialect="duckdb", index_size=index_size, link_type="dedupe_only")
        self._door, self._held = door, door.register(table, "held")
        self._linker = Linker(self._held, settings, log_level=logging.WARNING)
        register_frequencies(self._linker, table, model, door)

    def ask(self, text: str) -> list[dict[str, Any]]:
        """From text to ranked records."""
        asked = linkage.columns_of(query_text.parse(text, WORLD_DAY))
        found = self._linker.inference.predict_between(
            self._door.register(table_of([("asked", "query", asked)]), "asked"),
            self._held,
            threshold_match_weight=-10.0,
        )
        return sorted(found.as_record_list(), key=lambda row: -row["match_weight"])


@transaction.atomic
def _all_records() -> Iterator[tuple[str, str, linkage.Columns]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute("SELECT record_id, columns FROM people_matchrow")
        for pk, columns in cursor:
            yield str(pk), "index", filing.read(columns)
