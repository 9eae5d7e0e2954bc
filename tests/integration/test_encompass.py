"""The police tell a school of domestic abuse before the school day: who is told, by when, and what if nobody reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.alerts import queries as notices
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.disclosures import unasked
from jigsaw.hub.encompass import operations, queries
from jigsaw.hub.encompass.models import Delivery, Notice
from jigsaw.hub.encompass.operations import Told
from jigsaw.hub.jobs import deliver_encompass_notices
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused, WrongState
from jigsaw.hub.people import operations as people
from jigsaw.sharing_rules.finding import Answer
from people_in_tests import KATIE, Town
from practice_in_tests import Practice

# A Tuesday night in term.
NIGHT = datetime(2026, 11, 17, 1, 30, tzinfo=ENGLAND)
MORNING = datetime(2026, 11, 17, 8, 30, tzinfo=ENGLAND)


def told(town: Town, **changes: Any) -> Told:
    whole = Told(
        given="Katie",
        family="Walsh",
        born=date(2012, 3, 3),
        police_reference="SP-2026-4417",
        happened_at=NIGHT - timedelta(hours=3),
        place="12 Harbour Lane",
        present="saw",
        child_words="I hid with Poppy.",
        circumstances="A man was arrested for assaulting the children’s mother.",
        authority=town.sharetown.pk,
        postcode="ST1 4QZ",
    )
    return replace(whole, **changes)


def send(town: Town, *, now: datetime = NIGHT, **changes: Any) -> Any:
    return operations.send(actor=town.hannah, told=told(town, **changes), now=now)


def deliver(now: datetime = NIGHT) -> None:
    deliver_encompass_notices.run(now)


def heard(actor: Actor, now: datetime = MORNING) -> list[str]:
    return [row.notice.topic for row in notices.for_me(actor, now=now + timedelta(days=90))]


@pytest.fixture
def town(town: Town) -> Town:
    """The school knows Katie."""
    Practice(town, NIGHT - timedelta(days=10)).hold(town.ros)
    return town


def test_the_school_that_knows_the_child_is_told_at_once_and_the_police_see_that_it_is_read(
    town: Town, for_themselves: None
) -> None:
    notice = send(town)
    deliver()
    assert heard(town.ros) == ["encompass.sent"]
    assert heard(town.grace) == [], "the school opens this morning: nobody else need know"
    [mine] = queries.listed(town.ros, now=NIGHT)
    assert (mine.why, mine.due_at, mine.state) == ("school", MORNING, "sent")
    read = operations.opened(actor=town.ros, reference=notice.reference, now=NIGHT + timedelta(hours=5))
    assert read.notice.child_words == "I hid with Poppy."
    operations.acknowledge(
        actor=town.ros, reference=notice.reference, what_is_done="Her tutor meets her.", now=MORNING
    )
    deliver(MORNING)
    assert heard(town.hannah) == ["encompass.acknowledged"]
    [sent] = queries.listed(town.hannah, now=MORNING)
    assert (sent.state, sent.opened_by.name, sent.what_is_done) == (
        "acknowledged", "Ros Okafor", "Her tutor meets her.",
    )  # fmt: skip
    with pytest.raises(WrongState):
        operations.acknowledge(actor=town.ros, reference=notice.reference, what_is_done="Again", now=MORNING)


def test_the_verdict_and_the_law_are_kept_and_everything_is_written_down(town: Town) -> None:
    notice = send(town)
    [made] = notice.deliveries.all()
    assert made.verdict["answer"] == "PERMIT"
    assert "operation_encompass" in str(made.verdict) or "s49A" in str(made.verdict)
    entry = Entry.objects.get(action="encompass.sent")
    assert entry.people == [notice.record.person_id]


def test_what_nobody_opened_by_the_start_of_the_day_goes_to_the_named_person_once(town: Town) -> None:
    practice = Practice(town, NIGHT)
    head = practice.someone("Hester Lane", town.school, "practitioner")
    account = agency_queries.practitioners([head.practitioner_id])[head.practitioner_id]
    agencies.escalate_to(actor=SYSTEM, agency=town.school, practitioner=account, now=NIGHT)
    send(town)
    deliver(MORNING - timedelta(minutes=1))
    assert heard(head) == []
    deliver(MORNING)
    deliver(MORNING + timedelta(minutes=1))
    assert heard(head) == ["encompass.escalated"]
    assert heard(town.hannah) == ["encompass.late"]
    [one] = queries.listed(town.ros, now=MORNING)
    assert one.escalated_to.name == "Hester Lane"


def test_without_a_school_childrens_social_care_is_told_and_finds_it(town: Town) -> None:
    notice = send(town, given="Milo", family="Fenn", born=date(2017, 4, 2))
    deliver()
    assert heard(town.ros) == []
    assert heard(town.grace) == ["encompass.sent"]
    [one] = notice.deliveries.all()
    assert (one.why, one.to_agency) == ("unknown", town.front_door)


def test_in_the_holidays_the_school_and_the_authority_are_told(town: Town) -> None:
    christmas = datetime(2026, 12, 22, 23, 0, tzinfo=ENGLAND)
    notice = send(town, now=christmas)
    whys = {one.why: one for one in notice.deliveries.all()}
    assert set(whys) == {"school", "closed"}
    assert whys["school"].due_at == datetime(2027, 1, 4, 8, 30, tzinfo=ENGLAND)


def test_term_dates_are_the_authoritys_own_from_their_day(town: Town) -> None:
    agreements.put_in_force(
        actor=town.ade, kind="school_days", content={"opens": "09:00"}, authority=town.sharetown,
        effective_from=date(2026, 11, 1), source="Sharetown term dates", now=NIGHT,
    )  # fmt: skip
    [one] = send(town).deliveries.all()
    assert one.due_at == MORNING + timedelta(minutes=30)
    with pytest.raises(Invalid):
        agreements.put_in_force(
            actor=town.ade, kind="school_days", content={"opens": "nine"}, effective_from=date(2027, 1, 1),
            source="Sharetown term dates", now=NIGHT,
        )  # fmt: skip


def test_a_child_whom_two_schools_know_goes_to_the_one_that_is_chosen(town: Town) -> None:
    other = agencies.add_agency(
        actor=SYSTEM, now=NIGHT, code="SCH2", name="Harbour Primary", sector="ED", authorities=[town.sharetown],
        phone="01632 960 002", front_door_for=[],
    )  # fmt: skip
    ann = Practice(town, NIGHT).someone("Ann Poole", other, "named_safeguarding_lead")
    people.own_record(actor=ann, like=Practice(town, NIGHT).hold(town.ros), now=NIGHT)
    with pytest.raises(Invalid) as error:
        send(town)
    assert "Harbour Primary" in str(error.value.fields["school"])
    [one] = send(town, school=other.pk).deliveries.all()
    assert (one.to_agency, one.verdict["answer"], one.by_duty_alone) == (other, "REVIEW", True), (
        "a school that has signed nothing is told: the law leaves no choice"
    )
    assert "No agreement covers this" in str(one.verdict)
    assert Entry.objects.get(action="encompass.sent").detail["answer"] == "REVIEW"


def test_only_a_missing_agreement_is_passed_over_and_only_by_that_duty(town: Town) -> None:
    def verdict(**changes: Any) -> Any:
        piece = unasked.Unasked(
            kind="domestic_abuse", how_known="reported", source="Sharetown Police", text="A man was arrested.",
            happened_on=NIGHT.date(), of_agency=town.hannah.agency_id, to_agency=other.pk,
            purpose="operation_encompass", gateway="operation_encompass", reasons="So that she is safe.",
            told_family="not_told", told_why="It could add to the danger.",
        )  # fmt: skip
        return unasked.judge(replace(piece, **changes), today=NIGHT.date())

    other = agencies.add_agency(
        actor=SYSTEM, now=NIGHT, code="SCH2", name="Harbour Primary", sector="ED", authorities=[town.sharetown],
        phone="01632 960 002", front_door_for=[],
    )  # fmt: skip
    missing = verdict()
    assert unasked.must_go(missing, "operation_encompass")
    assert not unasked.must_go(missing, "s10"), "a power leaves something to weigh"
    assert not unasked.must_go(verdict(to_agency=town.school.pk), "operation_encompass"), (
        "it is permitted anyway"
    )
    for changes in ({"reasons": ""}, {"told_family": ""}, {"happened_on": date(2026, 12, 24)}):
        found = verdict(**changes)
        assert found.answer is not Answer.PERMIT
        assert not unasked.must_go(found, "operation_encompass"), changes
    forbidden = replace(missing, made_under=replace(missing.made_under, relied_on="ours v1 clause 2"))
    assert not unasked.must_go(forbidden, "operation_encompass"), (
        "an agreement that speaks of it is not passed over"
    )


def test_the_database_itself_keeps_a_notice_from_whoever_is_too_close(
    town: Town, for_themselves: None
) -> None:
    notice = send(town)
    practice = Practice(town, NIGHT)
    other = practice.someone("Ann Poole", town.school, "named_safeguarding_lead")
    with context.hub("closeness"):
        person = notice.record.person_id
    people.declare_conflict(
        actor=town.ros, practitioner=town.ros.practitioner_id, person=person, why="aunt", now=NIGHT
    )

    def there(actor: Actor) -> tuple[int, int]:
        with context.acting(actor, door="web", now=NIGHT):
            return Notice.objects.count(), Delivery.objects.count()

    assert (there(town.ros), there(other)) == ((0, 0), (1, 1))
    assert queries.listed(town.ros, now=NIGHT) == []
    assert len(queries.listed(other, now=NIGHT)) == 1


def test_what_the_school_needs_must_be_told(town: Town) -> None:
    with pytest.raises(Invalid) as error:
        send(
            town,
            circumstances=" ",
            present="",
            happened_at=NIGHT + timedelta(hours=1),
            authority=town.northvale.pk,
        )
    assert set(error.value.fields) == {"circumstances", "present", "happened_at", "authority"}


def test_nobody_else_sends_or_reads_it(town: Town, for_themselves: None) -> None:
    with pytest.raises(NotHere):
        operations.send(actor=town.ros, told=told(town), now=NIGHT)
    notice = send(town)
    for actor in (town.nia, town.grace, town.amina):
        with pytest.raises(NotHere):
            operations.opened(actor=actor, reference=notice.reference, now=NIGHT)
    with pytest.raises(Refused):
        operations.opened(actor=town.mary, reference=notice.reference, now=NIGHT)
    assert KATIE.given == notice.given
