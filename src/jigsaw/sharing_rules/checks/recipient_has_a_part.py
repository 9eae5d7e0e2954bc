"""Does the recipient have a part in protecting this child?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import MEMBER_OF_PUBLIC, PART_TO_PLAY, RELATED_TO_SUBJECT, SAFEGUARDING_LEAD


@check(
    code="recipient-has-a-part",
    question="Does the recipient have a part to play?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rule 6",
    source_date="2024-05-01",
)
def recipient_has_a_part(proposed: Proposed) -> Reply:
    """Information goes only to those with a role in safeguarding the child or supporting the family.

    PERMIT when the recipient asked this holder in a live request, or has a safeguarding role. REVIEW when
    neither is known. DENY when the recipient is related to the people concerned, or is a member of the
    public: what they may be told goes through feedback.
    """
    recipient, request = proposed.recipient, proposed.request
    if RELATED_TO_SUBJECT in recipient.roles:
        return deny(
            "The person who would receive this is related to somebody it concerns.",
            next_step="Choose a colleague of theirs who is not related to the family.",
        )
    if MEMBER_OF_PUBLIC in recipient.roles:
        return deny(
            "A member of the public has no part in the enquiry.",
            next_step="Use feedback to tell them what they may be told.",
        )
    if request is not None and request.asked_of_holder and request.live:
        return permit("The recipient asked you for this in a live request.")
    if recipient.roles & PART_TO_PLAY:
        return permit("The recipient has a safeguarding role.")
    return review(
        "It is not clear what part the recipient has in protecting the child.",
        next_step="Find out the recipient's role with the family, then let the safeguarding lead decide.",
        role=SAFEGUARDING_LEAD,
    )
