"""What is wrong with an agreement, where, and what would put it right?"""

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


class UnreadableAgreement(ValueError):
    """Every problem at once, in the order of the document."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
