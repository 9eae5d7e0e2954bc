"""Tell the administrators when something about the audit log is not as it must be."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts.operations import News
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.outbox import Message


@transaction.atomic
def run(now: datetime) -> int:
    """Handle what waits; returns how many messages. Twice changes nothing: each has one effect."""
    return outbox.handle(topics=["audit.alarm"], act=_deliver, now=now)


def _deliver(message: Message) -> None:
    kind = message.payload["kind"]
    news = News(topic=f"audit.{kind}", reference=kind, page="settings", parts={})
    to = agencies.everyone_with("settings.manage")
    alerts.tell(to=to, news=news, key=f"{message.id} {news.topic}", at=message.at)
