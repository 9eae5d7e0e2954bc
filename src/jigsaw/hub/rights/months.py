"""By when must somebody be answered who asks what is held about them?

One month from the day it came, or from the day on which it was clear who asks, if that was later; two further months
where it is complex or one of many, if they are told so and why within the first month (UK GDPR Articles 12(3) and 12A,
the latter from the Data (Use and Access) Act 2025, section 76). Months are counted to the corresponding day, or the
last of a shorter month; a day on which offices are closed moves on to the next on which they are not (ICO guidance on
the right of access, time limits).
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from jigsaw.hub.kit.clock import bank_holidays

FIRST, EXTENDED = 1, 3


def answer_by(begins: date, *, months: int = FIRST) -> date:
    """The last day (inclusive) for an answer whose time began on `begins`."""
    year, month = divmod(begins.year * 12 + begins.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return _working(date(year, month + 1, min(begins.day, last)))


def _working(day: date) -> date:
    while day.weekday() >= 5 or day in bank_holidays(day.year):
        day += timedelta(days=1)
    return day
