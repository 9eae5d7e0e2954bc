"""What should whoever decides ask themselves, where no rule can answer for them?

The eight Caldicott principles as prompts. They never stop anything: a check that bears on one shows what it found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jigsaw.sharing_rules.finding import Answer, Finding
from jigsaw.sharing_rules.verdict import Verdict
from jigsaw.sharing_rules.vocabulary import load


@dataclass(frozen=True, slots=True)
class Principle:
    """One principle: its prompt, and the checks that look at part of it."""

    number: int
    name: str
    prompt: str
    answered_by: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A principle beside one verdict. `open_findings` are those of its checks that do not permit."""

    principle: Principle
    open_findings: tuple[Finding, ...]


CALDICOTT: Final = tuple(
    Principle(row["number"], row["name"], row["prompt"], tuple(row["answered_by"]), row["source"])
    for row in load("caldicott")["principles"]
)


def prompts(verdict: Verdict) -> tuple[Prompt, ...]:
    """All eight, in their order: those about which a check found something first."""
    made = [
        Prompt(
            principle,
            tuple(
                f
                for f in verdict.findings
                if f.check in principle.answered_by and f.answer is not Answer.PERMIT
            ),
        )
        for principle in CALDICOTT
    ]
    return tuple(sorted(made, key=lambda prompt: not prompt.open_findings))
