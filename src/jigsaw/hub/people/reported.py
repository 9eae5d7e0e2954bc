"""Another system says that an NHS number is no longer the one to use: kept for a person to decide, and no more.

One system's message takes no number out of use, because a child with a plan would no longer be known by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import numbers
from jigsaw.hub.people.models import NumberReport


@context.hub("plan")
def report(*, actor: Actor, persons: Iterable[UUID], value: str, instead: str, by: str, now: datetime) -> int:
    """Note on each record of these persons with this number in use what `by`'s system says; returns how many.

    In the caller's transaction, which authorised it. Said again, or again after somebody has decided, it changes nothing.
    """
    held = numbers.in_use().filter(value=value, record__person__in=set(persons)).select_related("record")
    known = NumberReport.objects.filter(value=value, instead=instead)
    new = held.exclude(record__in=known.values("record"))
    records = {one.record_id: one.record.person_id for one in new}
    NumberReport.objects.bulk_create(
        (NumberReport(record_id=pk, value=value, instead=instead, by=by[:160], at=now) for pk in records),
        ignore_conflicts=True,
    )
    if records:
        audit.record(
            actor=actor, action="number.reported", people=records.values(), detail={"records": len(records)}, now=now
        )  # fmt: skip
    return len(records)
