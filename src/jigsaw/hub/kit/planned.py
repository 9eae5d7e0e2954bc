"""How is a statement that is asked again and again written and planned only once?

Django sends values within the text of a statement, so that PostgreSQL reads and plans each anew. For the search while
somebody types that was a third of its time. A statement sent through `cursor` travels apart from its values and is
planned once for each connection.

Putting a query into SQL takes Django about as long as PostgreSQL takes to answer it. A `Shape` does that once: it is for
what every page waits for, or a clinician with a child before them, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from threading import local
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

import psycopg
from django.db import connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet

# Only what asks for it is planned once: nothing becomes so by being repeated.
NEVER_BY_ITSELF = 1 << 30


class _PlannedOnce(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **how: Any) -> psycopg.Cursor[Any]:
        return super().execute(query, params, **{**how, "prepare": True})


@contextmanager
def cursor() -> Iterator[CursorWrapper]:
    """A cursor of the default connection; its values need a cast where PostgreSQL cannot tell their type."""
    connection.ensure_connection()
    raw = connection.connection
    raw.prepare_threshold = NEVER_BY_ITSELF
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(_PlannedOnce(raw)) as made:
        yield made


# --- a query of one shape ---------------------------------------------------------------------------------

Asked = UUID | str | date
Row = TypeVar("Row", bound=Model)


class Shape(Generic[Row]):
    """A query that is always the same but for what is asked for.

    `of` makes the query from values by name, each a UUID, text or date. It is called once in a thread, with stand-ins:
    what it makes of a value must not depend on the value.
    """

    def __init__(self, of: Callable[..., QuerySet[Row]]) -> None:
        self._of = of
        self._kept = local()

    def rows(self, **asked: Asked) -> list[Row]:
        """What `of(**asked)` finds."""
        written = getattr(self._kept, "written", None)
        if written is None or written.compiler.connection is not connections[written.queryset.db]:
            written = self._kept.written = _written(self._of, asked)
        return written.rows(asked)


@dataclass(frozen=True)
class _Written:
    """A query put into SQL. It stands in for the query where Django reads rows, and gives it those already read."""

    queryset: QuerySet[Any]
    compiler: Any
    sql: str
    values: tuple[Any, ...]
    """What the statement's places hold; the name for what is asked for."""
    names: frozenset[int]
    """Which of the places are names."""

    def rows(self, asked: Mapping[str, Asked]) -> list[Any]:
        with cursor() as made:
            made.execute(self.sql, [asked[v] if n in self.names else v for n, v in enumerate(self.values)])
            found = made.fetchall()
        self.compiler.execute_sql = lambda *how, **more: [found]
        return list(self.queryset._iterable_class(_Reading(self)))


class _Reading:
    """As much of a QuerySet as Django's reading of rows looks at."""

    def __init__(self, written: _Written) -> None:
        self.db, self.model = written.queryset.db, written.queryset.model
        self._known_related_objects: dict[Any, Any] = {}
        self.query = self
        self.get_compiler = lambda *which, **using: written.compiler


def _written(of: Callable[..., QuerySet[Any]], asked: Mapping[str, Asked]) -> _Written:
    stand_ins = {name: _stand_in(value, place) for place, (name, value) in enumerate(asked.items())}
    queryset = of(**stand_ins)
    compiler = queryset.query.get_compiler(using=queryset.db)
    sql, values = compiler.as_sql()
    by_stand_in = {value: name for name, value in stand_ins.items()}
    names = frozenset(place for place, value in enumerate(values) if _is_one(value, by_stand_in))
    if {by_stand_in[values[place]] for place in names} != set(asked):
        raise ValueError("This query does not hold everything that is asked for as it stands.")
    named = tuple(by_stand_in[value] if place in names else value for place, value in enumerate(values))
    return _Written(queryset, compiler, sql, named, names)


def _is_one(value: Any, stand_ins: Mapping[Any, str]) -> bool:
    return isinstance(value, UUID | str | date) and value in stand_ins


def _stand_in(value: Asked, place: int) -> Asked:
    """A value of the same kind that nothing else in a query is."""
    match value:
        case UUID():
            return uuid4()
        case str():
            return uuid4().hex
        case date():
            return date.min + timedelta(days=place)
