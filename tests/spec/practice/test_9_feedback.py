"""Feedback: everyone who helped hears back, each what they may be told, and nobody is forgotten."""

from __future__ import annotations

from datetime import date

import pytest

from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused, WrongState
from jigsaw.hub.people import operations as people
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals import queries
from practice_in_tests import Practice, share


def owed(practice: Practice):  # type: ignore[no-untyped-def]
    return queries.feedback_owed(practice.town.grace)


def test_the_referrer_and_each_contributor_are_owed_it_once_for_each_thing(practice: Practice) -> None:
    town, enquiry = practice.town, practice.enquiry()
    entry = practice.write(town.amina, practice.hold(town.amina))
    first = practice.asked(enquiry)
    person = enquiry.subjects.first().record.person_id
    people.link(
        actor=town.grace, record=entry.subjects.get().record, person=person, reason="Same.", now=practice.now
    )
    practice.answer(first, share(entry))
    practice.answer(practice.asked(enquiry, town.police), actor=town.hannah)
    assert {(f.audience, f.to_agency.code) for f in owed(practice)} == {
        ("referrer", "SCH"),
        ("contributor", "HV"),
        ("contributor", "POL"),
    }, "whoever looked and found nothing helped as well"


def test_a_contributor_hears_within_five_working_days(practice: Practice) -> None:
    practice.answer(practice.asked())
    [mine] = [f for f in owed(practice) if f.audience == "contributor"]
    assert mine.due_at.date() == date(2026, 11, 23)


@pytest.mark.parametrize("who", ["ros", "amina", "hannah", "mary", "ade", "nia"])
def test_only_those_who_work_on_the_concern_give_it(practice: Practice, who: str) -> None:
    practice.enquiry()
    [feedback] = owed(practice)
    with pytest.raises(Refused):
        practice.told(feedback, actor=getattr(practice.town, who))
    assert queries.feedback_owed(getattr(practice.town, who)) == []


def test_a_professional_hears_whether_it_helped_and_what_was_done(practice: Practice) -> None:
    practice.enquiry()
    [feedback] = owed(practice)
    for missing in ("relevant", "what_was_done"):
        with pytest.raises(Invalid) as error:
            practice.told(feedback, **{missing: ""})
        assert set(error.value.fields) == {missing}
    practice.told(feedback)
    [told] = queries.feedback_for(practice.town.ros)
    assert (told.relevant, told.what_was_done) == ("yes", "A strategy discussion was held.")


def test_a_member_of_the_public_is_told_nothing_of_the_family(practice: Practice) -> None:
    practice.raised(caller="public", parents_know="", parents_know_why="")
    [feedback] = owed(practice)
    with pytest.raises(Invalid) as error:
        practice.told(feedback)
    assert set(error.value.fields) == {"relevant", "recorded_where", "what_was_done"}
    told = practice.told(feedback, relevant="", recorded_where="", what_was_done="")
    assert told.given_at == practice.now, "that it was received"


def test_an_anonymous_caller_is_owed_nothing(practice: Practice) -> None:
    practice.raised(caller="anonymous", parents_know="", parents_know_why="")
    assert owed(practice) == []


def test_it_is_given_once(practice: Practice) -> None:
    practice.enquiry()
    [feedback] = owed(practice)
    practice.told(feedback)
    with pytest.raises(AlreadyDone):
        practice.told(feedback, what_was_done="Something else.")


def test_each_agency_reads_its_own_and_that_it_did_is_noted(practice: Practice) -> None:
    practice.enquiry()
    [feedback] = owed(practice)
    practice.told(feedback)
    ros = practice.town.ros
    for other in (practice.town.amina, practice.town.nia, practice.town.mary):
        with pytest.raises(NotHere):
            queries.feedback(other, feedback.pk)
        with pytest.raises(Refused):
            referrals.read_feedback(actor=other, feedback=feedback, now=practice.now)
    mine = queries.feedback(ros, feedback.pk)
    assert referrals.read_feedback(actor=ros, feedback=mine, now=practice.now).read_at == practice.now


def test_someone_too_close_neither_reads_nor_gives_it(practice: Practice) -> None:
    enquiry = practice.enquiry()
    [feedback] = owed(practice)
    person = enquiry.subjects.first().record.person_id
    for actor in (practice.town.grace, practice.town.ros):
        people.declare_conflict(
            actor=actor, practitioner=actor.practitioner_id, person=person, why="Kin", now=practice.now
        )
        with pytest.raises(Refused, match="too close"):
            queries.feedback(actor, feedback.pk)
    assert owed(practice) == [] and queries.feedback_for(practice.town.ros) == []
    with pytest.raises(Refused, match="too close"):
        practice.told(feedback)


def test_a_contributor_is_not_told_who_else_was_named(practice: Practice) -> None:
    practice.answer(practice.asked())
    mine = queries.feedback_for(practice.town.amina)
    [told] = queries.with_names(practice.town.amina, mine, now=practice.now)
    assert told.names == ()
    [told] = queries.with_names(practice.town.ros, queries.feedback_for(practice.town.ros), now=practice.now)
    assert [card.name for card in told.names] == ["Katie Walsh"], "the referrer named her"


def test_an_enquiry_does_not_close_while_someone_is_owed(practice: Practice) -> None:
    enquiry = practice.enquiry()
    with pytest.raises(WrongState):
        enquiries.close(actor=practice.town.grace, enquiry=enquiry, now=practice.now)
    practice.decided(enquiry)
    with pytest.raises(Invalid) as error:
        enquiries.close(actor=practice.town.grace, enquiry=enquiry, now=practice.now)
    assert "have not heard back" in str(error.value.words)
    for feedback in owed(practice):
        practice.told(feedback)
    closed = enquiries.close(actor=practice.town.grace, enquiry=enquiry, now=practice.now)
    assert (closed.state, closed.closed_at) == ("closed", practice.now)


def test_nor_is_it_closed_by_someone_who_does_not_decide(practice: Practice) -> None:
    enquiry = practice.enquiry()
    practice.decided(enquiry)
    for feedback in owed(practice):
        practice.told(feedback)
    worker = practice.someone("Wim Okoro", practice.town.front_door, "social_worker")
    with pytest.raises(Refused):
        enquiries.close(actor=worker, enquiry=enquiry, now=practice.now)
