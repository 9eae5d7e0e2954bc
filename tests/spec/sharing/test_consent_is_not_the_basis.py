CODE = "consent-is-not-the-basis"


def test_public_task_needs_no_consent(ask):
    assert ask(CODE).answer == "PERMIT"


def test_a_family_s_refusal_alone_does_not_stop_protection_but_is_said(ask):
    finding = ask(CODE, decision={"consent_sought": "sought", "consent_result": "refused"})
    assert finding.answer == "PERMIT"
    assert "did not agree" in finding.words


def test_nobody_is_said_to_refuse_who_was_not_asked(ask):
    assert "did not agree" not in ask(CODE).words


def test_consent_as_the_basis_is_looked_at_by_a_person(ask):
    finding = ask(CODE, decision={"lawful_basis": "art6_a"})
    assert (finding.answer, finding.review_role) == ("REVIEW", "data_protection_officer")


def test_explicit_consent_as_the_condition_is_looked_at_too(ask):
    assert ask(CODE, decision={"condition": "art9_a"}).answer == "REVIEW"


def test_agreeing_to_a_service_is_not_agreeing_to_sharing(ask):
    finding = ask(CODE, decision={"lawful_basis": "art6_a", "service_consent": "given"})
    assert finding.answer == "REVIEW"
    assert "agreed to a service, not to sharing" in finding.words


def test_agreeing_to_a_service_changes_nothing_where_sharing_rests_on_the_law(ask):
    finding = ask(CODE, decision={"service_consent": "given"})
    assert finding.answer == "PERMIT"
    assert "another matter" in finding.words
