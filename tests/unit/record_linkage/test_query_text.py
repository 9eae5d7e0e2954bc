"""What a practitioner types into the search box, in any order."""

from datetime import date, timedelta

import pytest

from jigsaw.record_linkage import compare
from jigsaw.record_linkage.identifiers import format_nhs
from jigsaw.record_linkage.query_text import NAMES_UP_TO, parse, reads_all, says_something

from .people import HOME, KATES_NUMBER, kate

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "text",
    [
        "Kate Walsh 3/12/2012",
        "3/12/12 Kate Walsh",
        "Walsh, Kate born 3 December 2012",
        "kate walsh dob 2012-12-03",
        "Kate Walsh, DOB: 3rd of Dec 2012",
        "Miss Kate Walsh 20121203",
        "Kate 03.12.2012 Walsh",
    ],
)
def test_name_and_date_of_birth(text: str) -> None:
    found = parse(text, TODAY)
    assert (found.given, found.family, found.born) == (("kate",), ("walsh",), date(2012, 12, 3))


def test_everything_at_once() -> None:
    numbers = f"{format_nhs(KATES_NUMBER)} UPN B801200005001 tel 07700 900123"
    text = f"Kate Walsh 12 Mill Road ZZ1 1AB {numbers} kate@example.org"
    found = parse(text, TODAY)
    assert (found.given, found.family) == (("kate",), ("walsh",))
    assert (found.addresses, found.postcodes) == (("12 mill rd",), ("ZZ1 1AB",))
    assert (found.nhs_numbers, found.upns) == ((KATES_NUMBER,), ("B801200005001",))
    assert (found.phones, found.emails) == (("07700900123",), ("kate@example.org",))


@pytest.mark.parametrize(
    "text", ["Kate Walsh aged 9", "Kate Walsh, 9 years old", "kate walsh 9yo", "age 9 kate walsh"]
)
def test_an_age_is_an_estimated_year(text: str) -> None:
    found = parse(text, TODAY)
    assert found.born_accuracy == "UUE"
    assert found.born is not None
    assert abs(found.born - date(2017, 5, 22)) < timedelta(days=3)
    assert (found.given, found.family) == (("kate",), ("walsh",))


def test_months_and_weeks_of_age() -> None:
    born = [parse(f"baby walsh {age} old", TODAY).born for age in ("6 months", "3 weeks")]
    assert born == [date(2026, 5, 8), date(2026, 10, 29)]


def test_month_or_year_of_birth_alone() -> None:
    assert (
        parse("Kate Walsh December 2012", TODAY).born_accuracy,
        parse("Kate Walsh 2012", TODAY).born_accuracy,
    ) == ("UAA", "UUA")


def test_a_due_date_is_of_an_unborn_child() -> None:
    found = parse("unborn Walsh due 3 March 2027", TODAY)
    assert (found.unborn, found.expected_on, found.family) == (True, date(2027, 3, 3), ("walsh",))


def test_an_nhs_number_alone_and_a_telephone_number_alone() -> None:
    assert parse("999 000 0018", TODAY).nhs_numbers == ("9990000018",)
    assert parse("01632 960123", TODAY).phones == ("01632960123",)
    assert parse("01632 960123", TODAY).nhs_numbers == ()


def test_names_that_are_months_and_particles() -> None:
    assert parse("May April 2 May 2012", TODAY).given == ("may",)
    assert parse("Anna van der Berg", TODAY).family == ("van der berg",)
    assert parse("Sinead O Brien", TODAY).family == ("obrien",)


def test_an_outcode_alone_is_enough_of_a_place() -> None:
    assert parse("walsh m14", TODAY).postcodes == ("M14",)


def test_one_word_may_be_either_name() -> None:
    found = parse("walsh", TODAY)
    assert found.given == found.family == ("walsh",)
    assert found.names_unordered


@pytest.mark.parametrize(
    "text",
    [
        "katy welsh, about 14, Harbour Lane",
        "katy welsh about 14 harbour lane",
        "Harbour Lane, katy welsh, 14",
        "katy welsh 13-14 years of Harbour Lane",
        "welsh, katy aged around 14, harbour ln, Sharetown",
    ],
)
def test_a_street_without_its_number_and_an_age_that_is_a_guess(text: str) -> None:
    found = parse(text, TODAY)
    assert (found.given, found.family) == (("katy",), ("welsh",))
    assert found.addresses == ("harbour ln",)
    assert found.born is not None
    assert (found.born.year in (2012, 2013), found.born_accuracy) == (True, "UUE")


def test_a_town_after_the_street_is_no_name() -> None:
    assert parse("Kate Walsh, 12 Mill Road, Sharetown", TODAY).given == ("kate",)
    assert parse("12 Mill Road, Kate Walsh", TODAY).given == ("kate",)


@pytest.mark.parametrize(
    ("text", "family"), [("Kate Green", "green"), ("John Hill 14", "hill"), ("Katy St Clair", "stclair")]
)
def test_a_family_called_like_a_street_keeps_its_name(text: str, family: str) -> None:
    assert parse(text, TODAY).family == (family,)


def test_girl_and_boy_tell_the_sex() -> None:
    assert [parse(f"{word} walsh", TODAY).sex for word in ("girl", "baby boy", "")] == ["F", "M", ""]


def test_only_so_much_is_read_and_that_can_be_told() -> None:
    forty = " ".join(f"Name{letter}{other}" for letter in "abcdefgh" for other in "klmno")
    assert len(parse(forty, TODAY).given) < NAMES_UP_TO
    assert not reads_all(forty)
    assert not reads_all("a " * 5000)
    assert reads_all("katy welsh, about 14, Harbour Lane")


@pytest.mark.parametrize("text", ["%%% ***", "?", "_ _ _", "'; --", "\u202e"])
def test_wildcards_alone_say_nothing(text: str) -> None:
    assert not says_something(parse(text, TODAY))
    assert says_something(parse(f"{text} walsh", TODAY))


@pytest.mark.parametrize("text", ["", "   ", "???", "99/99/9999", "\x00", "aged 99 years old of the"])
def test_what_cannot_be_read_is_left_out(text: str) -> None:
    found = parse(text, TODAY)
    assert found.given == found.family == ()


def test_the_words_typed_find_the_child() -> None:
    found = compare(parse("walsh kate 3/12/12 zz1 1ab", TODAY), kate(**HOME))
    assert found.grade in ("certain", "probable")


@pytest.mark.parametrize("text", ["Unborn baby of Parveen Begum", "baby of Parveen Begum", "bump of Begum"])
def test_who_is_named_beside_an_unborn_child_is_the_mother(text: str) -> None:
    found = parse(f"{text} due 26/01/2027", TODAY)
    assert (found.given, found.family, found.expected_on) == ((), ("begum",), date(2027, 1, 26))


def test_a_postcode_beside_a_family_name_makes_no_street_of_it() -> None:
    found = parse("paul green age 44 years old ZZ4 1BA", TODAY)
    assert (found.given, found.family) == (("paul",), ("green",))
