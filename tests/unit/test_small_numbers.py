"""No small count leaves oversight, and none can be worked out from what does."""

from __future__ import annotations

import pytest

from jigsaw.hub.oversight import queries as oversight


@pytest.mark.parametrize(
    ("count", "value", "small"), [(0, 0, False), (1, None, True), (4, None, True), (5, 5, False)]
)
def test_a_count_from_one_to_four_is_not_shown(count: int, value: int | None, small: bool) -> None:
    assert oversight.figure(count) == oversight.Figure(value, small)


def test_a_total_is_kept_back_where_one_hidden_count_could_be_worked_out() -> None:
    assert oversight.total([20, 3]).value is None, "23 - 20 would tell"
    assert oversight.total([20, 3, 2]).value == 25
    assert oversight.total([20, 0, 7]).value == 27
    assert oversight.total([3]) == oversight.Figure(None, small=True)
    assert oversight.total([]).value == 0


def test_a_percentage_needs_both_sides_to_be_large_or_nothing() -> None:
    assert oversight.percent(8, 2) is None
    assert oversight.percent(2, 8) is None
    assert oversight.percent(30, 10) == 75
    assert oversight.percent(12, 0) == 100
    assert oversight.percent(0, 0) is None
