"""Remove messages that were handled and notices that were read long ago."""

from datetime import datetime

from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.kit import outbox


def run(now: datetime) -> int:
    return outbox.forget_handled(now=now) + alerts.forget_read(now=now)
