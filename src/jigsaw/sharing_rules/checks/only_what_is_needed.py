"""Is it one piece of information, and no more than is needed?"""

from typing import Final

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import SAFEGUARDING_LEAD

WHOLE_FILES: Final = frozenset({"whole_file", "case_file", "full_record"})


@check(
    code="only-what-is-needed",
    question="Is it no more than is needed?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rule 6; Caldicott principle 3",
    source_date="2024-05-01",
)
def only_what_is_needed(proposed: Proposed) -> Reply:
    """A recipient gets what they need, which is rarely a whole file.

    PERMIT when there is a text to release, and it is not a whole file. REVIEW for a whole file. DENY when
    there is nothing to release.
    """
    item = proposed.item
    if not item.released_text.strip():
        return deny(
            "There is no text to release.",
            next_step="Write what the recipient should read, or record that you withhold it and why.",
        )
    if item.kind in WHOLE_FILES:
        return review(
            "It is a whole file, which is rarely needed.",
            next_step="Choose the parts that the recipient needs, or let the safeguarding lead decide.",
            role=SAFEGUARDING_LEAD,
        )
    return permit("It is a single piece of information.")
