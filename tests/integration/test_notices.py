"""Who is told of what has happened: the right few, once, and never with a name."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

import databases_in_tests
from integration.web.journeys import ask_health, open_enquiry
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts import queries as notices
from jigsaw.hub.alerts.operations import News
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures import queries as disclosure_queries
from jigsaw.hub.disclosures.operations import Draft
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.jobs import (
    deliver_agreement_notices,
    deliver_care_notices,
    deliver_encompass_notices,
    deliver_notices,
    every_minute,
    forget_what_is_done,
    look_for_patterns,
)
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.kit.models import OutboxMessage
from jigsaw.hub.people import operations as people
from jigsaw.hub.referrals import operations as referrals
from people_in_tests import KATIE, MONDAY, Town, concern, make_town

HUB = Path(__file__).parents[2] / "src/jigsaw/hub"
LATER = MONDAY + timedelta(minutes=1)


def told(actor: Actor) -> list[tuple[str, str]]:
    """What a practitioner was told so far: (topic, page), oldest first."""
    rows = sorted(notices.for_me(actor, now=LATER), key=lambda row: row.notice.at)
    return [(row.notice.topic, row.notice.page) for row in rows]


def waiting() -> int:
    """How many messages wait for the delivery of notices."""
    return OutboxMessage.objects.filter(handled_at=None, topic__in=deliver_notices.TOPICS).count()


def deliver(now: Any = LATER) -> int:
    return deliver_notices.run(now)


@pytest.fixture
def asked(town: Town) -> Any:
    """Katie's enquiry, led by Grace, with one request to health and one to the police."""
    made = ask_health(town, now=MONDAY)
    return made


def test_a_request_tells_the_leads_and_once_it_is_claimed_its_holder(town: Town, asked: Any) -> None:
    deliver()
    assert told(town.tom) == [("request.sent", "request")]
    assert told(town.amina) == [], "an everyday practitioner reads it in the inbox"
    requests.claim(actor=town.amina, recipient=asked.to_health, now=MONDAY)
    requests.chase(actor=town.grace, recipient=asked.to_health, words="By noon, please.", now=MONDAY)
    deliver()
    assert told(town.amina) == [("request.chased", "request")]
    assert told(town.tom) == [("request.sent", "request")]
    assert told(town.grace) == []


def test_an_answer_tells_the_lead_and_new_information_the_one_who_answered(town: Town, asked: Any) -> None:
    nothing = Draft(grounds=Grounds(reasons="Searched by name and address."), holds_nothing=True)
    disclosures.answer(actor=town.hannah, recipient=asked.to_police, draft=nothing, now=MONDAY)
    deliver()
    [row] = notices.for_me(town.grace, now=LATER)
    assert row.notice.topic == "request.answered"
    assert row.notice.parts == {"reference": asked.enquiry.reference, "asked": asked.to_police.reference}
    requests.ask_again(
        actor=town.grace, recipient=asked.to_police, new_information="A new address.", now=MONDAY
    )
    deliver()
    assert told(town.hannah) == [("request.asked_again", "request")]


def test_what_was_read_meanwhile_or_happened_long_ago_is_no_news(town: Town, asked: Any) -> None:
    nothing = Draft(grounds=Grounds(reasons="Searched by name and address."), holds_nothing=True)
    for actor, recipient in ((town.hannah, asked.to_police), (town.tom, asked.to_health)):
        disclosures.answer(actor=actor, recipient=recipient, draft=nothing, now=MONDAY)
    disclosure_queries.answers(town.grace, asked.to_police, now=MONDAY)
    deliver()
    assert [row.notice.reference for row in notices.for_me(town.grace, now=LATER)] == [
        asked.to_health.reference
    ]
    requests.ask_again(
        actor=town.grace, recipient=asked.to_police, new_information="A new address.", now=MONDAY
    )
    assert deliver(MONDAY + timedelta(days=7, seconds=1)) == 1 and waiting() == 0
    assert told(town.hannah) == []


def test_an_overdue_request_tells_the_named_person_and_the_lead(town: Town, asked: Any) -> None:
    deliver()
    overdue = asked.to_health.due_at + timedelta(hours=1)
    assert requests.escalate_overdue(now=overdue) == 1
    deliver(overdue)
    assert told(town.tom) == [("request.sent", "request"), ("request.overdue", "request")]
    assert told(town.grace) == [("request.escalated", "enquiry")]


def test_a_contact_on_an_open_case_tells_its_worker_and_a_new_concern_nobody(town: Town) -> None:
    referrals.make(actor=town.ros, concern=concern(), now=MONDAY)
    assert deliver() == 1 and told(town.grace) == []
    record, _ = people.hold(
        actor=town.grace, agency=town.front_door.pk, system="c", source_key="1", facts=KATIE, now=MONDAY
    )
    people.link_if_certain(actor=town.grace, record=record, now=MONDAY)
    people.involve(
        actor=SYSTEM,
        now=MONDAY,
        record=record,
        service="Family help",
        practitioner_id=town.grace.practitioner_id,
    )
    again = referrals.make(actor=town.ros, concern=concern(), now=MONDAY)
    assert again.goes_to_id == town.grace.practitioner_id
    deliver()
    assert told(town.grace) == [("referral.routed", "concern")]


def test_feedback_tells_who_helped_and_a_decision_not_who_made_it(town: Town, asked: Any) -> None:
    owed = asked.enquiry.referral.feedback.get(audience="referrer")
    referrals.give_feedback(
        actor=town.grace,
        feedback=owed,
        relevant="yes",
        recorded_where="",
        what_was_done="An enquiry has been opened.",
        more_needed="",
        now=MONDAY,
    )
    enquiries.decide_threshold(
        actor=town.grace,
        enquiry=asked.enquiry,
        level="4",
        outcome="strategy_discussion",
        grounds=Grounds(reasons="All of it together."),
        took_part=[],
        now=MONDAY,
    )
    deliver()
    assert told(town.ros) == [("feedback.given", "feedback-give")]
    assert told(town.grace) == []


def test_nobody_too_close_hears_that_something_is_going_on(town: Town, asked: Any) -> None:
    people.declare_conflict(
        actor=SYSTEM,
        practitioner=town.tom.practitioner_id,
        person=requests.subjects_of(asked.to_health)[0],
        why="Uncle",
        now=MONDAY,
    )
    deliver()
    assert told(town.tom) == []


def test_whoever_has_left_is_not_told(town: Town, asked: Any) -> None:
    from jigsaw.hub.agencies import operations as agencies
    from jigsaw.hub.agencies import queries as agency_queries

    tom = agency_queries.active_practitioner(town.tom.practitioner_id)
    agencies.deactivate(actor=SYSTEM, practitioner=tom, now=MONDAY)
    deliver()
    assert told(town.tom) == []


def test_delivering_twice_changes_nothing_and_the_outbox_is_empty(town: Town, asked: Any) -> None:
    assert waiting() > 0
    deliver()
    assert waiting() == 0 and deliver() == 0
    # A message that comes a second time all the same, as after a restored backup.
    OutboxMessage.objects.update(handled_at=None)
    deliver()
    assert told(town.tom) == [("request.sent", "request")]


def test_killed_in_between_nothing_is_lost_and_nothing_doubled(
    town: Town, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = waiting()

    class Killed(BaseException):
        """The process ends here."""

    def tell_and_die(**given: Any) -> int:
        alerts_tell(**given)
        raise Killed

    alerts_tell = alerts.tell
    monkeypatch.setattr(alerts, "tell", tell_and_die)
    with pytest.raises(Killed), transaction.atomic():
        deliver()
    monkeypatch.undo()
    assert waiting() == before and told(town.tom) == []
    deliver()
    assert told(town.tom) == [("request.sent", "request")]


def test_one_message_that_cannot_be_handled_does_not_keep_the_others(town: Town, asked: Any) -> None:
    with transaction.atomic():
        outbox.put(topic="request.chased", payload={"recipient": "not an id"}, now=MONDAY - timedelta(days=1))
    deliver()
    assert told(town.tom) == [("request.sent", "request")]
    assert waiting() == 1, "it is seen in /readyz until somebody looks at it"


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """A partnership in a database of its own, where what is written is committed and other connections see it."""
    name = f"jigsaw_workers_{os.getpid()}"
    with django_db_blocker.unblock(), databases_in_tests.fresh(name):
        yield make_town()


def test_two_workers_tell_once(committed: Town) -> None:
    """Both start at the same moment, each on a connection of its own."""
    ask_health(committed, now=MONDAY)
    there, start, handled = waiting(), threading.Barrier(2), []

    def work() -> None:
        try:
            start.wait()
            handled.append(deliver())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(handled) == there and waiting() == 0
    assert told(committed.tom) == [("request.sent", "request")]


def test_every_topic_that_is_written_is_read_and_has_words() -> None:
    source = "\n".join(path.read_text() for path in HUB.rglob("*.py"))
    written = set(re.findall(r'outbox\.put\(\s*topic="([\w.]+)"', source))
    for together in re.findall(r"outbox\.put_all\((.*?)\bnow=", source, re.DOTALL):
        written |= set(re.findall(r'\("([\w.]+)", ', together))
    assert len(written) >= 8
    jobs = (deliver_notices.TOPICS, deliver_agreement_notices.TO_WHOM, deliver_care_notices.TOPICS)
    read = {
        topic
        for topics in (*jobs, look_for_patterns.TOPICS, deliver_encompass_notices.TOPICS)
        for topic in topics
    }
    assert written == {*read, "audit.alarm"}
    with pytest.raises(ValueError, match="words"):
        alerts.tell(
            to=[], news=News(topic="nothing", reference="", page="home", parts={}), key="k", at=MONDAY
        )


def test_a_notice_holds_references_and_no_name(town: Town, asked: Any) -> None:
    requests.escalate_overdue(now=asked.to_health.due_at + timedelta(hours=1))
    deliver(asked.to_health.due_at + timedelta(hours=2))
    seen = notices.for_me(town.grace, now=LATER) + notices.for_me(town.tom, now=LATER)
    assert seen
    for row in seen:
        everything = json.dumps([str(row.words), row.notice.reference, row.notice.parts, row.notice.key])
        assert "Katie" not in everything and "Walsh" not in everything


def test_unread_comes_first_and_looking_and_reading_are_written_down(town: Town) -> None:
    def tell(reference: str, minutes: int) -> None:
        parts = {"reference": reference}
        news = News(topic="request.sent", reference=reference, page="request", parts=parts)
        to = [town.tom.practitioner_id]
        alerts.tell(to=to, news=news, key=reference, at=MONDAY + timedelta(minutes=minutes))

    for minutes, reference in enumerate(["Q-1", "Q-2", "Q-3"]):
        tell(reference, minutes)
    now = MONDAY + timedelta(hours=1)
    newest = notices.for_me(town.tom, now=now)[0]
    assert newest.notice.reference == "Q-3"
    alerts.read(actor=town.tom, notice=newest.notice.pk, now=now)
    alerts.read(actor=town.tom, notice=newest.notice.pk, now=now)
    assert [row.notice.reference for row in notices.for_me(town.tom, now=now)] == ["Q-2", "Q-1", "Q-3"]
    assert notices.unread_count(town.tom) == 2 and notices.unread_count(town.amina) == 0
    actions = list(Entry.objects.order_by("id").values_list("action", flat=True))
    assert actions.count("notice.read") == 1 and actions.count("notices.viewed") == 2
    assert alerts.read_all(actor=town.tom, now=now) == 2 and alerts.read_all(actor=town.tom, now=now) == 0
    with pytest.raises(NotHere):
        alerts.read(actor=town.amina, notice=newest.notice.pk, now=now)
    with pytest.raises(NotHere):
        alerts.read(actor=town.amina, notice=uuid7(), now=now)


def test_what_is_long_done_is_forgotten_and_what_waits_is_kept(town: Town, asked: Any) -> None:
    deliver()
    [row] = notices.for_me(town.tom, now=LATER)
    alerts.read(actor=town.tom, notice=row.notice.pk, now=LATER)
    with transaction.atomic():
        outbox.put(topic="referral.received", payload={"referral": str(uuid7())}, now=MONDAY)
    handled = OutboxMessage.objects.exclude(handled_at=None).count()
    assert forget_what_is_done.run(LATER + timedelta(days=30)) == 0
    assert forget_what_is_done.run(LATER + timedelta(days=31)) == handled > 0
    assert waiting() == 1
    assert forget_what_is_done.run(LATER + timedelta(days=91)) == 1
    assert told(town.tom) == [] and forget_what_is_done.run(LATER + timedelta(days=91)) == 0


def test_the_jobs_of_every_minute_include_these(town: Town) -> None:
    done = every_minute.run_all(LATER)
    assert {"deliver_notices", "forget_what_is_done"} <= set(done)


def test_open_enquiry_alone_tells_nobody(town: Town) -> None:
    open_enquiry(town, now=MONDAY)
    deliver()
    assert [told(actor) for actor in (town.ros, town.grace, town.tom)] == [[], [], []]
