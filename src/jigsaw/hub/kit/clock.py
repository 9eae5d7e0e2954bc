"""When is it due? Elapsed and working time in England.

The clock itself is read at a door and passed in as `now`; nothing here reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

ENGLAND = ZoneInfo("Europe/London")
# Nobody whom a record speaks of was born, and nothing in it happened, before this day: the year is a slip.
EARLIEST = date(1900, 1, 1)


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """Bank holidays in England in `year` (from the `holidays` library's GB calendar for England)."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


@dataclass(frozen=True)
class WorkingHours:
    """Opening hours by weekday (0 = Monday); a missing weekday is closed. Ends are exclusive."""

    by_weekday: Mapping[int, tuple[time, time]]
    closed_on_bank_holidays: bool = True

    def opening(self, day: date) -> tuple[datetime, datetime] | None:
        """When the office is open on `day`, as aware datetimes, or None if it is closed."""
        hours = self.by_weekday.get(day.weekday())
        if hours is None or (self.closed_on_bank_holidays and day in bank_holidays(day.year)):
            return None
        opens, closes = hours
        return datetime.combine(day, opens, ENGLAND), datetime.combine(day, closes, ENGLAND)

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """The moment when `amount` of open time has passed since `start`.

        Raises ValueError if no open hour is found within two years (the hours are never open).
        """
        moment, left = start.astimezone(ENGLAND), amount
        for offset in range(750):
            opening = self.opening(moment.date() + timedelta(days=offset))
            if opening is None or opening[1] <= moment:
                continue
            begin = max(moment, opening[0])
            # Summer time can start while the office is closed: subtract in real (UTC) time.
            room = opening[1].astimezone(UTC) - begin.astimezone(UTC)
            if left <= room:
                return (begin.astimezone(UTC) + left).astimezone(ENGLAND)
            left -= room
        raise ValueError("These working hours are never open: give at least one weekday its hours.")


UTC = ZoneInfo("UTC")

OFFICE_HOURS = WorkingHours({day: (time(8, 30), time(17, 0)) for day in range(5)})


def add_working_days(start: datetime, days: int, hours: WorkingHours = OFFICE_HOURS) -> datetime:
    """The close of the office on the `days`-th working day after the day of `start`.

    The day of `start` itself is day 0 (Working Together counts from the day after the trigger).
    """
    day, left = start.astimezone(ENGLAND).date(), days
    while left > 0:
        day += timedelta(days=1)
        if hours.opening(day):
            left -= 1
    opening = hours.opening(day)
    return opening[1] if opening else add_working_days(datetime.combine(day, time(), ENGLAND), 1, hours)


def age_on(born: date, today: date) -> int:
    """Age in whole years on `today`."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
