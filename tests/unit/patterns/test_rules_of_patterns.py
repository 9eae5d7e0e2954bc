"""Rules of patterns are data: what can be read is read, and what cannot says why in words."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import jigsaw
from jigsaw.patterns import Silent, faults, read
from jigsaw.patterns.rules import months_before

DATA = Path(jigsaw.__file__).parent / "hub" / "agreements" / "data"
SHIPPED: dict[str, Any] = json.loads((DATA / "patterns.json").read_text(encoding="utf-8"))
EVENTS = json.loads((DATA / "event_kinds.json").read_text(encoding="utf-8"))["entries"]
KINDS = {*SHIPPED["kinds"], *(row["code"] for row in EVENTS)}
RULE = SHIPPED["rules"][0]


def with_rule(**changes: object) -> dict[str, Any]:
    return {"rules": [{**RULE, **changes}]}


def test_what_is_shipped_can_be_read_and_each_rule_has_its_source() -> None:
    assert faults(SHIPPED, kinds=KINDS) == []
    rules = read(SHIPPED)
    assert len(rules) == len(SHIPPED["rules"]) == 7
    assert [rule.code for rule in rules if isinstance(rule, Silent)] == ["silence"]
    assert set(SHIPPED["risk_kinds"]) <= KINDS


def test_a_rule_that_is_switched_off_is_not_asked() -> None:
    assert read(with_rule(on=False)) == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"source": " "}, "say its source"),
        ({"counts": []}, "at least one kind"),
        ({"counts": ["rumour"]}, "there is no kind of record rumour"),
        ({"at_least": 0}, "at_least is a whole number"),
        ({"at_least": True}, "at_least is a whole number"),
        ({"within_months": 25}, "within_months is a whole number"),
        ({"places": 4}, "more places than times"),
        ({"more_than_days": 60}, "broken_by lists at least one"),
    ],
)
def test_a_rule_that_cannot_be_read_says_why(changes: dict[str, object], said: str) -> None:
    assert any(said in words for words in faults(with_rule(**changes), kinds=KINDS))


def test_two_rules_of_one_name_and_no_rules_at_all_are_refused() -> None:
    assert faults({"rules": [RULE, RULE]}) == [f"Two rules are called {RULE['code']}."]
    with pytest.raises(ValueError, match="list of rules"):
        read({})


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 16), 3, date(2026, 8, 16)),
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
    ],
)
def test_so_many_months_before_a_day(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before
