"""Yes, no or ask a person: what do matching tokens come to?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from jigsaw.record_linkage.private_question.combinations import STRONG

Known = TypeVar("Known")


class Answer(StrEnum):
    """All that one hub ever tells another. Even a yes is a lead and never a match."""

    YES = "yes"
    ASK = "ask"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How many kinds of combination must agree on one person; both inclusive.

    Raises ValueError unless 2 <= ask_at <= yes_at: a single combination fits too many people, and an answer to it
    would let a hub try out one fact at a time.
    """

    yes_at: int = 3
    ask_at: int = 2

    def __post_init__(self) -> None:
        if not 2 <= self.ask_at <= self.yes_at:
            raise ValueError(
                "At least two combinations must agree before a person is asked, and no fewer for a yes."
            )


def answer(kinds: Iterable[str], thresholds: Thresholds) -> Answer:
    """The answer for one person, given the kinds of combination that agree (repeats count once)."""
    agreeing = set(kinds)
    if agreeing & STRONG or len(agreeing) >= thresholds.yes_at:
        return Answer.YES
    return Answer.ASK if len(agreeing) >= thresholds.ask_at else Answer.NO


def known_by(
    matches: Iterable[tuple[Known, str]], thresholds: Thresholds
) -> tuple[Answer, tuple[Known, ...]]:
    """The answer over everybody, from (person, kind) pairs that agree, and whom it rests on (none for a no)."""
    by_person: dict[Known, set[str]] = {}
    for person, kind in matches:
        by_person.setdefault(person, set()).add(kind)
    each = {person: answer(kinds, thresholds) for person, kinds in by_person.items()}
    for best in (Answer.YES, Answer.ASK):
        if persons := tuple(person for person, said in each.items() if said is best):
            return best, persons
    return Answer.NO, ()
