"""Tell a practitioner that something has happened, and note that they have read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.alerts import queries
from jigsaw.hub.alerts.kinds import WORDS
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND

if TYPE_CHECKING:
    from jigsaw.hub.alerts.models import Notice as NoticeRow

KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class News:
    """What there is to know: a code with words in `kinds`, a reference, and the page to open."""

    topic: str
    reference: str
    page: str
    """The name of an address of the browser's pages, such as request."""
    parts: dict[str, str]
    """References and ids in that address; never personal data."""


@transaction.atomic
def tell(*, to: Iterable[UUID], news: News, key: str, at: datetime) -> int:
    """Tell these practitioners what happened at `at`; returns how many were told now.

    `key` names the cause: whoever was told of it before is not told again. Those who have left are
    passed over. Raises ValueError for a topic without words.
    """
    if news.topic not in WORDS:
        raise ValueError(f"Give {news.topic} its words in alerts.kinds.")
    known = agencies.practitioners(to).values()
    there = [practitioner.pk for practitioner in known if practitioner.is_active]
    told = set(
        Notice.objects.filter(key=key, to_practitioner__in=there).values_list("to_practitioner", flat=True)
    )
    new = [
        Notice(
            to_practitioner_id=pk,
            topic=news.topic,
            reference=news.reference,
            page=news.page,
            parts=news.parts,
            at=at,
            key=key,
        )
        for pk in sorted(set(there) - told)
    ]
    # Two deliveries at once: the constraint keeps the second from telling anyone again.
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


# What comes unasked and may come often: of all of these together a practitioner hears so many times a day.
UNASKED = ("attendance.alert", "pattern.found")


@transaction.atomic
def tell_sparingly(*, to: Iterable[UUID], news: News, more: News, most: int, key: str, at: datetime) -> None:
    """Tell of one of UNASKED those whom less than `most` of them interrupted since midnight; the others, once that
    day, that there is more, with the page that lists it."""
    wanted, day = set(to), at.astimezone(ENGLAND).date()
    midnight = datetime.combine(day, time(), ENGLAND)
    counts = queries.count_since(wanted, topics=UNASKED, since=midnight)
    over = {pk for pk, count in counts.items() if count >= most}
    tell(to=wanted - over, news=news, key=key, at=at)
    tell(to=over, news=more, key=f"{more.topic} {day}", at=at)


def withdraw(*, to: UUID | None, topic: str, reference: str) -> int:
    """What somebody was told wrongly and has not opened is told no more; returns how many notices went."""
    rows = Notice.objects.filter(to_practitioner=to, topic=topic, reference=reference, read_at=None)
    return rows.delete()[0]


@transaction.atomic
def read(*, actor: Actor, notice: UUID, now: datetime) -> NoticeRow:
    """Note that its reader opened a notice, the first time; raises NotHere if it is not theirs."""
    found = queries.get(actor, notice)
    if Notice.objects.filter(pk=found.pk, read_at=None).update(read_at=max(now, found.at)):
        audit.record(actor=actor, action="notice.read", thing=f"notice {found.pk}", now=now)
    return found


@transaction.atomic
def read_all(*, actor: Actor, now: datetime) -> int:
    """Note that a practitioner has seen everything they were told by `now`; returns how many were new."""
    new = Notice.objects.filter(to_practitioner=actor.practitioner_id, read_at=None, at__lte=now)
    count = new.update(read_at=now)
    if count:
        audit.record(actor=actor, action="notices.read", detail={"count": count}, now=now)
    return count


def forget_read(*, now: datetime) -> int:
    """Remove notices read longer ago than KEPT_FOR; returns how many. Running it twice changes nothing."""
    return Notice.objects.filter(read_at__lt=now - KEPT_FOR).delete()[0]
