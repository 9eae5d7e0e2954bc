import pytest

CODE = "reasons-recorded"


def test_a_reason_in_words_will_do(ask):
    finding = ask(CODE)
    assert finding.answer == "PERMIT"
    assert "2024 edition" in finding.words


@pytest.mark.parametrize("reasons", ["", "  ", "ok", "see above"])
def test_no_reason_will_not_do(ask, reasons):
    assert ask(CODE, decision={"reasons": reasons}).answer == "DENY"
