"""The picture: an agency's own entries and what others released to it, for as long as there is a purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries, versions
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import household as households
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.people.records import At, Facts
from people_in_tests import KATIE
from practice_in_tests import ADVISED, GROUNDS, Practice, part, piece, share

POPPY = Facts(given="Poppy", family="Walsh", born=date(2021, 6, 1))


def titles(practice: Practice, actor, person) -> list[str]:  # type: ignore[no-untyped-def]
    seen = queries.picture(actor, person, purpose="", now=practice.now)
    return [line.title for line in seen.lines]


@pytest.fixture
def katie(practice: Practice) -> PersonRecord:
    return practice.hold(practice.town.amina)


def test_an_agency_sees_its_own_entries_newest_first(practice: Practice, katie: PersonRecord) -> None:
    for day, title in ((3, "Weighed"), (9, "Not brought"), (5, "Telephoned")):
        practice.write(practice.town.amina, katie, title=title, happened_on=date(2026, 11, day))
    assert titles(practice, practice.town.amina, katie.person_id) == ["Not brought", "Telephoned", "Weighed"]


def test_nobody_sees_another_agencys_entries_unless_they_were_released(
    practice: Practice, katie: PersonRecord
) -> None:
    entry = practice.write(practice.town.amina, katie)
    recipient = practice.asked()
    person, town = recipient.request.subjects.first().record.person_id, practice.town
    assert entry.title not in titles(practice, town.grace, person)
    practice.answer(recipient, share(entry))
    assert entry.title in titles(practice, town.grace, person), "the asker sees what was shared"
    practice.asked(recipient.request.enquiry, town.police)
    assert titles(practice, town.hannah, person) == [], "the police, asked as well, do not"
    for stranger in (town.kevin, town.nia, town.mary, town.ade):
        with pytest.raises(NotHere):
            queries.picture(stranger, person, purpose="", now=practice.now)


def test_sight_ends_with_its_purpose(practice: Practice, katie: PersonRecord) -> None:
    entry = practice.write(practice.town.amina, katie)
    recipient = practice.asked()
    practice.answer(recipient, share(entry))
    person, grace = recipient.request.subjects.first().record.person_id, practice.town.grace
    practice.now += timedelta(days=3)
    practice.closed(recipient.request.enquiry)
    with pytest.raises(NotHere):
        queries.picture(grace, person, purpose="", now=practice.now)
    assert titles(practice, practice.town.amina, katie.person_id) == [entry.title], (
        "the holder keeps their own"
    )
    before = queries.picture(grace, person, purpose="", now=practice.now - timedelta(seconds=1))
    assert entry.title in [line.title for line in before.lines], "until the moment it ended"


def test_one_entry_about_two_siblings_shows_on_each_page(practice: Practice, katie: PersonRecord) -> None:
    poppy = practice.hold(practice.town.amina, POPPY, key="2")
    entry = practice.write(practice.town.amina, [katie, poppy])
    for record in (katie, poppy):
        [line] = queries.picture(practice.town.amina, record.person_id, purpose="", now=practice.now).lines
        assert line.id == entry.pk and set(line.about) == {katie.person_id, poppy.person_id}


def test_what_was_corrected_is_one_event_and_counts_once(practice: Practice, katie: PersonRecord) -> None:
    amina, day = practice.town.amina, date(2026, 11, 9)
    entry = practice.write(amina, katie, title="Not brought", happened_on=day)
    about = {"persons": [katie.person_id], "reason": "The list was old.", "now": practice.now}
    right = piece(title="Brought late", happened_on=day)
    chronology.correct(actor=amina, entry=entry.pk, piece=right, **about)
    seen = queries.picture(amina, katie.person_id, purpose="", now=practice.now)
    assert [line.title for line in seen.lines] == [line.title for line in seen.year] == ["Brought late"]
    assert (seen.total, seen.chosen, seen.year_total) == (1, 1, 1)


def test_what_should_not_be_there_counts_for_nobody_and_can_still_be_read_by_those_who_were_told(
    practice: Practice, katie: PersonRecord
) -> None:
    town = practice.town
    entry = practice.write(town.amina, katie)
    recipient = practice.asked()
    practice.answer(recipient, share(entry))
    chronology.withdraw(actor=town.amina, entry=entry.pk, reason="Another Katie.", now=practice.now)
    person = recipient.request.subjects.first().record.person_id
    for actor in (town.amina, town.grace):
        assert entry.title not in titles(practice, actor, person)
        told = versions.read(actor, person, entry.pk, now=practice.now)
        assert told.withdrawn and entry.title in {one.line.title for one in told.versions}
    for stranger in (town.ros, town.hannah):
        with pytest.raises(NotHere):
            versions.read(stranger, person, entry.pk, now=practice.now)


def test_why_it_was_corrected_and_who_else_was_told_stay_with_the_agency_that_wrote_it(
    practice: Practice, katie: PersonRecord
) -> None:
    town, reason = practice.town, "Mrs Hart rang: it was the other flat."
    entry = practice.write(town.amina, katie)
    recipient = practice.asked()
    practice.answer(recipient, share(entry))
    person = recipient.request.subjects.first().record.person_id
    right = piece(title="Seen at the other flat", protect=("Mrs Hart",))
    chronology.correct(
        actor=town.amina,
        entry=entry.pk,
        piece=right,
        persons=[katie.person_id],
        reason=reason,
        now=practice.now,
    )
    own = versions.read(town.amina, person, entry.pk, now=practice.now)
    assert own.newest.because == reason and [told.agency_name for told in own.told] == [town.front_door.name]
    theirs = versions.read(town.grace, person, entry.pk, now=practice.now)
    assert theirs.since and not theirs.told and theirs.newest.line.title == entry.title
    assert reason not in str(theirs) and "Mrs Hart" not in str(theirs) and right.title not in str(theirs)


def test_a_sibling_nobody_asked_about_is_not_named_beside_the_entry(
    practice: Practice, katie: PersonRecord
) -> None:
    poppy = practice.hold(practice.town.amina, POPPY, key="2")
    entry = practice.write(practice.town.amina, [katie, poppy])
    recipient = practice.asked()
    practice.answer(recipient, share(entry))
    person = recipient.request.subjects.first().record.person_id
    lines = queries.picture(practice.town.grace, person, purpose="", now=practice.now).lines
    assert [line.about for line in lines if line.id == entry.pk] == [(person,)]


def test_part_of_an_entry_shows_only_the_edited_text(practice: Practice, katie: PersonRecord) -> None:
    entry = practice.write(
        practice.town.amina, katie, title="Mother in refuge", text="Moved to a refuge. Katie missed a date.",
        child_words="We left at night.",
    )  # fmt: skip
    recipient = practice.asked()
    practice.answer(recipient, part(entry, "Katie missed a date."))
    person = recipient.request.subjects.first().record.person_id
    lines = queries.picture(practice.town.grace, person, purpose="", now=practice.now).lines
    [line] = [line for line in lines if line.id == entry.pk]
    assert (line.text, line.child_words, line.in_part) == ("Katie missed a date.", "", True)
    assert "refuge" not in str(line).lower()


def test_the_source_of_intelligence_is_never_shown(practice: Practice) -> None:
    record = practice.hold(practice.town.hannah)
    entry = practice.write(
        practice.town.hannah, record, kind="intelligence", source="Source 7", police_grading="1AP",
        how_known="reported",
    )  # fmt: skip
    recipient = practice.asked(agency=practice.town.police)
    practice.answer(recipient, share(entry), actor=practice.town.hannah, grounds=ADVISED)
    person = recipient.request.subjects.first().record.person_id
    lines = queries.picture(practice.town.grace, person, purpose="", now=practice.now).lines
    assert [line.source for line in lines if line.id == entry.pk] == ["Police intelligence"]


def test_a_practitioner_too_close_sees_none_of_it_though_their_agency_may(
    practice: Practice, katie: PersonRecord
) -> None:
    amina = practice.town.amina
    practice.write(amina, katie)
    people.declare_conflict(
        actor=practice.town.tom, practitioner=amina.practitioner_id, person=katie.person_id, why="Aunt",
        now=practice.now,
    )  # fmt: skip
    for look in (
        lambda: queries.picture(amina, katie.person_id, purpose="", now=practice.now),
        lambda: people_queries.profile(amina, katie.person_id, purpose="", now=practice.now),
        lambda: people_queries.who_looked(practice_lead(amina), katie.person_id, now=practice.now),
    ):
        with pytest.raises(Refused, match="too close"):
            look()
    assert titles(practice, practice.town.tom, katie.person_id)


def practice_lead(actor):  # type: ignore[no-untyped-def]
    return replace(actor, permissions=actor.permissions | {"audit.view"})


def test_an_address_kept_secret_is_shown_to_nobody_but_who_recorded_it(practice: Practice) -> None:
    town = practice.town
    hidden = replace(KATIE, addresses=(At(line="3 Hidden Row", town="Sharetown", protected=True),))
    record = practice.hold(town.amina, hidden)
    people.grant(
        actor=town.amina, records=[record], agency=town.police.pk, purpose="request", reference="E-1",
        now=practice.now,
    )  # fmt: skip
    own = people_queries.profile(town.amina, record.person_id, purpose="", now=practice.now)
    lent = people_queries.profile(town.hannah, record.person_id, purpose="", now=practice.now)
    assert [at.value for at in own.addresses] == ["3 Hidden Row, Sharetown"] and lent.addresses == ()
    family = households.household(town.hannah, record.person_id, now=practice.now)
    assert "Hidden" not in family.address


def test_names_come_from_the_records_one_may_see(practice: Practice, katie: PersonRecord) -> None:
    town = practice.town
    school = practice.hold(town.ros, replace(KATIE, given="Katherine", family="Brennan"))
    people.link(
        actor=town.grace, record=school, person=katie.person_id, reason="Same number.", now=practice.now
    )
    shown = people_queries.profile(town.amina, katie.person_id, purpose="", now=practice.now)
    assert shown.card.name == "Katie Walsh"


def test_the_family_the_agency_shared_is_lent_for_the_enquiry_alone(
    practice: Practice, katie: PersonRecord
) -> None:
    town = practice.town
    mother = practice.hold(town.amina, Facts(given="Donna", family="Walsh"), key="m")
    people.relate(actor=town.amina, record=mother, to=katie, kind="MTH", now=practice.now)
    recipient = practice.asked()
    entry = practice.write(town.amina, katie)
    practice.answer(recipient, share(entry), shares_family=True, grounds=GROUNDS)
    assert people_queries.profile(town.grace, mother.person_id, purpose="", now=practice.now)
    practice.closed(recipient.request.enquiry)
    with pytest.raises(NotHere):
        people_queries.profile(town.grace, mother.person_id, purpose="", now=practice.now)
