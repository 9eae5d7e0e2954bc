"""Files of other systems come in whole or not at all, every record is accounted for, and nothing is guessed."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from jigsaw.formats import READERS, Unreadable, suggest_mapping
from jigsaw.hub.audit.models import Entry, Words
from jigsaw.hub.cli import main
from jigsaw.hub.cli.acting import THE_HUB
from jigsaw.hub.kit import postgres
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused
from jigsaw.hub.people import imports, queries
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.imports import Report
from jigsaw.hub.people.models import (
    ImportBatch,
    ImportProblem,
    Involvement,
    LinkDecision,
    Person,
    PersonRecord,
)
from jigsaw.hub.people.records import At, Facts
from jigsaw.record_linkage.identifiers import make_test_nhs_number
from people_in_tests import MONDAY, Town

DATA = Path(__file__).parents[1] / "data" / "formats"
ROLL = (
    "CHILD_FIRST_NAME,CHILD_LAST_NAME,CHILD_DATE_OF_BIRTH,CHILD_POSTCODE,CHILD_ADDRESS_LINE_1,CHILD_SCHOOL_URN,"
    "CHILD_NHS_NUMBER,PARENT_1_NAME,PARENT_1_RELATIONSHIP,PARENT_1_PHONE"
)
ADA = "Ada,Marsh,2013-04-05,SR1 1AA,3 Mill Lane,123456,999 000 0018,Joan Marsh,Mum,07700 900123"
BEN = "Ben,Marsh,2015-06-07,SR1 1AA,3 Mill Lane,123456,,Joan Marsh,Mum,07700 900123"
HOUSING = (
    "Last Name,First Name,Date of Birth,Age,NHS No,Address,Date of death,CMS No,Name of housing officer,"
    "Supported housing,Social housing,Name of housing provider,Service/Event Desc,Service/Event Start,Service/Event End"
)


def rows(header: str, *lines: str) -> bytes:
    return "\n".join((header, *lines)).encode()


def roll(*lines: str) -> bytes:
    return rows(ROLL, *lines)


@pytest.fixture
def load(town: Town) -> Callable[..., Report]:
    """Load content (or a sample file) as the hub itself, for the school unless a test says otherwise."""

    def load(content: bytes | Path, format: str = "class-list", **more: Any) -> Report:
        reader = READERS["table" if format.startswith("table") else format]
        known = {"mapping": more.pop("mapping")} if "mapping" in more else {}
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        chosen = {"actor": THE_HUB, "agency": town.school, "now": MONDAY, "filename": "file.csv", **more}
        return imports.load(format=format, reading=reader(source, on=MONDAY.date(), **known), **chosen)

    return load


def counts(report: Report) -> tuple[int, int, int, int, int]:
    assert report.read == report.created + report.updated + report.unchanged + report.rejected
    return report.read, report.created, report.updated, report.unchanged, report.rejected


def codes(report: Report) -> set[str]:
    return {found.code for found in report.problems}


def everything() -> list[int]:
    models = (Person, PersonRecord, Involvement, ImportBatch, ImportProblem, LinkDecision, Entry, Words)
    return [model.objects.count() for model in models]


# --- the samples ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "children"),
    [("fake_CIN_data.xml", 332), ("CIN_Census_2021.xml", 1), ("CIN_header_issues_100.xml", 1)],
)
def test_a_census_return_comes_in_whole_and_a_second_time_changes_nothing(
    load, name: str, children: int
) -> None:
    assert counts(load(DATA / "cin" / name, "cin")) == (children, children, 0, 0, 0)
    before = [Person.objects.count(), PersonRecord.objects.count(), Involvement.objects.count()]

    assert counts(load(DATA / "cin" / name, "cin")) == (children, 0, 0, children, 0)
    assert [Person.objects.count(), PersonRecord.objects.count(), Involvement.objects.count()] == before


def test_a_census_child_keeps_numbers_services_and_the_raw_record(load) -> None:
    load(DATA / "cin" / "fake_CIN_data.xml", "cin")

    record = PersonRecord.objects.order_by("pk").first()
    assert {i.kind for i in record.identifiers.all()} >= {"la_child_id"}
    assert record.involvements.exists() and record.raw["ChildIdentifiers"]
    assert record.person.born == record.born


def test_a_thousand_records_take_hundreds_of_statements_fewer_than_records(
    load, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(60):
        load(DATA / "cin" / "fake_CIN_data.xml", "cin")


@pytest.mark.parametrize(("name", "children"), [("child_i_positive.csv", 12), ("child_i_whitespace.csv", 4)])
def test_a_class_list_of_the_immunisation_service_comes_in(load, name: str, children: int) -> None:
    report = load(filled(DATA / "class_list" / name))

    assert counts(report) == (children, children, 0, 0, 0)
    schooled = PersonRecord.objects.filter(involvements__service="School", system="class-list")
    assert schooled.exists() and all("URN 123456" in r.involvements.get().detail for r in schooled)


def test_the_class_list_full_of_mistakes_is_rejected_row_by_row_with_its_raw_text(load) -> None:
    report = load(filled(DATA / "class_list" / "child_i_negative.csv"))

    assert report.rejected >= 9 and report.needs_a_person
    kept = ImportProblem.objects.filter(batch=report.batch, rejected=True)
    assert kept.exclude(raw=None).values("record").distinct().count() == report.rejected


def filled(path: Path) -> bytes:
    """The sample with its <<PLACEHOLDER>> marks filled, each random one differently."""
    numbers, letters = map(make_test_nhs_number, count(100)), count()
    fixed = {"SCHOOL_0_URN": "123456", "RANDOM_POSTCODE": "SR1 1AA", "FIXED_RANDOM_POSTCODE": "SR1 1AA"}

    def fill(mark: str) -> str:
        if mark.endswith("NHS_NO"):
            return next(numbers)
        born = "20130405" if "DOB" in mark or "DATE_OF_BIRTH" in mark else ""
        return fixed.get(mark) or born or f"Name{chr(97 + next(letters) % 26)}"

    return re.sub(r"<<(\w+)>>", lambda match: fill(match[1]), path.read_text("utf-8")).encode()


def test_a_housing_extract_comes_in_through_a_suggested_mapping(load, town: Town, tmp_path: Path) -> None:
    file = tmp_path / "housing.csv"
    file.write_bytes(
        rows(
            HOUSING,
            'Marsh,Ada,05/04/2013,13,9990000018,"3 Mill Lane, Sharetown, SR1 1AA",,T1,Kevin Marsh,No,Yes,Homes,'
            "Repairs,01/02/2024,",
            'Marsh,Ada,05/04/2013,13,9990000018,"3 Mill Lane, Sharetown, SR1 1AA",,T1,Kevin Marsh,No,Yes,Homes,'
            "Noise,01/03/2025,02/04/2025",
        )
    )
    mapping = suggest_mapping(file)
    known = {"mapping": mapping, "agency": town.housing}

    assert counts(load(file, "table", **known)) == (2, 1, 1, 0, 0)
    [record] = PersonRecord.objects.all()
    assert [(w.service, w.worker, w.until_date) for w in record.involvements.order_by("from_date")] == [
        ("Housing", "Kevin Marsh", None),
        ("Housing", "Kevin Marsh", date(2025, 4, 2)),
    ]
    assert record.addresses.get().postcode == "SR1 1AA" and len(record.raw["rows"]) == 2
    assert counts(load(file, "table", **known)) == (2, 0, 0, 2, 0)


@pytest.mark.parametrize("name", sorted(path.name for path in (DATA / "sui").glob("*.csv")))
def test_every_matching_sample_is_accounted_for_and_again_unchanged(load, name: str) -> None:
    first, again = (counts(load(DATA / "sui" / name, "table")) for _time in range(2))

    assert again == (first[0], 0, 0, first[0] - first[4], first[4])


# --- what changes, and what must not ----------------------------------------------------------------------


def test_only_the_record_that_changed_is_updated_and_its_history_stays(load) -> None:
    load(roll(ADA, BEN))

    report = load(roll(ADA.replace("123456", "654321"), BEN))
    assert counts(report) == (2, 0, 1, 1, 0)
    ada = PersonRecord.objects.get(given="Ada")
    assert [w.detail for w in ada.involvements.all()] == ["On roll at URN 654321"]
    assert ada.keys.exists() and ada.identifiers.count() == 1


def test_an_involvement_that_ended_is_ended_and_one_no_longer_named_is_history(load, town: Town) -> None:
    header = "NHS No,Surname,Forename,DOB,Service,Keyworker,Start date,End date"
    known = {"format": "table", "agency": town.health}
    load(rows(header, "9990000018,Marsh,Ada,05/04/2013,Speech therapy,Ann Lee,01/02/2025,"), **known)
    load(
        rows(header, "9990000018,Marsh,Ada,05/04/2013,Speech therapy,Ann Lee,01/02/2025,03/04/2026"), **known
    )
    load(rows(header, "9990000018,Marsh,Ada,05/04/2013,Hearing clinic,Bo Lee,01/05/2026,"), **known)

    found = Involvement.objects.order_by("from_date").values_list("service", "until_date")
    assert list(found) == [("Speech therapy", date(2026, 4, 3)), ("Hearing clinic", None)]


def test_a_parent_is_a_record_of_the_agency_and_a_new_telephone_number_makes_no_new_person(load) -> None:
    load(roll(ADA))
    report = load(roll(ADA.replace("900123", "900124")))

    ada, joan = PersonRecord.objects.get(given="Ada"), PersonRecord.objects.get(given="Joan")
    tie = ada.relations_to.get()
    assert (tie.record, tie.kind, tie.source) == (joan, "MTH", "class list")
    assert joan.system == "class-list:parent" and joan.contacts.get().value == "07700 900124"
    assert report.updated == 1 and Person.objects.count() == 2


def test_a_parent_who_is_no_longer_named_is_no_longer_tied(load) -> None:
    load(roll(ADA))
    load(roll(ADA.replace("Joan Marsh,Mum", "Ola Bright,Guardian")))

    [tie] = PersonRecord.objects.get(given="Ada").relations_to.all()
    assert (tie.record.given, tie.kind, tie.source) == ("Ola", "FAMMEMB", "class list (Guardian)")


def test_holding_one_record_by_hand_and_from_a_file_is_the_same(load, town: Town) -> None:
    load(roll(ADA))
    told = PersonRecord.objects.get(given="Ada")
    facts = Facts(
        given="Ada",
        family="Marsh",
        born=date(2013, 4, 5),
        identifiers=(("nhs_number", "9990000018"),),
        addresses=(At(line="3 Mill Lane", postcode="SR1 1AA"),),
    )
    held, _outcome = people.hold(
        actor=town.ros, agency=town.school.pk, system="by hand", source_key="1", facts=facts, now=MONDAY
    )

    keys = [set(record.keys.values_list("key", flat=True)) for record in (told, held)]
    assert keys[0] == keys[1] and len(keys[0]) > 10
    assert (told.person.name, told.person.born) == (held.person.name, held.person.born)


# --- doubt goes to a person -------------------------------------------------------------------------------


def test_a_number_that_two_children_share_never_overwrites_the_first(load) -> None:
    report = load(roll(ADA, ADA.replace("Ada,", "Cy,").replace("2013-04-05", "2011-01-02")))

    assert counts(report) == (2, 1, 0, 0, 1) and report.needs_a_person
    assert (
        PersonRecord.objects.filter(given="Ada").exists()
        and not PersonRecord.objects.filter(given="Cy").exists()
    )
    [problem] = ImportProblem.objects.filter(code="duplicate_id")
    assert problem.rejected and problem.raw["CHILD_FIRST_NAME"] == "Cy"


def test_a_number_given_to_somebody_else_since_the_last_file_changes_nothing(load) -> None:
    load(roll(ADA))
    report = load(roll(ADA.replace("Ada,", "Cy,").replace("2013-04-05", "2011-01-02")))

    assert counts(report) == (1, 0, 0, 0, 1) and codes(report) == {"duplicate_id"}
    assert PersonRecord.objects.get(source_key="nhs_number:9990000018").given == "Ada"


def test_a_corrected_date_of_birth_alone_is_a_correction(load) -> None:
    load(roll(ADA))

    assert counts(load(roll(ADA.replace("2013-04-05", "2013-05-04")))) == (1, 0, 1, 0, 0)
    assert Person.objects.get(name="Ada Marsh").born == date(2013, 5, 4)


def test_the_same_child_twice_is_one_record_and_is_told(load) -> None:
    report = load(roll(ADA, ADA))

    assert counts(report) == (2, 1, 1, 0, 0) and codes(report) == {"duplicate_id"} and report.needs_a_person
    assert counts(load(roll(ADA, ADA))) == (2, 0, 0, 2, 0)


def test_columns_that_are_swapped_are_reported(load, town: Town) -> None:
    content = rows(
        "Forename,Surname,DOB,Town", *[f"Ada{n},Marsh,Sharetown,05/04/20{n}" for n in range(10, 20)]
    )

    assert "swapped_columns" in codes(load(content, "table"))


def test_text_longer_than_its_column_is_cut_told_and_kept_whole_in_the_raw_record(load) -> None:
    long = "Wolfeschlegelsteinhausen" * 10
    report = load(rows("Forename,Surname,DOB,ID", f"Ada,{long},05/04/2013,{'9' * 300}"), "table")

    assert {"too_long"} <= codes(report)
    [record] = PersonRecord.objects.all()
    assert len(record.family) == 120 and record.raw["Surname"] == long and len(record.source_key) == 200


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "Zoë 🌻",
        "فاطمة",
        "שָׂרָה",
        "Robert'); DROP TABLE people;--",
        "O’Neill-Ní Bhriain",
    ],
)
def test_whatever_a_name_holds_is_kept_as_it_is(load, name: str) -> None:
    load(rows("Forename,Surname,DOB,ID", f'"{name}",Marsh,05/04/2013,7'), "table")

    assert PersonRecord.objects.get().given == name
    assert Person.objects.get().name == f"{name} Marsh"


def test_children_of_no_fixed_abode_do_not_share_a_home(load, town: Town) -> None:
    load(rows("ID,Forename,Surname,DOB,Postcode", "1,Ada,Marsh,05/04/2013,ZZ99 3VZ"), "table")

    [at] = PersonRecord.objects.get().addresses.all()
    assert (at.line, at.postcode, at.use) == ("No fixed abode", "", "no_abode")


# --- all or nothing ---------------------------------------------------------------------------------------


def test_a_return_that_breaks_off_leaves_nothing(load) -> None:
    whole = (DATA / "cin" / "fake_CIN_data.xml").read_bytes()
    before = everything()

    with pytest.raises(Unreadable, match="breaks off"):
        load(whole[:-60], "cin")
    assert everything() == before


def test_if_the_second_file_cannot_be_read_the_first_is_not_kept(town: Town) -> None:
    before = everything()

    with pytest.raises(Unreadable):
        imports.load_all(
            actor=THE_HUB,
            agency=town.school,
            format="class-list",
            files=[
                ("one.csv", READERS["class-list"](io.BytesIO(roll(ADA)))),
                ("two.csv", READERS["class-list"](io.BytesIO(b"%PDF-1.7\n%binary"))),
            ],
            now=MONDAY,
        )
    assert everything() == before


def test_a_dry_run_says_the_same_and_keeps_nothing(load) -> None:
    before = everything()
    rehearsed = load(roll(ADA, BEN), dry_run=True)

    assert everything() == before and rehearsed.batch is None
    assert counts(load(roll(ADA, BEN))) == counts(rehearsed) == (2, 2, 0, 0, 0)


def test_a_file_name_that_no_database_holds_is_kept_readable(load) -> None:
    report = load(roll(ADA), filename="roll\udcff.csv")

    assert report.filename == ImportBatch.objects.get().filename == "roll?.csv"


def test_progress_adds_up_to_what_was_read(load) -> None:
    told: list[int] = []
    report = load(filled(DATA / "class_list" / "child_i_negative.csv"), progress=told.append)

    assert sum(told) == report.read


# --- who may, and who sees --------------------------------------------------------------------------------


def test_the_administrator_loads_for_any_agency_and_a_practitioner_for_none(load, town: Town) -> None:
    assert load(roll(ADA), actor=town.ade).created == 1
    assert ImportBatch.objects.get().loaded_by_id == town.ade.practitioner_id
    before = everything()

    with pytest.raises(Refused):
        load(roll(BEN), actor=town.ros)
    assert everything() == before


def test_whoever_a_local_role_lets_load_files_loads_them_for_their_own_agency_only(load, town: Town) -> None:
    clerk = replace(town.ros, permissions=frozenset({"import.run"}))

    assert load(roll(ADA), actor=clerk).created == 1
    with pytest.raises(Refused):
        load(roll(BEN), actor=clerk, agency=town.health)


def test_a_source_system_has_a_short_name(load) -> None:
    with pytest.raises(Invalid):
        load(roll(ADA), format="table" + "x" * 40)


def test_a_school_sees_whom_it_loaded_and_another_agency_does_not(load, town: Town) -> None:
    load(roll(ADA))
    person = PersonRecord.objects.get(given="Ada").person_id

    assert queries.profile(town.ros, person, purpose="roll", now=MONDAY).card.name == "Ada Marsh"
    for stranger in (town.amina, town.kevin, town.nia, town.grace):
        with pytest.raises(NotHere):
            queries.profile(stranger, person, purpose="curiosity", now=MONDAY)


def test_the_audit_log_counts_and_names_nobody(load) -> None:
    report = load(roll(ADA))

    entry = Entry.objects.get(action="import.loaded")
    assert entry.thing == f"import {report.batch}" and entry.detail["created"] == 1 and entry.people == []
    assert "Ada" not in json.dumps(entry.detail) and not Words.objects.filter(entry=entry.entry).exists()


# --- linking ----------------------------------------------------------------------------------------------


def test_the_same_child_in_two_agencies_is_linked_by_rule_and_written_down(load, town: Town) -> None:
    load(roll(ADA))
    report = load(roll(ADA), agency=town.health)

    first, second = PersonRecord.objects.filter(given="Ada").order_by("pk")
    assert report.linked == 1 and first.person_id == second.person_id
    decision = LinkDecision.objects.get(record=second)
    assert decision.verdict == "linked" and decision.decided_by_id is None and decision.evidence
    entry = Entry.objects.get(action="person.linked")
    assert entry.detail == {"by_rule": True} and first.person_id in entry.people


def test_a_third_agency_finds_one_person_and_not_two_candidates(load, town: Town) -> None:
    for agency in (town.school, town.health, town.housing):
        load(roll(ADA), agency=agency)

    assert PersonRecord.objects.filter(given="Ada").values("person").distinct().count() == 1


def test_three_records_of_one_child_in_one_file_are_linked_one_after_the_other(load) -> None:
    lines = [f"{number},9990000018,Ada,Marsh,05/04/2013,SR1 1AA" for number in range(3)]

    report = load(rows("ID,NHS No,Forename,Surname,DOB,Postcode", *lines), "table")
    assert counts(report) == (3, 3, 0, 0, 0) and report.linked == 2
    assert PersonRecord.objects.values("person").distinct().count() == 1


def test_twins_are_never_linked(load, town: Town) -> None:
    twin = "{},Marsh,2013-04-05,SR1 1AA,3 Mill Lane,123456,{},Joan Marsh,Mum,07700 900123"
    load(roll(twin.format("Ada", ""), twin.format("Ava", "")))
    report = load(
        roll(twin.format("Ava", "999 000 0026"), twin.format("Ada", "999 000 0018")), agency=town.health
    )

    people_of = {}
    for record in PersonRecord.objects.filter(given__in=["Ada", "Ava"]):
        people_of.setdefault(record.given, set()).add(record.person_id)
    assert not people_of["Ada"] & people_of["Ava"]
    assert report.linked + report.to_review == 2


def test_a_child_whose_twin_alone_is_in_the_index_is_not_taken_for_the_twin(load, town: Town) -> None:
    twin = "{},Marsh,2013-04-05,SR1 1AA,3 Mill Lane,123456,,Joan Marsh,Mum,07700 900123"
    load(roll(twin.format("Ada")))
    report = load(roll(twin.format("Ava")), agency=town.health)

    assert report.linked == 0 and report.to_review == 1


@pytest.mark.parametrize("decided_on", [0, 1])
def test_records_that_a_person_kept_apart_stay_apart_whichever_was_named(
    load, town: Town, decided_on: int
) -> None:
    facts = Facts(
        given="Ada", family="Marsh", born=date(2013, 4, 5), identifiers=(("nhs_number", "9990000018"),)
    )
    records = [
        people.hold(actor=town.ros, agency=agency.pk, system="x", source_key="1", facts=facts, now=MONDAY)[0]
        for agency in (town.school, town.health)
    ]
    one, other = records[decided_on], records[1 - decided_on]
    people.keep_apart(actor=town.grace, record=one, person=other.person_id, reason="Two cousins.", now=MONDAY)

    tally = people.link_standing_alone(actor=THE_HUB, now=MONDAY)
    assert (tally.tried, tally.linked, tally.to_review) == (2, 0, 0)
    assert people.link_if_certain(actor=town.grace, record=other, now=MONDAY) is None


def test_linking_all_that_stand_alone_needs_the_permission_to_link(town: Town) -> None:
    with pytest.raises(Refused):
        people.link_standing_alone(actor=town.ros, now=MONDAY)


# --- the commands -----------------------------------------------------------------------------------------


@pytest.fixture
def jigsaw(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Run a command in this process; returns its exit status, standard output and standard error."""

    def jigsaw(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["jigsaw", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main.run()
        return int(ended.value.code or 0), *capsys.readouterr()

    return jigsaw


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def file(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return file


def test_import_answers_with_every_record_accounted_for(jigsaw, file) -> None:
    one, two = file("one.csv", roll(ADA)), file("two.csv", roll(BEN))
    status, out, err = jigsaw("import", "class-list", one, two, "--agency", "SCH", "--json")

    answer = json.loads(out)
    assert (status, err) == (0, "")
    assert [answer[name] for name in ("read", "created", "updated", "unchanged", "rejected")] == [
        2,
        2,
        0,
        0,
        0,
    ]
    assert answer["warnings"] == [] and [one["read"] for one in answer["files"]] == [1, 1]

    status, out, _err = jigsaw("import", "class-list", one, two, "--agency", "SCH", "--json")
    assert status == 0 and json.loads(out)["unchanged"] == 2


def test_import_ends_with_1_when_a_record_was_left_out_and_lists_why(jigsaw, file) -> None:
    bad = file("roll.csv", roll(ADA, BEN.replace("Ben", "")))
    status, out, _err = jigsaw("import", "class-list", bad, "--agency", "sch", "--json")

    answer = json.loads(out)
    [warning] = answer["warnings"]
    assert (status, answer["rejected"]) == (1, 1)
    assert (warning["file"], warning["record"], warning["field"], warning["code"], warning["message"]) == (
        "roll.csv", 3, "CHILD_FIRST_NAME", "missing", "Enter a first name.",
    )  # fmt: skip

    status, out, _err = jigsaw("import", "class-list", bad, "--agency", "SCH")
    assert status == 1 and "Enter a first name." in out and "left out" in out


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("roll.csv", b"%PDF-1.7\n%\xe2\xe3", "PDF document"),
        ("empty.csv", b"", "Choose a file"),
        ("roll.csv", b"one,two\n", "at least one record"),
    ],
)
def test_import_refuses_what_it_cannot_read_in_one_sentence(jigsaw, file, name, content, words) -> None:
    before = everything()
    status, out, err = jigsaw("import", "class-list", file(name, content), "--agency", "SCH", "--json")

    assert (status, out) == (2, "") and words in err and err.count("\n") == 1
    assert everything() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "cin", "no-such-file.xml", "--agency", "SCH"),
        ("import", "cin", DATA / "cin" / "fake_CIN_data.xml", "--agency", "NOWHERE"),
        ("import", "cin", DATA / "cin" / "fake_CIN_data.xml"),
        ("import", "tarot", DATA / "cin" / "fake_CIN_data.xml", "--agency", "SCH"),
        (
            "import",
            "cin",
            DATA / "cin" / "fake_CIN_data.xml",
            "--agency",
            "SCH",
            "--as",
            "nobody@sch.example",
        ),
        ("import", "cin", DATA / "cin" / "fake_CIN_data.xml", "--agency", "SCH", "--as", "ros@sch.example"),
        ("find", "Ada", "--born", "yesterday"),
        ("find", "Ada", "--as", "mary@sscp.example"),
    ],
)
def test_what_cannot_be_done_is_refused_with_status_2_and_one_line(jigsaw, arguments) -> None:
    status, out, err = jigsaw(*arguments)

    assert (status, out) == (2, "") and err.strip() and err.count("\n") == 1
    assert not PersonRecord.objects.exists()


def test_a_dry_run_on_the_command_line_keeps_nothing(jigsaw) -> None:
    before = everything()
    sample = DATA / "cin" / "fake_CIN_data.xml"
    _status, out, _err = jigsaw("import", "cin", sample, "--agency", "CSC", "--dry-run", "--json")

    assert json.loads(out)["created"] == 332 and everything() == before


def test_a_mapping_is_suggested_written_used_and_never_overwritten(jigsaw, file, tmp_path: Path) -> None:
    table = file("housing.csv", rows(HOUSING, "Marsh,Ada,05/04/2013,13,,,,T1,Kevin Marsh,,,,,01/02/2024,"))
    target = tmp_path / "housing.toml"

    status, out, _err = jigsaw("import", "table", table, "--suggest-mapping")
    assert status == 0 and 'family_name = "Last Name"' in out
    assert jigsaw("import", "table", table, "--suggest-mapping", "--mapping", target)[0] == 0
    assert target.read_text("utf-8") == out
    assert jigsaw("import", "table", table, "--suggest-mapping", "--mapping", target)[0] == 2

    target.write_text(out.replace('kind = "table"', 'kind = "housing"'), "utf-8")
    status, _out, _err = jigsaw("import", "table", table, "--mapping", target, "--agency", "HOU", "--json")
    assert status == 0 and PersonRecord.objects.get().system == "housing"


def test_find_shows_the_best_first_with_evidence_and_writes_the_search_down(jigsaw, load) -> None:
    load(roll(ADA, BEN))
    status, out, _err = jigsaw("find", "marsh ada", "--born", "5/4/2013", "--json")

    best = json.loads(out)["matches"][0]
    assert (status, best["name"], best["born"], best["grade"]) == (0, "Ada Marsh", "2013-04-05", "certain")
    assert set(best["evidence"][0]) == {"field", "level", "words", "bits"} and 0.9 < best["score"] <= 1
    assert Entry.objects.filter(action="person.searched").count() == 1
    assert "Ada Marsh" in jigsaw("find", "ada marsh 5/4/2013")[1]


def test_find_as_a_practitioner_shows_only_whom_they_may_see(jigsaw, load) -> None:
    load(roll(ADA))

    for email, found in (("ros@sch.example", 1), ("amina@hv.example", 0)):
        _status, out, _err = jigsaw("find", "Ada Marsh 05/04/2013", "--as", email, "--json")
        assert len([m for m in json.loads(out)["matches"] if m["name"] == "Ada Marsh"]) == found


def test_a_command_works_on_a_fresh_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    known = {"PATH": os.environ["PATH"], "JIGSAW_HOME": str(home), "HOME": os.environ.get("HOME", "")}
    jigsaw = [sys.executable, "-c", "from jigsaw.hub.cli.main import run; run()", "find", "Nobody", "--json"]
    try:
        done = subprocess.run(jigsaw, env=known, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stdout) == (0, '{\n  "matches": [],\n  "note": ""\n}\n'), done.stderr
    finally:
        postgres.stop(home)


def test_link_run_links_what_is_certain_and_again_finds_nothing_more(jigsaw, town: Town) -> None:
    facts = Facts(
        given="Ada", family="Marsh", born=date(2013, 4, 5), identifiers=(("nhs_number", "9990000018"),)
    )
    for agency in (town.school, town.health, town.housing):
        people.hold(actor=town.ros, agency=agency.pk, system="x", source_key="1", facts=facts, now=MONDAY)

    status, out, _err = jigsaw("link", "run", "--json")
    assert (status, json.loads(out)) == (0, {"records": 3, "linked": 2, "to_review": 0})
    assert json.loads(jigsaw("link", "run", "--json")[1]) == {"records": 0, "linked": 0, "to_review": 0}
