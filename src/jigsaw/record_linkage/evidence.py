"""In plain English, what did each comparison find?

Words are for a practitioner who decides whether two records are one child. They say what was found, with both
values, and never a number of bits.
"""

from __future__ import annotations

from typing import NamedTuple

from jigsaw.record_linkage import identifiers as ids
from jigsaw.record_linkage.columns import Columns
from jigsaw.record_linkage.levels import Reached


class Evidence(NamedTuple):
    """One finding. `bits` is positive when it speaks for one person, negative when against.

    The bits of all evidence and the prior add up to the comparison's weight. `left` and `right` are standard
    values of the first and the second record. `note` says, as a sentence, why the finding counts for more or less
    than it seems; empty for most.
    """

    field: str
    level: str
    words: str
    bits: float
    left: str
    right: str
    note: str = ""


_FIELD_WORDS: dict[str, str] = {
    "nhs_number": "NHS number", "upn": "UPN", "identifier": "Record number", "given_name": "First name",
    "family_name": "Family name", "birth_date": "Date of birth", "household": "Home and contacts",
}  # fmt: skip

FIELDS = tuple(_FIELD_WORDS)
"""The comparisons in the order in which a practitioner reads them."""

_LEVEL_WORDS: dict[tuple[str, str], str] = {
    ("nhs_number", "exact"): "the same ({left})",
    ("nhs_number", "one_slip"): "one slip of the keyboard apart ({left} and {right})",
    ("nhs_number", "conflict"): "both are valid and they differ ({left} and {right})",
    ("upn", "exact"): "the same ({left})",
    ("upn", "conflict"): "different ({left} and {right})",
    ("identifier", "exact"): "the same number in the same system ({left})",
    ("identifier", "conflict"): "different numbers in the same system ({left} and {right})",
    ("given_name", "exact"): "the same ({left})",
    ("given_name", "nickname"): "short forms or spellings of one name ({left} and {right})",
    ("given_name", "swapped"): "first and family name are exchanged ({left} and {right})",
    ("given_name", "swapped_alike"): "first and family name are exchanged, and spelled alike ({left} and {right})",
    ("given_name", "middle_differs"): "the same, but further given names differ ({left} and {right})",
    ("given_name", "other_given"): "one is among the other's further names ({left} and {right})",
    ("given_name", "shared_honorific"): "only a name many brothers share is the same ({left} and {right})",
    ("given_name", "initial"): "the initial fits ({left} and {right})",
    ("given_name", "near"): "almost the same spelling ({left} and {right})",
    ("given_name", "sounds_alike"): "they sound and look alike ({left} and {right})",
    ("given_name", "similar"): "somewhat alike ({left} and {right})",
    ("given_name", "sounds"): "they sound alike but are written differently ({left} and {right})",
    ("given_name", "different"): "different ({left} and {right})",
    ("family_name", "exact"): "the same, now or formerly ({left})",
    ("family_name", "part"): "they share a part ({left} and {right})",
    ("family_name", "swapped"): "first and family name are exchanged ({left} and {right})",
    ("family_name", "swapped_alike"): "first and family name are exchanged, and spelled alike ({left} and {right})",
    ("family_name", "among_given"): "one record holds it among the given names ({left} and {right})",
    ("family_name", "near"): "almost the same spelling ({left} and {right})",
    ("family_name", "sounds_alike"): "they sound and look alike ({left} and {right})",
    ("family_name", "similar"): "somewhat alike ({left} and {right})",
    ("family_name", "sounds"): "they sound alike but are written differently ({left} and {right})",
    ("family_name", "different"): "different ({left} and {right})",
    ("birth_date", "exact"): "the same ({left})",
    ("birth_date", "exact_first_january"): "the same, but 1 January often means unknown ({left})",
    ("birth_date", "swapped"): "day and month are swapped ({left} and {right})",
    ("birth_date", "year_out"): "the same day, one year apart ({left} and {right})",
    ("birth_date", "one_slip"): "one figure differs or two are exchanged ({left} and {right})",
    ("birth_date", "same_month"): "the same month and year ({left} and {right})",
    ("birth_date", "same_year"): "only the year is the same ({left} and {right})",
    ("birth_date", "generation"): "so far apart that they may be parent and child ({left} and {right})",
    ("birth_date", "different"): "different ({left} and {right})",
    ("birth_date", "expected_close"): "fits the due date ({left} and {right})",
    ("birth_date", "expected_near"): "could fit the due date if the birth was early ({left} and {right})",
    ("birth_date", "expected_conflict"): "does not fit the due date ({left} and {right})",
    ("birth_date", "estimated_close"): "fits, as far as it is known ({left} and {right})",
    ("birth_date", "estimated_near"): "could fit, as far as it is known ({left} and {right})",
    ("birth_date", "estimated_far"): "does not fit, even as an estimate ({left} and {right})",
    ("household", "same_mother"): "the mother has the same NHS number ({left})",
    ("household", "same_address"): "the same address ({left} and {right})",
    ("household", "same_contact"): "the same telephone or email ({left})",
    ("household", "same_postcode"): "the same postcode ({left})",
    ("household", "neighbouring_address"): "the same postcode, but another door ({left})",
    ("household", "same_number"): "the same postcode and house number ({left} and {right})",
    ("household", "same_street_here"): "the same postcode and street, but another door ({left} and {right})",
    ("household", "same_door"): "the same house in the same street ({left} and {right})",
    ("household", "same_street"): "the same street ({left} and {right})",
    ("household", "street_alike"): "streets that are one slip of the keyboard apart ({left} and {right})",
    ("household", "near_postcode"): "postcodes close together or one slip apart ({left} and {right})",
    ("household", "street_elsewhere"): "a street of one name, in another area ({left} and {right})",
    ("household", "same_town"): "the same town ({left} and {right})",
    ("household", "same_outcode"): "the same postcode area ({left} and {right})",
    ("household", "different_mother"): "the mothers have different NHS numbers ({left} and {right})",
    ("household", "different"): "different postcodes ({left} and {right})",
}  # fmt: skip


_CIRCUMSTANCES: dict[tuple[str, str], str] = {
    ("family_name", "same@home"): "People of one home share the family name, so it counts little.",
    ("birth_date", "same@home"): "Twins share home and birthday, so the first name decides.",
    ("given_name", "other@home"): "Different first names in one home point to brothers and sisters.",
    ("given_name", "other@twin"): "Different first names in one home and on one birthday point to twins.",
}

# Where to look for the two values that a finding is about, by comparison and level; "" for any other level.
_LOOK_IN: dict[str, dict[str, tuple[str, ...]]] = {
    "nhs_number": {"": ("nhs",), "one_slip": ("nhs_mistyped", "nhs")},
    "upn": {"": ("upn",), "conflict": ("upn_lasting",)},
    "identifier": {"": ("number",)},
    "given_name": {"": ("written",)},
    "family_name": {"": ("surnames",)},
    "birth_date": {"": ("birth_shown",)},
    "household": {
        "": ("postcode", "outcode"), "same_mother": ("mother",), "different_mother": ("mother",),
        "same_address": ("home_shown",), "same_door": ("home_shown",),
        "same_number": ("home_shown",), "same_street_here": ("home_shown",), "same_contact": ("contact",), "same_street": ("home_shown",),
        "street_alike": ("home_shown",), "street_elsewhere": ("home_shown",), "same_town": ("home_shown",),
    },
}  # fmt: skip


def evidence_of(field: str, reached: Reached, bits: float, left: Columns, right: Columns) -> Evidence:
    """Put one finding into words."""
    places = _LOOK_IN[field].get(reached.level, _LOOK_IN[field][""])
    ours, theirs = (_shown(field, value) for value in _values(places, left, right))
    template = _LEVEL_WORDS[field, reached.level]
    words = f"{_FIELD_WORDS[field]}: {template.format(left=ours or 'not given', right=theirs or 'not given')}"
    note = _CIRCUMSTANCES.get((field, reached.weighed), "")
    return Evidence(field, reached.level, words, bits, ours, theirs, note)


def _values(places: tuple[str, ...], left: Columns, right: Columns) -> tuple[str, str]:
    """The smallest value that both hold, or else the first of each, in the first place that has one."""
    ours, theirs = _first_said(places, left), _first_said(places, right)
    if (len(ours) > 1 or len(theirs) > 1) and (both := set(ours) & set(theirs)):
        return min(both), min(both)
    return (ours[0] if ours else ""), (theirs[0] if theirs else "")


def _first_said(places: tuple[str, ...], side: Columns) -> tuple[str, ...]:
    for place in places:
        if values := getattr(side, place):
            return tuple(values)
    return ()


def _shown(field: str, value: str) -> str:
    if field == "identifier":
        return value.partition("|")[2]
    if field in ("given_name", "family_name"):
        return value.title()
    if field == "nhs_number" or (field == "household" and value.isdigit()):
        return ids.format_nhs(value)
    if field == "household" and value.islower() and not any(c.isdigit() or c == "@" for c in value):
        return value.title()
    if field == "household" and "," in value:
        line, _, code = value.rpartition(",")
        return f"{line.title()},{code}"
    return value
