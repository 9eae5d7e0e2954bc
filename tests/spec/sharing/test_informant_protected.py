from jigsaw.sharing_rules.proposed import Party, Release

CODE = "informant-protected"
TOLD = {"informant": True}
PROPOSED = Release(kind="informant", proposed_by="Ros Okafor", reason="She agreed to be named.")


def test_an_item_that_gives_nobody_away_may_go(ask):
    assert ask(CODE).answer == "PERMIT"


def test_who_told_is_left_out_of_everything(ask):
    assert ask(CODE, item=TOLD).answer == "DENY"


def test_at_a_school_the_safeguarding_lead_decides(ask):
    assert ask(CODE, item=TOLD, releases=(PROPOSED,)).review_role == "named_safeguarding_lead"


def test_with_the_police_their_decision_maker_decides(ask):
    police = Party("Sharetown Police", "PO")
    assert ask(CODE, item=TOLD, holder=police, releases=(PROPOSED,)).review_role == "police_decision_maker"
