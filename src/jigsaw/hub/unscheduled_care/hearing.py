"""An authority hears that a child of one of its plans came to unscheduled care: received, opened, acted on.

What nobody opens in time goes to the authority's named person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context, fields, outbox
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards
from jigsaw.hub.people.cards import Card
from jigsaw.hub.unscheduled_care import access
from jigsaw.hub.unscheduled_care.models import Access, Alert, Setting
from jigsaw.hub.unscheduled_care.states import MOVES, AlertState

LISTED = 100
LONGEST = 2000
WAITING = (AlertState.SENT, AlertState.RECEIVED)


@dataclass(frozen=True)
class Heard:
    """An alert, whom it is about, and each access that it rests on, the first one first."""

    alert: Alert
    card: Card
    accesses: tuple[Access, ...]


@transaction.atomic
def heard(actor: Actor, *, now: datetime) -> list[Heard]:
    """The alerts of the actor's authority, the newest first, those not acted on before others; audited.

    Whoever reads the list has received them. Alerts about those to whom the actor is too close are left out.
    """
    access.check_can_hear(actor)
    rows = _of(actor).exclude(record__person__in=people_access.too_close_to(actor))
    done = (AlertState.ACTED_ON, AlertState.CANCELLED)
    found = [*rows.exclude(state__in=done)[:LISTED], *rows.filter(state__in=done)[:LISTED]]
    new = [alert for alert in found if alert.state == AlertState.SENT]
    for alert in new:
        alert.state, alert.received_at = (
            MOVES.after("receive", AlertState(alert.state)),
            max(now, alert.told_at),
        )
    Alert.objects.bulk_update(new, ["state", "received_at"])
    audit.record(
        actor=actor, action="alert.list_viewed", people={alert.record.person_id for alert in found}, now=now
    )
    accesses = _accesses(found)
    return [Heard(alert, cards.card_of_record(alert.record), accesses.get(alert.pk, ())) for alert in found]


def waiting_count(actor: Actor) -> int:
    """How many alerts nobody has opened: the number on the menu."""
    if not access.can_hear(actor):
        return 0
    return Alert.objects.filter(agency=actor.agency_id, state__in=WAITING).count()


@transaction.atomic
def open_alert(actor: Actor, reference: str, *, now: datetime) -> Heard:
    """One alert; the first to open it is noted. Audited. Raises NotHere with the same words if it is another's."""
    found = _locked(actor, reference)
    if MOVES.allows("open", AlertState(found.state)) and found.opened_at is None:
        found.state, found.opened_at = MOVES.after("open", AlertState(found.state)), max(now, found.told_at)
        found.received_at, found.opened_by_id = found.received_at or found.opened_at, actor.practitioner_id
        found.save(update_fields=["state", "received_at", "opened_at", "opened_by"])
    _log(actor, found, "alert.opened", now)
    return Heard(found, cards.card_of_record(found.record), _accesses([found]).get(found.pk, ()))


@transaction.atomic
def act(*, actor: Actor, reference: str, what_was_done: str, now: datetime) -> Alert:
    """Say what was done. Once; raises Invalid without words, WrongState if it is over."""
    found = _locked(actor, reference)
    after = MOVES.after("act", AlertState(found.state))
    fields.check_text("what_was_done", what_was_done, longest=LONGEST, label=str(_("What was done")))
    if not what_was_done.strip():
        raise Invalid(_("Say what was done."), {"what_was_done": _("Say what was done, in a sentence.")})
    found.state, found.acted_at, found.acted_by_id = after, now, actor.practitioner_id
    found.what_was_done = what_was_done.strip()
    found.received_at, found.opened_at = found.received_at or now, found.opened_at or now
    found.opened_by_id = found.opened_by_id or actor.practitioner_id
    found.save()
    _log(actor, found, "alert.acted_on", now, words=found.what_was_done)
    return found


def _of(actor: Actor) -> QuerySet[Alert]:
    rows = Alert.objects.filter(agency=actor.agency_id).order_by("-told_at", "pk")
    return rows.select_related("record", "plan", "setting__agency", "opened_by", "acted_by", "escalated_to")


def _locked(actor: Actor, reference: str) -> Alert:
    access.check_can_hear(actor)
    found = _of(actor).select_for_update(of=("self",)).filter(reference=reference).first()
    if found is None:
        raise NotHere(_("There is no such alert of your authority."), _("Go back to the list of alerts."))
    people_access.check_not_too_close(actor, [found.record.person_id])
    return found


@context.hub("plan")
def _accesses(alerts: list[Alert]) -> dict[UUID, tuple[Access, ...]]:
    """The settings' own rows: the authority is told of each."""
    found: dict[UUID, tuple[Access, ...]] = {}
    rows = Access.objects.filter(alert__in=[alert.pk for alert in alerts]).order_by("at", "pk")
    for row in rows.select_related("setting__agency", "practitioner", "attendance"):
        found[row.alert_id] = (*found.get(row.alert_id, ()), row)
    return found


def _log(actor: Actor, alert: Alert, action: str, now: datetime, words: str = "") -> None:
    audit.record(
        actor=actor,
        action=action,
        people=[alert.record.person_id],
        purpose=f"alert {alert.reference}",
        thing=f"alert {alert.pk}",
        words=words,
        now=now,
    )


# --- for the hub itself -----------------------------------------------------------------------------------------


@transaction.atomic
def escalate(*, now: datetime, limit: int = LISTED) -> int:
    """What nobody has opened within the agreed minutes goes to the named person of the authority; how many.

    Each once: running it twice changes nothing. For the hub's own clock.
    """
    minutes = agreements.unscheduled_care(on=agreements.local_day(now))["escalate_after_minutes"]
    rows = Alert.objects.select_for_update(of=("self",), skip_locked=True).select_related("agency", "record")
    late = rows.filter(state__in=WAITING, escalated_at=None, told_at__lte=now - timedelta(minutes=minutes))
    found = list(late.order_by("told_at")[:limit])
    for alert in found:
        alert.escalated_at, alert.escalated_to_id = now, alert.agency.escalates_to_id
        alert.save(update_fields=["escalated_at", "escalated_to"])
        _log(SYSTEM, alert, "alert.escalated", now)
        outbox.put(topic="attendance.escalated", payload={"alert": str(alert.pk)}, now=now)
    return len(found)


@dataclass(frozen=True)
class Attended:
    """Somebody with a plan came, where and when; `elsewhere`: at a setting that is not in the plan's authority."""

    alert: UUID
    reference: str
    setting: UUID
    agency: UUID
    told_at: datetime
    elsewhere: bool


def told_to(actor: Actor) -> QuerySet[Alert]:
    """The alerts that the actor may open; none if their role does not include any."""
    rows = Alert.objects.filter(agency=actor.agency_id).exclude(state=AlertState.CANCELLED)
    return rows if access.can_hear(actor) else rows.none()


@context.hub("plan")
def attended(actor: Actor, person: UUID, *, since: datetime) -> list[Attended]:
    """The attendances (no looks) of this person since then that the actor was told of. For the hub itself."""
    came = Access.objects.filter(alert=OuterRef("pk"), how=Access.CAME, cancelled_at=None)
    here = OuterRef("plan__authority")
    rows = told_to(actor).filter(Exists(came), record__person=person, told_at__gte=since).order_by("told_at")
    rows = rows.annotate(
        here=Exists(Setting.objects.filter(pk=OuterRef("setting"), agency__authorities=here))
    )
    rows = rows.select_related("setting")
    return [
        Attended(row.pk, row.reference, row.setting_id, row.setting.agency_id, row.told_at, not row.here)
        for row in rows
    ]


@dataclass(frozen=True)
class Concerned:
    """An alert's reference, who is to hear of it, to whom it was escalated, and about whom it is."""

    reference: str
    told: frozenset[UUID]
    escalated_to: UUID | None
    persons: tuple[UUID, ...]


def concerned(pk: object) -> Concerned | None:
    """Whom an alert concerns; None if it has been opened, acted on or taken back meanwhile."""
    found = Alert.objects.select_related("record").filter(pk=pk, state__in=WAITING).first()
    if found is None:
        return None
    told = frozenset(agencies.holding(found.agency_id, "care.alerts"))
    return Concerned(found.reference, told, found.escalated_to_id, (found.record.person_id,))
