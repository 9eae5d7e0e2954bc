"""Is police intelligence graded, and does its grade allow sharing?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.grading import (
    INTELLIGENCE_WORDS,
    SOURCE_WORDS,
    is_intelligence,
    is_legacy_grade,
    parse_grade,
)
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import POLICE_DECISION_MAKER


@check(
    code="police-grading",
    question="Is police intelligence graded?",
    source="College of Policing, Authorised Professional Practice: intelligence report (3x5x2), paraphrased "
    "from secondary sources",
    source_date="2016-01-01",
)
def police_grading(proposed: Proposed) -> Reply:
    """The recipient must be able to tell how far intelligence can be relied on.

    PERMIT when the item is no intelligence, or carries a 3x5x2 grade of A to D. REVIEW when the grade is E
    (suspected to be false) or is written in the older 5x5x5 style. DENY when the grade is missing or is
    not a grade.
    """
    if not is_intelligence(proposed.item):
        return permit("The item is not police intelligence.")
    written = proposed.item.police_grading or ""
    grade = parse_grade(written)
    if grade is None and is_legacy_grade(written):
        return _ask_police(
            "The grade is written in the older 5x5x5 style.", "Grade it again in the 3x5x2 style"
        )
    if grade is None:
        return deny(
            "The intelligence carries no readable grade.",
            next_step="Give it a 3x5x2 grade: 1 to 3 for the source, A to E for the intelligence, P or C for "
            "handling, such as 2BP.",
        )
    if grade.intelligence == "E":
        return _ask_police("The intelligence is suspected to be false.", "Leave it out")
    return permit(f"Source {SOURCE_WORDS[grade.source]}; {INTELLIGENCE_WORDS[grade.intelligence]}.")


def _ask_police(words: str, first: str) -> Reply:
    return review(
        words, next_step=f"{first}, or let the police decision maker decide.", role=POLICE_DECISION_MAKER
    )
