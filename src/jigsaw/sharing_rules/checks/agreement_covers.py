"""Does an agreement between the partners cover this release?"""

from jigsaw.sharing_rules.agreements import AgreementAnswer
from jigsaw.sharing_rules.check import Reply, check, permit
from jigsaw.sharing_rules.finding import Answer
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import SAFEGUARDING_LEAD
from jigsaw.sharing_rules.vocabulary import CONTENT


@check(
    code="agreement-covers",
    question="Does an agreement cover it?",
    source="UK Social Care Data Standards, information governance v0.1 (PERMIT, REVIEW and DENY); Information "
    "Commissioner's Office, data sharing code of practice, and its 10 step guide to sharing information to "
    "safeguard children (14 September 2023), steps 6 and 9",
    source_date="2025-10-01",
)
def agreement_covers(proposed: Proposed) -> Reply:
    """Partners agreed beforehand what goes to whom for what; the law may still allow more, and a life comes first.

    PERMIT when an agreement in force allows it; also when none covers it and somebody is in immediate danger,
    and then the words say so. REVIEW by whom the agreement names, and by the safeguarding lead when none covers it
    or when one forbids it and somebody is in immediate danger. DENY when an agreement forbids it; and when none
    allows to show that something is held, because that alone can give somebody away. Of several agreements
    the strictest counts. An agreement is never itself the lawful basis.
    """
    said = proposed.said
    if said.answer is not Answer.PERMIT and proposed.emergency and proposed.mode == CONTENT:
        return _in_danger(said)
    return Reply(said.answer, said.words, said.next_step, said.review_role)


def _in_danger(said: AgreementAnswer) -> Reply:
    """No agreement stops what the law allows where somebody may come to harm now."""
    if not said.covered:
        return permit(f"{said.words} Somebody is in immediate danger: tell the safeguarding lead afterwards.")
    if said.answer is Answer.REVIEW:
        return Reply(said.answer, said.words, said.next_step, said.review_role)
    return Reply(
        Answer.REVIEW,
        f"{said.words} But somebody is in immediate danger, and no agreement stops what the law allows.",
        "Ring the safeguarding lead now; they decide.",
        SAFEGUARDING_LEAD,
    )
