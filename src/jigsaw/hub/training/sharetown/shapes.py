"""What does a family in Sharetown consist of, before any of it is written to the database?

A `Family` is a plain description: who there is, what each agency holds on them, how they are related, who
works with them, and what each agency wrote down. `writing` turns it into records through the operations of
the domains, as the agencies themselves would have.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.people.records import Facts

# The Friday on which the Walsh family's story stands as the screens were drawn.
CANON = date(2026, 11, 20)


@dataclass(frozen=True)
class Calendar:
    """Days of the stories, seen from `now`.

    The stories move by whole weeks, so that a school day stays a school day; the last thing that
    happened in them is never more than nine days ago. Dates of birth move by whole years, and stay as
    written for half a year around the day the stories were written for.
    """

    now: datetime

    @property
    def today(self) -> date:
        """The day in England."""
        return self.now.astimezone(ENGLAND).date()

    @property
    def weeks(self) -> timedelta:
        return timedelta(days=(self.today - CANON).days // 7 * 7)

    def on(self, day: date) -> date:
        """The day in the story that was written as `day`."""
        return day + self.weeks

    def ago(self, days: int) -> date:
        """A working day about `days` before the story's present."""
        day = CANON + self.weeks - timedelta(days=days)
        return day - timedelta(days=max(day.weekday() - 4, 0))

    def born(self, day: date) -> date:
        """A date of birth that keeps the age it was written for; 29 February becomes the 28th."""
        years = round((self.today - CANON).days / 365.25)
        last = 28 if (day.month, day.day) == (2, 29) and years else day.day
        return date(day.year + years, day.month, last)

    @property
    def founded(self) -> date:
        """When the partnership began to use the hub: what is older was taken over from elsewhere that day."""
        return CANON + self.weeks - timedelta(days=560)

    def at(self, day: date, hour: int = 16, minute: int = 0) -> datetime:
        """When something of that day was written down; never before the hub was founded nor after now."""
        return min(datetime.combine(max(day, self.founded), time(hour, minute), ENGLAND), self.now)


@dataclass(frozen=True, kw_only=True)
class Held:
    """What `agency` holds on `member`, from the day `since` on.

    It is linked to the member's other records by rule where that is certain, and otherwise by the front door
    for the reason `why`; a record that `waits` is left for whoever is learning to decide on.
    """

    member: str
    agency: str
    system: str
    facts: Facts
    since: date
    waits: bool = False
    why: str = ""
    by: str = ""
    """Who entered it; the agency's usual keeper if not said."""


@dataclass(frozen=True, kw_only=True)
class Tie:
    """`member` is the `kind` (MAIS code) of `to`, as every agency that holds both has it, or `known_to` only."""

    member: str
    kind: str
    to: str
    parental_responsibility: bool | None = None
    from_date: date | None = None
    until_date: date | None = None
    known_to: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Works:
    """A service that works or worked with `member`; `worker` is a practitioner's key, or a name."""

    member: str
    agency: str
    service: str
    worker: str
    from_date: date
    until_date: date | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Wrote:
    """A piece that `by` (a practitioner's key) wrote down about these members, in their own agency."""

    by: str
    about: tuple[str, ...]
    piece: Piece
    at_first: Piece | None = None
    """What was written at first, if it was put right the next day."""
    because: str = ""
    """Why it was put right."""


@dataclass(kw_only=True)
class Family:
    """One family: a key, and all that is held on them."""

    key: str
    held: list[Held] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    works: list[Works] = field(default_factory=list)
    wrote: list[Wrote] = field(default_factory=list)

    def members(self) -> list[str]:
        """The keys of all that some agency holds, each once, in the order written."""
        return list(dict.fromkeys(held.member for held in self.held))
