"""How fast may one practitioner search, open people's pages and print them? Far faster than anybody reads, and no faster.

Whoever has somebody's session, or a program that uses one, could otherwise copy page after page. Counted is what the log
holds, so that it counts in however many processes and windows; nothing is kept for it besides.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.audit import queries as audit_log
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import TooMany

SEARCHED, VIEWED, PRINTED = "person.searched", "person.viewed", "person.printed"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EXCEEDED = "pace.exceeded"


def most(action: str) -> tuple[int, int]:
    """How many a minute and an hour; of prints, which cost most, a fifth."""
    part = 5 if action == PRINTED else 1
    return max(settings.MOST_A_MINUTE // part, 1), max(settings.MOST_AN_HOUR // part, 1)


def check(actor: Actor, action: str, *, now: datetime) -> None:
    """Raises TooMany if this practitioner did this as often as may be, in the last minute or hour. The hub itself may."""
    if actor.practitioner_id is None:
        return
    minute, hour = audit_log.counts_of(actor.practitioner_id, action, spans=(MINUTE, HOUR), now=now)
    a_minute, an_hour = most(action)
    if hour >= an_hour:
        raise TooMany(
            _("That was more in one hour than anybody reads, so nothing more is shown now."),
            _(
                "If it was you, wait for a while and go on. If it was not, sign out and tell your administrator."
            ),
            wait=HOUR,
        )
    if minute >= a_minute:
        raise TooMany(
            _("That was more in one minute than anybody reads, so nothing more is shown now."),
            _(
                "If it was you, wait for a minute and go on. If it was not, sign out and tell your administrator."
            ),
            wait=MINUTE,
        )


@transaction.atomic
def note_exceeded(actor: Actor, page: str, *, now: datetime) -> None:
    """Write down that somebody was stopped, and on which page: once a minute, however often a program asks on."""
    if not audit_log.counts_of(actor.practitioner_id, EXCEEDED, spans=(MINUTE,), now=now)[0]:
        audit.record(actor=actor, action=EXCEEDED, detail={"page": page}, now=now)
