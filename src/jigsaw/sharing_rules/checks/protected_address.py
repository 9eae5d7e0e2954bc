"""Would the item show where somebody hides?"""

from jigsaw.sharing_rules.check import Reply, check, permit
from jigsaw.sharing_rules.left_out import left_out
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import SAFEGUARDING_LEAD


@check(
    code="protected-address",
    question="Would it show a protected address?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rule 5",
    source_date="2024-05-01",
)
def protected_address(proposed: Proposed) -> Reply:
    """An address is protected because somebody would come looking: it is left out of everything.

    PERMIT when the item shows no protected address, or was released in two steps: proposed with a reason, then
    released by a second person who is the safeguarding lead. REVIEW by that lead when its release is proposed.
    DENY when nobody has proposed it.
    """
    if not proposed.item.protected_address:
        return permit("The item shows no protected address.")
    return left_out(proposed, "protected_address", "The item shows a protected address", SAFEGUARDING_LEAD)
