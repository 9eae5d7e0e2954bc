from datetime import date

import pytest

from jigsaw.sharing_rules.proposed import Party

CODE = "gateway-is-open"
POLICE = Party("Sharetown Police", "PO")
SCHOOL = Party("Oakfield School", "ED")
CHARITY = Party("Sharetown Young Voices", "VC")


def test_no_particular_power_need_be_named(ask):
    assert ask(CODE, decision={"gateway": ""}).answer == "PERMIT"


@pytest.mark.parametrize(("day", "answer"), [(date(2026, 9, 29), "DENY"), (date(2026, 9, 30), "PERMIT")])
def test_the_duty_to_share_counts_from_its_first_day(ask, day, answer):
    assert ask(CODE, today=day, decision={"gateway": "s16LA"}).answer == answer


def test_before_its_first_day_the_day_is_told(ask):
    assert (
        "before 30 September 2026" in ask(CODE, today=date(2026, 9, 29), decision={"gateway": "s16LA"}).words
    )


def test_a_repealed_power_cannot_be_relied_on(ask):
    finding = ask(CODE, decision={"gateway": "s14B"})
    assert finding.answer == "DENY"
    assert "ended on 29 June 2018" in finding.words


def test_a_power_without_a_first_day_cannot_be_relied_on(ask):
    assert ask(CODE, decision={"gateway": "s16LC"}).answer == "DENY"


def test_a_lawful_basis_is_no_duty_or_power(ask):
    assert ask(CODE, decision={"gateway": "art6_e"}).answer == "REVIEW"


def test_a_power_made_for_something_else_goes_to_a_person(ask):
    assert ask(CODE, decision={"gateway": "care_act_s42"}).answer == "REVIEW"


def test_a_law_that_nobody_has_confirmed_may_be_relied_on_and_says_so(ask, law):
    duty = {"gateway": "s16LA"}
    assert "not yet confirmed" in ask(CODE, decision=duty).words
    assert "not yet confirmed" not in ask(CODE, decision=duty, register=law("s16LA", verified=True)).words


def test_the_duty_to_share_recalls_that_it_yields_to_harm(ask):
    assert "more harm than not sharing" in ask(CODE, decision={"gateway": "s16LA"}).words


def test_an_administrator_s_correction_counts_at_once(ask, law):
    later = law("s16LA", commenced_on="2027-01-01")
    assert ask(CODE, decision={"gateway": "s16LA"}, register=later).answer == "DENY"


def test_a_power_nobody_knows_goes_to_a_person(ask):
    assert ask(CODE, decision={"gateway": "s999"}).answer == "REVIEW"


def test_the_police_may_tell_the_school_after_a_call_to_the_home(ask):
    notice = {"decision": {"gateway": "operation_encompass"}, "request": None}
    assert ask(CODE, holder=POLICE, recipient=SCHOOL, **notice).answer == "PERMIT"


def test_the_police_s_notice_to_schools_does_not_reach_a_charity(ask):
    told = ask(CODE, holder=POLICE, recipient=CHARITY, decision={"gateway": "operation_encompass"})
    assert told.answer == "REVIEW"


def test_a_charity_has_the_duty_to_share_only_when_commissioned(ask):
    commissioned = Party("Sharetown Young Voices", "VC", frozenset({"commissioned_service"}))
    assert ask(CODE, holder=commissioned, decision={"gateway": "s16LA"}).answer == "PERMIT"
    assert ask(CODE, holder=CHARITY, decision={"gateway": "s16LA"}).answer == "REVIEW"


def test_a_charity_receives_under_the_duty_to_share_only_when_commissioned(ask):
    assert ask(CODE, recipient=CHARITY, decision={"gateway": "s16LA"}).answer == "REVIEW"


def test_a_charity_needs_no_commission_to_rely_on_the_common_law(ask):
    assert ask(CODE, holder=CHARITY, decision={"gateway": "common_law"}).answer == "PERMIT"
