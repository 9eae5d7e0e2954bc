"""Which pairs of records of a table may be one person, how likely is it, and may that link by itself?

Splink finds the pairs and adds up the weights. The guard is the one that the interactive comparison applies: it
looks only at levels, so it is asked once for every combination of levels that occurs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from splink import Linker

from jigsaw.record_linkage.bulk.doors import Door
from jigsaw.record_linkage.bulk.reaching import RECORDS, levels_reached
from jigsaw.record_linkage.bulk.settings import FREQUENCY_COLUMNS, affordable, splink_settings
from jigsaw.record_linkage.guard import contradictions, guard_of
from jigsaw.record_linkage.levels import reached_by_code
from jigsaw.record_linkage.model import UNLISTED, Model

# The comparisons whose levels the guard looks at.
_GUARDED_BY = ("nhs_number", "given_name", "birth_date")

PAIRS_SCHEMA = pa.schema(
    [
        pa.field("left_id", pa.string()),
        pa.field("right_id", pa.string()),
        pa.field("weight", pa.float64()),
        pa.field("probability", pa.float64()),
        pa.field("guarded", pa.bool_()),
        pa.field("contradicted", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Pairs:
    """Scored pairs: left_id, right_id, weight (bits), probability; whether a person must decide (guarded) and
    whether something speaks for two people (contradicted): see `guard`."""

    table: pa.Table


def linker_for(
    frame: Any, model: Model, door: Door, *, index_size: int, link_type: str = "dedupe_only"
) -> Linker:
    """Splink's linker over a registered table, with the model's own name frequencies."""
    wide = affordable(door, RECORDS, index_size)
    settings = splink_settings(
        model, dialect=door.dialect, index_size=index_size, link_type=link_type, wide=wide
    )
    return Linker(frame, settings, log_level=logging.WARNING)


def score_pairs(
    table: pa.Table,
    model: Model,
    door: Door,
    *,
    index_size: int | None = None,
    least_weight: float = -10.0,
    link_type: str = "dedupe_only",
) -> Pairs:
    """Score all pairs that share a blocking key; those of at least `least_weight` bits are returned.

    `index_size` is the number of people among whom matches are sought, by default the number of records.
    """
    frame = door.register(table, RECORDS)
    linker = linker_for(frame, model, door, index_size=index_size or len(table), link_type=link_type)
    register_frequencies(linker, table, model, door)
    found = linker.inference.predict(threshold_match_weight=least_weight)
    return _guarded(found.physical_name, door)


def register_frequencies(linker: Linker, table: pa.Table, model: Model, door: Door) -> None:
    """Tell Splink how common each name of the table is by the model, not by the table."""
    for comparison, column in FREQUENCY_COLUMNS.items():
        if comparison not in model.name_frequencies:
            continue
        rows = _frequencies(table, column, model.name_frequencies[comparison])
        frame = door.register(rows, f"frequency_of_{column}")
        linker.table_management.register_term_frequency_lookup(frame, column)


def _frequencies(table: pa.Table, column: str, listed: Any) -> pa.Table:
    unlisted = listed.get(UNLISTED)
    names = [name for name in pc.unique(table[column]).to_pylist() if name]
    known = [(name, listed.get(name, unlisted)) for name in names]
    kept = [(name, frequency) for name, frequency in known if frequency]
    return pa.table(
        {
            column: pa.array([name for name, _f in kept], pa.string()),
            f"tf_{column}": pa.array([frequency for _n, frequency in kept], pa.float64()),
        }
    )


def _guarded(predicted: str, door: Door) -> Pairs:
    """The predictions with, for each, whether the guard speaks."""
    door.keep(
        "scored",
        f"SELECT unique_id_l AS left_id, unique_id_r AS right_id, match_weight AS weight, "  # noqa: S608
        f"match_probability AS probability FROM {predicted}",
    )
    also = ", weight, probability"
    door.keep("reached", levels_reached("scored", _GUARDED_BY, door.dialect, also=also))
    levels = ", ".join(_GUARDED_BY)
    combinations = door.ask(f"SELECT DISTINCT {levels}, unborn FROM reached")  # noqa: S608
    verdicts = list(_verdicts(combinations))
    for place, name in enumerate(("guarded", "contradicted")):
        combinations = combinations.append_column(name, pa.array([v[place] for v in verdicts], pa.bool_()))
    door.register(combinations, "guard_verdicts")
    same = " AND ".join(f"p.{name} = g.{name}" for name in (*_GUARDED_BY, "unborn"))
    rows = door.ask(
        f"SELECT left_id, right_id, weight, probability, guarded, contradicted FROM reached AS p "  # noqa: S608
        f"JOIN guard_verdicts AS g ON {same}"
    )
    return Pairs(rows.cast(PAIRS_SCHEMA))


def _verdicts(combinations: pa.Table) -> Iterator[tuple[bool, bool]]:
    for row in combinations.to_pylist():
        found = {name: reached_by_code(name, row[name]) for name in _GUARDED_BY if row[name]}
        yield bool(guard_of(found, unborn=row["unborn"])), bool(contradictions(found))
