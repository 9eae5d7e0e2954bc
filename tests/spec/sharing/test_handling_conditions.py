import pytest

from jigsaw.sharing_rules.may_share import may_share
from jigsaw.sharing_rules.proposed import Party

CODE = "handling-conditions"
POLICE = Party("Sharetown Police", "PO")


def test_marked_P_may_go(ask):
    assert ask(CODE, holder=POLICE, item={"police_grading": "2BP"}).answer == "PERMIT"


@pytest.mark.parametrize("item", [{"handling": "C"}, {"police_grading": "2BC"}, {"handling": "?"}])
def test_marked_C_goes_to_the_police_decision_maker(ask, item):
    finding = ask(CODE, holder=POLICE, item=item)
    assert (finding.answer, finding.review_role) == ("REVIEW", "police_decision_maker")


def test_police_conditions_follow_the_item_into_a_school(ask):
    assert ask(CODE, item={"police_grading": "2BC"}).review_role == "police_decision_maker"


def test_a_school_s_own_conditions_go_to_its_data_protection_officer(ask):
    assert ask(CODE, item={"handling": "C"}).review_role == "data_protection_officer"


def test_what_is_marked_C_never_joins_a_bundle_by_itself(ask):
    bundled = ask(CODE, holder=POLICE, item={"police_grading": "2BC"}, bundled=True)
    assert bundled.answer == "DENY"
    assert "Take it out of the bundle" in bundled.next_step


def test_what_is_marked_P_may_be_one_of_a_bundle(ask):
    assert ask(CODE, holder=POLICE, item={"police_grading": "2BP"}, bundled=True).answer == "PERMIT"


def test_handling_conditions_travel_with_the_item(propose):
    item = {"police_grading": "2BC", "handling_conditions": ("A1", "S2")}
    assert may_share(propose(holder=POLICE, item=item)).terms.handling_conditions == ("A1", "S2")
