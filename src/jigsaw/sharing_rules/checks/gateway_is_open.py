"""Does the law relied on reach from this holder to this recipient today?"""

from jigsaw.sharing_rules.check import Reply, check, permit, review
from jigsaw.sharing_rules.gateways import GATEWAYS, PUBLIC_AUTHORITIES, Gateway, in_force
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import COMMISSIONED, DATA_PROTECTION_OFFICER


@check(
    code="gateway-is-open",
    question="Is the law relied on in force, and does it reach the recipient?",
    source="Children Act 2004 ss16C, 16H and 16LA (inserted by the Children's Wellbeing and Schools Act 2026 "
    "s4; its start on 30 September 2026 is not confirmed); Domestic Abuse Act 2021 s49A",
    source_date="2026-04-29",
)
def gateway_is_open(proposed: Proposed) -> Reply:
    """A duty or power counts from its first day, and only between those whom it names.

    PERMIT when none is relied on, or it is in force and reaches both. REVIEW when it is not known, not yet
    or no longer in force, or does not name this holder or this recipient. It never denies: another law may
    allow the same release.
    """
    code = proposed.decision.gateway.strip()
    if not code:
        return permit("No particular duty or power is relied on.")
    gateway = GATEWAYS.get(code)
    if gateway is None:
        return _ask_officer("The sharing rules do not know the duty or power that is relied on.")
    if not in_force(code, proposed.today):
        return _ask_officer(f"{_capital(gateway.words)} is not in force today.")
    if not _reaches(code, gateway, proposed):
        return _ask_officer(f"{_capital(gateway.words)} does not plainly cover this holder and recipient.")
    return permit(f"{_capital(gateway.words)} is in force.")


def _reaches(code: str, gateway: Gateway, proposed: Proposed) -> bool:
    holder, recipient = proposed.holder, proposed.recipient
    if code == "s16LA":
        return all(
            party.sector in PUBLIC_AUTHORITIES or party.roles & COMMISSIONED for party in (holder, recipient)
        )
    return (not gateway.discloses or holder.sector in gateway.discloses) and (
        not gateway.receives or recipient.sector in gateway.receives
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _ask_officer(words: str) -> Reply:
    return review(
        words,
        next_step="Choose the duty or power that fits, or let the data protection officer decide.",
        role=DATA_PROTECTION_OFFICER,
    )
