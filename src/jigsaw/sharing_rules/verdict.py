"""What do all the checks say together?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jigsaw.sharing_rules.finding import Answer, Finding


@dataclass(frozen=True, slots=True)
class Verdict:
    """The strictest answer of all findings, with every finding kept so that all reasons show at once.

    Raises ValueError when there is no finding, or when `answer` is not the strictest of them: a stored
    verdict that was altered does not load.
    """

    answer: Answer
    findings: tuple[Finding, ...]

    def __post_init__(self) -> None:
        if not self.findings:
            raise ValueError("A verdict needs at least one finding.")
        if self.answer is not _strictest(self.findings):
            raise ValueError("A verdict's answer must be the strictest answer among its findings.")

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Verdict:
        """Any DENY gives DENY; else any REVIEW gives REVIEW; else PERMIT."""
        kept = tuple(findings)
        return cls(answer=_strictest(kept), findings=kept)

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that stop or delay sharing, strictest first; empty for PERMIT."""
        stopping = [finding for finding in self.findings if finding.answer is not Answer.PERMIT]
        return tuple(sorted(stopping, key=lambda finding: -finding.answer.severity))

    @property
    def review_roles(self) -> frozenset[str]:
        """The roles that must each decide before this may go ahead; empty unless something needs review."""
        return frozenset(f.review_role for f in self.findings if f.answer is Answer.REVIEW)

    def may_be_decided_by(self, roles: Iterable[str]) -> bool:
        """Whether somebody who holds all of `roles` may let this go ahead alone. Never true of a DENY."""
        return self.answer is not Answer.DENY and self.review_roles <= frozenset(roles)

    def as_json(self) -> dict[str, object]:
        """`{"answer": str, "findings": [{...}]}`, ready for a JSON column or document."""
        return {"answer": self.answer.value, "findings": [finding.as_json() for finding in self.findings]}

    @classmethod
    def from_json(cls, stored: object) -> Verdict:
        """Read what `as_json` wrote. Raises ValueError when it is not a whole, consistent verdict."""
        if not isinstance(stored, dict) or set(stored) != {"answer", "findings"}:
            raise ValueError("A stored verdict must have exactly an answer and findings.")
        if not isinstance(stored["findings"], list):
            raise ValueError("The findings of a stored verdict must be a list.")
        return cls(
            answer=Answer(stored["answer"]),
            findings=tuple(Finding.from_json(finding) for finding in stored["findings"]),
        )


def _strictest(findings: tuple[Finding, ...]) -> Answer:
    return max((finding.answer for finding in findings), key=lambda a: a.severity, default=Answer.PERMIT)
