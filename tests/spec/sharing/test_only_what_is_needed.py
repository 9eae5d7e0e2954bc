import pytest

CODE = "only-what-is-needed"


def test_one_fact_may_go(ask):
    assert ask(CODE).answer == "PERMIT"


@pytest.mark.parametrize("kind", ["whole_file", "case_file", "full_record"])
def test_a_whole_file_goes_to_a_person(ask, kind):
    assert ask(CODE, item={"kind": kind}).answer == "REVIEW"


def test_nothing_cannot_be_shared(ask):
    finding = ask(CODE, item={"released_text": "  "})
    assert finding.answer == "DENY"
    assert "withhold" in finding.next_step
