"""Are protected identities kept out of the text?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.identities import showing_in
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import SAFEGUARDING_LEAD


@check(
    code="identities-protected",
    question="Are protected identities kept out of the text?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rule 5",
    source_date="2024-05-01",
)
def identities_protected(proposed: Proposed) -> Reply:
    """Nobody who could be harmed if an abuser learnt of them is named in what is released.

    PERMIT when no protected name, address or number shows in the text. REVIEW when only a part of one
    shows, such as a first name. DENY when one shows whole, whatever its capitals, accents, spacing or
    order. The next step names those that show, and no others; it is for the holder's eyes only.
    """
    item = proposed.item
    if not item.identities_to_protect:
        return permit("There is no identity to protect.")
    shown, hinted = showing_in(item.released_text, item.identities_to_protect)
    if shown:
        return deny(
            "The text to be released shows a protected identity.",
            next_step=f"Take out {_quoted(shown)}, then read the text again.",
            private=True,
        )
    if hinted:
        return review(
            "The text to be released may point to a protected identity.",
            next_step=f"Reword what points to {_quoted(hinted)}, or let the safeguarding lead decide.",
            role=SAFEGUARDING_LEAD,
            private=True,
        )
    return permit("No protected identity shows in the text.")


def _quoted(identities: tuple[str, ...]) -> str:
    return ", ".join(f"“{identity}”" for identity in identities)
