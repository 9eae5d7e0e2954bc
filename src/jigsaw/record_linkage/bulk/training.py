"""What do the records of a file themselves teach about how much each level of agreement is worth?

Expectation maximisation over all pairs that share a blocking key, counted by the combination of levels they
reach (Fellegi and Sunter; Winkler, 1988). Two things keep it from learning that brothers are one person:
chance agreement (u) comes from pairs drawn at random, by Splink, and among records of one home from those pairs
of one home that turn out to be two people; and every estimate is held to the model it starts from until the file
has enough pairs to say otherwise. With labels, the labels take the place of the expectation.

Training writes a model; it never changes a link.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from jigsaw.record_linkage.bulk.doors import Door
from jigsaw.record_linkage.bulk.reaching import RECORDS, levels_reached
from jigsaw.record_linkage.bulk.scoring import linker_for, register_frequencies
from jigsaw.record_linkage.bulk.settings import FREQUENCY_COLUMNS
from jigsaw.record_linkage.levels import LADDERS, ONE_HOME
from jigsaw.record_linkage.model import UNLISTED, Model

ROUNDS = 25
RANDOM_PAIRS = 2_000_000
NAMES_LISTED = 4_000
# As many pairs as these are needed before a file outweighs the model it starts from.
HELD_BY = 30.0
_SMALLEST = 1e-9
_ALL_SOUGHT = ("same_mother", "same_address", "same_contact")


@dataclass(frozen=True)
class Changed:
    """A level whose worth moved: bits before and after."""

    comparison: str
    level: str
    before: float
    after: float


@dataclass(frozen=True)
class Trained:
    """The new model; how many pairs taught it; which levels moved, the furthest first."""

    model: Model
    pairs: int
    expected_matches: float
    changes: tuple[Changed, ...]


@dataclass(frozen=True)
class _Pattern:
    """Pairs that reached the same levels: how many, and how many of them are known to be one person."""

    codes: Mapping[str, str]
    pairs: int
    known: float | None


Probabilities = dict[str, dict[str, tuple[float, float]]]


def train(
    table: pa.Table,
    start: Model,
    door: Door,
    *,
    version: str,
    link_type: str = "dedupe_only",
    truth: pa.Table | None = None,
    provenance: str = "",
) -> Trained:
    """A model trained on the records of `table` (see `table_of`), starting from `start`.

    `truth` holds unique_id and cluster; without it nothing is known about who is who. `link_type` is Splink's;
    for link_only `source_dataset` tells the files apart.
    """
    size = len(table)
    frame = door.register(table, RECORDS)
    linker = linker_for(frame, start, door, index_size=size, link_type=link_type)
    register_frequencies(linker, table, start, door)
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=1)
    by_chance = _by_chance(linker.misc.save_model_to_json())
    sought = linker.inference.compute_blocked_pairs_for_predict()
    patterns = list(_patterns(sought.physical_name, door, truth))
    total = _possible_pairs(table, link_type)
    probabilities, matches = _maximised(start, patterns, by_chance, total, size)
    model = replace(
        start,
        version=version,
        provenance=provenance or f"Trained on {size} records with Splink, starting from {start.version}.",
        probabilities=probabilities,
        probability_two_random_records_match=min(max(matches / total, _SMALLEST), 0.5),
        reference_index_size=size,
        smallest_index_size=size,
        name_frequencies=_name_frequencies(table),
        exact_u={name: probabilities[name]["exact"][1] for name in FREQUENCY_COLUMNS},
        _weights={},
    )
    return Trained(model, sum(p.pairs for p in patterns), matches, _changes(start, model, size))


def _possible_pairs(table: pa.Table, link_type: str) -> float:
    size = len(table)
    if link_type != "link_only":
        return size * (size - 1) / 2
    counts = [row["counts"] for row in pc.value_counts(table["source_dataset"]).to_pylist()]
    return (size**2 - sum(count**2 for count in counts)) / 2


def _by_chance(settings: Mapping[str, object]) -> dict[str, dict[str, float]]:
    """How often each level is reached by two records drawn at random; levels never seen are left out."""
    comparisons: list[dict[str, object]] = settings["comparisons"]  # type: ignore[assignment]
    found: dict[str, dict[str, float]] = {}
    for comparison in comparisons:
        levels: list[dict[str, object]] = comparison["comparison_levels"]  # type: ignore[assignment]
        found[str(comparison["output_column_name"])] = {
            str(level["label_for_charts"]): float(level["u_probability"])  # type: ignore[arg-type]
            for level in levels
            if isinstance(level.get("u_probability"), float)
        }
    return found


def _patterns(sought: str, door: Door, truth: pa.Table | None) -> Iterator[_Pattern]:
    """The pairs that were sought, counted by the levels they reach."""
    door.keep("sought", f"SELECT join_key_l AS left_id, join_key_r AS right_id FROM {sought}")  # noqa: S608
    door.keep("reached", levels_reached("sought", LADDERS, door.dialect))
    levels = ", ".join(LADDERS)
    known = "NULL"
    joined = "reached"
    if truth is not None:
        door.register(truth.select(["unique_id", "cluster"]), "truth")
        known = "sum(CASE WHEN a.cluster = b.cluster THEN 1 ELSE 0 END)"
        joined = (
            "reached JOIN truth AS a ON a.unique_id = reached.left_id "
            "JOIN truth AS b ON b.unique_id = reached.right_id"
        )
    counted = f"SELECT {levels}, count(*) AS pairs, {known} AS known FROM {joined} GROUP BY {levels}"  # noqa: S608
    for row in door.ask(counted).to_pylist():
        known_pairs = row["known"]
        yield _Pattern(
            {name: row[name] for name in LADDERS},
            int(row["pairs"]),
            None if known_pairs is None else float(known_pairs),
        )


def _maximised(
    start: Model, patterns: list[_Pattern], by_chance: dict[str, dict[str, float]], total: float, size: int
) -> tuple[Probabilities, float]:
    """The probabilities under which the patterns are likeliest, and how many pairs are then of one person."""
    at_start: Probabilities = {
        name: {code: start.m_and_u(name, code, size) for code in LADDERS[name].weighed()} for name in LADDERS
    }
    current = _with_chance(at_start, by_chance)
    held = current
    chance = start.chance(size)
    matches = 0.0
    for _round in range(ROUNDS):
        expected = [_expected(pattern, current, chance) for pattern in patterns]
        before, matches = matches, sum(expected)
        current = _estimated(held, patterns, expected, total)
        chance = min(max(matches / total, _SMALLEST), 0.5)
        if abs(matches - before) < 1e-4 * max(matches, 1.0):
            break
    return current, matches


def _with_chance(known: Probabilities, by_chance: dict[str, dict[str, float]]) -> Probabilities:
    """Chance agreement as drawn at random, but for what random pairs are too few to show."""
    return {
        name: {
            code: (
                m,
                u
                if _rare(code)
                else max(by_chance.get(name, {}).get(code, min(u, 1 / RANDOM_PAIRS)), _SMALLEST),
            )
            for code, (m, u) in levels.items()
        }
        for name, levels in known.items()
    }


def _rare(code: str) -> bool:
    return code in ONE_HOME or "@" in code


def _expected(pattern: _Pattern, current: Probabilities, chance: float) -> float:
    """How many of a pattern's pairs are of one person."""
    if pattern.known is not None:
        return pattern.known
    bits = math.log2(chance / (1 - chance))
    for name, code in pattern.codes.items():
        if code:
            m, u = current[name][code]
            bits += math.log2(m / u)
    return pattern.pairs / (1 + math.exp2(-min(max(bits, -500.0), 500.0)))


def _estimated(
    held: Probabilities, patterns: list[_Pattern], expected: list[float], total: float
) -> Probabilities:
    matched = _counts(patterns, expected)
    apart = _counts(
        patterns, [p.pairs - one for p, one in zip(patterns, expected, strict=True)], at_home=True
    )
    return {
        name: {
            code: (
                _share(matched[name], held[name], code, 0),
                _share(apart[name], held[name], code, 1)
                if "@" in code
                else _of_all(apart[name], code, u, total),
            )
            for code, (_m, u) in levels.items()
        }
        for name, levels in held.items()
    }


def _counts(
    patterns: list[_Pattern], pairs: list[float], *, at_home: bool = False
) -> dict[str, dict[str, float]]:
    """How many pairs reached each level; with `at_home`, only pairs of homes whose pairs were all sought."""
    counts: dict[str, dict[str, float]] = {name: {} for name in LADDERS}
    for pattern, number in zip(patterns, pairs, strict=True):
        if at_home and pattern.codes["household"] not in _ALL_SOUGHT:
            continue
        for name, code in pattern.codes.items():
            if code:
                counts[name][code] = counts[name].get(code, 0.0) + number
    return counts


def _share(
    counts: Mapping[str, float], held: Mapping[str, tuple[float, float]], code: str, which: int
) -> float:
    """The share of a level among those of its circumstances, held to what was known before."""
    mark = code.partition("@")[2]
    alike = [each for each in held if each.partition("@")[2] == mark]
    whole = sum(held[each][which] for each in alike)
    seen = sum(counts.get(each, 0.0) for each in alike)
    share = (counts.get(code, 0.0) + HELD_BY * held[code][which] / whole) / (seen + HELD_BY)
    return min(max(share, _SMALLEST), 1 - _SMALLEST)


def _of_all(counts: Mapping[str, float], code: str, known: float, total: float) -> float:
    """How often two people share a home, out of all pairs there are; for any other level, what is known."""
    if code not in _ALL_SOUGHT:
        return known
    return max(counts.get(code, 0.0) / total, known / 1000, _SMALLEST)


def _name_frequencies(table: pa.Table) -> dict[str, dict[str, float]]:
    """The commonest names with their share among records that have one, and the share of one not listed."""
    frequencies = {}
    for comparison, column in FREQUENCY_COLUMNS.items():
        counted = pc.value_counts(table[column].drop_null()).to_pylist()
        known = {row["values"]: row["counts"] for row in counted}
        whole = sum(known.values()) or 1
        commonest = sorted(known, key=lambda name: (-known[name], name))
        listed = [name for name in commonest[:NAMES_LISTED] if known[name] > 1]
        rest = [known[name] for name in commonest[len(listed) :]]
        unlisted = (sum(rest) / len(rest) if rest else 1) / whole
        frequencies[comparison] = {name: known[name] / whole for name in listed} | {UNLISTED: unlisted}
    return frequencies


def _changes(before: Model, after: Model, size: int) -> tuple[Changed, ...]:
    old, new = before.weights(size), after.weights(size)
    moved = [Changed(name, code, old[name][code], new[name][code]) for name in LADDERS for code in old[name]]
    return tuple(sorted(moved, key=lambda each: -abs(each.after - each.before)))
