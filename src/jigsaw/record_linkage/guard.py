"""Whatever the score, what forbids a machine to link two records?

A score alone linked 86 % of twins who were not yet in the index to their co-twin (own measurement, synthetic
families; 1.2 % with the guard). `contradictions` say that these are two people, or that one record is wrong.
`doubts` leave a link to a person where brothers and sisters, twins, or father and son cannot be told apart: a
link by itself needs evidence in the first name and an exact date of birth, or an equal NHS number.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jigsaw.record_linkage.levels import HOME, TWIN, Findings, Reached

# A name found only among the other's further names is left out: twins were linked by such a coincidence.
_FIRST_NAME_EVIDENCE = frozenset({"exact", "nickname", "near", "sounds_alike", "swapped", "swapped_alike"})
_SAME_FIRST_NAME = frozenset({"exact", "nickname", "swapped"})
_EXACT_BIRTHDAYS = frozenset({"exact", "exact_first_january"})
_ROUGH_BIRTHDAYS = frozenset({"same_month", "same_year", "estimated_close", "estimated_near"})
_UNLIKE_BIRTHDAYS = frozenset({"different", "estimated_far"})
_TWO_GENERATIONS = frozenset({"generation", "expected_conflict"})
_UNLIKE_NAMES = frozenset({"different", "sounds"})

TWO_PEOPLE: Mapping[str, frozenset[str]] = {
    "nhs_number": frozenset({"conflict"}),
    "birth_date": _TWO_GENERATIONS,
}
"""Levels that contradict by themselves, by comparison."""


def guard_of(found: Findings, *, unborn: bool) -> tuple[str, ...]:
    """Every reason, in words, why two records may not be linked by a machine; empty when nothing forbids it.

    `unborn`: one of them is of an unborn child. Levels that count as one among records of one home are treated
    as one here too, so that a pair scored in bulk meets the same guard.
    """
    given, birth = found.get("given_name"), found.get("birth_date")
    return _reasons(found.get("nhs_number"), given, birth, unborn)


@lru_cache(maxsize=10_000)
def _reasons(
    nhs: Reached | None, given: Reached | None, birth: Reached | None, unborn: bool
) -> tuple[str, ...]:
    """Kept, because only so many combinations of levels occur, and each search asks for many."""
    reached = {"nhs_number": nhs, "given_name": given, "birth_date": birth}
    found = {field: level for field, level in reached.items() if level is not None}
    return (*contradictions(found), *_doubts(found, unborn=unborn))


def contradictions(found: Findings) -> tuple[str, ...]:
    """What speaks for two people or for a wrong number, in words: never linked, not even as a proposal."""
    reasons = []
    same_number, unlike_names = (
        _is(found, "nhs_number", "exact"),
        _is_among(found, "given_name", _UNLIKE_NAMES),
    )
    if _is(found, "nhs_number", "conflict"):
        reasons.append(
            "Both records have a valid NHS number and the numbers differ. Trace both numbers first."
        )
    if same_number and unlike_names and not _is_among(found, "birth_date", _EXACT_BIRTHDAYS):
        reasons.append(
            "The NHS number is the same but first name and date of birth are not. One record may carry "
            "somebody else's number, such as the mother's. Check where it came from."
        )
    if unlike_names and not same_number:
        reasons.append("First names differ and no NHS number is the same. Rule out brothers and sisters.")
    if _is_among(found, "birth_date", _TWO_GENERATIONS):
        reasons.append(
            "The dates of birth are too far apart. Check that these are not two members of one family."
        )
    return tuple(reasons)


def _doubts(found: Findings, *, unborn: bool) -> list[str]:
    reasons = [] if _is(found, "nhs_number", "exact") else [*_name_doubts(found), *_birth_doubts(found)][:1]
    if unborn:
        reasons.append(
            "One record is of an unborn child, and may be of another pregnancy or a twin. A person decides."
        )
    return reasons


def _name_doubts(found: Findings) -> list[str]:
    given = found.get("given_name")
    if given is None:
        return ["One record has no first name, so it could be a brother or sister. Compare more details."]
    if given.level in _UNLIKE_NAMES:
        return []  # a contradiction already
    if given.level not in _FIRST_NAME_EVIDENCE:
        return [
            "First names do not agree enough and no NHS number is the same. Rule out brothers and sisters."
        ]
    if given.weighed.endswith(TWIN) and given.level not in _SAME_FIRST_NAME:
        return ["One home and one birthday, but the first names are only alike. They may be twins."]
    return []


def _birth_doubts(found: Findings) -> list[str]:
    if "birth_date" not in found:
        return ["One record has no date of birth, and no NHS number is the same. Find out the date."]
    if _is_among(found, "birth_date", _UNLIKE_BIRTHDAYS):
        return [
            "The dates of birth do not support the match, and no NHS number is the same. Confirm the date."
        ]
    if _is_among(found, "birth_date", _ROUGH_BIRTHDAYS) and not _same_name_at_home(found):
        return ["The dates of birth agree only roughly, and no NHS number is the same. Find out the date."]
    return []


def _same_name_at_home(found: Findings) -> bool:
    """Children of one home have different first names, and a father is no child of about the same age."""
    given = found.get("given_name")
    return bool(given and given.level in _SAME_FIRST_NAME and given.weighed.endswith((HOME, TWIN)))


def _is(found: Findings, field: str, level: str) -> bool:
    return field in found and found[field].level == level


def _is_among(found: Findings, field: str, levels: frozenset[str]) -> bool:
    return field in found and found[field].level in levels
