"""HL7 v2 admission messages are read whatever their version, separators or state, and answered."""

import time
from datetime import UTC, date, datetime, timedelta

import hl7
import pytest

from jigsaw.formats import adt, hl7_text
from jigsaw.formats.adt_answer import wants_answer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEADER = "MSH|^~\\&|ED|RXX01|HUB|SHARETOWN|20260301142600||ADT^A04^ADT_A01|C1|P|2.4"
EVENT = "EVN||20260301142530"
PERSON = "PID|1||9990000018^^^NHS^NH~H77^^^RXX^PI||STONE^ROWAN^J^^^^L||20150425|M|||1 Mill Lane^^Sharetown^^SH1 2AB^^H"
VISIT = "PV1|1|E|ED^^^RXX01||||C1^Hill^Ada^^^Dr^^^GMC||||||||||||V100^^^VISITID|||||||||||||||||||||||||20260301142500"


def message(*segments, end="\r"):
    return end.join(segments or (HEADER, EVENT, PERSON, VISIT)).encode()


def read(*segments, **known):
    return adt.read(message(*segments), **{"received": NOW, **known})


def codes(told, severity=""):
    return {problem.code for problem in told.problems if problem.severity.startswith(severity)}


# --- the samples --------------------------------------------------------------------------------------------


SAMPLES = {
    "A01_example.txt": ("admitted", "AA"),
    "A03_example.txt": ("left", "AA"),
    "A04_example.txt": ("arrived", "AA"),
    "A05_Example.txt": ("unused", "AR"),
    "A08_example.txt": ("updated", "AA"),
    "A28_Example.txt": ("person_updated", "AA"),
    "A31_example.txt": ("person_updated", "AA"),
    "A40_Example.txt": ("merged", "AA"),
    "ADT-A01-02.hl7": ("admitted", "AA"),
    "ADT-A40-01.hl7": ("merged", "AA"),
    "ADT01-23.hl7": ("admitted", "AA"),
    "ADT04-23.hl7": ("arrived", "AA"),
    "ADT04-251.hl7": ("arrived", "AA"),
}


@pytest.mark.parametrize(("name", "expected"), SAMPLES.items())
def test_each_sample_is_read_whole_and_answered_so_that_the_library_can_read_it(data, name, expected):
    told = adt.read((data / "adt" / name).read_bytes())
    answer = adt.acknowledge(told, now=NOW, control_id="ACK1").decode()
    parsed = hl7.parse(answer)
    assert (told.event, adt.answer_code(told)) == expected == (told.event, str(parsed["MSA.1"]))
    assert str(parsed["MSA.2"]) == told.control_id
    assert told.patient.names and told.raw.lstrip("\ufeff").startswith("MSH")


def test_all_samples_are_listed(data):
    assert {path.name for path in (data / "adt").iterdir()} == SAMPLES.keys()


def test_the_nhs_sample_says_who_where_and_when(data):
    told = adt.read((data / "adt" / "A03_example.txt").read_bytes())
    [number] = told.patient.identifiers
    assert (number.value, number.scheme, number.valid) == ("3333333333", "nhs_number", False)
    assert told.patient.practice.ods_code == "Y06601"
    assert told.patient.addresses[0].postcode == "YO32 5TT"
    assert told.visit.place.ods_code == "RCB55"
    assert told.visit.attending.name == "Dr Samuel Darwin"
    assert told.visit.left.at == datetime(2010, 10, 21, 16, 6, tzinfo=UTC)  # British summer time
    assert told.visit.unscheduled is False


def test_a_merge_names_the_number_that_ended(data):
    [merge] = adt.read((data / "adt" / "A40_Example.txt").read_bytes()).merges
    assert (merge.prior[0].value, merge.survivor[0].value, merge.prior_visit) == (
        "22789",
        "3333333333",
        "44455",
    )


# --- what is read -------------------------------------------------------------------------------------------


def test_an_emergency_attendance_is_read_whole():
    told = read()
    assert told.problems == tuple(p for p in told.problems if p.code == "test_number")
    assert told.patient.nhs_numbers == ("9990000018",)
    assert [(one.value, one.kind) for one in told.patient.identifiers] == [
        ("9990000018", "NH"),
        ("H77", "PI"),
    ]
    assert (told.patient.born, told.patient.sex) == (date(2015, 4, 25), "M")
    assert told.visit.unscheduled is True
    assert told.visit_key == ("RXX01", "VISITID", "V100")
    assert told.visit.arrived.at == datetime(2026, 3, 1, 14, 25, tzinfo=UTC)
    assert told.person_keys() == {("RXX01|RXX", "H77")}


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("version", ["2.3", "2.3.1", "2.4", "2.5", "2.5.1"])
def test_line_ends_and_versions_do_not_matter(end, version):
    told = adt.read(message(HEADER.replace("2.4", version), EVENT, PERSON, VISIT, end=end), received=NOW)
    assert told.usable and told.patient.nhs_numbers and told.visit.number == "V100"


def test_other_separators_are_taken_from_the_header_and_used_in_the_answer():
    other = str.maketrans({"|": "#", "^": "*", "~": "!", "\\": "?", "&": "%"})
    told = adt.read(message().translate(bytes(range(256)).maketrans(b"|^~\\&", b"#*!?%")), received=NOW)
    assert told.patient == read().patient and told.visit == read().visit
    assert adt.acknowledge(told, now=NOW, control_id="A").startswith(
        f"MSH#{'^~?%'.translate(other)}#".encode()
    )


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("O\\T\\Neil", "O&Neil"),
        ("A\\F\\B\\S\\C\\R\\D\\E\\E", "A|B^C~D\\E"),
        ("Zo\\XC3AB\\", "Zoë"),
        ("one\\.br\\two", "one two"),
        ("\\.sp999999999\\x", "x"),
        ("back\\slash", "back\\slash"),
        ("\\Q1\\", "\\Q1\\"),
        ("\\XZZ\\", "\\XZZ\\"),
    ],
)
def test_escapes_are_undone_and_what_is_no_escape_stays(told, meant):
    assert read(HEADER, EVENT, PERSON.replace("STONE", told), VISIT).patient.names[0].family == meant


def test_repetitions_of_names_addresses_and_telephones_are_kept():
    person = PERSON.replace("^^L||", "^^L~REED^ROWAN^^^^^N||") + "||07700 900123~^^^^^^^^^^^07700 900456"
    told = read(HEADER, EVENT, person, VISIT)
    assert [(one.family, one.use) for one in told.patient.names] == [
        ("STONE", "official"),
        ("REED", "nickname"),
    ]
    assert told.patient.phones == ("07700 900123", "07700 900456")


def test_no_fixed_abode_is_no_shared_home():
    told = read(HEADER, EVENT, PERSON.replace("SH1 2AB", "ZZ99 3VZ"), VISIT)
    [address] = told.patient.addresses
    assert (address.use, address.postcode) == ("no_fixed_abode", "")


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("20260301142530+0100", datetime(2026, 3, 1, 13, 25, 30, tzinfo=UTC), "second"),
        ("20260701142530", datetime(2026, 7, 1, 13, 25, 30, tzinfo=UTC), "second"),
        ("202603011425", datetime(2026, 3, 1, 14, 25, tzinfo=UTC), "minute"),
        ("20260301", datetime(2026, 3, 1, tzinfo=UTC), "day"),
        ("20260301142530.1234-0500", datetime(2026, 3, 1, 19, 25, 30, tzinfo=UTC), "second"),
    ],
)
def test_times_keep_their_zone_and_how_exact_they_are(text, at, precision):
    found = hl7_text.moment(text)
    assert (found.at, found.precision) == (at, precision)


@pytest.mark.parametrize(
    "text", ["20261301", "00000101", "20260230", "2026030125", "20260301142530+9999", "tea"]
)
def test_what_is_no_time_is_none(text):
    assert hl7_text.moment(text) is None


def test_times_without_an_offset_are_in_the_zone_of_the_header():
    told = read(HEADER.replace("20260301142600", "20260301142600+0300"), EVENT, PERSON, VISIT)
    assert told.visit.arrived.at == datetime(2026, 3, 1, 11, 25, tzinfo=UTC)


def test_a_status_and_an_estimated_birth_come_from_the_reliability_code():
    person = PERSON + "|" * (32 - PERSON.count("|")) + "NSTS01~ED"
    told = read(HEADER, EVENT, person, VISIT)
    assert told.patient.identifiers[0].status == "01" and told.patient.born_accuracy == "EEE"


def test_a_baby_without_a_number_is_taken_and_told():
    person = PERSON.replace("9990000018^^^NHS^NH~", "") + "|" * (32 - PERSON.count("|")) + "NSTS08"
    told = read(HEADER, EVENT, person.replace("|||1 Mill", "|||1 Mill"), VISIT)
    assert told.usable and "no_nhs_number" in codes(told)


def test_what_the_sender_emptied_is_told_apart_from_what_it_left_out():
    told = read(HEADER, EVENT, PERSON.replace("20150425", '""'), VISIT)
    assert told.emptied == {"born"} and told.patient.born is None and "not_a_date" not in codes(told)


# --- what is wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("segments", "code", "field", "answer"),
    [
        ((HEADER, EVENT, VISIT), "no_patient", "PID", "AE"),
        ((HEADER, EVENT, PERSON), "no_visit", "PV1", "AE"),
        ((HEADER, EVENT, "PID|1||||", VISIT), "nobody", "PID-3", "AE"),
        ((HEADER, EVENT, PERSON, "PV1|1|E"), "", "", "AA"),
        ((HEADER, "PID|1||H1", "PV1|1|E"), "no_visit_number", "PV1-19", "AE"),
        ((HEADER, EVENT, PERSON.replace("H77^^^RXX^PI", "9990000026^^^NHS"), VISIT), "two_nhs_numbers", "PID-3", "AE"),
        ((HEADER, EVENT, PERSON, VISIT.replace("20260301142500", "20270301")), "in_future", "PV1-44", "AE"),
        ((HEADER.replace("A04", "A40"), EVENT, PERSON), "no_merge", "MRG", "AE"),
        ((HEADER.replace("A04", "A40"), EVENT, PERSON, "MRG|"), "no_identifier", "MRG-1", "AE"),
        ((HEADER.replace("|C1|", "||"), EVENT, PERSON, VISIT), "no_control_id", "MSH-10", "AE"),
        ((HEADER.replace("A04", "A99"), EVENT, PERSON, VISIT), "event_not_used", "MSH-9.2", "AR"),
        ((HEADER.replace("ADT^", "ORU^"), EVENT, PERSON, VISIT), "not_adt", "MSH-9.1", "AR"),
        ((HEADER.replace("2.4", "3.0"), EVENT, PERSON, VISIT), "version", "MSH-12", "AR"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_says_where_and_why_and_is_answered(segments, code, field, answer):
    told = read(*segments)
    errors = [(problem.code, problem.field) for problem in told.problems if problem.severity == "error"]
    assert errors == ([(code, field)] if code else [])
    assert adt.answer_code(told) == answer
    assert told.raw == "\r".join(segments)
    said = hl7.parse(adt.acknowledge(told, now=NOW, control_id="A1").decode())
    assert str(said["MSA.1"]) == answer
    assert (answer == "AA") == ("ERR" not in {str(segment[0]) for segment in said})


def test_an_error_is_placed_as_the_version_has_it():
    older, newer = (
        adt.acknowledge(
            read(HEADER.replace("2.4", v), EVENT, "PID|1", VISIT), now=NOW, control_id="A"
        ).decode()
        for v in ("2.4", "2.5")
    )
    assert "\rERR|PID^1^3^101&Required field missing&HL70357\r" in older
    assert "\rERR||PID^1^3|101^Required field missing^HL70357|E||||" in newer


def test_an_answer_goes_back_where_it_came_from_and_repeats_nothing_of_the_patient():
    told = read(
        HEADER.replace("A04", "A\\F\\9"), EVENT, PERSON.replace("H77^^^RXX^PI", "9990000026^^^NHS"), VISIT
    )
    answer = adt.acknowledge(told, now=NOW, control_id="A1").decode()
    assert answer.startswith("MSH|^~\\&|HUB|SHARETOWN|ED|RXX01|20260302090000+0000||ACK^A\\F\\9^ACK|A1|P|2.4")
    assert not any(word in answer for word in ("STONE", "99900", "H77"))
    assert (
        "\rMSA|AE|C1|The disk is full"
        in adt.acknowledge(read(), now=NOW, control_id="A2", code="AE", note="The disk is full").decode()
    )


@pytest.mark.parametrize(
    ("asked", "answers"), [("", "AA AE"), ("AL", "AA AE"), ("NE", ""), ("ER", "AE"), ("SU", "AA")]
)
def test_a_sender_may_ask_for_answers_only_to_errors(asked, answers):
    told = read(HEADER + "||||" + asked, EVENT, PERSON, VISIT)
    assert [code for code in ("AA", "AE") if wants_answer(told, code)] == answers.split()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("9990000018", "9434765871"), "nhs_number_check"),
        (("20150425", "20151325"), "not_a_date"),
        (("20150425", "20990425"), "implausible_date"),
        (("|M|", "|X|"), "unknown_code"),
    ],
)
def test_what_is_doubtful_is_told_and_not_used(change, code):
    told = read(HEADER, EVENT, PERSON.replace(*change), VISIT)
    assert told.usable and code in codes(told, "warning")
    assert not (told.patient.nhs_numbers and told.patient.born and told.patient.sex)


@pytest.mark.parametrize(
    ("encode", "declared", "family", "guessed"),
    [
        ("utf-8", "UNICODE UTF-8", "Zoë", False),
        ("utf-8", "", "Zoë", False),
        ("utf-8-sig", "", "Zoë", False),
        ("latin-1", "8859/1", "Zoë", False),
        ("latin-1", "", "Zoë", True),
        ("latin-1", "UNICODE UTF-8", "Zoë", True),
        ("utf-16", "", "Zoë", False),
        ("utf-16-le", "", "Zoë", False),
    ],
)
def test_character_sets_are_found_out_and_a_guess_is_told(encode, declared, family, guessed):
    header = HEADER + "||||||" + declared
    whole = "\r".join((header, EVENT, PERSON.replace("STONE", "Zoë"), VISIT)).encode(encode)
    told = adt.read(whole, received=NOW)
    assert told.patient.names[0].family == family
    assert ("encoding_guessed" in codes(told)) == guessed


def test_script_in_a_name_stays_words_and_control_characters_go():
    told = read(HEADER, EVENT, PERSON.replace("STONE", "<script>alert(1)</script>\x00\u202e"), VISIT)
    assert told.patient.names[0].family == "<script>alert(1)</script>"
    assert "\x00" not in told.raw


@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 100, b"MSH", b"MSH|", b"MSH|^~\\&", b"PID|1", b"\xff\xfe", "😀".encode()]
)
def test_what_is_no_message_is_answered_all_the_same(data):
    told = adt.read(data)
    assert not told.usable and adt.answer_code(told) in ("AE", "AR")
    assert adt.acknowledge(told, now=NOW, control_id="A").startswith(b"MSH|")


def test_every_cut_of_a_message_is_read_without_failing():
    whole = message()
    for end in range(len(whole)):
        told = adt.read(whole[:end], received=NOW)
        assert adt.acknowledge(told, now=NOW, control_id="A")


def test_fifty_megabytes_of_nothing_are_refused_at_once():
    began = time.perf_counter()
    told = adt.read(message() + b"\rZZZ|" + b" " * 50_000_000, received=NOW)
    assert time.perf_counter() - began < 5
    assert "too_long" in codes(told, "error") and adt.answer_code(told) == "AR"
    assert len(told.raw) <= hl7_text.LARGEST_MESSAGE


def test_a_clock_a_few_minutes_ahead_is_no_future():
    assert read(received=datetime(2026, 3, 1, 14, 15, tzinfo=UTC)).usable
    assert not read(received=datetime(2026, 3, 1, 14, 25, tzinfo=UTC) - timedelta(minutes=16)).usable


def test_the_same_message_twice_is_one():
    assert read().identity == read(received=NOW + timedelta(days=1)).identity
    assert read().identity != read(HEADER, EVENT, PERSON.replace("ROWAN", "ROBIN"), VISIT).identity
