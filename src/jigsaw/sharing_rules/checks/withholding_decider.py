"""Does whoever decides this ground decide it?"""

from jigsaw.sharing_rules.check import Reply, check, permit, review
from jigsaw.sharing_rules.proposed import Withholding
from jigsaw.sharing_rules.roles import ROLE_WORDS
from jigsaw.sharing_rules.withholding import GROUNDS


@check(
    code="withholding-decider",
    question="Does the right person decide?",
    source="Information Commissioner's Office, data sharing code of practice, Annex B (decision form: decided by); "
    "who decides each ground is this hub's own list",
    source_date="2021-10-05",
)
def withholding_decider(withholding: Withholding) -> Reply:
    """Some grounds are no matter for one practitioner alone: privilege, adoption, investigations, serious harm.

    PERMIT when the ground is one that any practitioner may decide, when whoever decides holds the role for it, or
    when their advice is recorded. REVIEW by that role otherwise.
    """
    ground = GROUNDS.get(withholding.kind)
    if ground is None or not ground.decided_by:
        return permit("The ground is one that any practitioner may decide.")
    if ground.decided_by in withholding.decider_roles or withholding.advice_from.strip():
        return permit(f"The {ROLE_WORDS[ground.decided_by]} decides, or was asked for advice.")
    decider = ROLE_WORDS[ground.decided_by]
    return review(
        "The ground is one that no practitioner decides alone.",
        next_step=f"Ask the {decider}, who decides.",
        role=ground.decided_by,
    )
