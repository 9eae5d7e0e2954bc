"""Do the words for the requester keep the secret?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit
from jigsaw.sharing_rules.identities import identities_in, partly_in
from jigsaw.sharing_rules.proposed import Withholding


@check(
    code="withholding-words-protect",
    question="Do the words for the requester keep the secret?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rule 5",
    source_date="2024-05-01",
)
def withholding_words_protect(withholding: Withholding) -> Reply:
    """The requester learns that something was withheld and why, but not whom it protects.

    PERMIT when words are written and no part of a protected identity shows in them. DENY when there are no
    words, or when they show one; the next step, for the holder's eyes only, names it.
    """
    words, identities = withholding.words_for_requester, withholding.identities_to_protect
    if not words.strip():
        return deny(
            "There are no words for the requester.",
            next_step="Write what the requester may know: that you withhold something, and on what ground.",
        )
    if shown := identities_in(words, identities) + partly_in(words, identities):
        quoted = ", ".join(f"“{identity}”" for identity in shown)
        return deny(
            "The words for the requester show a protected identity.",
            next_step=f"Take out {quoted}.",
            private=True,
        )
    return permit("The words for the requester show no protected identity.")
