"""Notices, plans and what families asked go whole, and not before what they hang together with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import care_in_tests
from disposal_in_tests import (
    MARK,
    a_note_of_it,
    a_pattern,
    due,
    gone_with_its_proof,
    held_by,
    only,
    refused_by_a_hold_and_to_whoever_may_not,
    the_export_verifies,
    where_it_stands,
)
from jigsaw.hub.chronology.models import FamilyWords
from jigsaw.hub.encompass import operations as encompass
from jigsaw.hub.encompass.models import Notice
from jigsaw.hub.encompass.operations import Told
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.retention import disposing, finding, obstacles
from jigsaw.hub.rights import asked, copies, saying
from jigsaw.hub.rights.copies import Said
from jigsaw.hub.rights.kinds import ERASE
from jigsaw.hub.rights.models import Redaction, RightsRequest
from jigsaw.hub.unscheduled_care import hearing, looking, operations
from jigsaw.hub.unscheduled_care.models import Access, Alert, AlertHook, AlertPush, Attendance, Plan
from people_in_tests import KATIE, MONDAY, Town
from plans_in_tests import CARE, begin
from practice_in_tests import Practice

NIGHT = datetime(2026, 11, 17, 1, 30, tzinfo=ENGLAND)
# The police keep what they know of harm to a child until she is a hundred.
CENTURY = datetime(2112, 3, 4, 9, tzinfo=UTC)
# Social care: until she is 25, and ten years after what was last written.
GROWN = datetime(2037, 3, 4, 9, tzinfo=UTC)
SIX_YEARS = datetime(2032, 11, 17, 9, tzinfo=UTC)


@pytest.fixture
def practice(town: Town) -> Practice:
    return Practice(town)


def test_a_notice_of_domestic_abuse_goes_from_the_police_and_from_the_school(
    practice: Practice, tmp_path: Path
) -> None:
    town = practice.town
    practice.hold(town.ros)
    told = Told(
        given="Katie", family="Walsh", born=KATIE.born, police_reference=MARK, happened_at=NIGHT - timedelta(hours=3),
        place=MARK, present="saw", child_words=MARK, circumstances=MARK, authority=town.sharetown.pk, postcode="ST1 4QZ",
    )  # fmt: skip
    notice = encompass.send(actor=town.hannah, told=told, now=NIGHT)
    encompass.acknowledge(
        actor=town.ros, reference=notice.reference, what_is_done=MARK, now=NIGHT + timedelta(hours=7)
    )
    assert set(where_it_stands()) >= {"encompass_notice", "encompass_delivery"}
    assert not [row for row in due(CENTURY.replace(day=2)) if row.what == "notice"]
    officer, row = held_by(practice, town.police), only("notice", CENTURY)
    a_note_of_it(town.ros, notice.reference)
    refused_by_a_hold_and_to_whoever_may_not(practice, officer, row, now=CENTURY)
    gone_with_its_proof(officer, row, now=CENTURY, everywhere=True)
    assert where_it_stands() == [] and not Notice.objects.exists()
    the_export_verifies(tmp_path)


def test_a_plan_goes_with_what_it_was_before_its_alerts_and_who_came(town: Town, tmp_path: Path) -> None:
    care, practice = care_in_tests.make_care(town), Practice(town)
    first = operations.correct(actor=town.grace, plan=care.plan.pk, said=CARE, reason=MARK, now=MONDAY)
    care.send(*care_in_tests.adt("A01", "1", name=f"{MARK}^KATIE"))
    [alert] = Alert.objects.all()
    hearing.act(actor=town.grace, reference=alert.reference, what_was_done=MARK, now=MONDAY)
    assert set(where_it_stands()) >= {
        "unscheduled_care_plan",
        "unscheduled_care_alert",
        "unscheduled_care_attendance",
    }
    assert not [row for row in due(GROWN.replace(day=1)) if row.what == "plan"], "it has not ended"
    operations.end(actor=town.grace, plan=first.pk, ends_on=MONDAY.date(), now=MONDAY)
    officer, row = held_by(practice, town.front_door), only("plan", GROWN)
    assert row.thing == first.pk
    a_note_of_it(town.grace, alert.reference)
    a_pattern(practice, care.katie.person_id, alert=alert)
    hook = AlertHook.objects.create(
        agency=town.front_door, address="https://x.example", sealed_secret=b"", since=MONDAY
    )
    AlertPush.objects.create(hook=hook, alert=alert, made_at=MONDAY, next_at=MONDAY)
    refused_by_a_hold_and_to_whoever_may_not(practice, officer, row, now=GROWN)
    done = gone_with_its_proof(officer, row, now=GROWN, everywhere=True)
    assert done.rows["unscheduled_care_plan"] == 2
    for table in (Plan, Alert, Access, Attendance):
        assert not table.objects.exists()
    # What the setting sent, byte for byte, is the setting's, and goes within days by itself.
    assert where_it_stands() in ([], ["unscheduled_care_delivery"])
    the_export_verifies(tmp_path)


def test_an_alert_that_serves_another_plan_stays_with_that_one(town: Town) -> None:
    care, practice = care_in_tests.make_care(town), Practice(town)
    other = begin(town, care.katie, CARE)
    looking.look(care.ada, care_in_tests.NUMBER, unscheduled=True, now=MONDAY)
    [alert] = Alert.objects.all()
    ends = alert.plan_id
    stays = ({care.plan.pk, other.pk} - {ends}).pop()
    operations.end(actor=town.grace, plan=ends, ends_on=MONDAY.date(), now=MONDAY)
    row = only("plan", GROWN)
    officer = held_by(practice, town.front_door)
    [item] = disposing.listed(officer, now=GROWN)
    assert [one.words for one in item.in_the_way] == ["A plan of theirs has not ended."]
    operations.end(actor=town.grace, plan=stays, ends_on=MONDAY.date(), now=MONDAY)
    assert row.thing == ends
    disposing.dispose(actor=officer, pk=row.pk, now=GROWN)
    alert.refresh_from_db()
    assert alert.plan_id == stays
    assert Access.objects.get().plan_id == stays


# --- what families asked ----------------------------------------------------------------------------------------


def asking(kind: str, words: str = "") -> asked.Asking:
    return asked.Asking(
        kind=kind, asked_by=MARK, asked_as="parent", identity=MARK, words=words, received_on=MONDAY.date()
    )


def a_copy(practice: Practice, actor: Actor, record: PersonRecord) -> RightsRequest:
    """A copy that was made for a family, with something left out of it."""
    entry = practice.write(practice.town.amina, record, text="Seen at home with her aunt.")
    person = PersonRecord.objects.get(pk=record.pk).person_id
    reference = asked.note(actor=actor, person=person, asking=asking("copy"), now=practice.now).reference
    copies.leave_out(
        actor=actor, reference=reference, item=f"entry:{entry.pk}", words="her aunt", exemption="others",
        because=MARK, now=practice.now,
    )  # fmt: skip
    going = copies.to_decide(actor, reference, now=practice.now)
    said = {one.key: Said(one.firm, MARK) for each in going.items for one, _word in each.proposals}
    copies.settle(actor=actor, reference=reference, said=said, now=practice.now)
    copies.produce(actor=actor, reference=reference, now=practice.now)
    return RightsRequest.objects.get(reference=reference)


def test_what_a_family_asked_and_was_told_goes_six_years_after_the_answer(
    practice: Practice, tmp_path: Path
) -> None:
    town = practice.town
    request = a_copy(practice, town.tom, practice.hold(town.amina))
    assert set(where_it_stands()) >= {"rights_rightsrequest", "rights_redaction"}
    assert not [row for row in due(SIX_YEARS.replace(day=15)) if row.what == "answer"]
    officer, row = held_by(practice, town.health), only("answer", SIX_YEARS)
    assert row.thing == request.pk
    # Were something of it still to be erased, it would not be answered yet.
    given = request.given | {"items": [{"outcome": ERASE}]}
    RightsRequest.objects.filter(pk=request.pk).update(given=given)
    assert not finding.is_due(row, today=SIX_YEARS.date())
    RightsRequest.objects.filter(pk=request.pk).update(given=request.given)
    a_note_of_it(town.tom, request.reference)
    refused_by_a_hold_and_to_whoever_may_not(practice, officer, row, now=SIX_YEARS)
    gone_with_its_proof(officer, row, now=SIX_YEARS, everywhere=True)
    assert where_it_stands() == [] and not Redaction.objects.exists()
    the_export_verifies(tmp_path)


def test_what_was_said_of_an_entry_waits_for_the_entry(practice: Practice) -> None:
    town = practice.town
    entry = practice.write(town.amina, practice.hold(town.amina))
    [record] = PersonRecord.objects.all()
    [objection] = saying.note(
        actor=town.amina, person=record.person_id, asking=asking("disagree", words=MARK), entries=[entry.pk],
        now=practice.now,
    )  # fmt: skip
    decision = saying.Decision(outcome="stands", because="It was so.", ground="accurate")
    saying.decide(actor=town.tom, reference=objection.reference, decision=decision, now=practice.now)
    later = GROWN.replace(year=2040)
    assert [row.what for row in due(later)] == ["entry"]
    officer = held_by(practice, town.health)
    disposing.dispose(actor=officer, pk=only("entry", later).pk, now=later)
    assert not FamilyWords.objects.exists()
    gone_with_its_proof(officer, only("answer", later + timedelta(days=1)), now=later + timedelta(days=1))
    assert where_it_stands() == []


def test_what_a_family_asks_stands_in_the_way_also_after_two_were_found_to_be_one(practice: Practice) -> None:
    """The request names the person as they were called then."""
    town = practice.town
    old = practice.hold(town.amina, replace(KATIE, given="Kate", identifiers=()), key="2")
    stays = practice.hold(town.kevin)
    asked.note(actor=town.tom, person=old.person_id, asking=asking("copy"), now=practice.now)
    people.link(actor=town.grace, record=old, person=stays.person_id, reason="The same.", now=practice.now)
    found = obstacles.in_the_way([stays.person_id], today=GROWN.date())
    assert [one.kind for one in found.of(town.health.pk, [stays.person_id])] == ["work"]
