"""Tell those who must know what came to unscheduled care, and interrupt nobody more often than was agreed.

The alert itself stands in the authority's list from the moment it was written. What goes out here is the sign on
“For you”: so many a day for each practitioner, and then one that says that there are more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts.operations import News
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.outbox import Message
from jigsaw.hub.people import access as people
from jigsaw.hub.unscheduled_care import hearing, sorting_out

ALERT, MORE = "attendance.alert", "attendance.more"


@transaction.atomic
def run(now: datetime) -> int:
    """Handle what waits; returns how many messages. Twice changes nothing: each has one effect."""
    return outbox.handle(topics=TOPICS, act=lambda message: TOPICS[message.topic](message), now=now)


def _alert(message: Message) -> None:
    found = hearing.concerned(message.payload["alert"])
    if found is None:
        return
    wanted = set(found.told) - people.close_among(found.told, found.persons)
    news = News(topic=ALERT, reference=found.reference, page="alert", parts={"reference": found.reference})
    more = News(topic=MORE, reference="", page="alerts", parts={})
    most = agreements.unscheduled_care(on=agreements.local_day(message.at))["interruptions_a_day"]
    alerts.tell_sparingly(to=wanted, news=news, more=more, most=most, key=f"{message.id}", at=message.at)


def _escalated(message: Message) -> None:
    """The named person hears of each: somebody has to."""
    found = hearing.concerned(message.payload["alert"])
    if found is None or found.escalated_to is None:
        return
    to = {found.escalated_to} - people.close_among([found.escalated_to], found.persons)
    news = News(
        topic=message.topic, reference=found.reference, page="alert", parts={"reference": found.reference}
    )
    alerts.tell(to=to, news=news, key=f"{message.id}", at=message.at)


def _delivery(message: Message) -> None:
    """Whoever works on the messages of that setting; one notice for all that wait for the same reason."""
    to = sorting_out.concerned(message.payload["delivery"])
    news = News(topic=message.topic, reference="", page="messages", parts={})
    alerts.tell(to=to, news=news, key=f"{message.id}", at=message.at)


def _given_up(message: Message) -> None:
    """Whoever looks after settings; once a day for each system, however many alerts it did not take."""
    news = News(topic=message.topic, reference="", page="settings-alert-hooks", parts={})
    key = f"given up {message.payload['hook']} {agreements.local_day(message.at)}"
    alerts.tell(to=agencies.everyone_with("settings.manage"), news=news, key=key, at=message.at)


TOPICS: dict[str, Callable[[Message], None]] = {
    ALERT: _alert,
    "attendance.escalated": _escalated,
    "delivery.waiting": _delivery,
    "push.given_up": _given_up,
}
