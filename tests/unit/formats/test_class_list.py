"""A school's class list is read, and its mistakes are told in the words that the NHS service publishes."""

import io
import re
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from jigsaw.formats import class_list
from jigsaw.formats.class_list import published_report
from jigsaw.formats.records import IncomingPerson, Problem, Unreadable

SCHOOL = "123456"
SUMMER_2026 = date(2026, 7, 1)
HPV_YEARS = range(8, 12)
BORN_IN_YEAR_8 = "20130405"


def nhs_numbers():
    """Numbers of the range that is never issued, with their check digits."""
    for serial in count(999000001):
        check = (
            -sum(int(digit) * weight for digit, weight in zip(str(serial), range(10, 1, -1), strict=True))
            % 11
        )
        if check < 10:
            yield f"{serial}{check}"


def filled(path: Path) -> bytes:
    """The sample with its <<PLACEHOLDER>> marks filled, each random one differently."""
    numbers, letters = nhs_numbers(), count()
    fixed = {
        "SCHOOL_0_URN": SCHOOL,
        "FIXED_YEAR_GROUP_DOB": BORN_IN_YEAR_8,
        "FIXED_YEAR_GROUP": "8",
        "RANDOM_POSTCODE": "SR1 1AA",
        "FIXED_RANDOM_POSTCODE": "SR1 1AA",
        "FIXED_RANDOM_DATE_OF_BIRTH": BORN_IN_YEAR_8,
        "FIXED_RANDOM_PARENT_1_EMAIL": "dad@example.com",
        "FIXED_RANDOM_PARENT_2_EMAIL": "mum@example.com",
    }

    def fill(match: re.Match[str]) -> str:
        mark = match[1]
        if mark in fixed:
            return fixed[mark]
        return next(numbers) if mark.endswith("NHS_NO") else f"Name{chr(97 + next(letters) % 26)}"

    return re.sub(r"<<(\w+)>>", fill, path.read_text("utf-8")).encode()


def read(data: bytes | str, **known):
    data = data.encode() if isinstance(data, str) else data
    return list(class_list.read(io.BytesIO(data), on=SUMMER_2026, **known))


def read_sample(data, name, **known):
    return read(filled(data / "class_list" / name), **known)


def strictly(**more):
    return {"known_urns": {SCHOOL}, "year_groups": HPV_YEARS, **more}


def expected(data, name):
    return (data / "class_list" / name).read_text("utf-8").splitlines()


HEADER = "CHILD_FIRST_NAME,CHILD_LAST_NAME,CHILD_DATE_OF_BIRTH,CHILD_POSTCODE,CHILD_SCHOOL_URN"
ROW = "Ada,Marsh,2013-04-05,SR1 1AA,123456"


def one_child(extra_header="", extra_cells="", **instead):
    cells = dict(zip(HEADER.split(","), ROW.split(","), strict=True)) | instead
    [child] = read(f"{','.join(cells)}{extra_header}\n{','.join(cells.values())}{extra_cells}\n")
    return child


# --- the published expectations ---------------------------------------------------------------------------


def test_every_mistake_is_told_in_the_published_words(data):
    children = read_sample(data, "child_i_negative.csv", **strictly())
    told = published_report(problem for child in children for problem in child.problems)
    assert told == expected(data, "child_o_negative.txt")
    assert [child.number for child in children if not child.usable] == list(range(2, 22))


def test_the_same_words_are_told_without_a_programme_but_a_year_group_refuses_nobody(data):
    children = read_sample(data, "child_i_negative.csv")
    told = published_report(problem for child in children for problem in child.problems)
    assert told == expected(data, "child_o_negative.txt")
    assert [child.number for child in children if child.usable] == [11, 21]


@pytest.mark.parametrize("name", ["positive", "whitespace"])
def test_good_records_are_all_imported(data, name):
    children = read_sample(data, f"child_i_{name}.csv", **strictly())
    assert all(isinstance(child, IncomingPerson) for child in children)
    assert [f"{sum(child.usable for child in children)} imported records"] == expected(
        data, f"child_o_{name}.txt"
    )
    assert not [problem for child in children for problem in child.problems]


@pytest.mark.parametrize("name", ["close_match_1", "close_match_2"])
def test_close_matches_are_read_as_they_stand(data, name):
    [child] = read_sample(data, f"child_i_{name}.csv", **strictly())
    assert child.usable


def test_an_empty_file_is_refused(data):
    with pytest.raises(Unreadable) as refused:
        read_sample(data, "child_i_empty.csv")
    assert [refused.value.message] == expected(data, "child_o_empty.txt")


def test_a_file_with_a_header_only_is_refused(data):
    with pytest.raises(Unreadable) as refused:
        read_sample(data, "child_i_header_only.csv")
    heading = "There is a problem"
    assert [heading, refused.value.message] == expected(data, "child_o_header_only.txt")


def test_missing_columns_are_told_in_one_line(data):
    [child] = read_sample(data, "child_i_invalid_structure.csv")
    assert published_report(child.problems) == expected(data, "child_o_invalid_structure.txt")
    assert not child.usable


# --- what a child's row says ------------------------------------------------------------------------------


def test_a_preferred_name_is_a_nickname(data):
    child = read_sample(data, "child_i_positive.csv")[1]
    assert [(name.use, name.given, name.family) for name in child.names][1] == (
        "nickname",
        "PrefFirst",
        "PrefLast",
    )


def test_parents_are_relations_with_their_own_contacts():
    child = one_child(
        ",PARENT_1_NAME,PARENT_1_RELATIONSHIP,PARENT_1_PHONE,PARENT_1_EMAIL",
        ",Jo Marsh,Mum,07700 900123,jo@example.com",
    )
    [relation] = child.relations
    assert relation.kind == "Mum"
    assert (relation.person.names[0].given, relation.person.names[0].family) == ("Jo", "Marsh")
    assert [(c.kind, c.value, c.whose) for c in relation.person.contacts] == [
        ("phone", "07700 900123", "Mum"),
        ("email", "jo@example.com", "Mum"),
    ]
    assert child.contacts == ()


def test_being_on_roll_is_an_involvement():
    child = one_child(",CHILD_YEAR_GROUP,CHILD_REGISTRATION", ",8,8T5")
    [involvement] = child.involvements
    assert (involvement.service, involvement.detail) == ("School", "On roll at URN 123456, year 8, group 8T5")


@pytest.mark.parametrize(
    ("urn", "services"), [("888888", []), ("999999", ["Elective home education"]), (SCHOOL, ["School"])]
)
def test_the_special_urns_of_the_column_guide(urn, services):
    child = one_child(CHILD_SCHOOL_URN=urn)
    assert child.usable
    assert [involvement.service for involvement in child.involvements] == services


@pytest.mark.parametrize(
    ("postcode", "kept", "use"),
    [
        ("sr11aa", "SR1 1AA", "home"),
        ("ZZ99 3VZ", "", "no_fixed_abode"),
        ("zz993wz", "", "unknown"),
        ("ZZ99 3CZ", "", "unknown"),
    ],
)
def test_postcodes_that_are_no_place_are_never_kept_as_one(postcode, kept, use):
    child = one_child(",CHILD_TOWN", ",Sharetown", CHILD_POSTCODE=postcode)
    assert child.usable
    assert [(address.postcode, address.use) for address in child.addresses] == [(kept, use)]


@pytest.mark.parametrize("told", ["05/04/2013", "2013-04-05", "20130405", " 5/4/2013 "])
def test_dates_of_birth_that_are_taken(told):
    assert one_child(CHILD_DATE_OF_BIRTH=told).born == date(2013, 4, 5)


@pytest.mark.parametrize("told", ["31/02/2015", "04/25/2015", "05/04/13", "tomorrow", "2013-4", "0000-00-00"])
def test_dates_of_birth_that_are_refused_and_kept_raw(told):
    child = one_child(CHILD_DATE_OF_BIRTH=told)
    assert child.born is None
    assert child.raw["CHILD_DATE_OF_BIRTH"] == told
    assert [(p.code, p.severity) for p in child.problems] == [("not_a_date", "error")]


def test_a_child_not_yet_born_is_refused():
    assert [p.message for p in one_child(CHILD_DATE_OF_BIRTH="2027-01-01").problems] == [
        "should be in the past"
    ]


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("Chloë", True),
        ("Anne-Marie", True),
        ("D'Arcy", True),
        ("Siân", True),
        ("Ŵyn", True),
        ("Łucja", True),
        ("<script>alert(1)</script>", False),
        ("Ada😀", False),
        ("علي", False),
        pytest.param("A" * 10_000, True, id="ten thousand letters"),
        ("=HYPERLINK(1)", False),
    ],
)
def test_which_letters_a_name_may_have(given, taken):
    child = one_child(CHILD_FIRST_NAME=given)
    assert child.usable is taken
    assert child.raw["CHILD_FIRST_NAME"] == given
    assert child.names[0].given == given


@pytest.mark.parametrize("number", ["0000000000", "9999999999", "9434765871", "99900000", "999000001X"])
def test_placeholders_and_wrong_check_digits_are_no_nhs_numbers(number):
    child = one_child(",CHILD_NHS_NUMBER", f",{number}")
    assert child.identifiers == ()
    assert [p.code for p in child.problems] == ["nhs_number"]


def test_an_nhs_number_is_taken_with_or_without_spaces():
    [spaced, plain] = read(f"{HEADER},CHILD_NHS_NUMBER\n{ROW},999 000 0018\n{ROW},9990000018\n")
    assert spaced.source_key == plain.source_key == "nhs_number:9990000018"
    assert [p.code for p in plain.problems] == ["duplicate_id"]
    assert plain.usable


def test_a_child_without_a_number_keeps_the_same_key_at_every_import():
    assert one_child().source_key == one_child(CHILD_FIRST_NAME=" ADA ").source_key
    assert one_child().source_key != one_child(CHILD_FIRST_NAME="Ida").source_key


@pytest.mark.parametrize(
    ("born", "year"),
    [("2012-08-31", 9), ("2012-09-01", 8), ("2013-08-31", 8), ("2013-09-01", 7)],
)
def test_the_school_year_turns_on_the_first_of_september(born, year):
    for wanted in (range(year, year + 1), range(year + 1, year + 2)):
        [child] = read(f"{HEADER}\n{ROW.replace('2013-04-05', born)}\n", year_groups=wanted)
        assert child.usable is (year in wanted)


# --- files that are not as they should be -----------------------------------------------------------------


def test_the_rows_are_counted_as_the_sheet_counts_them():
    children = read(f"{HEADER}\n{ROW}\n,,,,\n\n{ROW}\n")
    assert [child.number for child in children] == [2, 5]


def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_row():
    with pytest.raises(Unreadable, match="Row 3 opens a quotation mark"):
        read(f'{HEADER}\n{ROW}\n"{ROW}\n{ROW}\n{ROW}\n')


def test_semicolons_and_tabs_separate_as_well():
    for delimiter in ";\t":
        [child] = read(f"{HEADER}\n{ROW}\n".replace(",", delimiter))
        assert child.usable


def test_a_cell_too_many_is_reported():
    [child] = read(f"{HEADER}\n{ROW},more\n")
    assert [(p.code, p.severity) for p in child.problems] == [("extra_cells", "warning")]
    assert child.raw["column 6"] == "more"


def test_an_old_windows_encoding_is_read_and_reported():
    [problem, child] = read(f"{HEADER}\n{ROW}\n".replace("Ada", "Zoë").encode("cp1252"))
    assert isinstance(problem, Problem)
    assert (problem.record, problem.code) == (0, "encoding_guessed")
    assert child.names[0].given == "Zoë"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_marked_and_wide_encodings_are_read_without_a_word(encoding):
    [child] = read(f"{HEADER}\n{ROW}\n".replace("Ada", "Zoë").encode(encoding))
    assert child.names[0].given == "Zoë"
