"""A less urgent rating never falls due sooner: refused in words before anyone relies on it."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.agreements import queries
from jigsaw.hub.kit.errors import Invalid
from people_in_tests import MONDAY, Town


def scheme(**hours: tuple[int, bool]) -> dict[str, Any]:
    """The shipped scheme, with some ratings' (hours, day and night?) changed."""
    content = copy.deepcopy(queries.words("rating_schemes")["schemes"][0])
    for level in content["ratings"]:
        if level["code"] in hours:
            level["answer_within_hours"], level["runs_through_the_night"] = hours[level["code"]]
    return content


def put(town: Town, content: dict[str, Any]) -> None:
    agreements.put_in_force(
        actor=town.ade,
        kind="rating_scheme",
        content=content,
        effective_from=date(2027, 1, 4),
        source="Board, item 4",
        now=MONDAY,
    )


@pytest.mark.parametrize(
    ("hours", "less", "more"),
    [
        ({"amber": (73, False)}, "Green", "Amber"),
        # Eight working hours are over by Monday's close; a day and a night are not.
        ({"red": (24, True), "amber": (8, False)}, "Amber", "Red"),
        # Over a weekend, four working hours outlast eight by day and night.
        ({"red": (4, False), "amber": (8, True)}, "Amber", "Red"),
        # Only over Christmas: nine working hours, against five days and nights.
        ({"red": (9, False), "amber": (120, True)}, "Amber", "Red"),
    ],
)
def test_a_less_urgent_rating_that_can_fall_due_sooner_is_refused(
    town: Town, hours: dict[str, tuple[int, bool]], less: str, more: str
) -> None:
    with pytest.raises(Invalid) as refused:
        put(town, scheme(**hours))
    assert refused.value.fields["ratings"] == (
        f"{less} is less urgent than {more}, but can fall due sooner. Change its hours or its place."
    )
    assert len([row for row in queries.all_settings() if row.kind == "rating_scheme"]) == 1


@pytest.mark.parametrize(
    "hours",
    [
        {},
        {"green": (24, False)},
        {"red": (24, True), "amber": (24, False)},
        {"red": (4, False), "amber": (240, True), "green": (300, False), "blue": (300, False)},
    ],
    ids=["as shipped", "the same time", "day and night before working hours", "long enough for any holiday"],
)
def test_a_scheme_in_order_is_put_in_force(town: Town, hours: dict[str, tuple[int, bool]]) -> None:
    put(town, scheme(**hours))
    assert queries.rating_scheme(on=date(2027, 1, 4)).source == "Board, item 4"
