CODE = "documents-protect"


def leaving(number, *identities):
    return {"unread_documents": number, "identities_to_protect": identities}


def test_without_a_document_there_is_nothing_to_read(ask):
    assert ask(CODE, item=leaving(0, "Alma Dray")).answer == "PERMIT"


def test_a_letter_may_go_where_no_name_is_noted(ask):
    assert ask(CODE, item=leaving(1)).answer == "PERMIT"


def test_a_letter_goes_to_a_person_where_a_name_must_not_leave(ask):
    finding = ask(CODE, item=leaving(1, "Alma Dray"))
    assert (finding.answer, finding.review_role) == ("REVIEW", "named_safeguarding_lead")
    assert "Alma" not in finding.words + finding.next_step
