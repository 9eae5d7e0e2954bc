"""The register of law: what an administrator found goes before what was shipped, and doubt shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from jigsaw.hub.agreements import queries
from jigsaw.hub.agreements.instruments import Register, register_of

SHIPPED = queries.words("legal_instruments")["entries"]
TODAY = date(2026, 11, 16)


@dataclass
class Found:
    """What an administrator wrote down about one law."""

    code: str = "s16LA"
    commenced_on: date | None = date(2026, 10, 5)
    ended_on: date | None = None
    verified_on: date = date(2026, 11, 2)
    source: str = "SI 2026/1, legislation.gov.uk"
    note: str = ""
    checked_at: datetime = datetime(2026, 11, 2, tzinfo=UTC)
    checker: str = "Ade Cole"


def law(code: str, *found: Found) -> Register:
    register = register_of(SHIPPED, found, TODAY)
    assert register.get(code)
    return register


def test_as_shipped_the_duty_to_share_is_in_force_and_not_confirmed() -> None:
    register = law("s16LA")
    duty = register.by_code["s16LA"]
    assert (duty.verified, duty.mandatory, duty.in_force(TODAY)) == (False, True, True)
    assert register.unverified(["s16LA", "art6_ea", "s16LA", "no_such"]) == [duty]


def test_what_was_found_goes_before_what_was_shipped() -> None:
    register = law("s16LA", Found())
    duty = register.by_code["s16LA"]
    assert (duty.commenced_on, duty.verified, duty.checked_by) == (date(2026, 10, 5), True, "Ade Cole")
    assert not duty.in_force(date(2026, 10, 4)) and duty.in_force(date(2026, 10, 5))
    assert "more detrimental" in duty.note, "what was shipped to be known stays where nothing else is said"
    assert register.unverified(["s16LA"]) == []


def test_an_end_is_the_first_day_on_which_it_does_not_hold() -> None:
    duty = law("s16LA", Found(ended_on=date(2026, 11, 16))).by_code["s16LA"]
    assert duty.in_force(date(2026, 11, 15)) and not duty.in_force(TODAY)


@pytest.mark.parametrize(("code", "holds"), [("common_law", True), ("s16LC", False), ("s14B", False)])
def test_only_common_law_needs_no_first_day(code: str, holds: bool) -> None:
    assert law(code).by_code[code].in_force(TODAY) is holds


def test_an_edition_names_exactly_one_content() -> None:
    shipped, again, found = law("s47"), law("s47"), law("s47", Found())
    assert shipped.edition == again.edition != found.edition
    assert register_of(SHIPPED, [], date(2030, 1, 1)).edition == shipped.edition, (
        "a day alone changes nothing"
    )
    assert [each.as_row() for each in shipped.instruments] == [{"note": "", **row} for row in SHIPPED]
