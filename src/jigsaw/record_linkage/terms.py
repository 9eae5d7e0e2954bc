"""How is a condition on two records said once, and asked both in Python and in SQL?

A level of agreement is a `Term`. One term writes itself as Python, to be asked while somebody types, and as SQL
for Splink on DuckDB or Spark, so that the two can never drift apart: a test holds them to one score on thousands
of pairs. Every term is symmetric: exchanging the records changes nothing. Python is compiled from the written
condition once, at import, because a hundred small functions called for every candidate took three times as long.

In SQL a row is one record: `SINGLE` columns hold one value, all others a list; a column with nothing is NULL,
and a condition that is not true is never reached, so NULL counts as false. In Python a person may be many
records joined, so that every column may hold many values; a condition holds if any of them meets it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, Protocol

from jigsaw.record_linkage.columns import SINGLE, Columns
from jigsaw.record_linkage.sounds import likeness, one_slip_apart

Dialect = Literal["duckdb", "spark"]

SPELLED_ALIKE = "spelled_alike"
"""The function by which Spark compares spellings: `sounds.likeness`, registered by the door."""

_FUNCTIONS = {
    "duckdb": {"share": "list_has_any", "holds": "list_contains", "alike": "jaro_winkler_similarity"},
    "spark": {"share": "arrays_overlap", "holds": "array_contains", "alike": SPELLED_ALIKE},
}


class Term(Protocol):
    """A symmetric condition on two records."""

    def python(self) -> str:
        """The condition as a Python expression over the columns of `l` and `r`, true or false by its truth."""
        ...

    def sql(self, dialect: Dialect) -> str:
        """The condition over the columns `…_l` and `…_r`."""
        ...


@dataclass(frozen=True)
class Shares:
    """Both hold one same value in the column."""

    column: str

    def python(self) -> str:
        return _met(self.column, self.column)

    def sql(self, dialect: Dialect) -> str:
        if self.column in SINGLE:
            return f"{self.column}_l = {self.column}_r"
        return f"{_FUNCTIONS[dialect]['share']}({self.column}_l, {self.column}_r)"


@dataclass(frozen=True)
class Crosses:
    """What one holds in `column` the other holds in `other`."""

    column: str
    other: str

    def python(self) -> str:
        return f"({_met(self.column, self.other)} or {_met(self.other, self.column)})"

    def sql(self, dialect: Dialect) -> str:
        return f"({self._one_way(dialect, 'l', 'r')} OR {self._one_way(dialect, 'r', 'l')})"

    def _one_way(self, dialect: Dialect, here: str, there: str) -> str:
        return _crossing(dialect, f"{self.column}_{here}", self.column, f"{self.other}_{there}", self.other)


@dataclass(frozen=True)
class Alike:
    """Two values are spelled alike: Jaro-Winkler similarity of at least `least`, from 0 to 1."""

    column: str
    least: float

    def python(self) -> str:
        return _asked("alike", self.column, self.column, self.least)

    def sql(self, dialect: Dialect) -> str:
        _require_single(self.column)
        return _spelled_alike(dialect, f"{self.column}_l", f"{self.column}_r", self.least)


@dataclass(frozen=True)
class Exchanged:
    """What one holds in a column the other holds in another column, and the other way round.

    Each way it is enough that one of the pairs of columns in `shared` has a value in common, or that the values
    of a pair in `alike` are spelled alike: Jaro-Winkler similarity of at least `least`, from 0 to 1.
    """

    shared: tuple[tuple[str, str], ...]
    alike: tuple[tuple[str, str], ...] = ()
    least: float = 1.0

    def python(self) -> str:
        there = [_met(*pair) for pair in self.shared]
        there += [_asked("alike", *pair, self.least) for pair in self.alike]
        back = [_met(two, one) for one, two in self.shared]
        back += [_asked("alike", two, one, self.least) for one, two in self.alike]
        return f"(({' or '.join(there)}) and ({' or '.join(back)}))"

    def sql(self, dialect: Dialect) -> str:
        ways = (self._one_way(dialect, "l", "r"), self._one_way(dialect, "r", "l"))
        return f"({' AND '.join(ways)})"

    def _one_way(self, dialect: Dialect, here: str, there: str) -> str:
        ways = [_crossing(dialect, f"{one}_{here}", one, f"{two}_{there}", two) for one, two in self.shared]
        for one, two in self.alike:
            _require_single(one)
            _require_single(two)
            ways.append(_spelled_alike(dialect, f"{one}_{here}", f"{two}_{there}", self.least))
        return f"({' OR '.join(ways)})"


@dataclass(frozen=True)
class OneSlip:
    """One changed, missing, extra or exchanged character turns one value into the other."""

    column: str

    def python(self) -> str:
        return _asked("one_slip", self.column, self.column)

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

    def python(self) -> str:
        there = _asked("within", self.column, self.other, self.low, self.high)
        back = _asked("within_back", self.other, self.column, self.low, self.high)
        return f"({there} or {back})"

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

    def python(self) -> str:
        left, right = (" or ".join(f"{side}.{column}" for column in self.columns) for side in "lr")
        return f"(({left}) and ({right}))"

    def sql(self, dialect: Dialect) -> str:
        left, right = (
            " OR ".join(f"{column}_{side} IS NOT NULL" for column in self.columns) for side in "lr"
        )
        return f"(({left}) AND ({right}))"


@dataclass(frozen=True)
class Either:
    """At least one record says something in the column."""

    column: str

    def python(self) -> str:
        return f"(l.{self.column} or r.{self.column})"

    def sql(self, dialect: Dialect) -> str:
        return f"({self.column}_l IS NOT NULL OR {self.column}_r IS NOT NULL)"


@dataclass(frozen=True)
class All:
    """Every one of the terms holds."""

    terms: tuple[Term, ...]

    def python(self) -> str:
        return f"({' and '.join(term.python() for term in self.terms)})"

    def sql(self, dialect: Dialect) -> str:
        return f"({' AND '.join(term.sql(dialect) for term in self.terms)})"


@dataclass(frozen=True)
class AnyOf:
    """At least one of the terms holds."""

    terms: tuple[Term, ...]

    def python(self) -> str:
        return f"({' or '.join(term.python() for term in self.terms)})"

    def sql(self, dialect: Dialect) -> str:
        return f"({' OR '.join(term.sql(dialect) for term in self.terms)})"


@dataclass(frozen=True)
class Not:
    """The term does not hold."""

    term: Term

    def python(self) -> str:
        return f"(not {self.term.python()})"

    def sql(self, dialect: Dialect) -> str:
        return f"NOT coalesce({self.term.sql(dialect)}, false)"


@dataclass(frozen=True)
class Always:
    """Holds whatever the records say: the last level of a ladder."""

    def python(self) -> str:
        return "True"

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


def holds(term: Term) -> Callable[[Columns, Columns], bool]:
    """The condition as a function of two sets of columns."""
    asked: Callable[[Columns, Columns], bool] = _compiled(f"    return bool({term.python()})")
    return asked


def first_that_holds(
    levels: Sequence[tuple[str, Term]], *, unless: Term
) -> Callable[[Columns, Columns], str | None]:
    """The code of the first of `levels` that holds for two sets of columns; None if `unless` holds, or none does."""
    rungs = [f"    if {term.python()}: return {code!r}" for code, term in levels]
    body = "\n".join([f"    if {unless.python()}: return None", *rungs, "    return None"])
    asked: Callable[[Columns, Columns], str | None] = _compiled(body)
    return asked


def _compiled(body: str) -> Any:
    """A function of `l` and `r`. What is compiled is written by the terms alone: no input comes near it."""
    known = dict(_ASKED_IN_PYTHON)
    exec(compile(f"def asked(l, r):\n{body}\n", "<terms>", "exec"), known)  # noqa: S102 - see the docstring
    return known["asked"]


def _met(one: str, two: str) -> str:
    return _asked("meet", one, two)


def _asked(question: str, one: str, two: str, *known: float) -> str:
    """A question about two columns, asked only where both say something."""
    rest = "".join(f", {value!r}" for value in known)
    return f"(l.{one} and r.{two} and {question}(l.{one}, r.{two}{rest}))"


def _meet(left: tuple[Any, ...], right: tuple[Any, ...]) -> bool:
    if len(left) == 1 and len(right) == 1:
        return bool(left[0] == right[0])
    return not set(left).isdisjoint(right)


def _alike(left: tuple[str, ...], right: tuple[str, ...], least: float) -> bool:
    if len(left) == 1 and len(right) == 1:
        return likeness(left[0], right[0]) >= least
    return any(likeness(x, y) >= least for x, y in product(left, right))


def _one_slip(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    if len(left) == 1 and len(right) == 1:
        return one_slip_apart(left[0], right[0])
    return any(one_slip_apart(x, y) for x, y in product(left, right))


def _within(left: tuple[int, ...], right: tuple[int, ...], low: int, high: int) -> bool:
    return any(low <= x - y <= high for x, y in product(left, right))


def _within_back(left: tuple[int, ...], right: tuple[int, ...], low: int, high: int) -> bool:
    return _within(right, left, low, high)


_ASKED_IN_PYTHON = {
    "meet": _meet, "alike": _alike, "one_slip": _one_slip, "within": _within, "within_back": _within_back
}  # fmt: skip


def _crossing(dialect: Dialect, one: str, column: str, two: str, other: str) -> str:
    """In SQL: the value `one` of a column is the value `two` of another, or they share one."""
    match (column in SINGLE, other in SINGLE):
        case (True, True):
            return f"{one} = {two}"
        case (True, False):
            return f"{_FUNCTIONS[dialect]['holds']}({two}, {one})"
        case (False, True):
            return f"{_FUNCTIONS[dialect]['holds']}({one}, {two})"
        case _:
            return f"{_FUNCTIONS[dialect]['share']}({one}, {two})"


def _spelled_alike(dialect: Dialect, one: str, two: str, least: float) -> str:
    """In SQL; `least` and `greatest` pass over NULL there, so that silence would be like anything."""
    alike = f"{_FUNCTIONS[dialect]['alike']}(least({one}, {two}), greatest({one}, {two})) >= {least}"
    return f"({one} IS NOT NULL AND {two} IS NOT NULL AND {alike})"


def _require_single(column: str) -> None:
    if column not in SINGLE:
        raise ValueError(f"{column} holds a list, and this condition is written for one value a record.")
