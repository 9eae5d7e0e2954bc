"""Is the source of police intelligence kept out of the text?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.grading import is_intelligence
from jigsaw.sharing_rules.identities import showing_in
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import POLICE_DECISION_MAKER


@check(
    code="police-source-not-named",
    question="Is the source of police intelligence kept out?",
    source="College of Policing, Authorised Professional Practice: intelligence report (3x5x2), protection "
    "of sources, paraphrased from secondary sources; golden rule 5 (2024 edition)",
    source_date="2024-05-01",
)
def police_source_not_named(proposed: Proposed) -> Reply:
    """Whoever told the police is never named to a recipient.

    PERMIT when the item is no intelligence, or its source does not show in the text to be released. REVIEW
    when a part of the source's name shows. DENY when the source shows.
    """
    item = proposed.item
    if not is_intelligence(item):
        return permit("The item is not police intelligence.")
    named, hinted = showing_in(item.released_text, (item.source,))
    if named:
        return deny(
            "The text to be released names the source of the intelligence.",
            next_step="Take the source out of the text, then read it again for anything else that "
            "points to them.",
        )
    if hinted:
        return review(
            "The text to be released may point to the source of the intelligence.",
            next_step="Reword it, or let the police decision maker decide.",
            role=POLICE_DECISION_MAKER,
        )
    return permit("The source of the intelligence does not show in the text.")
