"""Tell schools of notices of domestic abuse, the police of what became of theirs, and named persons of what nobody opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts.operations import News
from jigsaw.hub.encompass import operations, queries
from jigsaw.hub.encompass.access import RECEIVES
from jigsaw.hub.encompass.queries import Concerned
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.outbox import Message
from jigsaw.hub.people import access as people


@transaction.atomic
def run(now: datetime) -> int:
    """Escalate what is late and handle what waits; returns how many. Twice changes nothing: each has one effect."""
    late = operations.escalate(now=now)
    return late + outbox.handle(topics=TOPICS, act=_deliver, now=now)


def _deliver(message: Message) -> None:
    found = queries.concerned(message.payload["delivery"])
    if found:
        TOPICS[message.topic](message, found)


def _sent(message: Message, found: Concerned) -> None:
    """Those of the school who are its safeguarding leads: each of them, for one may be away this morning."""
    if found.state == "sent":
        _tell(message, message.topic, agencies.holding(found.to_agency, RECEIVES[found.sector]), found)


def _acknowledged(message: Message, found: Concerned) -> None:
    _tell(message, message.topic, [found.raised_by], found)


def _escalated(message: Message, found: Concerned) -> None:
    if found.state != "sent":
        return
    _tell(message, message.topic, [found.escalated_to] if found.escalated_to else [], found)
    _tell(message, "encompass.late", [found.raised_by], found)


def _tell(message: Message, topic: str, to: Iterable[UUID], found: Concerned) -> None:
    wanted = set(to)
    wanted -= people.close_among(wanted, [found.person])
    news = News(
        topic=topic,
        reference=found.reference,
        page="encompass-notice",
        parts={"reference": found.reference},
    )
    alerts.tell(to=wanted, news=news, key=f"{message.id} {topic}", at=message.at)


TOPICS: dict[str, Callable[[Message, Concerned], None]] = {
    "encompass.sent": _sent,
    "encompass.acknowledged": _acknowledged,
    "encompass.escalated": _escalated,
}
