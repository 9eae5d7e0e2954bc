import pytest

CODE = "family-told"


@pytest.mark.parametrize(
    "decision",
    [
        {"told_family": "told"},
        {"told_family": "will_tell"},
        {"told_family": "not_told", "told_why": "It may put her at risk."},
    ],
)
def test_the_family_was_told_or_it_is_recorded_why_not(ask, decision):
    assert ask(CODE, decision=decision).answer == "PERMIT"


@pytest.mark.parametrize("decision", [{"told_family": ""}, {"told_family": "not_told", "told_why": " "}])
def test_silence_about_the_family_must_be_filled(ask, decision):
    assert ask(CODE, decision=decision).answer == "DENY"
