"""Which resources are there, what else can each be searched by, and what is it made of?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from jigsaw.hub.fhir import accesses, plans
from jigsaw.hub.fhir.bundles import Found
from jigsaw.hub.fhir.searching import Search

if TYPE_CHECKING:
    from jigsaw.hub.unscheduled_care.looking import Seen

ROLES = frozenset({"AuditEvent:agent", "AuditEvent:agent:PractitionerRole"})


@dataclass(frozen=True)
class Kind:
    """`make`: what was seen, the search, the day and the interface's address to what was found; `more`: parameters
    besides the patient, with their values (none listed: any)."""

    make: Callable[[Seen, Search, date, str], Found]
    more: Mapping[str, frozenset[str]] = field(default_factory=dict)
    can_be_read: bool = True


def _events(seen: Seen, search: Search, on: date, base: str) -> Found:
    with_roles = search.value("_include") in ROLES
    return accesses.audit_events(seen, search.number, on=on, base=base, with_roles=with_roles)


KINDS: Mapping[str, Kind] = {
    "Flag": Kind(
        lambda seen, search, on, _base: plans.flags(seen, search.number, on=on),
        {"code": frozenset({plans.THE_FLAG, f"{plans.FLAGS}|{plans.THE_FLAG}"})},
    ),
    "CarePlan": Kind(
        lambda seen, search, on, _base: plans.care_plans(seen, search.number, on=on),
        {"_include": frozenset({"CarePlan:care-team"})},
    ),
    "CareTeam": Kind(lambda seen, search, on, _base: plans.care_teams(seen, search.number, on=on)),
    "AuditEvent": Kind(_events, {"_include": ROLES}, can_be_read=False),
}
