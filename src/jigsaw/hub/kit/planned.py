"""How is a statement that is asked again and again planned only once?

Django sends values within the text of a statement, so that PostgreSQL reads and plans each anew. For the search while
somebody types that was a third of its time. A statement sent through `cursor` travels apart from its values and is
planned once for each connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

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
