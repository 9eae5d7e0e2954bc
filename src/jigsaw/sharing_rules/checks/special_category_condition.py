"""Does special category information have its condition?"""

from typing import Final

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.instruments import ART9, PART_3, SCHEDULE_1, SPECIAL_CATEGORY, Instrument, sentence
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import DATA_PROTECTION_OFFICER

WHY_NO_CONSENT: Final = {
    "cannot": "consent cannot be given",
    "not_reasonable": "the holder cannot reasonably be expected to obtain consent",
    "prejudice": "asking for consent would harm the protection",
}


@check(
    code="special-category-condition",
    question="Does special category information have its condition?",
    source="UK GDPR Article 9(2); Data Protection Act 2018 Schedule 1 paragraph 18 and Schedule 8 "
    "paragraph 4 (details not checked against the text)",
    source_date="2018-05-25",
)
def special_category_condition(proposed: Proposed) -> Reply:
    """Health, ethnicity, religion, sexual life and the like need a condition on top of the lawful basis.

    PERMIT when the item is of no special category, or a condition of the register is recorded that is in force, with
    what it needs. REVIEW when the register does not have it, or it belongs to the other regime. DENY when none is
    recorded, when it is not in force that day, or when the safeguarding condition (paragraph 18) lacks its
    compulsory reason why there is no consent.
    """
    decision = proposed.decision
    if not proposed.item.special_category:
        return permit("The item holds nothing of a special category.")
    if not decision.condition.strip():
        return deny(
            "The item is of a special category and no condition is recorded.",
            next_step="Choose a condition. To protect a child it is usually Schedule 1 paragraph 18.",
        )
    condition = proposed.register.get(decision.condition)
    if condition is None or not _is_condition(condition, part3=decision.part3):
        return review(
            "The condition recorded does not fit the law under which the item is held.",
            next_step="Choose another condition, or let the data protection officer decide.",
            role=DATA_PROTECTION_OFFICER,
        )
    if not condition.in_force(proposed.today):
        return deny(
            f"{sentence(condition.short)} as a condition {condition.not_in_force(proposed.today)}.",
            next_step="Choose a condition that is in force today.",
        )
    if condition.needs("why_no_consent") and decision.sch1_18_reason not in WHY_NO_CONSENT:
        return deny(
            "The safeguarding condition needs a reason why there is no consent.",
            next_step="Choose one: it cannot be given; you cannot reasonably be expected to obtain it; "
            "asking would harm the protection.",
        )
    return permit(f"The condition recorded is {condition.recorded}")


def _is_condition(condition: Instrument, *, part3: bool) -> bool:
    """Article 9 conditions belong to UK GDPR, those of Schedule 8 to Part 3."""
    fits = condition.kind == PART_3 if part3 else condition.kind in {ART9, SCHEDULE_1}
    return fits and SPECIAL_CATEGORY in condition.purposes
