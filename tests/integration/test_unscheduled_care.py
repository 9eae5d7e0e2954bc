"""A child with a plan comes to unscheduled care: seen there, told to the authority, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from care_in_tests import NUMBER, Care, adt, make_care, practitioner
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agencies.models import Agency
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.alerts import queries as notices
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.jobs import deliver_care_notices, escalate_unopened_alerts
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused, WrongState
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.records import Facts
from jigsaw.hub.unscheduled_care import (
    arriving,
    hearing,
    looking,
    operations,
    settings,
    sorting_out,
    walking_in,
)
from jigsaw.hub.unscheduled_care.models import Access, Alert, Attendance, Delivery, DeliveryKey
from jigsaw.hub.unscheduled_care.walking_in import Came
from people_in_tests import KATIE, MONDAY, Town
from plans_in_tests import CARE, begin
from practice_in_tests import Practice

DATA = Path(__file__).parents[1] / "data" / "formats"


@pytest.fixture
def care(town: Town) -> Care:
    return make_care(town)


def alert() -> Alert:
    return Alert.objects.get()


# --- the look ---------------------------------------------------------------------------------------------------


def test_a_clinician_sees_that_there_is_a_plan_and_the_authority_is_told_at_once(care: Care) -> None:
    access = looking.look(care.ada, "999 000 0018", unscheduled=True, now=MONDAY).access
    assert access
    seen = looking.seen(care.ada, access, now=MONDAY)
    [plan] = seen.plans
    assert (plan.kind, plan.authority, plan.agency.phone) == (
        "child_protection",
        care.town.sharetown,
        "01632 960 001",
    )
    assert (seen.frequency.days, len(seen.accesses)) == (1, 1)
    [heard] = hearing.heard(care.town.grace, now=MONDAY)
    [first] = heard.accesses
    assert (heard.card.name, heard.alert.setting.ods_code, first.role) == ("Katie Walsh", "RXX01", "Nurse")
    assert heard.alert.state == "received"


def test_of_planned_care_nobody_is_told_and_it_is_written_down_all_the_same(care: Care) -> None:
    assert looking.look(care.ada, NUMBER, unscheduled=False, now=MONDAY).access
    assert not Alert.objects.exists()
    assert Access.objects.get().unscheduled is False
    assert AuditEntry.objects.filter(action="care.looked", detail__unscheduled=False).exists()


def test_nothing_is_known_of_a_child_without_a_plan_and_nobody_is_told(care: Care) -> None:
    found = looking.look(care.ada, "9990000026", unscheduled=True, now=MONDAY)
    assert (found.access, found.candidates) == (None, ())
    operations.withdraw(actor=care.town.grace, plan=care.plan.pk, reason="Wrong child.", now=MONDAY)
    assert looking.look(care.ada, NUMBER, unscheduled=True, now=MONDAY) == looking.Looked()
    assert not Access.objects.exists()


def test_without_a_number_whoever_may_be_meant_is_shown_with_the_evidence_and_chosen(care: Care) -> None:
    found = looking.look(care.ada, "Katy Walsh 3/3/2012", unscheduled=True, now=MONDAY)
    [candidate] = found.candidates
    assert found.access is None
    assert candidate.card.name == "Katie Walsh"
    assert not Access.objects.exists(), "nothing was seen yet"
    access = looking.choose(care.ada, candidate.card.person, unscheduled=True, now=MONDAY)
    assert looking.seen(care.ada, access, now=MONDAY).plans
    assert alert()


@pytest.mark.parametrize("told", ["", "  ", "9990000017", "12 34"])
def test_what_says_nothing_or_is_a_wrong_number_is_said_in_words(care: Care, told: str) -> None:
    with pytest.raises(Invalid):
        looking.look(care.ada, told, unscheduled=True, now=MONDAY)


def test_who_may_not_look_sees_nothing_and_nor_does_an_agency_without_a_setting(care: Care) -> None:
    with pytest.raises(Refused):
        looking.look(care.town.hannah, NUMBER, unscheduled=True, now=MONDAY)
    elsewhere = replace(care.town.hannah, permissions=care.ada.permissions)
    with pytest.raises(NotHere):
        looking.look(elsewhere, NUMBER, unscheduled=True, now=MONDAY)
    access = looking.look(care.ada, NUMBER, unscheduled=True, now=MONDAY).access
    assert access
    colleague = Practice(care.town).someone("Cy Lee", care.town.health, "emergency_clinician")
    with pytest.raises(NotHere):
        looking.seen(colleague, access, now=MONDAY)
    with pytest.raises(NotHere):
        looking.seen(care.ada, access, now=MONDAY + timedelta(hours=13))


def test_nobody_too_close_looks_or_hears(care: Care) -> None:
    care.send(*adt("A04", "1"))
    for actor in (care.ada, care.town.grace):
        people.declare_conflict(
            actor=SYSTEM,
            practitioner=actor.practitioner_id,
            person=care.katie.person_id,
            why="Aunt",
            now=MONDAY,
        )
    with pytest.raises(Refused):
        looking.look(care.ada, NUMBER, unscheduled=True, now=MONDAY)
    assert looking.look(care.ada, "Katie Walsh 3/3/2012", unscheduled=True, now=MONDAY).candidates == ()
    assert hearing.heard(care.town.grace, now=MONDAY) == []
    with context.acting(care.town.grace, door="web", now=MONDAY), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM unscheduled_care_alert")
        assert cursor.fetchone() == (0,)


def test_the_last_25_accesses_show_with_their_number_and_frequency(care: Care) -> None:
    for day in range(30):
        looking.look(care.ada, NUMBER, unscheduled=True, now=MONDAY + timedelta(days=10 * day))
    last = MONDAY + timedelta(days=290)
    access = Access.objects.latest("at").pk
    seen = looking.seen(care.ada, access, now=last)
    assert len(seen.accesses) == 25
    assert (seen.frequency.days, seen.frequency.last_30_days, seen.frequency.settings) == (30, 3, 1)


def test_thirty_days_are_days_of_the_calendar_also_over_a_change_of_the_hour(care: Care) -> None:
    late = datetime(2027, 11, 20, 23, 50, tzinfo=UTC)
    for now in (datetime(2027, 10, 21, 12, tzinfo=UTC), datetime(2027, 10, 22, 12, tzinfo=UTC), late):
        access = looking.look(care.ada, NUMBER, unscheduled=True, now=now).access
    assert access
    assert looking.seen(care.ada, access, now=late).frequency.last_30_days == 2


# --- an attendance comes in -------------------------------------------------------------------------------------


def test_an_arrival_is_kept_answered_and_told_in_one_transaction(care: Care) -> None:
    answer = care.send(*adt("A04", "1"))
    assert answer.code == "AA"
    assert bytes(Delivery.objects.get().content).startswith(b"MSH|")
    row = Attendance.objects.get()
    assert (row.match, row.person_id, row.status, row.unscheduled) == (
        "certain",
        care.plan.record.person_id,
        "present",
        True,
    )
    assert alert().plan == care.plan
    assert Access.objects.get().how == "came"


def test_the_same_message_again_changes_nothing_and_is_answered_alike(care: Care) -> None:
    assert [care.send(*adt("A04", "1")).code for _ in range(3)] == ["AA"] * 3
    assert (Delivery.objects.get().times, Alert.objects.count(), Access.objects.count()) == (3, 1, 1)


MESSAGES = (
    adt("A04", "1", at="20261116093000"),
    adt("A08", "2", at="20261116094000"),
    adt("A03", "3", at="20261116113000"),
    adt("A31", "4", at="20261116113500"),
)


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_in_whatever_order_they_come_there_is_one_attendance_and_one_alert(
    care: Care, order: tuple[int, ...]
) -> None:
    for place in order:
        care.send(*MESSAGES[place], now=MONDAY + timedelta(hours=3))
    row = Attendance.objects.get()
    assert (row.status, row.match) == ("left", "certain")
    assert (Alert.objects.count(), Access.objects.filter(cancelled_at=None).count()) == (1, 1)


def test_an_arrival_that_is_cancelled_is_taken_back_and_counts_no_more(care: Care) -> None:
    care.send(*adt("A04", "1"))
    care.send(*adt("A11", "2", at="20261116094500"))
    assert alert().state == "cancelled"
    [heard] = hearing.heard(care.town.grace, now=MONDAY)
    with pytest.raises(WrongState):
        hearing.act(actor=care.town.grace, reference=heard.alert.reference, what_was_done="Rang.", now=MONDAY)
    access = looking.look(care.ada, NUMBER, unscheduled=False, now=MONDAY).access
    assert access
    assert looking.seen(care.ada, access, now=MONDAY).frequency.days == 0


def test_a_look_during_the_visit_joins_its_alert(care: Care) -> None:
    care.send(*adt("A04", "1"))
    looking.look(care.ada, NUMBER, unscheduled=True, now=MONDAY + timedelta(minutes=20))
    assert alert().accesses.count() == 2
    looking.look(care.ada, NUMBER, unscheduled=True, now=MONDAY + timedelta(hours=5))
    assert Alert.objects.count() == 2


def test_whoever_comes_again_is_told_of_again_and_a_look_before_the_registration_is_of_the_visit(
    care: Care,
) -> None:
    looking.look(care.ada, NUMBER, unscheduled=True, now=MONDAY)
    care.send(*adt("A04", "1"), now=MONDAY + timedelta(minutes=5))
    assert alert().accesses.count() == 2
    care.send(*adt("A04", "2", visit="V2", at="20261116100000"), now=MONDAY + timedelta(minutes=10))
    assert sorted(one.accesses.count() for one in Alert.objects.all()) == [1, 2]


def test_of_planned_care_and_of_those_without_a_plan_nobody_is_told(care: Care) -> None:
    care.send(*adt("A04", "1", care="O"))
    care.send(
        *adt("A04", "2", number="9990000026", name="OTHER^ONE", born="19900101", visit="V2", local="H9")
    )
    assert Attendance.objects.count() == 2
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    "how",
    [
        {"status": "02", "born": "20120404"},
        {"status": "01", "born": "20120404"},
        {"status": "", "born": ""},
        {"number": "", "status": ""},
        {"care": ""},
    ],
)
def test_where_it_is_not_certain_a_person_decides_and_then_the_authority_is_told(
    care: Care, how: dict[str, str]
) -> None:
    care.send(*adt("A04", "1", **how))
    assert not Alert.objects.exists()
    [unsure] = sorting_out.waiting(care.fay, now=MONDAY).unsure
    assert [one.card.name for one in unsure.candidates] == ["Katie Walsh"]
    person = unsure.candidates[0].card.person
    with pytest.raises(Refused):
        sorting_out.decide(actor=care.ada, attendance=unsure.attendance.pk, person=person, now=MONDAY)
    sorting_out.decide(actor=care.fay, attendance=unsure.attendance.pk, person=person, now=MONDAY)
    assert alert().record == care.plan.record
    with pytest.raises(AlreadyDone):
        sorting_out.decide(actor=care.fay, attendance=unsure.attendance.pk, person=None, now=MONDAY)
    care.send(*adt("A03", "2", at="20261116110000", **how), now=MONDAY + timedelta(hours=2))
    assert Attendance.objects.get().match == "same", "what somebody decided stays"


def test_a_number_corrected_to_another_child_takes_the_alert_back(care: Care) -> None:
    care.send(*adt("A04", "1"))
    care.send(*adt("A08", "2", at="20261116094500", number="9990000026", name="OTHER^ONE", born="20100101"))
    assert alert().state == "cancelled"
    assert Attendance.objects.get().match == "nobody"


@pytest.mark.parametrize(("same", "state"), [(True, "sent"), (False, "cancelled")])
def test_what_was_told_stands_until_somebody_says_that_it_was_another_child(
    care: Care, same: bool, state: str
) -> None:
    care.send(*adt("A04", "1"))
    care.send(*adt("A08", "2", at="20261116094500", number="9990000026"))
    assert (Attendance.objects.get().match, alert().state) == ("ask", "sent"), (
        "the name and birthday are the same"
    )
    [unsure] = sorting_out.waiting(care.fay, now=MONDAY).unsure
    person = unsure.candidates[0].card.person if same else None
    sorting_out.decide(actor=care.fay, attendance=unsure.attendance.pk, person=person, now=MONDAY)
    assert alert().state == state


def test_a_plan_of_two_authorities_tells_both_each_of_its_own(care: Care) -> None:
    grace = replace(care.town.grace, agency_id=far(care).pk, agency_name="Northvale")
    operations.keep(actor=grace, person=care.katie.person_id, said=CARE, now=MONDAY)
    care.send(*adt("A04", "1"))
    assert {one.agency.code for one in Alert.objects.select_related("agency")} == {"CSC", "NCSC"}
    assert len(hearing.heard(care.town.grace, now=MONDAY)) == 1


def far(care: Care) -> Agency:
    return agencies.agency_by_code("NCSC")


# --- what cannot be used ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("segments", "code", "reason"),
    [
        ((adt("A04", "1")[0], adt("A04", "1")[1]), "AE", "no_patient"),
        (("not a message",), "AR", "not_hl7"),
        (adt("A05", "1"), "AR", "event_not_used"),
        (adt("A04", "1", number=f"{NUMBER}^^^NHS^NH~9990000026"), "AE", "two_nhs_numbers"),
    ],
)
def test_what_cannot_be_used_waits_for_a_named_person_with_the_raw_text(
    care: Care, segments: tuple[str, ...], code: str, reason: str
) -> None:
    assert care.send(*segments).code == code
    [unusable] = sorting_out.waiting(care.fay, now=MONDAY).unusable
    assert (unusable.reason, unusable.raw.strip().split("\n")[0]) == (reason, segments[0])
    deliver_care_notices.run(MONDAY)
    assert [str(told.notice.topic) for told in notices.for_me(care.fay, now=MONDAY)] == ["delivery.waiting"]
    done = sorting_out.handled(
        actor=care.fay,
        reason=reason,
        newest=unusable.newest.pk,
        what_was_done="Rang the supplier.",
        now=MONDAY,
    )
    assert (done, sorting_out.waiting_count(care.fay)) == (1, 0)


def test_a_flood_of_one_kind_is_one_line_and_one_notice(care: Care) -> None:
    for place in range(12):
        care.send(*adt("A05", str(place)))
    [unusable] = sorting_out.waiting(care.fay, now=MONDAY).unusable
    assert unusable.count == 12
    deliver_care_notices.run(MONDAY)
    assert len(notices.for_me(care.fay, now=MONDAY)) == 1


def test_a_fault_of_ours_costs_no_message(care: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("out of order")

    with monkeypatch.context() as broken:
        broken.setattr(arriving, "_amount_to", fail)
        assert [care.send(*adt("A04", "1")).code for _ in range(2)] == ["AE", "AE"]
    assert sorting_out.waiting(care.fay, now=MONDAY).unusable[0].reason == "not_processed"
    assert care.send(*adt("A04", "1")).code == "AA", "sent again, it is worked on again"
    assert (alert().state, Delivery.objects.get().times) == ("sent", 3)
    assert sorting_out.waiting_count(care.fay) == 0


def test_every_sample_is_kept_and_answered(care: Care) -> None:
    samples = sorted((DATA / "adt").iterdir())
    for sample in samples:
        answer = arriving.take(setting=care.setting, content=sample.read_bytes(), way="mllp", now=MONDAY)
        assert answer.code in ("AA", "AE", "AR"), sample.name
    uec = (DATA / "fhir" / "UEC-Arrival.xml").read_bytes()
    assert arriving.take(setting=care.setting, content=uec, way="http", now=MONDAY).messages
    assert Delivery.objects.count() == len(samples) + 1
    assert not Delivery.objects.filter(problems__0__0="not_processed").exists()


def test_nobody_else_works_on_them(care: Care) -> None:
    care.send("not a message")
    with pytest.raises(Refused):
        sorting_out.waiting(care.ada, now=MONDAY)
    other = replace(care.fay, agency_id=care.town.school.pk)
    assert sorting_out.waiting(other, now=MONDAY) == sorting_out.Waiting((), ())
    with context.acting(care.town.ros, door="web", now=MONDAY):
        counts = [model.objects.count() for model in (Delivery, DeliveryKey, Attendance, Access, Alert)]
    assert counts == [0] * 5


def test_messages_are_kept_as_long_as_was_agreed_and_of_whom_nobody_was_told_nothing(care: Care) -> None:
    care.send(*adt("A04", "1"))
    care.send(
        *adt("A04", "2", number="9990000026", name="OTHER^ONE", born="19900101", visit="V2", local="H9")
    )
    care.send("not a message")
    assert arriving.forget(now=MONDAY + timedelta(days=30)) == 0
    assert [arriving.forget(now=MONDAY + timedelta(days=31)) for _ in range(2)] == [2, 0]
    assert Delivery.objects.get().state == "waiting", "what nobody has dealt with stays"
    assert Attendance.objects.get().match == "certain"


# --- by hand ----------------------------------------------------------------------------------------------------


def test_a_walk_in_written_down_by_hand_goes_the_same_way(care: Care) -> None:
    who = Came(family="Walsh", given="Katie", born=KATIE.born, at=MONDAY, unscheduled=True, nhs_number=NUMBER)
    assert walking_in.came(actor=care.ada, who=who, now=MONDAY).code == "AA"
    assert (Attendance.objects.get().match, alert().state) == ("certain", "sent")
    with pytest.raises(Invalid):
        walking_in.came(actor=care.ada, who=replace(who, at=MONDAY + timedelta(hours=1)), now=MONDAY)


def test_separators_in_a_name_stay_in_the_name(care: Care) -> None:
    who = Came(family="O|Hara^~\\&\r", given="Zoë 👧", born=KATIE.born, at=MONDAY, unscheduled=True)
    walking_in.came(actor=care.ada, who=who, now=MONDAY)
    assert Attendance.objects.get().told["given"] == "Zoë 👧"


# --- the authority hears ----------------------------------------------------------------------------------------


def test_received_opened_and_acted_on_each_once(care: Care) -> None:
    care.send(*adt("A04", "1"))
    grace, reference = care.town.grace, alert().reference
    hearing.heard(grace, now=MONDAY)
    opened = hearing.open_alert(grace, reference, now=MONDAY + timedelta(minutes=1)).alert
    assert (opened.state, opened.opened_by_id) == ("opened", grace.practitioner_id)
    done = hearing.act(
        actor=grace, reference=reference, what_was_done="Rang the ward.", now=MONDAY + timedelta(minutes=5)
    )
    assert done.state == "acted_on"
    with pytest.raises(WrongState):
        hearing.act(actor=grace, reference=reference, what_was_done="Again.", now=MONDAY)
    with pytest.raises(NotHere):
        hearing.open_alert(replace(grace, agency_id=care.town.police.pk), reference, now=MONDAY)
    with pytest.raises(Refused):
        hearing.heard(care.town.hannah, now=MONDAY)


def test_what_nobody_opens_in_time_goes_to_the_named_person_once(care: Care) -> None:
    from jigsaw.hub.agencies import operations as agencies

    priya = Practice(care.town).someone("Priya Raman", care.town.front_door, "team_manager")
    agencies.escalate_to(
        actor=SYSTEM, agency=care.town.front_door, practitioner=practitioner(priya), now=MONDAY
    )
    care.send(*adt("A04", "1"))
    assert escalate_unopened_alerts.run(MONDAY + timedelta(minutes=29)) == 0
    late = MONDAY + timedelta(minutes=30)
    assert [escalate_unopened_alerts.run(late) for _ in range(2)] == [1, 0]
    deliver_care_notices.run(late)
    topics = [told.notice.topic for told in notices.for_me(priya, now=late)]
    assert sorted(topics) == ["attendance.alert", "attendance.escalated"]


def test_nobody_is_interrupted_more_often_than_was_agreed(care: Care) -> None:
    agreements.put_in_force(
        actor=SYSTEM, kind="unscheduled_care", content={"interruptions_a_day": 2}, effective_from=MONDAY.date(),
        source="Board", now=MONDAY,
    )  # fmt: skip
    for place in range(5):
        child = Practice(care.town).hold(
            care.town.amina, Facts(given=f"Ann{place}", family="Lowe", born=KATIE.born), key=f"n{place}"
        )
        begin(care.town, child)
        looking.choose(care.ada, child.person_id, unscheduled=True, now=MONDAY + timedelta(minutes=place))
    deliver_care_notices.run(MONDAY + timedelta(hours=1))
    topics = [told.notice.topic for told in notices.for_me(care.town.grace, now=MONDAY + timedelta(hours=1))]
    assert sorted(topics) == ["attendance.alert", "attendance.alert", "attendance.more"]
    assert len(hearing.heard(care.town.grace, now=MONDAY + timedelta(hours=1))) == 5, "all stand in the list"


# --- settings ---------------------------------------------------------------------------------------------------


def test_a_message_is_known_by_its_address_and_facility_or_by_its_secret(care: Care) -> None:
    other, _none = settings.add(
        actor=care.town.ade, agency=care.town.health, code="WIC", name="Walk-in centre", ods_code="RXX02",
        worked_on_by=practitioner(care.fay), addresses=["127.0.0.1"], facility="RXX02", now=MONDAY,
    )  # fmt: skip
    known = settings.of_address("127.0.0.1")
    assert [settings.named(known, told).code for told in ("RXX02", "RXX01", "")] == ["WIC", "ED", "ED"]
    assert settings.of_address("10.0.0.1") == []
    assert settings.of_secret(care.secret) == care.setting
    assert settings.of_secret("guess") is None
    assert other.secret_hash == ""


@pytest.mark.parametrize(
    "wrong", [{"code": "ed"}, {"ods_code": "x"}, {"addresses": ["ed.example"]}, {"worked_on_by": "elsewhere"}]
)
def test_a_setting_that_cannot_be_is_refused_in_words(care: Care, wrong: dict[str, object]) -> None:
    told: dict[str, Any] = {
        "code": "NEW", "name": "New", "ods_code": "RXX09", "worked_on_by": practitioner(care.fay), "addresses": [], **wrong
    }  # fmt: skip
    if told["worked_on_by"] == "elsewhere":
        told["worked_on_by"] = practitioner(care.town.ros)
    with pytest.raises(Invalid):
        settings.add(actor=care.town.ade, agency=care.town.health, now=MONDAY, **told)
    with pytest.raises(Refused):
        settings.add(actor=care.fay, agency=care.town.health, now=MONDAY, **told)
