"""Is information held for law enforcement allowed to leave for another purpose?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.grading import is_intelligence
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import DATA_PROTECTION_OFFICER, POLICE_DECISION_MAKER


@check(
    code="police-regime",
    question="May law enforcement information be used for this purpose?",
    source="Data Protection Act 2018 Part 3, ss35, 36(4) and 38 (details not checked against the text)",
    source_date="2018-05-25",
)
def police_regime(proposed: Proposed) -> Reply:
    """What is held for law enforcement may serve another purpose only where a law authorises it.

    PERMIT when the item is held under the general regime, or the law that authorises its use is named.
    REVIEW when intelligence is not marked as held under Part 3, when somebody other than the police passes
    on police intelligence, or when an agency outside policing claims Part 3. DENY when Part 3 applies and
    no law is named. From then on a recipient outside policing holds it under UK GDPR, and the words say so.
    """
    police = proposed.holder.sector == "PO"
    if is_intelligence(proposed.item) and not police:
        return review(
            "This is police intelligence, and you are not the police.",
            next_step="Ask the police decision maker of the force it came from before you pass it on.",
            role=POLICE_DECISION_MAKER,
        )
    if proposed.decision.part3:
        return _authorised_by_law(proposed, police=police)
    if is_intelligence(proposed.item):
        return review(
            "Intelligence is held for law enforcement, but Part 3 is not recorded.",
            next_step="Record Part 3 and the law that allows its use here, or let the police decision "
            "maker decide.",
            role=POLICE_DECISION_MAKER,
        )
    return permit("The item is held under the general data protection regime.")


def _authorised_by_law(proposed: Proposed, *, police: bool) -> Reply:
    if not police:
        return review(
            "Part 3 is for authorities that enforce the law.",
            next_step="Take off Part 3, or let the data protection officer confirm it.",
            role=DATA_PROTECTION_OFFICER,
        )
    if not proposed.decision.gateway.strip():
        return deny(
            "The item is held for law enforcement, and no law is named that allows its use for safeguarding.",
            next_step="Name the duty or power that allows it, such as section 47 of the Children Act 1989.",
        )
    return permit(
        "The item is held for law enforcement, and the law that allows its use here is named."
        if proposed.recipient.sector == "PO"
        else "The item is held for law enforcement, and the law that allows its use here is named. "
        "The recipient holds it under UK GDPR, not Part 3."
    )
