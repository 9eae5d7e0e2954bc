"""Was an objection considered?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit
from jigsaw.sharing_rules.left_out import FEWEST_WORDS
from jigsaw.sharing_rules.proposed import Proposed


@check(
    code="objection-considered",
    question="Was an objection considered?",
    source="UK GDPR Article 21(1); Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rules 2 and 3",
    source_date="2024-05-01",
)
def objection_considered(proposed: Proposed) -> Reply:
    """Somebody who objects is heard, and may be told why it is shared all the same.

    PERMIT when nobody objected, or it is written in at least three words why it is shared in spite of that.
    DENY when somebody objected and that is not written. It never asks the family to agree: an objection is
    considered, and a child's safety can outweigh it.
    """
    decision = proposed.decision
    if not decision.objected:
        return permit("Nobody is recorded to have objected.")
    if len(decision.objection_answer.split()) < FEWEST_WORDS:
        return deny(
            "Somebody objected, and it is not recorded why it is shared all the same.",
            next_step="Weigh what they said, and write why sharing is right for the child all the same, or "
            "leave it out.",
        )
    return permit("Somebody objected. That was considered, and it is recorded why it is shared all the same.")
