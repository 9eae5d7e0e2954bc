"""Remind practitioners of what they withheld until today."""

from datetime import datetime

from jigsaw.hub.disclosures import operations as disclosures


def run(now: datetime) -> int:
    return disclosures.remind_to_look_again(now=now)
