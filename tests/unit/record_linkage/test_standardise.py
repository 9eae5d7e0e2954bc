"""Names, dates, postcodes and telephone numbers as people write them."""

from datetime import date

import pytest

from jigsaw.record_linkage import standardise
from jigsaw.record_linkage.standardise import family_names, given_names

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("mark", list("'’‘ʼ`´′＇"))
def test_every_kind_of_apostrophe_is_the_same_name(mark: str) -> None:
    assert family_names(f"O{mark}Brien").values == ("obrien",)


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("O BRIEN", "obrien"),
        ("Mc Donald", "mcdonald"),
        ("St. John", "stjohn"),
        ("van der Berg", "van der berg"),
        ("VAN-DER-BERG", "van der berg"),
        ("Al-Hassan", "al hassan"),
        ("Smith Jones", "smith-jones"),
        ("Smith—Jones", "smith-jones"),
        ("Żak", "zak"),
        ("Łukaszewski", "lukaszewski"),
        ("Müller", "muller"),
        ("Mr Patel Jnr", "patel"),
        ("王", "王"),
    ],
)
def test_family_names(written: str, standard: str) -> None:
    assert family_names(written).values == (standard,)


def test_a_former_name_is_a_second_name() -> None:
    assert family_names("Walsh née Murphy").values == ("walsh", "murphy")
    assert family_names("Walsh (formerly Murphy)").values == ("walsh", "murphy")


def test_given_names_keep_their_order_and_the_preferred_name() -> None:
    assert given_names("Miss Katherine Mary (Kate)").values == ("katherine", "mary", "kate")
    assert given_names("Abdul Rahman").values == ("abdul rahman",)
    assert given_names("Anne-Marie").values == ("anne-marie",)


@pytest.mark.parametrize(
    "written",
    [
        "Baby",
        "BABY BOY",
        "Unborn",
        "unknown",
        "Bump",
        "Twin 1",
        "Female Infant",
        "Not known",
        "N/K",
        "B/O Sarah",
        "Baby of Sarah",
    ],
)
def test_a_stand_in_is_no_name(written: str) -> None:
    assert given_names(written) == standardise.Names((), placeholder=True)


def test_a_name_beside_a_stand_in_is_kept() -> None:
    assert given_names("Baby Oliver") == standardise.Names(("oliver",), placeholder=True)


def test_a_particle_shaped_given_name_stays_apart() -> None:
    assert given_names("Ben Oliver").values == ("ben", "oliver")


@pytest.mark.parametrize(
    ("one", "other"),
    [("kate", "katherine"), ("katy", "catherine"), ("bill", "liam"), ("alex", "alexandra"), ("kuba", "jakub"),
     ("seun", "oluwaseun"), ("mohammed", "muhammad"), ("gosia", "malgorzata"), ("yusuf", "yousef"),
     ("sam", "samuel")],
)  # fmt: skip
def test_short_forms_share_a_root(one: str, other: str) -> None:
    assert standardise.nickname_roots(one) & standardise.nickname_roots(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alexander", "alexandra"),
        ("samuel", "samantha"),
        ("amir", "amira"),
        ("mia", "amelia"),
        ("daniel", "danielle"),
    ],
)
def test_brother_and_sister_do_not_share_a_root(one: str, other: str) -> None:
    assert not standardise.nickname_roots(one) & standardise.nickname_roots(other)


@pytest.mark.parametrize(
    "written",
    ["2012-03-04", "20120304", "04/03/2012", "4/3/12", "4.3.2012", "04-03-2012", "4 March 2012",
     "4th of March 2012", "4 Mar 12", "2012-03-04T00:00:00", "04/03/2012 00:00"],
)  # fmt: skip
def test_dates_are_read_day_first(written: str) -> None:
    assert standardise.read_date(written, today=TODAY) == date(2012, 3, 4)


@pytest.mark.parametrize("written", ["30/02/2012", "soon", "2012", "4/3/12"])
def test_what_is_no_whole_date_is_not_guessed(written: str) -> None:
    assert standardise.read_date(written) is None


def test_a_year_of_two_figures_is_a_year_not_far_ahead() -> None:
    assert standardise.read_date("1/6/27", today=TODAY) == date(2027, 6, 1)
    assert standardise.read_date("1/6/28", today=TODAY) == date(1928, 6, 1)


def test_a_swap_exists_only_where_the_day_could_be_a_month() -> None:
    assert standardise.day_month_swapped(date(2012, 12, 3)) == date(2012, 3, 12)
    assert standardise.day_month_swapped(date(2012, 12, 13)) is None
    assert standardise.day_month_swapped(date(2012, 5, 5)) is None


def test_postcodes() -> None:
    assert standardise.postcode("sw1a1aa") == standardise.Postcode("SW1A 1AA", "SW1A")
    assert standardise.postcode("m14") == standardise.Postcode("M14", "M14")
    assert standardise.postcode("ZZ99 3VZ").pseudo
    assert standardise.postcode("no fixed abode") == standardise.Postcode()


@pytest.mark.parametrize(
    "written", ["07700 900123", "+44 7700 900123", "+44 (0)7700 900123", "0044 7700-900123"]
)
def test_a_telephone_number_is_one_number_however_written(written: str) -> None:
    assert standardise.phone(written) == "07700900123"


def test_foreign_and_short_telephone_numbers() -> None:
    assert standardise.phone("+48 123 456 789") == "+48123456789"
    assert standardise.phone("ext 12") == ""


def test_email_and_address() -> None:
    assert standardise.email(" Mailto:Kate@Example.org ") == "kate@example.org"
    assert standardise.email("none") == ""
    assert standardise.address_line("12A, Mill Road") == standardise.address_line("12a mill rd.")
    assert standardise.house_numbers("flat 3 12a mill rd") == ("3", "12a")


@pytest.mark.parametrize(
    "written",
    ["Flat 3, 12A Harbour Lane", "harbour ln", "12a Harbourlane", "12a, HARBOUR LN."],
)
def test_a_street_in_full_is_one_text_however_it_was_shortened_or_spaced(written: str) -> None:
    assert standardise.street_in_full(standardise.address_line(written)) == "harbourlane"


def test_a_door_alone_is_no_street() -> None:
    assert standardise.street_in_full("flat 3 12a") == ""
