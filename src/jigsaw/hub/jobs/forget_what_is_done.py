"""Remove messages handled, notices read long ago, and what decides nothing any more: reminders, tries, sessions, letters, attendances."""

from datetime import datetime

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import sessions
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts import reminders
from jigsaw.hub.kit import outbox
from jigsaw.hub.partner_hubs import operations as partner_hubs
from jigsaw.hub.unscheduled_care import arriving, hooks


def run(now: datetime) -> int:
    return (
        outbox.forget_handled(now=now)
        + alerts.forget_read(now=now)
        + reminders.forget(now=now)
        + agencies.forget_tries(now=now)
        + sessions.forget(now=now)
        + partner_hubs.forget_letters(now=now)
        + arriving.forget(now=now)
        + hooks.forget(now=now)
    )
