"""What sources leave out and how well they are linked: true counts, nobody's details, written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Refused
from jigsaw.hub.oversight.record_quality import record_quality
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import quality
from jigsaw.hub.people.models import NumberStanding, PersonRecord
from jigsaw.hub.people.records import Facts
from people_in_tests import KATIE, MONDAY, Town

BARE = Facts(family="Walsh", ethnicity="REFU")


def hold(actor: Actor, facts: Facts, key: str) -> PersonRecord:
    made, _outcome = people.hold(
        actor=actor, agency=actor.agency_id, system="s", source_key=key, facts=facts, now=MONDAY
    )
    return made


def test_every_measure_counts_what_it_says(town: Town) -> None:
    whole = hold(town.ros, replace(KATIE, ethnicity="WBRI"), "1")
    hold(town.ros, BARE, "2")
    hold(town.ros, replace(KATIE, identifiers=(("nhs_number", "9990000019"),), ethnicity="BCRB"), "3")
    there = hold(town.amina, KATIE, "1")
    people.link(actor=town.grace, record=there, person=whole.person_id, reason="Same", now=MONDAY)
    NumberStanding.objects.create(
        record=there,
        value="9990000018",
        standing="superseded",
        reason="Told",
        at=MONDAY,
        superseded_by="9990000026",
    )
    found = {row.name: row for row in quality.by_source()}
    school, health = found[town.school.name], found[town.health.name]
    assert (school.records, health.records) == (3, 1)
    assert school.counts == {
        "no_first_name": 1, "no_birth_date": 1, "no_postcode": 1, "no_nhs_number": 1, "invalid_number": 1,
        "stale_number": 0, "linked": 1, "waiting": 0,
    }  # fmt: skip
    assert health.counts["linked"] == 1 and health.counts["stale_number"] == 1
    groups = {row.name: row.records for row in quality.by_ethnic_group()}
    assert groups == {"white": 1, "black": 1, "not_given": 2}


@pytest.mark.parametrize(
    ("written", "group"),
    [
        ("WBRI", "white"), ("A", "white"), ("White Irish", "white"), ("MWAS", "mixed"), ("Mixed White and Asian", "mixed"),
        ("D", "mixed"), ("BAFR", "black"), ("Black Caribbean", "black"), ("CHNE", "asian"), ("Bangladeshi", "asian"),
        ("R", "asian"), ("OOTH", "other"), ("Arab", "other"), ("NOBT", "not_given"), ("", "not_given"), ("17", "uncoded"),
    ],
)  # fmt: skip
def test_a_group_is_known_however_a_source_writes_it(town: Town, written: str, group: str) -> None:
    hold(town.ros, replace(KATIE, ethnicity=written), "1")
    assert [row.name for row in quality.by_ethnic_group()] == [group]


def test_a_number_that_was_superseded_and_then_verified_is_not_stale(town: Town) -> None:
    record = hold(town.ros, KATIE, "1")
    for place, standing in enumerate(("invalid", "disputed")):
        NumberStanding.objects.create(
            record=record,
            value="9990000018",
            standing=standing,
            reason="Told",
            at=MONDAY + timedelta(hours=place),
        )
    [row] = quality.by_source()
    assert row.counts["stale_number"] == 0


def test_who_waits_for_a_person_is_counted_on_both_sides(town: Town) -> None:
    hold(town.ros, KATIE, "1")
    hold(town.amina, replace(KATIE, born=None, identifiers=()), "1")
    people.link_standing_alone(actor=town.grace, now=MONDAY)
    assert [row.counts["waiting"] for row in quality.by_source()] == [1, 1]


def test_only_figures_leave_and_only_for_the_board_and_whoever_looks_after_the_index(town: Town) -> None:
    for place in range(12):
        hold(town.ros, replace(BARE, ethnicity="WBRI"), f"w{place}")
    hold(town.ros, replace(BARE, ethnicity="AIND"), "a")
    found = record_quality(town.mary, now=MONDAY)
    [source] = found.sources
    assert source.records.value == 13 and source.shares["no_first_name"] == 100
    assert all(row.records.value is None for row in found.ethnic_groups), "13 - 12 would tell"
    assert AuditEntry.objects.filter(action="quality.viewed").count() == 1
    steward = replace(town.kevin, permissions=frozenset({"people.settle"}))
    assert record_quality(steward, now=MONDAY).sources
    for actor in (town.grace, town.ade, town.amina):
        with pytest.raises(Refused):
            record_quality(actor, now=MONDAY)
