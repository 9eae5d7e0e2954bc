"""A plan as FHIR has it: a Flag that there is one, its CarePlan, and the CareTeam whom one can ring.

Three views of one row, so that systems made for either national route find what they look for: Flag with its CarePlan
(patient flags), or CareTeam alone, where the emergency duty team's number is the one with the use `mobile`.
Source: England-Flag-PatientFlag, England-CarePlan-Flag and England-CareTeam-Flag; DCB1609 v2.0.0.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from jigsaw.hub.fhir.bundles import Found, Node, coded, patient
from jigsaw.hub.unscheduled_care.kinds import PlanKind

if TYPE_CHECKING:
    from jigsaw.hub.unscheduled_care.looking import Seen
    from jigsaw.hub.unscheduled_care.models import Plan

SNOMED = "http://snomed.info/sct"
FLAGS = "https://fhir.nhs.uk/England/CodeSystem/England-FlagCategoryPatient"
THE_FLAG = "child-protection-information-system-flag"
DETAIL = "http://hl7.org/fhir/StructureDefinition/flag-detail"
# ValueSet England-ChildProtectionPlan: the code, and its own term, which is not translated.
CODES = {
    PlanKind.CHILD_PROTECTION: ("342191000000101", "Subject to child protection plan"),
    PlanKind.LOOKED_AFTER: ("764841000000100", "Looked after child"),
    PlanKind.UNBORN: ("818901000000100", "Unborn child subject to child protection plan"),
}


def flags(seen: Seen, number: str, *, on: date) -> Found:
    """A Flag for each plan; its CarePlan and CareTeam come along."""
    found = [_flag(plan, number, on) for plan in seen.plans]
    both = [make(plan, number, on) for plan in seen.plans for make in (_care_plan, _care_team)]
    return Found(found, both)


def care_plans(seen: Seen, number: str, *, on: date) -> Found:
    """A CarePlan for each plan; its CareTeam comes along."""
    return Found(
        [_care_plan(plan, number, on) for plan in seen.plans],
        [_care_team(plan, number, on) for plan in seen.plans],
    )


def care_teams(seen: Seen, number: str, *, on: date) -> Found:
    """A CareTeam for each plan."""
    return Found([_care_team(plan, number, on) for plan in seen.plans])


def _over(plan: Plan, on: date) -> bool:
    return plan.ends_on is not None and plan.ends_on < on


def _period(plan: Plan) -> Node:
    """Both days are inclusive, as FHIR's are."""
    start = {"start": plan.starts_on.isoformat()}
    return start | ({"end": plan.ends_on.isoformat()} if plan.ends_on else {})


def _kind(plan: Plan) -> Node:
    code, term = CODES[PlanKind(plan.kind)]
    return coded(SNOMED, code, term, text=PlanKind(plan.kind).label)


def _flag(plan: Plan, number: str, on: date) -> Node:
    return {
        "resourceType": "Flag",
        "id": str(plan.pk),
        "extension": [{"url": DETAIL, "valueReference": {"reference": f"CarePlan/{plan.pk}"}}],
        "status": "inactive" if _over(plan, on) else "active",
        "category": [_kind(plan)],
        "code": coded(FLAGS, THE_FLAG, _("Child protection – information sharing")),
        "subject": patient(number),
        "period": _period(plan),
        "author": {"type": "Organization", "display": plan.authority.name},
    }


def _care_plan(plan: Plan, number: str, on: date) -> Node:
    told: Node = {
        "resourceType": "CarePlan",
        "id": str(plan.pk),
        "status": "completed" if _over(plan, on) else "active",
        "intent": "plan",
        "category": [_kind(plan)],
        "title": str(PlanKind(plan.kind).label),
        "subject": patient(number),
        "period": _period(plan),
        "author": {"type": "Organization", "display": plan.authority.name},
        "careTeam": [{"reference": f"CareTeam/{plan.pk}"}],
    }
    if plan.expected_on:
        day = date_format(plan.expected_on, "j F Y")
        told["note"] = [
            {"text": _("Of the unborn child: the patient is the mother. Baby expected: %s.") % day}
        ]
    return told


def _care_team(plan: Plan, number: str, on: date) -> Node:
    phones = ((plan.agency.phone, "work"), (plan.agency.out_of_hours_phone, "mobile"))
    told: Node = {
        "resourceType": "CareTeam",
        "id": str(plan.pk),
        "status": "inactive" if _over(plan, on) else "active",
        "category": [_kind(plan)],
        "name": plan.authority.name,
        "subject": patient(number),
        "period": _period(plan),
    }
    known = [{"system": "phone", "value": value, "use": use} for value, use in phones if value]
    if known:
        told["telecom"] = known
    missing = {
        "work": _("No office telephone is set up."),
        "mobile": _("No out-of-hours telephone is set up."),
    }
    notes = [{"text": missing[use]} for value, use in phones if not value]
    return told | ({"note": notes} if notes else {})
