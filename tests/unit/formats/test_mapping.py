"""A mapping is saved, loaded and suggested."""

import re
from datetime import date

import pytest

from jigsaw.formats import READERS, suggest_mapping
from jigsaw.formats.mapping import FIELDS, Mapping
from jigsaw.formats.records import IncomingPerson, Unreadable

FULL = Mapping(
    columns={"family_name": "Last Name", "sex": "Gender"},
    constants={"service": "Housing “North”"},
    values={"sex": {"Girl": "F", "Boy": "M"}},
    date_formats=("%d/%m/%Y", "%d-%b-%y"),
    encoding="cp1252",
    delimiter="\t",
    sheet="Sheet 2",
    header_row=3,
)


@pytest.mark.parametrize("mapping", [FULL, Mapping(columns={"upn": "UPN"})])
def test_a_saved_mapping_is_loaded_as_it_was(mapping, tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_text(mapping.to_toml(), "utf-8")
    assert Mapping.load(path) == mapping


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("columns = 1", "must be a section"),
        ("[columns]", "names no column"),
        ("[columns]\nfirst_name = 'A'", "“first_name”, which is no field"),
        ("[columns]\nupn = 3", "“upn” in \\[columns\\] of the mapping must be text"),
        ("[colums]\nupn = 'A'", "“colums”, which is no section"),
        ("[columns]\nupn = 'A'\n[source]\nformat = 'x'", "“format”, which is no key"),
        ("[columns]\nupn = 'A'\n[source]\ndate_formats = 'dmy'", "must be a list"),
        ("[columns]\nupn = 'A'\n[source]\nheader_row = 0", "whole number from 1"),
        ("[columns]\nupn = 'A'\n[values.hair]\na = 'b'", "“hair”, which is no field"),
        ("[columns\nupn", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_mapping_is_named(toml, words):
    with pytest.raises(Unreadable, match=words):
        Mapping.parse(toml)


def test_a_mapping_file_that_is_missing_or_no_text_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="Check its name"):
        Mapping.load(tmp_path / "none.toml")
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unreadable, match="UTF-8"):
        Mapping.load(tmp_path / "odd.toml")


# --- suggestions --------------------------------------------------------------------------------------------

PUPIL = {
    "upn": "upn",
    "former_upn": "formerupn",
    "uln": "uniquelearnernumber",
    "family_name": "surname",
    "given_name": "forename",
    "preferred_family_name": "preferredsurname",
    "former_family_name": "formersurname",
    "birth_date": "dob",
    "sex": "sex",
    "ethnicity": "ethnicity",
    "from_date": "entrydate",
}
MATCHER = {
    "local_id": "SourceID",
    "family_name": "Surname",
    "given_name": "Forename",
    "birth_date": "DOB",
    "sex": "Gender",
    "postcode": "PostCode",
}
NATIONAL = {**MATCHER, "nhs_number": "NHSNumber", "ethnicity": "Ethnicity"}


@pytest.mark.parametrize(
    ("path", "columns", "service"),
    [
        ("school_census/2025_spring_pupilonroll.csv", {**PUPIL, "local_id": "pupilonrolltableid"}, "School"),
        (
            "school_census/2025_spring_pupilnolongeronroll.csv",
            {**PUPIL, "local_id": "pupilnolongeronrolltableid", "until_date": "leavingdate"},
            "School",
        ),
        (
            "school_census/2025_spring_termlyexclusionsonroll.csv",
            {"local_id": "pupilonrolltableid", "from_date": "startdate", "detail": "category"},
            "School",
        ),
        (
            "ssda903/header.csv",
            {"local_id": "CHILD", "sex": "SEX", "birth_date": "DOB", "ethnicity": "ETHNIC", "upn": "UPN"},
            None,
        ),
        (
            "ssda903/missing.csv",
            {
                "local_id": "CHILD",
                "birth_date": "DOB",
                "from_date": "MIS_START",
                "until_date": "MIS_END",
                "detail": "MISSING",
            },
            "Looked after: missing or away from placement",
        ),
        ("sui/reconciliation_test_data.csv", NATIONAL, None),
        ("sui/patient_low_confidence_match_9876543210.csv", NATIONAL, None),
        ("sui/single_match_from_dbs_headers.csv", MATCHER, None),
        (
            "sui/single_match.csv",
            {"family_name": "Surname", "given_name": "GivenName", "birth_date": "DOB", "email": "Email"},
            None,
        ),
    ],
)
def test_national_layouts_get_the_mapping_a_person_would_write(data, path, columns, service):
    mapping = suggest_mapping(data / path)
    assert mapping.columns == columns
    assert mapping.constants == ({"service": service} if service else {})
    assert Mapping.parse(mapping.to_toml()) == mapping


@pytest.mark.parametrize("path", ["school_census", "ssda903", "sui"])
def test_every_row_of_a_suggested_mapping_gives_a_person(data, path):
    for file in sorted((data / path).glob("*.csv")):
        rows = len(file.read_text("utf-8-sig").strip().splitlines()) - 1
        reading = list(READERS["table"](file, mapping=suggest_mapping(file), on=date(2026, 11, 22)))
        assert [type(one) for one in reading] == [IncomingPerson] * rows
        assert all(person.usable for person in reading)


def borough_tables(text):
    """(file name, headings) of each extract that a borough's field list describes."""
    common = re.findall(r'^  - "(.+)"$', text, re.MULTILINE)
    for block in re.split(r"^  - \w+:$", text, flags=re.MULTILINE)[1:]:
        name = re.search(r'_Data_type: "(.+)"', block)[1]
        yield name, common + re.findall(r"^      (.+?): ", block, re.MULTILINE)


EVENT = {"detail", "from_date", "until_date"}
EXTRA = {
    "Adult Social Care.csv": ("Adult Social Care", {"local_id", "worker", "worker_email", *EVENT}),
    "Childrens Social Care.csv": ("Childrens Social Care", {"local_id", "worker", "worker_email", *EVENT}),
    "Housing.csv": ("Housing", {"local_id", "worker", *EVENT}),
    "Community.csv": ("Community", EVENT),
    "Acute.csv": ("Hospital", {"local_id", *EVENT}),
    "Primary Care.csv": ("General practice", {"worker", "worker_phone", "from_date"}),
    "Mental Health.csv": ("Mental Health", EVENT),
}


@pytest.mark.parametrize("borough", ["brent", "hounslow"])
def test_two_boroughs_extracts_get_a_sensible_mapping(data, tmp_path, borough):
    tables = list(borough_tables((data / "multi_agency" / f"{borough}_data.yaml").read_text()))
    assert len(tables) >= 5
    for name, headings in tables:
        path = tmp_path / name
        path.write_text(",".join(headings) + "\n")
        mapping = suggest_mapping(path)
        service, extra = EXTRA[name]
        common = {"family_name", "given_name", "birth_date", "nhs_number", "address", "died_on"}
        assert set(mapping.columns) == common | extra, name
        assert mapping.constants == {"service": service}
        assert mapping.columns["nhs_number"] == "NHS No"


def test_the_richest_sheet_of_a_workbook_is_suggested(data):
    mapping = suggest_mapping(data / "annex_a" / "Annex_A.xlsx")
    assert mapping.sheet == "List 6"
    assert mapping.columns["local_id"] == "Child Unique ID"
    assert mapping.columns["worker"] == "Allocated Worker"
    assert mapping.constants == {"service": "Children's social care: child in need"}


def test_headings_below_a_title_are_found(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Report,,\n,,\nSurname,Forename,Date of Birth\nMarsh,Ada,25/04/2015\n")
    assert suggest_mapping(path).header_row == 3


def test_month_first_dates_are_noticed(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Surname,DOB\nMarsh,04/25/2015\nFenn,01/02/2015\n")
    assert suggest_mapping(path).date_formats == ("%m/%d/%Y",)
    path.write_text("Surname,DOB\nMarsh,25/04/2015\nFenn,01/02/2015\n")
    assert suggest_mapping(path).date_formats == ()


def test_parents_and_prefixed_headings(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Child First Name,pers_surname,PARENT_1_NAME,Parent 1 Email,Contact 2 Name,Email\n")
    assert suggest_mapping(path).columns == {
        "given_name": "Child First Name",
        "family_name": "pers_surname",
        "parent_1_name": "PARENT_1_NAME",
        "parent_1_email": "Parent 1 Email",
        "parent_2_name": "Contact 2 Name",
        "email": "Email",
    }


def test_a_table_of_unknown_headings_is_refused_with_what_to_write(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("alpha,beta\n1,2\n")
    with pytest.raises(Unreadable, match="alpha, beta"):
        suggest_mapping(path)


def test_every_field_can_be_suggested_or_is_a_parents():
    from jigsaw.formats.suggest import _SYNONYMS

    assert set(_SYNONYMS) == set(FIELDS)
