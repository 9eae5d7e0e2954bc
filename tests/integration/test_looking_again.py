"""What is withheld until a day is looked at again: listed, and its writer reminded, once and on the day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.disclosures import waiting
from jigsaw.hub.disclosures.models import AnsweredItem
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.jobs import deliver_notices, remind_to_look_again, reopen_what_was_withheld
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.people import operations as people
from people_in_tests import MONDAY, Town
from practice_in_tests import ADVISED, Practice, share, withhold

pytestmark = pytest.mark.usefixtures("for_themselves")
DAY = date(2026, 11, 25)
THEN = MONDAY.replace(year=DAY.year, month=DAY.month, day=DAY.day)


@pytest.fixture
def practice(town: Town) -> Practice:
    return Practice(town)


@pytest.fixture
def withheld(practice: Practice) -> Any:
    """Health withholds one entry until a Wednesday, while it waits for advice."""
    entry = practice.write(practice.town.amina, practice.hold(practice.town.amina))
    recipient = practice.asked()
    practice.answer(
        recipient, withhold(entry, withheld_kind="awaiting_advice", review_on=DAY), grounds=ADVISED
    )
    return recipient, entry


def reminded(now: Any = THEN) -> list[Any]:
    """Run the jobs; whom they reminded so far."""
    remind_to_look_again.run(now)
    deliver_notices.run(now)
    return list(Notice.objects.filter(topic="answer.look_again").values_list("to_practitioner", flat=True))


def test_the_day_is_kept_with_the_decision(practice: Practice, withheld: Any) -> None:
    assert AnsweredItem.objects.get().review_on == DAY
    [row] = waiting.to_look_at_again(practice.town.tom, now=MONDAY)
    assert (row.recipient.pk, row.on, row.items, row.due) == (withheld[0].pk, DAY, 1, False)
    [row] = waiting.to_look_at_again(practice.town.tom, now=THEN)
    assert row.due and row.answered_by.pk == practice.town.amina.practitioner_id
    assert waiting.to_look_at_again(practice.town.hannah, now=THEN) == []


def test_whoever_withheld_it_is_reminded_on_the_day_and_once(practice: Practice, withheld: Any) -> None:
    assert reminded(THEN - timedelta(days=1)) == []
    assert reminded() == [practice.town.amina.practitioner_id]
    [notice] = Notice.objects.filter(topic="answer.look_again")
    assert (notice.page, notice.parts) == ("request", {"reference": withheld[0].reference})
    assert remind_to_look_again.run(THEN) == 0
    assert len(reminded(THEN + timedelta(days=1))) == 1


def test_several_items_of_one_answer_are_one_reminder(practice: Practice) -> None:
    record = practice.hold(practice.town.amina)
    entries = [practice.write(practice.town.amina, record, title=title) for title in ("One", "Two")]
    waits = [withhold(entry, withheld_kind="awaiting_advice", review_on=DAY) for entry in entries]
    practice.answer(practice.asked(), *waits, grounds=ADVISED)
    assert len(reminded()) == 1
    assert not AnsweredItem.objects.filter(reminded_at=None).exists()


def test_what_was_looked_at_meanwhile_reminds_nobody(practice: Practice, withheld: Any) -> None:
    recipient, entry = withheld
    again = requests.look_again(actor=practice.town.amina, recipient=recipient, now=practice.now)
    assert (again.state, again.round, again.holder_id) == ("claimed", 2, practice.town.amina.practitioner_id)
    assert waiting.to_look_at_again(practice.town.tom, now=THEN) == []
    assert reminded() == []
    practice.answer(again, share(entry), grounds=ADVISED)
    assert waiting.to_look_at_again(practice.town.tom, now=THEN) == [] and reminded() == []


def test_a_closed_enquiry_reminds_nobody(practice: Practice, withheld: Any) -> None:
    practice.closed(withheld[0].request.enquiry)
    assert reminded() == [] and waiting.to_look_at_again(practice.town.tom, now=THEN) == []


def test_once_its_writer_has_left_those_who_assign_are_reminded(practice: Practice, withheld: Any) -> None:
    Practitioner.objects.filter(pk=practice.town.amina.practitioner_id).update(is_active=False)
    assert reminded() == [practice.town.tom.practitioner_id]


def test_nobody_too_close_is_reminded_or_shown_it(practice: Practice, withheld: Any) -> None:
    people.declare_conflict(
        actor=SYSTEM,
        practitioner=practice.town.amina.practitioner_id,
        person=requests.subjects_of(withheld[0])[0],
        why="Aunt",
        now=practice.now,
    )
    assert reminded() == []
    assert waiting.to_look_at_again(practice.town.amina, now=THEN) == []


# --- something new opens it by itself --------------------------------------------------------------------------------


def opened(now: Any) -> list[Any]:
    """Run the jobs twice; of what was withheld, why each opened, and who was told."""
    for _turn in range(2):
        reopen_what_was_withheld.run(now)
        deliver_notices.run(now)
    told = Notice.objects.filter(topic="answer.reopened").values_list("to_practitioner", flat=True)
    return [
        list(AnsweredItem.objects.exclude(reopened_why="").values_list("reopened_why", flat=True)),
        list(told),
    ]


@pytest.fixture
def kept_back(practice: Practice) -> Any:
    """Health withholds one entry as not relevant; nothing opens it by itself yet."""
    entry = practice.write(practice.town.amina, practice.hold(practice.town.amina))
    recipient = practice.asked(practice.enquiry(code="amber"))
    practice.answer(recipient, withhold(entry), grounds=ADVISED)
    practice.now += timedelta(hours=1)
    assert opened(practice.now) == [[], []]
    return recipient, entry


def test_an_entry_of_its_own_about_the_same_child_puts_it_back(practice: Practice, kept_back: Any) -> None:
    recipient, entry = kept_back
    practice.write(practice.town.tom, entry.subjects.get().record, title="Bruise seen")
    why, told = opened(practice.now + timedelta(minutes=1))
    assert why == ["Your agency wrote down something new about the same people."]
    assert told == [practice.town.amina.practitioner_id], "whoever withheld it, once"
    [row] = waiting.to_look_at_again(practice.town.tom, now=practice.now)
    assert (row.recipient.pk, row.due, row.why) == (recipient.pk, True, tuple(why))
    requests.look_again(actor=practice.town.amina, recipient=recipient, now=practice.now)
    assert waiting.to_look_at_again(practice.town.tom, now=practice.now) == [], "taken up again"


def test_a_more_urgent_rating_puts_it_back_and_a_calmer_one_does_not(
    practice: Practice, kept_back: Any
) -> None:
    enquiry = kept_back[0].request.enquiry
    for code, expected in (("green", []), ("red", ["The enquiry is rated more urgent now."])):
        practice.now += timedelta(minutes=5)
        enquiries.change_rating(
            actor=practice.town.grace, enquiry=enquiry, code=code, reason="As it is.", now=practice.now
        )
        assert opened(practice.now + timedelta(minutes=1))[0] == expected


def test_another_request_about_the_same_child_puts_it_back(practice: Practice, kept_back: Any) -> None:
    other = practice.raised(actor=practice.town.hannah)
    child = other.persons.get(part="child").record
    people.link(
        actor=practice.town.grace, record=child, person=kept_back[1].subjects.get().record.person_id,
        reason="Same child.", now=practice.now,
    )  # fmt: skip
    practice.asked(practice.enquiry(other, code="red"))
    assert "asked about the same people again" in opened(practice.now + timedelta(minutes=1))[0][0]


def test_what_another_agency_writes_down_is_not_told(practice: Practice, kept_back: Any) -> None:
    record = practice.hold(practice.town.hannah)
    people.link(
        actor=practice.town.grace, record=record, person=kept_back[1].subjects.get().record.person_id,
        reason="Same child.", now=practice.now,
    )  # fmt: skip
    practice.write(practice.town.hannah, record, title="Called to the home")
    assert opened(practice.now + timedelta(minutes=1)) == [[], []]


def test_a_ground_that_this_does_not_touch_stays_as_it_is(practice: Practice) -> None:
    entry = practice.write(practice.town.amina, practice.hold(practice.town.amina))
    recipient = practice.asked()
    practice.answer(recipient, withhold(entry, withheld_kind="court_order"), grounds=ADVISED)
    practice.now += timedelta(hours=1)
    practice.write(practice.town.tom, entry.subjects.get().record, title="Bruise seen")
    assert opened(practice.now + timedelta(minutes=1)) == [[], []]
