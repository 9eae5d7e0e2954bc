"""Was the family told, or is it recorded why not?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit
from jigsaw.sharing_rules.proposed import Proposed


@check(
    code="family-told",
    question="Was the family told, or why not?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rule 2",
    source_date="2024-05-01",
)
def family_told(proposed: Proposed) -> Reply:
    """Families are told who will know what and why, where that is practicable and safe.

    PERMIT when they were or will be told, or when it is written why not. DENY when neither is recorded.
    It never asks for agreement: telling is not consent.
    """
    decision = proposed.decision
    if decision.told_family in {"told", "will_tell"}:
        return permit("The family was told, or will be.")
    if decision.told_family == "not_told" and decision.told_why.strip():
        return permit("The family was not told, and it is recorded why.")
    if decision.told_family == "not_told":
        return deny(
            "The family was not told, and it is not recorded why.",
            next_step="Write why telling them would be unsafe or not practicable.",
        )
    return deny(
        "It is not recorded whether the family was told.",
        next_step="Record that they were told, will be told, or were not told and why.",
    )
