"""How good are scored pairs and clusters, given the truth?

Every share of true pairs is of all true pairs, also those that nothing brought together. All functions answer with
plain numbers, rounded to six places only when they are written down.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from jigsaw.record_linkage.evaluation.reading import Truth

CERTAIN = 0.95
_KEPT = 4  # times as many candidates as are asked for are kept before the rest are let go


class ScoredPair(NamedTuple):
    """Two records by number, the weight of their agreement in bits, and what the guard says.

    `guarded`: a person must decide; `contradicted`: something speaks for two people.
    """

    left: int
    right: int
    weight: float
    guarded: bool = False
    contradicted: bool = False


class PairList:
    """Scored pairs in a few bytes each, to be gone through as often as needed."""

    def __init__(self, pairs: Iterable[ScoredPair] = ()) -> None:
        self._left, self._right, self._weight, self._guarded = array("q"), array("q"), array("d"), bytearray()
        self._contradicted = bytearray()
        for pair in pairs:
            self._left.append(pair.left)
            self._right.append(pair.right)
            self._weight.append(pair.weight)
            self._guarded.append(pair.guarded)
            self._contradicted.append(pair.contradicted)

    def __len__(self) -> int:
        return len(self._left)

    def __iter__(self) -> Iterator[ScoredPair]:
        rows = zip(
            self._left, self._right, self._weight, map(bool, self._guarded), map(bool, self._contradicted),
            strict=True,
        )  # fmt: skip
        return map(ScoredPair._make, rows)


class Quality(NamedTuple):
    """Of the pairs taken, how many are true (precision); of the true pairs, how many were taken (recall)."""

    precision: float
    recall: float
    f1: float


class Clusters(NamedTuple):
    """Quality of the pairs within clusters; the share of clusters that mix persons, of persons that are divided."""

    precision: float
    recall: float
    f1: float
    overmerged: float
    split: float


def weight_of(probability: float) -> float:
    """The weight in bits of a probability strictly between 0 and 1."""
    return math.log2(probability / (1 - probability))


def quality(true: int, taken: int, to_find: int) -> Quality:
    """Precision is 1 when nothing was taken, and recall when there was nothing to find."""
    precision = true / taken if taken else 1.0
    recall = true / to_find if to_find else 1.0
    both = precision + recall
    return Quality(precision, recall, 2 * precision * recall / both if both else 0.0)


def at_threshold(
    pairs: Iterable[ScoredPair], truth: Truth, probability: float = CERTAIN, *, unguarded: bool = False
) -> Quality:
    """Quality of the pairs of at least that probability; `unguarded` leaves out those the guard forbids."""
    least = weight_of(probability)
    person = truth.person_of
    taken = true = 0
    for pair in pairs:
        if pair.weight >= least and not (unguarded and pair.guarded):
            taken += 1
            true += person[pair.left] == person[pair.right]
    return quality(true, taken, truth.pairs())


def best_threshold(pairs: Iterable[ScoredPair], truth: Truth) -> tuple[Quality, float]:
    """The highest F1 that any threshold gives, and that threshold as a weight in bits (inclusive)."""
    person = truth.person_of
    ordered = sorted(((pair.weight, person[pair.left] == person[pair.right]) for pair in pairs), reverse=True)
    to_find = truth.pairs()
    best, at = quality(0, 0, to_find), math.inf
    true = 0
    for taken, (weight, same) in enumerate(ordered, start=1):
        true += same
        if taken < len(ordered) and ordered[taken][0] == weight:
            continue
        found = quality(true, taken, to_find)
        if found.f1 > best.f1:
            best, at = found, weight
    return best, at


def cluster_quality(clusters: Iterable[Sequence[int]], truth: Truth) -> Clusters:
    """How clusters, in which each record stands once, compare with persons.

    Pairs within one file count when one file is deduplicated; across files only, when two are linked.
    """
    person, edge = truth.person_of, truth.left_records if truth.across else -1
    taken = true = count = mixed = 0
    parts: Counter[int] = Counter()
    for cluster in clusters:
        count += 1
        by_person: dict[int, list[int]] = defaultdict(list)
        for record in cluster:
            by_person[person[record]].append(record)
        mixed += len(by_person) > 1
        parts.update(by_person.keys())
        taken += _pairs_within(cluster, edge)
        true += sum(_pairs_within(records, edge) for records in by_person.values())
    found = quality(true, taken, truth.pairs())
    divided = sum(many > 1 for many in parts.values())
    return Clusters(*found, mixed / count if count else 0.0, divided / len(parts) if parts else 0.0)


def _pairs_within(records: Sequence[int], edge: int) -> int:
    if edge < 0:
        return len(records) * (len(records) - 1) // 2
    left = sum(record < edge for record in records)
    return left * (len(records) - left)


def recall_at(pairs: Iterable[ScoredPair], truth: Truth, ranks: Sequence[int] = (1, 5)) -> dict[int, float]:
    """Of the records that have a partner, how many find one among their first 1, 5 … candidates.

    Asked of the records of the first file when two are linked, of all otherwise. Of equal weights the wrong one is
    taken to come first.
    """
    person, most = truth.person_of, max(ranks)
    candidates: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for pair in pairs:
        same = person[pair.left] == person[pair.right]
        for record in (pair.left,) if truth.across else (pair.left, pair.right):
            own = candidates[record]
            own.append((-pair.weight, same))
            if len(own) > _KEPT * most:
                own.sort()
                del own[most:]
    asked = truth.left_records if truth.across else len(person)
    seeking = [record for record in range(asked) if truth.partners(record)]
    found = dict.fromkeys(ranks, 0)
    for record in seeking:
        first = next((place for place, (_, same) in enumerate(sorted(candidates[record])) if same), None)
        for rank in ranks:
            found[rank] += first is not None and first < rank
    return {rank: found[rank] / len(seeking) if seeking else 1.0 for rank in ranks}


class GroupQuality(NamedTuple):
    """Quality for one group of records; `records` is how many there are."""

    group: str
    records: int
    quality: Quality


def by_group(
    pairs: Iterable[ScoredPair],
    truth: Truth,
    group_of: Sequence[str],
    probability: float = CERTAIN,
    *,
    unguarded: bool = False,
) -> Iterator[GroupQuality]:
    """The quality at a threshold for the records of each group, in the order of their names.

    A pair counts once for each of its records, so that one between two groups counts in both.
    """
    least, person = weight_of(probability), truth.person_of
    taken: Counter[str] = Counter()
    true: Counter[str] = Counter()
    to_find: Counter[str] = Counter()
    for record, group in enumerate(group_of):
        to_find[group] += truth.partners(record)
    for pair in pairs:
        if pair.weight >= least and not (unguarded and pair.guarded):
            for record in (pair.left, pair.right):
                taken[group_of[record]] += 1
                true[group_of[record]] += person[pair.left] == person[pair.right]
    for group, records in sorted(Counter(group_of).items()):
        yield GroupQuality(group, records, quality(true[group], taken[group], to_find[group]))
