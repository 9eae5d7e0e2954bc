"""In plain English, what did each comparison find?

Words are for a practitioner who decides whether two records are one child. They say what was found, with both
values, and never a number of bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jigsaw.record_linkage import identifiers as ids
from jigsaw.record_linkage.levels import Reached

SHARED_BY_FAMILY: Final = "shared_by_family"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding. `bits` is positive when it speaks for one person, negative when against.

    The bits of all evidence and the prior add up to the comparison's weight. `left` and `right` are standard
    values of the first and the second record, empty when the finding is about the records as a whole.
    """

    field: str
    level: str
    words: str
    bits: float
    left: str
    right: str


_FIELD_WORDS: dict[str, str] = {
    "nhs_number": "NHS number", "upn": "UPN", "identifier": "Record number", "given_name": "First name",
    "family_name": "Family name", "birth_date": "Date of birth", "household": "Home and contacts",
}  # fmt: skip

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
    ("household", "near_postcode"): "postcodes close together or one slip apart ({left} and {right})",
    ("household", "same_outcode"): "the same postcode area ({left} and {right})",
    ("household", "different_mother"): "the mothers have different NHS numbers ({left} and {right})",
    ("household", "different"): "different postcodes ({left} and {right})",
}  # fmt: skip


def evidence_of(field: str, reached: Reached, bits: float) -> Evidence:
    """Put one finding into words."""
    left, right = _shown(field, reached.left), _shown(field, reached.right)
    template = _LEVEL_WORDS[field, reached.level]
    words = f"{_FIELD_WORDS[field]}: {template.format(left=left or 'not given', right=right or 'not given')}"
    return Evidence(field, reached.level, words, bits, left, right)


def shared_by_family(bits: float) -> Evidence:
    """What all children of one home have in common is not counted again for each of them."""
    words = "Family: brothers, sisters and twins share home, family name or birthday, so these count less"
    return Evidence("household", SHARED_BY_FAMILY, words, bits, "", "")


def _shown(field: str, value: str) -> str:
    if field in ("given_name", "family_name"):
        return value.title()
    if field == "nhs_number" or (field == "household" and value.isdigit()):
        return ids.format_nhs(value)
    if field == "household" and "," in value:
        line, _, code = value.rpartition(",")
        return f"{line.title()},{code}"
    return value
