"""What do the agreements say about one release?"""

from __future__ import annotations

from dataclasses import dataclass, field

from jigsaw.sharing_rules.finding import Answer


@dataclass(frozen=True, slots=True)
class AgreementAnswer:
    """PERMIT, REVIEW or DENY, with the words, the clause relied on and what travels with the information.

    `agreement` and `version` are empty outside every agreement; `covered` then is False. `duties` and
    `restrictions` bind the recipient. A REVIEW names its role; anything but a PERMIT has a next step.
    """

    answer: Answer
    words: str
    next_step: str = ""
    review_role: str = ""
    agreement: str = ""
    version: int = 0
    name: str = ""
    clause: str = ""
    duties: tuple[str, ...] = ()
    restrictions: tuple[str, ...] = ()
    covered: bool = False

    reference: str = field(init=False)
    """Identifier, version and clause in one, as a log keeps it; empty outside every agreement."""

    def __post_init__(self) -> None:
        made = f"{self.agreement} v{self.version} clause {self.clause}" if self.covered else ""
        object.__setattr__(self, "reference", made)
