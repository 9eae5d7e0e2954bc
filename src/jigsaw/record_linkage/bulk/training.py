"""What do the records of a file themselves teach about how much each level of agreement is worth?

Expectation maximisation over all pairs that share a blocking key, counted by the combination of levels they
reach (Fellegi and Sunter; Winkler, 1988). Three things keep it from learning that brothers are one person:
chance agreement (u) comes from pairs drawn at random, by Splink, and among records of one home from those pairs
of one home that turn out to be two people; every estimate is held to the model it starts from until the file
has enough pairs to say otherwise; and where families live, birthdays a generation apart are of two people, however
alike father and son are. With labels, the labels take the place of the expectation.

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
from jigsaw.record_linkage.guard import TWO_PEOPLE
from jigsaw.record_linkage.levels import LADDERS, ONE_HOME, reached_by_code
from jigsaw.record_linkage.model import UNLISTED, Model

ROUNDS = 25
RANDOM_PAIRS = 600_000
NAMES_LISTED = 4_000
# As many pairs as these are needed before a file outweighs the model it starts from.
HELD_BY = 30.0
# Of the pairs of one home, the share that is evidently of two people where families live. On FEBRL 1 to 4, where each
# home is one person's, it was at most 0.01; on files of families, invented by two programs, 0.7.
FAMILIES = 0.1
# The comparisons are added up as if slips were independent, but a careless record is careless throughout: without
# labels, scores of true pairs come out too low. On FEBRL 1 to 4 and on invented families even odds lay 3.5 to 6 bits
# below zero; the cautious end of that.
CARELESSNESS = 4.0
# Pairs that start below this many bits are of two people whatever is learnt.
HOPELESS = -22.0
FURTHEST = 12.0
_SMALLEST = 1e-9
# What Splink writes between source and id when it links several files.
_SOURCE_BEFORE_ID = "-__-"
# Homes of which every pair is sought, because there is a blocking rule for each.
_ALL_SOUGHT = ("same_mother", "same_address", "same_contact")
# As the first level of its group, which is all that is known of records of one home.
_EVIDENTLY_TWO = {
    "given_name": frozenset({"sounds", "different"}),
    "birth_date": frozenset({"generation", "different"}),
}


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

    def of_one_home(self) -> bool:
        """Of one of the homes of which every pair is sought."""
        return self.codes["household"] in _ALL_SOUGHT

    def of_two_people(self) -> bool:
        """Does a birthday, or a verified number, say so by itself?"""
        return self._reaches_any(TWO_PEOPLE)

    def evidently_two(self) -> bool:
        """First names and birthdays are both unlike."""
        return all(self._reaches_any({name: levels}) for name, levels in _EVIDENTLY_TWO.items())

    def _reaches_any(self, levels: Mapping[str, frozenset[str]]) -> bool:
        return any(
            code and reached_by_code(name, code).level in levels[name]
            for name, code in self.codes.items()
            if name in levels
        )


@dataclass(frozen=True)
class _Maximum:
    """Where a climb ended: the probabilities, and how many pairs are then of one person."""

    probabilities: Probabilities
    matches: float


NOTHING_KEPT: Mapping[str, frozenset[str]] = {}

Levels = dict[str, tuple[float, float]]
Probabilities = dict[str, Levels]
M, U = 0, 1


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
    top = _maximised(start, patterns, by_chance, total, size)
    probabilities, matches = top.probabilities, top.matches
    chance = min(max(matches / total, _SMALLEST), 0.5)
    calibration = _calibration(patterns, probabilities, chance)
    model = replace(
        start,
        version=version,
        provenance=provenance or f"Trained on {size} records with Splink, starting from {start.version}.",
        probabilities=probabilities,
        probability_two_random_records_match=chance,
        calibration_bits=calibration,
        reference_index_size=size,
        smallest_index_size=size,
        name_frequencies=_name_frequencies(table),
        exact_u={name: probabilities[name]["exact"][1] for name in FREQUENCY_COLUMNS},
        _weights={},
    )
    return Trained(model, sum(p.pairs for p in patterns), matches, _changes(start, model, size))


def _calibration(patterns: list[_Pattern], known: Probabilities, chance: float) -> float:
    """Bits to add to every score, so that even odds are even: by the labels if there are any."""
    weighed = [(_bits_of(each, known, chance), each.pairs, each.known) for each in patterns]
    doubtful = [each for each in weighed if abs(each[0]) < FURTHEST]
    truly = sum(matches or 0.0 for _bits, _pairs, matches in doubtful)
    if not truly:
        return CARELESSNESS
    low, high = -FURTHEST, FURTHEST
    for _halving in range(30):
        middle = (low + high) / 2
        expected = sum(pairs / (1 + math.exp2(-bits - middle)) for bits, pairs, _matches in doubtful)
        low, high = (middle, high) if expected < truly else (low, middle)
    return round(low, 2)


def _bits_of(pattern: _Pattern, known: Probabilities, chance: float) -> float:
    weights = (known[name][code] for name, code in pattern.codes.items() if code)
    return math.log2(chance / (1 - chance)) + sum(math.log2(m / u) for m, u in weights)


def _possible_pairs(table: pa.Table, link_type: str) -> float:
    size = len(table)
    if link_type != "link_only":
        return size * (size - 1) / 2
    counts: list[int] = [row["counts"] for row in pc.value_counts(table["source_dataset"]).to_pylist()]
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
    ids = (f"split_part(join_key_{side}, '{_SOURCE_BEFORE_ID}', -1)" for side in "lr")
    left, right = ids
    door.keep("sought", f"SELECT {left} AS left_id, {right} AS right_id FROM {sought}")  # noqa: S608
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
) -> _Maximum:
    """What the file teaches, climbing from homes full of families or from homes of one person each.

    Expectation maximisation ends at the top that is nearest to its start, and whether two records of one home are a
    family or one person written twice is what it most easily gets wrong; how likely the two tops are does not tell
    them apart. How many pairs of one home are evidently two people does.
    """
    known: Probabilities = {
        name: {code: start.m_and_u(name, code, size) for code in LADDERS[name].weighed()} for name in LADDERS
    }
    held = _with_chance(known, by_chance)
    chance = start.chance(size)
    live = [each for each in patterns if _may_match(each, held, chance)]
    if any(each.known is not None for each in live):
        return _climbed(held, held, chance, live, total)
    if _families_live_here(live):
        told_apart = [replace(each, known=0.0) if each.of_two_people() else each for each in live]
        return _climbed(held, held, chance, told_apart, total, kept=TWO_PEOPLE)
    return _climbed(held, _alone_at_home(held), chance, live, total)


def _families_live_here(patterns: list[_Pattern]) -> bool:
    at_home = [each for each in patterns if each.of_one_home()]
    evidently_two = sum(each.pairs for each in at_home if each.evidently_two())
    return evidently_two > FAMILIES * sum(each.pairs for each in at_home)


def _may_match(pattern: _Pattern, held: Probabilities, chance: float) -> bool:
    """Whether pairs like these could be of one person, or tell how people of one home differ."""
    return pattern.known is not None or pattern.of_one_home() or _bits_of(pattern, held, chance) > HOPELESS


def _alone_at_home(held: Probabilities) -> Probabilities:
    household = {
        code: (m, max(u / 1000, _SMALLEST) if code in ONE_HOME else u)
        for code, (m, u) in held["household"].items()
    }
    return {**held, "household": household}


def _climbed(
    held: Probabilities,
    current: Probabilities,
    chance: float,
    patterns: list[_Pattern],
    total: float,
    kept: Mapping[str, frozenset[str]] = NOTHING_KEPT,
) -> _Maximum:
    """From `current` upwards. `kept`: levels, by comparison, whose share among records of one person stays as held."""
    matches, likelihood = 0.0, -math.inf
    for _round in range(ROUNDS):
        weighed = [_weighed(pattern, current, chance) for pattern in patterns]
        expected = [each[0] for each in weighed]
        before, likelihood = likelihood, sum(each[1] for each in weighed)
        matches = sum(expected)
        current = _estimated(held, patterns, expected, total, kept)
        chance = min(max(matches / total, _SMALLEST), 0.5)
        if abs(likelihood - before) < 1e-7 * abs(likelihood):
            break
    return _Maximum(current, matches)


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


def _weighed(pattern: _Pattern, current: Probabilities, chance: float) -> tuple[float, float]:
    """How many of a pattern's pairs are of one person, and how likely (in bits) it is to see so many pairs."""
    one, two = math.log2(chance), math.log2(1 - chance)
    for name, code in pattern.codes.items():
        if code:
            m, u = current[name][code]
            one, two = one + math.log2(m), two + math.log2(u)
    if pattern.known is not None:
        return pattern.known, pattern.known * one + (pattern.pairs - pattern.known) * two
    likelier, other = max(one, two), min(one, two)
    both = likelier + math.log2(1 + math.exp2(max(other - likelier, -1000.0)))
    return pattern.pairs * math.exp2(max(one - both, -1000.0)), pattern.pairs * both


def _estimated(
    held: Probabilities,
    patterns: list[_Pattern],
    expected: list[float],
    total: float,
    kept: Mapping[str, frozenset[str]],
) -> Probabilities:
    matched = _counts(patterns, expected)
    two_people = [pattern.pairs - one for pattern, one in zip(patterns, expected, strict=True)]
    at_home = [pattern.of_one_home() for pattern in patterns]
    apart = _counts(patterns, [n if home else 0.0 for n, home in zip(two_people, at_home, strict=True)])
    return {
        name: _of_comparison(name, held[name], matched[name], apart[name], total, kept.get(name, frozenset()))
        for name in held
    }


def _of_comparison(
    name: str,
    held: Levels,
    matched: Mapping[str, float],
    apart: Mapping[str, float],
    total: float,
    kept: frozenset[str],
) -> Levels:
    if name == "household":
        return {code: _household(code, held, matched, apart, total) for code in held}
    m = _same_wherever(name, held, matched, kept)
    if name == "family_name":
        # Names exchanged are one finding, which the given name counts.
        held = {**held, **{code: (m[code], m[code]) for code in ("swapped", "swapped_alike")}}
    return {
        code: (m[code], _share(apart, held, code, U) if _mark(code) else u) for code, (_m, u) in held.items()
    }


def _household(
    code: str, held: Levels, matched: Mapping[str, float], apart: Mapping[str, float], total: float
) -> tuple[float, float]:
    """Chance agreement out of all pairs there are, where all pairs of a home were sought; else as it was."""
    m, u = _share(matched, held, code, M), held[code][U]
    if code in _ALL_SOUGHT:
        return m, max(apart.get(code, 0.0) / total, u / 1000, _SMALLEST)
    if code in ONE_HOME:
        return m, max(u * m / held[code][M], _SMALLEST)
    return m, u


def _same_wherever(
    name: str, held: Levels, matched: Mapping[str, float], kept: frozenset[str]
) -> dict[str, float]:
    """How often two records of one person reach each level: the same at one home as elsewhere.

    Slips of a keyboard do not depend on where somebody lives; learnt apart, the slips of one home would be
    taken for twins. What is `kept` is as often as it was held, and the others share the rest.
    """
    group_of = {level: group for group, levels in LADDERS[name].groups for level in levels}
    pooled: dict[str, float] = {}
    for code, count in matched.items():
        level, mark, _circumstance = code.partition("@")
        group = level if mark else group_of.get(level, level)
        pooled[group] = pooled.get(group, 0.0) + count
    grouped: Levels = {}
    for code, (m, u) in held.items():
        if not _mark(code):
            group = group_of.get(code, code)
            before = grouped.get(group, (0.0, 0.0))
            grouped[group] = (before[M] + m, before[U] + u)
    stays = {group_of.get(level, level) for level in kept}
    learnt = {group: share for group, share in grouped.items() if group not in stays}
    whole = {
        group: _share(pooled, learnt, group, M) if group in learnt else grouped[group][M] for group in grouped
    }
    found = {}
    for code in held:
        level, mark, _circumstance = code.partition("@")
        if mark:
            found[code] = whole[level]
        else:
            within = [
                each
                for each in held
                if not _mark(each) and group_of.get(each, each) == group_of.get(code, code)
            ]
            seen = sum(matched.get(each, 0.0) for each in within)
            mass = sum(held[each][M] for each in within)
            share = (matched.get(code, 0.0) + HELD_BY * held[code][M] / mass) / (seen + HELD_BY)
            found[code] = min(max(whole[group_of.get(code, code)] * share, _SMALLEST), 1 - _SMALLEST)
    return found


def _counts(patterns: list[_Pattern], pairs: list[float]) -> dict[str, dict[str, float]]:
    """How many pairs reached each level."""
    counts: dict[str, dict[str, float]] = {name: {} for name in LADDERS}
    for pattern, number in zip(patterns, pairs, strict=True):
        for name, code in pattern.codes.items():
            if code and number:
                counts[name][code] = counts[name].get(code, 0.0) + number
    return counts


def _share(counts: Mapping[str, float], held: Levels, code: str, which: int) -> float:
    """The share of a level among those it competes with, held to what was known before."""
    rivals = [each for each in held if _rivalry(each) == _rivalry(code)]
    whole = sum(held[each][which] for each in rivals)
    seen = sum(counts.get(each, 0.0) for each in rivals)
    share = (counts.get(code, 0.0) + HELD_BY * held[code][which] / whole) / (seen + HELD_BY)
    return min(max(share * min(whole, 1.0), _SMALLEST), 1 - _SMALLEST)


def _rivalry(code: str) -> tuple[str, str]:
    """Levels compete with those of their circumstance that need the same to be known: a due date, a mother."""
    needs = next((needed for needed in ("expected", "estimated", "mother") if needed in code), "")
    return _mark(code), needs


def _mark(code: str) -> str:
    return code.partition("@")[2]


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
