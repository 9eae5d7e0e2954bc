"""Tell authorities' own systems of new alerts, for at most some seconds: what is not told now is told in a minute."""

from __future__ import annotations

import time
from datetime import datetime
from uuid import UUID

from jigsaw.hub.unscheduled_care import hooks, pushing

SECONDS = 20.0


def run(now: datetime) -> int:
    """Note whom there is to tell, and tell them; returns how many were told. Twice changes nothing.

    A system that fails once is left alone until the next run: one that hangs costs the others a few seconds.
    """
    hooks.queue(now=now)
    until, failing, told = time.monotonic() + SECONDS, set[UUID](), 0
    while time.monotonic() < until and (due := hooks.claim(now=now, leave_out=failing)):
        said = pushing.send(due, now=now)
        hooks.note(due, said, now=now)
        told += said.delivered
        if not said.delivered:
            failing.add(due.hook)
    return told
