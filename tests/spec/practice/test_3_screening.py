"""Screening: only a qualified screener of the receiving front door, always with a reason, against a clock."""

from __future__ import annotations

import copy
from datetime import date, datetime, timedelta

import pytest

from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.agreements import queries as agreement_queries
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import Invalid, JigsawError, NotHere, Refused, WrongState
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals import queries
from jigsaw.hub.referrals.models import Referral
from people_in_tests import MONDAY
from practice_in_tests import Practice

FRIDAY_EVENING = datetime(2026, 11, 20, 19, 0, tzinfo=ENGLAND)


def rate(practice: Practice, referral: Referral, code: str = "red", **changes: object):  # type: ignore[no-untyped-def]
    whole = {"actor": practice.town.grace, "reason": "Hurt at home.", "now": practice.now, **changes}
    return referrals.rate(referral=referral, code=code, **whole)


def close(practice: Practice, referral: Referral, **changes: object) -> Referral:
    whole = {
        "actor": practice.town.grace,
        "outcome": "advice",
        "reasons": "The family has help already.",
        "advice": "Talk to the health visitor.",
        "relevant": "partly",
        "now": practice.now,
        **changes,
    }
    return referrals.close_with_advice(referral=referral, **whole)


@pytest.mark.parametrize("who", ["ros", "amina", "hannah", "mary", "ade", "nia"])
def test_only_a_screener_of_the_receiving_front_door_screens(practice: Practice, who: str) -> None:
    referral, actor = practice.raised(), getattr(practice.town, who)
    for act in (
        lambda: rate(practice, referral, actor=actor),
        lambda: close(practice, referral, actor=actor),
        lambda: enquiries.open_enquiry(actor=actor, referral=referral, purpose="s47", now=practice.now),
        lambda: referrals.acknowledge(actor=actor, referrals=[referral], now=practice.now),
    ):
        with pytest.raises((Refused, NotHere)):
            act()
    referral.refresh_from_db()
    assert referral.state == "received" and not referral.ratings.exists()


def test_a_screener_of_another_front_door_does_not_even_learn_of_it(practice: Practice) -> None:
    referral = practice.raised()
    far = practice.someone("Fay Moor", referral.to_agency.__class__.objects.get(code="NCSC"), "screener")
    with pytest.raises(NotHere) as not_yours:
        queries.get(far, referral.reference)
    with pytest.raises(NotHere) as absent:
        queries.get(far, "R-0000-0000")
    assert str(not_yours.value.words) == str(absent.value.words)


def test_a_screener_too_close_to_anyone_named_leaves_it_to_colleagues(practice: Practice) -> None:
    referral, grace = practice.raised(), practice.town.grace
    mother = referral.persons.get(part="parent").record.person_id
    people.declare_conflict(
        actor=grace, practitioner=grace.practitioner_id, person=mother, why="Neighbour", now=practice.now
    )
    assert queries.queue(grace, now=practice.now) == []
    with pytest.raises(Refused, match="too close"):
        queries.read(grace, referral.reference, now=practice.now)
    with pytest.raises(Refused, match="too close"):
        rate(practice, referral)
    colleague = practice.someone("Col Reed", practice.town.front_door, "screener")
    assert rate(practice, referral, actor=colleague)


def test_a_rating_has_a_reason_and_is_one_of_the_scheme(practice: Practice) -> None:
    referral = practice.raised()
    with pytest.raises(Invalid) as error:
        rate(practice, referral, reason="  ")
    assert set(error.value.fields) == {"reason"}
    with pytest.raises(Invalid) as error:
        rate(practice, referral, code="purple")
    assert set(error.value.fields) == {"rating"}
    assert not referral.ratings.exists()


def test_red_runs_through_the_night_and_the_weekend(practice: Practice) -> None:
    practice.now = FRIDAY_EVENING
    assert rate(practice, practice.raised(), "red").due_at == FRIDAY_EVENING + timedelta(hours=4)


def test_amber_runs_in_working_hours_only(practice: Practice) -> None:
    practice.now = FRIDAY_EVENING
    due = rate(practice, practice.raised(), "amber").due_at
    # 24 hours of 8½-hour days from Monday 8:30: two whole days, and seven hours of Wednesday.
    assert due == datetime(2026, 11, 25, 15, 30, tzinfo=ENGLAND)


def test_a_bank_holiday_is_no_working_day(practice: Practice) -> None:
    practice.now = datetime(2026, 12, 24, 16, 0, tzinfo=ENGLAND)
    due = rate(practice, practice.raised(), "amber").due_at
    # One hour on Christmas Eve; Friday, and Boxing Day’s Monday, are closed: Tuesday 29th on.
    assert due == datetime(2026, 12, 31, 14, 30, tzinfo=ENGLAND)


def test_the_clock_starts_when_the_concern_came_in(practice: Practice) -> None:
    referral = practice.raised()
    practice.now = MONDAY + timedelta(hours=3)
    assert rate(practice, referral, "red").due_at == MONDAY + timedelta(hours=4)


def scheme(hours: int) -> dict:  # type: ignore[type-arg]
    content = copy.deepcopy(agreement_queries.words("rating_schemes")["schemes"][0])
    content["ratings"][0]["answer_within_hours"] = hours
    return content


def test_the_scheme_is_the_one_in_force_on_the_day(practice: Practice) -> None:
    agreements.put_in_force(
        actor=SYSTEM, kind="rating_scheme", content=scheme(1), effective_from=date(2026, 11, 17),
        source="Board, 3 November", now=practice.now,
    )  # fmt: skip
    assert rate(practice, practice.raised(), "red").due_at == MONDAY + timedelta(hours=4)
    practice.now = MONDAY + timedelta(days=1)
    assert rate(practice, practice.raised(), "red").due_at == practice.now + timedelta(hours=1)


def test_an_authority_may_have_its_own(practice: Practice) -> None:
    agreements.put_in_force(
        actor=SYSTEM, kind="rating_scheme", content=scheme(2), effective_from=date(2026, 1, 1),
        source="Northvale", authority=practice.town.northvale, now=practice.now,
    )  # fmt: skip
    agreements.put_in_force(
        actor=SYSTEM, kind="rating_scheme", content=scheme(3), effective_from=date(2026, 6, 1),
        source="Everybody else", now=practice.now,
    )  # fmt: skip
    assert rate(practice, practice.raised(), "red").due_at == MONDAY + timedelta(hours=3)
    far = practice.raised(actor=practice.town.nia)
    screener = practice.someone("Fay Moor", far.to_agency, "screener")
    assert rate(practice, far, "red", actor=screener).due_at == MONDAY + timedelta(hours=2)


def test_a_changed_rating_keeps_the_earlier_one_with_its_reason(practice: Practice) -> None:
    referral = practice.raised()
    rate(practice, referral, "green", reason="Looks settled.")
    practice.now += timedelta(minutes=5)
    rate(practice, referral, "red", reason="He is on bail.")
    assert [(r.code, r.reason) for r in referral.ratings.all()] == [
        ("green", "Looks settled."),
        ("red", "He is on bail."),
    ]
    assert queries.read(practice.town.grace, referral.reference, now=practice.now).rating.code == "red"


def test_nothing_is_decided_before_it_is_rated(practice: Practice) -> None:
    referral = practice.raised()
    with pytest.raises(WrongState):
        close(practice, referral)
    with pytest.raises(WrongState):
        enquiries.open_enquiry(actor=practice.town.grace, referral=referral, purpose="s47", now=practice.now)


def test_an_enquiry_says_under_which_power_and_is_led_by_a_colleague_who_may(practice: Practice) -> None:
    referral, grace = practice.rated(), practice.town.grace
    for changes, field in (
        ({"purpose": " "}, "purpose"),
        ({"purpose": "s47", "lead": practice.town.amina.practitioner_id}, "lead"),
    ):
        with pytest.raises(Invalid) as error:
            enquiries.open_enquiry(actor=grace, referral=referral, now=practice.now, **changes)
        assert set(error.value.fields) == {field}
    worker = practice.someone("Wim Okoro", practice.town.front_door, "social_worker")
    made = enquiries.open_enquiry(
        actor=grace, referral=referral, purpose="s47", lead=worker.practitioner_id, now=practice.now
    )
    assert made.lead_id == worker.practitioner_id


def test_closing_with_advice_tells_the_referrer_what_they_can_do(practice: Practice) -> None:
    referral = practice.rated("green")
    close(practice, referral)
    referral.refresh_from_db()
    assert referral.state == "closed" and referral.closing.reasons == "The family has help already."
    [told] = referral.feedback.all()
    assert told.given_at == practice.now and told.what_was_done == "Talk to the health visitor."


def test_closing_says_what_why_and_what_instead(practice: Practice) -> None:
    referral = practice.rated("green")
    with pytest.raises(Invalid) as error:
        close(practice, referral, outcome="", reasons=" ", advice="")
    assert set(error.value.fields) == {"outcome", "reasons", "advice"}
    referral.refresh_from_db()
    assert referral.state == "screening" and referral.feedback.get().given_at is None


def test_a_member_of_the_public_hears_nothing_of_the_family(practice: Practice) -> None:
    referral = practice.rated("green", practice.raised(caller="public", parents_know="", parents_know_why=""))
    close(practice, referral)
    told = referral.feedback.get()
    assert told.given_at and not told.what_was_done and not told.relevant


def test_what_was_lent_for_a_closed_concern_is_no_longer_seen(practice: Practice) -> None:
    referral = practice.rated("green")
    person = referral.persons.first().record.person_id
    assert people_queries.profile(practice.town.grace, person, purpose="", now=practice.now)
    close(practice, referral)
    with pytest.raises(NotHere):
        people_queries.profile(practice.town.grace, person, purpose="", now=practice.now)


def test_a_closed_concern_stays_closed(practice: Practice) -> None:
    referral = close(practice, practice.rated("green"))
    for act in (
        lambda: rate(practice, referral),
        lambda: close(practice, referral),
        lambda: enquiries.open_enquiry(
            actor=practice.town.grace, referral=referral, purpose="s47", now=practice.now
        ),
    ):
        with pytest.raises(WrongState) as error:
            act()
        assert str(error.value.words)
        assert isinstance(error.value, JigsawError)
