from jigsaw.sharing_rules.proposed import Party

CODE = "police-source-not-named"
POLICE = Party("Sharetown Police", "PO")


def intelligence(text):
    return {"kind": "intelligence", "source": "Alma Dray", "police_grading": "2BP", "released_text": text}


def test_intelligence_that_hides_its_source_may_go(ask):
    assert ask(CODE, holder=POLICE, item=intelligence("Drugs are sold at the address.")).answer == "PERMIT"


def test_intelligence_that_names_its_source_must_not_go(ask):
    finding = ask(CODE, holder=POLICE, item=intelligence("DRAY, Alma says drugs are sold there."))
    assert finding.answer == "DENY"
    assert "Dray" not in finding.words + finding.next_step


def test_intelligence_that_hints_at_its_source_goes_to_the_police_decision_maker(ask):
    assert ask(CODE, holder=POLICE, item=intelligence("Alma saw it.")).review_role == "police_decision_maker"


def test_a_school_may_name_its_source(ask):
    named = {"source": "Mr Okoro", "released_text": "Mr Okoro saw the bruise."}
    assert ask(CODE, item=named).answer == "PERMIT"
