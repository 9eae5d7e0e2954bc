from datetime import date

import pytest

CODE = "old-adult-health"
ADULT = {"about_child": False, "about_adult_only": True, "special_category": True}


def test_a_parent_s_illness_of_last_year_may_go(ask):
    assert ask(CODE, item=ADULT).answer == "PERMIT"


@pytest.mark.parametrize(("day", "answer"), [(date(2021, 10, 15), "PERMIT"), (date(2021, 10, 14), "REVIEW")])
def test_from_its_fifth_anniversary_a_person_asks_how_it_bears_on_the_child(ask, day, answer):
    finding = ask(CODE, item={**ADULT, "happened_on": day})
    assert finding.answer == answer


def test_the_prompt_asks_for_words(ask):
    assert "how it bears on the child" in ask(CODE, item={**ADULT, "happened_on": date(2010, 1, 1)}).next_step


def test_a_parent_s_illness_of_no_known_date_goes_to_a_person(ask):
    assert ask(CODE, item={**ADULT, "happened_on": None}).answer == "REVIEW"


def test_a_child_s_own_old_illness_may_go(ask):
    assert ask(CODE, item={"special_category": True, "happened_on": date(2010, 1, 1)}).answer == "PERMIT"
