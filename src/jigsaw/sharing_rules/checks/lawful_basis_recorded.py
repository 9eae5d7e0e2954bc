"""Is a lawful basis recorded, and is it one this agency may use?"""

from typing import Final

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.gateways import PUBLIC_AUTHORITIES
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import DATA_PROTECTION_OFFICER

BASES: Final = {
    "art6_a": "consent",
    "art6_b": "a contract",
    "art6_c": "a legal obligation",
    "art6_d": "vital interests",
    "art6_e": "public task",
    "art6_ea": "a recognised legitimate interest",
    "art6_f": "legitimate interests",
    "part3_s35": "a law enforcement purpose (Part 3, section 35)",
}
_NOT_FOR_PUBLIC_TASKS: Final = frozenset({"art6_ea", "art6_f"})


@check(
    code="lawful-basis-recorded",
    question="Is a lawful basis recorded?",
    source="UK GDPR Article 6(1), as amended by the Data (Use and Access) Act 2025 s70 and Schedule 4",
    source_date="2026-02-05",
)
def lawful_basis_recorded(proposed: Proposed) -> Reply:
    """Sharing needs a lawful basis that fits the agency.

    PERMIT when a known basis is recorded. REVIEW when it is not known, is a contract, or is a legitimate
    interest claimed by a public authority for its own tasks. DENY when none is recorded, or when a legal
    obligation is relied on and no duty is named.
    """
    basis, gateway = proposed.decision.lawful_basis, proposed.decision.gateway
    if not basis.strip():
        return deny(
            "No lawful basis is recorded.",
            next_step="Choose the lawful basis. For a public authority that safeguards children it is "
            "usually public task or legal obligation.",
        )
    if basis == "art6_c" and not gateway.strip():
        return deny(
            "A legal obligation is relied on, but no duty is named.",
            next_step="Name the duty, such as section 47(9) of the Children Act 1989, or choose public task.",
        )
    if basis not in BASES or basis == "art6_b":
        return _ask_officer("The lawful basis recorded is not one used in safeguarding.")
    if basis in _NOT_FOR_PUBLIC_TASKS and proposed.holder.sector in PUBLIC_AUTHORITIES:
        return _ask_officer("A public authority does not rely on legitimate interests for its own tasks.")
    return permit(f"The lawful basis recorded is {BASES[basis]}.")


def _ask_officer(words: str) -> Reply:
    return review(
        words,
        next_step="Choose another basis, or let the data protection officer decide.",
        role=DATA_PROTECTION_OFFICER,
    )
