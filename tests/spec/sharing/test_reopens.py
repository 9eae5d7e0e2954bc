"""New information opens what was withheld, by itself."""

from datetime import date

import pytest

from jigsaw.sharing_rules.roles import ROLE_WORDS
from jigsaw.sharing_rules.withholding import GROUNDS, TRIGGERS, NewInformation, reopens

DECIDED = date(2026, 10, 14)
LATER = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("kind", "news"),
    [
        ("not_relevant", "new_concern"),
        ("identity_protection", "person_safe"),
        ("prejudice_to_investigation", "investigation_ended"),
        ("court_order", "order_ended"),
        ("awaiting_advice", "advice_given"),
        ("legal_privilege", "section_47"),
    ],
)
def test_what_changes_the_ground_opens_it_and_says_why(withhold, kind, news):
    reasons = reopens(withhold(kind=kind), NewInformation(news, LATER))
    assert [TRIGGERS[news].words in reason and GROUNDS[kind].words in reason for reason in reasons] == [True]


@pytest.mark.parametrize(
    ("kind", "news"),
    [("court_order", "new_entry"), ("legal_privilege", "household_changed"), ("court_order", "?")],
)
def test_what_leaves_the_ground_as_it_was_does_not(withhold, kind, news):
    assert reopens(withhold(kind=kind), NewInformation(news, LATER)) == ()


def test_what_whoever_decided_named_opens_it_whatever_the_ground(withhold):
    named = withhold(kind="court_order", triggers=frozenset({"new_entry"}))
    (reason,) = reopens(named, NewInformation("new_entry", LATER))
    assert "said that this would make them look again" in reason


def test_news_about_somebody_else_opens_nothing(withhold):
    elsewhere = NewInformation("section_47", LATER, concerns_subjects=False)
    assert reopens(withhold(), elsewhere) == ()


def test_what_was_known_when_it_was_decided_opens_nothing(withhold):
    assert reopens(withhold(decided_on=LATER), NewInformation("section_47", DECIDED)) == ()


def test_the_day_to_look_again_comes_whatever_happens(withhold):
    dated = withhold(review_on=LATER)
    assert reopens(dated, NewInformation("?", LATER)) == ("The day to look again has come.",)


def test_every_ground_can_be_opened_and_names_a_role_that_exists():
    for ground in GROUNDS.values():
        assert ground.reopened_by and ground.reopened_by <= set(TRIGGERS), ground.code
        assert ground.decided_by in {"", *ROLE_WORDS}, ground.code
