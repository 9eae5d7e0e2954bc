"""When is it due? Office hours, nights, weekends, bank holidays and the change of the clocks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jigsaw.hub.kit.clock import ENGLAND, OFFICE_HOURS, WorkingHours, add_working_days, age_on


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ENGLAND)  # type: ignore[arg-type]


def test_four_hours_from_late_friday_run_into_monday() -> None:
    assert OFFICE_HOURS.after(at(2026, 11, 20, 16, 0), timedelta(hours=4)) == at(2026, 11, 23, 11, 30)


def test_an_evening_counts_from_the_next_morning() -> None:
    assert OFFICE_HOURS.after(at(2026, 11, 17, 20, 0), timedelta(hours=1)) == at(2026, 11, 18, 9, 30)


def test_christmas_and_boxing_day_are_skipped() -> None:
    # Boxing Day 2026 is a Saturday: Monday 28 December is the substitute bank holiday.
    assert OFFICE_HOURS.after(at(2026, 12, 24, 16, 30), timedelta(hours=1)) == at(2026, 12, 29, 9, 0)


def test_the_night_when_the_clocks_change_costs_no_working_time() -> None:
    round_the_clock = WorkingHours({day: (time(0, 0), time(23, 59)) for day in range(7)}, False)
    spring = round_the_clock.after(at(2026, 3, 29, 0, 0), timedelta(hours=3))
    assert spring == at(2026, 3, 29, 4, 0)


def test_hours_that_are_never_open_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="never open"):
        WorkingHours({}).after(at(2026, 11, 17, 9, 0), timedelta(hours=1))


def test_one_working_day_counts_from_the_day_after() -> None:
    assert add_working_days(at(2026, 11, 16, 9, 0), 1) == at(2026, 11, 17, 17, 0)
    assert add_working_days(at(2026, 11, 20, 23, 0), 1) == at(2026, 11, 23, 17, 0)


def test_age_changes_on_the_birthday() -> None:
    assert age_on(date(2012, 3, 3), date(2026, 3, 2)) == 13
    assert age_on(date(2012, 3, 3), date(2026, 3, 3)) == 14


@given(
    start=st.integers(0, 4 * 365 * 24 * 60).map(lambda m: at(2024, 1, 1) + timedelta(minutes=m)),
    hours=st.integers(0, 80),
    more=st.integers(0, 80),
)
def test_more_time_is_never_due_earlier_and_always_in_office_hours(
    start: datetime, hours: int, more: int
) -> None:
    due = OFFICE_HOURS.after(start, timedelta(hours=hours))
    assert due <= OFFICE_HOURS.after(start, timedelta(hours=hours + more))
    assert due >= start
    opening = OFFICE_HOURS.opening(due.date())
    assert opening and opening[0] <= due <= opening[1]
