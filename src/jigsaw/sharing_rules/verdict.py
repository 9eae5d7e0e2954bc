"""What do all the checks say together, under which rules, and what goes along with the information?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from jigsaw.sharing_rules.finding import Answer, Finding


@dataclass(frozen=True, slots=True)
class MadeUnder:
    """Which rules a verdict was made under, so that it can be told later.

    `guidance` is an edition of the golden rules, `register` the edition of the register of law. `agreements` are all
    that held that day, each as `IDENTIFIER v2`; `relied_on` is the one that decided, with its clause, or empty.
    """

    guidance: str
    register: str
    agreements: tuple[str, ...] = ()
    relied_on: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "guidance": self.guidance,
            "register": self.register,
            "agreements": list(self.agreements),
            "relied_on": self.relied_on,
        }


@dataclass(frozen=True, slots=True)
class Terms:
    """What travels with the information: the recipient's duties, its restrictions and police handling conditions.

    `regime` is the law under which the recipient holds it: uk_gdpr, or part3 between the police and the police.
    """

    duties: tuple[str, ...] = ()
    restrictions: tuple[str, ...] = ()
    handling_conditions: tuple[str, ...] = ()
    regime: str = "uk_gdpr"

    def as_json(self) -> dict[str, object]:
        return {
            "duties": list(self.duties),
            "restrictions": list(self.restrictions),
            "handling_conditions": list(self.handling_conditions),
            "regime": self.regime,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The strictest answer of all findings, with every finding kept so that all reasons show at once.

    `made_under` and `terms` are None in a verdict on withholding, and in those stored before they were kept.
    Raises ValueError when there is no finding, or when `answer` is not the strictest of them: a stored
    verdict that was altered does not load.
    """

    answer: Answer
    findings: tuple[Finding, ...]
    made_under: MadeUnder | None = None
    terms: Terms | None = None

    def __post_init__(self) -> None:
        if not self.findings:
            raise ValueError("A verdict needs at least one finding.")
        if self.answer is not _strictest(self.findings):
            raise ValueError("A verdict's answer must be the strictest answer among its findings.")

    @classmethod
    def of(
        cls, findings: Iterable[Finding], *, made_under: MadeUnder | None = None, terms: Terms | None = None
    ) -> Verdict:
        """Any DENY gives DENY; else any REVIEW gives REVIEW; else PERMIT."""
        kept = tuple(findings)
        return cls(_strictest(kept), kept, made_under, terms)

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
        """`{"answer": str, "findings": [{...}]}`, and `made_under` and `terms` where it has them."""
        said: dict[str, object] = {
            "answer": self.answer.value,
            "findings": [finding.as_json() for finding in self.findings],
        }
        if self.made_under is not None:
            said["made_under"] = self.made_under.as_json()
        if self.terms is not None:
            said["terms"] = self.terms.as_json()
        return said

    @classmethod
    def from_json(cls, stored: object) -> Verdict:
        """Read what `as_json` wrote. Raises ValueError when it is not a whole, consistent verdict."""
        if not isinstance(stored, dict) or not {"answer", "findings"} <= set(stored) <= _PARTS:
            raise ValueError("A stored verdict must have an answer and findings, and nothing unknown.")
        if not isinstance(stored["findings"], list):
            raise ValueError("The findings of a stored verdict must be a list.")
        return cls(
            answer=Answer(stored["answer"]),
            findings=tuple(Finding.from_json(finding) for finding in stored["findings"]),
            made_under=MadeUnder(**_texts(stored["made_under"], MadeUnder))
            if "made_under" in stored
            else None,
            terms=Terms(**_texts(stored["terms"], Terms)) if "terms" in stored else None,
        )


_PARTS = {"answer", "findings", "made_under", "terms"}


def _texts(stored: object, kind: type[MadeUnder | Terms]) -> dict[str, Any]:
    """The parts of a flat object of texts and lists of texts; raises ValueError for anything else."""
    if not isinstance(stored, dict) or set(stored) != {part.name for part in fields(kind)}:
        raise ValueError(f"A stored verdict's {kind.__name__} is not whole.")
    return {key: tuple(value) if isinstance(value, list) else str(value) for key, value in stored.items()}


# Looked up once: of an enumeration every look-up costs.
_PERMIT, _REVIEW, _DENY = Answer.PERMIT, Answer.REVIEW, Answer.DENY


def _strictest(findings: tuple[Finding, ...]) -> Answer:
    strictest = _PERMIT
    for finding in findings:
        answer = finding.answer
        if answer is _DENY:
            return _DENY
        if answer is _REVIEW:
            strictest = _REVIEW
    return strictest
