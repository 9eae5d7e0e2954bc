"""What is withheld until a day is looked at again: listed, and its writer reminded, once and on the day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.disclosures import queries
from jigsaw.hub.disclosures.models import AnsweredItem
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.jobs import deliver_notices, remind_to_look_again
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.people import operations as people
from people_in_tests import MONDAY, Town
from practice_in_tests import ADVISED, Practice, share, withhold

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
    [row] = queries.to_look_at_again(practice.town.tom, now=MONDAY)
    assert (row.recipient.pk, row.on, row.items, row.due) == (withheld[0].pk, DAY, 1, False)
    [row] = queries.to_look_at_again(practice.town.tom, now=THEN)
    assert row.due and row.answered_by.pk == practice.town.amina.practitioner_id
    assert queries.to_look_at_again(practice.town.hannah, now=THEN) == []


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
    assert queries.to_look_at_again(practice.town.tom, now=THEN) == []
    assert reminded() == []
    practice.answer(again, share(entry), grounds=ADVISED)
    assert queries.to_look_at_again(practice.town.tom, now=THEN) == [] and reminded() == []


def test_a_closed_enquiry_reminds_nobody(practice: Practice, withheld: Any) -> None:
    practice.closed(withheld[0].request.enquiry)
    assert reminded() == [] and queries.to_look_at_again(practice.town.tom, now=THEN) == []


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
    assert queries.to_look_at_again(practice.town.amina, now=THEN) == []
