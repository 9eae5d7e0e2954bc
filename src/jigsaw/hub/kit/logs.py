"""Structured logs: one JSON object a line, ids and codes only.

A log line never holds personal data: exception messages can quote a row or a form, so an
exception is logged by its type and place, not by its words.
"""

import json
import logging
import traceback
from datetime import UTC, datetime

PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "request",
    "status_code",
    "server_time",
}


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON; `extra` keys become fields."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # The template, not the filled-in message: arguments can be personal.
            "event": str(record.msg),
        }
        line.update({name: str(value) for name, value in vars(record).items() if name not in PLAIN})
        if record.exc_info and record.exc_info[0]:
            kind, _, trace = record.exc_info
            line["error"] = kind.__name__
            line["place"] = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(trace)[-4:]]
        return json.dumps(line, ensure_ascii=False)
