"""What must others hear of? Messages written with the act that caused them, handled once."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from jigsaw.hub.kit.models import OutboxMessage

log = logging.getLogger("jigsaw.outbox")
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Message:
    """Something that happened: its own id, what it is about, ids, and when it was written."""

    id: UUID
    topic: str
    payload: dict[str, Any]
    at: datetime


def put(*, topic: str, payload: dict[str, Any], now: datetime) -> None:
    """Add a message in the caller's transaction. The payload holds ids, never personal data."""
    put_all([(topic, payload)], now=now)


def put_all(messages: Iterable[tuple[str, dict[str, Any]]], *, now: datetime) -> None:
    """As `put`, each a topic and its payload, in one statement: somebody waits."""
    if not connection.in_atomic_block:
        raise RuntimeError("An outbox message must be written in the transaction of its cause.")
    OutboxMessage.objects.bulk_create(
        [OutboxMessage(topic=topic, payload=payload, created_at=now) for topic, payload in messages]
    )


@transaction.atomic
def handle(*, topics: Iterable[str], act: Callable[[Message], None], now: datetime, limit: int = 200) -> int:
    """Give each waiting message of these topics to `act`, the oldest first; returns how many it handled.

    What `act` writes and the mark that the message is handled stand or fall together. Rows that another
    worker holds are passed over, so a message has one effect. One that `act` cannot handle keeps waiting
    (`waiting` counts it), is logged by its id, and does not keep the others from being handled.
    """
    rows = OutboxMessage.objects.select_for_update(skip_locked=True).filter(
        topic__in=list(topics), handled_at=None
    )
    return sum(
        _handled(row, act, now)
        for row in rows.order_by(F("tried_at").asc(nulls_first=True), "created_at", "id")[:limit]
    )


def _handled(row: OutboxMessage, act: Callable[[Message], None], now: datetime) -> bool:
    try:
        with transaction.atomic():
            act(Message(row.pk, row.topic, row.payload, row.created_at))
            row.handled_at = now
            row.save(update_fields=["handled_at"])
    except Exception as error:  # whatever is wrong with one message, the others must be heard
        log.error(
            "a message was not handled", exc_info=error, extra={"outbox_message": row.pk, "topic": row.topic}
        )
        OutboxMessage.objects.filter(pk=row.pk).update(tried_at=now)
        return False
    return True


def waiting() -> int:
    """How many messages are written but not yet handled."""
    return OutboxMessage.objects.filter(handled_at=None).count()


def forget_handled(*, now: datetime) -> int:
    """Remove messages handled longer ago than KEPT_FOR; returns how many. Running it twice changes nothing."""
    return OutboxMessage.objects.filter(handled_at__lt=now - KEPT_FOR).delete()[0]
