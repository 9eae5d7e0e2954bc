"""How good are the records? By source and by ethnic group, in per cent, without any child's details."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.oversight import record_quality
from jigsaw.hub.oversight.queries import SMALLEST_SHOWN
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.oversight.views import shown

MEASURES = {
    "no_first_name": _("No first name"),
    "no_birth_date": _("No date of birth"),
    "no_postcode": _("No postcode"),
    "no_nhs_number": _("No NHS number"),
    "invalid_number": _("A number that cannot be right"),
    "stale_number": _("An NHS number out of use"),
    "linked": _("Linked to another agency’s record"),
    "waiting": _("Waiting for somebody to decide"),
}
GROUPS = {
    "asian": _("Asian"),
    "black": _("Black"),
    "mixed": _("Mixed"),
    "white": _("White"),
    "other": _("Any other"),
    "not_given": _("Not given, or not asked"),
    "uncoded": _("Not in the national codes"),
}


@practitioner_page
def start(visit: Visit) -> HttpResponse:
    """For the board and those who look after the index: what sources leave out, and how well each is linked."""
    found = record_quality.record_quality(visit.actor, now=visit.now)
    context = {
        "measures": MEASURES.values(),
        "least": SMALLEST_SHOWN,
        "sources": [_row(f"{row.name}, {row.system}", row) for row in found.sources],
        "groups": [_row(str(GROUPS.get(row.name, row.name)), row) for row in found.ethnic_groups],
    }
    return render(visit.request, "oversight/records.html", context)


def _row(name: str, row: record_quality.Row) -> dict[str, Any]:
    shares = [row.shares[measure] for measure in MEASURES]
    return {
        "name": name,
        "records": shown(row.records),
        "shares": ["–" if share is None else f"{share}%" for share in shares],
    }
