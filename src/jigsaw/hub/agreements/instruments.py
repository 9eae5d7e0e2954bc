"""Which laws does the partnership rely on, and who has checked each against its text?

The register comes with Jigsaw (`data/legal_instruments.json`); what the partnership's administrator confirmed or
corrected stands in rows of their own, each from a day on, and goes before what was shipped. Nothing here reads the
database: rows in, a register out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol

COMMON_LAW = "common_law"


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One duty, power, basis or condition as the register has it on a day.

    `commenced_on` is inclusive, `ended_on` exclusive; None means not in force yet, and no end. `verified`: somebody
    has checked it against its text. `verified_on` is as exact as it is known: 2026-07 or 2026-07-14.
    """

    code: str
    title: str
    provision: str
    kind: str
    duty: str
    who_may_disclose: tuple[str, ...]
    to_whom: tuple[str, ...]
    purpose_tags: tuple[str, ...]
    commenced_on: date | None
    ended_on: date | None
    jurisdiction: str
    source: str
    note: str = ""
    verified: bool = False
    verified_on: str = ""
    checked_by: str = ""
    """Who of the partnership confirmed or corrected it; empty as shipped."""
    checked_at: datetime | None = None
    shipped: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The row that it came with, of which the rules may know more parts than are named here."""

    @property
    def name(self) -> str:
        """As one says it: the title and the provision."""
        return f"{self.title}, {self.provision}"

    @property
    def always(self) -> bool:
        """Does it hold without a first day, as common law does?"""
        return bool(self.shipped.get("always", self.kind == COMMON_LAW))

    @property
    def mandatory(self) -> bool:
        return self.duty == "mandatory"

    def in_force(self, on: date) -> bool:
        """May it be relied on that day?"""
        begun = self.commenced_on or (date.min if self.always else date.max)
        return begun <= on and (self.ended_on is None or on < self.ended_on)

    def as_row(self) -> dict[str, Any]:
        """The row as the shipped file has it, with what was found put in: what a file or the pure rules read."""
        return {
            **self.shipped,
            "commenced_on": self.commenced_on and self.commenced_on.isoformat(),
            "ended_on": self.ended_on and self.ended_on.isoformat(),
            "note": self.note,
            "source": self.source,
            "verified": self.verified,
            "verified_on": self.verified_on or None,
        }


class Checked(Protocol):
    """A row of what an administrator found (`models.InstrumentCheck`)."""

    code: str
    commenced_on: date | None
    ended_on: date | None
    verified_on: date
    source: str
    note: str
    checked_at: datetime

    @property
    def checker(self) -> str: ...


@dataclass(frozen=True)
class Register:
    """Every instrument as of one day, in the order of the shipped file."""

    on: date
    instruments: tuple[Instrument, ...]
    by_code: Mapping[str, Instrument] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {each.code: each for each in self.instruments})

    def get(self, code: str) -> Instrument | None:
        return self.by_code.get(code)

    def unverified(self, codes: Iterable[str]) -> list[Instrument]:
        """Those of these codes that nobody has checked yet, in the order given, each once."""
        found = (self.by_code.get(code) for code in dict.fromkeys(codes))
        return [each for each in found if each and not each.verified]

    @cached_property
    def edition(self) -> str:
        """A short name of exactly this content: a stored verdict tells by it which law it was made under."""
        rows = json.dumps([each.as_row() for each in self.instruments], sort_keys=True, ensure_ascii=False)
        return f"law-{hashlib.sha256(rows.encode()).hexdigest()[:12]}"


def register_of(shipped: Iterable[Mapping[str, Any]], checks: Iterable[Checked], on: date) -> Register:
    """The shipped rows, each overridden by the check that holds (one for each code at most)."""
    found = {check.code: check for check in checks}
    return Register(on, tuple(_instrument(row, found.get(row["code"])) for row in shipped))


def _instrument(row: Mapping[str, Any], check: Checked | None) -> Instrument:
    shipped = Instrument(
        code=row["code"],
        title=row["title"],
        provision=row["provision"],
        kind=row["kind"],
        duty=row["duty"],
        who_may_disclose=tuple(row["who_may_disclose"]),
        to_whom=tuple(row["to_whom"]),
        purpose_tags=tuple(row["purpose_tags"]),
        commenced_on=_day(row["commenced_on"]),
        ended_on=_day(row["ended_on"]),
        jurisdiction=row["jurisdiction"],
        source=row["source"],
        note=row.get("note", ""),
        verified=row["verified"],
        verified_on=row["verified_on"] or "",
        shipped=row,
    )
    if check is None:
        return shipped
    return Instrument(
        **{
            **vars(shipped),
            "commenced_on": check.commenced_on,
            "ended_on": check.ended_on,
            "source": check.source,
            "note": check.note or shipped.note,
            "verified": True,
            "verified_on": check.verified_on.isoformat(),
            "checked_by": check.checker,
            "checked_at": check.checked_at,
        }
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
