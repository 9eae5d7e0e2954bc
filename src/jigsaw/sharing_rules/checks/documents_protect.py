"""Do the documents that leave with it keep protected identities out?"""

from jigsaw.sharing_rules.check import Reply, check, permit, review
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import SAFEGUARDING_LEAD


@check(
    code="documents-protect",
    question="Do the documents that leave with it keep protected identities out?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rule 5",
    source_date="2024-05-01",
)
def documents_protect(proposed: Proposed) -> Reply:
    """A letter or a picture leaves whole, and nobody who could be harmed may be named in it.

    PERMIT when none leaves, when the rules read all that do (plain text, which is asked with the words of the item), or
    when nothing is noted that must not leave. REVIEW when something is noted and a document leaves that only a person
    can read, such as a PDF or a picture.
    """
    item = proposed.item
    if not item.unread_documents:
        return permit("No document leaves with it that only a person can read.")
    if not item.identities_to_protect:
        return permit("Documents leave with it; no identity to protect is noted.")
    return review(
        "A document leaves with it that these rules cannot read, and names are noted that must not leave.",
        next_step="Read every page of it for those names. Leave the document here, or let the safeguarding lead decide.",
        role=SAFEGUARDING_LEAD,
    )
