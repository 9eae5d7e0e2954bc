"""Who may live at the home that is asked about, by a number in common with somebody known there."""

from __future__ import annotations

import pytest

from jigsaw.record_linkage import Columns, Record, SameHome, columns_of, default_model, query_keys
from jigsaw.record_linkage.keys import index_keys

NUMBER = "01632 960123"
MAIL = "adu@post.example"
ASKED = columns_of(
    Record.standardised(
        given="Ama", family="Boateng", born="2014-09-15", addresses="35 Mill Close", postcodes="ZZ1 1AB"
    )
)


def told(
    given: str = "",
    born: str = "",
    addresses: str = "",
    postcodes: str = "",
    phones: str = "",
    emails: str = "",
) -> Columns:
    return columns_of(
        Record.standardised(
            given=given,
            family="Adu",
            born=born,
            addresses=addresses,
            postcodes=postcodes,
            phones=phones,
            emails=emails,
        )
    )


BROTHER = told(given="Kofi", born="2011-02-03", addresses="35 Mill Close", postcodes="ZZ1 1AB", phones=NUMBER)
NEIGHBOUR = told(given="Jo", addresses="35 Mill Close", postcodes="ZZ9 9ZZ", phones="01632 960555")
UNDER_ANOTHER_NAME = told(given="Esi", born="2014-09-15", phones=NUMBER)


def sooner(known: Columns, *found: Columns) -> float:
    return SameHome.among(ASKED, found).sooner(known, default_model(), index_size=1_000_000)


def test_a_child_under_another_name_is_sought_by_the_number_of_a_brother_at_the_address() -> None:
    home = SameHome.among(ASKED, [BROTHER])
    assert set(query_keys(home.sought_by)) <= index_keys(Record.standardised(family="Adu", phones=NUMBER))
    assert sooner(UNDER_ANOTHER_NAME, BROTHER) > 0


def test_an_address_for_mail_counts_as_a_number_does() -> None:
    home = SameHome.among(ASKED, [told(addresses="35 Mill Close", postcodes="ZZ1 1AB", emails=MAIL)])
    assert home.sought_by.emails == (MAIL,)
    assert home.sooner(
        told(given="Esi", born="2014-09-15", emails=MAIL), default_model(), index_size=1_000_000
    )


@pytest.mark.parametrize(
    "known",
    [
        told(given="Esi", born="2014-09-15"),
        told(given="Esi", born="2014-09-15", phones="01632 960999"),
        BROTHER,
    ],
    ids=["no number", "another number", "known to live there"],
)
def test_nobody_else_is_put_before_their_place(known: Columns) -> None:
    assert sooner(known, BROTHER) == 0


def test_nobody_is_sought_through_somebody_who_lives_elsewhere() -> None:
    assert not SameHome.among(ASKED, [NEIGHBOUR, UNDER_ANOTHER_NAME]).places


def test_a_question_without_a_home_leads_to_nobody() -> None:
    nowhere = columns_of(Record.standardised(given="Ama", family="Boateng", born="2014-09-15"))
    assert not SameHome.among(nowhere, [BROTHER]).places


def test_whoever_lives_elsewhere_by_their_own_record_may_have_moved() -> None:
    moved = told(given="Esi", born="2014-09-15", addresses="9 Elm Row", postcodes="ZZ9 9ZZ", phones=NUMBER)
    assert sooner(moved, BROTHER) > 0
