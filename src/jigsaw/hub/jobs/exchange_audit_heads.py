"""Have partner hubs sign the latest head of the audit log, those that did before, a few times a day."""

from datetime import datetime

from jigsaw.hub.partner_hubs import witnesses


def run(now: datetime) -> int:
    return witnesses.exchange_what_is_due(now=now)
