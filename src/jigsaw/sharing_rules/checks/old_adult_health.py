"""Does an adult's health of years ago still bear on the child?"""

from typing import Final

from jigsaw.sharing_rules.check import Reply, check, permit, review
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import SAFEGUARDING_LEAD

YEARS: Final = 5


@check(
    code="old-adult-health",
    question="Is old information about an adult still relevant?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2018 edition), principles of relevance and accuracy; "
    "the five years are this hub's own prompt",
    source_date="2018-07-01",
)
def old_adult_health(proposed: Proposed) -> Reply:
    """A prompt to think, not a bar: an adult's illness of years ago may or may not bear on the child now.

    PERMIT when it is about a child, is of no special category, or is less than five years old. REVIEW from
    its fifth anniversary on, or when its date is not known.
    """
    item = proposed.item
    if not (item.about_adult_only and item.special_category):
        return permit("The item is not about an adult's health or other sensitive matters alone.")
    years_old = item.years_old(proposed.today)
    if years_old is None:
        return _ask("It is about an adult's health or the like, and its date is not known.")
    if years_old >= YEARS:
        return _ask("It is about an adult's health or the like five or more years ago.")
    return permit("It is about an adult's health or the like within the last five years.")


def _ask(words: str) -> Reply:
    return review(
        words,
        next_step="Say how it bears on the child today, or leave it out; the safeguarding lead decides.",
        role=SAFEGUARDING_LEAD,
    )
