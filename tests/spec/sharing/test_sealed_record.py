CODE = "sealed-record"


def test_an_open_record_may_go(ask):
    assert ask(CODE).answer == "PERMIT"


def test_a_sealed_record_goes_by_its_custodian_alone(ask):
    finding = ask(CODE, item={"sealed": True})
    assert (finding.answer, finding.review_role) == ("REVIEW", "sealed_records_custodian")
