CODE = "concerns-people-asked-about"


def test_about_the_child_asked_about(ask):
    assert ask(CODE).answer == "PERMIT"


def test_about_a_parent_asked_about(ask):
    assert ask(CODE, item={"about_child": False, "about_adult_only": True}).answer == "PERMIT"


def test_another_family_s_facts_must_not_go(ask):
    finding = ask(CODE, request={"subjects_match": False})
    assert finding.answer == "DENY"
    assert "right person" in finding.next_step


def test_an_adult_s_facts_that_nobody_asked_for_go_to_a_person(ask):
    unasked = ask(CODE, request=None, item={"about_child": False, "about_adult_only": True})
    assert unasked.answer == "REVIEW"


def test_a_child_s_facts_may_go_unasked(ask):
    assert ask(CODE, request=None).answer == "PERMIT"
