"""A decision not to share: what makes it complete, and when nobody makes it alone."""

from datetime import date

import pytest

from jigsaw.sharing_rules.may_withhold import CHECKS, may_withhold


def test_a_complete_decision_to_withhold_stands(withhold):
    verdict = may_withhold(withhold())
    assert verdict.answer == "PERMIT"
    assert [finding.check for finding in verdict.findings] == [check.code for check in CHECKS]


@pytest.mark.parametrize("kind", ["", "we never share"])
def test_a_ground_nobody_knows_does_not_stand(ask_withholding, kind):
    assert ask_withholding("withholding-kind", kind=kind).answer == "DENY"


@pytest.mark.parametrize("reasons", ["", "no", "data protection"])
def test_a_ground_without_reasons_does_not_stand(ask_withholding, reasons):
    assert ask_withholding("withholding-reasons", reasons=reasons).answer == "DENY"


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, "PERMIT"),
        ({"review_trigger": " "}, "DENY"),
        ({"review_on": date(2026, 10, 13)}, "DENY"),
        ({"review_on": date(2026, 10, 14)}, "PERMIT"),
        ({"kind": "awaiting_advice"}, "DENY"),
        ({"kind": "awaiting_advice", "review_on": date(2026, 10, 15), "advice_from": ""}, "DENY"),
        ({"kind": "awaiting_advice", "review_on": date(2026, 10, 15)}, "PERMIT"),
    ],
)
def test_what_would_make_the_holder_think_again(ask_withholding, changes, answer):
    assert ask_withholding("withholding-is-looked-at-again", **changes).answer == answer


@pytest.mark.parametrize(
    "changes", [{"gateway": "s16LA"}, {"kind": "detriment_to_child"}, {"request": {"purpose_code": "s16LA"}}]
)
def test_under_the_duty_harm_to_the_child_must_be_weighed(ask_withholding, changes):
    assert ask_withholding("withholding-detriment", **changes).answer == "DENY"
    assert ask_withholding("withholding-detriment", **changes, detriment_considered=True).answer == "PERMIT"


def test_without_the_duty_nothing_need_be_weighed(ask_withholding):
    assert ask_withholding("withholding-detriment").answer == "PERMIT"


def test_the_requester_must_be_told_something(ask_withholding):
    assert ask_withholding("withholding-words-protect", words_for_requester="").answer == "DENY"


@pytest.mark.parametrize("words", ["We protect Alma Dray.", "We protect Alma."])
def test_the_requester_must_not_learn_whom_it_protects(ask_withholding, words):
    changes = {"words_for_requester": words, "identities_to_protect": ("Alma Dray",)}
    assert ask_withholding("withholding-words-protect", **changes).answer == "DENY"


def test_nobody_withholds_from_a_section_47_enquiry_alone(ask_withholding):
    alone = ask_withholding("withholding-in-enquiry", advice_from="")
    assert (alone.answer, alone.review_role) == ("REVIEW", "named_safeguarding_lead")


@pytest.mark.parametrize(
    "changes",
    [
        {"advice_from": "the named nurse"},
        {"advice_from": "", "decider_roles": frozenset({"named_safeguarding_lead"})},
        {"advice_from": "", "request": {"purpose_code": "s17"}},
        {"advice_from": "", "request": None},
    ],
)
def test_with_advice_or_outside_such_an_enquiry_a_practitioner_may(ask_withholding, changes):
    assert ask_withholding("withholding-in-enquiry", **changes).answer == "PERMIT"


PRIVILEGED = {"kind": "legal_privilege", "advice_from": ""}


def test_any_practitioner_may_find_that_something_is_not_relevant(ask_withholding):
    assert ask_withholding("withholding-decider", kind="not_relevant", advice_from="").answer == "PERMIT"


def test_nobody_decides_alone_that_something_is_privileged(ask_withholding):
    alone = ask_withholding("withholding-decider", **PRIVILEGED)
    assert (alone.answer, alone.review_role) == ("REVIEW", "data_protection_officer")


@pytest.mark.parametrize(
    "changes",
    [{"advice_from": "our solicitor"}, {"decider_roles": frozenset({"data_protection_officer"})}],
)
def test_whoever_decides_such_a_ground_or_was_asked_may(ask_withholding, changes):
    assert ask_withholding("withholding-decider", **{**PRIVILEGED, **changes}).answer == "PERMIT"


def test_a_recognised_ground_stands(ask_withholding):
    finding = ask_withholding("withholding-kind", kind="third_party_confidence")
    assert finding.answer == "PERMIT"
    assert "in confidence by a third party" in finding.words


def test_reasons_in_a_sentence_stand(ask_withholding):
    assert ask_withholding("withholding-reasons", reasons="It bears on nobody here.").answer == "PERMIT"


def test_a_decision_that_says_when_to_think_again_stands(ask_withholding):
    said = {"review_trigger": "If she moves away.", "review_on": None}
    assert ask_withholding("withholding-is-looked-at-again", **said).answer == "PERMIT"
