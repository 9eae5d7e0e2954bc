"""How long is something kept, under which rule, and on which day is that time over? Worked out, never typed.

A schedule is a list of rules; agreements may add theirs. Nothing here reads a table or the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jigsaw.sharing_rules.vocabulary import CATEGORIES, SECTORS

WHAT = ("entry", "concern", "record", "plan", "notice", "answer")
"""An entry of a chronology with all its versions; a concern with its enquiry, requests and answers; what an agency's
record says of somebody; a plan with its alerts; a notice of domestic abuse; what a family asked and was told."""
BIRTH, WRITTEN = "birth", "recorded"
EVENTS = (BIRTH, WRITTEN)
OF_AGE = 18


@dataclass(frozen=True)
class Keep:
    """So many whole years from an event."""

    event: str
    years: int


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How long some of what agencies hold is kept: until the last of `keep`.

    Empty `kinds`, `sectors` or `agencies` (codes) stand for all. `if_died`: years from the death of whoever died
    before they were eighteen, in place of what is counted from their birth. `statutory`: an agreement may add to it and not
    take from it. `by_itself`: nobody is asked. `agreement`: identifier and version, where it comes from one.
    """

    code: str
    name: str
    what: frozenset[str]
    keep: tuple[Keep, ...]
    source: str
    kinds: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    if_died: int | None = None
    statutory: bool = False
    by_itself: bool = False
    edition: str = ""
    verified: bool = False
    agreement: str = ""

    @property
    def narrow(self) -> tuple[bool, int]:
        """How closely it fits: one for an agency goes before one for its sector or a kind, and that before one for all."""
        return (bool(self.agencies), bool(self.kinds) + bool(self.sectors))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of one thing that an agency holds. `events`: the last day of each; of several children's births
    the youngest's. `died_on`: where everybody whom it is about has died, the last of those days."""

    what: str
    agency: str
    sector: str
    events: Mapping[str, date]
    kinds: frozenset[str] = frozenset()
    died_on: date | None = None


@dataclass(frozen=True)
class Due:
    """Its time is over on `on` (inclusive), under this rule."""

    rule: Rule
    on: date


def due(facts: Facts, rules: Iterable[Rule]) -> Due | None:
    """When its time is over; None where no rule says so, or an event that one counts from is not known.

    An agreement's rules go before the schedule's; of those, the most closely fitting count; what the law says counts
    always; and of all that count, the latest day.
    """
    fitting = [rule for rule in rules if _fits(rule, facts)]
    closest = max((rule.narrow for rule in fitting if not rule.agreement), default=None)
    agreed = [rule for rule in fitting if rule.agreement]
    chosen = agreed or [rule for rule in fitting if rule.narrow == closest]
    counted = [*chosen, *(rule for rule in fitting if rule.statutory and rule not in chosen)]
    found = [Due(rule, day) for rule in counted if (day := _over(rule, facts))]
    if not found or len(found) < len(counted):
        return None
    return max(found, key=lambda one: (one.on, one.rule.code))


def _fits(rule: Rule, facts: Facts) -> bool:
    return (
        facts.what in rule.what
        and (not rule.kinds or bool(rule.kinds & facts.kinds))
        and (not rule.sectors or facts.sector in rule.sectors)
        and (not rule.agencies or facts.agency in rule.agencies)
    )


def _over(rule: Rule, facts: Facts) -> date | None:
    """The last of the days that the rule names; None if one cannot be worked out yet."""
    days = [_day(keep, rule, facts) for keep in rule.keep]
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def _day(keep: Keep, rule: Rule, facts: Facts) -> date | None:
    began = facts.events.get(keep.event)
    if began is None:
        return None
    died = facts.died_on
    if keep.event == BIRTH and rule.if_died is not None and died and died < after(began, OF_AGE):
        return after(died, rule.if_died)
    return after(began, keep.years)


def after(day: date, years: int) -> date:
    """So many years later; what began on 29 February is over on 1 March of a year without one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def read(content: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of a schedule (see data/retention.json); raises KeyError, TypeError or ValueError where it cannot be."""
    rules = tuple(_rule(row) for row in content["rules"])
    if len({rule.code for rule in rules}) < len(rules):
        raise ValueError("Two rules have the same code.")
    return rules


def _rule(row: Mapping[str, Any]) -> Rule:
    data = _known(row.get("data", ()), CATEGORIES)
    of_data = {kind for code in data for kind in CATEGORIES[code].event_kinds}
    if not str(row["source"]).strip():
        raise ValueError("A rule has a source.")
    return Rule(
        code=row["code"],
        name=row["name"],
        what=_known(row["what"], WHAT),
        keep=tuple(keep_of(one) for one in row["keep"]) or _none(),
        source=row["source"],
        edition=row.get("edition", ""),
        kinds=frozenset({*row.get("kinds", ()), *of_data}),
        sectors=_known(row.get("sectors", ()), SECTORS),
        agencies=frozenset(row.get("agencies", ())),
        if_died=row.get("if_died"),
        statutory=bool(row.get("statutory")),
        by_itself=bool(row.get("by_itself")),
        verified=bool(row.get("verified")),
    )


def keep_of(row: Mapping[str, Any]) -> Keep:
    """`{"from": event, "years": whole number from 1}`; raises KeyError, TypeError or ValueError."""
    if row["from"] not in EVENTS or type(row["years"]) is not int or row["years"] < 1:
        raise ValueError("keep")
    return Keep(row["from"], row["years"])


def _known(codes: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    found = frozenset(codes)
    if not found <= set(known):
        raise ValueError(f"not known: {sorted(found - set(known))}")
    return found


def _none() -> tuple[Keep, ...]:
    raise ValueError("A rule says how long.")
