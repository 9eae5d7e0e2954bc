"""Bring emergencies that nobody has looked at in time to the named person of the agency."""

from datetime import datetime

from jigsaw.hub.people import emergencies


def run(now: datetime) -> int:
    return emergencies.escalate_unreviewed(now=now)
