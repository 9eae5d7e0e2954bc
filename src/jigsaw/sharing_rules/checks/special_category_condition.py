"""Does special category information have its condition?"""

from typing import Final

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.proposed import Grounds, Proposed
from jigsaw.sharing_rules.roles import DATA_PROTECTION_OFFICER

CONDITIONS: Final = {
    "art9_a": "explicit consent",
    "art9_b": "employment, social security and social protection law",
    "art9_c": "vital interests",
    "art9_f": "legal claims",
    "art9_g_sch1_6": "a statutory purpose (Schedule 1 paragraph 6)",
    "art9_g_sch1_10": "preventing or detecting unlawful acts (Schedule 1 paragraph 10)",
    "art9_g_sch1_18": "safeguarding of children and individuals at risk (Schedule 1 paragraph 18)",
    "art9_h": "health or social care (Schedule 1 paragraph 2)",
    "art9_i": "public health",
    "sch8_4": "safeguarding of children and individuals at risk (Schedule 8 paragraph 4)",
}
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

    PERMIT when the item is of no special category, or a known condition is recorded with what it needs.
    REVIEW when the condition is not known, or belongs to the other regime. DENY when none is recorded, or
    when the safeguarding condition (paragraph 18) lacks its compulsory reason why there is no consent.
    """
    decision = proposed.decision
    if not proposed.item.special_category:
        return permit("The item holds nothing of a special category.")
    if not decision.condition.strip():
        return deny(
            "The item is of a special category and no condition is recorded.",
            next_step="Choose a condition. To protect a child it is usually Schedule 1 paragraph 18.",
        )
    if decision.condition == "art9_g_sch1_18" and decision.sch1_18_reason not in WHY_NO_CONSENT:
        return deny(
            "The safeguarding condition needs a reason why there is no consent.",
            next_step="Choose one: it cannot be given; you cannot reasonably be expected to obtain it; "
            "asking would harm the protection.",
        )
    if decision.condition not in CONDITIONS or not _fits_regime(decision):
        return review(
            "The condition recorded does not fit the law under which the item is held.",
            next_step="Choose another condition, or let the data protection officer decide.",
            role=DATA_PROTECTION_OFFICER,
        )
    return permit(f"The condition recorded is {CONDITIONS[decision.condition]}.")


def _fits_regime(decision: Grounds) -> bool:
    """Article 9 conditions belong to UK GDPR, those of Schedule 8 to Part 3."""
    return decision.part3 == decision.condition.startswith("sch8_")
