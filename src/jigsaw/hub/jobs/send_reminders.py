"""Remind practitioners by e-mail of what waits for them, for at most some seconds: what does not leave now leaves in a minute."""

from __future__ import annotations

import smtplib
import time
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.core.mail import get_connection

from jigsaw.hub.alerts import reminders

SECONDS = 20.0


def run(now: datetime) -> int:
    """Note who is due, and send; returns how many are done with. Twice changes nothing.

    A server that takes none is left alone until the next run. Where no server is set up, nobody is due.
    """
    if not settings.SENDS_MAIL:
        return 0
    reminders.write(now=now)
    if not reminders.any_to_send(now=now):
        return 0
    line, until, done = get_connection(), time.monotonic() + SECONDS, 0
    with suppress(smtplib.SMTPException, OSError):
        line.open()  # one line for all; without it each message tries for itself, and what comes of that is noted
    try:
        while time.monotonic() < until and reminders.send_one(line, now=now):
            done += 1
    finally:
        line.close()
    return done
