"""Is the item about the people who were asked about?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import SAFEGUARDING_LEAD


@check(
    code="concerns-people-asked-about",
    question="Is it about the people asked about?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rule 6; Children Act 2004 s16LA(1)",
    source_date="2026-04-29",
)
def concerns_people_asked_about(proposed: Proposed) -> Reply:
    """The item is about a child who was asked about, or about somebody else so far as it bears on them.

    PERMIT when it is about the people in the request, or, unasked, about the child. REVIEW when, unasked,
    it is about an adult only. DENY when it is about somebody whom the request does not name: the most
    harmful mistake is to send the facts of another family.
    """
    request, item = proposed.request, proposed.item
    if request is not None and not request.subjects_match:
        return deny(
            "The item is about somebody whom the request does not name.",
            next_step="Check that you have the right person. If they matter to this child, "
            "ask for them to be added to the request.",
        )
    if request is None and (item.about_adult_only or not item.about_child):
        return review(
            "Nobody asked, and the item is about an adult only.",
            next_step="Say in the reasons how it bears on the child, and let the safeguarding lead decide.",
            role=SAFEGUARDING_LEAD,
        )
    return permit("The item is about the people concerned.")
