"""What can one check answer, and what must it say with its answer?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """The three answers of the UK Social Care Data Standards (information governance v0.1, October 2025)."""

    PERMIT = "PERMIT"
    REVIEW = "REVIEW"
    DENY = "DENY"

    @property
    def severity(self) -> int:
        """0 for PERMIT, 1 for REVIEW, 2 for DENY."""
        return _SEVERITY[self]


_SEVERITY = {answer: place for place, answer in enumerate(Answer)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's answer, in words that a practitioner reads.

    `next_step` is for the holder's eyes only: it may name the very word that must not be released.
    Raises ValueError when an answer other than PERMIT has no next step, or a REVIEW names nobody to decide.
    """

    check: str
    answer: Answer
    words: str
    source: str
    source_date: str
    next_step: str = ""
    review_role: str = ""

    def __post_init__(self) -> None:
        if not (self.check and self.words and self.source and self.source_date):
            raise ValueError("A finding needs its check, its words, its source and the source's date.")
        if self.answer is not Answer.PERMIT and not self.next_step:
            raise ValueError(
                f"{self.check}: a finding that stops or delays sharing must say what to do next."
            )
        if self.answer is Answer.REVIEW and not self.review_role:
            raise ValueError(f"{self.check}: a review must name the role that decides.")

    def as_json(self) -> dict[str, str]:
        """The finding as a flat object of strings, in a fixed order of keys."""
        return {
            "check": self.check,
            "answer": self.answer.value,
            "words": self.words,
            "source": self.source,
            "source_date": self.source_date,
            "next_step": self.next_step,
            "review_role": self.review_role,
        }

    @classmethod
    def from_json(cls, stored: object) -> Finding:
        """Read what `as_json` wrote. Raises ValueError when a part is missing, unknown or not text."""
        if not isinstance(stored, dict) or set(stored) != set(_PARTS):
            raise ValueError("A stored finding must have exactly these parts: " + ", ".join(_PARTS) + ".")
        if not all(isinstance(value, str) for value in stored.values()):
            raise ValueError("Every part of a stored finding must be text.")
        return cls(**{**stored, "answer": Answer(stored["answer"])})


_PARTS = ("check", "answer", "words", "source", "source_date", "next_step", "review_role")
