"""Which authority's own system is told that there is a new alert, where, and what became of it?

A push says that there is an alert and its reference, and nothing of whom it is about. It is written down first and
sent after that, again and again with growing pauses, until it is taken or given up; its id tells a second copy from a second alert.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access as agency_access
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import fields, outbox, sealing
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.unscheduled_care.models import Alert, AlertHook, AlertPush

PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)
ON_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
# How long after the first try comes the second, and so on: given up after two and a half days.
PAUSES = tuple(timedelta(minutes=n) for n in (1, 2, 5, 10, 30, 60, 120, 240, 480, 720, 1440))
KEPT_FOR = timedelta(days=30)
# An alert that was written down while nobody looked is still told within this time.
LOOKED_BACK = timedelta(days=7)
LISTED = 20
SAID = {
    "taken": _("Taken"),
    "refused": _("It answered, and did not take it"),
    "redirected": _("It led to another address, which is never followed"),
    "not_reached": _("It could not be reached, or its certificate is not right"),
    "not_allowed": _("The address leads to a network that this hub may not call"),
    "not_in_time": _("It did not answer in time"),
    "no_secret": _("The secret can no longer be opened: set it up anew"),
    "switched_off": _("Switched off"),
}


@dataclass(frozen=True)
class Due:
    """A push to send now: its id, where to, signed with what (None: the secret cannot be opened), and what it says."""

    push: UUID
    hook: UUID
    address: str
    secret: bytes | None
    alert: str
    at: datetime


@dataclass(frozen=True)
class Said:
    """What came of a try: a code of SAID, and the HTTP status if there was one."""

    code: str
    status: int | None = None

    @property
    def delivered(self) -> bool:
        return self.code == "taken"


@dataclass(frozen=True)
class Listed:
    """A hook with how many pushes wait and were given up, and the latest of them, the newest first."""

    hook: AlertHook
    waiting: int
    given_up: int
    latest: tuple[AlertPush, ...]


# --- for administrators -------------------------------------------------------------------------------------


def new_secret() -> str:
    """A fresh secret, as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


@transaction.atomic
def set_up(*, actor: Actor, agency: str, address: str, secret: str, now: datetime) -> AlertHook:
    """From now on the system of this authority's children's services (by code) is told there, signed with that secret.

    Sets up anew what there was. Raises Refused, NotHere; Invalid for an agency that is nobody's front door, an address
    that is not https:// of a host, or a secret that is none.
    """
    agency_access.check_can_manage(actor)
    found = agencies.agency_by_code(agency)
    fields.check_text("address", address, longest=300, label=str(_("Address")))
    wrong: dict[str, object] = {}
    if not found.front_door_for.exists():
        wrong["agency"] = _("Choose children’s services: alerts are theirs.")
    if not may_be_told_at(address):
        wrong["address"] = _(
            "Give the whole address, beginning with https://, without a name or password in it."
        )
    if _opened(secret) is None:
        wrong["secret"] = _("Give whsec_ and 24 to 64 bytes in base64, such as the one that is offered.")
    if wrong:
        raise Invalid(_("This cannot be set up as it is."), wrong)
    hook = AlertHook.objects.filter(agency=found).first() or AlertHook(agency=found)
    hook.address, hook.active, hook.since = address, True, now
    hook.sealed_secret = _sealed(secret, hook.pk)
    hook.save()
    _log(actor, hook, "alert_hook.set_up", now)
    return hook


@transaction.atomic
def switch(*, actor: Actor, hook: UUID, on: bool, now: datetime) -> AlertHook:
    """Switch it on (alerts from now on) or off (what waits is given up). Raises Refused, NotHere."""
    found = _hook(actor, hook)
    if found.active != on:
        found.active, found.since = on, now
        found.save(update_fields=["active", "since"])
        if not on:
            _waiting(found).update(given_up_at=now, said="switched_off")
        _log(actor, found, "alert_hook.switched_on" if on else "alert_hook.switched_off", now)
    return found


@transaction.atomic
def try_out(*, actor: Actor, hook: UUID, now: datetime) -> AlertPush:
    """Have a trial sent, which says that it is one, with the next run. Raises Refused, NotHere."""
    found = _hook(actor, hook)
    _log(actor, found, "alert_hook.tried", now)
    return AlertPush.objects.create(hook=found, made_at=now, next_at=now)


@transaction.atomic
def send_again(*, actor: Actor, hook: UUID, now: datetime) -> int:
    """What was given up is sent again, from the first pause on; returns how many. Raises Refused, NotHere."""
    found = _hook(actor, hook)
    rows = AlertPush.objects.filter(hook=found, given_up_at__isnull=False)
    count = rows.update(given_up_at=None, tries=0, next_at=now)
    _log(actor, found, "alert_hook.sent_again", now)
    return count


def all_hooks(actor: Actor) -> list[Listed]:
    """Every hook by agency, with what became of its pushes. Raises Refused."""
    agency_access.check_can_manage(actor)
    waits = Q(pushes__delivered_at=None, pushes__given_up_at=None, pushes__isnull=False)
    dead = Q(pushes__given_up_at__isnull=False)
    rows = AlertHook.objects.select_related("agency").annotate(
        waiting=Count("pushes", filter=waits), given_up=Count("pushes", filter=dead)
    )
    return [
        Listed(row, row.waiting, row.given_up, tuple(row.pushes.select_related("alert").order_by("-made_at")[:LISTED]))
        for row in rows
    ]  # fmt: skip


def _hook(actor: Actor, pk: UUID) -> AlertHook:
    agency_access.check_can_manage(actor)
    found = AlertHook.objects.select_for_update(of=("self",)).select_related("agency").filter(pk=pk).first()
    if found is None:
        raise NotHere(_("There is no such system."), _("Go back to the list."))
    return found


def _log(actor: Actor, hook: AlertHook, action: str, now: datetime) -> None:
    audit.record(actor=actor, action=action, thing=f"agency {hook.agency_id}", now=now)


def may_be_told_at(address: str) -> bool:
    """An https:// address of a host, or http:// on this machine. Where it leads is looked at when it is called."""
    try:
        parts = urlsplit(address)
        known = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain_ok = parts.scheme == "http" and parts.hostname in ON_THIS_MACHINE
    bare = "@" not in parts.netloc and not parts.fragment and not any(one.isspace() for one in address)
    return known and bare and (parts.scheme == "https" or plain_ok)


# --- the secret ---------------------------------------------------------------------------------------------


def _opened(secret: str) -> bytes | None:
    """The bytes of a secret as it is written; None if it is none."""
    try:
        found = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if secret.startswith(PREFIX) and len(found) in SECRET_BYTES else None


def _sealed(secret: str, hook: UUID) -> bytes:
    return sealing.seal(_opened(secret) or b"", key=settings.ALERT_HOOK_KEY, bound_to=f"hook {hook}")


def _unsealed(hook: AlertHook) -> bytes | None:
    try:
        return sealing.unseal(hook.sealed_secret, key=settings.ALERT_HOOK_KEY, bound_to=f"hook {hook.pk}")
    except sealing.DoesNotOpen:
        return None


# --- for the hub itself -------------------------------------------------------------------------------------


@transaction.atomic
def queue(*, now: datetime) -> int:
    """Note whom there is to tell of which alert; returns how many. Twice changes nothing."""
    made = 0
    for hook in AlertHook.objects.filter(active=True):
        pushed = AlertPush.objects.filter(hook=hook, alert=OuterRef("pk"))
        since = max(hook.since, now - LOOKED_BACK)
        new = Alert.objects.filter(agency=hook.agency_id, told_at__gte=since).filter(~Exists(pushed))
        rows = [AlertPush(hook=hook, alert=alert, made_at=now, next_at=now) for alert in new]
        made += len(AlertPush.objects.bulk_create(rows, ignore_conflicts=True))
    return made


def _waiting(hook: AlertHook) -> Any:
    return AlertPush.objects.filter(hook=hook, delivered_at=None, given_up_at=None)


@transaction.atomic
def claim(*, now: datetime, leave_out: Iterable[UUID] = ()) -> Due | None:
    """The push that has been due for longest, of none of these hooks; from now it waits for its next try, so that
    whoever dies while sending it loses nothing. None if none is due."""
    rows = AlertPush.objects.select_for_update(of=("self",), skip_locked=True).select_related("hook", "alert")
    due = rows.filter(hook__active=True, delivered_at=None, given_up_at=None, next_at__lte=now)
    row = due.exclude(hook__in=list(leave_out)).order_by("next_at", "pk").first()
    if row is None:
        return None
    row.next_at = now + PAUSES[min(row.tries, len(PAUSES) - 1)]
    row.tries += 1
    row.save(update_fields=["tries", "next_at"])
    alert = row.alert.reference if row.alert else ""
    at = row.alert.told_at if row.alert else row.made_at
    return Due(row.pk, row.hook_id, row.hook.address, _unsealed(row.hook), alert, at)


@transaction.atomic
def note(due: Due, said: Said, *, now: datetime) -> None:
    """Write down what came of a try; audited once it is over."""
    row = AlertPush.objects.select_for_update(of=("self",)).select_related("alert").get(pk=due.push)
    row.said, row.status = said.code, said.status
    if said.delivered:
        row.delivered_at, row.given_up_at = now, None
    elif row.tries > len(PAUSES) and row.given_up_at is None:
        row.given_up_at = now
        outbox.put(topic="push.given_up", payload={"hook": str(row.hook_id)}, now=now)
    row.save()
    if row.delivered_at or row.given_up_at:
        audit.record(
            actor=SYSTEM,
            action="alert.pushed" if said.delivered else "alert.push_given_up",
            thing=f"alert {row.alert_id}" if row.alert_id else f"push {row.pk}",
            detail={"push": str(row.pk), "tries": row.tries},
            now=now,
        )


def forget(*, now: datetime) -> int:
    """Remove what was told, or given up, longer ago than KEPT_FOR; returns how many. Twice changes nothing."""
    before = now - KEPT_FOR
    return int(AlertPush.objects.filter(Q(delivered_at__lt=before) | Q(given_up_at__lt=before)).delete()[0])
