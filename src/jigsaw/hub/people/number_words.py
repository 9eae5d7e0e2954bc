"""What is told of NHS numbers in lists and on pages: how each stands, who says so, and what is to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from jigsaw.hub.people.cards import Card
from jigsaw.hub.people.models import NumberStanding

# A number of which one of these is known last is no longer the number to use.
NOT_IN_USE = (NumberStanding.SUPERSEDED, NumberStanding.INVALID, NumberStanding.DISPUTED)
# A person's last word: it stands until somebody says otherwise. In doubt is a question, and no answer.
SETTLED = (NumberStanding.SUPERSEDED, NumberStanding.INVALID)


@dataclass(frozen=True)
class Word:
    """What somebody said of a number: verified, superseded, invalid, disputed or unverified; who and when."""

    standing: str
    by: str
    """A register's code, such as "pds", or a practitioner's name."""
    at: datetime
    reason: str = ""
    superseded_by: str = ""
    by_person: bool = False


@dataclass(frozen=True)
class Report:
    """Another system says that `instead` is the number to use; nobody has decided about it yet."""

    by: str
    at: datetime
    instead: str


@dataclass(frozen=True)
class Number:
    """An NHS number on a record. `traced`: a register found it, the source did not say it. `history`: newest first.

    `reports` are told in the lists of work alone.
    """

    value: str
    valid: bool
    traced: bool
    standing: str
    """As in `Word`, or invalid if its check digit is wrong, or given if only the source speaks for it."""
    history: tuple[Word, ...] = ()
    reports: tuple[Report, ...] = ()

    @property
    def to_settle(self) -> bool:
        """Somebody says it is not the number to use, and no person has decided since."""
        last = self.history[0] if self.history else None
        if last is None or last.standing not in NOT_IN_USE:
            return bool(self.reports)
        return bool(self.reports) or not (last.by_person and last.standing in SETTLED)


@dataclass(frozen=True)
class Answered:
    """What the register last said of a record, for the person who decides."""

    trace: UUID
    service: str
    state: str
    asked_at: datetime
    answered_at: datetime | None
    number: str
    score: float | None
    standing: str
    outcome: str
    doubts: tuple[str, ...]
    restricted: bool
    try_again_on: date | None


@dataclass(frozen=True)
class Row:
    """A record in a list of work, with its numbers and the last answer. `lacks`: what must be known to ask."""

    record: UUID
    card: Card
    agency: str
    sector: str
    numbers: tuple[Number, ...]
    last: Answered | None
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Clash:
    """One number on several persons (`number`), or several numbers on one (`number` is ''): all their records."""

    number: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Page:
    """One page of a list: rows or clashes, and whether there is another."""

    rows: tuple[Row, ...] = ()
    clashes: tuple[Clash, ...] = ()
    more: bool = False
