"""On which days does each agreement hold, given those that extend it, replace it or are newer versions of it?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from jigsaw.sharing_rules.agreements.model import Agreement
from jigsaw.sharing_rules.problems import Problem, UnreadableAgreement

Period = tuple[date, date]
_NEVER: Period = (date.max, date.min)
_DAY = timedelta(days=1)


def periods(agreements: tuple[Agreement, ...]) -> dict[int, Period]:
    """First and last day, both inclusive, by place in `agreements`; a first day after the last: never.

    Raises UnreadableAgreement for what `wrong_chains` finds.
    """
    if problems := wrong_chains(agreements):
        raise UnreadableAgreement(problems)
    own = {place: (a.start, _last_day(a, agreements)) for place, a in enumerate(agreements)}
    return {place: _within_extended(place, agreements, own) for place in own}


def wrong_chains(agreements: Iterable[Agreement]) -> list[Problem]:
    """Chains that come back to themselves, extended agreements that are not there, versions given twice."""
    given = tuple(agreements)
    known = {a.identifier.value for a in given}
    problems = []
    for place, a in enumerate(given):
        label = f"{a.identifier.value} v{a.version}"
        if any(a.identifier.value == b.identifier.value and a.version == b.version for b in given[:place]):
            problems.append(
                Problem("$.version", f"There are two of {label}.", "Give the newer one the next number.")
            )
        if a.extends and a.extends not in known:
            problems.append(
                Problem(
                    "$.extends",
                    f"{label} extends “{a.extends}”, which is not among the agreements.",
                    "Add that agreement first, or let this one stand by itself.",
                )
            )
    return problems + _cycles(given)


def _cycles(agreements: tuple[Agreement, ...]) -> list[Problem]:
    leads_to: dict[str, set[str]] = {}
    for a in agreements:
        leads_to.setdefault(a.identifier.value, set()).update({a.extends, *a.replaces} - {""})
    return [
        Problem(
            "$.extends",
            f"What “{start}” extends or replaces leads back to itself.",
            "Take one of these links out: " + ", ".join(sorted(leads_to[start])) + ".",
        )
        for start in leads_to
        if start in _reached_from(start, leads_to)
    ]


def _reached_from(start: str, leads_to: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = list(leads_to.get(start, ()))
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += leads_to.get(name, ())
    return reached


def _last_day(agreement: Agreement, among: tuple[Agreement, ...]) -> date:
    """The day before the next version, or one that replaces it, begins; at most its own last day."""
    takes_over = (
        other.start
        for other in among
        if agreement.identifier.value in other.replaces
        or (other.identifier.value == agreement.identifier.value and other.version > agreement.version)
    )
    return min([agreement.end, *(start - _DAY for start in takes_over)])


def _within_extended(place: int, agreements: tuple[Agreement, ...], own: dict[int, Period]) -> Period:
    """Its own days, so far as a version of the agreement that it extends holds: the first such stretch."""
    first, last = own[place]
    extended = agreements[place].extends
    if not extended:
        return first, last
    stretches = sorted(
        _within_extended(other, agreements, own)
        for other, a in enumerate(agreements)
        if a.identifier.value == extended
    )
    held = _joined(stretches)
    return next(
        ((max(first, a), min(last, b)) for a, b in held if max(first, a) <= min(last, b)),
        _NEVER,
    )


def _joined(stretches: list[Period]) -> list[Period]:
    """Stretches of days with those that meet made one, so that a new version is no gap."""
    joined: list[Period] = []
    for first, last in stretches:
        if last < first:
            continue
        if joined and first <= joined[-1][1] + _DAY:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
