CODE = "adoption-record"


def test_another_record_may_go(ask):
    assert ask(CODE, item={"sealed": True}).answer == "PERMIT"


def test_an_adoption_record_goes_by_the_adoption_manager_alone(ask):
    finding = ask(CODE, item={"adoption": True})
    assert (finding.answer, finding.review_role) == ("REVIEW", "adoption_manager")
