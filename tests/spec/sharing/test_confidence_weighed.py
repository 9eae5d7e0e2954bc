import pytest

from jigsaw.sharing_rules.proposed import Party

CODE = "confidence-weighed"
SURGERY = Party("Mill Lane Surgery", "HE")
ILLNESS = {"kind": "gp_contact", "special_category": True}
WEIGHED = "His drinking puts her at risk at night."


@pytest.mark.parametrize(
    "decision",
    [
        {"gateway": "s47"},
        {"gateway": "", "consent_result": "given"},
        {"gateway": "", "lawful_basis": "art6_d"},
        {"gateway": "", "public_interest": WEIGHED},
        {"gateway": "common_law", "public_interest": WEIGHED},
    ],
)
def test_a_surgery_may_tell_by_duty_with_consent_for_a_life_or_in_the_public_interest(ask, decision):
    assert ask(CODE, holder=SURGERY, item=ILLNESS, decision=decision).answer == "PERMIT"


@pytest.mark.parametrize(
    "decision",
    [
        {"gateway": ""},
        {"gateway": "common_law"},
        {"gateway": "s14B"},
        {"gateway": "", "consent_result": "refused"},
        {"gateway": "", "service_consent": "given"},
    ],
)
def test_otherwise_the_Caldicott_Guardian_decides(ask, decision):
    finding = ask(CODE, holder=SURGERY, item=ILLNESS, decision=decision)
    assert (finding.answer, finding.review_role) == ("REVIEW", "caldicott_guardian")


def test_attendance_at_school_was_not_told_in_confidence(ask):
    assert ask(CODE, decision={"gateway": ""}).answer == "PERMIT"
