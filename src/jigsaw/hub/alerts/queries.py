"""What must I know now?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.alerts.kinds import WORDS
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere


@dataclass(frozen=True)
class Told:
    """A notice with its words."""

    notice: Notice
    words: object


@transaction.atomic
def for_me(actor: Actor, *, now: datetime, limit: int = 100) -> list[Told]:
    """What this practitioner was told: unread first, then the newest; audited."""
    rows = Notice.objects.filter(to_practitioner=actor.practitioner_id)
    found = list(rows.order_by(F("read_at").desc(nulls_first=True), "-at")[:limit])
    audit.record(actor=actor, action="notices.viewed", detail={"shown": len(found)}, now=now)
    return [Told(row, WORDS.get(row.topic, row.topic)) for row in found]


def unread_count(actor: Actor) -> int:
    """How many notices this practitioner has not opened: the number on the menu."""
    return Notice.objects.filter(to_practitioner=actor.practitioner_id, read_at=None).count()


def count_since(practitioners: Iterable[UUID], *, topics: Iterable[str], since: datetime) -> dict[UUID, int]:
    """How often each of these was told of these kinds of thing since then; those never told are left out."""
    rows = Notice.objects.filter(
        to_practitioner__in=set(practitioners), topic__in=list(topics), at__gte=since
    )
    return dict(rows.values_list("to_practitioner").annotate(count=Count("pk")).order_by())


def get(actor: Actor, pk: UUID) -> Notice:
    """One notice of this practitioner's own; raises NotHere with the same words if it is someone else's."""
    found = Notice.objects.filter(pk=pk, to_practitioner=actor.practitioner_id).first()
    if found is None:
        raise NotHere(_("There is no such notice for you."), _("Go back to your list of notices."))
    return found
