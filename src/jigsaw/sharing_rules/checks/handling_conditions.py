"""May the item be shared only under conditions?"""

from jigsaw.sharing_rules.check import Reply, check, deny, permit, review
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
    grade says C: for police information the police decision maker decides, and the conditions travel with it. DENY
    when it is marked C and came along in a bundle, without anybody choosing it by itself. Any other mark is
    unknown, and is treated as C.
    """
    item = proposed.item
    if not under_conditions(item):
        return permit("It carries no handling conditions.")
    if proposed.bundled:
        return deny(
            "It may be shared only under conditions, and came along in a bundle.",
            next_step="Take it out of the bundle, or choose it by itself with its conditions.",
        )
    police = proposed.holder.sector == "PO" or is_intelligence(item)
    decider = "police decision maker" if police else "data protection officer"
    return review(
        "It may be shared only under conditions.",
        next_step=f"Ask the {decider}, and send the conditions with it{_stated(item)}.",
        role=POLICE_DECISION_MAKER if police else DATA_PROTECTION_OFFICER,
        private=bool(item.handling_conditions),
    )


def _stated(item: Item) -> str:
    return f": {'; '.join(item.handling_conditions)}" if item.handling_conditions else ""


def under_conditions(item: Item) -> bool:
    """Whether its mark or its grade says C, or its mark is unknown."""
    grade = parse_grade(item.police_grading or "")
    return item.handling != "P" or (grade is not None and grade.handling == "C")
