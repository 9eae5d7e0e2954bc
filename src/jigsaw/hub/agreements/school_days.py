"""When does a school next open? Weekdays, hours and holidays as an authority has agreed them; nothing here reads the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from jigsaw.hub.kit.clock import ENGLAND, bank_holidays

A_YEAR = 366


@dataclass(frozen=True)
class SchoolDays:
    """`holidays` are first and last day, both inclusive. The authority hears as well of a notice that would wait for
    a school `authority_after_days` days or longer."""

    opens: time
    weekdays: frozenset[int]
    holidays: tuple[tuple[date, date], ...]
    closed_on_bank_holidays: bool
    authority_after_days: int

    def is_open(self, day: date) -> bool:
        if day.weekday() not in self.weekdays or any(first <= day <= last for first, last in self.holidays):
            return False
        return not (self.closed_on_bank_holidays and day in bank_holidays(day.year))

    def next_opening(self, now: datetime) -> datetime | None:
        """The next start of a school day after `now` (exclusive); None if there is none within a year."""
        here = now.astimezone(ENGLAND)
        for ahead in range(A_YEAR):
            day = here.date() + timedelta(days=ahead)
            start = datetime.combine(day, self.opens, ENGLAND)
            if self.is_open(day) and start > here:
                return start
        return None

    def waits_long(self, now: datetime) -> bool:
        """Would a notice of `now` wait so long for the school that the authority is to hear of it as well?"""
        opening = self.next_opening(now)
        here = now.astimezone(ENGLAND).date()
        return opening is None or (opening.date() - here).days >= self.authority_after_days


def read(content: Mapping[str, Any]) -> SchoolDays:
    """School days as a setting says them; raises KeyError, TypeError or ValueError where it cannot be read."""
    holidays = tuple(
        (date.fromisoformat(one["from"]), date.fromisoformat(one["until"])) for one in content["holidays"]
    )
    weekdays = frozenset(int(day) for day in content["weekdays"])
    after = int(content["authority_after_days"])
    if not weekdays or not weekdays <= set(range(7)) or after < 1 or any(a > b for a, b in holidays):
        raise ValueError("school days")
    closed = bool(content["closed_on_bank_holidays"])
    return SchoolDays(time.fromisoformat(content["opens"]), weekdays, holidays, closed, after)
