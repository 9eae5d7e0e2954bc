"""Which patterns is a practitioner told of? In words of practice, to the day on which each begins and ends to hold."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

import jigsaw
from jigsaw.patterns import Found, Happening, find, read

DATA = Path(jigsaw.__file__).parent / "hub" / "agreements" / "data"
RULES = read(json.loads((DATA / "patterns.json").read_text(encoding="utf-8")))
TODAY = date(2026, 11, 16)


def on(day: date, kind: str, place: str = "", name: str = "") -> Happening:
    return Happening(name or f"{kind} {day}", kind, day, place)


def found(*records: Happening, today: date = TODAY) -> list[Found]:
    return find(RULES, records, today=today)


def test_three_low_level_notices_in_three_months_are_pointed_at_together() -> None:
    notices = [on(date(2026, month, 3), "low_level_notice") for month in (9, 10, 11)]
    [pattern] = found(*notices)
    assert pattern.rule == "low_level_notices"
    assert pattern.records == tuple(one.id for one in reversed(notices)), "newest first"
    assert (pattern.since, pattern.until) == (date(2026, 9, 3), date(2026, 11, 3))


def test_two_notices_are_no_pattern() -> None:
    assert found(on(TODAY, "low_level_notice", name="a"), on(TODAY, "low_level_notice", name="b")) == []


@pytest.mark.parametrize(("oldest", "told"), [(date(2026, 8, 17), True), (date(2026, 8, 16), False)])
def test_three_months_begin_the_day_after_the_same_day_three_months_ago(oldest: date, told: bool) -> None:
    notices = [on(day, "low_level_notice") for day in (oldest, date(2026, 10, 1), TODAY)]
    assert bool(found(*notices)) is told


def test_one_notice_told_twice_counts_once() -> None:
    notice = on(TODAY, "low_level_notice")
    assert found(notice, notice, notice) == []


def test_a_child_not_brought_three_times_in_a_year() -> None:
    days = [TODAY - timedelta(days=days) for days in (5, 100, 364)]
    [pattern] = found(*(on(day, "was_not_brought") for day in days))
    assert (pattern.rule, pattern.since) == ("was_not_brought", days[-1])


def test_an_appointment_that_lies_ahead_was_not_missed() -> None:
    days = [TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=1)]
    assert found(*(on(day, "was_not_brought") for day in days)) == []


@pytest.mark.parametrize(
    ("places", "told"), [(("A", "B", "A"), True), (("A", "A", "A"), False), (("A", "B"), False)]
)
def test_attendances_are_a_pattern_when_they_are_three_in_different_places(
    places: tuple[str, ...], told: bool
) -> None:
    attendances = [
        on(TODAY - timedelta(days=n), "attendance" if n else "ed_attendance", place)
        for n, place in enumerate(places)
    ]
    assert [one.rule for one in found(*attendances)] == ["several_settings"] * told


def test_a_child_with_a_plan_who_is_seen_elsewhere_is_told_of_the_first_time() -> None:
    [pattern] = found(on(TODAY, "seen_elsewhere"))
    assert pattern.rule == "plan_seen_elsewhere"


def test_repeated_missing_episodes() -> None:
    days = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
    assert [one.rule for one in found(*(on(day, "missing_episode") for day in days))] == ["missing_episodes"]


def test_somebody_known_as_a_risk_moves_in() -> None:
    assert [one.rule for one in found(on(TODAY, "moved_in_with_risk"))] == ["moved_in_with_risk"]
    assert found(on(date(2026, 8, 16), "moved_in_with_risk")) == [], "no longer new"


@pytest.mark.parametrize(("days", "told"), [(60, False), (61, True)])
def test_an_open_case_is_silent_after_more_than_sixty_days(days: int, told: bool) -> None:
    case = on(date(2026, 1, 1), "open_case")
    last = on(TODAY - timedelta(days=days), "any_entry", name="last")
    patterns = found(case, on(date(2026, 2, 1), "any_entry"), last)
    assert [one.records for one in patterns] == ([("last", case.id)] if told else [])


def test_an_entry_breaks_the_silence_and_a_closed_case_has_none() -> None:
    old = on(date(2026, 2, 1), "any_entry")
    assert found(old) == []
    assert found(on(date(2026, 1, 1), "open_case"), old, on(TODAY, "any_entry")) == []


def test_a_case_of_which_nothing_was_ever_recorded_is_silent_since_it_was_opened() -> None:
    [pattern] = found(on(date(2026, 9, 1), "open_case"))
    assert (pattern.rule, pattern.since, pattern.until) == ("silence", date(2026, 9, 1), TODAY)
