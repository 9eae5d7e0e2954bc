"""The figures of an evaluation are what counting every pair by hand gives."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jigsaw.record_linkage.evaluation import metrics
from jigsaw.record_linkage.evaluation.metrics import PairList, ScoredPair
from jigsaw.record_linkage.evaluation.reading import Truth

Case = tuple[Truth, list[ScoredPair]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A few records, who they are, and some of their pairs scored."""
    count = draw(st.integers(2, 9))
    persons = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    across = draw(st.booleans())
    left = draw(st.integers(1, count - 1)) if across else count
    pairs = [
        ScoredPair(a, b, draw(st.sampled_from([-3.0, 0.0, 4.2, 5.0, 5.0, 12.0])), draw(st.booleans()))
        for a, b in every_pair(count, left, across)
        if draw(st.booleans())
    ]
    return Truth(persons, left, across), pairs


def every_pair(count: int, left: int, across: bool) -> list[tuple[int, int]]:
    return [(a, b) for a, b in combinations(range(count), 2) if not across or a < left <= b]


def truly(truth: Truth) -> set[tuple[int, int]]:
    found = every_pair(len(truth.person_of), truth.left_records, truth.across)
    return {(a, b) for a, b in found if truth.person_of[a] == truth.person_of[b]}


def by_hand(taken: set[tuple[int, int]], truth: Truth) -> tuple[float, float, float]:
    true = truly(truth)
    precision = len(taken & true) / len(taken) if taken else 1.0
    recall = len(taken & true) / len(true) if true else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@given(cases())
def test_all_true_pairs_count_also_those_never_compared(case: Case) -> None:
    truth, _pairs = case
    assert truth.pairs() == len(truly(truth))


@given(cases(), st.booleans())
def test_quality_at_a_threshold(case: Case, unguarded: bool) -> None:
    truth, pairs = case
    probable = {
        (p.left, p.right) for p in pairs if 1 / (1 + 2**-p.weight) >= 0.95 and not (unguarded and p.guarded)
    }
    assert metrics.at_threshold(pairs, truth, unguarded=unguarded) == pytest.approx(by_hand(probable, truth))


@given(cases())
def test_the_best_threshold_beats_every_other(case: Case) -> None:
    truth, pairs = case
    best, at = metrics.best_threshold(pairs, truth)
    tried = [
        by_hand({(p.left, p.right) for p in pairs if p.weight >= w}, truth)
        for w in (-9, -3, 0, 4.2, 5, 12, 99)
    ]
    assert best.f1 == pytest.approx(max(f1 for *_, f1 in tried))
    assert best == pytest.approx(by_hand({(p.left, p.right) for p in pairs if p.weight >= at}, truth))


@given(cases(), st.randoms(use_true_random=False))
def test_cluster_quality(case: Case, dice: object) -> None:
    truth, _pairs = case
    labels = [dice.randrange(3) for _ in truth.person_of]  # type: ignore[attr-defined]
    clusters = [[r for r, own in enumerate(labels) if own == label] for label in set(labels)]
    every = every_pair(len(labels), truth.left_records, truth.across)
    together = {(a, b) for a, b in every if labels[a] == labels[b]}
    found = metrics.cluster_quality(clusters, truth)
    assert found[:3] == pytest.approx(by_hand(together, truth))
    mixed = [c for c in clusters if len({truth.person_of[r] for r in c}) > 1]
    assert found.overmerged == pytest.approx(len(mixed) / len(clusters))
    persons = set(truth.person_of)
    divided = [
        p for p in persons if len({own for own, q in zip(labels, truth.person_of, strict=True) if q == p}) > 1
    ]
    assert found.split == pytest.approx(len(divided) / len(persons))


@given(cases())
def test_recall_at_a_rank(case: Case) -> None:
    truth, pairs = case
    asked = range(truth.left_records if truth.across else len(truth.person_of))
    true = truly(truth)
    seeking = [r for r in asked if any(r in pair for pair in true)]
    for rank, share in metrics.recall_at(pairs, truth, (1, 2, 5)).items():
        found = 0
        for record in seeking:
            own = [(-p.weight, (p.left, p.right) in true) for p in pairs if record in (p.left, p.right)]
            found += any(same for _, same in sorted(own)[:rank])
        assert share == pytest.approx(found / len(seeking) if seeking else 1.0)


@given(cases())
def test_groups_add_up_to_the_whole(case: Case) -> None:
    truth, pairs = case
    (whole,) = metrics.by_group(pairs, truth, ["all"] * len(truth.person_of))
    assert whole.quality == pytest.approx(metrics.at_threshold(pairs, truth))
    parts = list(
        metrics.by_group(pairs, truth, ["even" if r % 2 else "odd" for r in range(len(truth.person_of))])
    )
    assert sum(part.records for part in parts) == whole.records


@given(cases())
def test_pairs_kept_small_are_the_same_pairs(case: Case) -> None:
    _truth, pairs = case
    kept = PairList(pairs)
    assert (list(kept), list(kept), len(kept)) == (pairs, pairs, len(pairs))


def test_a_partner_is_found_among_very_many_candidates() -> None:
    truth = Truth([0, 0, *range(1, 300)], 301, across=False)
    pairs = [ScoredPair(0, other, 1.0 + (other == 1)) for other in reversed(range(1, 301))]
    assert metrics.recall_at(pairs, truth) == {1: 1.0, 5: 1.0}
