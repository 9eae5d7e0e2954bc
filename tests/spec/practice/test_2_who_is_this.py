"""Who is this: certain by rule only where nothing speaks against it, everything else decided by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.people import finding, linked, matching
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.models import LinkDecision, Person, PersonRecord
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals import queries as referral_queries
from people_in_tests import KATIE
from practice_in_tests import Practice

HOME = KATIE.addresses
JADE = replace(KATIE, given="Jade", identifiers=(("nhs_number", "9990000026"),))
# Very likely Katie, and not certain enough for a rule.
ALIKE = Facts(given="Katie", family="Walsh", born=date(2012, 3, 30), sex="F")


def named(practice: Practice, facts: Facts) -> PersonRecord:
    """The record of someone in a new concern."""
    first = practice_child(facts)
    return practice.raised(persons=(first,)).persons.get().record


def practice_child(facts: Facts):  # type: ignore[no-untyped-def]
    from jigsaw.hub.referrals.operations import Someone

    return Someone(part="child", facts=facts)


def link(practice: Practice, record: PersonRecord, to: PersonRecord, **who: object) -> None:
    people.link(
        actor=who.get("actor", practice.town.grace),
        record=PersonRecord.objects.select_related("person").get(pk=record.pk),
        person=PersonRecord.objects.get(pk=to.pk).person_id,
        reason=str(who.get("reason", "Same number and birthday.")),
        now=practice.now,
    )


def person(record: PersonRecord) -> object:
    return PersonRecord.objects.get(pk=record.pk).person_id


# --- by rule --------------------------------------------------------------------------------------------------


def test_what_is_certain_is_linked_by_rule_and_says_so(practice: Practice) -> None:
    held = practice.hold(practice.town.amina)
    record = named(practice, KATIE)
    assert record.person_id == person(held)
    [decision] = LinkDecision.objects.filter(record=record)
    assert (decision.verdict, decision.decided_by) == ("linked", None)
    assert decision.evidence and decision.probability > 0.9 and "Certain by rule" in decision.reason


@pytest.mark.parametrize(
    "facts",
    [
        replace(KATIE, given="", identifiers=()),
        replace(KATIE, identifiers=(("nhs_number", "9990000026"),)),
        replace(KATIE, born=date(2014, 9, 21), identifiers=()),
        replace(KATIE, born=None, identifiers=()),
        ALIKE,
    ],
    ids=["no first name", "another number", "another birthday", "no birthday", "another day of the month"],
)
def test_whatever_speaks_against_it_leaves_it_to_a_person(practice: Practice, facts: Facts) -> None:
    held = practice.hold(practice.town.amina)
    assert named(practice, facts).person_id != person(held)


@pytest.mark.parametrize(
    "twin",
    [
        JADE,
        replace(JADE, identifiers=()),
        replace(JADE, given="Kaitlin", identifiers=()),
        replace(JADE, given="", identifiers=()),
    ],
    ids=["with a number", "without one", "with a name alike", "not named yet"],
)
def test_twins_are_never_linked_by_rule(practice: Practice, twin: Facts) -> None:
    held = practice.hold(practice.town.amina)
    assert named(practice, twin).person_id != person(held)
    held_of_twin = practice.hold(practice.town.tom, twin, key="twin")
    people.link_if_certain(actor=practice.town.tom, record=held_of_twin, now=practice.now)
    assert person(held_of_twin) != person(held)


# --- by a person ----------------------------------------------------------------------------------------------


def test_a_screener_links_with_a_reason_and_the_evidence_is_kept(practice: Practice) -> None:
    held, referral = practice.hold(practice.town.amina), practice.raised(persons=(practice_child(ALIKE),))
    record = referral.persons.get().record
    referrals.link_person(
        actor=practice.town.grace, referral=referral, record=record, person=held.person_id,
        reason="The school confirmed her middle name.", now=practice.now,
    )  # fmt: skip
    decision = LinkDecision.objects.get(record=record, verdict="linked")
    assert decision.decided_by_id == practice.town.grace.practitioner_id
    assert decision.reason == "The school confirmed her middle name."
    assert decision.evidence, "what agreed and what did not, as it was then"


@pytest.mark.parametrize("who", ["ros", "amina", "hannah", "mary", "ade", "nia"])
def test_nobody_else_links_unlinks_or_keeps_apart(practice: Practice, who: str) -> None:
    one, other = practice.hold(practice.town.amina), practice.hold(practice.town.hannah, JADE)
    actor = getattr(practice.town, who)
    with pytest.raises(Refused):
        link(practice, one, other, actor=actor)
    with pytest.raises(Refused):
        people.unlink(actor=actor, record=one, reason="No.", now=practice.now)
    with pytest.raises(Refused):
        people.keep_apart(actor=actor, record=one, person=other.person_id, reason="No.", now=practice.now)
    with pytest.raises(Refused):
        people.join(actor=actor, other=one.person_id, person=other.person_id, reason="No.", now=practice.now)


def test_a_link_has_a_reason(practice: Practice) -> None:
    one, other = practice.hold(practice.town.amina), practice.hold(practice.town.hannah, JADE)
    with pytest.raises(Invalid) as error:
        link(practice, one, other, reason="   ")
    assert set(error.value.fields) == {"reason"}


def test_nobody_is_linked_to_someone_who_is_not_there(practice: Practice) -> None:
    one = practice.hold(practice.town.amina)
    with pytest.raises(NotHere):
        people.link(actor=practice.town.grace, record=one, person=uuid7(), reason="Seen.", now=practice.now)


def test_a_screener_too_close_to_either_does_not_link_them(practice: Practice) -> None:
    one, other = practice.hold(practice.town.amina), practice.hold(practice.town.hannah, JADE)
    grace = practice.town.grace
    people.declare_conflict(
        actor=grace, practitioner=grace.practitioner_id, person=other.person_id, why="Niece", now=practice.now
    )
    with pytest.raises(Refused, match="too close"):
        link(practice, one, other)
    with pytest.raises(Refused, match="too close"):
        finding.matches_for(grace, other, purpose="", now=practice.now)
    with pytest.raises(Refused, match="too close"):
        linked.record_for_linking(grace, other.pk)


# --- not the same, kept for good ------------------------------------------------------------------------------


def suggested(practice: Practice, record: PersonRecord) -> set[object]:
    row = PersonRecord.objects.get(pk=record.pk)
    found = finding.matches_for(practice.town.grace, row, purpose="", now=practice.now)
    return {match.card.person for match in found}


def apart(practice: Practice, record: PersonRecord, other: PersonRecord) -> None:
    row = PersonRecord.objects.get(pk=record.pk)
    people.keep_apart(
        actor=practice.town.grace, record=row, person=person(other), reason="Twins.", now=practice.now
    )


def test_not_the_same_is_never_suggested_again(practice: Practice) -> None:
    held, record = practice.hold(practice.town.amina), practice.hold(practice.town.hannah, ALIKE)
    assert person(held) in suggested(practice, record)
    apart(practice, record, held)
    assert person(held) not in suggested(practice, record)
    assert person(record) not in suggested(practice, held), "seen from the other side neither"


def test_nor_linked_by_rule_however_certain_it_becomes(practice: Practice) -> None:
    held = practice.hold(practice.town.amina)
    record = practice.hold(practice.town.hannah, ALIKE)
    apart(practice, record, held)
    again = practice.hold(practice.town.hannah, KATIE)
    assert again == record, "the police now know her number as well"
    assert people.link_if_certain(actor=practice.town.hannah, record=again, now=practice.now) is None
    assert person(record) != person(held)


def test_nor_when_the_other_has_been_linked_on(practice: Practice) -> None:
    held, record = practice.hold(practice.town.amina), practice.hold(practice.town.hannah, ALIKE)
    apart(practice, record, held)
    school = practice.hold(practice.town.ros, replace(KATIE, identifiers=()))
    link(practice, held, school)
    assert person(held) == person(school)
    assert person(school) not in suggested(practice, record)
    assert person(record) not in suggested(practice, held)


def test_a_record_is_not_kept_apart_from_itself(practice: Practice) -> None:
    held = practice.hold(practice.town.amina)
    with pytest.raises(Invalid):
        apart(practice, held, held)


# --- unlinking takes everything it brought ------------------------------------------------------------------------


def test_unlinking_takes_entries_involvements_and_what_was_lent(practice: Practice) -> None:
    town = practice.town
    school, police = practice.hold(town.ros), practice.hold(town.hannah, JADE)
    practice.write(town.ros, school, title="School’s entry")
    practice.write(town.hannah, police, title="Police’s entry")
    people.involve(
        actor=town.hannah, record=police, service="Neighbourhood team", worker="PC Lee", now=practice.now
    )
    people.grant(
        actor=town.hannah, records=[police], agency=town.health.pk, purpose="request", reference="E-1", now=practice.now
    )  # fmt: skip
    link(practice, police, school)
    one = person(school)
    assert people_queries.profile(town.amina, one, purpose="", now=practice.now).people_to_ring

    row = PersonRecord.objects.select_related("person").get(pk=police.pk)
    made = people.unlink(actor=town.grace, record=row, reason="They are twins.", now=practice.now)
    assert made.pk != one and person(police) == made.pk
    with pytest.raises(NotHere):
        people_queries.profile(town.amina, one, purpose="", now=practice.now)
    assert people_queries.profile(town.amina, made.pk, purpose="", now=practice.now).people_to_ring
    lines = chronology.picture(town.ros, one, purpose="", now=practice.now).lines
    assert [line.title for line in lines] == ["School’s entry"]
    with pytest.raises(NotHere):
        people_queries.profile(town.hannah, one, purpose="", now=practice.now)
    lines = chronology.picture(town.hannah, made.pk, purpose="", now=practice.now).lines
    assert [line.title for line in lines] == ["Police’s entry"]
    assert person(police) not in suggested(practice, school), "and they are kept apart from then on"


def test_the_only_record_of_someone_is_not_unlinked(practice: Practice) -> None:
    with pytest.raises(Invalid):
        people.unlink(
            actor=practice.town.grace, record=practice.hold(practice.town.ros), reason="No.", now=practice.now
        )


def test_an_old_address_leads_to_the_person_of_today(practice: Practice) -> None:
    one, other = practice.hold(practice.town.ros), practice.hold(practice.town.hannah, JADE)
    old = one.person_id
    link(practice, one, other)
    assert people_queries.current(old).pk == person(other)


def test_who_looked_before_they_were_linked_is_still_told(practice: Practice) -> None:
    town = practice.town
    one, other = practice.hold(town.ros), practice.hold(town.hannah, JADE)
    people_queries.profile(town.ros, one.person_id, purpose="before", now=practice.now)
    link(practice, one, other)
    looks = people_queries.who_looked(town.ros, person(one), now=practice.now)
    assert "before" in [look.purpose for look in looks]


def test_a_practitioner_too_close_stays_too_close_whatever_is_linked(practice: Practice) -> None:
    amina = practice.town.amina
    one, other = practice.hold(practice.town.ros), practice.hold(amina, JADE)
    people.declare_conflict(
        actor=amina, practitioner=amina.practitioner_id, person=one.person_id, why="Niece", now=practice.now
    )
    link(practice, one, other)
    with pytest.raises(Refused, match="too close"):
        people_queries.profile(amina, person(one), purpose="", now=practice.now)
    assert people_queries.profile(practice.town.tom, person(one), purpose="", now=practice.now), (
        "a colleague may"
    )


# --- a search shows only what the agency may see --------------------------------------------------------------------


def test_a_search_says_of_someone_only_what_the_agencys_own_records_say(practice: Practice) -> None:
    town = practice.town
    secret = replace(
        JADE, given="Jade", family="Brennan", addresses=(At(line="4 Hidden Row", town="Northvale"),),
        contacts=(("phone", "01632 960 777"),),
    )  # fmt: skip
    school, police = practice.hold(town.ros), practice.hold(town.hannah, secret)
    link(practice, police, school)
    [match] = finding.find(town.ros, "Katie Walsh", now=practice.now)
    assert match.card.name == "Katie Walsh" and "Harbour Lane" in match.address
    assert finding.find(town.ros, "01632 960 777", now=practice.now) == []
    assert finding.find(town.ros, "Jade Brennan", now=practice.now) == []
    assert finding.find(town.grace, "Jade Brennan", now=practice.now), "the front door finds anyone"


def test_a_search_finds_nobody_the_agency_has_no_purpose_to_see(practice: Practice) -> None:
    practice.hold(practice.town.hannah)
    assert finding.find(practice.town.ros, "Katie Walsh", now=practice.now) == []
    [found] = finding.find(practice.town.grace, "Katie Walsh", now=practice.now)
    assert not found.may_open, "to see whom a concern is about, not to read about them"


# --- an open case goes to its worker ---------------------------------------------------------------------------------


def test_a_concern_about_an_open_case_goes_to_its_worker(practice: Practice) -> None:
    town = practice.town
    worker = practice.someone("Wim Okoro", town.front_door, "social_worker")
    held = practice.hold(practice.someone("Sam Case", town.front_door, "social_worker"))
    people.involve(
        actor=worker, record=held, service="Family help", now=practice.now,
        practitioner_id=worker.practitioner_id,
    )  # fmt: skip
    referral = practice.raised()
    assert referral.goes_to_id == worker.practitioner_id, "linked by rule, so known at once"
    assert [row.referral for row in referral_queries.queue(worker, now=practice.now)] == [referral]
    referrals.rate(actor=worker, referral=referral, code="amber", reason="I know them.", now=practice.now)


def test_another_worker_does_not_screen_it(practice: Practice) -> None:
    other = practice.someone("Oda Field", practice.town.front_door, "social_worker")
    referral = practice.raised()
    with pytest.raises(Refused):
        referrals.rate(actor=other, referral=referral, code="amber", reason="Busy.", now=practice.now)


def test_it_goes_to_nobody_once_the_worker_has_left_or_the_case_has_ended(practice: Practice) -> None:
    worker = practice.someone("Wim Okoro", practice.town.front_door, "social_worker")
    held = practice.hold(worker)
    people.involve(
        actor=worker, record=held, service="Family help", now=practice.now,
        practitioner_id=worker.practitioner_id, until_date=date(2026, 10, 1),
    )  # fmt: skip
    assert practice.raised().goes_to_id is None


def test_those_who_came_in_a_moment_ago_count_among_whom_a_match_is_sought(practice: Practice) -> None:
    born = date(2012, 3, 3)
    Person.objects.bulk_create(
        (Person(name=f"Katie Walsh {n}", born=born) for n in range(30_000)), batch_size=10_000
    )
    assert matching.index_size() >= 30_000, (
        "or what agrees by chance would look certain while a file is loaded"
    )
