"""Patterns point at entries by plain rules, at the exact day on which each rule begins and ends to hold."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from jigsaw.hub.chronology import patterns
from jigsaw.hub.chronology.patterns import Mark

TODAY = date(2026, 11, 16)


def mark(number: int, days_ago: int, kind: str = "was_not_brought", sector: str = "HE") -> Mark:
    return Mark(UUID(int=number), kind, sector, TODAY - timedelta(days=days_ago))


def test_missed_appointments_are_counted_over_twelve_months_and_pointed_at_newest_first() -> None:
    marks = [mark(1, 10), mark(2, 40), mark(3, 364), mark(4, 365), mark(5, 3, kind="health_visit")]
    [found] = patterns.missed_appointments(marks, today=TODAY)
    assert (found.code, found.figure) == ("missed", 3)
    assert found.entries == (UUID(int=1), UUID(int=2), UUID(int=3))
    assert (found.since, found.until) == (marks[2].on, marks[0].on)


def test_one_missed_appointment_is_not_a_pattern() -> None:
    assert patterns.missed_appointments([mark(1, 10)], today=TODAY) == []


def test_an_appointment_in_the_future_is_not_missed_yet() -> None:
    assert patterns.missed_appointments([mark(1, 10), mark(2, -1)], today=TODAY) == []


def test_police_attendances_include_incidents_that_the_police_recorded_and_no_others() -> None:
    marks = [
        mark(1, 5, kind="police_attendance", sector="PO"),
        mark(2, 9, kind="domestic_abuse", sector="PO"),
        mark(3, 9, kind="domestic_abuse", sector="HO"),
        mark(4, 9, kind="intelligence", sector="PO"),
    ]
    [found] = patterns.police_attendances(marks, today=TODAY)
    assert found.entries == (UUID(int=1), UUID(int=2))


@pytest.mark.parametrize(("days", "silent"), [(60, False), (61, True)])
def test_a_silence_is_more_than_sixty_days_and_lasts_until_today(days: int, silent: bool) -> None:
    last = TODAY - timedelta(days=days)
    assert patterns.silences([last], today=TODAY) == ([(last, TODAY)] if silent else [])


def test_silence_between_entries_is_found_in_any_order_and_emptiness_is_not_silence() -> None:
    days = [TODAY, TODAY - timedelta(days=200), TODAY - timedelta(days=100), TODAY - timedelta(days=100)]
    gaps = patterns.silences(days, today=TODAY)
    assert [(b - a).days for a, b in gaps] == [100, 100]
    assert patterns.silences([], today=TODAY) == []


def test_the_longest_silence_points_at_the_entries_on_either_side() -> None:
    marks = [mark(1, 0), mark(2, 70), mark(3, 171)]
    gaps = patterns.silences([m.on for m in marks], today=TODAY)
    [found] = patterns.longest_silence(gaps, marks)
    assert (found.figure, found.entries) == (101, (UUID(int=2), UUID(int=3)))
    assert patterns.longest_silence([], marks) == []


@pytest.mark.parametrize(("days", "unheard"), [(90, False), (91, True)])
def test_a_child_is_unheard_after_ninety_days(days: int, unheard: bool) -> None:
    found = patterns.unheard(TODAY - timedelta(days=days), entries=3, today=TODAY)
    assert [p.figure for p in found] == ([91] if unheard else [])


def test_a_child_never_heard_is_pointed_out_once_there_are_entries() -> None:
    assert [p.since for p in patterns.unheard(None, entries=1, today=TODAY)] == [None]
    assert patterns.unheard(None, entries=0, today=TODAY) == []


@pytest.mark.parametrize(
    ("parents", "missing"),
    [
        ([], ["mother", "father"]),
        ([("MTH", "F")], ["father"]),
        ([("NFTH", "M")], ["mother"]),
        ([("PRN", "F")], ["father"]),
        ([("PRN", "")], ["parent"]),
        ([("MTH", "F"), ("MTH", "F")], []),
        ([("ADOPTF", "M"), ("STPFTH", "M")], ["mother"]),
        ([("MTHFOST", "F")], ["mother", "father"]),
    ],
)
def test_which_parent_nobody_recorded(parents: list[tuple[str, str]], missing: list[str]) -> None:
    assert [found.who for found in patterns.missing_parents(parents)] == missing
