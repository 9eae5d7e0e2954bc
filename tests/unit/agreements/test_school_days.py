"""When a school next opens, to the minute, over weekends, bank holidays and holidays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from jigsaw.hub.agreements.queries import words
from jigsaw.hub.agreements.school_days import read
from jigsaw.hub.kit.clock import ENGLAND

DAYS = read(words("school_days"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ENGLAND)


@pytest.mark.parametrize(
    ("now", "opens", "long"),
    [
        ("2026-11-17T02:10", "2026-11-17T08:30", False),
        ("2026-11-17T08:30", "2026-11-18T08:30", False),
        ("2026-11-20T21:00", "2026-11-23T08:30", False),
        ("2026-11-21T21:00", "2026-11-23T08:30", False),
        ("2026-10-23T21:00", "2026-11-02T08:30", True),
        ("2026-12-18T21:00", "2027-01-04T08:30", True),
        ("2027-04-30T21:00", "2027-05-04T08:30", True),
    ],
)
def test_the_next_start_of_a_school_day(now: str, opens: str, long: bool) -> None:
    assert DAYS.next_opening(at(now)) == at(opens)
    assert DAYS.waits_long(at(now)) is long


def test_without_a_school_day_in_a_year_there_is_none() -> None:
    holidays = [{"from": "2026-01-01", "until": "2029-01-01"}]
    never = read({**words("school_days"), "holidays": holidays})
    assert never.next_opening(at("2026-11-17T02:10")) is None
    assert never.waits_long(at("2026-11-17T02:10"))


@pytest.mark.parametrize(
    "changes",
    [
        {"opens": "half past eight"},
        {"weekdays": []},
        {"weekdays": [7]},
        {"authority_after_days": 0},
        {"holidays": [{"from": "2026-12-21"}]},
        {"holidays": [{"from": "2026-12-21", "until": "2026-12-01"}]},
    ],
)
def test_what_cannot_be_read_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        read({**words("school_days"), **changes})
