"""Is it recorded what would make the holder think again?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit
from jigsaw.sharing_rules.proposed import Withholding


@check(
    code="withholding-is-looked-at-again",
    question="Is it recorded when to think again?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rules 4, 6 and 7 (details not checked against the text)",
    source_date="2024-05-01",
)
def withholding_is_looked_at_again(withholding: Withholding) -> Reply:
    """A decision not to share holds only until something changes.

    PERMIT when it is recorded what would make the holder look again. DENY when it is not, when the day to
    look again has passed, or when advice is awaited and either the adviser or the day is missing.
    """
    if not withholding.review_trigger.strip():
        return deny(
            "It is not recorded what would make you look at this again.",
            next_step="Write what would change your mind, such as a new concern, and by when you will look.",
        )
    if withholding.review_on is not None and withholding.review_on < withholding.today:
        return deny("The day to look again has passed.", next_step="Choose a day from today on.")
    if withholding.kind == "awaiting_advice" and not (
        withholding.advice_from.strip() and withholding.review_on
    ):
        return deny(
            "Advice is awaited, but not from whom or until when.",
            next_step="Record whom you asked and the day on which you will decide with or without an answer.",
        )
    return permit("It is recorded what would make you look at this again.")
