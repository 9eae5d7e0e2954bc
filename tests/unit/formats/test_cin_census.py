"""A children-in-need census return is read child by child, whatever is wrong with it."""

import io
import time
import tracemalloc
from datetime import date

import pytest

from jigsaw.formats import cin_census
from jigsaw.formats.records import IncomingPerson, Problem, Unreadable

HEADER = (
    "<Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year>"
    "<ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails></Header>"
)
REFERRAL = (
    "<CINdetails><CINreferralDate>2025-10-06</CINreferralDate><ReferralSource>6</ReferralSource>"
    "<PrimaryNeedCode>N1</PrimaryNeedCode><ReferralNFA>0</ReferralNFA></CINdetails>"
)


def child(identifiers="", referral=REFERRAL, la_child_id="A1"):
    return (
        f"<Child><ChildIdentifiers><LAchildID>{la_child_id}</LAchildID>{identifiers}</ChildIdentifiers>"
        f"<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>{referral}</Child>"
    )


BORN = "<PersonBirthDate>2015-04-25</PersonBirthDate><Sex>F</Sex>"


def message(*children, header=HEADER):
    return f"<Message>{header}<Children>{''.join(children)}</Children></Message>"


def read(content, **known):
    data = content.encode() if isinstance(content, str) else content
    return list(cin_census.read(io.BytesIO(data), **known))


def read_one(*args, **kwargs):
    [person] = read(message(child(*args, **kwargs)))
    return person


def codes(person):
    return {problem.code for problem in person.problems}


# --- the samples --------------------------------------------------------------------------------------------


def test_the_2024_sample_is_read_whole(data):
    year, first, second = cin_census.read(data / "cin" / "CIN_Census_2024.xml")
    assert (year.record, year.field, year.code) == (0, "Year", "year")
    assert (first.number, first.source_key, first.born, first.sex) == (
        1,
        "la_child_id:DfEX0000001",
        date(2015, 3, 27),
        "M",
    )
    assert first.disabilities == ("HAND", "HEAR")
    assert [(i.kind, i.value) for i in first.identifiers] == [
        ("la_child_id", "DfEX0000001"),
        ("upn", "A123456789123"),
        ("former_upn", "X98765432123B"),
    ]
    assert [(i.service, i.from_date, i.until_date, i.detail) for i in first.involvements] == [
        (
            cin_census.REFERRAL,
            date(2022, 10, 6),
            date(2023, 2, 27),
            "Primary need: family in acute stress. Referred by: family member, relative or carer",
        ),
        (cin_census.CIN_PLAN, date(2023, 1, 24), date(2023, 1, 26), ""),
        (cin_census.SECTION_47, date(2022, 6, 2), None, "Initial child protection conference: 17 June 2022"),
        (cin_census.CP_PLAN, date(2022, 2, 17), date(2023, 3, 14), "Category: physical abuse"),
    ]
    assert codes(first) == {
        "stray_text",
        "contradiction",
        "unknown_code",
        "after_reference_date",
        "date_order",
    }
    assert first.raw["ChildIdentifiers"]["#text"] == "PersonBirthDate"
    assert second.source_key == "la_child_id:child_fails_assessments"
    assert codes(second) == {"after_reference_date"}
    assert first.usable and second.usable


def test_a_reference_date_that_is_no_census_day_is_reported(data):
    header, person = cin_census.read(data / "cin" / "CIN_header_issues_100.xml")
    assert header.code == "reference_date"
    assert "implausible_date" in codes(person)


def test_every_child_and_referral_of_the_large_sample_is_accounted_for(data):
    source = (data / "cin" / "fake_CIN_data.xml").read_text("utf-8")
    people = [
        one for one in cin_census.read(data / "cin" / "fake_CIN_data.xml") if isinstance(one, IncomingPerson)
    ]
    assert len(people) == source.count("<Child>") == 332
    assert sum(len(person.involvements) for person in people) == source.count("<CINdetails>") == 402
    assert all(person.usable for person in people)


# --- a child ------------------------------------------------------------------------------------------------


def test_an_unborn_child_has_an_expected_date_and_no_date_of_birth():
    person = read_one("<ExpectedPersonBirthDate>2026-06-01</ExpectedPersonBirthDate><Sex>U</Sex>")
    assert (person.born, person.born_accuracy, person.expected_on) == (None, "UUU", date(2026, 6, 1))
    assert person.problems == ()


@pytest.mark.parametrize("told", ["2015-02-31", "31/02/2015", "2015-13-01", "25.4", "yesterday", "2015"])
def test_an_impossible_date_is_reported_and_kept_raw(told):
    person = read_one(f"<PersonBirthDate>{told}</PersonBirthDate><Sex>F</Sex>")
    assert person.born is None
    assert person.usable
    assert codes(person) == {"not_a_date"}
    assert person.raw["ChildIdentifiers"]["PersonBirthDate"] == told


@pytest.mark.parametrize("told", ["2015-04-25", " 25/04/2015 ", "2015-04-25T00:00:00", "2015-04-25Z"])
def test_dates_with_another_shape_are_understood(told):
    assert read_one(f"<PersonBirthDate>{told}</PersonBirthDate>").born == date(2015, 4, 25)


@pytest.mark.parametrize(
    ("element", "told", "sex", "reported"),
    [
        ("Sex", "F", "F", False),
        ("Sex", "m", "M", False),
        ("GenderCurrent", "1", "M", False),
        ("GenderCurrent", "2", "F", False),
        ("GenderCurrent", "0", "U", False),
        ("GenderCurrent", "9", "U", False),
        ("Sex", "1", "M", False),
        ("Sex", "Z", "", True),
    ],
)
def test_sex_and_the_older_gender(element, told, sex, reported):
    person = read_one(f"<PersonBirthDate>2015-04-25</PersonBirthDate><{element}>{told}</{element}>")
    assert person.sex == sex
    assert ("unknown_code" in codes(person)) is reported


@pytest.mark.parametrize("upn", ["A12345678912", "1234567890123", "A1234567891234", "A123<!-- -->45"])
def test_a_upn_of_another_shape_is_kept_raw_and_not_used(upn):
    person = read_one(f"{BORN}<UPN>{upn}</UPN>")
    assert [identifier.kind for identifier in person.identifiers] == ["la_child_id"]
    assert "upn_shape" in codes(person)


def test_an_unknown_code_is_reported_and_kept():
    person = read_one(BORN, REFERRAL.replace("N1", "N77"))
    assert codes(person) == {"unknown_code"}
    assert person.involvements[0].detail == "Primary need: N77. Referred by: police"


def test_a_child_whom_nothing_names_is_rejected_and_still_told_of():
    [first, second] = read(message(child(la_child_id=""), child(la_child_id="  ")))
    assert not first.usable and not second.usable
    assert first.source_key != second.source_key
    assert [problem.field for problem in first.problems if problem.severity == "error"] == ["LAchildID"]


def test_a_upn_names_a_child_without_an_authority_number():
    person = read_one(f"{BORN}<UPN>A123456789123</UPN>", la_child_id="")
    assert person.usable
    assert person.source_key == "upn:A123456789123"


def test_a_number_used_twice_is_reported_on_the_second_child():
    first, again, other = read(
        message(child(BORN), child(BORN), child(BORN.replace("2015-04-25", "2016-01-01")))
    )
    assert first.problems == ()
    assert first.source_key == again.source_key == other.source_key
    assert codes(again) == codes(other) == {"duplicate_id"}
    assert again.problems[0].message != other.problems[0].message
    assert other.usable


def test_a_namespace_and_another_order_change_nothing():
    plain = read_one(BORN)
    moved = message(child(BORN)).replace("<Message>", '<Message xmlns="urn:la:export">')
    moved = moved.replace("<Sex>F</Sex>", "").replace("<LAchildID>", "<Sex>F</Sex><LAchildID>")
    [person] = read(moved)
    assert (person.source_key, person.born, person.sex, person.problems) == (
        plain.source_key,
        plain.born,
        plain.sex,
        (),
    )


def test_missing_blocks_leave_a_child_that_can_be_used():
    [person] = read(message("<Child><ChildIdentifiers><LAchildID>A1</LAchildID></ChildIdentifiers></Child>"))
    assert person.usable
    assert codes(person) == {"no_birth_date", "no_referral"}


def test_an_element_that_the_census_does_not_have_is_reported_and_kept():
    person = read_one(f"{BORN}<Nickname>Ada &lt;script&gt;</Nickname>")
    assert codes(person) == {"unknown_element"}
    assert person.raw["ChildIdentifiers"]["Nickname"] == "Ada <script>"


def test_the_day_of_reading_stands_in_for_a_missing_reference_date():
    header, person = read(message(child(BORN), header="<Header/>"), on=date(2025, 1, 1))
    assert header.code == "no_reference_date"
    assert "after_reference_date" in codes(person)


# --- files that cannot be read ------------------------------------------------------------------------------


def test_a_return_that_breaks_off_is_refused_with_its_line():
    whole = message(*(child(BORN, la_child_id=f"A{n}") + "\n" for n in range(50)))
    with pytest.raises(Unreadable, match=r"goes wrong at line 2\d") as refused:
        read(whole[: len(whole) // 2])
    assert "nothing was kept" in refused.value.message


BOMB = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE Message [<!ENTITY b0 "boom">{BOMB}]>',
        '<!DOCTYPE Message [<!ENTITY b11 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Message SYSTEM "http://127.0.0.1:9/census.dtd">',
        "<!DOCTYPE Message>",
    ],
)
def test_a_document_type_is_refused_at_once(doctype):
    began = time.monotonic()
    with pytest.raises(Unreadable, match="DOCTYPE"):
        read(doctype + message(child(BORN + "<UPN>&b11;</UPN>")))
    assert time.monotonic() - began < 1


def test_a_return_without_children_is_refused():
    for content in (message(), "<Message/>", "<note>hello</note>"):
        with pytest.raises(Unreadable, match="holds no child"):
            read(content)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marked_encodings_are_read(encoding):
    [person] = read(message(child(BORN, la_child_id="É1")).encode(encoding))
    assert person.source_key == "la_child_id:É1"


def test_a_declared_encoding_is_followed():
    declared = '<?xml version="1.0" encoding="windows-1252"?>' + message(child(BORN, la_child_id="É1"))
    [person] = read(declared.encode("cp1252"))
    assert person.source_key == "la_child_id:É1"


def test_a_wrong_encoding_is_refused_in_words():
    declared = '<?xml version="1.0" encoding="utf-8"?>' + message(child(BORN, la_child_id="É1"))
    with pytest.raises(Unreadable, match="not in the text encoding"):
        read(declared.encode("cp1252"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"a,b\n1,2\n", "plain text"),
        (b"<html>", "web page"),
    ],
)
def test_other_files_are_called_what_they_are(content, words):
    with pytest.raises(Unreadable, match=words):
        read(content)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(Unreadable, match="Check its name"):
        list(cin_census.read(tmp_path / "none.xml"))


def test_memory_stays_flat_however_many_children(tmp_path):
    """Only the numbers already seen are held: well under a kilobyte for each child."""
    path = tmp_path / "return.xml"
    with path.open("w") as file:
        file.write(f"<Message>{HEADER}<Children>")
        file.writelines(child(BORN, la_child_id=f"A{n}") for n in range(3_000))
        file.write("</Children></Message>")
    tracemalloc.start()
    assert sum(1 for _ in cin_census.read(path)) == 3_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


def test_problems_of_the_file_carry_record_nought():
    problems = [one for one in read(message(child(BORN), header="<Header/>")) if isinstance(one, Problem)]
    assert [problem.record for problem in problems] == [0]
