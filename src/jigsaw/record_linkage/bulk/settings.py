"""How does the model read in Splink's own terms?

The sentences of `levels` become Splink's comparison levels, the weights of the model their m and u, and the
tables of name frequencies its term frequencies; nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jigsaw.record_linkage.bulk.doors import Door
from jigsaw.record_linkage.levels import LADDERS, Ladder
from jigsaw.record_linkage.model import Model
from jigsaw.record_linkage.terms import Always, Dialect, Term, every, some

# Which columns hold the names whose frequency counts, by comparison: see `Model.commonness_bits`.
FREQUENCY_COLUMNS = {"given_name": "called", "family_name": "family_main"}

# Pairs are sought by these keys, the surest first. Those of one home are all sought, so that what a home teaches
# is learnt from all its pairs.
BLOCKING_RULES: tuple[tuple[str, ...], ...] = (
    ("block_nhs",),
    ("block_upn",),
    ("block_number",),
    ("block_mother",),
    ("block_contact",),
    ("block_home",),
    ("born", "block_first"),
    ("born", "block_family"),
    ("born", "block_postcode"),
    ("born", "block_outcode"),
    ("born", "block_initial"),
    ("block_first", "block_family", "block_year"),
    ("block_first", "block_family", "block_monthday"),
    ("block_first", "block_family", "block_outcode"),
    ("block_postcode", "block_first"),
    ("block_postcode", "block_family"),
    ("block_outcode", "block_street", "block_first"),
    ("block_outcode", "block_street", "block_family", "block_year"),
    ("block_family", "block_month", "block_outcode"),
)
CROSSED_RULES = (
    "l.born = r.born_swapped AND l.block_first = r.block_first",
    "l.born = r.born_swapped AND l.block_family = r.block_family",
    "l.block_first = r.block_family AND l.block_family = r.block_first AND l.block_year = r.block_year",
)


# Wider keys, for files in which they bring few enough pairs together: see `affordable`.
WIDE_RULES: tuple[tuple[str, ...], ...] = (
    ("born",),
    ("block_postcode",),
    ("block_first", "block_family"),
    ("block_first", "block_year"),
    ("block_family", "block_year"),
    ("block_first", "block_monthday"),
    ("block_family", "block_monthday"),
    ("block_first", "block_outcode"),
    ("block_family", "block_outcode"),
    ("block_outcode", "block_street"),
)
PAIRS_AFFORDED = 10
"""How many pairs for each record a wide key may bring together."""


def affordable(door: Door, records: str, size: int) -> list[tuple[str, ...]]:
    """Which of `WIDE_RULES` bring few enough pairs together in this table."""
    return [rule for rule in WIDE_RULES if _pairs_by(rule, door, records) <= PAIRS_AFFORDED * size]


def _pairs_by(rule: tuple[str, ...], door: Door, records: str) -> int:
    keys = ", ".join(rule)
    known = " AND ".join(f"{column} IS NOT NULL" for column in rule)
    grouped = f"SELECT count(*) AS n FROM {records} WHERE {known} GROUP BY {keys}"  # noqa: S608
    counted = door.ask(f"SELECT coalesce(sum(n * (n - 1) / 2), 0) AS pairs FROM ({grouped}) AS groups")  # noqa: S608
    return int(counted["pairs"][0].as_py())


def splink_settings(
    model: Model,
    *,
    dialect: Dialect,
    index_size: int,
    link_type: str,
    wide: Iterable[tuple[str, ...]] = (),
) -> dict[str, Any]:
    """Settings for `splink.Linker`, with weights for an index of `index_size` people.

    `link_type` is Splink's: dedupe_only, link_only or link_and_dedupe. `wide` are further blocking keys.
    """
    return {
        "link_type": link_type,
        "sql_dialect": dialect,
        "unique_id_column_name": "unique_id",
        "source_dataset_column_name": "source_dataset",
        "probability_two_random_records_match": model.chance(index_size),
        "comparisons": [_comparison(name, model, dialect, index_size) for name in LADDERS],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": rule, "sql_dialect": dialect} for rule in _rules(wide)
        ],
        "retain_intermediate_calculation_columns": False,
        "retain_matching_columns": False,
    }


def _rules(wide: Iterable[tuple[str, ...]]) -> list[str]:
    rules = (*BLOCKING_RULES, *wide)
    plain = [" AND ".join(f"l.{column} = r.{column}" for column in rule) for rule in rules]
    return [*plain, *CROSSED_RULES]


def conditions(ladder: Ladder) -> list[tuple[str, Term]]:
    """What must hold for each weighed level, in the order asked, given that none before it held."""
    by_code = dict(ladder.levels)
    apart: list[tuple[str, Term]] = []
    for mark, circumstance in ladder.circumstances():
        for name, levels in ladder.groups:
            reached = [by_code[level] for level in levels]
            last = any(isinstance(term, Always) for term in reached)
            apart.append((name + mark, circumstance if last else every(circumstance, some(*reached))))
    return [*apart, *ladder.levels]


def _comparison(name: str, model: Model, dialect: Dialect, index_size: int) -> dict[str, Any]:
    ladder = LADDERS[name]
    levels = [_level(name, code, term, model, dialect, index_size) for code, term in conditions(ladder)]
    silent = {
        "sql_condition": ladder.silent.sql(dialect),
        "label_for_charts": "missing",
        "is_null_level": True,
    }
    return {"output_column_name": name, "comparison_levels": [silent, *levels]}


def _level(
    name: str, code: str, term: Term, model: Model, dialect: Dialect, index_size: int
) -> dict[str, Any]:
    m, u = model.m_and_u(name, code, index_size)
    level: dict[str, Any] = {
        "sql_condition": term.sql(dialect),
        "label_for_charts": code,
        "m_probability": m,
        "u_probability": u,
    }
    if code == "exact" and name in FREQUENCY_COLUMNS and name in model.name_frequencies:
        level |= {"tf_adjustment_column": FREQUENCY_COLUMNS[name], "disable_tf_exact_match_detection": True}
    return level


def level_sql(name: str, dialect: Dialect) -> str:
    """The weighed level of a comparison as text, empty when it is silent, over the columns `…_l` and `…_r`."""
    ladder = LADDERS[name]
    asked = [("", ladder.silent), *conditions(ladder)]
    whens = [f"WHEN {term.sql(dialect)} THEN '{code}'" for code, term in asked[:-1]]
    return f"CASE {' '.join(whens)} ELSE '{asked[-1][0]}' END AS {name}"
