"""What must others hear of? Messages written with the act that caused them, handled once."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection

from jigsaw.hub.kit.models import OutboxMessage


def put(*, topic: str, payload: dict[str, Any], now: datetime) -> None:
    """Add a message in the caller's transaction. The payload holds ids, never personal data."""
    if not connection.in_atomic_block:
        raise RuntimeError("An outbox message must be written in the transaction of its cause.")
    OutboxMessage.objects.create(topic=topic, payload=payload, created_at=now)


def take(*, topic: str, now: datetime, limit: int = 100) -> Iterator[dict[str, Any]]:
    """Yield unhandled payloads, marking each handled in the caller's transaction.

    Rows that another worker holds are passed over, so a message has one effect.
    """
    rows = OutboxMessage.objects.select_for_update(skip_locked=True)
    for row in rows.filter(topic=topic, handled_at=None).order_by("created_at")[:limit]:
        row.handled_at = now
        row.save(update_fields=["handled_at"])
        yield row.payload


def waiting() -> int:
    """How many messages are written but not yet handled."""
    return OutboxMessage.objects.filter(handled_at=None).count()
