"""What stands out in a chronology, and which entries does it point at?

Pure and plain: each pattern is a count or a length of time with the entries behind it, for a person to
look at. Nothing is scored or judged, and nothing here reads the clock or the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

YEAR = timedelta(days=365)
# Silence and the child's voice: house rules (design requirements 8 and 9), not national figures.
SILENCE = timedelta(days=60)
VOICE = timedelta(days=90)
REPEATED = 2
"""How often something has happened before it is pointed out."""

MISSED = frozenset({"was_not_brought"})
POLICE_AT_HOME = frozenset({"police_attendance"})
POLICE_INCIDENTS = frozenset({"domestic_abuse", "antisocial_behaviour"})

MOTHERS = frozenset({"MTH", "NMTH", "GESTM", "ADOPTM"})
FATHERS = frozenset({"FTH", "NFTH", "ADOPTF"})
PARENTS = frozenset({"PRN", "NPRN", "ADOPTP"}) | MOTHERS | FATHERS


@dataclass(frozen=True)
class Mark:
    """As much of an entry as patterns need: which, what kind, by which sector, on which day."""

    id: UUID
    kind: str
    sector: str
    on: date


@dataclass(frozen=True)
class Pattern:
    """Something worth a closer look.

    `code` is missed, police, silence, child_words or parent; `figure` the count, or the days of a
    silence (0 where there is none to give); `entries` those to look at, newest first; `since` and `until`
    the first and last day it concerns; `who` the parent nobody recorded: mother, father or parent.
    """

    code: str
    figure: int
    entries: tuple[UUID, ...] = ()
    since: date | None = None
    until: date | None = None
    who: str = ""


def missed_appointments(marks: Iterable[Mark], *, today: date) -> list[Pattern]:
    """Appointments to which the child was not brought, twice or more in the twelve months up to today."""
    return _repeated("missed", (m for m in marks if m.kind in MISSED), today)


def police_attendances(marks: Iterable[Mark], *, today: date) -> list[Pattern]:
    """Police at the home, or an incident there that the police recorded, twice or more in twelve months."""
    found = (
        m for m in marks if m.kind in POLICE_AT_HOME or (m.sector == "PO" and m.kind in POLICE_INCIDENTS)
    )
    return _repeated("police", found, today)


def _repeated(code: str, marks: Iterable[Mark], today: date) -> list[Pattern]:
    recent = sorted((m for m in marks if today - YEAR < m.on <= today), key=lambda m: m.on, reverse=True)
    if len(recent) < REPEATED:
        return []
    return [Pattern(code, len(recent), tuple(m.id for m in recent), recent[-1].on, recent[0].on)]


def silences(days: Iterable[date], *, today: date) -> list[tuple[date, date]]:
    """Stretches of more than 60 days without an entry by anyone, the one that lasts until today included.

    Each pair is the day of the entry before and the day of the entry after (or today); both days inclusive.
    None where there is no entry at all: that is emptiness, not silence.
    """
    known = sorted({day for day in days if day <= today})
    return [(a, b) for a, b in pairwise([*known, today]) if b - a > SILENCE] if known else []


def longest_silence(gaps: Iterable[tuple[date, date]], marks: Iterable[Mark]) -> list[Pattern]:
    """The longest of these silences, pointing at the entries on either side of it."""
    longest = max(gaps, key=lambda gap: gap[1] - gap[0], default=None)
    if longest is None:
        return []
    beside = sorted((m for m in marks if m.on in longest), key=lambda m: m.on, reverse=True)
    return [Pattern("silence", (longest[1] - longest[0]).days, tuple(m.id for m in beside), *longest)]


def unheard(heard_on: date | None, *, entries: int, today: date) -> list[Pattern]:
    """The child's own words were not recorded in the last 90 days, or never, though entries were."""
    if not entries or (heard_on and today - heard_on <= VOICE):
        return []
    return [Pattern("child_words", (today - heard_on).days if heard_on else 0, since=heard_on)]


def missing_parents(parents: Iterable[tuple[str, str]]) -> list[Pattern]:
    """Which parents nobody has recorded, from (MAIS code, sex) of each one recorded.

    Step-parents and foster carers do not count. Of two recorded parents nothing is said, whatever their sex.
    """
    known = [_which(code, sex) for code, sex in parents if code in PARENTS]
    if len(known) >= 2:
        return []
    if not known:
        return [Pattern("parent", 0, who="mother"), Pattern("parent", 0, who="father")]
    other = {"mother": "father", "father": "mother"}.get(known[0], "parent")
    return [Pattern("parent", 0, who=other)]


def _which(code: str, sex: str) -> str:
    if code in MOTHERS or (code not in FATHERS and sex == "F"):
        return "mother"
    return "father" if code in FATHERS or sex == "M" else "parent"
