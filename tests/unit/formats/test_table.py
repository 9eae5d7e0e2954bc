"""An agency's own table is read through its saved mapping, whatever is wrong with it."""

import io
import zipfile
from datetime import date

import pytest

from jigsaw.formats import sheets, table
from jigsaw.formats.mapping import Mapping
from jigsaw.formats.records import IncomingPerson, Problem, Unreadable

NOVEMBER_2026 = date(2026, 11, 22)
COLUMNS = {"family_name": "Surname", "given_name": "Forename", "birth_date": "DOB"}


def read(content, columns=None, **more):
    mapping = Mapping(columns=COLUMNS if columns is None else columns, **more)
    data = content.encode() if isinstance(content, str) else content
    return list(table.read(io.BytesIO(data), mapping=mapping, on=NOVEMBER_2026))


def people(reading):
    return [one for one in reading if isinstance(one, IncomingPerson)]


def file_problems(reading):
    return [one for one in reading if isinstance(one, Problem)]


def one_row(columns, cells, **more):
    """The person of a table with one row, the headings being the field names themselves."""
    header, row = ",".join(columns), ",".join(f'"{cell}"' for cell in cells)
    [person] = people(read(f"{header}\n{row}\n", {name: name for name in columns}, **more))
    return person


def codes(person):
    return [problem.code for problem in person.problems]


def born(told, **more):
    return one_row(["local_id", "birth_date"], ["1", told], **more)


# --- dates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        "25/04/2015",
        "25-4-2015",
        "25.04.2015",
        "2015-04-25",
        "20150425",
        "2015-Apr-25 00:00:00",
        "25 April 2015",
        "25th Apr 2015",
        "25/04/2015 13:45",
        "2015-04-25T00:00:00Z",
    ],
)
def test_the_day_comes_first_unless_the_year_does(told):
    person = born(told)
    assert (person.born, person.born_accuracy, codes(person)) == (date(2015, 4, 25), "AAA", [])


@pytest.mark.parametrize("told", ["31/02/2015", "04/25/2015", "29/02/2015", "2015", "Ada", "0/0/0", "1234"])
def test_an_impossible_date_is_reported_and_kept_raw(told):
    person = born(told)
    assert (person.born, codes(person), person.raw["birth_date"]) == (None, ["not_a_date"], told)
    assert person.usable


@pytest.mark.parametrize(
    ("told", "day"),
    [("25/04/15", date(2015, 4, 25)), ("1/7/80", date(1980, 7, 1)), ("1/1/27", date(1927, 1, 1))],
)
def test_a_two_digit_year_of_birth_is_never_ahead(told, day):
    person = born(told)
    assert (person.born, codes(person)) == (day, ["two_digit_year"])


def test_a_month_first_file_needs_its_mapping_to_say_so():
    assert born("04/25/2015", date_formats=("%m/%d/%Y",)).born == date(2015, 4, 25)
    assert born("25/04/2015", date_formats=("%m/%d/%Y",)).born is None


def test_an_excel_number_in_a_csv_is_read_and_reported():
    person = born("42119")
    assert (person.born, codes(person)) == (date(2015, 4, 25), ["excel_serial"])


def test_a_date_of_birth_a_few_months_ahead_is_an_expected_one():
    person = born("01/03/2027")
    assert (person.born, person.expected_on, codes(person)) == (None, date(2027, 3, 1), ["in_future"])
    person = born("01/03/2031")
    assert (person.born, person.expected_on, codes(person)) == (None, None, ["in_future"])


@pytest.mark.parametrize("told", ["01/01/1900", "31/12/9999", "n/a", "NULL", "", "  "])
def test_what_systems_write_for_no_date_is_no_date(told):
    assert (born(told).born, codes(born(told))) == (None, [])


# --- who it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("full", "family", "given"),
    [("Ada Rose Marsh", "Marsh", "Ada Rose"), ("MARSH, Ada", "MARSH", "Ada"), ("Ada", "", "Ada")],
)
def test_a_whole_name_is_taken_apart(full, family, given):
    [name] = one_row(["full_name"], [full]).names
    assert (name.family, name.given) == (family, given)


def test_preferred_and_former_names_are_kept_beside_the_official_one():
    fields = ["family_name", "given_name", "preferred_name", "former_family_name"]
    person = one_row(fields, ["Marsh", "Adelaide", "Ada", "Fenn"])
    assert [(name.use, name.given, name.family) for name in person.names] == [
        ("official", "Adelaide", "Marsh"),
        ("nickname", "Ada", "Marsh"),
        ("old", "Adelaide", "Fenn"),
    ]


@pytest.mark.parametrize(
    ("field", "told", "kept"),
    [
        ("nhs_number", "999 000 0018", "9990000018"),
        ("nhs_number", "9990000019", None),
        ("nhs_number", "0000000000", None),
        ("nhs_number", "9999999999", None),
        ("upn", "b801200005001", "B801200005001"),
        ("upn", "cbd0f54b-6c4", None),
        ("uln", "1000000019", "1000000019"),
        ("uln", "0000000019", None),
    ],
)
def test_identifiers_of_the_wrong_shape_are_reported_and_not_used(field, told, kept):
    person = one_row(["family_name", field], ["Marsh", told])
    assert [identifier.value for identifier in person.identifiers] == ([kept] if kept else [])
    assert codes(person) == ([] if kept else [f"{field}_shape"])
    assert person.raw[field] == told


def test_an_agencys_own_number_names_the_record_before_a_national_one():
    person = one_row(["nhs_number", "local_id"], ["9990000018", "H-7"])
    assert person.source_key == "local_id:H-7"
    assert one_row(["nhs_number"], ["9990000018"]).source_key == "nhs_number:9990000018"


def test_a_row_that_names_nobody_is_rejected_and_still_told_of():
    content = "Surname,Forename,DOB\n,,25/04/2015\n,,25/04/2015\n"
    first, second = people(read(content))
    assert not first.usable and not second.usable
    assert codes(first) == ["nobody"]
    assert first.source_key != second.source_key


def test_several_rows_of_one_person_are_no_problem_but_two_persons_with_one_number_are():
    content = "id,Surname,Forename,DOB,team\n" + "7,Marsh,Ada,25/04/2015,{}\n" * 2
    content = content.format("North", "South") + "7,Marsh,Ida,25/04/2015,\n"
    first, again, other = people(read(content, {**COLUMNS, "local_id": "id", "service": "team"}))
    assert first.source_key == again.source_key == other.source_key
    assert [codes(person) for person in (first, again, other)] == [[], [], ["duplicate_id"]]


@pytest.mark.parametrize(
    ("told", "sex", "reported"),
    [
        ("Girl", "F", []),
        ("MALE", "M", []),
        ("b) Female", "F", []),
        ("1", "M", []),
        ("Z", "", ["unknown_code"]),
    ],
)
def test_sex_in_the_words_that_systems_use(told, sex, reported):
    person = one_row(["local_id", "sex"], ["1", told])
    assert (person.sex, codes(person)) == (sex, reported)


def test_the_mappings_own_codes_go_first():
    values = {"sex": {"w": "F"}, "birth_date": {"not given": ""}}
    person = one_row(["local_id", "sex", "birth_date"], ["1", " W ", "Not Given"], values=values)
    assert (person.sex, person.born, codes(person)) == ("F", None, [])


# --- where, how, and who else -------------------------------------------------------------------------------


def test_an_address_in_one_cell_gives_up_its_postcode():
    [address] = one_row(["local_id", "address"], ["1", "1 Mill Lane, Sharetown, sr1 1aa"]).addresses
    assert (address.lines, address.postcode) == (("1 Mill Lane", "Sharetown"), "SR1 1AA")


def test_an_address_in_many_cells():
    fields = ["local_id", "address_1", "address_2", "town", "postcode", "uprn"]
    [address] = one_row(
        fields, ["1", "Flat 2", "1 Mill Lane", "Sharetown", "SR11AA", "100012345678"]
    ).addresses
    assert (address.lines, address.town) == (("Flat 2", "1 Mill Lane"), "Sharetown")
    assert (address.postcode, address.uprn) == ("SR1 1AA", "100012345678")


def test_no_fixed_abode_is_no_place():
    [address] = one_row(["local_id", "postcode"], ["1", "ZZ99 3VZ"]).addresses
    assert (address.use, address.postcode) == ("no_fixed_abode", "")


def test_contacts_of_the_person_the_worker_and_the_parents_stay_apart():
    fields = ["local_id", "phone", "worker", "worker_phone", "parent_1_name", "parent_1_phone"]
    person = one_row(fields, ["1", "07700 900123", "Sam Reed", "01632 960001", "Jo Marsh", "07700 900456"])
    assert [(c.whose, c.value) for c in person.contacts] == [("self", "07700 900123")]
    assert [(i.worker, i.worker_phone) for i in person.involvements] == [("Sam Reed", "01632 960001")]
    [relation] = person.relations
    assert [(c.whose, c.value) for c in relation.person.contacts] == [("Parent or carer", "07700 900456")]


def test_two_numbers_in_one_cell_are_two_contacts():
    person = one_row(["local_id", "phone"], ["1", "07700 900123 / 01632 960001"])
    assert [contact.value for contact in person.contacts] == ["07700 900123", "01632 960001"]


def test_a_constant_service_is_an_involvement_of_every_row():
    person = one_row(
        ["local_id", "from_date", "until_date"], ["1", "02/01/2026", "01/01/2026"], constants=HOUSING
    )
    [involvement] = person.involvements
    assert (involvement.service, involvement.from_date, involvement.until_date) == (
        "Housing",
        date(2026, 1, 2),
        date(2026, 1, 1),
    )
    assert codes(person) == ["date_order"]


HOUSING = {"service": "Housing"}


# --- the shape of the table ---------------------------------------------------------------------------------

CHILD = "Marsh,Ada,25/04/2015"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter):
    [person] = people(read(f"Surname,Forename,DOB\n{CHILD}\n".replace(",", delimiter)))
    assert person.names[0].given == "Ada"


def test_a_separator_line_of_excel_is_a_row_but_no_heading():
    [person] = people(read(f"sep=;\nSurname;Forename;DOB\n{CHILD.replace(',', ';')}\n"))
    assert (person.number, person.names[0].given) == (3, "Ada")


def test_headings_below_a_title():
    content = f"Report of 1 May 2026,,\n,,\nSurname,Forename,DOB\n{CHILD}\n"
    [person] = people(read(content, header_row=3))
    assert (person.number, person.names[0].given) == (4, "Ada")


def test_ragged_rows_are_read_and_reported():
    content = f"Surname,Forename,DOB\n{CHILD},more\nMarsh,Ida\n"
    long, short = people(read(content))
    assert (codes(long), long.raw["column 4"]) == (["extra_cells"], "more")
    assert (codes(short), short.names[0].given, short.born) == (["missing_cells"], "Ida", None)


def test_of_two_equal_headings_the_first_is_used_and_both_are_kept():
    reading = read(f"Surname,Forename,DOB,Surname,\n{CHILD},Fenn,x\n")
    [problem], [person] = file_problems(reading), people(reading)
    assert (problem.record, problem.code, problem.field) == (0, "repeated_column", "Surname")
    assert person.names[0].family == "Marsh"
    assert (person.raw["Surname (2)"], person.raw["column 5"]) == ("Fenn", "x")


def test_a_mapped_column_that_is_missing_is_reported():
    [problem] = file_problems(read("Surname,Forename\nMarsh,Ada\n"))
    assert (problem.code, problem.field) == ("missing_column", "DOB")


def test_a_table_without_any_column_that_says_who_is_refused():
    with pytest.raises(Unreadable, match="the headings are: Name, Born"):
        read("Name,Born\nAda,25/04/2015\n")


@pytest.mark.parametrize("content", ["Surname,Forename,DOB\n", "Surname,Forename,DOB\n,,\n\n"])
def test_a_table_without_a_record_is_refused(content):
    with pytest.raises(Unreadable, match="no record"):
        read(content)


def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_row():
    with pytest.raises(Unreadable, match="Row 3 opens a quotation mark"):
        read(f'Surname,Forename,DOB\n{CHILD}\nMarsh,"Ida,1/1/2016\n{CHILD}\n')


def test_swapped_columns_are_noticed_and_named():
    rows = "".join(f"Marsh,{day:02}/04/2015,Ada\n" for day in range(1, 11))
    reading = read(f"Surname,Forename,DOB\n{rows}")
    [problem] = file_problems(reading)
    assert (problem.record, problem.field, problem.code) == (0, "DOB", "swapped_columns")
    assert "“Forename”" in problem.message
    assert len(people(reading)) == 10


def test_columns_in_order_are_not_called_swapped():
    rows = "".join(f"Marsh,Ada,{day:02}/04/2015\n" for day in range(1, 11))
    assert file_problems(read(f"Surname,Forename,DOB\n{rows}Marsh,Ida,soon\n")) == []


def test_a_column_of_unreadable_dates_without_a_better_one_is_noticed():
    [problem] = file_problems(read("Surname,Forename,DOB\nMarsh,Ada,04/25/2015\nMarsh,Ida,04/26/2015\n"))
    assert (problem.field, problem.code) == ("DOB", "wrong_content")


# --- workbooks ----------------------------------------------------------------------------------------------


def test_a_workbook_with_dates_numbers_and_numbers_for_dates(xlsx):
    rows = [
        ["id", "Surname", "Forename", "DOB", "NHS"],
        [7, "Marsh", "Ada", date(2015, 4, 25), 9990000018],
        [8.0, "Marsh", "Ida", 42119, "999 000 0026"],
        [9, "Fenn", "Bo", "25/04/2015", ""],
    ]
    columns = {**COLUMNS, "local_id": "id", "nhs_number": "NHS"}
    found = people(read(xlsx(rows), columns))
    assert [person.born for person in found] == [date(2015, 4, 25)] * 3
    assert [person.source_key for person in found] == ["local_id:7", "local_id:8", "local_id:9"]
    assert [codes(person) for person in found] == [[], ["excel_serial"], []]
    assert found[0].identifiers[1].value == "9990000018"
    assert found[0].raw["DOB"] == "2015-04-25"


def test_an_opendocument_spreadsheet(ods):
    [person] = people(read(ods([["Surname", "Forename", "DOB"], CHILD.split(",")])))
    assert (person.number, person.names[0].given, person.born) == (2, "Ada", date(2015, 4, 25))


def test_a_sheet_by_its_name(data):
    mapping = Mapping(columns={"local_id": "Child Unique ID", "birth_date": "Date of Birth"}, sheet="List 7")
    found = people(table.read(data / "annex_a" / "Annex_A.xlsx", mapping=mapping))
    assert found[0].born == date(2021, 1, 4)
    with pytest.raises(Unreadable, match="no sheet called “List 99”"):
        list(table.read(data / "annex_a" / "Annex_A.xlsx", mapping=Mapping(columns=COLUMNS, sheet="List 99")))


def test_a_damaged_workbook_is_refused(xlsx):
    whole = xlsx([["Surname"], ["Marsh"]])
    for content in (
        whole[: len(whole) // 2],
        whole[:100] + bytes(len(whole) // 2) + whole[100 + len(whole) // 2 :],
    ):
        with pytest.raises(Unreadable):
            read(content)


def test_a_small_workbook_that_unpacks_to_very_much_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 8 * 1024 * 1024)
    for megabytes, told in ((7, "damaged"), (9, "too large")):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", bytes(megabytes * 1024 * 1024))
        assert len(packed.getvalue()) < 16 * 1024
        with pytest.raises(Unreadable, match=told):
            read(packed.getvalue())


# --- without a mapping --------------------------------------------------------------------------------------


def test_without_a_mapping_the_guess_is_told(data):
    problem, person = table.read(data / "sui" / "single_match.csv", on=NOVEMBER_2026)
    assert problem.code == "mapping_suggested"
    assert "birth_date from “DOB”" in problem.message
    assert (person.names[0].family, person.born) == ("CHISLETT", date(2008, 9, 20))


def test_a_stream_is_guessed_like_a_file(data):
    stream = io.BytesIO((data / "sui" / "single_match.csv").read_bytes())
    assert [type(one) for one in table.read(stream)] == [Problem, IncomingPerson]


# --- strange content ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert('x')</script>",
        "Ada 😀",
        "علي",
        "שרה",
        "浩然",
        "=cmd|'/c calc'!A1",
        pytest.param("A" * 10_000, id="ten thousand letters"),
        "O'Hara-Śmith",
        "Robert'); DROP TABLE people;--",
    ],
)
def test_strange_names_are_kept_as_they_are(name):
    person = one_row(["family_name"], [name])
    assert person.names[0].family == name
    assert person.raw["family_name"] == name
    assert person.usable


def test_invisible_characters_are_left_out_of_the_name_and_kept_in_the_raw_value():
    told = "\u202eMa\u200brsh\u00a0"
    person = one_row(["family_name"], [told])
    assert (person.names[0].family, person.raw["family_name"]) == ("Marsh", told)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(encoding):
    reading = read("Surname,Forename,DOB\nBrontë,Zoë,25/04/2015\n".encode(encoding))
    assert people(reading)[0].names[0].family == "Brontë"
    assert [p.code for p in file_problems(reading)] == (["encoding_guessed"] if encoding == "cp1252" else [])


def test_the_mappings_encoding_is_obeyed():
    content = "Surname,Forename,DOB\nŁuca,Ada,25/04/2015\n".encode("cp1250")
    assert people(read(content, encoding="cp1250"))[0].names[0].family == "Łuca"
    with pytest.raises(Unreadable, match="not written in the encoding"):
        read(content, encoding="utf-8")
    with pytest.raises(Unreadable, match="no text encoding called"):
        read(content, encoding="klingon")
