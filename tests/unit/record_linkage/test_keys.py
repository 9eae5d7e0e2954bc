"""Is a person found again under at least one good key, however the question is put?"""

import pytest

from jigsaw.record_linkage import Record, index_keys, query_keys, rare_query_keys
from jigsaw.record_linkage.keys import COMMON_UP_TO, hashed

from .people import ANOTHER_NUMBER, HOME, KATES_NUMBER, MISTYPED_NUMBER, MOTHERS_NUMBER, kate


def bits_in_common(asked: Record, filed: Record) -> float:
    """The summed weight of the keys under which the question meets the filed person."""
    sought = query_keys(asked)
    return sum(sought[key] for key in index_keys(filed) & sought.keys())


FILED = kate(**HOME, nhs_numbers=KATES_NUMBER)


@pytest.mark.parametrize(
    "asked",
    [
        kate(),
        kate(given="Katy", family="Welsh", born="12/03/2012"),
        kate(given="Walsh", family="Kate"),
        kate(given="Catherine", born="03/12/2013"),
        kate(given="", family="Walsh"),
        kate(given="Kate", family="Murphy"),
        kate(given="Grace", family="Bennett", postcodes="ZZ1 9XY"),
        Record.standardised(nhs_numbers=KATES_NUMBER),
        Record.standardised(nhs_numbers=MISTYPED_NUMBER),
        Record.standardised(given="Katie", family="Walsh"),
        Record.standardised(given="Katie", postcodes="ZZ1 1AB"),
        Record.standardised(postcodes="ZZ1 1AB", addresses="12 Mill Rd"),
    ],
)
def test_the_child_is_found(asked: Record) -> None:
    assert bits_in_common(asked, FILED) > COMMON_UP_TO


@pytest.mark.parametrize("word", ["kate", "katie", "walsh", "welsh"])
def test_a_single_word_finds_her_under_a_common_key(word: str) -> None:
    asked = Record.standardised(given=word, family=word, names_unordered=True)
    assert 0 < bits_in_common(asked, FILED) <= 2 * COMMON_UP_TO


@pytest.mark.parametrize("typed", [("katie", "wal"), ("wal", "katie"), ("kat", "walsh"), ("walsh", "kat")])
def test_a_name_that_is_not_typed_to_its_end_finds_her(typed: tuple[str, str]) -> None:
    asked = Record.standardised(given=typed[0], family=typed[1], names_unordered=True)
    assert bits_in_common(asked, FILED) > COMMON_UP_TO


def test_a_street_without_a_number_finds_her_with_a_name_or_about_her_age() -> None:
    street = {"addresses": "Mill Road"}
    assert bits_in_common(Record.standardised(given="Katy", **street), FILED) > COMMON_UP_TO
    about = Record.standardised(born="2013-06-01", born_accuracy="UUE", **street)
    assert bits_in_common(about, FILED) > COMMON_UP_TO


@pytest.mark.parametrize(
    ("asked", "filed"),
    [
        (
            kate(born="12/05/2013"),
            Record.standardised(given="K", family="Walsh"),
        ),
        (
            Record.standardised(given="Mia", family="Stone", born="2001-05-09", addresses="12 Mill Road"),
            Record.standardised(given="Jo", family="Ash", postcodes="ZZ1 1AB", addresses="12 Mill Rd"),
        ),
        (
            Record.standardised(given="Mia", family="Stone", born="2001-05-09", postcodes="ZZ1 1AB"),
            Record.standardised(given="Jo", family="Ash", postcodes="ZZ1 1AB"),
        ),
        (
            Record.standardised(given="Mia", family="Stone", born="2026-05-09", addresses="Mill Road"),
            Record.standardised(family="Ash", expected_on="2026-05-02", addresses="12 Mill Road"),
        ),
        (
            Record.standardised(given="Susan", family="Stone", born="2001-05-09"),
            Record.standardised(given="Susie", family="Stone", phones="07700 900123"),
        ),
    ],
    ids=[
        "an initial for a name",
        "a door without its postcode",
        "no date of birth",
        "not born yet",
        "another form of the name and no date of birth",
    ],
)
def test_a_record_that_says_little_is_found_by_a_question_that_says_more(
    asked: Record, filed: Record
) -> None:
    assert bits_in_common(asked, filed) > COMMON_UP_TO


def test_who_is_filed_without_a_date_does_not_stand_behind_all_namesakes() -> None:
    """Of a name that hundreds have, only so many are looked up: a record without a date has a key of its own."""
    asked = Record.standardised(given="Mia", family="Stone", born="2001-05-09")
    namesake = Record.standardised(given="Mia", family="Stone", born="1987-02-03")
    undated = Record.standardised(given="Mia", family="Stone")
    assert bits_in_common(asked, undated) > bits_in_common(asked, namesake) + COMMON_UP_TO


def test_forty_names_cost_no_more_than_a_few() -> None:
    names = [f"{one}{two}son" for one in "abcdefgh" for two in "klmno"]
    many = Record.standardised(given=names, family=names, born="2012-12-03", postcodes=["ZZ1 1AB"] * 30)
    assert len(index_keys(many)) < 250
    assert len(query_keys(many)) <= 160


def test_a_stranger_shares_no_key() -> None:
    stranger = Record.standardised(
        given="Omar", family="Hussain", born="17/05/2009", postcodes="M14 5TP", nhs_numbers=ANOTHER_NUMBER
    )
    assert bits_in_common(stranger, FILED) == 0


def test_an_unborn_child_is_found_by_mother_and_by_month() -> None:
    unborn = Record.standardised(family="Walsh", expected_on="2026-03-01", mother_nhs=MOTHERS_NUMBER)
    newborn = Record.standardised(given="Baby", family="Walsh", born="2026-02-24")
    assert bits_in_common(Record.standardised(mother_nhs=MOTHERS_NUMBER), unborn) > COMMON_UP_TO
    assert bits_in_common(unborn, newborn) > COMMON_UP_TO
    assert bits_in_common(newborn, unborn) > COMMON_UP_TO


def test_a_person_is_filed_under_about_thirty_keys() -> None:
    assert 25 <= len(index_keys(FILED)) <= 35


def test_keys_are_signed_64_bit_and_the_same_in_every_process() -> None:
    assert all(-(2**63) <= key < 2**63 for key in query_keys(FILED))
    assert hashed("nhs", "9990000018") == 7272307403161046417


def test_the_rarest_key_weighs_most_and_a_guess_less_than_a_fact() -> None:
    weights = query_keys(Record.standardised(given="Kate", nhs_numbers=KATES_NUMBER))
    assert max(weights, key=lambda key: weights[key]) == hashed("nhs", KATES_NUMBER)
    guesses = query_keys(Record.standardised(nhs_numbers=MISTYPED_NUMBER))
    assert guesses[hashed("nhs", KATES_NUMBER)] < guesses[hashed("nhs", MISTYPED_NUMBER)]


def test_an_empty_record_has_no_keys() -> None:
    assert not query_keys(Record())


def test_the_one_at_the_right_postcode_comes_before_namesakes() -> None:
    asked = Record.standardised(
        given="Claire", family="Jones", born="1982-05-03", born_accuracy="UUE", postcodes="ZZ27 4BP"
    )
    namesake = Record.standardised(given="Claire", family="Jones", born="1982-09-12", postcodes="ZZ3 9AA")
    renamed = Record.standardised(given="Claire", family="Abbott", born="1982-04-02", postcodes="ZZ27 4BP")
    assert bits_in_common(asked, renamed) > bits_in_common(asked, namesake)


def test_keys_that_few_share_are_a_part_of_all_that_are_sought() -> None:
    rare, sought = rare_query_keys(FILED), query_keys(FILED)
    assert rare.items() <= sought.items()
    assert hashed("names+year", "KT|ALX|2012") not in rare
    assert hashed("nhs", KATES_NUMBER) in rare
    assert not rare.keys() & {hashed("first", "KT"), hashed("family", "ALX")}
