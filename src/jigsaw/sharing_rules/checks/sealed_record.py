"""Does the item come from a sealed record?"""

from jigsaw.sharing_rules.check import Reply, check, permit
from jigsaw.sharing_rules.left_out import left_out
from jigsaw.sharing_rules.proposed import Proposed
from jigsaw.sharing_rules.roles import SEALED_RECORDS_CUSTODIAN


@check(
    code="sealed-record",
    question="Does it come from a sealed record?",
    source="Caldicott principles (National Data Guardian, eight principles), principle 4, need to know",
    source_date="2020-12-08",
)
def sealed_record(proposed: Proposed) -> Reply:
    """A record is sealed because wider knowledge of it could harm somebody: it is left out of everything.

    PERMIT when the item comes from no sealed record, or was released in two steps: proposed with a reason, then
    released by a second person who is custodian of sealed records. REVIEW by that custodian when its release is
    proposed. DENY when nobody has proposed it.
    """
    if not proposed.item.sealed:
        return permit("The item does not come from a sealed record.")
    return left_out(proposed, "sealed", "The item comes from a sealed record", SEALED_RECORDS_CUSTODIAN)
