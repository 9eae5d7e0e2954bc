"""Asking: what and why, of agencies of this authority, each with its clock, followed until it is answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests import queries
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.jobs import escalate_overdue_requests
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused, WrongState
from jigsaw.hub.kit.models import OutboxMessage
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from people_in_tests import MONDAY
from practice_in_tests import Practice

QUESTION = Question(headline="", needed="Injuries and worries.", why="Strategy discussion.")


def ask(practice: Practice, enquiry, of, *, about=None, question=QUESTION, actor=None):  # type: ignore[no-untyped-def]
    subjects = list(enquiry.subjects.values_list("record", flat=True))
    return requests.ask(
        actor=actor or practice.town.grace,
        enquiry=enquiry,
        question=question,
        of=[agency.pk for agency in of],
        about=subjects if about is None else about,
        now=practice.now,
    )


def refusal(*args: object, **changes: object) -> set[str]:
    with pytest.raises(Invalid) as error:
        ask(*args, **changes)
    assert "was not sent" in str(error.value.words)
    return set(error.value.fields)


# --- whom, what and why -------------------------------------------------------------------------------------------


def test_several_are_asked_at_once_and_each_is_followed_on_its_own(practice: Practice) -> None:
    town = practice.town
    made = ask(practice, practice.enquiry(), [town.health, town.police, town.housing])
    assert made.recipients.count() == 3 == len(set(made.recipients.values_list("reference", flat=True)))
    to_health = made.recipients.get(agency=town.health)
    requests.opened(actor=town.amina, recipient=to_health, now=practice.now)
    states = dict(made.recipients.values_list("agency__code", "state"))
    assert states == {"HV": "opened", "POL": "sent", "HOU": "sent"}


def test_an_empty_list_is_refused(practice: Practice) -> None:
    enquiry = practice.enquiry()
    assert refusal(practice, enquiry, []) == {"agencies"}
    assert refusal(practice, enquiry, [practice.town.health], about=[]) == {"about"}


def test_an_agency_of_another_authority_is_refused_and_so_is_one_s_own(practice: Practice) -> None:
    far, enquiry = practice.town.school.__class__.objects.get(code="NSCH"), practice.enquiry()
    assert refusal(practice, enquiry, [far]) == {"agencies"}
    assert refusal(practice, enquiry, [practice.town.health, far]) == {"agencies"}
    assert refusal(practice, enquiry, [practice.town.front_door]) == {"agencies"}


def test_someone_the_enquiry_is_not_about_is_refused(practice: Practice) -> None:
    stranger = practice.hold(practice.town.kevin)
    assert refusal(practice, practice.enquiry(), [practice.town.health], about=[stranger.pk]) == {"about"}


def test_a_question_says_what_is_needed_and_why(practice: Practice) -> None:
    empty = Question(headline="Katie", needed=" ", why="")
    assert refusal(practice, practice.enquiry(), [practice.town.health], question=empty) == {"needed", "why"}


def test_one_that_has_not_answered_is_chased_and_not_asked_again(practice: Practice) -> None:
    enquiry = practice.enquiry()
    first = practice.asked(enquiry)
    assert refusal(practice, enquiry, [practice.town.health, practice.town.police]) == {"agencies"}
    practice.answer(first)
    assert ask(practice, enquiry, [practice.town.health, practice.town.police]).recipients.count() == 2


@pytest.mark.parametrize("who", ["ros", "amina", "hannah", "mary", "ade", "nia"])
def test_only_those_who_lead_the_enquiry_ask(practice: Practice, who: str) -> None:
    with pytest.raises(NotHere):
        ask(practice, practice.enquiry(), [practice.town.police], actor=getattr(practice.town, who))


def test_who_is_asked_learns_who_is_meant_and_nobody_else_does(practice: Practice) -> None:
    recipient = practice.asked()
    person = recipient.request.subjects.first().record.person_id
    assert people_queries.profile(practice.town.amina, person, purpose="", now=practice.now)
    for other in (practice.town.hannah, practice.town.kevin, practice.town.nia):
        with pytest.raises(NotHere):
            people_queries.profile(other, person, purpose="", now=practice.now)
        with pytest.raises(NotHere):
            queries.read(other, recipient.reference, now=practice.now)


# --- clocks ---------------------------------------------------------------------------------------------------------


def test_red_is_due_in_four_hours_day_or_night(practice: Practice) -> None:
    practice.now = datetime(2026, 11, 20, 22, 0, tzinfo=ENGLAND)
    assert practice.asked().due_at == practice.now + timedelta(hours=4)


def test_amber_is_due_in_24_working_hours(practice: Practice) -> None:
    enquiry = practice.enquiry(code="amber")
    practice.now = datetime(2026, 11, 20, 16, 0, tzinfo=ENGLAND)
    assert practice.asked(enquiry).due_at == datetime(2026, 11, 25, 14, 30, tzinfo=ENGLAND)


def test_the_asker_may_say_by_when_but_not_in_the_past(practice: Practice) -> None:
    when = practice.now + timedelta(hours=1)
    assert practice.asked(due_at=when).due_at == when
    late = Question(headline="", needed="All.", why="Now.", due_at=practice.now)
    assert refusal(practice, practice.enquiry(), [practice.town.police], question=late) == {"due_at"}


def test_after_a_change_of_rating_later_requests_take_the_new_clock(practice: Practice) -> None:
    from jigsaw.hub.enquiries import operations as enquiries

    enquiry = practice.enquiry(code="green")
    early = practice.asked(enquiry)
    practice.now += timedelta(hours=1)
    enquiries.change_rating(
        actor=practice.town.grace, enquiry=enquiry, code="red", reason="He is out.", now=practice.now
    )
    assert practice.asked(enquiry, practice.town.police).due_at == practice.now + timedelta(hours=4)
    early.refresh_from_db()
    assert early.due_at > practice.now + timedelta(days=2), "what was asked before keeps its time"


# --- taking on, handing over, more time ------------------------------------------------------------------------------


def test_colleagues_see_who_has_taken_it_on(practice: Practice) -> None:
    recipient, town = practice.asked(), practice.town
    requests.claim(actor=town.amina, recipient=recipient, now=practice.now)
    [row] = queries.inbox(town.tom, now=practice.now).rows
    assert row.recipient.holder.name == "Amina Yusuf"
    assert queries.inbox(town.tom, now=practice.now, show="unclaimed").rows == ()


def test_asked_again_the_one_who_had_it_takes_it_on_anew(practice: Practice) -> None:
    recipient, amina = practice.asked(), practice.town.amina
    requests.claim(actor=amina, recipient=recipient, now=practice.now)
    practice.answer(recipient)
    requests.ask_again(
        actor=practice.town.grace, recipient=recipient, new_information="New.", now=practice.now
    )
    for _twice in range(2):
        assert requests.claim(actor=amina, recipient=recipient, now=practice.now).state == "claimed"
    recipient.refresh_from_db()
    assert recipient.state == "claimed"
    assert recipient.events.filter(kind="claimed").count() == 2, "once a round"


def hand_over(practice: Practice, recipient, actor, to) -> None:  # type: ignore[no-untyped-def]
    requests.hand_over(
        actor=actor, recipient=recipient, to=to.practitioner_id, words="I am away.", now=practice.now
    )


def test_it_is_handed_only_to_a_colleague_who_answers(practice: Practice) -> None:
    recipient, town = practice.asked(), practice.town
    clerk = practice.someone("Cler Kent", town.health, "administrator")
    for nobody in (town.hannah, clerk):
        with pytest.raises(Invalid) as error:
            hand_over(practice, recipient, town.amina, nobody)
        assert set(error.value.fields) == {"to"}
    hand_over(practice, recipient, town.amina, town.tom)
    recipient.refresh_from_db()
    assert recipient.holder_id == town.tom.practitioner_id
    assert recipient.events.last().note == "I am away."


def test_nor_to_a_colleague_too_close_to_the_child(practice: Practice) -> None:
    recipient, town = practice.asked(), practice.town
    people.declare_conflict(
        actor=town.tom, practitioner=town.tom.practitioner_id, why="Neighbour", now=practice.now,
        person=recipient.request.subjects.first().record.person_id,
    )  # fmt: skip
    with pytest.raises(Invalid) as error:
        hand_over(practice, recipient, town.amina, town.tom)
    assert "close" not in str(error.value.words), "why is between them and their lead"


def test_what_a_colleague_has_taken_on_only_they_or_the_lead_hand_over_or_extend(practice: Practice) -> None:
    recipient, town = practice.asked(), practice.town
    other = practice.someone("Nell Moss", town.health, "practitioner")
    requests.claim(actor=town.amina, recipient=recipient, now=practice.now)
    until = recipient.due_at + timedelta(hours=1)
    with pytest.raises(Refused):
        hand_over(practice, recipient, other, other)
    with pytest.raises(Refused):
        requests.extend(actor=other, recipient=recipient, until=until, words="Away.", now=practice.now)
    hand_over(practice, recipient, town.tom, other)
    hand_over(practice, recipient, other, town.amina)


def test_more_time_needs_a_reason_and_a_later_time(practice: Practice) -> None:
    recipient, amina = practice.asked(), practice.town.amina
    later = recipient.due_at + timedelta(hours=2)
    for until, words, wrong in (
        (later, " ", {"words"}),
        (recipient.due_at, "Waiting for the GP.", {"until"}),
        (practice.now - timedelta(hours=1), "", {"until", "words"}),
    ):
        with pytest.raises(Invalid) as error:
            requests.extend(actor=amina, recipient=recipient, until=until, words=words, now=practice.now)
        assert set(error.value.fields) == wrong
    requests.extend(
        actor=amina, recipient=recipient, until=later, words="Waiting for the GP.", now=practice.now
    )
    event = recipient.events.last()
    assert (event.due_before, event.due_after, event.note) == (recipient.due_at, later, "Waiting for the GP.")


@pytest.mark.parametrize("who", ["grace", "ros", "hannah", "mary", "ade", "nia"])
def test_nobody_outside_the_agency_asked_touches_it(practice: Practice, who: str) -> None:
    recipient, actor = practice.asked(), getattr(practice.town, who)
    later = recipient.due_at + timedelta(hours=2)
    for act in (
        lambda: requests.opened(actor=actor, recipient=recipient, now=practice.now),
        lambda: requests.claim(actor=actor, recipient=recipient, now=practice.now),
        lambda: hand_over(practice, recipient, actor, actor),
        lambda: requests.extend(
            actor=actor, recipient=recipient, until=later, words="Away.", now=practice.now
        ),
        lambda: practice.answer(recipient, actor=actor),
    ):
        with pytest.raises((NotHere, Refused)):
            act()
    recipient.refresh_from_db()
    assert recipient.state == "sent" and recipient.events.count() == 1


def test_someone_too_close_touches_nothing_of_it(practice: Practice) -> None:
    recipient, amina = practice.asked(), practice.town.amina
    people.declare_conflict(
        actor=amina, practitioner=amina.practitioner_id, why="Aunt", now=practice.now,
        person=recipient.request.subjects.first().record.person_id,
    )  # fmt: skip
    assert queries.inbox(amina, now=practice.now).rows == ()
    for act in (
        lambda: queries.read(amina, recipient.reference, now=practice.now),
        lambda: requests.opened(actor=amina, recipient=recipient, now=practice.now),
        lambda: requests.claim(actor=amina, recipient=recipient, now=practice.now),
        lambda: practice.answer(recipient),
    ):
        with pytest.raises(Refused, match="too close"):
            act()
    assert len(queries.inbox(practice.town.tom, now=practice.now).rows) == 1, "a colleague has it"


# --- when it is late -------------------------------------------------------------------------------------------------


def escalations(recipient) -> int:  # type: ignore[no-untyped-def]
    return recipient.events.filter(kind="escalated").count()


def test_an_overdue_request_goes_to_the_named_person_once_a_round(practice: Practice) -> None:
    recipient = practice.asked()
    assert escalate_overdue_requests.run(recipient.due_at) == 0, "not before its time is over"
    late = recipient.due_at + timedelta(minutes=1)
    assert escalate_overdue_requests.run(late) == 1
    recipient.refresh_from_db()
    assert recipient.escalated_to_id == practice.town.tom.practitioner_id
    assert OutboxMessage.objects.filter(topic="request.escalated").count() == 1
    assert escalate_overdue_requests.run(late + timedelta(days=1)) == 0 and escalations(recipient) == 1
    practice.now = late
    practice.answer(recipient)
    requests.ask_again(
        actor=practice.town.grace, recipient=recipient, new_information="A new injury.", now=late
    )
    recipient.refresh_from_db()
    assert escalate_overdue_requests.run(recipient.due_at + timedelta(minutes=1)) == 1
    assert escalations(recipient) == 2


def test_what_was_answered_or_given_more_time_is_not_escalated(practice: Practice) -> None:
    recipient = practice.asked()
    late = recipient.due_at + timedelta(minutes=1)
    requests.extend(
        actor=practice.town.amina,
        recipient=recipient,
        until=late + timedelta(hours=1),
        words="GP.",
        now=MONDAY,
    )
    assert escalate_overdue_requests.run(late) == 0
    practice.answer(recipient)
    assert escalate_overdue_requests.run(late + timedelta(days=1)) == 0


def test_where_nobody_is_named_the_asker_still_sees_it_is_overdue(practice: Practice) -> None:
    recipient = practice.asked(agency=practice.town.police)
    late = recipient.due_at + timedelta(minutes=1)
    assert escalate_overdue_requests.run(late) == 0
    [row] = queries.progress(practice.town.grace, recipient.request.enquiry, now=late)
    assert row.state == "overdue"


def test_only_the_asker_chases_and_only_while_it_waits(practice: Practice) -> None:
    recipient, town = practice.asked(), practice.town
    with pytest.raises(Refused):
        requests.chase(actor=town.amina, recipient=recipient, words="?", now=practice.now)
    with pytest.raises(NotHere):
        requests.chase(actor=town.hannah, recipient=recipient, words="?", now=practice.now)
    requests.chase(actor=town.grace, recipient=recipient, words="We meet at two.", now=practice.now)
    assert recipient.events.last().note == "We meet at two."
    practice.answer(recipient)
    with pytest.raises(WrongState):
        requests.chase(actor=town.grace, recipient=recipient, words="?", now=practice.now)


# --- when the enquiry is over -----------------------------------------------------------------------------------------


def test_once_the_enquiry_is_closed_nothing_more_is_asked_or_answered(practice: Practice) -> None:
    town, enquiry = practice.town, practice.enquiry()
    waiting, answered = practice.asked(enquiry), practice.asked(enquiry, town.police)
    practice.answer(answered, actor=town.hannah)
    practice.closed(enquiry)
    for act in (
        lambda: ask(practice, enquiry, [town.housing]),
        lambda: practice.answer(waiting),
        lambda: requests.claim(actor=town.amina, recipient=waiting, now=practice.now),
        lambda: requests.chase(actor=town.grace, recipient=waiting, words="?", now=practice.now),
        lambda: requests.ask_again(
            actor=town.grace, recipient=answered, new_information="New.", now=practice.now
        ),
    ):
        with pytest.raises(WrongState):
            act()
    assert queries.inbox(town.amina, now=practice.now).rows == ()
    assert queries.waiting_count(town.amina, up_to=1) == 0
    assert escalate_overdue_requests.run(waiting.due_at + timedelta(days=1)) == 0
    assert queries.read(town.amina, waiting.reference, now=practice.now), "but what was asked can be read"
