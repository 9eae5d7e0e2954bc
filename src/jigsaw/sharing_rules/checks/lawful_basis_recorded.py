"""Is a lawful basis recorded, and is it one this agency may use?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.instruments import BASIS, Instrument, sentence
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import DATA_PROTECTION_OFFICER
from jigsaw.sharing_rules.vocabulary import is_public_authority

# Of Part 3 of the Data Protection Act 2018, this alone stands where Article 6 stands for others.
LAW_ENFORCEMENT = "part3_s35"


@check(
    code="lawful-basis-recorded",
    question="Is a lawful basis recorded?",
    source="UK GDPR Article 6(1), as amended by the Data (Use and Access) Act 2025 s70 and Schedule 4",
    source_date="2026-02-05",
)
def lawful_basis_recorded(proposed: Proposed) -> Reply:
    """Sharing needs a lawful basis that fits the agency.

    PERMIT when a basis of the register is recorded that is in force; the words add what to bear in mind, and that
    nobody has confirmed it yet. REVIEW when the register does not have it, when it serves no safeguarding
    purpose (a contract), or when a public authority claims a legitimate interest for its own tasks, recognised or
    not. DENY when none is recorded, when it is not in force that day, or when a legal obligation is relied
    on and no duty is named.
    """
    code, gateway = proposed.decision.lawful_basis.strip(), proposed.decision.gateway
    if not code:
        return deny(
            "No lawful basis is recorded.",
            next_step="Choose the lawful basis. For a public authority that safeguards children it is "
            "usually public task or legal obligation.",
        )
    basis = proposed.register.get(code)
    if basis is None or not _is_basis(basis):
        return _ask_officer("The lawful basis recorded is not one used in safeguarding.")
    if not basis.in_force(proposed.today):
        return deny(
            f"{sentence(basis.short)} as a lawful basis {basis.not_in_force(proposed.today)}.",
            next_step="Choose a basis that is in force today, such as public task.",
        )
    if basis.needs("duty_named") and not gateway.strip():
        return deny(
            "A legal obligation is relied on, but no duty is named.",
            next_step="Name the duty, such as section 47(9) of the Children Act 1989, or choose public task.",
        )
    if basis.needs("not_public_task") and is_public_authority(proposed.holder.sector):
        return _ask_officer("A public authority does not rely on legitimate interests for its own tasks.")
    return permit(f"The lawful basis recorded is {basis.recorded}")


def _is_basis(basis: Instrument) -> bool:
    return bool(basis.purposes) and (basis.kind == BASIS or basis.code == LAW_ENFORCEMENT)


def _ask_officer(words: str) -> Reply:
    return review(
        words,
        next_step="Choose another basis, or let the data protection officer decide.",
        role=DATA_PROTECTION_OFFICER,
    )
