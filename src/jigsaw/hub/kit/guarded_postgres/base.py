"""Say for whom a transaction is, before its first statement and whenever that changes.

`SET LOCAL` ends with the transaction, so that a pooled connection carries nothing over. It travels together with
`BEGIN`: saying it costs no round trip of its own. A statement outside a transaction is given one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg import errors, pq

from jigsaw.hub.kit import context

IDLE, INTRANS = pq.TransactionStatus.IDLE, pq.TransactionStatus.INTRANS
NOT_KNOWN = object()
DATA = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "DECLARE", "EXPLAIN", "(")


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection. `_told` is the context of which the transaction it is in was told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._told: object = NOT_KNOWN
        self.execute_wrappers.append(self._in_context)

    def _in_context(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, about: dict[str, Any]
    ) -> Any:
        status = self.connection.pgconn.transaction_status
        if status == IDLE:
            self._told = NOT_KNOWN
            if self.connection.autocommit:
                return self._alone(execute, sql, params, many, about)
            self._say("BEGIN")
        elif status == INTRANS:
            self._say()
        return execute(sql, params, many, about)

    def _alone(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, about: dict[str, Any]
    ) -> Any:
        """A statement outside a transaction. Without a context, or no reading or writing of rows: as it is."""
        if context.current() is None or not _reads_or_writes(sql):
            return execute(sql, params, many, about)
        self._say("BEGIN")
        try:
            result = execute(sql, params, many, about)
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")
        return result

    def _say(self, first: str = "") -> None:
        """Tell the transaction for whom it is, if it was told otherwise or nothing yet."""
        now = context.current()
        if not first and now == self._told:
            return
        told = context.token(now, pid=self.connection.pgconn.backend_pid) if now else ""
        self._run(f"{first}; SET LOCAL jigsaw.context = '{told}'")
        self._told = now

    def _run(self, statements: str) -> None:
        with self.wrap_database_errors:
            result = self.connection.pgconn.exec_(statements.encode())
            if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
                raise errors.error_from_result(result)

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)
        self._told = NOT_KNOWN  # what was said since the savepoint is unsaid


def _reads_or_writes(sql: Any) -> bool:
    return isinstance(sql, str) and sql.lstrip().upper().startswith(DATA)
