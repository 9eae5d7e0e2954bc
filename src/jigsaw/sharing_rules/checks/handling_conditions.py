"""May the item be shared only under conditions?"""

from jigsaw.sharing_rules.check import Reply, check, permit, review
from jigsaw.sharing_rules.grading import is_intelligence, parse_grade
from jigsaw.sharing_rules.proposed import Item, Proposed
from jigsaw.sharing_rules.roles import DATA_PROTECTION_OFFICER, POLICE_DECISION_MAKER


@check(
    code="handling-conditions",
    question="Does it carry handling conditions?",
    source="College of Policing, Authorised Professional Practice: intelligence report (3x5x2), handling "
    "codes P and C, paraphrased from secondary sources",
    source_date="2016-01-01",
)
def handling_conditions(proposed: Proposed) -> Reply:
    """What is marked C may be shared only under its conditions, never as one of a bundle.

    PERMIT when it is marked P, and its grade says nothing stricter. REVIEW when either the mark or the
    grade says C: for police information the police decision maker decides. Any other mark is unknown, and
    is treated as C.
    """
    if not _under_conditions(proposed.item):
        return permit("It carries no handling conditions.")
    police = proposed.holder.sector == "PO" or is_intelligence(proposed.item)
    decider = "police decision maker" if police else "data protection officer"
    return review(
        "It may be shared only under conditions.",
        next_step=f"Ask the {decider}, and send the conditions with it.",
        role=POLICE_DECISION_MAKER if police else DATA_PROTECTION_OFFICER,
    )


def _under_conditions(item: Item) -> bool:
    grade = parse_grade(item.police_grading or "")
    return item.handling != "P" or (grade is not None and grade.handling == "C")
