from datetime import date

CODE = "date-is-sensible"


def test_today_s_event_may_go(ask):
    assert ask(CODE, item={"happened_on": date(2026, 10, 14)}).answer == "PERMIT"


def test_tomorrow_s_event_must_not_go(ask):
    assert ask(CODE, item={"happened_on": date(2026, 10, 15)}).answer == "DENY"


def test_an_undated_item_may_go_and_says_so(ask):
    finding = ask(CODE, item={"happened_on": None})
    assert finding.answer == "PERMIT"
    assert "no date" in finding.words
