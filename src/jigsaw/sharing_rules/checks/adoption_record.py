"""Does the item come from an adoption record?"""

from jigsaw.sharing_rules.check import Reply, check, permit
from jigsaw.sharing_rules.left_out import left_out
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import ADOPTION_MANAGER


@check(
    code="adoption-record",
    question="Does it come from an adoption record?",
    source="Adoption and Children Act 2002 s57 (not checked against the text)",
    source_date="2005-12-30",
)
def adoption_record(proposed: Proposed) -> Reply:
    """What links a child's life before adoption with the life after it is left out of everything.

    PERMIT when the item comes from no adoption record, or was released in two steps: proposed with a reason, then
    released by a second person who manages the adoption team. REVIEW by that manager when its release is
    proposed. DENY when nobody has proposed it.
    """
    if not proposed.item.adoption:
        return permit("The item does not come from an adoption record.")
    return left_out(proposed, "adoption", "The item comes from an adoption record", ADOPTION_MANAGER)
