"""Put an agreed setting in force from a date on."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from jigsaw.hub.agreements import queries
from jigsaw.hub.agreements.models import LocalSetting
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Authority


@transaction.atomic
def put_in_force(
    *,
    actor: Actor,
    kind: str,
    content: dict[str, Any],
    effective_from: date,
    source: str,
    now: datetime,
    authority: Authority | None = None,
) -> LocalSetting:
    """Add a setting that holds from `effective_from` (inclusive) until a later one takes over."""
    row = LocalSetting.objects.create(
        kind=kind, authority=authority, effective_from=effective_from, source=source, content=content
    )
    audit.record(actor=actor, action="setting.put_in_force", thing=f"setting {row.pk}", now=now)
    return row


@transaction.atomic
def install_defaults(*, actor: Actor, now: datetime) -> None:
    """Put the shipped ratings and ladder of need in force where none are: starting values, with sources."""
    shipped = {"rating_scheme": ("rating_schemes", "schemes"), "need_ladder": ("need_ladders", "ladders")}
    for kind, (file, rows) in shipped.items():
        if not LocalSetting.objects.filter(kind=kind).exists():
            first = queries.words(file)[rows][0]
            put_in_force(
                actor=actor,
                kind=kind,
                content=first,
                effective_from=date.fromisoformat(first["effective_from"]),
                source=first["source"],
                now=now,
            )
