"""How does what was decided read to a family? In words that need no knowledge of the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from jigsaw.hub.rights.kinds import EXEMPTIONS
from jigsaw.hub.web.people import words

if TYPE_CHECKING:
    from jigsaw.hub.rights.models import RightsRequest

# By the first word of an audit purpose.
PURPOSES = {
    "own": _("The agency’s own work with this person"),
    "enquiry": _("To look into whether a child needs help or protection"),
    "referral": _("To deal with a concern that somebody raised"),
    "request": _("To answer a question that another agency asked"),
    "emergency": _("In an emergency, without having been let in before"),
    "feedback": _("To tell somebody who helped what came of it"),
    "alert": _("Because of a visit to unscheduled care, such as an emergency department"),
    "rights": _("To answer what a family asked"),
    "ended": _("Because the reason to see it was over"),
    "corrected": _("To put right a mistake about who is who"),
}
NO_PURPOSE = _("Keeping the records, or looking after the service")


def purpose(text: str) -> str:
    """Why somebody looked, in plain words."""
    return str(PURPOSES.get(text.split(" ")[0], NO_PURPOSE))


def left_out(counted: Iterable[Mapping[str, Any]]) -> list[str]:
    """How much was left out of an answer, and why: a sentence for each reason."""
    return [
        ngettext("%(n)d line is left out.", "%(n)d lines are left out.", one["lines"]) % {"n": one["lines"]}
        + f" {EXEMPTIONS[one['why']].told} ({EXEMPTIONS[one['why']].source})"
        for one in counted
    ]


def looks(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines of an answer on who has looked, as a family reads them."""
    return [
        {
            "day": date.fromisoformat(line["day"]),
            "who": ", ".join(
                part for part in (line["name"], line["job_title"], line["agency"]) if part
            ) or say("The service itself, by rule"),
            "did": [words.did(action) for action in line["actions"]],
            "why": purpose(line["purpose"]),
            "emergency": line["emergency"],
        }
        for line in given["lines"]
    ]  # fmt: skip


def state(row: RightsRequest, today: date) -> tuple[str, str]:
    """Code and words for a status tag."""
    if row.decided_at:
        return "done", say("Answered")
    if row.due_on < today:
        return "overdue", say("Late")
    return "waiting", say("To answer")
