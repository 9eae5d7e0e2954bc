"""Is consent kept apart from the lawful basis?"""

from jigsaw.sharing_rules.check import Reply, check, permit, review
from jigsaw.sharing_rules.proposed import Grounds, Proposed
from jigsaw.sharing_rules.roles import DATA_PROTECTION_OFFICER


@check(
    code="consent-is-not-the-basis",
    question="Is consent kept apart from the lawful basis?",
    source="Information sharing: advice for practitioners providing safeguarding services "
    "(HM Government, 2024 edition), golden rule 3 and the section on consent",
    source_date="2024-05-01",
)
def consent_is_not_the_basis(proposed: Proposed) -> Reply:
    """Consent is not needed to protect a child, and seldom is the right basis: a family cannot refuse freely.

    Agreeing to a service, agreeing to sharing and being told are three facts; none stands for another. PERMIT when
    the basis is another, whatever the family answered. REVIEW when consent is the basis, or explicit consent is the
    condition for special category data; the words say when it is not recorded that the family agreed to sharing.
    It never denies: a refusal of consent alone does not stop sharing.
    """
    decision = proposed.decision
    if decision.lawful_basis == "art6_a" or decision.condition == "art9_a":
        return review(
            _relied_on(decision),
            next_step="Choose public task or legal obligation if one fits, or let the data protection "
            "officer decide.",
            role=DATA_PROTECTION_OFFICER,
        )
    if decision.consent_result == "refused":
        return permit("The family did not agree. Sharing does not rest on consent.")
    if decision.service_consent == "given":
        return permit("The family agreed to a service, which is another matter. Sharing does not rest on it.")
    return permit("Sharing does not rest on consent.")


def _relied_on(decision: Grounds) -> str:
    if decision.consent_result == "given":
        return "Consent is given as the basis. A family can seldom refuse freely, and may withdraw it."
    if decision.service_consent == "given":
        return "Consent is given as the basis, but the family agreed to a service, not to sharing."
    return "Consent is given as the basis, but it is not recorded that the family agreed to sharing."
