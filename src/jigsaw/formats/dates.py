"""Which day does this cell mean?

English files write the day first. Nothing here swaps day and month to make a date fit: a wrong date of birth
is worse than a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)? ?(am|pm)?(Z|[+-]\d{2}:?\d{2})?$|Z$", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b", re.IGNORECASE)
_PARTS = re.compile(r"(\d{1,4})[-/. ]+(\d{1,2}|[A-Za-z]{3,9})\.?[-/., ]+(\d{1,4})")
_COMPACT = re.compile(r"\d{8}")
_EXCEL_DAY_ZERO = date(1899, 12, 30)  # serial 1 is 1 January 1900, and Excel believes in 29 February 1900
_LONGEST = 40


def parse(text: str, formats: Iterable[str] = (), *, latest: date | None = None) -> date | None:
    """The day that `text` means, or None if it is no day that ever existed.

    With `formats` (strptime patterns) only those are tried. Without, these are: 2015-04-25, 20150425,
    2015-Apr-25, 25/04/2015 with any of / - . or a space, 25 April 2015, and two-digit years; a time of day
    after any of them is dropped. A two-digit year is the last one that is not after `latest`, or, without
    `latest`, 1969 to 2068.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    day = _parse(text, tuple(formats))
    if day is None or not has_two_digit_year(text) or latest is None:
        return day
    return _not_after(day, latest)


def has_two_digit_year(text: str) -> bool:
    match = _PARTS.fullmatch(_TIME.sub("", text.strip()))
    return match is not None and len(match[1]) <= 2 and len(match[3]) <= 2


def from_excel_serial(number: float) -> date | None:
    """The day of an Excel serial number (1900 system) from 1910 to 2119, or None: 45000 is 15 March 2023."""
    return _EXCEL_DAY_ZERO + timedelta(days=int(number)) if 3_654 <= number < 80_000 else None


@lru_cache(maxsize=50_000)
def _parse(text: str, formats: tuple[str, ...]) -> date | None:
    if formats:
        return _by_formats(text, formats)
    text = _ORDINAL.sub("", _TIME.sub("", text)).strip()
    if _COMPACT.fullmatch(text):
        return _day(text[:4], text[4:6], text[6:])
    match = _PARTS.fullmatch(text)
    if not match:
        return None
    first, month, last = match.groups()
    if len(first) == 4:
        return _day(first, month, last)
    return _day(last, month, first)


def _by_formats(text: str, formats: tuple[str, ...]) -> date | None:
    for candidate in dict.fromkeys((text, _TIME.sub("", text))):
        for pattern in formats:
            try:
                return datetime.strptime(candidate, pattern).date()  # noqa: DTZ007 - only its day is used
            except ValueError:
                continue
    return None


def _day(year: str, month: str, day: str) -> date | None:
    if len(year) not in (2, 4) or not (year + day).isascii():
        return None
    try:
        full_year = int(year) if len(year) == 4 else (2000 if int(year) < 69 else 1900) + int(year)
        return date(full_year, _MONTHS[month.lower()] if month.isalpha() else int(month), int(day))
    except (ValueError, KeyError):
        return None


def _not_after(day: date, latest: date) -> date:
    year = latest.year - (latest.year - day.year) % 100
    try:
        moved = day.replace(year=year)
        return moved if moved <= latest else day.replace(year=year - 100)
    except ValueError:  # 29 February in a century year without one
        return day
