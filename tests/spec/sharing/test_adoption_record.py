from jigsaw.sharing_rules.proposed import Release

CODE = "adoption-record"
PROPOSED = Release(kind="adoption", proposed_by="Ros Okafor", reason="She may be in danger there.")


def test_another_record_may_go(ask):
    assert ask(CODE, item={"sealed": True}).answer == "PERMIT"


def test_an_adoption_record_is_left_out_of_everything(ask):
    finding = ask(CODE, item={"adoption": True})
    assert finding.answer == "DENY"
    assert "propose its release" in finding.next_step


def test_once_proposed_the_adoption_manager_decides(ask):
    finding = ask(CODE, item={"adoption": True}, releases=(PROPOSED,))
    assert (finding.answer, finding.review_role) == ("REVIEW", "adoption_manager")
