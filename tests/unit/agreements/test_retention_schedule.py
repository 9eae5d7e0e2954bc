"""On which day is the time of something over? The last day counts, and the law always does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jigsaw.hub.agreements.retention import Facts, Keep, Rule, after, due, read

BORN, WRITTEN = date(2010, 2, 28), date(2020, 6, 1)
FACTS = Facts(
    what="entry",
    agency="CSC",
    sector="SC",
    kinds=frozenset({"looked_after"}),
    events={"birth": BORN, "recorded": WRITTEN},
)
ALL = Rule(code="all", name="All", what=frozenset({"entry"}), keep=(Keep("birth", 25),), source="Schedule")
LAW = replace(
    ALL, code="law", keep=(Keep("birth", 75),), statutory=True, if_died=15, sectors=frozenset({"SC"})
)
AGREED = replace(ALL, code="agreed", keep=(Keep("recorded", 2),), agreement="A v1")


def on(*rules: Rule, facts: Facts = FACTS) -> date | None:
    found = due(facts, rules)
    return found and found.on


def test_of_several_events_the_last_day_counts() -> None:
    assert on(replace(ALL, keep=(Keep("birth", 10), Keep("recorded", 3)))) == date(2023, 6, 1)


def test_a_closer_rule_goes_before_one_for_all_whether_longer_or_shorter() -> None:
    closer = replace(ALL, code="sector", sectors=frozenset({"SC"}), keep=(Keep("birth", 21),))
    closest = replace(closer, code="agency", agencies=frozenset({"CSC"}), keep=(Keep("birth", 22),))
    assert on(ALL, closer) == date(2031, 2, 28)
    assert on(ALL, closer, closest) == date(2032, 2, 28)


def test_an_agreement_goes_before_the_schedule_and_never_undercuts_the_law() -> None:
    assert on(ALL, AGREED) == date(2022, 6, 1)
    assert on(ALL, LAW, AGREED) == date(2085, 2, 28)


def test_of_a_child_who_died_the_years_from_the_death_count_and_of_a_grown_up_they_do_not() -> None:
    child, grown = (replace(FACTS, died_on=day) for day in (date(2021, 1, 5), date(2060, 1, 5)))
    assert (on(LAW, facts=child), on(LAW, facts=grown)) == (date(2036, 1, 5), date(2085, 2, 28))


def test_what_cannot_be_worked_out_is_never_due() -> None:
    unknown = replace(FACTS, events={"recorded": WRITTEN})
    assert on(ALL, facts=unknown) is None
    assert on(AGREED, LAW, facts=unknown) is None
    assert on(replace(ALL, what=frozenset({"plan"}))) is None


def test_what_began_on_29_february_is_over_on_1_march() -> None:
    assert (after(date(2008, 2, 29), 25), after(date(2008, 2, 29), 20)) == (
        date(2033, 3, 1),
        date(2028, 2, 29),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"keep": []},
        {"keep": [{"from": "birth", "years": 0}]},
        {"keep": [{"from": "christening", "years": 1}]},
        {"source": " "},
        {"sectors": ["XX"]},
        {"what": ["everything"]},
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(wrong: dict[str, object]) -> None:
    rule = {
        "code": "a",
        "name": "A",
        "what": ["entry"],
        "keep": [{"from": "birth", "years": 1}],
        "source": "S",
    }
    assert read({"rules": [rule]})[0].code == "a"
    with pytest.raises(ValueError):
        read({"rules": [{**rule, **wrong}]})
