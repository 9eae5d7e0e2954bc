"""How is the register's FHIR read? Strictly: what does not fit the standard is not used.

Whose number it is hangs on these answers, so a misread one is worse than none. Addresses of restricted people are
dropped here, before anything else sees them, whatever the register sends.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.patient import Patient
from pydantic import ValidationError

from jigsaw.hub.people.national_register.asking import Entry, unreadable
from jigsaw.record_linkage.identifiers import nhs_number

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
VERIFICATION = "Extension-UKCore-NHSNumberVerificationStatus"
VERIFIED = "01"
# v3-Confidentiality: what is not plainly unrestricted is treated as restricted.
UNRESTRICTED = frozenset({"U"})
REDACTED = "REDACTED"
SEXES = {"male": "M", "female": "F"}
NAMES_READ = ("usual", "official", "nickname", "temp", "old", "maiden", None)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One entry of a search: whom, and how well it fits, 0 to 1."""

    entry: Entry
    score: float | None


def patient(body: bytes) -> Entry:
    """One Patient. Raises RegisterTrouble (unreadable) if it is none, or carries no NHS number."""
    return _entry(_as(Patient, body))


def search(body: bytes) -> tuple[list[Found], list[str]]:
    """The entries of a search, and the codes of an OperationOutcome if that is what came."""
    if _kind(body) == "OperationOutcome":
        return [], codes(body)
    bundle = _as(Bundle, body)
    return [_found(each) for each in bundle.entry or () if isinstance(each.resource, Patient)], []


def codes(body: bytes) -> list[str]:
    """The codes of an OperationOutcome, such as RESOURCE_NOT_FOUND; empty if the body is none."""
    try:
        outcome = OperationOutcome.model_validate_json(body)
    except (ValidationError, ValueError):
        return []
    codings = [
        coding for issue in outcome.issue or () if issue.details for coding in issue.details.coding or ()
    ]
    return [str(coding.code) for coding in codings if coding.code]


def _kind(body: bytes) -> str:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise unreadable() from None
    return str(found.get("resourceType", "")) if isinstance(found, dict) else ""


def _as(model: Any, body: bytes) -> Any:
    try:
        if _kind(body) != model.get_resource_type():
            raise unreadable()
        return model.model_validate_json(body)
    except (ValidationError, ValueError, RecursionError):
        # The words of the error would name what the register holds: not kept.
        raise unreadable() from None


def _found(each: Any) -> Found:
    score = each.search.score if each.search else None
    if score is not None and not 0 <= score <= 1:
        raise unreadable()
    return Found(entry=_entry(each.resource), score=None if score is None else float(score))


def _entry(resource: Any) -> Entry:
    checked = nhs_number(resource.id or "")
    security = {coding.code for coding in (resource.meta.security if resource.meta else None) or ()}
    if not checked.valid or REDACTED in security:
        raise unreadable()
    restricted = not security or not security <= UNRESTRICTED
    return Entry(
        number=checked.value,
        version=(resource.meta.versionId or "") if resource.meta else "",
        verified=_verified(resource, checked.value),
        restricted=restricted,
        names=tuple(_names(resource.name or ())),
        born=_day(resource.birthDate),
        died=bool(resource.deceasedDateTime or resource.deceasedBoolean),
        sex=SEXES.get(resource.gender or "", ""),
        postcode="" if restricted else _postcode(resource),
    )


def _verified(resource: Any, number: str) -> bool:
    """Does the register itself vouch for the number (NHS number verification status 01)?"""
    for identifier in resource.identifier or ():
        if identifier.system != NHS_NUMBER or identifier.value != number:
            continue
        for extension in identifier.extension or ():
            coded = extension.valueCodeableConcept
            if extension.url.endswith(VERIFICATION) and coded:
                return any(coding.code == VERIFIED for coding in coded.coding or ())
    return False


def _names(told: Iterable[Any]) -> Iterable[tuple[str, str]]:
    ordered = sorted(
        told, key=lambda name: NAMES_READ.index(name.use) if name.use in NAMES_READ else len(NAMES_READ)
    )
    for name in ordered:
        given = " ".join(part for part in name.given or () if part)
        if given or name.family:
            yield given, name.family or ""


def _day(told: object) -> date | None:
    """A whole date; a year or month alone is told as text and says too little."""
    if isinstance(told, date):
        return told
    return None


def _postcode(resource: Any) -> str:
    return next((at.postalCode or "" for at in resource.address or () if at.use == "home"), "")
