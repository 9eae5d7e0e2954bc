"""Whatever is recorded, one more record never hides a pattern, and a pattern points at nothing it was not told."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jigsaw.patterns import Found, Happening, Repeated, Silent, find

TODAY = date(2026, 11, 16)
KINDS = ("seen", "missed", "case")
RULES = st.builds(
    Repeated,
    code=st.just("repeated"),
    name=st.just("n"),
    words=st.just("w"),
    source=st.just("s"),
    counts=st.frozensets(st.sampled_from(KINDS), min_size=1),
    at_least=st.integers(1, 4),
    within_months=st.integers(1, 24),
    places=st.integers(1, 3),
)
HAPPENINGS = st.builds(
    Happening,
    id=st.sampled_from("abcdefgh"),
    kind=st.sampled_from(KINDS),
    on=st.integers(-5, 800).map(lambda days: TODAY - timedelta(days=days)),
    place=st.sampled_from("XYZ"),
)
SILENT = Silent("silence", "n", "w", "s", frozenset({"case"}), frozenset({"seen"}), 60)


@given(RULES, st.lists(HAPPENINGS, max_size=12), HAPPENINGS)
def test_one_more_record_never_hides_a_pattern(
    rule: Repeated, records: list[Happening], more: Happening
) -> None:
    before = find([rule], records, today=TODAY)
    after = find([rule], [*records, more], today=TODAY)
    for was, is_ in zip(before, after, strict=False):
        assert set(was.records) <= set(is_.records)
        assert is_.since <= was.since <= was.until <= is_.until <= TODAY
    assert len(after) >= len(before)


@given(RULES, st.lists(HAPPENINGS, max_size=12))
def test_a_pattern_points_at_enough_records_in_its_window_and_at_all_of_them(
    rule: Repeated, records: list[Happening]
) -> None:
    within = {r.id for r in records if r.kind in rule.counts and rule.begins(TODAY) < r.on <= TODAY}
    for found in find([rule], records, today=TODAY):
        assert set(found.records) == within
        assert len(found.records) == len(within) >= rule.at_least


@given(RULES, st.permutations(list(range(8))), st.lists(HAPPENINGS, min_size=8, max_size=8))
def test_the_order_in_which_records_come_changes_nothing(
    rule: Repeated, order: list[int], records: list[Happening]
) -> None:
    assert _told(find([rule], records, today=TODAY)) == _told(
        find([rule], [records[place] for place in order], today=TODAY)
    )


def _told(found: list[Found]) -> list[tuple[str, tuple[str, ...], date, date]]:
    return [(one.rule, one.records, one.since, one.until) for one in found]


@given(st.lists(HAPPENINGS, max_size=12))
def test_a_silence_is_broken_by_an_entry_of_today_and_by_nothing_that_it_does_not_name(
    records: list[Happening],
) -> None:
    assert find([SILENT], [*records, Happening("z", "seen", TODAY)], today=TODAY) == []
    heard = find([SILENT], records, today=TODAY)
    assert heard == find([SILENT], [*records, Happening("z", "missed", TODAY)], today=TODAY)
