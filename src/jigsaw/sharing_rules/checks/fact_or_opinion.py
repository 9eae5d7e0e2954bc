"""Can the reader tell fact from opinion, and who says so?"""

from typing import Final

from jigsaw.sharing_rules.check import Reply, check, deny, permit
from jigsaw.sharing_rules.proposed import Proposed

HOW_KNOWN: Final = {
    "fact": "a fact that the source saw or recorded",
    "opinion": "the source's professional opinion",
    "reported": "what somebody else told the source",
    "child": "the child's own account",
}


@check(
    code="fact-or-opinion",
    question="Can the reader tell fact from opinion?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2018 edition), principle of accuracy; Data Protection Act 2018 s38 for the police",
    source_date="2018-07-01",
)
def fact_or_opinion(proposed: Proposed) -> Reply:
    """Fact, opinion, hearsay and a child's account are told apart, each with its source.

    PERMIT when both are given. DENY when how it is known, or who says so, is missing.
    """
    item = proposed.item
    if item.how_known not in HOW_KNOWN:
        return deny(
            "It does not say how this is known.",
            next_step="Say how it is known: fact, opinion, reported by somebody else, or the "
            "child's own account.",
        )
    if not item.source.strip():
        return deny("It does not say who knows this.", next_step="Say who saw, recorded or said it.")
    return permit(f"It is given as {HOW_KNOWN[item.how_known]}, with its source.")
