"""Is there a stated, live purpose for sharing?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import SAFEGUARDING_LEAD
from jigsaw.sharing_rules.vocabulary import PURPOSES


@check(
    code="purpose-is-stated",
    question="Is there a stated, live purpose?",
    source="Information sharing: guidance for practitioners and managers (HM Government, 2008 edition), "
    "seven questions, question 1; Caldicott principle 1",
    source_date="2008-10-01",
)
def purpose_is_stated(proposed: Proposed) -> Reply:
    """Every release serves one clear and legitimate purpose that somebody stated.

    PERMIT when a live request states a purpose that the hub knows, or when nobody asked but a duty in force or an
    emergency is itself the purpose. REVIEW when the purpose is not one the hub knows, or none is stated.
    DENY when the request is closed: its purpose has ended.
    """
    request = proposed.request
    if request is None:
        return _unasked(proposed)
    if not request.live:
        return deny(
            "The request is closed, so its purpose has ended.",
            next_step="Ask the requester to open a new request. If a child may be at risk now, share it "
            "without a request and name the duty that you rely on.",
        )
    if request.purpose_code not in PURPOSES:
        return review(
            "The request states a purpose that the sharing rules do not know.",
            next_step="Ask the requester what the information is for, then let the safeguarding lead decide.",
            role=SAFEGUARDING_LEAD,
        )
    return permit(f"The request is live and its purpose is {PURPOSES[request.purpose_code].words}.")


def _unasked(proposed: Proposed) -> Reply:
    gateway = proposed.register.gateway(proposed.decision.gateway)
    if gateway is not None and gateway.unasked and gateway.in_force(proposed.today):
        return permit(f"Nobody asked; the purpose is given by {gateway.short}.")
    if proposed.decision.lawful_basis == "art6_d":
        return permit("Nobody asked; the purpose is to protect somebody's life.")
    return review(
        "Nobody asked for this, and no purpose is stated.",
        next_step="Name the duty or power that you rely on, or let the safeguarding lead decide.",
        role=SAFEGUARDING_LEAD,
    )
