"""Does the law relied on reach from this holder to this recipient, for this purpose, today?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import DATA_PROTECTION_OFFICER
from jigsaw.sharing_rules.vocabulary import PURPOSES


@check(
    code="gateway-is-open",
    question="Is the law relied on in force, and does it reach the recipient?",
    source="Children Act 2004 ss16C, 16H and 16LA (inserted by the Children's Wellbeing and Schools Act 2026 "
    "s4; its start on 30 September 2026 is not confirmed); Domestic Abuse Act 2021 s49A",
    source_date="2026-04-29",
)
def gateway_is_open(proposed: Proposed) -> Reply:
    """A duty or power counts from its first day, only between those whom it names, and for its own purposes.

    PERMIT when none is relied on, or the register has it in force, reaching both and serving the purpose; the words
    add what to bear in mind, and that nobody has confirmed it yet. REVIEW when the register does not have it, or
    it does not plainly name this holder, this recipient or this purpose: another law may. DENY when it is not
    in force that day, with the date.
    """
    code = proposed.decision.gateway.strip()
    if not code:
        return permit("No particular duty or power is relied on.")
    gateway = proposed.register.gateway(code)
    if gateway is None:
        return _ask_officer("The register of law does not have the duty or power that is relied on.")
    if not gateway.in_force(proposed.today):
        return deny(
            f"{gateway.subject} {gateway.not_in_force(proposed.today)}.",
            next_step="Choose a duty or power that is in force today. If you believe that this one is, ask your "
            "administrator to look at the register of law.",
        )
    if not gateway.reaches(proposed.holder, proposed.recipient):
        return _ask_officer(f"{gateway.subject} does not plainly cover this holder and recipient.")
    purpose = PURPOSES.get(proposed.purpose)
    if purpose is not None and not gateway.purposes & purpose.tags:
        return _ask_officer(f"{gateway.subject} is not plainly for {purpose.words}.")
    return permit(gateway.holds)


def _ask_officer(words: str) -> Reply:
    return review(
        words,
        next_step="Choose the duty or power that fits, or let the data protection officer decide.",
        role=DATA_PROTECTION_OFFICER,
    )
