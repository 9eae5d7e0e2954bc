"""Bring requests past their time to the named person of the agency that was asked."""

from datetime import datetime

from jigsaw.hub.information_requests import operations as requests


def run(now: datetime) -> int:
    return requests.escalate_overdue(now=now)
