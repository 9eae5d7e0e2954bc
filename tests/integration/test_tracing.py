"""NHS numbers are traced: asked for by who may, answered by a register, taken only where nothing contradicts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from jigsaw import record_linkage as linkage
from jigsaw.formats import nhs_trace
from jigsaw.formats.records import Unreadable
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused
from jigsaw.hub.people import filing, finding, matching, numbers
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import Identifier, NumberStanding, PersonRecord, Trace
from jigsaw.hub.people.national_register.client import Pds
from jigsaw.hub.people.national_register.setting_up import Register
from jigsaw.hub.people.records import At, Facts, for_matching, with_parts
from jigsaw.hub.people.tracing import by_file, deciding, one_by_one, questions
from people_in_tests import MONDAY, Town
from unit.people.register_in_tests import NOBODY, TOO_MANY, Reply, Server, bundle, outcome, serving

NUMBER, OTHER, THIRD = "9990000018", "9990000026", "9990000034"
KATIE = Facts(
    given="Katie",
    family="Walsh",
    born=date(2012, 3, 3),
    sex="F",
    addresses=(At(line="12 Harbour Lane", town="Sharetown", postcode="ST1 4QZ"),),
)
LATER = MONDAY + timedelta(days=1)
THE_HUB = replace(SYSTEM, permissions=frozenset({"numbers.trace", "people.link", "people.find_any"}))


@pytest.fixture
def tracer(town: Town) -> Actor:
    """Grace, whose agency holds what is traced here."""
    return town.grace


def hold(actor: Actor, facts: Facts = KATIE, key: str = "1", now: datetime = MONDAY) -> PersonRecord:
    record, _outcome = people.hold(
        actor=actor, agency=actor.agency_id, system="test", source_key=key, facts=facts, now=now
    )
    return record


def with_number(value: str, facts: Facts = KATIE) -> Facts:
    return replace(facts, identifiers=(("nhs_number", value),))


def asked(actor: Actor, now: datetime = MONDAY, **more: Any) -> list[dict[str, str]]:
    """The questions of a file, row by row."""
    out = io.StringIO(newline="")
    questions.write_questions(actor=actor, write=out.write, now=now, **more)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


def answer(actor: Actor, *rows: dict[str, str], now: datetime = LATER, **more: Any) -> by_file.Answers:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return answer_file(actor, out.getvalue().encode(), now=now, **more)


def answer_file(actor: Actor, data: bytes, now: datetime = LATER, **more: Any) -> by_file.Answers:
    return by_file.take_answers(
        actor=actor,
        filename="answers.csv",
        read=lambda: nhs_trace.read(io.BytesIO(data), answered=True),
        now=now,
        **more,
    )


def said(row: dict[str, str], status: str, number: str = "-", score: str = "-") -> dict[str, str]:
    return {**row, "SUI_Status": status, "SUI_Score": score, "SUI_NHSNo": number}


def match(row: dict[str, str], number: str = NUMBER) -> dict[str, str]:
    return said(row, "Match", number, "0.99")


def held(record: PersonRecord) -> list[tuple[str, str, bool]]:
    """Number, standing, and whether a register found it."""
    found = numbers.numbers_of([record.pk]).get(record.pk, ())
    return [(number.value, number.standing, number.traced) for number in found]


def rows_of(actor: Actor, kind: str, now: datetime = LATER) -> list[UUID]:
    return [row.record for row in numbers.listed(actor, kind, now=now).rows]


def actions() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


# --- questions ----------------------------------------------------------------------------------------------


def test_a_question_holds_as_little_as_the_matcher_needs(tracer: Actor) -> None:
    record = hold(tracer)
    [row] = asked(tracer)
    trace = Trace.objects.get()
    assert row == {
        "SourceID": str(trace.pk),
        "GivenName": "Katie",
        "Surname": "Walsh",
        "DOB": "2012-03-03",
        "Gender": "Female",
        "PostCode": "ST1 4QZ",
        "NHSNumber": "",
    }
    assert str(record.pk) not in row.values() and record.source_key not in row.values()
    assert Entry.objects.latest("pk").action == "numbers.asked"
    assert Entry.objects.latest("pk").people == [record.person_id]


def test_only_those_who_trace_may_ask_answer_and_list(town: Town) -> None:
    hold(town.grace)
    [row] = asked(town.grace)
    for actor in (town.amina, town.tom, town.hannah, town.mary, town.ade):
        with pytest.raises(Refused):
            asked(actor)
        with pytest.raises(Refused):
            answer(actor, match(row))
        with pytest.raises(Refused):
            numbers.listed(actor, "missing", now=MONDAY)
        with pytest.raises(Refused):
            numbers.counts(actor, now=MONDAY)


def test_an_agency_traces_its_own_records_and_the_hub_all(town: Town) -> None:
    mine, theirs = hold(town.grace), hold(town.amina)
    officer = replace(town.amina, permissions=frozenset({"numbers.trace"}))
    assert rows_of(town.grace, "missing") == [mine.pk]
    assert rows_of(officer, "missing") == [theirs.pk]
    [row] = asked(officer)
    assert [found.code for found in answer(town.grace, match(row)).problems] == ["unknown_reference"]
    assert len(asked(THE_HUB)) == 1, "the other was asked about a moment ago"
    assert answer(THE_HUB, match(row)).taken == 1


def test_nobody_traces_somebody_they_are_too_close_to(town: Town) -> None:
    record = hold(town.grace)
    [row] = asked(town.grace)
    people.declare_conflict(
        actor=SYSTEM,
        practitioner=town.grace.practitioner_id,
        person=record.person_id,
        why="Aunt",
        now=MONDAY,
    )
    assert rows_of(town.grace, "asked") == []
    assert answer(town.grace, match(row)).rejected == 1
    with pytest.raises(Refused):
        deciding.question(
            actor=town.grace, record=record.pk, value=NUMBER, disputed=True, reason="No.", now=MONDAY
        )


@pytest.mark.parametrize(
    "facts",
    [
        replace(KATIE, given=""),
        replace(KATIE, given="Baby"),
        replace(KATIE, given="unknown"),
        replace(KATIE, family=""),
        replace(KATIE, born=None),
        replace(KATIE, born_accuracy="UUA"),
    ],
    ids=["no-first-name", "baby", "unknown", "no-family-name", "no-birthday", "only-a-year"],
)
def test_a_record_that_says_too_little_is_named_and_not_asked_about(tracer: Actor, facts: Facts) -> None:
    record = hold(tracer, facts)
    with pytest.raises(Invalid):
        asked(tracer)
    [row] = numbers.listed(tracer, "details", now=MONDAY).rows
    assert row.record == record.pk and row.lacks


@pytest.mark.parametrize(
    "facts",
    [replace(KATIE, born=date(2008, 11, 16)), replace(KATIE, died_on=date(2020, 1, 1))],
    ids=["18-today", "died"],
)
def test_adults_and_the_dead_are_not_asked_about(tracer: Actor, facts: Facts) -> None:
    hold(tracer, facts)
    with pytest.raises(Invalid):
        asked(tracer)


def test_a_child_the_day_before_eighteen_is_asked_about(tracer: Actor) -> None:
    hold(tracer, replace(KATIE, born=date(2008, 11, 17)))
    assert len(asked(tracer)) == 1


def test_an_address_kept_secret_goes_to_no_register(tracer: Actor) -> None:
    secret = At(line="7 Refuge Row", town="Sharetown", postcode="ST9 9ZZ", protected=True)
    hold(tracer, replace(KATIE, addresses=(*KATIE.addresses, secret)))
    [row] = asked(tracer)
    assert row["PostCode"] == ""


def test_what_was_asked_is_not_asked_again_until_it_has_waited_long_enough(tracer: Actor) -> None:
    record = hold(tracer)
    asked(tracer)
    with pytest.raises(Invalid):
        asked(tracer)
    assert rows_of(tracer, "asked") == [record.pk]
    assert len(asked(tracer, again=True)) == 1, "the file was lost: ask again now"
    assert len(asked(tracer, now=MONDAY + timedelta(days=15))) == 1


def test_a_number_in_doubt_is_sent_to_be_checked_only_if_asked_for(tracer: Actor) -> None:
    hold(tracer, with_number(NUMBER))
    with pytest.raises(Invalid):
        asked(tracer)
    [row] = asked(tracer, kinds=("missing", "check"))
    assert row["NHSNumber"] == NUMBER


def test_a_number_whose_last_digit_is_wrong_counts_as_missing(tracer: Actor) -> None:
    record = hold(tracer, with_number("9990000019"))
    [row] = asked(tracer)
    assert row["NHSNumber"] == "", "what cannot be a number is not sent"
    answer(tracer, match(row))
    assert held(record) == [(NUMBER, "verified", True), ("9990000019", "invalid", False)]


def test_a_file_holds_so_many_questions_and_says_how_many_are_left(tracer: Actor) -> None:
    for key in range(5):
        hold(tracer, replace(KATIE, given=f"Katie{'abcde'[key]}"), str(key))
    out: list[str] = []
    told = questions.write_questions(actor=tracer, write=out.append, now=MONDAY, at_most=3)
    assert (told.written, told.left, len(out)) == (3, 2, 4)
    assert len(asked(tracer)) == 2


# --- what an answer does ------------------------------------------------------------------------------------


def test_a_certain_match_adds_the_number_with_where_it_came_from(tracer: Actor) -> None:
    record = hold(tracer)
    [row] = asked(tracer)
    report = answer(tracer, match(row))
    assert (report.read, report.taken, report.waiting) == (1, 1, 0)
    [number] = numbers.numbers_of([record.pk])[record.pk]
    assert (number.value, number.standing, number.traced) == (NUMBER, "verified", True)
    [word] = number.history
    assert (word.by, word.at, word.standing) == (questions.MATCHER, LATER, "verified")
    assert "numbers.answered" in actions()


def test_a_search_finds_the_child_by_the_number_that_was_traced(tracer: Actor) -> None:
    record = hold(tracer)
    [row] = asked(tracer)
    answer(tracer, match(row))
    found = finding.find(tracer, NUMBER, now=LATER)
    assert [match.card.person for match in found] == [record.person_id]


def test_records_with_a_new_number_are_tried_at_once_and_a_dry_run_says_so(town: Town) -> None:
    """Two agencies hold Katie; one has her number already, and little else tells her from a cousin."""
    little = replace(KATIE, sex="", addresses=())
    theirs = hold(town.amina, with_number(NUMBER, little))
    mine = hold(town.grace, little)
    [row] = asked(town.grace)
    told = answer(town.grace, match(row), dry_run=True)
    assert (told.taken, told.linked) == (1, 1)
    mine.refresh_from_db()
    assert held(mine) == [] and mine.person_id != theirs.person_id, "a dry run keeps nothing"
    assert answer(town.grace, match(row)).linked == 1
    mine.refresh_from_db()
    assert mine.person_id == theirs.person_id
    assert Entry.objects.filter(action="person.linked", detail={"by_rule": True}).count() == 1
    assert {found.card.person for found in finding.find(town.grace, NUMBER, now=LATER)} == {mine.person_id}
    assert answer(town.grace, match(row)).linked == 0, "taken before"


def test_a_number_that_a_person_accepts_is_tried_at_once_as_well(town: Town) -> None:
    little = replace(KATIE, sex="", addresses=())
    theirs, mine = hold(town.amina, with_number(NUMBER, little)), hold(town.grace, little)
    [row] = asked(town.grace)
    assert answer(town.grace, said(row, "PotentialMatch", NUMBER, "0.9")).linked == 0
    deciding.accept(actor=town.grace, trace=Trace.objects.get().pk, reason="Her letter.", now=LATER)
    mine.refresh_from_db()
    assert mine.person_id == theirs.person_id


def test_the_source_is_never_overwritten_and_loading_it_again_keeps_what_was_traced(tracer: Actor) -> None:
    record = hold(tracer)
    [row] = asked(tracer)
    answer(tracer, match(row))
    again = hold(tracer, replace(KATIE, school="Sharetown Academy"), now=LATER + timedelta(days=1))
    assert again.pk == record.pk
    assert held(record) == [(NUMBER, "verified", True)]
    [found] = finding.find(tracer, NUMBER, now=LATER)
    assert found.card.person == record.person_id
    assert rows_of(tracer, "check", LATER + timedelta(days=2)) == [record.pk], (
        "its details changed: look again"
    )


@pytest.mark.parametrize(
    ("status", "score"), [("PotentialMatch", "0.9"), ("LowConfidenceMatch", "0.5"), ("Match", "0.9")]
)
def test_anything_less_than_certain_waits_for_a_person(tracer: Actor, status: str, score: str) -> None:
    record = hold(tracer)
    [row] = asked(tracer)
    report = answer(tracer, said(row, status, NUMBER, score))
    assert (report.taken, report.waiting, report.needs_a_person) == (0, 1, True)
    assert held(record) == []
    [waiting] = numbers.listed(tracer, "decide", now=LATER).rows
    assert waiting.last and waiting.last.number == NUMBER and "not_certain" in waiting.last.doubts
    deciding.accept(actor=tracer, trace=waiting.last.trace, reason="Her mother’s letter says so.", now=LATER)
    assert held(record) == [(NUMBER, "verified", True)]
    assert rows_of(tracer, "decide") == []


def test_a_number_that_was_rejected_is_never_taken_by_rule_again(tracer: Actor) -> None:
    record = hold(tracer)
    [row] = asked(tracer)
    answer(tracer, said(row, "PotentialMatch", NUMBER, "0.9"))
    [waiting] = numbers.listed(tracer, "decide", now=LATER).rows
    assert waiting.last
    deciding.reject(actor=tracer, trace=waiting.last.trace, reason="That is her twin’s.", now=LATER)
    assert held(record) == []
    later = LATER + timedelta(days=1)
    [row] = asked(tracer, now=later)
    report = answer(tracer, match(row), now=later)
    assert report.waiting == 1
    assert Trace.objects.latest("asked_at").doubts == ["rejected_before"]


def test_deciding_needs_a_reason_and_is_done_once(town: Town, tracer: Actor) -> None:
    hold(tracer)
    [row] = asked(tracer)
    answer(tracer, said(row, "PotentialMatch", NUMBER, "0.9"))
    trace = Trace.objects.get().pk
    with pytest.raises(Invalid):
        deciding.accept(actor=tracer, trace=trace, reason="  ", now=LATER)
    with pytest.raises(Refused):
        deciding.accept(actor=town.amina, trace=trace, reason="Sure.", now=LATER)
    with pytest.raises(NotHere):
        deciding.accept(
            actor=replace(town.amina, permissions=frozenset({"numbers.trace"})),
            trace=trace,
            reason="Sure.",
            now=LATER,
        )
    deciding.accept(actor=tracer, trace=trace, reason="Sure.", now=LATER)
    with pytest.raises(AlreadyDone):
        deciding.reject(actor=tracer, trace=trace, reason="No.", now=LATER)


@pytest.mark.parametrize(("status", "days"), [("NoMatch", 90), ("ManyMatch", 90), ("Error", 1), ("-", 1)])
def test_no_answer_says_when_to_try_again(tracer: Actor, status: str, days: int) -> None:
    record = hold(tracer)
    [row] = asked(tracer)
    report = answer(tracer, said(row, status))
    assert (report.nothing, report.needs_a_person) == (1, False)
    trace = Trace.objects.get()
    assert trace.try_again_on == LATER.date() + timedelta(days=days) and held(record) == []
    with pytest.raises(Invalid):
        asked(tracer, now=LATER + timedelta(days=days - 1))
    assert len(asked(tracer, now=LATER + timedelta(days=days))) == 1


def test_a_record_that_changed_is_asked_about_again_at_once(tracer: Actor) -> None:
    hold(tracer)
    [row] = asked(tracer)
    answer(tracer, said(row, "NoMatch"))
    hold(tracer, replace(KATIE, given="Kate"), now=LATER + timedelta(hours=1))
    [row] = asked(tracer, now=LATER + timedelta(hours=2))
    assert row["GivenName"] == "Kate"


def test_an_answer_to_details_that_changed_since_waits_for_a_person(tracer: Actor) -> None:
    hold(tracer)
    [row] = asked(tracer)
    hold(tracer, replace(KATIE, born=date(2012, 3, 4)), now=MONDAY + timedelta(hours=1))
    report = answer(tracer, match(row))
    assert report.waiting == 1
    assert set(Trace.objects.get().doubts) == {"details_changed", "other_details"}


def test_rows_that_were_shuffled_in_a_spreadsheet_are_noticed(tracer: Actor) -> None:
    hold(tracer, key="1")
    hold(tracer, replace(KATIE, given="Poppy", born=date(2015, 5, 5)), key="2")
    one, two = asked(tracer)
    one["SourceID"], two["SourceID"] = two["SourceID"], one["SourceID"]
    report = answer(tracer, match(one, NUMBER), match(two, OTHER))
    assert (report.taken, report.waiting) == (0, 2)
    assert [trace.doubts for trace in Trace.objects.all()] == [["other_details"]] * 2


def test_one_number_for_two_children_in_a_file_goes_to_the_first_and_waits_for_the_second(
    tracer: Actor,
) -> None:
    katie = hold(tracer, key="1")
    poppy = hold(tracer, replace(KATIE, given="Poppy"), key="2")
    one, two = asked(tracer)
    report = answer(tracer, match(one), match(two))
    assert (report.taken, report.waiting) == (1, 1)
    assert sorted(map(len, (held(katie), held(poppy)))) == [0, 1]
    assert Trace.objects.get(outcome="waiting").doubts == ["shared"]


def test_a_number_that_another_agency_holds_for_the_same_child_is_no_contradiction(town: Town) -> None:
    hold(town.amina, with_number(NUMBER))
    record = hold(town.grace)
    [row] = asked(town.grace)
    assert answer(town.grace, match(row)).taken == 1
    assert held(record) == [(NUMBER, "verified", True)]


def test_a_number_that_was_confirmed_is_verified_and_no_second_one_is_made(tracer: Actor) -> None:
    record = hold(tracer, with_number(NUMBER))
    [row] = asked(tracer, kinds=("check",))
    assert answer(tracer, match(row)).taken == 1
    assert held(record) == [(NUMBER, "verified", False)]
    assert Identifier.objects.filter(record=record).count() == 1
    assert rows_of(tracer, "check") == []
    assert rows_of(tracer, "check", LATER + timedelta(days=366)) == [record.pk], (
        "after a year it is asked again"
    )


def test_a_superseded_number_becomes_history_beside_the_one_in_use(tracer: Actor) -> None:
    record = hold(tracer, with_number(OTHER))
    [row] = asked(tracer, kinds=("check",))
    report = answer(tracer, said(row, "LocalNhsNumberIsSuperseded", NUMBER, "0.99"))
    assert report.taken == 1
    current, old = numbers.numbers_of([record.pk])[record.pk]
    assert (current.value, current.standing) == (NUMBER, "verified")
    assert (old.value, old.standing, old.history[0].superseded_by) == (OTHER, "superseded", NUMBER)
    assert rows_of(tracer, "check") == [] and rows_of(tracer, "missing") == []


def test_another_number_than_the_sources_waits_for_a_person(tracer: Actor) -> None:
    record = hold(tracer, with_number(OTHER))
    [row] = asked(tracer, kinds=("check",))
    report = answer(tracer, said(row, "Differences", NUMBER, "0.99"))
    assert report.waiting == 1 and Trace.objects.get().doubts == ["differs"]
    deciding.accept(actor=tracer, trace=Trace.objects.get().pk, reason="The letter.", now=LATER)
    assert held(record) == [(NUMBER, "verified", True), (OTHER, "disputed", False)]


@pytest.mark.parametrize("status", ["LocalNhsNumberIsNotValid", "LocalNhsNumberIsNotFoundInNhs"])
def test_a_number_that_the_register_does_not_know_is_no_longer_used(tracer: Actor, status: str) -> None:
    record = hold(tracer, with_number(OTHER))
    [row] = asked(tracer, kinds=("check",))
    assert answer(tracer, said(row, status, NUMBER, "0.99")).taken == 1
    assert held(record) == [(NUMBER, "verified", True), (OTHER, "invalid", False)]


def test_an_older_answer_does_not_go_before_a_newer_one(tracer: Actor) -> None:
    hold(tracer)
    [first] = asked(tracer)
    [second] = asked(tracer, now=MONDAY + timedelta(hours=1), again=True)
    answer(tracer, said(second, "NoMatch"))
    assert answer(tracer, match(first)).waiting == 1
    assert Trace.objects.order_by("asked_at").first().doubts == ["older_answer"]  # type: ignore[union-attr]


# --- files ----------------------------------------------------------------------------------------------------


def test_every_row_of_a_file_is_accounted_for(tracer: Actor) -> None:
    for key, given in enumerate(("Ann", "Bea", "Cleo", "Dot", "Eve")):
        hold(tracer, replace(KATIE, given=given, born=date(2012, 3, 3 + key)), str(key))
    a, b, c, d, e = asked(tracer)
    strange = match({**a, "SourceID": "12345678"})
    report = answer(
        tracer, match(a), said(b, "NoMatch"), said(c, "PotentialMatch", OTHER, "0.9"), match(d, "9990000019"),
        match(e, THIRD), match(e, OTHER), strange,
    )  # fmt: skip
    assert report.read == 7
    assert report.read == report.taken + report.waiting + report.nothing + report.unchanged + report.rejected
    assert (report.taken, report.waiting, report.nothing, report.rejected) == (1, 1, 1, 4)
    assert [(found.row, found.code) for found in report.problems if found.rejected] == [
        (5, "nhs_number"), (5, "missing"), (6, "answered_twice"), (7, "answered_twice"), (8, "unknown_reference"),
    ] or [(found.row, found.code) for found in report.problems if found.rejected] == [
        (5, "nhs_number"), (6, "answered_twice"), (7, "answered_twice"), (8, "unknown_reference"),
    ]  # fmt: skip


def test_taking_a_file_twice_changes_nothing(tracer: Actor) -> None:
    record = hold(tracer)
    [row] = asked(tracer)
    answer(tracer, match(row))
    before = held(record), NumberStanding.objects.count()
    report = answer(tracer, match(row, OTHER))
    assert (report.unchanged, report.taken) == (1, 0)
    assert (held(record), NumberStanding.objects.count()) == before


def test_a_dry_run_says_the_same_and_keeps_nothing(tracer: Actor) -> None:
    record = hold(tracer)
    [row] = asked(tracer)
    trial = answer(tracer, match(row), dry_run=True)
    assert trial.taken == 1 and held(record) == [] and "numbers.answered" not in actions()
    assert answer(tracer, match(row)).taken == 1


def test_a_file_that_breaks_off_changes_nothing(tracer: Actor) -> None:
    record = hold(tracer)
    [row] = asked(tracer)
    text = ",".join(match(row)) + "\n" + ",".join(match(row).values()) + '\n"broken,'
    with pytest.raises(Unreadable):
        answer_file(tracer, text.encode())
    assert held(record) == [] and Trace.objects.get().state == "asked"


def test_the_batch_service_shape_goes_round(tracer: Actor) -> None:
    record = hold(tracer)
    [row] = asked(tracer, shape="dbs")
    assert row["DOB"] == "20120303" and row["Forename"] == "Katie" and row["ActiveCP"] == ""
    assert answer(tracer, match(row)).taken == 1
    assert held(record) == [(NUMBER, "verified", True)]


def test_a_name_that_a_spreadsheet_would_compute_goes_round_unharmed(tracer: Actor) -> None:
    hold(tracer, replace(KATIE, given="=1+1", family="@Walsh"))
    [row] = asked(tracer)
    assert (row["GivenName"], row["Surname"]) == ("'=1+1", "'@Walsh")
    assert answer(tracer, match(row)).taken == 1


# --- the register itself --------------------------------------------------------------------------------------


@pytest.fixture
def served() -> Iterator[tuple[str, Server]]:
    with serving() as running:
        yield running


@pytest.fixture
def server(served: tuple[str, Server]) -> Server:
    return served[1]


@pytest.fixture
def ask(
    served: tuple[str, Server], tracer: Actor, django_capture_on_commit_callbacks: Any
) -> Iterator[Callable[[PersonRecord], Trace]]:
    """Put a question to the register as one press of the button does: what comes of it is on the trace."""

    def asked_now(record: PersonRecord) -> Trace:
        register = Pds(Register(url=served[0]), sleep=lambda _seconds: None)
        with django_capture_on_commit_callbacks(execute=True):
            trace = one_by_one.ask_register(actor=tracer, record=record.pk, register=register, now=LATER)
        return Trace.objects.get(pk=trace)

    yield asked_now


def patient(number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    status = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
    verified = {"url": status, "valueCodeableConcept": {"coding": [{"code": "01"}]}}
    identifier = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number, "extension": [verified]}
    return {
        "resourceType": "Patient",
        "id": number,
        "identifier": [identifier],
        "meta": {"versionId": "2", "security": [{"code": "U"}]},
        "name": [{"use": "usual", "given": ["Katie"], "family": "Walsh"}],
        "birthDate": "2012-03-03",
        **changes,
    }


def test_the_register_is_asked_and_its_certain_answer_taken(
    tracer: Actor, server: Server, ask: Callable[[PersonRecord], Trace]
) -> None:
    record = hold(tracer)
    server.on("/Patient", Reply(bundle((patient(), 1.0))))
    trace = ask(record)
    assert (trace.outcome, trace.service, trace.search) == ("taken", "pds", "exact")
    assert held(record) == [(NUMBER, "verified", True)]
    assert actions()[-2:] == ["number.asked", "number.answered"]


def test_a_number_on_the_record_is_looked_up_first_and_a_child_is_not_sought(
    tracer: Actor, server: Server, ask: Callable[[PersonRecord], Trace]
) -> None:
    record = hold(tracer, with_number(NUMBER))
    server.on(f"/Patient/{NUMBER}", Reply(patient()))
    assert ask(record).outcome == "taken"
    assert held(record) == [(NUMBER, "verified", False)]
    assert [call.path for call in server.calls] == [f"/Patient/{NUMBER}"]


@pytest.mark.parametrize("theirs", [NUMBER, OTHER], ids=["knows-the-new", "knows-the-old"])
def test_a_superseded_number_beside_a_verified_one_keeps_no_record_apart(
    town: Town, server: Server, ask: Callable[[PersonRecord], Trace], theirs: str
) -> None:
    """The guard parts records whose numbers differ; a number that was replaced is no second number."""
    mine = hold(town.grace, with_number(OTHER))
    other = hold(town.amina, with_number(theirs))
    server.on(f"/Patient/{OTHER}", Reply(patient(NUMBER)))
    assert ask(mine).outcome == "taken"
    assert held(mine) == [(NUMBER, "verified", True), (OTHER, "superseded", False)]
    mine, other = (with_parts(PersonRecord.objects.filter(pk=row.pk)).get() for row in (mine, other))
    compared = linkage.compare(for_matching([mine]), for_matching([other]))
    assert not [words for words in compared.guard if "NHS number" in words]
    assert mine.person_id == other.person_id, "and so the rule has linked them"
    third = hold(town.hannah, with_number(THIRD))
    compared = linkage.compare(for_matching([mine]), for_matching([third]))
    assert [words for words in compared.guard if "the numbers differ" in words], (
        "a third number does keep apart"
    )


def test_the_register_leads_from_a_superseded_number_to_the_one_in_use(
    tracer: Actor, server: Server, ask: Callable[[PersonRecord], Trace]
) -> None:
    record = hold(tracer, with_number(OTHER))
    server.on(f"/Patient/{OTHER}", Reply(patient(NUMBER)))
    assert ask(record).outcome == "taken"
    assert held(record) == [(NUMBER, "verified", True), (OTHER, "superseded", False)]


@pytest.mark.parametrize("code", ["INVALIDATED_RESOURCE", "RESOURCE_NOT_FOUND"])
def test_a_number_the_register_does_not_know_is_marked_and_the_child_is_sought(
    tracer: Actor, server: Server, ask: Callable[[PersonRecord], Trace], code: str
) -> None:
    record = hold(tracer, with_number(OTHER))
    server.on(f"/Patient/{OTHER}", Reply(outcome(code), 404))
    server.on("/Patient", Reply(NOBODY))
    assert ask(record).outcome == "nothing"
    assert held(record) == [(OTHER, "invalid", False)]
    assert record.pk not in rows_of(tracer, "check")


def test_a_number_of_somebody_else_is_disputed_and_never_confirmed(
    tracer: Actor, server: Server, ask: Callable[[PersonRecord], Trace]
) -> None:
    record = hold(tracer, with_number(OTHER))
    mother = patient(OTHER, birthDate="1988-05-20", name=[{"given": ["Donna"], "family": "Walsh"}])
    server.on(f"/Patient/{OTHER}", Reply(mother))
    server.on("/Patient", Reply(NOBODY))
    ask(record)
    assert held(record) == [(OTHER, "disputed", False)]


def test_the_right_number_beside_somebody_elses_waits_for_a_person(
    tracer: Actor, server: Server, ask: Callable[[PersonRecord], Trace]
) -> None:
    record = hold(tracer, with_number(OTHER))
    server.on(f"/Patient/{OTHER}", Reply(patient(OTHER, birthDate="1988-05-20")))
    server.on("/Patient", Reply(bundle((patient(NUMBER), 1.0))))
    trace = ask(record)
    assert trace.outcome == "waiting" and {"number_of_another", "differs"} <= set(trace.doubts)


def test_nothing_of_a_restricted_persons_whereabouts_is_kept(
    tracer: Actor, server: Server, ask: Callable[[PersonRecord], Trace]
) -> None:
    record = hold(tracer)
    secret = {"use": "home", "line": ["7 Refuge Row"], "postalCode": "ST9 9ZZ"}
    found = patient(meta={"versionId": "2", "security": [{"code": "R"}]}, address=[secret])
    server.on("/Patient", Reply(bundle((found, 1.0))))
    trace = ask(record)
    assert trace.restricted and trace.outcome == "taken"
    record.refresh_from_db()
    kept = [str(vars(row)) for row in (trace, record, *record.addresses.all(), *NumberStanding.objects.all())]
    assert not [text for text in kept if "Refuge" in text or "ST9" in text]


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"deceasedDateTime": "2020-01-01T00:00:00+00:00"}, "died"),
        ({"birthDate": "2012-03-04"}, "register_details"),
        ({"identifier": []}, "register_unsure"),
    ],
)
def test_what_the_register_says_otherwise_waits_for_a_person(
    tracer: Actor, server: Server, ask: Callable[[PersonRecord], Trace], changes: dict[str, Any], doubt: str
) -> None:
    server.on("/Patient", Reply(bundle((patient(**changes), 1.0))))
    trace = ask(hold(tracer))
    assert trace.outcome == "waiting" and doubt in trace.doubts


def test_too_many_children_fit(tracer: Actor, server: Server, ask: Callable[[PersonRecord], Trace]) -> None:
    server.on("/Patient", Reply(TOO_MANY))
    trace = ask(hold(tracer))
    assert (trace.state, trace.outcome, trace.number) == ("many_match", "nothing", "")


def test_trouble_is_kept_as_an_answer_and_tried_again_tomorrow(
    tracer: Actor, server: Server, ask: Callable[[PersonRecord], Trace]
) -> None:
    record = hold(tracer)
    server.on("/Patient", Reply({}, 503))
    trace = ask(record)
    assert (trace.state, trace.outcome, trace.doubts) == ("error", "nothing", ["unreachable"])
    assert trace.try_again_on == (LATER + timedelta(days=1)).date()
    assert "number.asked" in actions(), "that it was asked is in the log, answered or not"


def test_a_question_that_never_came_back_is_put_again_after_minutes_and_taken_once(
    tracer: Actor, served: tuple[str, Server], server: Server
) -> None:
    record = hold(tracer)
    register = Pds(Register(url=served[0]))
    lost = one_by_one.ask_register(actor=tracer, record=record.pk, register=register, now=LATER)
    assert "number.asked" in actions() and server.calls == [], "nothing leaves before it is kept"
    assert rows_of(tracer, "missing", LATER + timedelta(minutes=1)) == []
    assert rows_of(tracer, "missing", LATER + timedelta(minutes=3)) == [record.pk]
    server.on("/Patient", Reply(bundle((patient(), 1.0))))
    for _time in range(2):
        one_by_one.put(actor=tracer, trace=lost, register=Pds(Register(url=served[0])), now=LATER)
    assert len(server.calls) == 1 and actions().count("number.answered") == 1
    assert held(record) == [(NUMBER, "verified", True)]


def test_who_may_not_asks_nothing(town: Town, served: tuple[str, Server], server: Server) -> None:
    record = hold(town.grace)
    officer = replace(town.amina, permissions=frozenset({"numbers.trace"}))
    with Pds(Register(url=served[0])) as register:
        for actor, error in ((town.amina, Refused), (town.ade, Refused), (officer, NotHere)):
            with pytest.raises(error):
                one_by_one.ask_register(actor=actor, record=record.pk, register=register, now=LATER)
    with Pds(Register(url=served[0])) as register, pytest.raises(Invalid):
        baby = hold(town.grace, replace(KATIE, given="Baby"), "2")
        one_by_one.ask_register(actor=town.grace, record=baby.pk, register=register, now=LATER)
    assert server.calls == []


# --- contradictions -------------------------------------------------------------------------------------------


def test_one_number_on_two_children_is_shown_to_those_who_decide_on_links(town: Town) -> None:
    katie = hold(town.amina, with_number(NUMBER))
    jade = hold(
        town.hannah, with_number(NUMBER, Facts(given="Jade", family="Brennan", born=date(2015, 5, 5)))
    )
    [clash] = numbers.listed(town.grace, "shared", now=LATER).clashes
    assert clash.number == NUMBER and {row.record for row in clash.rows} == {katie.pk, jade.pk}
    assert numbers.counts(town.grace, now=LATER)["shared"] == 1
    officer = replace(town.amina, permissions=frozenset({"numbers.trace"}))
    assert "shared" not in numbers.counts(officer, now=LATER)
    with pytest.raises(NotHere):
        numbers.listed(officer, "shared", now=LATER)
    deciding.question(
        actor=town.grace, record=jade.pk, value=NUMBER, disputed=True, reason="It is Katie’s.", now=LATER
    )
    assert numbers.listed(town.grace, "shared", now=LATER).clashes == ()
    assert held(jade) == [(NUMBER, "disputed", False)]
    deciding.question(
        actor=town.grace, record=jade.pk, value=NUMBER, disputed=False, reason="It is hers.", now=LATER
    )
    assert [word.standing for word in numbers.numbers_of([jade.pk])[jade.pk][0].history] == [
        "unverified",
        "disputed",
    ]


def test_nobody_is_matched_by_a_number_that_is_disputed(town: Town) -> None:
    jade = hold(
        town.hannah, with_number(NUMBER, Facts(given="Jade", family="Brennan", born=date(2015, 5, 5)))
    )
    about = {"actor": town.grace, "record": jade.pk, "value": NUMBER, "now": LATER}

    def found() -> list[UUID]:
        return [one.person for one in matching.search(linkage.Record.standardised(nhs_numbers=[NUMBER]))]

    assert found() == [jade.person_id]
    deciding.question(disputed=True, reason="It is Katie’s.", **about)
    assert found() == []
    # Said again by the source, it is still in doubt; and the hospital's record of its owner does not join hers.
    hold(town.hannah, with_number(NUMBER, Facts(given="Jade", family="Brennan-Cole", born=date(2015, 5, 5))))
    katie = hold(town.amina, with_number(NUMBER))
    assert found() == [katie.person_id] != [jade.person_id]
    assert matching.candidates(jade) == []
    deciding.question(disputed=False, reason="It is hers.", **about)
    assert set(found()) == {katie.person_id, jade.person_id}


def test_whoever_had_a_number_that_was_superseded_is_still_known_by_it(town: Town) -> None:
    record = hold(town.grace, with_number(NUMBER))
    trace = Trace.objects.create(record=record, service="pds", asked_at=MONDAY, details="")
    NumberStanding.objects.create(
        record=record, value=NUMBER, standing="superseded", superseded_by=OTHER, trace=trace, at=MONDAY
    )
    filing.file_these_again([record.pk])
    [found] = matching.search(linkage.Record.standardised(nhs_numbers=[NUMBER]))
    assert found.person == record.person_id


def test_two_numbers_on_one_child_are_shown(town: Town) -> None:
    one, two = hold(town.amina, with_number(NUMBER)), hold(town.hannah, with_number(OTHER))
    people.link(actor=town.grace, record=one, person=two.person_id, reason="Same.", now=MONDAY)
    [clash] = numbers.listed(town.grace, "two", now=LATER).clashes
    assert clash.number == "" and {row.record for row in clash.rows} == {one.pk, two.pk}


def test_who_may_not_question_a_number(town: Town) -> None:
    record = hold(town.grace, with_number(NUMBER))
    about = {"record": record.pk, "value": NUMBER, "disputed": True, "now": LATER}
    with pytest.raises(Refused):
        deciding.question(actor=town.amina, reason="No.", **about)
    with pytest.raises(NotHere):
        deciding.question(
            actor=replace(town.amina, permissions=frozenset({"numbers.trace"})), reason="No.", **about
        )
    with pytest.raises(Invalid):
        deciding.question(actor=town.grace, reason=" ", **about)
    with pytest.raises(NotHere):
        deciding.question(actor=town.grace, reason="No.", **{**about, "value": OTHER})


def test_the_lists_cost_the_same_however_long(tracer: Actor, django_assert_max_num_queries: Any) -> None:
    def listing(count: int) -> None:
        for key in range(count):
            hold(tracer, replace(KATIE, given=f"K{chr(97 + key)}"), f"{count}-{key}")
        with django_assert_max_num_queries(12):
            numbers.listed(tracer, "missing", now=LATER)

    listing(3)
    listing(15)
