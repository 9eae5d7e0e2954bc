"""Look whether what was recorded, or the time that passed, makes a pattern, and tell who must know.

The pattern itself stands on the child’s page and in the list from the moment it was found. What goes out here is the
sign on “For you”: so many a day for each practitioner, and then one that says that there are more.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts.operations import News
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.outbox import Message
from jigsaw.hub.patterns import operations as patterns
from jigsaw.hub.patterns import queries
from jigsaw.hub.people import access as people

RECORDED, FOUND, MORE = "person.recorded", "pattern.found", "pattern.more"
TOPICS = (RECORDED, FOUND)


@transaction.atomic
def run(now: datetime) -> int:
    """Handle what waits, and look at some whom nobody looked at today; returns how many. Twice changes nothing."""
    recorded = outbox.handle(topics=[RECORDED], act=lambda message: _recorded(message, now), now=now)
    looked_at = patterns.look_today(now=now)
    return recorded + looked_at + outbox.handle(topics=[FOUND], act=_found, now=now)


def _recorded(message: Message, now: datetime) -> None:
    records = [UUID(pk) for pk in message.payload["records"]]
    patterns.look_at_recorded(records, message.payload["kind"], now=now)


def _found(message: Message) -> None:
    found = queries.concerned(message.payload["pattern"])
    if found is None:
        return
    wanted = {found.told} - people.close_among([found.told], [found.person])
    news = News(topic=FOUND, reference=found.reference, page="pattern", parts={"reference": found.reference})
    more = News(topic=MORE, reference="", page="patterns", parts={})
    most = agreements.patterns(on=agreements.local_day(message.at)).interruptions_a_day
    alerts.tell_sparingly(to=wanted, news=news, more=more, most=most, key=f"{message.id}", at=message.at)
