"""Are the reasons for withholding recorded?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit
from jigsaw.sharing_rules.left_out import FEWEST_WORDS
from jigsaw.sharing_rules.proposed import Withholding


@check(
    code="withholding-reasons",
    question="Are the reasons for withholding recorded?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2015, 2018 and 2024 editions), golden rule 7",
    source_date="2024-05-01",
)
def withholding_reasons(withholding: Withholding) -> Reply:
    """Whoever withholds says why in words; a ground from a list is not enough.

    PERMIT when reasons of at least three words are written. DENY otherwise.
    """
    if len(withholding.reasons.split()) < FEWEST_WORDS:
        return deny(
            "The reasons for withholding are not recorded.",
            next_step="Write in a sentence why not sharing this is right for the child.",
        )
    return permit("The reasons for withholding are recorded.")
