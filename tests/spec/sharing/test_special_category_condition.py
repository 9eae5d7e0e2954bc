import pytest

CODE = "special-category-condition"
SENSITIVE = {"special_category": True}


def test_attendance_needs_no_condition(ask):
    assert ask(CODE).answer == "PERMIT"


@pytest.mark.parametrize("why", ["cannot", "not_reasonable", "prejudice"])
def test_safeguarding_condition_with_its_reason(ask, why):
    decision = {"condition": "art9_g_sch1_18", "sch1_18_reason": why}
    assert ask(CODE, item=SENSITIVE, decision=decision).answer == "PERMIT"


@pytest.mark.parametrize("why", ["", "could not be bothered"])
def test_safeguarding_condition_without_its_reason_must_not_go(ask, why):
    decision = {"condition": "art9_g_sch1_18", "sch1_18_reason": why}
    assert ask(CODE, item=SENSITIVE, decision=decision).answer == "DENY"


def test_health_without_a_condition_must_not_go(ask):
    assert ask(CODE, item=SENSITIVE).answer == "DENY"


def test_care_needs_no_safeguarding_reason(ask):
    assert ask(CODE, item=SENSITIVE, decision={"condition": "art9_h"}).answer == "PERMIT"


@pytest.mark.parametrize(
    "decision", [{"condition": "art9_z"}, {"condition": "art9_h", "part3": True}, {"condition": "sch8_4"}]
)
def test_a_condition_of_another_regime_goes_to_a_person(ask, decision):
    assert ask(CODE, item=SENSITIVE, decision=decision).answer == "REVIEW"


def test_the_police_use_the_law_enforcement_condition(ask):
    assert ask(CODE, item=SENSITIVE, decision={"condition": "sch8_4", "part3": True}).answer == "PERMIT"
