"""Remind those who write sharing agreements that one is due to be looked at again."""

from datetime import datetime

from jigsaw.hub.agreements import signing


def run(now: datetime) -> int:
    return signing.remind_to_review(now=now)
