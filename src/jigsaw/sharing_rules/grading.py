"""What does a police intelligence grade say?

Source: College of Policing, Authorised Professional Practice, intelligence report (3x5x2), paraphrased.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from jigsaw.sharing_rules.proposed import Item

SOURCE_WORDS: Final = {"1": "reliable", "2": "untested", "3": "not reliable"}
INTELLIGENCE_WORDS: Final = {
    "A": "known directly to the source",
    "B": "known indirectly to the source, but corroborated",
    "C": "known indirectly to the source",
    "D": "not known",
    "E": "suspected to be false",
}
_CURRENT: Final = re.compile(r"([1-3])([A-E])([PC])")
_LEGACY: Final = re.compile(r"[A-E][1-5][1-5]")


@dataclass(frozen=True, slots=True)
class Grade:
    """A 3x5x2 grade: source 1 to 3, intelligence A to E, handling P or C (C: with conditions)."""

    source: str
    intelligence: str
    handling: str


def parse_grade(written: str) -> Grade | None:
    """Read a grade such as `2BP`, whatever its capitals; None when it is not a 3x5x2 grade."""
    found = _CURRENT.fullmatch(written.strip().upper())
    return Grade(*found.groups()) if found else None


def is_legacy_grade(written: str) -> bool:
    """Whether this is written in the older 5x5x5 style, such as `B24`."""
    return _LEGACY.fullmatch(written.strip().upper()) is not None


def is_intelligence(item: Item) -> bool:
    """Whether the item is police intelligence: by its kind, or because it carries a grade."""
    return item.kind == "intelligence" or item.police_grading is not None


def source_for_recipient(item: Item) -> str:
    """Who the recipient is told it came from. The source of intelligence is never named to them."""
    if not is_intelligence(item):
        return item.source
    grade = parse_grade(item.police_grading or "")
    return f"police intelligence, source {SOURCE_WORDS[grade.source]}" if grade else "police intelligence"
