"""No share rests on a handful of records, and none can be worked out from its neighbours."""

from __future__ import annotations

from jigsaw.hub.oversight.queries import Figure
from jigsaw.hub.oversight.record_quality import in_per_cent, protected


def test_one_small_count_takes_its_smallest_neighbour_with_it() -> None:
    assert protected([100, 40, 3]) == [Figure(100), Figure(None), Figure(None, small=True)]


def test_two_small_counts_hide_each_other() -> None:
    assert protected([100, 4, 3]) == [Figure(100), Figure(None, small=True), Figure(None, small=True)]


def test_nothing_small_hides_nothing() -> None:
    assert [each.value for each in protected([100, 0, 5])] == [100, 0, 5]


def test_a_share_is_kept_back_where_part_or_rest_is_small() -> None:
    assert in_per_cent([(2, 100), (3, 100), (50, 100)]) == [None, None, 50]
    assert in_per_cent([(98, 100), (97, 100), (50, 100)]) == [None, None, 50]


def test_a_single_hidden_share_takes_another_with_it() -> None:
    assert in_per_cent([(2, 100), (60, 100), (50, 100)]) == [None, 60, None]


def test_none_and_all_are_told_and_nothing_of_nothing_is_not() -> None:
    assert in_per_cent([(0, 100), (100, 100), (0, 0)]) == [0, 100, None]
