"""On which grounds may something be withheld, who decides each, and what opens it again?

The grounds are data (`data/withholding.json`). A decision not to share holds only until something changes: new
information opens it again by itself, and nobody need remember to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from jigsaw.sharing_rules.proposed import Withholding
from jigsaw.sharing_rules.vocabulary import load


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground for withholding. `words` follow "because"; `decided_by` is a role, or empty for any practitioner."""

    code: str
    words: str
    decided_by: str
    reopened_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something that may be learnt. `any_ground`: it opens whatever is withheld about the child."""

    code: str
    words: str
    any_ground: bool


@dataclass(frozen=True, slots=True)
class NewInformation:
    """What was learnt, by a code of `TRIGGERS`, and the day on which it was.

    `concerns_subjects`: it is about somebody whom the withheld item is about.
    """

    kind: str
    learnt_on: date
    concerns_subjects: bool = True


_DATA: Final = load("withholding")
GROUNDS: Final[Mapping[str, Ground]] = MappingProxyType(
    {
        row["code"]: Ground(row["code"], row["words"], row["decided_by"], frozenset(row["reopened_by"]))
        for row in _DATA["kinds"]
    }
)
TRIGGERS: Final[Mapping[str, Trigger]] = MappingProxyType(
    {row["code"]: Trigger(row["code"], row["words"], row["any_ground"]) for row in _DATA["triggers"]}
)


def reopens(withholding: Withholding, new_information: NewInformation) -> tuple[str, ...]:
    """Why this opens the decision not to share again, in sentences; empty when it does not.

    It does when it is learnt on or after the day of the decision and concerns the same people, and is of a kind that
    opens this ground, every ground, or that whoever decided named (`Withholding.triggers`); and whenever the day to
    look again has come. An unknown ground opens with anything known, an unknown kind of news with none.
    Source: information sharing advice, 2024 edition, golden rule 7 (details not checked against the text).
    """
    reasons = []
    if withholding.review_on is not None and withholding.review_on <= new_information.learnt_on:
        reasons.append("The day to look again has come.")
    trigger = TRIGGERS.get(new_information.kind)
    decided_on = withholding.decided_on or withholding.today
    if trigger is None or not new_information.concerns_subjects or new_information.learnt_on < decided_on:
        return tuple(reasons)
    if trigger.code in withholding.triggers:
        reasons.append(f"{trigger.words} Whoever decided said that this would make them look again.")
    elif trigger.any_ground or _opens(withholding.kind, trigger.code):
        reasons.append(f"{trigger.words} It was withheld because {_because(withholding.kind)}.")
    return tuple(reasons)


def _opens(kind: str, trigger: str) -> bool:
    ground = GROUNDS.get(kind)
    return ground is None or trigger in ground.reopened_by


def _because(kind: str) -> str:
    ground = GROUNDS.get(kind)
    return ground.words if ground else "of a ground that is not known"
