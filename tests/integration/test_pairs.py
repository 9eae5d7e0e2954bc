"""What no rule may link waits for a person, once, and only as long as it is true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import review, reviewing
from jigsaw.hub.people.models import LinkDecision, PairToReview, PersonRecord
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.people.reviewing import CANNOT_TELL, NOT_SAME, SAME, Said
from people_in_tests import KATIE, MONDAY, Town

LATER = MONDAY + timedelta(hours=1)
HOME = KATIE.addresses
NUMBERLESS = replace(KATIE, identifiers=())
# One name and one home, but nobody knows when she was born: no rule may link that.
AGELESS = Facts(given="Katie", family="Walsh", sex="F", addresses=HOME)

KINDS = (
    replace(AGELESS, given="K", born=KATIE.born),
    AGELESS,
    replace(AGELESS, given="", born=KATIE.born),
    replace(NUMBERLESS, born=date(2011, 7, 19)),
)


@pytest.fixture(autouse=True)
def nobody_looks_second_by_chance(town: Town) -> None:
    one_in(0)


def one_in(number: int) -> None:
    agreements.put_in_force(
        actor=SYSTEM,
        kind="pair_reviews",
        content={"second_look_one_in": number},
        effective_from=date(2026, 1, 1) + timedelta(days=number),
        source="Tests",
        now=MONDAY,
    )


def hold(actor: Actor, facts: Facts, key: str = "1") -> PersonRecord:
    made, _outcome = people.hold(
        actor=actor, agency=actor.agency_id, system="s", source_key=key, facts=facts, now=MONDAY
    )
    return made


def look(town: Town) -> None:
    people.link_standing_alone(actor=town.grace, now=MONDAY)


def twins(town: Town) -> tuple[PersonRecord, PersonRecord, PairToReview]:
    """Two records that a rule does not link, and the pair that waits for them."""
    one, other = hold(town.ros, KATIE), hold(town.amina, AGELESS)
    look(town)
    [pair] = PairToReview.objects.filter(closed_at=None)
    return one, other, pair


def now_is(record: PersonRecord) -> object:
    return PersonRecord.objects.values_list("person", flat=True).get(pk=record.pk)


def second(town: Town) -> Actor:
    """A colleague of Grace's with the same roles."""
    return replace(town.grace, practitioner_id=town.kevin.practitioner_id)


def third(town: Town) -> Actor:
    return replace(town.grace, practitioner_id=town.mary.practitioner_id)


# --- what waits -----------------------------------------------------------------------------------------------


def test_what_no_rule_links_waits_once_however_often_it_is_looked_for(town: Town) -> None:
    one, other, pair = twins(town)
    assert {pair.record_id, pair.person_id} == {other.pk, one.person_id}
    assert pair.evidence and pair.grade in ("probable", "possible", "certain")
    look(town)
    people.link_if_certain(actor=town.grace, record=one, now=LATER)
    assert [row.pk for row in PairToReview.objects.filter(closed_at=None)] == [pair.pk], "nor the other way"


def test_what_is_decided_elsewhere_waits_no_more(town: Town) -> None:
    one, other, _pair = twins(town)
    people.keep_apart(actor=town.grace, record=one, person=other.person_id, reason="Twins", now=LATER)
    assert review.waiting_count(town.grace) == 0
    look(town)
    assert review.waiting_count(town.grace) == 0, "and is not asked again"


def test_a_record_that_was_linked_waits_no_more(town: Town) -> None:
    one, other, _pair = twins(town)
    people.link(actor=town.grace, record=other, person=one.person_id, reason="Seen both", now=LATER)
    assert review.waiting_count(town.grace) == 0


def test_whoever_goes_on_under_another_name_is_asked_for_there(town: Town) -> None:
    one, _other, pair = twins(town)
    police = hold(town.hannah, NUMBERLESS, "9")
    people.link(actor=town.grace, record=one, person=police.person_id, reason="Seen", now=LATER)
    pair.refresh_from_db()
    assert pair.closed_at is None and pair.person_id == police.person_id


def test_what_is_no_longer_alike_waits_no_more(town: Town) -> None:
    _one, other, pair = twins(town)
    hold(town.amina, Facts(given="Rebecca", family="Okonkwo", born=date(1971, 1, 9), sex="F"))
    people.link_if_certain(actor=town.grace, record=PersonRecord.objects.get(pk=other.pk), now=LATER)
    pair.refresh_from_db()
    assert pair.closed_at is not None


def test_one_nhs_number_on_two_children_waits_with_its_words(town: Town) -> None:
    hold(town.ros, KATIE)
    hold(
        town.amina,
        Facts(given="Ibrahim", family="Osei", born=date(2009, 8, 30), sex="M", identifiers=KATIE.identifiers),
    )
    look(town)
    [row] = review.queue(town.grace, now=LATER, show="contradict").rows
    assert row.pair.signs == ["one_nhs_number"]
    detail = review.read(town.grace, row.pair.pk, now=LATER)
    assert detail.signs == ("one_nhs_number",)


def test_the_likeliest_comes_first_and_of_those_the_oldest(town: Town) -> None:
    hold(town.ros, KATIE)
    for number in range(len(KINDS)):
        hold(town.amina, KINDS[number], str(number))
    look(town)
    rows = [row.pair for row in review.queue(town.grace, now=LATER).rows]
    assert len(rows) > 2
    assert rows == sorted(rows, key=lambda row: (-row.probability, row.found_at, row.pk))
    assert review.next_pair(town.grace, now=LATER) == rows[0].pk


# --- who may ---------------------------------------------------------------------------------------------------


def test_only_who_decides_on_links_sees_pairs(town: Town) -> None:
    *_records, pair = twins(town)
    for actor in (town.ros, town.amina, town.mary, town.ade, town.nia):
        with pytest.raises(Refused):
            review.queue(actor, now=LATER)
        with pytest.raises(Refused):
            review.read(actor, pair.pk, now=LATER)
        with pytest.raises(Refused):
            review.disagreements(actor, now=LATER)
        with pytest.raises(Refused):
            reviewing.decide(actor=actor, pair=pair.pk, said=Said(verdict=SAME, reason="x"), now=LATER)
        assert review.waiting_count(actor) == 0


@pytest.mark.parametrize("side", ["one", "other"])
def test_whoever_is_too_close_to_either_never_sees_the_pair(town: Town, side: str) -> None:
    one, other, pair = twins(town)
    person = (one if side == "one" else other).person_id
    people.declare_conflict(
        actor=SYSTEM, practitioner=town.grace.practitioner_id, person=person, why="Aunt", now=MONDAY
    )
    assert review.queue(town.grace, now=LATER).rows == ()
    assert review.queue(town.grace, now=LATER).counts.waiting == 0
    assert review.next_pair(town.grace, now=LATER) is None
    with pytest.raises(Refused):
        review.read(town.grace, pair.pk, now=LATER)
    with pytest.raises(Refused):
        reviewing.decide(actor=town.grace, pair=pair.pk, said=Said(verdict=SAME, reason="x"), now=LATER)


def test_a_protected_address_is_shown_neither_as_a_value_nor_by_agreeing(town: Town) -> None:
    hold(town.ros, KATIE)
    secret = (At(line="12 Harbour Lane", town="Sharetown", postcode="ST1 4QZ", protected=True),)
    hold(town.amina, replace(AGELESS, addresses=secret))
    look(town)
    [row] = review.queue(town.grace, now=LATER).rows
    detail = review.read(town.grace, row.pair.pk, now=LATER)
    [home] = [each for each in detail.rows if each.field == "household"]
    sides = [home.left, home.right]
    assert () in sides and home.outcome == "missing" and not home.words
    assert not detail.left.at_home and not detail.right.at_home


def test_every_look_and_decision_is_in_the_log(town: Town) -> None:
    one, other, pair = twins(town)
    review.queue(town.grace, now=LATER)
    review.read(town.grace, pair.pk, now=LATER)
    reviewing.decide(actor=town.grace, pair=pair.pk, said=Said(verdict=NOT_SAME, reason="Twins"), now=LATER)
    for action in ("pair.list_viewed", "pair.viewed", "pair.reviewed", "person.kept_apart"):
        [entry] = AuditEntry.objects.filter(action=action)
        assert {one.person_id, other.person_id} <= set(entry.people), action
        assert "Twins" not in str(entry.detail)


# --- deciding -----------------------------------------------------------------------------------------------------


def test_same_links_with_reason_and_evidence_and_not_the_same_keeps_apart_for_good(town: Town) -> None:
    one, other, pair = twins(town)
    reviewing.decide(actor=town.grace, pair=pair.pk, said=Said(verdict=SAME, reason="Seen"), now=LATER)
    assert now_is(one) == now_is(other)
    made = LinkDecision.objects.get(verdict="linked")
    assert made.reason == "Seen" and made.evidence and made.decided_by_id == town.grace.practitioner_id


def test_where_others_stand_with_the_record_they_come_along(town: Town) -> None:
    one, other, pair = twins(town)
    police = hold(town.hannah, Facts(given="K", family="Walsh"), "7")
    people.link(actor=town.grace, record=police, person=now_is(other), reason="Seen", now=LATER)
    reviewing.decide(actor=town.grace, pair=pair.pk, said=Said(verdict=SAME, reason="Seen"), now=LATER)
    assert now_is(one) == now_is(other) == now_is(police)


def test_cannot_tell_says_what_is_missing_and_leaves_it_to_colleagues(town: Town) -> None:
    _one, other, pair = twins(town)
    with pytest.raises(Invalid) as refused:
        reviewing.decide(
            actor=town.grace, pair=pair.pk, said=Said(verdict=CANNOT_TELL, reason="Unsure"), now=LATER
        )
    assert "missing" in refused.value.fields
    said = Said(verdict=CANNOT_TELL, reason="Unsure", missing="Her NHS number")
    reviewing.decide(actor=town.grace, pair=pair.pk, said=said, now=LATER)
    assert review.next_pair(town.grace, now=LATER) is None
    assert review.next_pair(second(town), now=LATER) == pair.pk
    [told] = review.read(second(town), pair.pk, now=LATER).reviews
    assert told.missing == "Her NHS number"
    reviewing.decide(actor=second(town), pair=pair.pk, said=Said(verdict=NOT_SAME, reason="Twins"), now=LATER)
    assert review.disagreements(town.grace, now=LATER) == [], "who could not tell does not disagree"
    assert now_is(other) == other.person_id


def test_a_record_that_says_something_new_is_asked_again(town: Town) -> None:
    _one, other, pair = twins(town)
    said = Said(verdict=CANNOT_TELL, reason="Unsure", missing="Her NHS number")
    reviewing.decide(actor=town.grace, pair=pair.pk, said=said, now=LATER)
    PersonRecord.objects.filter(pk=other.pk).update(recorded_at=LATER + timedelta(days=1))
    assert review.next_pair(town.grace, now=LATER + timedelta(days=2)) == pair.pk


def test_a_colleague_who_was_first_is_named(town: Town) -> None:
    *_records, pair = twins(town)
    reviewing.decide(actor=town.grace, pair=pair.pk, said=Said(verdict=NOT_SAME, reason="Twins"), now=LATER)
    with pytest.raises(AlreadyDone, match="Grace Lindqvist"):
        reviewing.decide(actor=second(town), pair=pair.pk, said=Said(verdict=SAME, reason="Seen"), now=LATER)


def test_what_somebody_has_open_is_not_given_to_the_next(town: Town) -> None:
    *_records, pair = twins(town)
    review.read(town.grace, pair.pk, now=LATER)
    assert review.next_pair(second(town), now=LATER) is None
    assert review.queue(second(town), now=LATER).rows[0].looked_at_by == "Grace Lindqvist"
    assert review.next_pair(second(town), now=LATER + timedelta(minutes=11)) == pair.pk


def test_there_is_no_such_pair(town: Town) -> None:
    with pytest.raises(NotHere):
        review.read(town.grace, town.grace.practitioner_id, now=LATER)


# --- a second look, and a third ----------------------------------------------------------------------------------


def disagree(town: Town, first: str = SAME) -> tuple[PersonRecord, PersonRecord, PairToReview]:
    one, other, pair = twins(town)
    reviewing.decide(
        actor=town.grace,
        pair=pair.pk,
        said=Said(verdict=first, reason="First", second_look=True),
        now=LATER,
    )
    otherwise = NOT_SAME if first == SAME else SAME
    reviewing.decide(
        actor=second(town), pair=pair.pk, said=Said(verdict=otherwise, reason="Second"), now=LATER
    )
    return one, other, pair


def test_whoever_looks_second_is_not_told_what_was_decided(town: Town) -> None:
    one, other, pair = twins(town)
    said = Said(verdict=SAME, reason="First", second_look=True)
    reviewing.decide(actor=town.grace, pair=pair.pk, said=said, now=LATER)
    assert review.next_pair(town.grace, now=LATER) is None, "not by whoever decided"
    assert review.next_pair(second(town), now=LATER) == pair.pk
    detail = review.read(second(town), pair.pk, now=LATER)
    assert detail.second and detail.reviews == ()
    assert {detail.left.sources[0].record, detail.right.sources[0].record} == {one.pk, other.pk}
    reviewing.decide(actor=second(town), pair=pair.pk, said=Said(verdict=SAME, reason="Too"), now=LATER)
    assert review.disagreements(town.grace, now=LATER) == []
    assert review.next_pair(third(town), now=LATER) is None, "two who agree are enough"


def test_where_two_disagree_both_reasons_are_shown_and_the_first_decision_stands(town: Town) -> None:
    one, other, _pair = disagree(town)
    [found] = review.disagreements(town.grace, now=LATER)
    assert [each.reason for each in found.reviews] == ["First", "Second"]
    assert not found.may_settle
    assert review.disagreements(third(town), now=LATER)[0].may_settle
    assert now_is(one) == now_is(other)


@pytest.mark.parametrize("first", [SAME, NOT_SAME])
@pytest.mark.parametrize("verdict", [SAME, NOT_SAME])
def test_a_third_settles_it_and_it_is_carried_out(town: Town, first: str, verdict: str) -> None:
    one, other, pair = disagree(town, first)
    reviewing.settle(actor=third(town), pair=pair.pk, verdict=verdict, reason="Asked the mother", now=LATER)
    assert (now_is(one) == now_is(other)) == (verdict == SAME)
    assert review.disagreements(third(town), now=LATER) == []
    look(town)
    assert (now_is(one) == now_is(other)) == (verdict == SAME), "and no rule changes it"
    with pytest.raises(AlreadyDone):
        reviewing.settle(actor=third(town), pair=pair.pk, verdict=verdict, reason="Again", now=LATER)


def test_the_two_who_disagree_do_not_settle_it_but_the_data_steward_may(town: Town) -> None:
    *_records, pair = disagree(town)
    with pytest.raises(Refused):
        reviewing.settle(actor=second(town), pair=pair.pk, verdict=SAME, reason="I know", now=LATER)
    steward = replace(second(town), permissions=second(town).permissions | {"people.settle"})
    reviewing.settle(actor=steward, pair=pair.pk, verdict=SAME, reason="Traced", now=LATER)


def test_one_in_so_many_is_looked_at_twice_by_chance(town: Town) -> None:
    one_in(1)
    *_records, pair = twins(town)
    reviewing.decide(actor=town.grace, pair=pair.pk, said=Said(verdict=NOT_SAME, reason="Twins"), now=LATER)
    pair.refresh_from_db()
    assert pair.second_look == "sampled"
    assert review.next_pair(second(town), now=LATER) == pair.pk


def test_a_setting_that_is_no_number_is_refused(town: Town) -> None:
    with pytest.raises(Invalid):
        one_in(-1)


# --- what it takes ------------------------------------------------------------------------------------------------


def test_a_page_of_pairs_takes_as_many_statements_for_many_as_for_few(
    town: Town, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(pair: object = None) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as listed:
            rows = review.queue(town.grace, now=LATER).rows
        with CaptureQueriesContext(connection) as read:
            review.read(town.grace, rows[0].pair.pk, now=LATER)
        return len(listed), len(read)

    twins(town)
    few = statements()
    for number in range(12):
        hold(town.hannah, KINDS[number % 4], f"n{number}")
    look(town)
    assert review.waiting_count(town.grace) > 5
    assert statements() == few
