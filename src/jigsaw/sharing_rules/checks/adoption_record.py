"""Does the item come from an adoption record?"""

from jigsaw.sharing_rules.check import Reply, check, permit, review
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import ADOPTION_MANAGER


@check(
    code="adoption-record",
    question="Does it come from an adoption record?",
    source="Adoption and Children Act 2002 s57 (not checked against the text)",
    source_date="2005-12-30",
)
def adoption_record(proposed: Proposed) -> Reply:
    """What links a child's life before adoption with the life after it leaves only by a manager's decision.

    PERMIT when the item comes from no adoption record. REVIEW when it does: the adoption team manager
    decides. It never denies: a child's safety may still require it.
    """
    if not proposed.item.adoption:
        return permit("The item does not come from an adoption record.")
    return review(
        "The item comes from an adoption record.",
        next_step="Ask the adoption team manager to decide.",
        role=ADOPTION_MANAGER,
    )
