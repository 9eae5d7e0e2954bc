"""Plans and periods of care come out of three kinds of file in one shape."""

import csv
import io
from datetime import date

import pytest

from jigsaw.formats import cin_census, plan_episodes, ssd, ssda903
from jigsaw.formats.plan_episodes import PlanEpisode
from jigsaw.formats.records import Problem, Unreadable

EPISODES = "CHILD,DECOM,RNE,LS,DEC,REC\n"
PLANS = "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date,cppl_cp_plan_latest_category\n"
CARE = "clae_cla_id,clae_person_id,clae_cla_episode_start_date,clae_cla_episode_ceased_date\n"
PERSON = "pers_person_id,pers_forename,pers_surname,pers_dob,pers_expected_dob,pers_common_child_id\n"


def care(rows, header=None, **known):
    head = io.BytesIO(header.encode()) if header else None
    return list(ssda903.read(io.BytesIO((EPISODES + rows).encode()), head, **known))


def tables(**told):
    return list(ssd.read({f"ssd_{name}": io.BytesIO(text.encode()) for name, text in told.items()}))


def codes(episode, severity=""):
    return {problem.code for problem in episode.problems if problem.severity.startswith(severity)}


# --- SSDA903 ------------------------------------------------------------------------------------------------


def test_every_row_of_the_real_episodes_file_is_accounted_for(data):
    told = list(
        ssda903.read(data / "ssda903" / "episodes.csv", data / "ssda903" / "header.csv", authority="330")
    )
    periods = [one for one in told if isinstance(one, PlanEpisode)]
    with (data / "ssda903" / "episodes.csv").open() as stream:
        children = [row["CHILD"] for row in csv.DictReader(stream)]
    rows = [row["row"] for period in periods for row in period.raw["rows"]]
    assert sorted(rows) == list(range(2, len(children) + 2))
    first = periods[0]
    assert (first.kind, first.from_date, first.until_date) == ("looked_after", date(2016, 2, 15), None)
    assert (first.category, first.authority, first.born) == ("C2", "330", date(2008, 3, 27))
    assert first.source_key == "la_child_id:566910" and first.usable
    named = {one.identifiers[0].value for one in periods}
    assert named == set(children)


def test_pieces_that_follow_on_are_one_period_and_a_new_start_is_another():
    one, two = care(
        "7,01/02/2020,S,V2,01/03/2020,X1\n7,01/06/2021,S,C2,,\n7,01/03/2020,L,C1,01/04/2020,E11\n"
    )
    assert (one.from_date, one.until_date, one.category) == (date(2020, 2, 1), date(2020, 4, 1), "C1")
    assert (two.from_date, two.until_date, two.number) == (date(2021, 6, 1), None, 3)


@pytest.mark.parametrize(
    ("row", "code", "usable"),
    [
        ("7,,S,C2,,", "missing_date", False),
        ("7,31/02/2020,S,C2,,", "not_a_date", False),
        ("7,01/02/2020,S,C2,01/01/2020,E11", "date_order", False),
        ("7,01/02/2020,S,C2,soon,E11", "not_a_date", False),
        (",01/02/2020,S,C2,,", "no_identifier", False),
        ("7,01/02/2020,S,C2,01/03/2020,X1", "episode_missing", True),
        ("7,01/02/2020,S,Q9,,", "unknown_code", True),
        ("7,01/02/2030,S,C2,,", "after_reference_date", True),
        ("<script>,01/02/2020,S,C2,,", "", True),
    ],
)
def test_what_is_wrong_with_an_episode_is_told_and_the_row_is_kept(row, code, usable):
    [episode] = care(row + "\n", on=date(2026, 3, 1))
    assert (code in codes(episode) or not code) and episode.usable == usable
    assert episode.raw["rows"][0]["child"] == row.split(",")[0]


def test_a_child_that_the_header_lacks_is_told():
    problem, episode = care("7,01/02/2020,S,C2,,\n", "CHILD,DOB,UPN\n8,01/01/2015,UN3\n")
    assert isinstance(problem, Problem) and problem.code == "not_in_header" and episode.usable


@pytest.mark.parametrize("content", [b"", b"\x00" * 5_000_000, b"A,B\n1,2\n", b"%PDF-1.7", b"CHILD,DECOM\n"])
def test_what_is_no_episodes_file_says_so(content):
    with pytest.raises(Unreadable):
        list(ssda903.read(io.BytesIO(content)))


def test_an_episodes_file_written_by_windows_is_read():
    told = list(ssda903.read(io.BytesIO((EPISODES + "Zoë7,01/02/2020,S,C2,,\n").encode("cp1252"))))
    assert told[0].identifiers[0].value == "Zoë7"


# --- the Standard Safeguarding Dataset --------------------------------------------------------------------------


def test_every_field_that_is_read_is_in_the_published_specification(data):
    with (data / "ssd" / "fields.csv").open() as stream:
        published = {(row["object_name"], row["field_name"]) for row in csv.DictReader(stream)}
    assert {(table, name) for table, names in ssd.FIELDS.items() for name in names} <= published


def test_plans_unborn_children_and_care_come_from_the_tables():
    plan, unborn, looked_after = tables(
        person=PERSON
        + "1,Rowan,Stone,2015-04-25 00:00:00.000,,9990000018\n2,,Stone,,2026-06-01,\n9,Ana,Stone,1990-01-01,,9990000026\n",
        cp_plans=PLANS + "P1,1,2025-01-02,NULL,NEG\nP2,2,2026-02-01,,EMO\n",
        mother="moth_person_id,moth_childs_person_id\n9,2\n",
        cla_episodes=CARE + "L1,1,2020-01-01,2020-02-01\nL1,1,2020-02-01,2020-03-01\n",
        legal_status="lega_person_id,lega_legal_status,lega_legal_status_start_date\n1,V2,2020-01-01\n1,C2,2025-01-01\n",
    )
    assert (plan.kind, plan.category, plan.reference, plan.until_date) == (
        "child_protection",
        "neglect",
        "P1",
        None,
    )
    assert [(one.kind, one.value) for one in plan.identifiers] == [
        ("la_child_id", "1"),
        ("nhs_number", "9990000018"),
    ]
    assert (unborn.kind, unborn.expected_on, unborn.born) == ("unborn", date(2026, 6, 1), None)
    assert ("nhs_number", "9990000026") in [(one.kind, one.value) for one in unborn.mother]
    assert (looked_after.from_date, looked_after.until_date) == (date(2020, 1, 1), date(2020, 3, 1))
    assert looked_after.category == "V2" and looked_after.names[0].family == "Stone"


@pytest.mark.parametrize(
    ("row", "code", "usable"),
    [
        ("P1,1,,,NEG", "missing_date", False),
        ("P1,1,2025-01-02,2024-01-01,NEG", "date_order", False),
        ("P1,1,2025-01-02,later,NEG", "not_a_date", False),
        ("P1,,2025-01-02,,NEG", "no_identifier", False),
        ("P1,3,2025-01-02,,NEG", "not_in_person", True),
        ("P1,2,2025-01-02,,NEG", "no_mother", True),
        ("P1,1,2025-01-02,,NEG", "two_nhs_numbers", False),
    ],
)
def test_what_is_wrong_with_a_plan_is_told(row, code, usable):
    linked = "link_person_id,link_identifier_type,link_identifier_value\n1,NHS Number,9990000026\n"
    [plan] = tables(
        person=PERSON + "1,Rowan,Stone,2015-04-25,,9990000018\n2,,Stone,,2026-06-01,\n",
        cp_plans=PLANS + row + "\n",
        **({"linked_identifiers": linked} if code == "two_nhs_numbers" else {}),
    )
    assert code in codes(plan) and plan.usable == usable


def test_a_table_that_is_not_known_or_lacks_a_field_says_so():
    for told in ({"person": PERSON}, {"cp_plans": PLANS, "cars": "a\n"}, {"cp_plans": "cppl_person_id\n1\n"}):
        with pytest.raises(Unreadable, match="Choose"):
            tables(**told)


# --- the census, and what a setting may see ---------------------------------------------------------------------


def test_plans_of_the_census_sample_have_the_same_shape(data):
    told = [
        one
        for one in plan_episodes.of_census(
            cin_census.read(data / "cin" / "CIN_Census_2021.xml"), authority="330"
        )
        if isinstance(one, PlanEpisode)
    ]
    assert told and {one.kind for one in told} <= {"child_protection", "unborn"}
    assert all(
        one.authority == "330" and one.identifiers and not one.category.startswith("Cat") for one in told
    )


def test_a_plan_of_a_child_not_yet_born_is_an_unborn_one():
    child = (
        "<Message><Children><Child><ChildIdentifiers><LAchildID>A1</LAchildID><ExpectedPersonBirthDate>2026-06-01"
        "</ExpectedPersonBirthDate></ChildIdentifiers><CINdetails><ChildProtectionPlans><CPPstartDate>2026-02-01"
        "</CPPstartDate><LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse></ChildProtectionPlans></CINdetails></Child>"
        "</Children></Message>"
    )
    plans = plan_episodes.of_census(cin_census.read(io.BytesIO(child.encode())))
    [plan] = [one for one in plans if isinstance(one, PlanEpisode)]
    assert (plan.kind, plan.category, plan.expected_on) == ("unborn", "neglect", date(2026, 6, 1))


@pytest.mark.parametrize(
    ("on", "seen"),
    [((2025, 1, 1), False), ((2025, 1, 2), True), ((2026, 3, 2), True), ((2026, 3, 3), False)],
)
def test_a_setting_sees_a_plan_from_its_first_day_until_a_year_after_its_last(on, seen):
    plan = PlanEpisode(1, "k", "child_protection", date(2025, 1, 2), date(2025, 3, 2))
    assert plan.visible(on=date(*on)) == seen
