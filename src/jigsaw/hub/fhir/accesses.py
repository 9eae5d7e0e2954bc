"""The last times that a child with a plan came to, or was looked up in, unscheduled care: as AuditEvents.

Who looked is told by role and setting, as in the browser, and not by name: the authority hears the name.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jigsaw.hub.fhir.bundles import ODS_CODE, Found, Node, instant, issue, outcome, patient

if TYPE_CHECKING:
    from jigsaw.hub.unscheduled_care.looking import Frequency, Seen
    from jigsaw.hub.unscheduled_care.models import Access

DCM = "http://dicom.nema.org/resources/ontology/DCM"
RECIPIENT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}
FREQUENCY = "attendance-frequency"
"""The name of the extension that carries how often, after the address of the interface."""


def audit_events(seen: Seen, number: str, *, on: date, base: str, with_roles: bool) -> Found:
    """The last 25, the newest first; whoever looked as a PractitionerRole beside it, if that was asked for; and how
    often it was in twelve months, in words and numbers."""
    looked = [one for one in seen.accesses if one.role] if with_roles else []
    return Found(
        [_audit_event(one, number, refers=with_roles) for one in seen.accesses],
        [_role(one) for one in looked],
        [_how_often(seen.frequency, base)],
    )


def _audit_event(access: Access, number: str, *, refers: bool) -> Node:
    came = access.how == access.CAME
    what = _("Came to unscheduled care") if came else _("Looked up in unscheduled care")
    return {
        "resourceType": "AuditEvent",
        "id": str(access.pk),
        "type": {"system": DCM, "code": "110110", "display": "Patient Record"},
        "subtype": [{"code": access.how, "display": what}],
        "action": "E" if came else "R",
        "recorded": instant(access.at),
        "outcome": "0",
        "agent": [_agent(access, refers)],
        "source": {"observer": _organisation(access)},
        "entity": [{"what": patient(number)}],
    }


def _organisation(access: Access) -> Node:
    return {
        "type": "Organization",
        "identifier": {"system": ODS_CODE, "value": access.setting.ods_code},
        "display": access.setting.name,
    }


def _agent(access: Access, refers: bool) -> Node:
    """The role that looked; of an attendance, the setting that told of it."""
    if not access.role:
        return {"type": {"coding": [RECIPIENT]}, "who": _organisation(access), "requestor": True}
    who: Node = {"type": "PractitionerRole", "display": f"{access.role}, {access.setting.name}"}
    if refers:
        who["reference"] = f"PractitionerRole/{access.pk}"
    return {
        "type": {"coding": [RECIPIENT]},
        "role": [{"text": access.role}],
        "who": who,
        "requestor": True,
    }


def _role(access: Access) -> Node:
    return {
        "resourceType": "PractitionerRole",
        "id": str(access.pk),
        "organization": _organisation(access),
        "code": [{"coding": [{"display": access.role}], "text": access.role}],
    }


def _how_often(often: Frequency, base: str) -> Node:
    days = ngettext("on %(n)d day", "on %(n)d days", often.days) % {"n": often.days}
    at = ngettext("at %(n)d setting", "at %(n)d settings", often.settings) % {"n": often.settings}
    words = _("Unplanned care in the last twelve months: %(days)s, %(at)s; in the last 30 days on %(n)d.")
    told = outcome(
        [issue(words % {"days": days, "at": at, "n": often.last_30_days}, severity="information",
               code="informational")]
    )  # fmt: skip
    counts = (
        ("days", often.days),
        ("settings", often.settings),
        ("days-of-the-last-30", often.last_30_days),
    )
    parts = [{"url": name, "valueUnsignedInt": count} for name, count in counts]
    return told | {"extension": [{"url": f"{base}/StructureDefinition/{FREQUENCY}", "extension": parts}]}
