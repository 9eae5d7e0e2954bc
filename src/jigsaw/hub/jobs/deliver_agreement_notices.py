"""Read what happened to sharing agreements from the outbox, and tell those who must know.

Agreements are about no child, so nobody is too close to hear of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import agreed
from jigsaw.hub.agreements.agreed import Told
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts.operations import News
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.outbox import Message


@transaction.atomic
def run(now: datetime) -> int:
    """Handle what waits; returns how many messages. Twice changes nothing: each has one effect."""
    return outbox.handle(topics=TO_WHOM, act=_deliver, now=now)


def _deliver(message: Message) -> None:
    told = agreed.told_of(message.payload["version"])
    if told is None:
        return
    # A notice has room for a short reference; the page it opens says the whole.
    news = News(
        topic=message.topic,
        reference=told.identifier[:20],
        page="agreement-version",
        parts={"identifier": told.identifier, "number": str(told.number)},
    )
    to = TO_WHOM[message.topic](told)
    alerts.tell(to=to, news=news, key=f"{message.id} {message.topic}", at=message.at)


TO_WHOM: dict[str, Callable[[Told], list[UUID]]] = {
    "agreement.to_sign": lambda told: agreed.who_may_sign(told.version),
    "agreement.in_force": lambda told: [told.written_by] if told.written_by else [],
    "agreement.ended": lambda told: agreed.who_signed(told.version),
    "agreement.review_due": lambda told: agencies.everyone_with("agreement.draft"),
}
