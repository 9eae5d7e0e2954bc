import pytest

CODE = "fact-or-opinion"


@pytest.mark.parametrize("how_known", ["fact", "opinion", "reported", "child"])
def test_the_reader_is_told_how_it_is_known(ask, how_known):
    assert ask(CODE, item={"how_known": how_known}).answer == "PERMIT"


@pytest.mark.parametrize("how_known", ["", "probably"])
def test_it_must_not_go_when_nobody_can_tell_fact_from_opinion(ask, how_known):
    finding = ask(CODE, item={"how_known": how_known})
    assert finding.answer == "DENY"
    assert finding.next_step.startswith("Say how it is known")


def test_it_must_not_go_without_a_source(ask):
    assert ask(CODE, item={"source": " "}).answer == "DENY"
