from jigsaw.sharing_rules.may_share import may_share
from jigsaw.sharing_rules.proposed import Party

CODE = "police-regime"
POLICE = Party("Sharetown Police", "PO", frozenset({"safeguarding_partner"}))
INTELLIGENCE = {"kind": "intelligence", "police_grading": "2BP"}


def test_the_police_may_share_where_a_law_allows_it(ask):
    assert ask(CODE, holder=POLICE, item=INTELLIGENCE, decision={"part3": True}).answer == "PERMIT"


def test_the_police_must_not_share_where_no_law_is_named(ask):
    finding = ask(CODE, holder=POLICE, item=INTELLIGENCE, decision={"part3": True, "gateway": ""})
    assert finding.answer == "DENY"
    assert "duty or power" in finding.next_step


def test_intelligence_outside_Part_3_is_looked_at_by_the_police(ask):
    finding = ask(CODE, holder=POLICE, item=INTELLIGENCE)
    assert (finding.answer, finding.review_role) == ("REVIEW", "police_decision_maker")


def test_a_school_that_was_given_intelligence_asks_before_it_passes_it_on(ask):
    finding = ask(CODE, item=INTELLIGENCE)
    assert (finding.answer, finding.review_role) == ("REVIEW", "police_decision_maker")
    assert "force it came from" in finding.next_step


def test_a_school_does_not_claim_Part_3(ask):
    assert ask(CODE, decision={"part3": True}).review_role == "data_protection_officer"


def test_a_school_shares_its_own_facts_under_the_general_regime(ask):
    assert ask(CODE).answer == "PERMIT"


def test_the_recipient_holds_it_under_the_general_regime(ask, propose):
    finding = ask(CODE, holder=POLICE, item=INTELLIGENCE, decision={"part3": True})
    assert "under UK GDPR, not Part 3" in finding.words
    shared = propose(holder=POLICE, item=INTELLIGENCE, decision={"part3": True})
    assert may_share(shared).terms.regime == "uk_gdpr"


def test_between_police_and_police_the_regime_stays(propose):
    shared = propose(holder=POLICE, recipient=POLICE, item=INTELLIGENCE, decision={"part3": True})
    assert may_share(shared).terms.regime == "part3"
