"""Give the audit log's new entries their place in its tree: twice a second, apart from what takes longer."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from django.db import DatabaseError, close_old_connections

from jigsaw.hub.audit import sequencing

log = logging.getLogger("jigsaw.jobs")
SECONDS = 0.5


def run(now: datetime) -> int:
    """Place what can be placed; returns how many entries. Twice changes nothing."""
    return sequencing.place_all()


def keep_running(stop: threading.Event) -> None:
    """Place entries until told to stop; every process may, and one at a time does."""
    while not stop.wait(SECONDS):
        try:
            close_old_connections()
            sequencing.place_all()
        except DatabaseError as error:
            log.error("a job failed", exc_info=error, extra={"job": "place_audit_entries"})
