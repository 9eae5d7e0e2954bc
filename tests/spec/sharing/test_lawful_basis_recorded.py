from datetime import date

import pytest

from jigsaw.sharing_rules.proposed import Party

CODE = "lawful-basis-recorded"
CHARITY = Party("Sharetown Young Voices", "VC")


@pytest.mark.parametrize("basis", ["art6_c", "art6_d", "art6_e"])
def test_a_school_may_rely_on_its_task_on_a_duty_and_where_life_is_at_risk(ask, basis):
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


@pytest.mark.parametrize(("day", "answer"), [(date(2026, 2, 4), "DENY"), (date(2026, 2, 5), "PERMIT")])
def test_recognised_legitimate_interests_count_for_a_charity_from_their_first_day(ask, day, answer):
    recognised = {"lawful_basis": "art6_ea", "gateway": ""}
    assert ask(CODE, holder=CHARITY, today=day, decision=recognised).answer == answer


def test_a_duty_is_no_lawful_basis(ask):
    assert ask(CODE, decision={"lawful_basis": "s47"}).answer == "REVIEW"
