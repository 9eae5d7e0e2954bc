"""Does the item come from a sealed record?"""

from jigsaw.sharing_rules.check import Reply, check, permit, review
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import SEALED_RECORDS_CUSTODIAN


@check(
    code="sealed-record",
    question="Does it come from a sealed record?",
    source="Caldicott principles (National Data Guardian, eight principles), principle 4, need to know",
    source_date="2020-12-08",
)
def sealed_record(proposed: Proposed) -> Reply:
    """A record is sealed because wider knowledge of it could harm somebody.

    PERMIT when the item comes from no sealed record. REVIEW when it does: the custodian of sealed records
    decides. It never denies: a child's safety may still require it.
    """
    if not proposed.item.sealed:
        return permit("The item does not come from a sealed record.")
    return review(
        "The item comes from a sealed record.",
        next_step="Ask the custodian of sealed records to decide.",
        role=SEALED_RECORDS_CUSTODIAN,
    )
