"""On which days does each agreement hold, given those that extend it, replace it or are newer versions of it?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from jigsaw.sharing_rules.agreements.model import Agreement
from jigsaw.sharing_rules.problems import Problem, UnreadableAgreement

Period = tuple[date, date]
"""First and last day, both inclusive."""
_DAY = timedelta(days=1)


def periods(agreements: tuple[Agreement, ...]) -> list[tuple[Period, ...]]:
    """The stretches of days on which each agreement holds, in the order of `agreements`; none: never.

    Raises UnreadableAgreement for what `wrong_chains` finds.
    """
    if problems := wrong_chains(agreements):
        raise UnreadableAgreement(problems)
    return [_held(agreement, agreements) for agreement in agreements]


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


def _held(agreement: Agreement, among: tuple[Agreement, ...]) -> tuple[Period, ...]:
    """Its own days until it is replaced, so far as a version of the agreement that it extends holds."""
    own = (agreement.start, _last_day(agreement, among))
    if not agreement.extends:
        stretches = [own]
    else:
        extended = [other for other in among if other.identifier.value == agreement.extends]
        stretches = [_both(own, held) for other in extended for held in _held(other, among)]
    return tuple(sorted((first, last) for first, last in stretches if first <= last))


def _last_day(agreement: Agreement, among: tuple[Agreement, ...]) -> date:
    """The day before the next version, or one that replaces it, begins; at most its own last day."""
    takes_over = (
        other.start
        for other in among
        if agreement.identifier.value in other.replaces
        or (other.identifier.value == agreement.identifier.value and other.version > agreement.version)
    )
    return min([agreement.end, *(start - _DAY for start in takes_over)])


def _both(a: Period, b: Period) -> Period:
    return max(a[0], b[0]), min(a[1], b[1])
