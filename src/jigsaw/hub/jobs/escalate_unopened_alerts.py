"""Bring alerts of unscheduled care that nobody has opened in time to the named person of the authority."""

from datetime import datetime

from jigsaw.hub.unscheduled_care import hearing


def run(now: datetime) -> int:
    return hearing.escalate(now=now)
