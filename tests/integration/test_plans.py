"""Plans of an authority: kept, corrected, ended, moved at birth, loaded from returns, and seen no longer than agreed."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection

from jigsaw.formats import cin_census, plan_episodes, ssd, ssda903
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import PersonRecord, Relationship
from jigsaw.hub.people.records import Facts
from jigsaw.hub.unscheduled_care import operations, plan_files, queries
from jigsaw.hub.unscheduled_care.models import Plan
from jigsaw.hub.unscheduled_care.plan_files import Loaded
from jigsaw.hub.unscheduled_care.visible import visible_of
from people_in_tests import KATIE, MONDAY, Town
from plans_in_tests import CARE, PROTECTION, UNBORN, a_return, begin
from practice_in_tests import Practice

DATA = Path(__file__).parents[1] / "data" / "formats"
TODAY = MONDAY.date()


@pytest.fixture
def katie(town: Town) -> PersonRecord:
    """As health knows her: the front door holds nothing yet."""
    return Practice(town).hold(town.amina)


def seen(record: PersonRecord, on: date = TODAY) -> list[str]:
    record.refresh_from_db()
    return [plan.kind for plan in visible_of([record.person_id], on=on)]


def load(town: Town, reading: plan_episodes.PlanReading, name: str = "plans-ssda903") -> Loaded:
    return plan_files.load(
        actor=SYSTEM_LOADS, agency=town.front_door, format=name, reading=reading, now=MONDAY
    )


SYSTEM_LOADS = replace(SYSTEM, permissions=frozenset({"import.run"}))


# --- by hand ----------------------------------------------------------------------------------------------------


def test_a_plan_hangs_on_the_authoritys_own_record_and_shows_while_it_runs(
    town: Town, katie: PersonRecord
) -> None:
    plan = begin(town, katie)
    assert plan.record.agency == town.front_door
    assert plan.authority == town.sharetown
    assert seen(katie) == ["child_protection"]
    assert seen(katie, PROTECTION.starts_on - timedelta(days=1)) == []


def test_it_shows_for_a_year_after_its_end_or_as_long_as_was_agreed(town: Town, katie: PersonRecord) -> None:
    plan = begin(town, katie)
    operations.end(actor=town.grace, plan=plan.pk, ends_on=TODAY, now=MONDAY)
    assert seen(katie, TODAY + timedelta(days=365))
    assert not seen(katie, TODAY + timedelta(days=366))
    agreements.put_in_force(
        actor=SYSTEM, kind="unscheduled_care", content={"visible_days_after_end": 30}, effective_from=TODAY,
        source="Board", now=MONDAY,
    )  # fmt: skip
    assert not seen(katie, TODAY + timedelta(days=31))


@pytest.mark.parametrize(
    "content", [{"visible_days_after_end": 0}, {"visible_days_after_end": True}, {"visble": 1}]
)
def test_a_setting_that_would_hide_everything_or_means_nothing_is_refused(
    town: Town, content: dict[str, int]
) -> None:
    with pytest.raises(Invalid):
        agreements.put_in_force(
            actor=SYSTEM,
            kind="unscheduled_care",
            content=content,
            effective_from=TODAY,
            source="Board",
            now=MONDAY,
        )


def test_a_correction_takes_the_place_of_what_was_wrong_and_keeps_it_readable(
    town: Town, katie: PersonRecord
) -> None:
    plan = begin(town, katie)
    newer = replace(CARE, starts_on=date(2026, 4, 1))
    made = operations.correct(actor=town.grace, plan=plan.pk, said=newer, reason="It was care.", now=MONDAY)
    assert seen(katie) == ["looked_after"]
    kept = queries.plan(town.grace, made.pk, now=MONDAY)
    assert [(old.kind, old.reason, old.closed_as) for old in kept.versions] == [
        ("child_protection", "It was care.", "corrected")
    ]
    with pytest.raises(AlreadyDone):
        operations.end(actor=town.grace, plan=plan.pk, ends_on=TODAY, now=MONDAY)


def test_a_plan_of_the_wrong_child_is_withdrawn_at_once(town: Town, katie: PersonRecord) -> None:
    operations.withdraw(actor=town.grace, plan=begin(town, katie).pk, reason="Her cousin.", now=MONDAY)
    assert seen(katie) == []


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (replace(PROTECTION, starts_on=None), "starts_on"),
        (replace(PROTECTION, starts_on=TODAY + timedelta(days=1)), "starts_on"),
        (replace(PROTECTION, ends_on=date(2026, 3, 1)), "ends_on"),
        (replace(PROTECTION, kind="other"), "kind"),
        (replace(UNBORN, expected_on=None), "expected_on"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    town: Town, katie: PersonRecord, said: operations.Said, wrong: str
) -> None:
    with pytest.raises(Invalid) as refused:
        begin(town, katie, said)
    assert list(refused.value.fields) == [wrong]


def test_two_plans_of_a_kind_never_run_together(town: Town, katie: PersonRecord) -> None:
    begin(town, katie)
    begin(town, katie, CARE)
    with pytest.raises(AlreadyDone):
        begin(town, katie)


def test_nobody_else_keeps_or_sees_a_plan(town: Town, katie: PersonRecord) -> None:
    plan = begin(town, katie)
    for other in (town.amina, town.hannah, town.mary):
        with pytest.raises(Refused):
            queries.plan(other, plan.pk, now=MONDAY)
    elsewhere = replace(town.nia, permissions=town.grace.permissions)
    with pytest.raises(NotHere):
        queries.plan(elsewhere, plan.pk, now=MONDAY)
    with pytest.raises(NotHere):
        operations.keep(actor=elsewhere, person=katie.person_id, said=CARE, now=MONDAY)


def test_whoever_is_too_close_to_the_child_sees_nothing_of_it(town: Town, katie: PersonRecord) -> None:
    plan = begin(town, katie)
    who = town.grace.practitioner_id
    people.declare_conflict(actor=SYSTEM, practitioner=who, person=katie.person_id, why="Aunt", now=MONDAY)
    with pytest.raises(Refused):
        queries.plan(town.grace, plan.pk, now=MONDAY)
    assert queries.kept(town.grace, now=MONDAY) == ([], False)
    with context.acting(town.grace, door="web", now=MONDAY), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM unscheduled_care_plan")
        assert cursor.fetchone() == (0,)


# --- at birth ---------------------------------------------------------------------------------------------------


def test_at_birth_the_plan_moves_from_the_mother_to_the_baby(town: Town) -> None:
    mother = Practice(town).hold(
        town.amina, Facts(given="Donna", family="Walsh", born=date(1988, 5, 20), sex="F")
    )
    plan = begin(town, mother, UNBORN)
    assert seen(mother) == ["unborn"]
    baby = Facts(family="Walsh", born=TODAY, sex="F", identifiers=(("nhs_number", "9990000026"),))
    made = operations.born(actor=town.grace, plan=plan.pk, baby=baby, now=MONDAY)
    assert seen(mother) == []
    assert seen(made.record) == ["child_protection"]
    assert made.starts_on == TODAY
    assert Relationship.objects.filter(
        record__person=plan.record.person_id, to=made.record, kind="MTH"
    ).exists()
    with pytest.raises(AlreadyDone):
        operations.born(actor=town.grace, plan=plan.pk, baby=baby, now=MONDAY)


def test_no_baby_is_born_tomorrow_and_no_plan_of_a_child_is_moved(town: Town, katie: PersonRecord) -> None:
    plan = begin(town, katie, UNBORN)
    for day in (TODAY + timedelta(days=1), UNBORN.starts_on - timedelta(days=1), None):
        with pytest.raises(Invalid):
            operations.born(actor=town.grace, plan=plan.pk, baby=replace(KATIE, born=day), now=MONDAY)
    with pytest.raises(Invalid):
        operations.born(actor=town.grace, plan=begin(town, katie, CARE).pk, baby=KATIE, now=MONDAY)


# --- from returns -----------------------------------------------------------------------------------------------


def counts(done: Loaded) -> tuple[int, int, int, int]:
    assert done.read == done.created + done.updated + done.unchanged + done.rejected
    return done.created, done.updated, done.unchanged, done.rejected


def test_a_return_is_loaded_once_and_a_newer_one_corrects_it(town: Town) -> None:
    first = ("1,01/02/2026,S,C2,,", "2,01/02/2025,S,V2,01/03/2025,E11", "3,,S,C2,,")
    assert counts(load(town, a_return(*first))) == (2, 0, 0, 1)
    assert counts(load(town, a_return(*first))) == (0, 0, 2, 1)
    assert counts(load(town, a_return("1,01/02/2026,S,C2,01/06/2026,E11"))) == (0, 1, 0, 0)
    assert Plan.objects.filter(closed_as="").count() == 2
    assert Plan.objects.get(closed_as="corrected").replaced_by.ends_on == date(2026, 6, 1)


def test_children_are_known_again_by_the_authoritys_number(town: Town) -> None:
    numbered = replace(KATIE, identifiers=(*KATIE.identifiers, ("la_child_id", "77")))
    record, _ = people.hold(
        actor=town.grace, agency=town.front_door.pk, system="cin", source_key="77", facts=numbered, now=MONDAY
    )
    load(town, a_return("77,01/02/2026,S,C2,,"))
    assert seen(record) == ["looked_after"]


def test_an_unborn_child_of_a_return_goes_to_the_mother_or_to_a_person(town: Town) -> None:
    people.hold(
        actor=town.grace, agency=town.front_door.pk, system="cin", source_key="5",
        facts=Facts(given="Donna", family="Walsh", identifiers=(("la_child_id", "5"),)), now=MONDAY,
    )  # fmt: skip
    tables = {
        "ssd_person": "pers_person_id,pers_dob,pers_expected_dob\n8,,2026-12-24\n9,,2026-12-30\n",
        "ssd_cp_plans": "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date\n"
        "p1,8,2026-09-01,\np2,9,2026-09-01,\n",
        "ssd_mother": "moth_person_id,moth_childs_person_id\n5,8\n",
    }
    reading = ssd.read({name: io.BytesIO(text.encode()) for name, text in tables.items()})
    done = load(town, reading, "plans-ssd")
    assert counts(done) == (1, 0, 0, 1)
    assert [one.code for one in done.problems if one.severity == "error"] == ["mother_not_known"]
    [plan] = Plan.objects.all()
    assert (plan.kind, plan.record.given, plan.expected_on) == ("unborn", "Donna", date(2026, 12, 24))


def test_real_returns_are_accounted_for_plan_by_plan(town: Town) -> None:
    done = load(
        town, ssda903.read(DATA / "ssda903" / "episodes.csv", DATA / "ssda903" / "header.csv", on=TODAY)
    )
    assert counts(done)[0] >= 6
    census = plan_episodes.of_census(cin_census.read(DATA / "cin" / "CIN_Census_2021.xml", on=TODAY))
    done = load(town, census, "plans-cin")
    assert done.read > 0
    assert sum(counts(done)) == done.read


def test_only_those_who_load_files_load_plans_and_only_for_an_authority(town: Town) -> None:
    with pytest.raises(Refused):
        plan_files.load(
            actor=town.grace, agency=town.front_door, format="plans-ssda903", reading=a_return(), now=MONDAY
        )
    with pytest.raises(NotHere):
        plan_files.load(
            actor=SYSTEM_LOADS, agency=town.school, format="plans-ssda903", reading=a_return(), now=MONDAY
        )
