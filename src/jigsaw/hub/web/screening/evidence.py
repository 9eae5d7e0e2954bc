"""Why might this be the same person? Each thing compared, side by side, in words."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

GRADES = {
    "certain": _("Almost certainly the same person"),
    "probable": _("Probably the same person"),
    "possible": _("May be the same person"),
}
FIELDS = {
    "nhs_number": _("NHS number"),
    "upn": _("Unique pupil number"),
    "identifier": _("Record number"),
    "given_name": _("First name"),
    "family_name": _("Family name"),
    "birth_date": _("Date of birth"),
    "household": _("Home and contacts"),
}
# Shown even where one side is silent, because a screener asks for them next.
ALWAYS = ("nhs_number", "given_name", "family_name", "birth_date", "household")
_AGREES = frozenset({"exact", "same_mother", "same_address", "same_contact", "same_postcode"})
_VALUES = re.compile(r" \([^()]*\)$")


def rows(comparison: Any) -> list[dict[str, str]]:
    """One row for each field compared, for `match_evidence`."""
    found = {item.field: item for item in reversed(comparison.evidence) if item.level != "shared_by_family"}
    return [_row(field, found.get(field)) for field in FIELDS if field in found or field in ALWAYS]


def notes(comparison: Any) -> list[str]:
    """What bears on the whole: what a family shares counts less."""
    return [gettext(item.words) for item in comparison.evidence if item.level == "shared_by_family"]


def _row(field: str, item: Any) -> dict[str, str]:
    if item is None:
        return {"field": str(FIELDS[field]), "left": "", "right": "", "outcome": "missing", "words": ""}
    words = _VALUES.sub("", item.words.partition(": ")[2])
    return {
        "field": str(FIELDS[field]),
        "left": item.left,
        "right": item.right,
        "outcome": _outcome(item),
        "words": gettext(words),
    }


def _outcome(item: Any) -> str:
    if item.level in _AGREES:
        return "agrees"
    if item.level == "not_shown":
        return "missing"
    return "close" if item.bits > 0 else "differs"
