"""Would the item show who told?"""

from jigsaw.sharing_rules.check import Reply, check, permit
from jigsaw.sharing_rules.grading import is_intelligence
from jigsaw.sharing_rules.left_out import left_out
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import POLICE_DECISION_MAKER, SAFEGUARDING_LEAD


@check(
    code="informant-protected",
    question="Would it show who told?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rule 5; College of Policing, Authorised Professional Practice: "
    "intelligence report (3x5x2), protection of sources, paraphrased from secondary sources",
    source_date="2024-05-01",
)
def informant_protected(proposed: Proposed) -> Reply:
    """Whoever told in fear must be able to trust that nobody learns of it: the item is left out of everything.

    PERMIT when the item would not show an informant, or was released in two steps: proposed with a reason, then
    released by a second person, the police decision maker for police information and else the safeguarding
    lead. REVIEW by them when its release is proposed. DENY when nobody has proposed it.
    """
    item = proposed.item
    if not item.informant:
        return permit("The item would not show an informant.")
    police = proposed.holder.sector == "PO" or is_intelligence(item)
    role = POLICE_DECISION_MAKER if police else SAFEGUARDING_LEAD
    return left_out(proposed, "informant", "The item would show who told", role)
