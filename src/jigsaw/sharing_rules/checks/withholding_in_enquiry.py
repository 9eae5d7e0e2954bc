"""Was advice taken before withholding from a section 47 enquiry?"""

from jigsaw.sharing_rules.check import Reply, check, permit, review
from jigsaw.sharing_rules.proposed import Withholding
from jigsaw.sharing_rules.roles import SAFEGUARDING_LEAD


@check(
    code="withholding-in-enquiry",
    question="Was advice taken before withholding from a section 47 enquiry?",
    source="Children Act 1989 s47(9) to (11) (list of bodies not checked against the text)",
    source_date="1991-10-14",
)
def withholding_in_enquiry(withholding: Withholding) -> Reply:
    """Those asked to help with a section 47 enquiry must help unless it would be unreasonable.

    PERMIT when the request is for another purpose, advice is recorded, or the safeguarding lead decides.
    REVIEW otherwise: no practitioner refuses such an enquiry alone.
    """
    request = withholding.request
    if request is None or request.purpose_code != "s47" or not request.live:
        return permit("Nothing is withheld from a section 47 enquiry.")
    if withholding.advice_from.strip() or SAFEGUARDING_LEAD in withholding.decider_roles:
        return permit("It is withheld from a section 47 enquiry on advice.")
    return review(
        "It would be withheld from a section 47 enquiry, and nobody was asked for advice.",
        next_step="Ask your named or designated safeguarding lead, who decides.",
        role=SAFEGUARDING_LEAD,
    )
