"""Keep the plans of an authority's children: begin, correct, end and withdraw them, and move one at birth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import EARLIEST
from jigsaw.hub.kit.errors import AlreadyDone, Invalid
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import linked
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.records import Facts
from jigsaw.hub.unscheduled_care import access, queries
from jigsaw.hub.unscheduled_care.kinds import Closed, PlanKind
from jigsaw.hub.unscheduled_care.models import Plan
from jigsaw.hub.unscheduled_care.visible import standing

if TYPE_CHECKING:
    from jigsaw.hub.people.models import PersonRecord

LONGEST_REASON = 500
BORN_HERE = "birth"
"""The system of records that an authority opened for a baby at birth."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a plan says: both dates inclusive; `expected_on` for an unborn child alone."""

    kind: str
    starts_on: date | None
    ends_on: date | None = None
    expected_on: date | None = None


@transaction.atomic
def keep(*, actor: Actor, person: UUID, said: Said, now: datetime) -> Plan:
    """Begin a plan of this person (of an unborn child: the mother) for the actor's authority.

    Raises Refused, NotHere, Invalid; AlreadyDone if one of this kind covers some of these days.
    """
    access.check_can_keep_plans(actor)
    who = people_queries.current(person).pk
    people_access.check_not_too_close(actor, [who])
    if not actor.may("people.find_any"):
        people_queries.check_may_open(actor, who, now)
    record = people.own_record(actor=actor, like=linked.any_record(who), now=now)
    return _write(actor, record, said, now, action="plan.kept")


@transaction.atomic
def correct(*, actor: Actor, plan: UUID, said: Said, reason: str, now: datetime) -> Plan:
    """Say it anew: the row that was wrong stays readable, and settings see the new one alone."""
    found = _open(actor, plan)
    _check_reason(reason)
    _close(actor, found, Closed.CORRECTED, now, reason)
    made = _write(actor, found.record, said, now, action="plan.corrected", source=found)
    _replaced(found, made)
    return made


@transaction.atomic
def end(*, actor: Actor, plan: UUID, ends_on: date | None, now: datetime) -> Plan:
    """The plan ended on that day (inclusive); settings see it until the agreed time after."""
    found = _open(actor, plan)
    if ends_on is None:
        raise Invalid(_("Say when it ended."), {"ends_on": _("Enter the day on which it ended.")})
    if found.ends_on is not None:
        raise AlreadyDone(_("This plan has ended already."), _("Correct it if the day is wrong."))
    _check(Said(kind=found.kind, starts_on=found.starts_on, ends_on=ends_on), found.expected_on, now)
    found.ends_on = ends_on
    found.save(update_fields=["ends_on"])
    _log(actor, found, "plan.ended", now)
    return found


@transaction.atomic
def withdraw(*, actor: Actor, plan: UUID, reason: str, now: datetime) -> None:
    """There never was such a plan of this child: no setting sees it from now on."""
    found = _open(actor, plan)
    _check_reason(reason)
    _close(actor, found, Closed.WITHDRAWN, now, reason)
    _log(actor, found, "plan.withdrawn", now, words=reason)


@transaction.atomic
def born(*, actor: Actor, plan: UUID, baby: Facts, now: datetime) -> Plan:
    """The child is born: the plan moves from the mother's record to the baby's own, from the day of birth on.

    The baby's NHS number may follow later: until then, whoever looks finds them by name and day of birth.
    """
    found = _open(actor, plan)
    if found.kind != PlanKind.UNBORN:
        raise Invalid(_("This is no plan of an unborn child."), next_step=_("Go back to the plan."))
    if baby.born is None or baby.born < found.starts_on or baby.born > agreements.local_day(now):
        raise Invalid(
            _("Say when the baby was born."),
            {"born": _("Enter the day of birth: after the plan began, and not in the future.")},
        )
    record, _outcome = people.hold(
        actor=actor, agency=found.agency_id, system=BORN_HERE, source_key=str(found.pk), facts=baby, now=now
    )
    people.relate(actor=actor, record=found.record, to=record, kind="MTH", now=now, source=actor.agency_name)
    people.link_if_certain(actor=actor, record=record, now=now)
    record.refresh_from_db()
    _close(actor, found, Closed.BORN, now)
    said = Said(kind=PlanKind.CHILD_PROTECTION, starts_on=baby.born)
    made = _write(actor, record, said, now, action="plan.moved_at_birth")
    _replaced(found, made)
    return made


def _write(
    actor: Actor, record: PersonRecord, said: Said, now: datetime, *, action: str, source: Plan | None = None
) -> Plan:
    _check(said, said.expected_on, now)
    _check_alone(record, said)
    made = Plan.objects.create(
        record=record,
        agency_id=record.agency_id,
        authority=source.authority if source else agencies.front_door_authority(record.agency_id),
        kind=said.kind,
        starts_on=said.starts_on,
        ends_on=said.ends_on,
        expected_on=said.expected_on if said.kind == PlanKind.UNBORN else None,
        system=source.system if source else "",
        source_key=source.source_key if source else "",
        recorded_by_id=actor.practitioner_id,
        recorded_at=now,
    )
    _log(actor, made, action, now)
    return made


def _check(said: Said, expected_on: date | None, now: datetime) -> None:
    today = agreements.local_day(now)
    wrong: dict[str, object] = {}
    if said.kind not in PlanKind.values:
        wrong["kind"] = _("Choose what kind of plan it is.")
    if said.starts_on is None or not EARLIEST <= said.starts_on <= today:
        wrong["starts_on"] = _("Enter the day on which it began: today or earlier.")
    elif said.ends_on and not said.starts_on <= said.ends_on <= today:
        wrong["ends_on"] = _("Enter the day on which it ended: not before it began, and today or earlier.")
    if said.kind == PlanKind.UNBORN and expected_on is None:
        wrong["expected_on"] = _("Enter the day on which the baby is expected.")
    if wrong:
        raise Invalid(_("Something about this plan is not right."), wrong)


def _check_alone(record: PersonRecord, said: Said) -> None:
    others = standing().filter(record__person=record.person_id, agency=record.agency_id, kind=said.kind)
    if said.ends_on:
        others = others.filter(starts_on__lte=said.ends_on)
    if any(row.ends_on is None or (said.starts_on and row.ends_on >= said.starts_on) for row in others):
        raise AlreadyDone(
            _("There is a plan of this kind on some of these days already."),
            _("Open it from the list of plans, and correct or end it there."),
        )


def _check_reason(reason: str) -> None:
    fields.check_text("reason", reason, longest=LONGEST_REASON, label=str(_("Reason")))
    if not reason.strip():
        raise Invalid(_("Say why."), {"reason": _("Say in a few words what was wrong.")})


def _open(actor: Actor, pk: UUID) -> Plan:
    """The plan, locked; raises as `queries.own` does, and AlreadyDone if something has taken its place."""
    queries.own(actor, pk)
    rows = Plan.objects.select_for_update(of=("self",)).select_related("record", "authority", "agency")
    found = rows.get(pk=pk)
    if found.closed_as:
        raise AlreadyDone(
            _("Somebody has changed this plan meanwhile."), _("Open it again from the list of plans.")
        )
    return found


def _close(actor: Actor, plan: Plan, closed_as: Closed, now: datetime, reason: str = "") -> None:
    plan.closed_as, plan.closed_at, plan.closed_by_id = closed_as, now, actor.practitioner_id
    plan.reason = reason.strip()
    plan.save(update_fields=["closed_as", "closed_at", "closed_by", "reason"])


def _replaced(plan: Plan, by: Plan) -> None:
    plan.replaced_by = by
    plan.save(update_fields=["replaced_by"])


def _log(actor: Actor, plan: Plan, action: str, now: datetime, words: str = "") -> None:
    audit.record(
        actor=actor,
        action=action,
        people=[plan.record.person_id],
        thing=f"plan {plan.pk}",
        detail={"kind": plan.kind},
        words=words,
        now=now,
    )
