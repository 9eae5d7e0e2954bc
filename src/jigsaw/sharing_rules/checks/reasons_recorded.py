"""Are the reasons for sharing recorded?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit
from jigsaw.sharing_rules.left_out import FEWEST_WORDS
from jigsaw.sharing_rules.proposed import Proposed


@check(
    code="reasons-recorded",
    question="Are the reasons recorded?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2015, 2018 and 2024 editions), golden rule 7",
    source_date="2024-05-01",
)
def reasons_recorded(proposed: Proposed) -> Reply:
    """Whoever shares says why, in their own words, as does whoever withholds.

    PERMIT when reasons of at least three words are written. DENY otherwise.
    """
    if len(proposed.decision.reasons.split()) < FEWEST_WORDS:
        return deny(
            "The reasons for sharing are not recorded.",
            next_step="Write in a sentence why sharing this helps to protect or support the child.",
        )
    return permit(f"The reasons are recorded, under the {proposed.edition} edition of the golden rules.")
