from datetime import date

CODE = "purpose-is-stated"


def test_a_live_section_47_request_is_a_purpose(ask):
    assert ask(CODE).answer == "PERMIT"


def test_a_closed_request_is_no_purpose(ask):
    finding = ask(CODE, request={"live": False})
    assert finding.answer == "DENY"
    assert "new request" in finding.next_step


def test_a_purpose_nobody_knows_goes_to_the_safeguarding_lead(ask):
    finding = ask(CODE, request={"purpose_code": "curiosity"})
    assert (finding.answer, finding.review_role) == ("REVIEW", "named_safeguarding_lead")


def test_a_duty_to_tell_is_a_purpose_though_nobody_asked(ask):
    assert ask(CODE, request=None, decision={"gateway": "s16LA"}).answer == "PERMIT"


def test_saving_a_life_is_a_purpose_though_nobody_asked(ask):
    assert ask(CODE, request=None, decision={"gateway": "", "lawful_basis": "art6_d"}).answer == "PERMIT"


def test_unasked_and_without_a_duty_goes_to_a_person(ask):
    assert ask(CODE, request=None, decision={"gateway": ""}).answer == "REVIEW"


def test_a_duty_that_is_not_in_force_is_no_purpose(ask):
    early = ask(CODE, request=None, today=date(2026, 9, 29), decision={"gateway": "s16LA"})
    assert early.answer == "REVIEW"
