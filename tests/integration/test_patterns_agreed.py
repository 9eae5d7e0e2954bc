"""Which patterns people are told of is agreed from a day on, and a setting that cannot be read is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jigsaw.hub.agreements import operations, queries
from jigsaw.hub.kit.errors import Invalid
from jigsaw.patterns import Repeated
from people_in_tests import MONDAY, Town

FROM = date(2027, 1, 4)


def put(town: Town, content: dict[str, Any]) -> None:
    operations.put_in_force(
        actor=town.ade, kind="patterns", content=content, effective_from=FROM, source="Board, item 4", now=MONDAY
    )  # fmt: skip


def missing(on: date) -> Repeated:
    [rule] = [rule for rule in queries.patterns(on=on).rules if rule.code == "missing_episodes"]
    assert isinstance(rule, Repeated)
    return rule


def test_a_rule_of_the_partnership_holds_from_its_day_and_leaves_the_others_as_shipped(town: Town) -> None:
    [shipped] = [r for r in queries.words("patterns")["rules"] if r["code"] == "missing_episodes"]
    off = {**queries.words("patterns")["rules"][0], "on": False}
    put(town, {"rules": [{**shipped, "at_least": 2}, off], "interruptions_a_day": 3})
    before, after = (queries.patterns(on=day) for day in (FROM - timedelta(days=1), FROM))
    assert (missing(FROM - timedelta(days=1)).at_least, missing(FROM).at_least) == (3, 2)
    assert {rule.code for rule in before.rules} - {rule.code for rule in after.rules} == {"low_level_notices"}
    assert (before.interruptions_a_day, after.interruptions_a_day) == (5, 3)
    assert before.low_ratings == after.low_ratings == {"green", "blue"}


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"rules": [{"code": "new"}]}, "rules"),
        ({"rules": {}}, "rules"),
        ({"risk_kinds": ["rumour"]}, "risk_kinds"),
        ({"low_ratings": "green"}, "low_ratings"),
        ({"interruptions_a_day": 0}, "interruptions_a_day"),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused(town: Town, content: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        put(town, content)
    assert set(error.value.fields) == {field}
