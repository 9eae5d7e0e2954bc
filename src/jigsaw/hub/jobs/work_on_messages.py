"""Work on what hospitals sent, and tell those who must know: five times a second, apart from what takes longer.

First what their numbers tell, then the signs on “For you”, and only then whom a name may mean, which nobody waits for.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from jigsaw.hub.jobs import deliver_care_notices
from jigsaw.hub.kit import context
from jigsaw.hub.unscheduled_care import arriving

log = logging.getLogger("jigsaw.jobs")
SECONDS = 0.2
MOST_TURNS = 20
MANY = arriving.AT_ONCE // 2
"""So many messages in a turn: the next ones come before names, of which nobody is told at once."""
LEFT_ALONE = 5.0
"""Seconds after a failure."""


def run(now: datetime) -> int:
    """Until nothing waits, or for MOST_TURNS; returns how many messages, notices and names. Twice changes nothing."""
    done = 0
    for _turn in range(MOST_TURNS):
        some = turn(now)
        done += some
        if not some:
            break
    return done


def turn(now: datetime) -> int:
    """Some messages of each setting and what there is to tell; and some names, unless many messages wait."""
    worked = arriving.work(now=now)
    told = deliver_care_notices.run(now)
    return worked + told + (arriving.seek(now=now) if worked < MANY else 0)


def keep_running(stop: threading.Event) -> None:
    """Turn after turn while there is something to do, until told to stop. Every process may."""
    while not stop.is_set():
        try:
            close_old_connections()
            now = timezone.now()
            with context.working("jobs", now=now):
                idle = not turn(now)
        except DatabaseError as error:
            log.error("a job failed", exc_info=error, extra={"job": "work_on_messages"})
            stop.wait(LEFT_ALONE)
            idle = False
        if idle:
            stop.wait(SECONDS)
