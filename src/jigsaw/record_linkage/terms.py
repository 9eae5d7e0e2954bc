"""How is a condition on two records said once, and asked both in Python and in SQL?

A level of agreement is a `Term`. One term answers for two sets of columns in-process, while somebody types, and
writes itself as SQL for Splink on DuckDB or Spark, so that the two can never drift apart: a test holds them to
one score on thousands of pairs. Every term is symmetric: exchanging the records changes nothing.

In SQL a row is one record: `SINGLE` columns hold one value, all others a list; a column with nothing is NULL,
and a condition that is not true is never reached, so NULL counts as false. In Python a person may be many
records joined, so that every column may hold many values; a condition holds if any of them meets it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import attrgetter
from typing import Any, Literal, Protocol

from jigsaw.record_linkage.columns import SINGLE, Columns
from jigsaw.record_linkage.sounds import likeness, one_slip_apart

Dialect = Literal["duckdb", "spark"]
Holds = Callable[[Columns, Columns], bool]

SPELLED_ALIKE = "spelled_alike"
"""The function by which Spark compares spellings: `sounds.likeness`, registered by the door."""

_FUNCTIONS = {
    "duckdb": {"share": "list_has_any", "holds": "list_contains", "alike": "jaro_winkler_similarity"},
    "spark": {"share": "arrays_overlap", "holds": "array_contains", "alike": SPELLED_ALIKE},
}


class Term(Protocol):
    """A symmetric condition on two records."""

    def holds(self) -> Holds:
        """The condition as a function of two sets of columns."""
        ...

    def sql(self, dialect: Dialect) -> str:
        """The condition over the columns `…_l` and `…_r`."""
        ...


@dataclass(frozen=True)
class Shares:
    """Both hold one same value in the column."""

    column: str

    def holds(self) -> Holds:
        values = attrgetter(self.column)
        return lambda left, right: _meet(values(left), values(right))

    def sql(self, dialect: Dialect) -> str:
        if self.column in SINGLE:
            return f"{self.column}_l = {self.column}_r"
        return f"{_FUNCTIONS[dialect]['share']}({self.column}_l, {self.column}_r)"


@dataclass(frozen=True)
class Crosses:
    """What one holds in `column` the other holds in `other`; with `both_ways`, and the other way round."""

    column: str
    other: str
    both_ways: bool = False

    def holds(self) -> Holds:
        one, two = attrgetter(self.column), attrgetter(self.other)
        if self.both_ways:
            return lambda left, right: _meet(one(left), two(right)) and _meet(two(left), one(right))
        return lambda left, right: _meet(one(left), two(right)) or _meet(two(left), one(right))

    def sql(self, dialect: Dialect) -> str:
        ways = (self._one_way(dialect, "l", "r"), self._one_way(dialect, "r", "l"))
        return f"({(' AND ' if self.both_ways else ' OR ').join(ways)})"

    def _one_way(self, dialect: Dialect, here: str, there: str) -> str:
        one, two = f"{self.column}_{here}", f"{self.other}_{there}"
        match (self.column in SINGLE, self.other in SINGLE):
            case (True, True):
                return f"{one} = {two}"
            case (True, False):
                return f"{_FUNCTIONS[dialect]['holds']}({two}, {one})"
            case (False, True):
                return f"{_FUNCTIONS[dialect]['holds']}({one}, {two})"
            case _:
                return f"{_FUNCTIONS[dialect]['share']}({one}, {two})"


@dataclass(frozen=True)
class Alike:
    """Two values are spelled alike: Jaro-Winkler similarity of at least `least`, from 0 to 1."""

    column: str
    least: float

    def holds(self) -> Holds:
        values, least = attrgetter(self.column), self.least

        def alike(left: Columns, right: Columns) -> bool:
            ours, theirs = values(left), values(right)
            if len(ours) == 1 and len(theirs) == 1:
                return likeness(ours[0], theirs[0]) >= least
            return any(likeness(x, y) >= least for x, y in product(ours, theirs))

        return alike

    def sql(self, dialect: Dialect) -> str:
        _require_single(self.column)
        one, two = f"{self.column}_l", f"{self.column}_r"
        return f"{_FUNCTIONS[dialect]['alike']}(least({one}, {two}), greatest({one}, {two})) >= {self.least}"


@dataclass(frozen=True)
class OneSlip:
    """One changed, missing, extra or exchanged character turns one value into the other."""

    column: str

    def holds(self) -> Holds:
        values = attrgetter(self.column)
        return lambda left, right: any(one_slip_apart(x, y) for x, y in product(values(left), values(right)))

    def sql(self, dialect: Dialect) -> str:
        _require_single(self.column)
        return f"damerau_levenshtein({self.column}_l, {self.column}_r) <= 1"


@dataclass(frozen=True)
class Within:
    """The number in `column` less the number in `other` lies between `low` and `high`, both included.

    With another column than its own, either record may hold the first of the two; with the same column, only
    the size of the difference counts.
    """

    column: str
    other: str
    low: int
    high: int

    def holds(self) -> Holds:
        one, two, low, high = attrgetter(self.column), attrgetter(self.other), self.low, self.high

        def within(left: Columns, right: Columns) -> bool:
            return any(low <= x - y <= high for x, y in product(one(left), two(right)))

        return lambda left, right: within(left, right) or within(right, left)

    def sql(self, dialect: Dialect) -> str:
        _require_single(self.column)
        _require_single(self.other)
        there = f"{self.column}_l - {self.other}_r BETWEEN {self.low} AND {self.high}"
        back = f"{self.column}_r - {self.other}_l BETWEEN {self.low} AND {self.high}"
        return f"({there} OR {back})"


@dataclass(frozen=True)
class Both:
    """Both records say something in at least one of the columns, not necessarily the same one."""

    columns: tuple[str, ...]

    def holds(self) -> Holds:
        if len(self.columns) == 1:
            values = attrgetter(self.columns[0])
            return lambda left, right: bool(values(left) and values(right))
        several = attrgetter(*self.columns)
        return lambda left, right: any(several(left)) and any(several(right))

    def sql(self, dialect: Dialect) -> str:
        left, right = (
            " OR ".join(f"{column}_{side} IS NOT NULL" for column in self.columns) for side in "lr"
        )
        return f"(({left}) AND ({right}))"


@dataclass(frozen=True)
class Either:
    """At least one record says something in the column."""

    column: str

    def holds(self) -> Holds:
        values = attrgetter(self.column)
        return lambda left, right: bool(values(left) or values(right))

    def sql(self, dialect: Dialect) -> str:
        return f"({self.column}_l IS NOT NULL OR {self.column}_r IS NOT NULL)"


@dataclass(frozen=True)
class All:
    """Every one of the terms holds."""

    terms: tuple[Term, ...]

    def holds(self) -> Holds:
        first, *rest = (term.holds() for term in self.terms)
        return reduce(_and, rest, first)

    def sql(self, dialect: Dialect) -> str:
        return f"({' AND '.join(term.sql(dialect) for term in self.terms)})"


@dataclass(frozen=True)
class AnyOf:
    """At least one of the terms holds."""

    terms: tuple[Term, ...]

    def holds(self) -> Holds:
        first, *rest = (term.holds() for term in self.terms)
        return reduce(_or, rest, first)

    def sql(self, dialect: Dialect) -> str:
        return f"({' OR '.join(term.sql(dialect) for term in self.terms)})"


@dataclass(frozen=True)
class Not:
    """The term does not hold."""

    term: Term

    def holds(self) -> Holds:
        part = self.term.holds()
        return lambda left, right: not part(left, right)

    def sql(self, dialect: Dialect) -> str:
        return f"NOT coalesce({self.term.sql(dialect)}, false)"


@dataclass(frozen=True)
class Always:
    """Holds whatever the records say: the last level of a ladder."""

    def holds(self) -> Holds:
        return lambda _left, _right: True

    def sql(self, dialect: Dialect) -> str:
        return "ELSE"


def every(*terms: Term) -> Term:
    """All of these."""
    return All(terms)


def some(*terms: Term) -> Term:
    """Any of these."""
    return AnyOf(terms)


def both(*columns: str) -> Term:
    """Both records say something in at least one of these columns."""
    return Both(columns)


def _and(one: Holds, other: Holds) -> Holds:
    return lambda left, right: one(left, right) and other(left, right)


def _or(one: Holds, other: Holds) -> Holds:
    return lambda left, right: one(left, right) or other(left, right)


def _meet(left: tuple[Any, ...], right: tuple[Any, ...]) -> bool:
    if not left or not right:
        return False
    if len(left) == 1 and len(right) == 1:
        return bool(left[0] == right[0])
    return not set(left).isdisjoint(right)


def _require_single(column: str) -> None:
    if column not in SINGLE:
        raise ValueError(f"{column} holds a list, and this condition is written for one value a record.")
