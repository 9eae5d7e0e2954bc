"""How does an answer look in FHIR: a Bundle of what was found, or an OperationOutcome of what was wrong?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from jigsaw.hub.kit.ids import uuid7

Node = dict[str, Any]
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS_CODE = "https://fhir.nhs.uk/Id/ods-organization-code"
ERRORS = "https://fhir.nhs.uk/CodeSystem/Spine-ErrorOrWarningCode"


@dataclass(frozen=True)
class Found:
    """What a search found: what matches, what matches refer to, and what is to be said of it all."""

    matches: list[Node]
    included: list[Node] = field(default_factory=list)
    said: list[Node] = field(default_factory=list)


def instant(at: datetime) -> str:
    """A moment as FHIR writes an instant, in UTC to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def searchset(found: Found, *, base: str, asked: str, now: datetime) -> Node:
    """The Bundle of a search. `total` counts matches alone; `asked`: the search as it was understood, an address."""
    entries = [_entry(one, base, "match") for one in found.matches]
    entries += [_entry(one, base, "include") for one in found.included]
    entries += [{"resource": one, "search": {"mode": "outcome"}} for one in found.said]
    bundle: Node = {
        "resourceType": "Bundle",
        "id": str(uuid7()),
        "meta": {"lastUpdated": instant(now)},
        "type": "searchset",
        "timestamp": instant(now),
        "total": len(found.matches),
        "link": [{"relation": "self", "url": asked}],
    }
    return bundle | ({"entry": entries} if entries else {})


def _entry(resource: Node, base: str, mode: str) -> Node:
    address = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, "search": {"mode": mode}}


def outcome(issues: Iterable[Node]) -> Node:
    """An OperationOutcome of these issues."""
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def issue(words: object, *, severity: str, code: str, spine: str = "", at: str = "") -> Node:
    """One issue in words. `code`: of FHIR's issue types; `spine`: as national services name it; `at`: where."""
    details: Node = {"text": str(words)}
    if spine:
        details["coding"] = [{"system": ERRORS, "code": spine}]
    found: Node = {"severity": severity, "code": code, "details": details}
    return found | ({"expression": [at]} if at else {})


def note(words: object) -> Node:
    """Something that is said beside what was found."""
    return outcome([issue(words, severity="information", code="informational")])


def patient(number: str) -> Node:
    """Who is meant, by the number that was asked with: no name, which the asking system knows itself."""
    if not number:
        return {"type": "Patient", "display": _("The patient whom you looked up")}
    return {"type": "Patient", "identifier": {"system": NHS_NUMBER, "value": number}}


def coded(system: str, code: str, display: object, *, text: object = "") -> Node:
    """A code with its own term; `text`: as we say it."""
    return {
        "coding": [{"system": system, "code": code, "display": str(display)}],
        "text": str(text or display),
    }
