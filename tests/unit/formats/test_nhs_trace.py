"""Questions to the national matcher are written, and its answers are read, as its own files have them."""

import csv
import io
import tracemalloc
from datetime import date

import pytest

from jigsaw.formats import nhs_trace
from jigsaw.formats.nhs_trace import DBS_HEADER, Question, TraceAnswer, TraceRow
from jigsaw.formats.records import Problem, Unreadable

OCTAVIA = Question(
    reference="R1", given="Octavia", family="Chislett", born=date(2008, 9, 20), sex="F", postcode="KT19 0ST"
)
ANSWERED = "SourceID,GivenName,Surname,DOB,SUI_Status,SUI_Score,SUI_NHSNo\n"


def rows(text: str | bytes, **more) -> list[TraceRow | Problem]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(nhs_trace.read(io.BytesIO(data), **more))


def answer(status: str, score: str = "-", number: str = "-") -> TraceRow:
    [row] = rows(f"{ANSWERED}R1,Octavia,Chislett,2008-09-20,{status},{score},{number}\n", answered=True)
    return row


# --- the matcher's own files --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "family", "born", "more"),
    [
        ("no_match.csv", "OCTIAVIAN", "CHISLETTE", date(2008, 9, 20), {}),
        ("single_match.csv", "OCTAVIA", "CHISLETT", date(2008, 9, 20), {}),
        ("single_match_low_confidence.csv", "Hannah", "Robinson", date(2005, 10, 15), {}),
        ("single_match_really_low_confidence.csv", "Joe", "Robinson", date(2005, 10, 15), {}),
        (
            "patient_low_confidence_match_9876543210.csv",
            "Joe",
            "RobinsonLow",
            date(2005, 10, 15),
            {"reference": "12345678", "sex": "F", "nhs_number": "9876543210"},
        ),
        (
            "single_match_from_dbs_headers.csv",
            "OCTAVIA",
            "CHISLETT",
            date(2008, 9, 20),
            {"sex": "M", "postcode": "YO1 1GA", "reference": ""},
        ),
    ],
)
def test_each_of_the_matchers_own_files_is_read(data, name, given, family, born, more):
    [row] = nhs_trace.read(data / "sui" / name)
    assert (row.given, row.family, row.born) == (given, family, born)
    assert {field: getattr(row, field) for field in more} == more
    assert row.usable and row.needs_details == () and row.answer is None


def test_every_row_of_the_reconciliation_file_is_kept_and_a_wrong_number_is_told(data):
    read = list(nhs_trace.read(data / "sui" / "reconciliation_test_data.csv"))
    assert [row.nhs_number for row in read] == [
        "9449305552", "9691914913", "9691914913", "9449310424", "", "",
    ]  # fmt: skip
    assert [row.problems and row.problems[0].code for row in read] == [(), (), (), (), "nhs_number", ()]
    assert read[4].raw["NHSNumber"] == "0449310999", "the raw value is kept"
    assert read[2].reference == read[1].reference, "the file's own mistake stays visible"


def test_a_date_in_two_digits_is_told_and_never_guessed(data):
    [row] = nhs_trace.read(data / "sui" / "test_fail_validation.csv")
    assert row.born is None and row.raw["DOB"] == "1/7/80"
    assert row.needs_details == ("born",)
    assert [problem.code for problem in row.problems] == ["not_a_date"]


def read_beside(path, told):
    return zip(nhs_trace.read(path), told, strict=True)


def test_every_column_of_every_file_is_kept_raw(data):
    for path in sorted((data / "sui").glob("*.csv")):
        with path.open(newline="") as file:
            told = list(csv.DictReader(file))
        kept = [
            {name: row.raw[name] for name in row.raw if name in line} for row, line in read_beside(path, told)
        ]
        assert kept == [{name: cell for name, cell in line.items() if name} for line in told], path.name


def test_the_active_columns_say_what_is_open():
    text = "SourceID,DOB,Surname,Forename,ActiveCIN,ActiveCLA,ActiveCP,ActiveReferral,ActiveEHM\n"
    [row] = rows(text + "1,20080920,Chislett,Octavia,1,0,Yes,,N\n")
    assert row.active == ("ActiveCIN", "ActiveCP")


# --- answers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "score", "number", "state"),
    [
        ("Match", "0.98", "9691292211", "match"),
        ("PotentialMatch", "0.9", "9691292211", "potential_match"),
        ("LowConfidenceMatch", "0.6", "9691292211", "low_confidence_match"),
        ("ManyMatch", "-", "-", "many_match"),
        ("NoMatch", "-", "-", "no_match"),
        ("Error", "-", "-", "error"),
        ("-", "-", "-", "error"),
        ("match", "1", "969 129 2211", "match"),
    ],
)
def test_states_are_those_of_the_national_matcher(status, score, number, state):
    row = answer(status, score, number)
    assert row.usable and row.answer and row.answer.state == state
    assert row.answer.certain == (state == "match")
    assert row.answer.number == ("9691292211" if number != "-" else "")


@pytest.mark.parametrize(
    ("status", "number", "standing", "state"),
    [
        ("NoDifferences", "9691292211", "", "match"),
        ("Differences", "9691292211", "", "match"),
        ("LocalNhsNumberIsSuperseded", "9691292211", "superseded", "match"),
        ("LocalNhsNumberIsNotValid", "9691292211", "invalid", "match"),
        ("LocalNhsNumberIsNotFoundInNhs", "9691292211", "not_found", "match"),
        ("LocalDemographicsDidNotMatchToAnNhsNumber", "-", "", "no_match"),
    ],
)
def test_what_reconciling_says_of_the_number_that_was_sent(status, number, standing, state):
    row = answer(status, "0.97" if number != "-" else "-", number)
    assert row.answer == TraceAnswer(state, number if number != "-" else "", row.answer.score, standing)


def test_a_reconciliation_file_is_read_by_its_match_columns():
    header = "SourceID,NHSNumber,SUI_NHSNo,SUI_Status,SUI_MatchStatus,SUI_MatchNhsNumber,SUI_MatchScore\n"
    [row] = rows(
        header + "R1,9990000018,9691292211,Differences,PotentialMatch,9691292211,0.9\n", answered=True
    )
    assert row.answer == TraceAnswer("potential_match", "9691292211", 0.9, "differs")


def test_the_file_of_certain_matches_alone_is_read():
    [row] = rows("LL ID,Type,NhsNumber\nR1,NHSNo,9691292211\n", answered=True)
    assert (row.reference, row.answer) == ("R1", TraceAnswer("match", "9691292211"))


@pytest.mark.parametrize(
    ("status", "score", "number", "code"),
    [
        ("Match", "0.99", "9691292212", "nhs_number"),
        ("Match", "0.99", "-", "missing"),
        ("Perhaps", "0.99", "9691292211", "unknown_state"),
        ("", "-", "-", "missing"),
        ("Match", "ninety", "9691292211", "not_a_score"),
        ("Match", "1.7", "9691292211", "not_a_score"),
        ("Match", "nan", "9691292211", "not_a_score"),
    ],
)
def test_an_answer_that_cannot_be_relied_on_is_refused_in_words(status, score, number, code):
    row = answer(status, score, number)
    assert not row.usable
    assert code in [problem.code for problem in row.problems if problem.severity == "error"]
    assert all(problem.record == 2 and problem.message for problem in row.problems)


def test_a_match_whose_score_denies_it_is_not_certain():
    row = answer("Match", "0.5", "9691292211")
    assert row.usable and row.answer and not row.answer.certain
    assert [problem.code for problem in row.problems] == ["score_denies"]


def test_an_answer_without_a_reference_is_told():
    [row] = rows(f"{ANSWERED},Octavia,Chislett,2008-09-20,NoMatch,-,-\n", answered=True)
    assert [(p.field, p.code, p.severity) for p in row.problems] == [("SourceID", "missing", "error")]


# --- files that are none ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "answered", "words"),
    [
        (b"", False, "empty"),
        (b"   \r\n\r\n", False, "empty"),
        (b"%PDF-1.7 x", False, "a PDF document"),
        (b"a,b,c\n1,2,3\n", False, "Missing: GivenName"),
        (b"GivenName,Surname,DOB\n", False, "a header and no row"),
        (b"GivenName,Surname,DOB\n,,\n", False, "a header and no row"),
        (b"GivenName,Surname,DOB,SUI_Status\nA,B,C,Match\n", True, "no column SourceID"),
        (b"SourceID,GivenName,Surname,DOB\n1,A,B,C\n", True, "no column SUI_Status"),
        (b'GivenName,Surname,DOB\nA,"B,2008-09-20\nC,D,2008-09-21\n', False, "never closed"),
        (b'GivenName,Surname,DOB\nA,"' + b"B" * 200_000, False, "never closed"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused_in_words(content, answered, words):
    with pytest.raises(Unreadable, match=words):
        rows(content, answered=answered)


def test_a_name_in_windows_letters_is_read_and_the_guess_is_told():
    problem, row = rows("GivenName,Surname,DOB\nZoë,O’Brien,2008-09-20\n".encode("cp1252"))
    assert problem.code == "encoding_guessed" and (row.given, row.family) == ("Zoë", "O’Brien")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marked_encodings_and_semicolons_are_read(encoding):
    [row] = rows("GivenName;Surname;DOB\nŁucja;Wójcik;20/09/2008\n".encode(encoding))
    assert (row.given, row.family, row.born) == ("Łucja", "Wójcik", date(2008, 9, 20))


def test_cells_beyond_the_header_are_refused_so_that_no_column_slips():
    [row] = rows(f"{ANSWERED}R1,Octavia,Chis,lett,2008-09-20,Match,0.99,9691292211\n", answered=True)
    assert "extra_cells" in [problem.code for problem in row.problems] and not row.usable


# --- writing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["plain", "dbs"])
def test_what_is_written_is_read_back_the_same(shape):
    [row] = rows("".join(nhs_trace.write([OCTAVIA], shape=shape)))
    told = (row.reference, row.given, row.family, row.born, row.sex, row.postcode)
    assert told == ("R1", "Octavia", "Chislett", date(2008, 9, 20), "F", "KT19 0ST")


def test_the_columns_of_the_batch_service_are_those_of_the_matchers_own_file(data):
    with (data / "sui" / "reconciliation_test_data.csv").open() as file:
        assert tuple(next(csv.reader(file))) == DBS_HEADER
    [_header, line] = "".join(nhs_trace.write([OCTAVIA], shape="dbs")).splitlines()
    assert ",20080920," in line and len(line.split(",")) == len(DBS_HEADER)


@pytest.mark.parametrize(
    "name", ["=1+1", "+44", "-2+3", "@SUM(A1)", "  =HYPERLINK(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1"]
)
def test_no_spreadsheet_computes_a_name(name):
    told = "".join(nhs_trace.write([Question(reference="R1", given=name, family="X")]))
    [_header, cells] = csv.reader(io.StringIO(told, newline=""))
    assert cells[1] == f"'{name}"
    [row] = rows(told)
    assert row.given == " ".join(name.split()), "and the name comes back without the apostrophe"


def test_a_name_that_begins_with_an_apostrophe_stays_as_it_is():
    told = "".join(nhs_trace.write([Question(reference="R1", given="Anna", family="'t Hooft")]))
    [row] = rows(told)
    assert row.family == "'t Hooft"


def test_memory_stays_flat_however_many_rows(tmp_path):
    def peak(count: int) -> int:
        path = tmp_path / f"{count}.csv"
        with path.open("w", newline="") as file:
            file.writelines(nhs_trace.write(OCTAVIA for _each in range(count)))
        tracemalloc.start()
        assert sum(1 for _row in nhs_trace.read(path)) == count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak(6_000) < 1.2 * peak(3_000) + 100_000
