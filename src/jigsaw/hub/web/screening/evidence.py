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
_AGREES = frozenset({"exact", "same_mother", "same_address", "same_contact", "same_postcode", "same_street"})
_VALUES = re.compile(r" \([^()]*\)$")


def rows(comparison: Any, left: tuple[str, str], right: tuple[str, str]) -> list[dict[str, str]]:
    """One row for each field compared, for `match_evidence`.

    `left` and `right` are first name (or whole name) and address as each side has them, shown where nothing could be compared.
    """
    found = {item.field: item for item in reversed(comparison.evidence)}
    fields = [field for field in FIELDS if field in found or field in ALWAYS]
    return [_row(found[field]) if field in found else _silent(field, left, right) for field in fields]


def notes(comparison: Any) -> list[str]:
    """Why a finding counts for more or less than it seems."""
    return [gettext(item.note) for item in comparison.evidence if item.note]


def _silent(field: str, left: tuple[str, str], right: tuple[str, str]) -> dict[str, str]:
    """Too little on one side to compare: what there is, for the eye."""
    place = {"given_name": 0, "household": 1}.get(field)
    ours, theirs = ("", "") if place is None else (left[place], right[place])
    words = gettext("too little to compare by rule: look yourself") if ours and theirs else ""
    return {"field": str(FIELDS[field]), "left": ours, "right": theirs, "outcome": "missing", "words": words}


def _row(item: Any) -> dict[str, str]:
    words = _VALUES.sub("", item.words.partition(": ")[2])
    return {
        "field": str(FIELDS[item.field]),
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
