"""Which children of Sharetown have a plan, so that unscheduled care has something to see?

Mason Clarke, who goes missing, has a child protection plan; a baby that Ms Reid expects has one too, on her record;
Isla Fenwick had one of Northvale, from where the family came: it ended well, and settings still see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from jigsaw.hub.training.sharetown.writing import Step, Writer
from jigsaw.hub.unscheduled_care import operations
from jigsaw.hub.unscheduled_care.kinds import PlanKind
from jigsaw.hub.unscheduled_care.operations import Said

MASON, REID, ISLA = "clarke/mason", "reid/mother", "fenwick/isla"


@dataclass(frozen=True)
class OnPlan:
    """Whose plan it is, of what kind, who keeps it, and how many days ago it began, was written down and, if it has,
    ended."""

    member: str
    kind: PlanKind
    by: str
    began: int
    written: int
    ended: int = 0


PLANS = (
    OnPlan(MASON, PlanKind.CHILD_PROTECTION, "grace", 75, 74),
    OnPlan(REID, PlanKind.UNBORN, "grace", 3, 2),
    OnPlan(ISLA, PlanKind.CHILD_PROTECTION, "nia", 300, 60, ended=70),
)


def steps(writer: Writer) -> list[Step]:
    """Each plan is written down on its day, after everyone is known."""
    now = writer.calendar.now
    return [
        Step(now - timedelta(days=plan.written), 8, lambda at, plan=plan: _keep(writer, plan, at))
        for plan in PLANS
    ]


def _keep(writer: Writer, plan: OnPlan, at: datetime) -> None:
    record = writer.known[plan.member]
    record.refresh_from_db(fields=["person"])
    family = plan.member.partition("/")[0]
    unborn = writer.known.get(f"{family}/unborn")
    expected = unborn.expected_on if unborn and plan.kind == PlanKind.UNBORN else None
    began, ended = ((writer.calendar.now - timedelta(days=ago)).date() for ago in (plan.began, plan.ended))
    said = Said(kind=plan.kind, starts_on=began, ends_on=ended if plan.ended else None, expected_on=expected)
    operations.keep(actor=writer.actor(plan.by), person=record.person_id, said=said, now=at)
