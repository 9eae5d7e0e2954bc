"""Was harm to the child weighed where there is a duty to share?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit
from jigsaw.sharing_rules.proposed import Withholding


@check(
    code="withholding-detriment",
    question="Was harm to the child weighed?",
    source="Children Act 2004 s16LA(3), inserted by the Children's Wellbeing and Schools Act 2026 s4",
    source_date="2026-04-29",
)
def withholding_detriment(withholding: Withholding) -> Reply:
    """The duty to share yields only where sharing would do the child more harm than not sharing.

    PERMIT when the weighing is recorded, or neither the duty nor the ground calls for it. DENY when the
    duty is in play, or harm to the child is the ground, and the weighing is not recorded.
    """
    asked_under_duty = withholding.request is not None and withholding.request.purpose_code == "s16LA"
    under_duty = withholding.gateway == "s16LA" or asked_under_duty
    if not (under_duty or withholding.kind == "detriment_to_child"):
        return permit("The duty to share information is not what was relied on.")
    if not withholding.detriment_considered:
        return deny(
            "It is not recorded that harm to the child was weighed.",
            next_step="Weigh the harm of sharing against the harm of not sharing, for this child, "
            "and record it.",
        )
    return permit("Harm to the child from sharing and from not sharing was weighed.")
