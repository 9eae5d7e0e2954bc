"""What is wrong with a document, where, and what would put it right?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is where in the document, such as `$.party[2].sector`; `next_step` says what to do about it."""

    path: str
    words: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.path}: {self.words} {self.next_step}"


class Unreadable(ValueError):
    """A document that is not understood: every problem at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnreadableAgreement(Unreadable):
    """A sharing agreement, or a chain of several, that is not understood."""


class UnreadableRegister(Unreadable):
    """A register of law that is not understood."""
