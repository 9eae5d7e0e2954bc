from datetime import date

import pytest

from jigsaw.sharing_rules.proposed import Party

CODE = "gateway-is-open"
POLICE = Party("Sharetown Police", "PO")
SCHOOL = Party("Oakfield School", "ED")
CHARITY = Party("Sharetown Young Voices", "VC")


def test_no_particular_power_need_be_named(ask):
    assert ask(CODE, decision={"gateway": ""}).answer == "PERMIT"


@pytest.mark.parametrize(("day", "answer"), [(date(2026, 9, 29), "REVIEW"), (date(2026, 9, 30), "PERMIT")])
def test_the_duty_to_share_counts_from_its_first_day(ask, day, answer):
    assert ask(CODE, today=day, decision={"gateway": "s16LA"}).answer == answer


def test_a_repealed_power_goes_to_a_person(ask):
    assert ask(CODE, decision={"gateway": "s14B"}).answer == "REVIEW"


def test_a_power_nobody_knows_goes_to_a_person(ask):
    assert ask(CODE, decision={"gateway": "s999"}).answer == "REVIEW"


def test_the_police_may_tell_the_school_after_a_call_to_the_home(ask):
    assert (
        ask(CODE, holder=POLICE, recipient=SCHOOL, decision={"gateway": "operation_encompass"}).answer
        == "PERMIT"
    )


def test_the_police_s_notice_to_schools_does_not_reach_a_charity(ask):
    told = ask(CODE, holder=POLICE, recipient=CHARITY, decision={"gateway": "operation_encompass"})
    assert told.answer == "REVIEW"


def test_a_charity_has_the_duty_to_share_only_when_commissioned(ask):
    commissioned = Party("Sharetown Young Voices", "VC", frozenset({"commissioned_service"}))
    assert ask(CODE, holder=commissioned, decision={"gateway": "s16LA"}).answer == "PERMIT"
    assert ask(CODE, holder=CHARITY, decision={"gateway": "s16LA"}).answer == "REVIEW"


def test_a_charity_needs_no_commission_to_rely_on_the_common_law(ask):
    assert ask(CODE, holder=CHARITY, decision={"gateway": "common_law"}).answer == "PERMIT"
