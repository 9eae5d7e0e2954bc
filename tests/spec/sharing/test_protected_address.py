from jigsaw.sharing_rules.proposed import Release

CODE = "protected-address"
HIDDEN = {"protected_address": True}
PROPOSED = Release(kind="protected_address", proposed_by="Ros Okafor", reason="The police must find her.")


def test_any_other_item_may_go(ask):
    assert ask(CODE).answer == "PERMIT"


def test_where_somebody_hides_is_left_out_of_everything(ask):
    assert ask(CODE, item=HIDDEN).answer == "DENY"


def test_once_proposed_the_safeguarding_lead_decides(ask):
    assert ask(CODE, item=HIDDEN, releases=(PROPOSED,)).review_role == "named_safeguarding_lead"
