"""What was wrong, as FHIR and the national services name it?

INVALID_SEARCH_DATA, PRECONDITION_FAILED and ACCESS_DENIED are those of the national child-protection interface; the rest
is named alike. Words never repeat what was asked of a patient.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from jigsaw.hub.fhir.bundles import Node, issue, outcome
from jigsaw.hub.kit.errors import Invalid, JigsawError, NotHere, Refused
from jigsaw.hub.unscheduled_care.errors import Gone, TooMany

RETRY_AFTER = "600"


@dataclass
class Problem(Exception):
    """An interaction that comes to nothing: the status, FHIR's issue type, the national code, and what to do next."""

    status: int
    code: str
    spine: str
    words: object
    at: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def outcome(self) -> Node:
        severity = "fatal" if self.status >= 500 else "error"
        return outcome([issue(self.words, severity=severity, code=self.code, spine=self.spine, at=self.at)])


def of_domain(error: JigsawError) -> Problem:
    """The domain's refusal as a problem, in its own words."""
    words = " ".join(str(part) for part in (_said(error), error.next_step) if part)
    known: dict[type[JigsawError], tuple[int, str, str]] = {
        Refused: (403, "forbidden", "ACCESS_DENIED"),
        NotHere: (404, "not-found", "RESOURCE_NOT_FOUND"),
        Invalid: (400, "value", "INVALID_SEARCH_DATA"),
        TooMany: (429, "throttled", "TOO_MANY_REQUESTS"),
        Gone: (410, "deleted", "RESOURCE_GONE"),
    }
    status, code, spine = next(
        (found for kind, found in known.items() if isinstance(error, kind)), (409, "conflict", "CONFLICT")
    )
    headers = {"Retry-After": RETRY_AFTER} if status == 429 else {}
    return Problem(status, code, spine, words, headers=headers)


def _said(error: JigsawError) -> Any:
    return next(iter(error.fields.values()), error.words) if isinstance(error, Invalid) else error.words


def our_fault() -> Problem:
    return Problem(
        500, "exception", "SERVICE_ERROR", _("Something went wrong here. It has been written down.")
    )
