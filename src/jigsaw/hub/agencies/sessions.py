"""Where is a practitioner signed in now, and how does a session end that is not the one in front of them?

A session is a row that the web server keeps; it is over at once when the row is gone. What is read of it is when it began, when
it was last used and with what browser: nothing of what was looked at in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere


@dataclass(frozen=True)
class Open:
    """One session that is not over. `name` tells it from others, and is not what its browser proves it with."""

    name: str
    key: str
    began: datetime
    seen: datetime
    browser: str


def mine(actor: Actor, *, now: datetime) -> list[Open]:
    """The actor's open sessions, the one used last first."""
    return sorted(_open(actor.practitioner_id, now), key=lambda one: one.seen, reverse=True)


def how_many(actor: Actor, practitioner: UUID, *, now: datetime) -> int:
    """For administrators: in how many places somebody is signed in. Raises Refused."""
    access.check_can_manage(actor)
    return sum(1 for _one in _open(practitioner, now))


@transaction.atomic
def end(*, actor: Actor, name: str, now: datetime) -> None:
    """End one of the actor's own sessions. Raises NotHere with the same words if it is over or somebody else's."""
    found = [one for one in mine(actor, now=now) if one.name == name]
    if not found:
        raise NotHere(_("There is no such session of yours any more."), _("Go back to how you sign in."))
    _end(found, actor.practitioner_id, actor, now)


@transaction.atomic
def end_others(*, actor: Actor, but: str, now: datetime) -> int:
    """End all sessions of the actor's but the one with this key; how many."""
    return _end([one for one in mine(actor, now=now) if one.key != but], actor.practitioner_id, actor, now)


@transaction.atomic
def end_all_of(*, actor: Actor, practitioner: Practitioner, now: datetime) -> int:
    """For administrators: end all sessions of somebody, and leave the account on; how many. Raises Refused."""
    access.check_can_manage(actor)
    return _end(list(_open(practitioner.pk, now)), practitioner.pk, actor, now)


def forget(*, now: datetime) -> int:
    """Remove sessions that are over; returns how many."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def _end(sessions: list[Open], whose: UUID | None, actor: Actor, now: datetime) -> int:
    Session.objects.filter(pk__in=[one.key for one in sessions]).delete()
    audit.record(
        actor=actor,
        action="practitioner.sessions_ended",
        thing=f"practitioner {whose}",
        detail={"sessions": len(sessions)},
        now=now,
    )
    return len(sessions)


def _open(whose: UUID | None, now: datetime) -> Iterator[Open]:
    """A few thousand at most are open in all; each says whose it is in its own sealed text."""
    for row in Session.objects.filter(expire_date__gt=now):
        said = row.get_decoded()
        if said.get("_auth_user_id") == str(whose) and _goes_on(said, now):
            yield Open(
                hashlib.sha256(row.pk.encode()).hexdigest()[:16],
                row.pk,
                datetime.fromtimestamp(said["began"], UTC),
                datetime.fromtimestamp(said["seen"], UTC),
                str(said.get("browser", "")),
            )


def _goes_on(said: dict[str, Any], now: datetime) -> bool:
    at = now.timestamp()
    return (
        "began" in said
        and at - said["began"] <= settings.SESSION_ABSOLUTE_SECONDS
        and at - said.get("seen", 0) <= settings.SESSION_IDLE_SECONDS
    )
