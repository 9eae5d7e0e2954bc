"""Does health information keep the patient's confidence, or is that weighed?"""

from jigsaw.sharing_rules.check import Reply, check, permit, review
from jigsaw.sharing_rules.instruments import COMMON_LAW
from jigsaw.sharing_rules.left_out import FEWEST_WORDS
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import CALDICOTT_GUARDIAN


@check(
    code="confidence-weighed",
    question="Is confidence kept, or weighed?",
    source="Common law duty of confidentiality (from notes, not checked against cases); Caldicott principles "
    "(National Data Guardian, eight principles), principles 6 and 7",
    source_date="2020-12-08",
)
def confidence_weighed(proposed: Proposed) -> Reply:
    """What a patient told in confidence goes on only with consent, by a duty or power, or in the public interest.

    PERMIT when the item is no health information of a health body; or the family agreed to sharing; or a duty or
    power of an Act is named that is in force; or somebody's life is at risk; or the public interest is weighed in at
    least three words. REVIEW by the Caldicott Guardian otherwise.
    """
    if proposed.holder.sector != "HE" or not proposed.item.special_category:
        return permit("The item is not held in a patient's confidence.")
    decision = proposed.decision
    if decision.consent_result == "given":
        return permit("The family agreed to sharing, so confidence is kept.")
    gateway = proposed.register.gateway(decision.gateway)
    if gateway is not None and gateway.kind != COMMON_LAW and gateway.in_force(proposed.today):
        return permit("A duty or power of an Act is named, which goes before confidence.")
    if proposed.emergency:
        return permit("Somebody is in immediate danger, which outweighs confidence.")
    if len(decision.public_interest.split()) >= FEWEST_WORDS:
        return permit("The public interest in sharing was weighed against confidence, and that is recorded.")
    return review(
        "It was told in confidence, and nothing is recorded that goes before confidence.",
        next_step="Name the duty or power you rely on, or write how the public interest outweighs confidence, or let "
        "the Caldicott Guardian decide.",
        role=CALDICOTT_GUARDIAN,
    )
