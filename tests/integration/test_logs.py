"""A log line holds ids and codes: whatever goes wrong, no name is written."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.kit.logs import JsonFormatter
from jigsaw.hub.people import finding
from people_in_tests import Town


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the service's own handler writes, as it is set up in the settings."""
    handler = _service_handler()
    written, before = io.StringIO(), handler.stream
    handler.stream = written
    yield written
    handler.stream = before


def _service_handler() -> logging.StreamHandler[Any]:
    """The handler named stderr in settings.LOGGING: the one with our formatter."""
    found = [h for h in logging.getLogger().handlers if isinstance(h.formatter, JsonFormatter)]
    assert len(found) == 1, "the settings give the root logger one handler with our formatter"
    return found[0]  # type: ignore[return-value]


def test_an_error_that_names_a_child_leaves_no_name_in_the_log(
    client: Client, town: Town, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise ValueError("Katie Walsh, born 3 March 2012, 999 000 0018")

    monkeypatch.setattr(finding, "find", broken)
    client.force_login(agencies.active_practitioner(town.ros.practitioner_id))
    client.raise_request_exception = False
    assert client.post("/find/", {"do": "look", "q": "Katie Walsh"}, follow=True).status_code == 500
    written = lines.getvalue()
    assert written, "something is logged"
    for line in written.splitlines():
        entry = json.loads(line)
        assert {"at", "level", "logger", "event"} <= set(entry)
    assert "ValueError" in written and "test_logs.py" in written, "its kind and place are there"
    for secret in ("Katie", "Walsh", "2012", "0018"):
        assert secret not in written


def test_what_fills_a_message_is_not_written(lines: io.StringIO) -> None:
    logging.getLogger("jigsaw.web").warning("looked for %s", "Katie Walsh")
    assert json.loads(lines.getvalue())["event"] == "looked for %s"


def test_a_failing_database_does_not_write_the_row(db: None, lines: io.StringIO) -> None:
    """PostgreSQL quotes the row it refuses; the log does not."""
    from django.db import DatabaseError, connection, transaction

    try:
        with transaction.atomic():
            connection.cursor().execute("SELECT 'Katie Walsh'::date")
    except DatabaseError as error:
        assert "Katie" in str(error)
        logging.getLogger("jigsaw.jobs").error("a job failed", exc_info=error, extra={"job": "test"})
    assert "DataError" in lines.getvalue() and "Katie" not in lines.getvalue()


def test_an_entry_is_one_line_with_its_moment_in_utc_whatever_is_in_it(lines: io.StringIO) -> None:
    """Nobody adds an entry by a line break in an address."""
    logging.getLogger("jigsaw.web").error(
        "unexpected error", extra={"path": '/a\n{"event": "forged"}\r\u2028'}
    )
    [entry] = [json.loads(line) for line in lines.getvalue().split("\n") if line]
    assert entry["event"] == "unexpected error" and entry["path"].startswith("/a\n")
    moment = datetime.fromisoformat(entry["at"])
    assert moment.utcoffset() == timedelta(0) and abs(datetime.now(UTC) - moment) < timedelta(minutes=1)
