"""Is the item dated, and not in the future?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit
from jigsaw.sharing_rules.proposed import Proposed


@check(
    code="date-is-sensible",
    question="Is its date sensible?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2018 edition), principle of accuracy",
    source_date="2018-07-01",
)
def date_is_sensible(proposed: Proposed) -> Reply:
    """The reader needs to know when it happened, so that old and new are not confused.

    PERMIT when it is dated today or earlier; also when it is undated, and then the words say so. DENY when
    the date is still to come: it is a slip of the pen.
    """
    happened_on = proposed.item.happened_on
    if happened_on is None:
        return permit("It carries no date; the reader will be told that the date is not known.")
    if happened_on > proposed.today:
        return deny("Its date is still to come.", next_step="Correct the date on which it happened.")
    return permit("It is dated.")
