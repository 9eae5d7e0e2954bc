"""Raising a concern: anyone who works with children may, no child is refused, and no word is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.kit import drafts
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused
from jigsaw.hub.people.records import Facts
from jigsaw.hub.referrals import queries
from jigsaw.hub.referrals.models import Feedback, Referral
from jigsaw.hub.referrals.operations import Said, Someone
from people_in_tests import KATIE, MONDAY, Town, concern
from practice_in_tests import Practice

CHILD = concern().persons[0]


def refusal(practice: Practice, **changes: object) -> set[str]:
    """The fields that keep a concern from being sent; nothing of it is kept then."""
    with pytest.raises(Invalid) as error:
        practice.raised(**changes)
    assert not Referral.objects.exists()
    return set(error.value.fields)


def test_a_teacher_raises_a_concern_and_knows_when_they_will_hear(practice: Practice) -> None:
    made = practice.raised()
    assert made.state == "received"
    assert made.to_agency == practice.town.front_door
    assert made.hear_by.date() == date(2026, 11, 17), "by the end of the next working day"
    [owed] = Feedback.objects.filter(referral=made)
    assert (owed.audience, owed.to_agency, owed.to_practitioner_id) == (
        "referrer",
        practice.town.school,
        practice.town.ros.practitioner_id,
    )


def test_a_concern_raised_on_friday_evening_is_heard_of_on_monday(practice: Practice) -> None:
    practice.now = MONDAY + timedelta(days=4, hours=9)
    assert practice.raised().hear_by.date() == date(2026, 11, 23)


@pytest.mark.parametrize("who", ["mary", "ade"])
def test_the_board_and_the_administrator_raise_none_and_are_told_whom_to_ring(
    practice: Practice, who: str
) -> None:
    with pytest.raises(Refused) as error:
        practice.raised(actor=getattr(practice.town, who))
    assert "Ring the front door" in str(error.value.next_step)


def test_a_call_taker_writes_down_what_a_member_of_the_public_says(practice: Practice) -> None:
    call_taker = practice.someone("Cal Taker", practice.town.front_door, "call_taker")
    made = practice.raised(
        actor=call_taker, caller="public", caller_name="Mrs Dray", parents_know="", parents_know_why=""
    )
    [owed] = made.feedback.all()
    assert owed.audience == "referrer_public", "they hear that it was received, and nothing of the family"
    with pytest.raises(NotHere):
        queries.read(call_taker, made.reference, now=practice.now)


def test_an_anonymous_caller_is_heard_and_owed_nothing(practice: Practice) -> None:
    made = practice.raised(caller="anonymous", parents_know="", parents_know_why="")
    assert made.state == "received" and not made.feedback.exists()


def test_a_professional_says_whether_the_parents_know(practice: Practice) -> None:
    assert refusal(practice, parents_know="", parents_know_why="") == {"parents_know"}


def test_if_the_parents_are_not_told_the_concern_says_why(practice: Practice) -> None:
    assert refusal(practice, parents_know="not_told", parents_know_why="  ") == {"parents_know_why"}


def test_a_caller_from_the_public_cannot_answer_for_the_parents_but_may(practice: Practice) -> None:
    assert practice.raised(caller="public", parents_know="", parents_know_why="")
    assert practice.raised(caller="public", parents_know="told", parents_know_why="")


def test_an_unborn_baby_is_a_child_of_its_own(practice: Practice) -> None:
    baby = Someone(part="unborn", facts=Facts(family="Walsh", expected_on=date(2027, 2, 1)))
    mother = replace(concern().persons[1], relationship="MTH")
    made = practice.raised(persons=(baby, mother))
    read = queries.read(practice.town.grace, made.reference, now=practice.now)
    assert read.persons[0].card.expected_on == date(2027, 2, 1)
    enquiry = practice.enquiry(made)
    assert [subject.child for subject in enquiry.subjects.all()] == [True, False]


@pytest.mark.parametrize(
    "facts",
    [
        Facts(),
        Facts(given="Boy in a red coat"),
        Facts(born=date(2020, 1, 1), born_accuracy="AEE"),
        Facts(identifiers=(("nhs_number", "1"),)),
        KATIE,
    ],
    ids=["nothing known", "a description", "a guessed birthday", "a wrong number", "everything"],
)
def test_no_child_is_refused_for_what_is_not_known(practice: Practice, facts: Facts) -> None:
    assert practice.raised(persons=(Someone(part="child", facts=facts),)).persons.count() == 1


def test_a_concern_names_at_least_one_child(practice: Practice) -> None:
    assert refusal(practice, persons=()) == {"persons"}
    assert refusal(practice, persons=(concern().persons[1],)) == {"persons"}


def test_a_child_of_another_authority_goes_to_its_own_front_door(practice: Practice) -> None:
    far = practice.raised(actor=practice.town.nia)
    assert far.to_agency.code == "NCSC"
    with pytest.raises(NotHere):
        queries.read(practice.town.grace, far.reference, now=practice.now)


def test_nobody_sends_a_concern_to_an_authority_that_is_not_theirs(practice: Practice) -> None:
    assert refusal(practice, authority=practice.town.northvale.pk) == {"authority"}


def test_a_concern_says_what_worries_and_what_is_wanted(practice: Practice) -> None:
    assert refusal(practice, concern=" ", wants="") == {"concern", "wants"}


def test_nothing_arose_in_the_future(practice: Practice) -> None:
    assert refusal(practice, arose_on=date(2026, 11, 17)) == {"arose_on"}
    assert practice.raised(arose_on=date(2026, 11, 16))


def test_today_is_today_in_england(practice: Practice) -> None:
    practice.now = MONDAY.replace(month=7, day=1, hour=0, minute=30)  # still June in Greenwich
    assert practice.raised(arose_on=date(2026, 7, 1))


def test_each_statement_says_how_it_is_known(practice: Practice) -> None:
    assert refusal(practice, statements=(Said(how_known="rumour", text="He shouts."),)) == {"statements"}


def test_the_child_is_heard_in_their_own_words_from_the_first_minute(practice: Practice) -> None:
    made = practice.raised(persons=(replace(CHILD, child_words="I take Poppy to my room."),))
    person = made.persons.get().record.person_id
    seen = chronology.picture(practice.town.grace, person, purpose="screening", now=practice.now)
    assert [(line.how_known, line.text, line.child_words) for line in seen.lines if line.child_words] == [
        ("child", "", "I take Poppy to my room.")
    ]
    assert seen.voice_heard_on == practice.now.date()


def test_a_draft_is_kept_for_its_owner_alone(practice: Practice) -> None:
    town: Town = practice.town
    owner, colleague = town.amina.practitioner_id, town.tom.practitioner_id
    words = {"concern": ["Half a sentence"]}
    drafts.save(owner=owner, about="referrals:new:1", fields=words, now=practice.now)
    assert drafts.load(owner=owner, about="referrals:new:1", now=practice.now).fields == words
    assert drafts.load(owner=colleague, about="referrals:new:1", now=practice.now) is None
    late = practice.now + drafts.KEPT_FOR
    assert drafts.load(owner=owner, about="referrals:new:1", now=late) is None


def test_the_sender_reads_what_they_sent_and_neither_rating_nor_match(practice: Practice) -> None:
    made = practice.rated()
    assert queries.read_sent(practice.town.ros, made.reference, now=practice.now).referral == made
    for other in (practice.town.amina, practice.town.nia, practice.town.mary):
        with pytest.raises(NotHere):
            queries.read_sent(other, made.reference, now=practice.now)
    with pytest.raises(NotHere):
        queries.read(practice.town.ros, made.reference, now=practice.now)
