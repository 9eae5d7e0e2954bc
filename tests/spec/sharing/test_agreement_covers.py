from copy import deepcopy
from datetime import date

import pytest

from jigsaw.sharing_rules import agreements
from jigsaw.sharing_rules.may_share import may_share
from jigsaw.sharing_rules.proposed import Party

CODE = "agreement-covers"
SHARETOWN = frozenset({"E06999991"})
POLICE = Party("Sharetown Police", "PO", code="POL", authorities=SHARETOWN)
HOUSING = Party("Sharetown Homes", "HO", code="HOU", authorities=SHARETOWN)
FAR_AWAY = Party("Children's Services far away", "SC", code="FAR", authorities=frozenset({"E06999999"}))
INTELLIGENCE = {"kind": "intelligence", "police_grading": "2BP"}
IN_DANGER = {"purpose_code": "immediate_danger"}


def agreed(*documents):
    return agreements.compiled([agreements.read(document) for document in documents])


def test_what_the_partners_agreed_may_go_and_the_clause_is_named(ask):
    finding = ask(CODE)
    assert finding.answer == "PERMIT"
    assert "clause 1.2" in finding.words


def test_what_they_left_to_a_person_goes_to_that_person(ask):
    finding = ask(CODE, holder=POLICE, item=INTELLIGENCE)
    assert (finding.answer, finding.review_role) == ("REVIEW", "police_decision_maker")


def test_what_they_agreed_not_to_share_must_not_go(ask):
    finding = ask(CODE, recipient=HOUSING, item={"kind": "camhs_contact"})
    assert finding.answer == "DENY"
    assert "clause 2.4" in finding.words


def test_intelligence_must_not_serve_to_offer_help(ask):
    helping = ask(CODE, holder=POLICE, item=INTELLIGENCE, request={"purpose_code": "family_help"})
    assert helping.answer == "DENY"


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": FAR_AWAY},
        {"recipient": Party("Sharetown Children's Services", "SC")},
        {"item": {"kind": "something new"}},
        {"request": {"purpose_code": "curiosity"}},
        {"agreements": agreed()},
    ],
)
def test_outside_every_agreement_the_safeguarding_lead_decides(ask, changes):
    finding = ask(CODE, **changes)
    assert (finding.answer, finding.review_role) == ("REVIEW", "named_safeguarding_lead")
    assert "not what makes sharing lawful" in finding.words


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (date(2025, 12, 31), "REVIEW"),
        (date(2026, 1, 1), "PERMIT"),
        (date(2028, 12, 31), "PERMIT"),
        (date(2029, 1, 1), "REVIEW"),
    ],
)
def test_an_agreement_counts_from_its_first_to_its_last_day(ask, day, answer):
    assert ask(CODE, today=day).answer == answer


def test_an_agreement_that_has_ended_says_when(ask):
    assert "until 31 December 2028, and has ended" in ask(CODE, today=date(2029, 5, 1)).words


def test_no_missing_agreement_holds_up_help_in_immediate_danger(ask):
    finding = ask(CODE, recipient=FAR_AWAY, request=IN_DANGER)
    assert finding.answer == "PERMIT"
    assert "tell the safeguarding lead afterwards" in finding.words


def test_what_an_agreement_forbids_goes_to_the_lead_in_immediate_danger(ask):
    finding = ask(CODE, recipient=HOUSING, item={"kind": "camhs_contact"}, request=IN_DANGER)
    assert (finding.answer, finding.review_role) == ("REVIEW", "named_safeguarding_lead")


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"item": {"category": "existence"}}, "PERMIT"),
        ({"item": {"category": "existence"}, "recipient": HOUSING}, "DENY"),
        ({"item": {"category": "existence"}, "today": date(2029, 1, 1)}, "DENY"),
        ({"item": {"category": "intelligence"}, "holder": POLICE}, "DENY"),
        ({"item": {"category": "existence"}, "recipient": FAR_AWAY, "request": IN_DANGER}, "DENY"),
    ],
)
def test_that_something_is_held_is_shown_only_where_partners_agreed(ask, changes, answer):
    assert ask(CODE, mode="EXISTENCE", **changes).answer == answer


def test_where_two_agreements_differ_the_stricter_counts(ask, sharetown):
    other = deepcopy(sharetown)
    other["identifier"]["value"] = "OTHER"
    forbids = {**other["defaults"][1], "effect": "prohibit", "words": "Not by this one"}
    other["defaults"], other["exceptions"] = [forbids], []
    finding = ask(CODE, agreements=agreed(sharetown, other))
    assert finding.answer == "DENY"
    assert "Not by this one" in finding.words
    assert finding.words.endswith("clause 1.2, allows it: the stricter counts.")


def test_changing_the_agreement_changes_the_verdict_and_the_old_one_still_tells_its_version(
    propose, sharetown
):
    before = may_share(propose())
    new = deepcopy(sharetown)
    new |= {"version": 2, "startDate": "2026-10-10"}
    new["defaults"][1]["effect"] = "prohibit"
    new["exceptions"] = []
    after = may_share(propose(agreements=agreed(sharetown, new)))
    assert (before.answer, before.made_under.relied_on) == ("PERMIT", "SHARETOWN-CSA v1 clause 1.2")
    assert (after.answer, after.made_under.relied_on) == ("DENY", "SHARETOWN-CSA v2 clause 1.2")
    assert after.made_under.agreements == ("SHARETOWN-CSA v2",)


def test_duties_and_restrictions_travel_with_what_is_shared(propose):
    terms = may_share(propose()).terms
    assert any("within 24 hours" in duty for duty in terms.duties)
    assert any("immigration" in restriction for restriction in terms.restrictions)
