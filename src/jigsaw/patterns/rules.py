"""Which patterns do people want to be told of? Rules as data, each with its words and its source.

`read` makes rules of what a partnership agreed; `faults` says beforehand what keeps it from being read.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

LONGEST_MONTHS = 24
LONGEST_DAYS = 730
MOST = 50


@dataclass(frozen=True)
class _Words:
    """What every rule says of itself: its name, the rule in words, and who says so."""

    code: str
    name: str
    words: str
    source: str


@dataclass(frozen=True)
class Repeated(_Words):
    """So many records of these kinds within so many months, in so many different places."""

    counts: frozenset[str]
    at_least: int
    within_months: int
    places: int = 1

    def begins(self, today: date) -> date:
        """The day before the window: the same day of the month so many months ago, or that month's last.

        Exclusive; the window ends with `today`, inclusive.
        """
        return months_before(today, self.within_months)


@dataclass(frozen=True)
class Silent(_Words):
    """More than so many days without a record of the kinds in `broken_by`, while one of `counts` is open."""

    counts: frozenset[str]
    broken_by: frozenset[str]
    more_than_days: int

    def begins(self, today: date) -> date:
        """The first day that is no silence yet: a record on it still counts as recent (inclusive)."""
        return today - timedelta(days=self.more_than_days)


Rule = Repeated | Silent


def months_before(day: date, months: int) -> date:
    """The same day of the month `months` earlier, or that month's last day where it is shorter."""
    whole = day.year * 12 + day.month - 1 - months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def read(content: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of a setting {"rules": [...]}, in their order; those switched off ("on": false) are left out.

    Raises ValueError with the words of `faults` (as far as they do not need the known kinds).
    """
    if wrong := faults(content):
        raise ValueError("; ".join(wrong))
    return tuple(_rule(row) for row in content["rules"] if row.get("on", True))


def _rule(row: Mapping[str, Any]) -> Rule:
    words = {name: str(row[name]) for name in ("code", "name", "words", "source")}
    if "more_than_days" in row:
        return Silent(
            **words,
            counts=frozenset(row["counts"]),
            broken_by=frozenset(row["broken_by"]),
            more_than_days=row["more_than_days"],
        )
    return Repeated(
        **words,
        counts=frozenset(row["counts"]),
        at_least=row["at_least"],
        within_months=row["within_months"],
        places=row.get("places", 1),
    )


def faults(content: Mapping[str, Any], *, kinds: Collection[str] | None = None) -> list[str]:
    """What keeps a setting from being read, in words; empty if nothing does.

    `kinds`: the kinds of record there are; None where they need not be checked.
    """
    rows = content.get("rules")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        return ["Give a list of rules."]
    codes = [row.get("code") for row in rows]
    wrong = [
        f"Two rules are called {code}." for code in sorted({str(c) for c in codes if codes.count(c) > 1})
    ]
    return wrong + [fault for row in rows for fault in _faults(row, kinds)]


def _faults(row: Mapping[str, Any], kinds: Collection[str] | None) -> list[str]:
    code = row.get("code") or "A rule without a code"
    wrong = [
        f"{code}: say its {name}." for name in ("code", "name", "words", "source") if not _text(row.get(name))
    ]
    silent = "more_than_days" in row
    for name in ("counts", "broken_by") if silent else ("counts",):
        wrong += _unknown(code, name, row.get(name), kinds)
    wrong += [
        f"{code}: {name} is a whole number from 1 to {most}."
        for name, most in (_SILENT if silent else _REPEATED)
        if not _number(row.get(name, 1 if name == "places" else None), most)
    ]
    if not wrong and not silent and row.get("places", 1) > row["at_least"]:
        wrong.append(f"{code}: it cannot happen in more places than times.")
    return wrong


_SILENT = (("more_than_days", LONGEST_DAYS),)
_REPEATED = (("at_least", MOST), ("within_months", LONGEST_MONTHS), ("places", MOST))


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _number(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _unknown(code: object, name: str, value: object, kinds: Collection[str] | None) -> list[str]:
    if not isinstance(value, list) or not value or not all(_text(kind) for kind in value):
        return [f"{code}: {name} lists at least one kind of record."]
    return [f"{code}: there is no kind of record {kind}." for kind in value if kinds and kind not in kinds]
