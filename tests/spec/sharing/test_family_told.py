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


def test_not_telling_the_family_needs_its_reason(ask):
    finding = ask(CODE, decision={"told_family": "not_told", "told_why": " "})
    assert finding.answer == "DENY"
    assert "unsafe" in finding.next_step


def test_silence_about_the_family_must_be_filled(ask):
    finding = ask(CODE, decision={"told_family": ""})
    assert finding.answer == "DENY"
    assert "will be told" in finding.next_step
