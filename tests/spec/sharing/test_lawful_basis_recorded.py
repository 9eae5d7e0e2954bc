import pytest

from jigsaw.sharing_rules.proposed import Party

CODE = "lawful-basis-recorded"
CHARITY = Party("Sharetown Young Voices", "VC")


@pytest.mark.parametrize("basis", ["art6_c", "art6_d", "art6_e"])
def test_a_school_may_rely_on_duty_life_or_task(ask, basis):
    assert ask(CODE, decision={"lawful_basis": basis}).answer == "PERMIT"


def test_a_charity_may_rely_on_legitimate_interests(ask):
    assert ask(CODE, holder=CHARITY, decision={"lawful_basis": "art6_f"}).answer == "PERMIT"


@pytest.mark.parametrize("basis", ["art6_f", "art6_ea", "art6_b", "because"])
def test_a_school_that_relies_on_these_is_asked_to_check(ask, basis):
    finding = ask(CODE, decision={"lawful_basis": basis})
    assert (finding.answer, finding.review_role) == ("REVIEW", "data_protection_officer")


@pytest.mark.parametrize("basis", ["", "  "])
def test_nothing_goes_without_a_basis(ask, basis):
    assert ask(CODE, decision={"lawful_basis": basis}).answer == "DENY"


def test_a_legal_obligation_must_be_named(ask):
    assert ask(CODE, decision={"lawful_basis": "art6_c", "gateway": ""}).answer == "DENY"
