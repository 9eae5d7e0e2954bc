"""Is this rule's pattern there today, and which records does it point at?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from jigsaw.patterns.rules import Repeated, Rule, Silent


@dataclass(frozen=True)
class Happening:
    """As much of a record as a rule needs: what to point at, its kind, its day, and where it was."""

    id: str
    kind: str
    on: date
    place: str = ""


@dataclass(frozen=True)
class Found:
    """A pattern: of which rule, the records to look at, newest first, and the days it goes from and to.

    Both days inclusive. Of a silence, `since` is the day of the last record, `until` today.
    """

    rule: str
    records: tuple[str, ...]
    since: date
    until: date


def find(rules: Iterable[Rule], happenings: Iterable[Happening], *, today: date) -> list[Found]:
    """The patterns that these records make today, in the order of the rules.

    Records after `today` count for nothing. One more record of a rule's kind never hides its pattern: it is
    pointed at as well. A silence alone ends, by whatever breaks it.
    """
    known = [one for one in happenings if one.on <= today]
    found = (_find(rule, known, today) for rule in rules)
    return [one for one in found if one]


def _find(rule: Rule, known: list[Happening], today: date) -> Found | None:
    return _repeated(rule, known, today) if isinstance(rule, Repeated) else _silent(rule, known, today)


def _repeated(rule: Repeated, known: list[Happening], today: date) -> Found | None:
    begins = rule.begins(today)
    counted = _of(rule.counts, [one for one in known if one.on > begins])
    if len({one.id for one in counted}) < rule.at_least or len({one.place for one in counted}) < rule.places:
        return None
    return Found(rule.code, _ids(counted), counted[-1].on, counted[0].on)


def _silent(rule: Silent, known: list[Happening], today: date) -> Found | None:
    """Counted from the last record; of a case of which nothing was recorded, from the day it was opened."""
    cases = _of(rule.counts, known)
    if not cases:
        return None
    opened = cases[-1]
    entries = [one for one in _of(rule.broken_by, known) if one.on >= opened.on]
    last = entries[0] if entries else opened
    if last.on >= rule.begins(today):
        return None
    return Found(rule.code, _ids([last, *cases]), last.on, today)


def _of(kinds: frozenset[str], known: Iterable[Happening]) -> list[Happening]:
    """Those of these kinds, newest first; of one day in the order of their ids."""
    return sorted((one for one in known if one.kind in kinds), key=lambda one: (-one.on.toordinal(), one.id))


def _ids(records: Iterable[Happening]) -> tuple[str, ...]:
    """Each once, in the order in which they come."""
    return tuple(dict.fromkeys(one.id for one in records))
