"""Somebody with a plan came, or was looked up: it is written down, and their authority told in the same transaction.

What comes of one visit is one alert: looks of one setting within some hours join the visit’s, and the visit joins theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.ids import reference
from jigsaw.hub.unscheduled_care.models import Access, Alert, Setting
from jigsaw.hub.unscheduled_care.states import MOVES, AlertState

if TYPE_CHECKING:
    from jigsaw.hub.unscheduled_care.models import Attendance, Plan

NOT_OVER = (AlertState.SENT, AlertState.RECEIVED, AlertState.OPENED)


@dataclass(frozen=True, kw_only=True)
class Event:
    """What is told: where, how (looked or came), when, and whether the care was unplanned."""

    setting: Setting
    how: str
    at: datetime
    unscheduled: bool
    attendance: Attendance | None = None


def note(
    actor: Actor,
    plans: Sequence[Plan],
    event: Event,
    *,
    now: datetime,
    rules: Mapping[str, int] | None = None,
) -> list[Access]:
    """Write an access for each plan, and tell each authority; within a step of the hub, in the caller's transaction.

    `rules`: what `agreements.unscheduled_care` says of today, if the caller knows.
    """
    if plans and rules is None:
        rules = agreements.unscheduled_care(on=agreements.local_day(now))
    return [_note(actor, plan, event, rules or {}, now) for plan in plans]


def _note(actor: Actor, plan: Plan, event: Event, rules: Mapping[str, int], now: datetime) -> Access:
    alert = _alert(actor, plan, event, rules, now) if event.unscheduled else None
    return Access.objects.create(
        plan=plan,
        record_id=plan.record_id,
        alert=alert,
        setting=event.setting,
        agency_id=event.setting.agency_id,
        how=event.how,
        unscheduled=event.unscheduled,
        at=event.at,
        practitioner_id=actor.practitioner_id,
        role=actor.job_title,
        attendance=event.attendance,
    )


def _alert(actor: Actor, plan: Plan, event: Event, rules: Mapping[str, int], now: datetime) -> Alert:
    """The one that stands for this visit; or a new one, and those who must know are told."""
    within = rules["one_alert_within_minutes"]
    open_ones = Alert.objects.exclude(state=AlertState.CANCELLED).filter(
        agency=plan.agency_id, record=plan.record_id, setting=event.setting, told_at__lte=now
    )
    open_ones = open_ones.filter(told_at__gt=now - timedelta(minutes=within))
    if event.attendance:
        # Whoever comes again is told of again, however soon.
        others = Access.objects.filter(alert=OuterRef("pk"), attendance__isnull=False)
        open_ones = open_ones.filter(~Exists(others), state__in=NOT_OVER)
    found = open_ones.order_by("-told_at").first()
    if found:
        return found
    made = Alert.objects.create(
        reference=reference("N"),
        record_id=plan.record_id,
        agency_id=plan.agency_id,
        plan=plan,
        setting=event.setting,
        told_at=now,
    )
    audit.record(
        actor=actor,
        action="alert.sent",
        people=[plan.record.person_id],
        purpose=f"alert {made.reference}",
        thing=f"alert {made.pk}",
        detail={"how": event.how, "setting": event.setting.ods_code},
        now=now,
    )
    recorded = {"records": [str(plan.record_id)], "kind": "attendance"}
    outbox.put_all([("attendance.alert", {"alert": str(made.pk)}), ("person.recorded", recorded)], now=now)
    return made


def take_back(actor: Actor, accesses: Iterable[Access], *, now: datetime) -> None:
    """The child was not there, or it was another: these count no more, and an alert that rests on nothing else ends."""
    for access in accesses:
        access.cancelled_at = now
        access.save(update_fields=["cancelled_at"])
        if access.alert_id:
            _cancel_if_empty(actor, access.alert_id, now)


def _cancel_if_empty(actor: Actor, pk: UUID, now: datetime) -> None:
    alert = Alert.objects.select_for_update(of=("self",)).select_related("record").get(pk=pk)
    if alert.state == AlertState.CANCELLED or alert.accesses.filter(cancelled_at=None).exists():
        return
    alert.state, alert.cancelled_at = MOVES.after("cancel", AlertState(alert.state)), now
    alert.save(update_fields=["state", "cancelled_at"])
    audit.record(
        actor=actor,
        action="alert.cancelled",
        people=[alert.record.person_id],
        purpose=f"alert {alert.reference}",
        thing=f"alert {alert.pk}",
        now=now,
    )
