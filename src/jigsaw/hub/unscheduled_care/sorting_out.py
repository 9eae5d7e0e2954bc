"""What could not be used or matched, and waits for a named person of the agency that sent it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context, fields
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere
from jigsaw.hub.people import access as people_access
from jigsaw.hub.unscheduled_care import access, arriving, keeping, whose
from jigsaw.hub.unscheduled_care.looking import Candidate
from jigsaw.hub.unscheduled_care.models import Attendance, Delivery

LISTED = 50
LONGEST = 500


@dataclass(frozen=True)
class Unusable:
    """Deliveries that wait for one reason: how many, the reason in words, and the newest of them with its raw text."""

    reason: str
    words: str
    count: int
    newest: Delivery
    raw: str


@dataclass(frozen=True)
class Unsure:
    """An attendance of whom it is not certain, and those with a plan who may be meant."""

    attendance: Attendance
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Waiting:
    unusable: tuple[Unusable, ...]
    unsure: tuple[Unsure, ...]


@transaction.atomic
def waiting(actor: Actor, *, now: datetime) -> Waiting:
    """What waits for the actor's agency; audited."""
    access.check_can_work_on_messages(actor)
    rows = Delivery.objects.filter(agency=actor.agency_id, state=Delivery.WAITING).select_related("setting")
    by_reason: dict[str, list[Delivery]] = {}
    for row in rows.order_by("-received_at")[: 10 * LISTED]:
        by_reason.setdefault(row.problems[0][0], []).append(row)
    unusable = tuple(_unusable(reason, held) for reason, held in by_reason.items())
    unsure = tuple(_unsure(actor, row, now) for row in _to_match(actor)[:LISTED])
    named = {one.card.person for each in unsure for one in each.candidates}
    audit.record(
        actor=actor, action="attendance.listed", people=named, detail={"unusable": len(unusable)}, now=now
    )
    return Waiting(unusable, unsure)


def waiting_count(actor: Actor) -> int:
    """How much waits for the actor's agency: the number on the menu."""
    if not access.can_work_on_messages(actor):
        return 0
    held = Delivery.objects.filter(agency=actor.agency_id, state=Delivery.WAITING).count()
    return held + _to_match(actor).count()


def _to_match(actor: Actor) -> QuerySet[Attendance]:
    rows = Attendance.objects.filter(agency=actor.agency_id, match=Attendance.ASK).exclude(status="cancelled")
    return rows.select_related("setting").order_by("-changed_at")


def _unusable(reason: str, held: list[Delivery]) -> Unusable:
    newest = held[0]
    content = bytes(newest.content)
    raw = keeping.read(content, received=newest.received_at)[0].raw
    return Unusable(
        reason, newest.problems[0][1], len(held), newest, raw.replace("\r\n", "\n").replace("\r", "\n")
    )


@context.hub("plan")
def _unsure(actor: Actor, row: Attendance, now: datetime) -> Unsure:
    barred = people_access.too_close_to(actor)
    return Unsure(row, tuple(one for one in whose.whom(row, now=now) if one.card.person not in barred))


@transaction.atomic
def handled(*, actor: Actor, reason: str, newest: UUID, what_was_done: str, now: datetime) -> int:
    """Say what was done about all that wait for one reason, up to the newest that was shown; returns how many."""
    access.check_can_work_on_messages(actor)
    fields.check_text("what_was_done", what_was_done, longest=LONGEST, label=str(_("What was done")))
    if not what_was_done.strip():
        raise Invalid(_("Say what was done."), {"what_was_done": _("Say what was done, in a sentence.")})
    rows = Delivery.objects.filter(agency=actor.agency_id, state=Delivery.WAITING, problems__0__0=reason)
    shown = rows.filter(pk=newest).first()
    if shown is None:
        raise AlreadyDone(_("Somebody has handled this already."), _("Go back to the list."))
    rows = rows.filter(received_at__lte=shown.received_at)
    count = rows.update(
        state=Delivery.HANDLED,
        handled_at=now,
        handled_by=actor.practitioner_id,
        what_was_done=what_was_done.strip(),
    )
    audit.record(
        actor=actor, action="delivery.handled", thing=f"delivery {newest}", detail={"count": count, "reason": reason},
        words=what_was_done.strip(), now=now,
    )  # fmt: skip
    return count


@context.hub("plan")
@transaction.atomic
def decide(*, actor: Actor, attendance: UUID, person: UUID | None, now: datetime) -> Attendance:
    """It is this person (None: none of those with a plan). Raises NotHere, AlreadyDone, or that they are too close."""
    access.check_can_work_on_messages(actor)
    rows = Attendance.objects.select_for_update(of=("self",)).select_related("setting")
    row = rows.filter(pk=attendance, agency=actor.agency_id).first()
    if row is None:
        raise NotHere(_("There is no such attendance of your agency."), _("Go back to the list."))
    if row.match != Attendance.ASK:
        raise AlreadyDone(_("Somebody has decided this already."), _("Go back to the list."))
    if person is not None:
        people_access.check_not_too_close(actor, [person])
        if person not in {one.card.person for one in whose.whom(row, now=now)}:
            raise NotHere(_("This is none of those who may be meant."), _("Go back to the list."))
    row.match, row.person_id = (Attendance.SAME, person) if person else (Attendance.OTHER, None)
    row.decided_by_id, row.decided_at = actor.practitioner_id, now
    row.save()
    audit.record(
        actor=actor,
        action="attendance.decided",
        people=[person] if person else [],
        thing=f"attendance {row.pk}",
        detail={"match": row.match},
        now=now,
    )
    arriving.settle(actor, row, now)
    return row


def concerned(pk: object) -> frozenset[UUID]:
    """Who works on the messages of the setting that sent this delivery; nobody once it is handled."""
    found = (
        Delivery.objects.filter(pk=pk, state=Delivery.WAITING).select_related("setting__worked_on_by").first()
    )
    if found is None:
        return frozenset()
    named = found.setting.worked_on_by
    return frozenset({named.pk} if named.is_active else agencies.holding(found.agency_id, "care.messages"))
