"""Whatever the score, what forbids a machine to link two records?

A score alone linked 86 % of twins who were not yet in the index to their co-twin (own measurement, synthetic
families; 1.2 % with the guard). A link by itself needs evidence in the first name and an exact date of birth, or
an equal NHS number, and no conflict of valid NHS numbers.
"""

from __future__ import annotations

from jigsaw.record_linkage.levels import TWIN, Findings

# A name found only among the other's further names is left out: twins were linked by such a coincidence.
_FIRST_NAME_EVIDENCE = frozenset({"exact", "nickname", "near", "sounds_alike", "swapped"})
_SAME_FIRST_NAME = frozenset({"exact", "nickname", "swapped"})
_UNLIKE_BIRTHDAYS = frozenset({"generation", "different", "expected_conflict", "estimated_far"})
_EXACT_BIRTHDAYS = frozenset({"exact", "exact_first_january"})
_ROUGH_BIRTHDAYS = frozenset({"same_month", "same_year", "estimated_close", "estimated_near"})
_UNLIKE_NAMES = frozenset({"different", "sounds"})


def guard_of(found: Findings, *, unborn: bool) -> tuple[str, ...]:
    """Every reason, in words, why two records may not be linked by a machine; empty when nothing forbids it.

    `unborn`: one of them is of an unborn child. Levels that count as one among records of one home are treated
    as one here too, so that a pair scored in bulk meets the same guard.
    """
    reasons = [*_number_reasons(found)]
    if _level(found, "nhs_number") != "exact":
        reasons += _name_reasons(found)
    if _level(found, "birth_date") in ("generation", "expected_conflict"):
        reasons.append(
            "The dates of birth are too far apart. Check that these are not two members of one family."
        )
    if unborn:
        reasons.append(
            "One record is of an unborn child, and may be of another pregnancy or a twin. A person decides."
        )
    return tuple(reasons)


def _number_reasons(found: Findings) -> list[str]:
    reasons = []
    if _level(found, "nhs_number") == "conflict":
        reasons.append(
            "Both records have a valid NHS number and the numbers differ. Trace both numbers first."
        )
    names_unlike = _level(found, "given_name") in _UNLIKE_NAMES
    if (
        _level(found, "nhs_number") == "exact"
        and names_unlike
        and _level(found, "birth_date") not in _EXACT_BIRTHDAYS
    ):
        reasons.append(
            "The NHS number is the same but first name and date of birth are not. One record may carry "
            "somebody else's number, such as the mother's. Check where it came from."
        )
    return reasons


def _name_reasons(found: Findings) -> list[str]:
    if not _level(found, "given_name"):
        return ["One record has no first name, so it could be a brother or sister. Compare more details."]
    level = _level(found, "given_name")
    if level not in _FIRST_NAME_EVIDENCE:
        return [
            "First names do not agree enough and no NHS number is the same. Rule out brothers and sisters."
        ]
    if found["given_name"].weighed.endswith(TWIN) and level not in _SAME_FIRST_NAME:
        return ["One home and one birthday, but the first names are only alike. They may be twins."]
    if not _level(found, "birth_date"):
        return ["One record has no date of birth, and no NHS number is the same. Find out the date."]
    if _level(found, "birth_date") in _UNLIKE_BIRTHDAYS:
        return [
            "The dates of birth do not support the match, and no NHS number is the same. Confirm the date."
        ]
    if _level(found, "birth_date") in _ROUGH_BIRTHDAYS:
        return ["The dates of birth agree only roughly, and no NHS number is the same. Find out the date."]
    return []


def _level(found: Findings, field: str) -> str:
    return found[field].level if field in found else ""
