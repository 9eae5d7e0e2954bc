"""Children about whom no other hub is answered: at once, as a stranger, and whatever is linked or undone later."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.partner_hubs_in_tests import THEM, US, Northvale
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused
from jigsaw.hub.partner_hubs import never, operations, queries, sending, silencing
from jigsaw.hub.partner_hubs.models import FiledPerson, FiledToken
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.people.records import Facts
from jigsaw.record_linkage import Record
from people_in_tests import KATIE, Town

KATY = Record.standardised(given="Katy", family="Welsh", born="2012-03-03", postcodes="ST1 4QZ")
STRANGER = Record.standardised(given="Omar", family="Haddad", born="2010-02-01", postcodes="NV7 1AA")


@pytest.fixture
def northvale(town: Town, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Northvale:
    settings.PARTNER_ANSWER_AFTER_SECONDS = 0
    hub, now = Northvale(), timezone.now()
    operations.our_card(actor=SYSTEM, code=US, address="https://hub.sharetown.example", now=now)
    operations.add(actor=SYSTEM, card=hub.card, now=now)
    monkeypatch.setattr(sending, "_posted", hub.posted)
    return hub


def hold(town: Town, facts: Facts) -> UUID:
    record, _new = people.hold(
        actor=town.ros, agency=town.school.pk, system="sims", source_key="1", facts=facts, now=timezone.now()
    )
    return record.person_id


def file_all() -> None:
    while not operations.file_part(actor=SYSTEM, code=THEM, now=timezone.now()).complete:
        pass


def silence(actor: Actor, person: UUID, **changes: Any) -> UUID:
    day = (timezone.now() + timedelta(days=90)).date()
    about = {"person": person, "reason": "Her father looks for her.", "look_again_on": day} | changes
    return silencing.never_answer(actor=actor, now=timezone.now(), **about)


def answer_about(person: UUID, town: Town) -> None:
    silencing.answer_again(actor=town.grace, person=person, reason="He has died.", now=timezone.now())


def test_from_the_moment_a_child_is_on_the_list_the_answer_is_a_strangers_by_the_same_statements(
    town: Town, northvale: Northvale, client: Client
) -> None:
    katie = hold(town, KATIE)
    file_all()

    def told(record: Record) -> tuple[dict[str, Any], list[str]]:
        """The reply, and what was done for it, statement by statement."""
        with CaptureQueriesContext(connection) as asked:
            said = northvale.ask(client, record)
        del said["re"]
        return said, [
            re.sub(r"s\d+_x\d+", "", " ".join(each["sql"].split()[:6])) for each in asked.captured_queries
        ]

    said, did = told(KATY)
    assert said["answer"] == "yes"
    told(STRANGER)  # the first question of a hub differs from later ones
    silence(town.grace, katie)
    about_a_stranger, about_katie = told(STRANGER), told(KATY)
    assert about_katie[0] == about_a_stranger[0] and about_katie[0]["answer"] == "no"
    assert about_katie[1] == about_a_stranger[1], "nothing else is done, so nothing takes longer"
    assert about_katie[1] != did, "else nothing is compared here"
    asked = Entry.objects.filter(action="partner_hub.asked_us").latest("id")
    assert asked.people == [] and asked.detail["answer"] == "no", "in the log, with nobody’s name"
    file_all()
    assert not FiledToken.objects.exists()
    assert northvale.ask(client, KATY)["answer"] == "no"
    answer_about(katie, town)
    file_all()
    assert northvale.ask(client, KATY)["answer"] == "yes"


def test_a_link_made_or_undone_later_never_opens_what_was_closed(
    town: Town, northvale: Northvale, client: Client
) -> None:
    katie = hold(town, KATIE)
    other, _new = people.hold(
        actor=town.amina, agency=town.health.pk, system="hv", source_key="1", facts=KATIE, now=timezone.now()
    )
    theirs = other.person_id
    file_all()
    assert northvale.ask(client, KATY)["answer"] == "yes"
    silence(town.grace, katie)
    assert northvale.ask(client, KATY)["answer"] == "yes", "another person as far as anybody knows"
    people.link(actor=town.grace, record=other, person=katie, reason="One child.", now=timezone.now())
    assert FiledPerson.objects.filter(person=theirs).exists(), "until the next round"
    assert northvale.ask(client, KATY)["answer"] == "no"
    file_all()
    mine = PersonRecord.objects.get(agency=town.school)
    people.unlink(actor=town.grace, record=mine, reason="Two girls.", now=timezone.now())
    assert {row.person_id for row in PersonRecord.objects.all()} == {katie, theirs}
    listed = queries.never_answered(town.grace, now=timezone.now())
    assert [one.card.person for one in listed] == [katie]
    file_all()
    assert set(FiledPerson.objects.values_list("person", flat=True)) == {theirs}


def test_two_put_on_as_one_are_both_on_until_each_is_taken_off(town: Town, northvale: Northvale) -> None:
    katie = hold(town, KATIE)
    other, _new = people.hold(
        actor=town.amina, agency=town.health.pk, system="hv", source_key="1", facts=KATIE, now=timezone.now()
    )
    theirs = other.person_id
    people.link(actor=town.grace, record=other, person=katie, reason="One child.", now=timezone.now())
    silence(town.grace, katie)
    people.unlink(
        actor=town.grace, record=PersonRecord.objects.get(pk=other.pk), reason="Two.", now=timezone.now()
    )
    assert never.about([katie, theirs]) == {katie, theirs}
    answer_about(katie, town)
    assert never.about([katie, theirs]) == {theirs}
    answer_about(theirs, town)
    assert never.about([katie, theirs]) == set()


def test_it_holds_after_its_day_and_says_that_somebody_must_look(town: Town, northvale: Northvale) -> None:
    katie = hold(town, KATIE)
    silence(town.grace, katie)
    later = timezone.now() + timedelta(days=91)
    [one] = queries.never_answered(town.grace, now=later)
    assert one.overdue and never.about([katie]) == {katie}
    silence(town.grace, katie, reason="He was seen again.")
    [one] = queries.never_answered(town.grace, now=timezone.now())
    assert (one.reason, one.overdue) == ("He was seen again.", False), "one entry, brought up to date"
    assert [e.action for e in Entry.objects.filter(action__startswith="never_answer.").order_by("id")][
        :1
    ] == ["never_answer.put_on"]
    assert not [e for e in Entry.objects.all() if "father" in str(e.detail)], "the reason stands apart"


def test_who_may_put_a_child_on_the_list_and_with_what(town: Town, northvale: Northvale) -> None:
    katie = hold(town, KATIE)
    for actor in (town.amina, town.ros, town.ade, town.mary):
        with pytest.raises(Refused):
            silence(actor, katie)
        with pytest.raises(Refused):
            queries.never_answered(actor, now=timezone.now())
        with pytest.raises(Refused):
            queries.answered_about(actor, katie, now=timezone.now())
    today = timezone.localdate()
    for wrong in ({"reason": " "}, {"look_again_on": today}, {"look_again_on": today + timedelta(days=400)}):
        with pytest.raises(Invalid):
            silence(town.grace, katie, **wrong)
    with pytest.raises(NotHere):
        answer_about(katie, town)
    people.declare_conflict(
        actor=SYSTEM, practitioner=town.grace.practitioner_id, person=katie, why="Aunt", now=timezone.now()
    )
    with pytest.raises(Refused):
        silence(town.grace, katie)
    assert never.about([katie]) == set()


def test_a_child_put_on_the_list_while_a_letter_is_under_way_is_not_filed(
    town: Town, northvale: Northvale, monkeypatch: pytest.MonkeyPatch
) -> None:
    katie = hold(town, KATIE)
    posted = northvale.posted

    def meanwhile(address: str, text: str) -> str:
        silence(town.grace, katie)
        return posted(address, text)

    monkeypatch.setattr(sending, "_posted", meanwhile)
    file_all()
    assert not FiledToken.objects.exists()
