"""Two people press at the same moment: one effect, and the second is told what happened.

Real connections and committed transactions on a database of their own. Each pair of acts starts from a
barrier; the loser waits for the winner's locks and then sees what was done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import databases_in_tests
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.audit import queries as audit
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology.models import Entry as ChronologyEntry
from jigsaw.hub.chronology.models import Release
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures.models import Answer
from jigsaw.hub.disclosures.operations import Draft
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries.models import Enquiry
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.models import Recipient, RequestEvent
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.jobs import escalate_overdue_requests
from jigsaw.hub.kit import submissions
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, JigsawError, WrongState
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.kit.models import OutboxMessage
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import LinkDecision, Person, PersonRecord
from jigsaw.hub.people.national_register.asking import Traced
from jigsaw.hub.people.records import Facts
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals.models import Referral
from jigsaw.hub.web import door
from people_in_tests import MONDAY, Town, concern, make_town
from practice_in_tests import piece

WAIT = 30
NOTHING = Draft(grounds=Grounds(reasons="Searched by name and by address."), holds_nothing=True)


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """A partnership in a database of its own, where everything is really committed."""
    with django_db_blocker.unblock(), databases_in_tests.fresh("jigsaw_same_time"):
        yield make_town()


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do these at the same moment, each on a connection of its own; an answer is what came back or was raised."""
    barrier = threading.Barrier(len(acts), timeout=WAIT)

    def one(act: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return act()
        except JigsawError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(WAIT) for future in [pool.submit(one, act) for act in acts]]


def raised(answers: list[object]) -> list[JigsawError]:
    return [answer for answer in answers if isinstance(answer, JigsawError)]


def new_enquiry(town: Town, number: int) -> Enquiry:
    """An open enquiry about a child nobody else knows."""
    facts = Facts(given=f"Given{number}", family=f"Name{number}")
    whole = concern()
    child = replace(whole.persons[0], facts=facts)
    referral = referrals.make(actor=town.ros, concern=replace(whole, persons=(child,)), now=MONDAY)
    referrals.rate(actor=town.grace, referral=referral, code="red", reason="Hurt today.", now=MONDAY)
    return enquiries.open_enquiry(actor=town.grace, referral=referral, purpose="s47", now=MONDAY)


def asked(town: Town, number: int) -> Recipient:
    """A request to the health visitors."""
    return ask(town, new_enquiry(town, number))


def ask(town: Town, enquiry: Enquiry) -> Recipient:
    made = requests.ask(
        actor=town.grace,
        enquiry=enquiry,
        question=Question(headline="", needed="Injuries.", why="Strategy discussion."),
        of=[town.health.pk],
        about=list(enquiry.subjects.values_list("record", flat=True)),
        now=MONDAY,
    )
    return made.recipients.get()


def hold(town: Town, key: str) -> PersonRecord:
    made, _ = people.hold(
        actor=town.amina,
        agency=town.health.pk,
        system="hv",
        source_key=key,
        facts=Facts(given=key),
        now=MONDAY,
    )
    return made


def test_two_practitioners_answer_one_request(committed: Town) -> None:
    recipient = asked(committed, 1)
    answers = at_once(
        lambda: disclosures.answer(actor=committed.amina, recipient=recipient, draft=NOTHING, now=MONDAY),
        lambda: disclosures.answer(actor=committed.tom, recipient=recipient, draft=NOTHING, now=MONDAY),
    )
    [late] = raised(answers)
    first = Answer.objects.select_related("answered_by").get(recipient=recipient)
    assert isinstance(late, AlreadyDone)
    assert first.answered_by.name in str(late.words), "the second is told who answered"
    assert recipient.events.filter(kind="answered").count() == 1


def test_two_practitioners_correct_one_entry(committed: Town) -> None:
    entry = chronology.add(
        actor=committed.amina, piece=piece(), about=[hold(committed, "corrected")], now=MONDAY
    )
    about = [entry.subjects.get().record.person_id]

    def correct(actor: Actor, title: str) -> Callable[[], object]:
        return lambda: chronology.correct(
            actor=actor, entry=entry.pk, piece=piece(title=title), persons=about, reason="Wrong.", now=MONDAY
        )

    answers = at_once(correct(committed.amina, "Came late"), correct(committed.tom, "Came early"))
    [late] = raised(answers)
    newer = ChronologyEntry.objects.select_related("recorded_by").get(first=entry.pk)
    assert isinstance(late, AlreadyDone)
    assert newer.recorded_by.name in str(late.words), "the second is told who was first"


def test_two_screeners_link_one_record_to_different_people(committed: Town) -> None:
    record, katie, kate = (hold(committed, key) for key in ("loose", "katie", "kate"))
    alone = record.person_id

    def link(to: PersonRecord) -> Callable[[], object]:
        read = PersonRecord.objects.get(pk=record.pk)
        return lambda: people.link(
            actor=committed.grace, record=read, person=to.person_id, reason="Same birthday", now=MONDAY
        )

    [late] = raised(at_once(link(katie), link(kate)))
    record.refresh_from_db()
    assert isinstance(late, AlreadyDone) and "Grace Lindqvist" in str(late.words)
    assert record.person_id in (katie.person_id, kate.person_id)
    assert Person.objects.get(pk=alone).replaced_by_id == record.person_id
    assert LinkDecision.objects.filter(record=record).count() == 1


def test_two_people_joined_both_ways_do_not_lead_in_a_circle(committed: Town) -> None:
    one, other = hold(committed, "one"), hold(committed, "other")

    def join(person: PersonRecord, to: PersonRecord) -> Callable[[], object]:
        return lambda: people.join(
            actor=committed.grace, other=person.person_id, person=to.person_id, reason="One child", now=MONDAY
        )

    assert len(raised(at_once(join(one, other), join(other, one)))) == 1
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.person_id == other.person_id
    assert Person.objects.get(pk=one.person_id).replaced_by_id is None


def test_a_record_is_unlinked_once(committed: Town) -> None:
    record, other = hold(committed, "twin"), hold(committed, "brother")
    people.link(actor=committed.grace, record=record, person=other.person_id, reason="Seen", now=MONDAY)

    def unlink() -> Callable[[], object]:
        read = PersonRecord.objects.select_related("person").get(pk=record.pk)
        return lambda: people.unlink(actor=committed.grace, record=read, reason="Twins", now=MONDAY)

    [late] = raised(at_once(unlink(), unlink()))
    assert isinstance(late, AlreadyDone)
    assert LinkDecision.objects.filter(record=record, verdict=LinkDecision.UNLINKED).count() == 1


def test_one_button_pressed_twice_sends_one_concern(committed: Town, settings: Any) -> None:
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    ros = Practitioner.objects.get(pk=committed.ros.practitioner_id)
    form = {
        "token": door.new_token(),
        "concern": "Pressed twice at once.",
        "wants": "act",
        "caller": "professional",
        "parents_know": "told",
        **{f"{block}-{part}": "1" for block in ("children",) for part in ("TOTAL_FORMS",)},
        **{f"{block}-TOTAL_FORMS": "0" for block in ("said", "others")},
        **{f"{block}-INITIAL_FORMS": "0" for block in ("said", "children", "others")},
        "children-0-part": "child",
        "children-0-given": "Twice",
        "children-0-family": "Pressed",
    }
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(ros)
    address = f"{reverse('referral-new')}?draft={uuid7()}"
    answers = at_once(*[lambda client=client: client.post(address, form) for client in clients])
    assert [answer.status_code for answer in answers] == [302, 302], [a.content for a in answers]
    assert Referral.objects.filter(concern="Pressed twice at once.").count() == 1
    assert len({answer["Location"] for answer in answers}) == 1, "both are led to the one concern"


def test_a_press_whose_first_try_failed_goes_through(committed: Town) -> None:
    token, owner = uuid7(), committed.ros.practitioner_id
    inside = threading.Event()

    def fails() -> None:
        with transaction.atomic():
            assert submissions.spend(token=token, owner=owner, now=MONDAY) is None
            inside.set()
            raise Invalid("Not sent.")

    def waits() -> str | None:
        inside.wait(WAIT)
        with transaction.atomic():
            return submissions.spend(token=token, owner=owner, now=MONDAY)

    first, second = at_once(fails, waits)
    assert isinstance(first, Invalid)
    assert second is None, "the token was not spent by the act that failed"


def test_two_workers_escalate_once(committed: Town) -> None:
    recipient = asked(committed, 2)
    late = recipient.due_at + timedelta(minutes=1)
    done = at_once(lambda: escalate_overdue_requests.run(late), lambda: escalate_overdue_requests.run(late))
    # Requests of the other tests fall due as well: what counts is that nothing is counted twice.
    escalated = RequestEvent.objects.filter(kind="escalated")
    assert sum(done) == escalated.count() > 0
    assert recipient.events.filter(kind="escalated").count() == 1
    told = OutboxMessage.objects.filter(topic="request.escalated", payload={"recipient": str(recipient.pk)})
    assert told.count() == 1


def test_one_agency_is_asked_once_by_two_social_workers(committed: Town) -> None:
    enquiry = new_enquiry(committed, 3)
    answers = at_once(lambda: ask(committed, enquiry), lambda: ask(committed, enquiry))
    [late] = raised(answers)
    assert isinstance(late, Invalid) and "agencies" in late.fields
    assert Recipient.objects.filter(request__enquiry=enquiry).count() == 1


def test_nothing_is_released_into_an_enquiry_that_closes_meanwhile(committed: Town) -> None:
    recipient = asked(committed, 4)
    enquiry = recipient.request.enquiry
    enquiries.decide_threshold(
        actor=committed.grace,
        enquiry=enquiry,
        level="4",
        outcome="no_further_action",
        grounds=Grounds(reasons="The family has moved on."),
        took_part=[],
        now=MONDAY,
    )
    for owed in enquiry.referral.feedback.filter(given_at=None):
        referrals.give_feedback(
            actor=committed.grace,
            feedback=owed,
            relevant="yes",
            recorded_where="",
            what_was_done="Talked to the family.",
            more_needed="",
            now=MONDAY,
        )
    answers = at_once(
        lambda: enquiries.close(actor=committed.grace, enquiry=enquiry, now=MONDAY),
        lambda: disclosures.answer(actor=committed.amina, recipient=recipient, draft=NOTHING, now=MONDAY),
    )
    [late] = raised(answers)
    # Whoever comes second is told: the answer that the enquiry is closed, or the closing that feedback is owed.
    assert isinstance(late, WrongState | Invalid)
    enquiry.refresh_from_db()
    assert (enquiry.closed_at is None) == Answer.objects.filter(recipient=recipient).exists()
    assert not Release.objects.filter(reference=enquiry.reference, ends_at=None).exists()


def test_feedback_is_given_once(committed: Town) -> None:
    enquiry = new_enquiry(committed, 5)
    owed = enquiry.referral.feedback.get()

    def tell(words: str) -> Callable[[], object]:
        return lambda: referrals.give_feedback(
            actor=committed.grace,
            feedback=owed,
            relevant="yes",
            recorded_where="",
            what_was_done=words,
            more_needed="",
            now=MONDAY,
        )

    [late] = raised(at_once(tell("First words."), tell("Second words.")))
    assert isinstance(late, AlreadyDone)
    assert (
        OutboxMessage.objects.filter(topic="feedback.given", payload={"feedback": str(owed.pk)}).count() == 1
    )


def test_two_screeners_rate_and_close_one_after_the_other(committed: Town) -> None:
    referral = referrals.make(
        actor=committed.ros,
        concern=concern(persons=(replace(concern().persons[0], facts=Facts(given="Rated")),)),
        now=MONDAY,
    )
    referrals.rate(actor=committed.grace, referral=referral, code="green", reason="First look.", now=MONDAY)
    close = {
        "actor": committed.grace,
        "referral": referral,
        "outcome": "advice",
        "reasons": "No need.",
        "advice": "Talk to the family.",
        "relevant": "partly",
        "now": MONDAY,
    }
    [late] = raised(
        at_once(
            lambda: referrals.close_with_advice(**close),
            lambda: enquiries.open_enquiry(
                actor=committed.grace, referral=referral, purpose="s47", now=MONDAY
            ),
        )
    )
    assert isinstance(late, WrongState)
    referral.refresh_from_db()
    assert (referral.state == "closed") != Enquiry.objects.filter(referral=referral).exists()


def test_the_log_holds_together_after_all_that(committed: Town) -> None:
    assert django_settings.DATABASES["default"]["NAME"] == "jigsaw_same_time"
    found = audit.verify()
    assert found.ok and found.entries > 50


# --- while a register thinks --------------------------------------------------------------------------------


def test_a_question_is_kept_and_nothing_is_locked_while_the_register_thinks(
    committed: Town, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    record, _outcome = people.hold(
        actor=committed.grace,
        agency=committed.grace.agency_id,
        system="test",
        source_key="slow",
        facts=Facts(given="Mina", family="Slow", born=date(2014, 4, 4)),
        now=timezone.now(),
    )
    seen: list[object] = []

    class Slow:
        service = "pds"

        def __init__(self, _register: object) -> None:
            return

        def __enter__(self) -> Slow:
            return self

        def __exit__(self, *_error: object) -> None:
            return

        def trace(self, _sought: object) -> Traced:
            others = Entry.objects.filter(action="number.asked", people=[record.person_id]).count
            seen.extend([connection.in_atomic_block, *at_once(others)])
            return Traced(state="no_match")

    monkeypatch.setattr("jigsaw.hub.people.national_register.client.Pds", Slow)
    settings.NATIONAL_REGISTER = object()
    client = Client()
    client.force_login(Practitioner.objects.get(pk=committed.grace.practitioner_id))
    sent = {"do": "ask", "record": str(record.pk), "token": str(uuid7())}
    response = client.post("/numbers/", sent)
    assert response.status_code == 302
    assert seen == [False, 1], "no transaction is open, and another connection reads that it was asked"
    assert "nobody fits" in client.get(response["Location"]).content.decode()
