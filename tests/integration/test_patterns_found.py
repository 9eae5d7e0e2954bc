"""Who is told of a pattern: once for each set of records, and of nothing that they may not open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from jigsaw.hub.alerts import queries as notices
from jigsaw.hub.jobs import look_for_patterns
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused
from jigsaw.hub.patterns import operations, queries
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.records import At, Facts
from people_in_tests import KATIE, MONDAY, Town
from practice_in_tests import Practice

DAY = timedelta(days=1)
LATER = MONDAY + timedelta(minutes=1)


@pytest.fixture
def practice(town: Town) -> Practice:
    return Practice(town)


def missed(practice: Practice, record: Any, *days_ago: int, **changes: Any) -> list[Any]:
    """Appointments to which the child was not brought."""
    return [
        practice.write(
            practice.town.amina,
            record,
            **{"kind": "was_not_brought", "happened_on": MONDAY.date() - days * DAY, **changes},
        )
        for days in days_ago
    ]


def look(now: Any = LATER) -> None:
    look_for_patterns.run(now)


def told(actor: Actor, now: Any = LATER) -> list[str]:
    return [row.notice.topic for row in notices.for_me(actor, now=now)]


def shown(actor: Actor, person: Any, now: Any = LATER) -> list[tuple[str, int]]:
    """Which rules show on the child's page, and how many records each points at."""
    return [(one.pattern.rule, len(one.pointed)) for one in queries.on_page(actor, person, now=now)]


def works_with(practice: Practice, record: Any, actor: Actor, since: date = date(2026, 10, 1)) -> None:
    people.involve(
        actor=actor,
        record=record,
        service="Health visiting",
        practitioner_id=actor.practitioner_id,
        from_date=since,
        now=practice.now,
    )


def test_the_named_person_is_told_once_of_three_missed_appointments_and_again_of_the_fourth(
    practice: Practice,
) -> None:
    town, katie = practice.town, practice.hold(practice.town.amina)
    missed(practice, katie, 40, 20)
    look()
    assert told(town.tom) == [], "two are no pattern"
    missed(practice, katie, 5)
    look()
    look()
    assert told(town.tom) == ["pattern.found"], "once, however often anybody looks"
    assert shown(town.tom, katie.person_id) == [("was_not_brought", 3)]
    assert shown(town.amina, katie.person_id) == [("was_not_brought", 3)], "the agency’s, on the child’s page"
    missed(practice, katie, 1)
    look()
    assert told(town.tom) == ["pattern.found", "pattern.found"]
    assert shown(town.tom, katie.person_id) == [("was_not_brought", 4)], "the larger one takes its place"


def test_whoever_works_with_the_child_is_told_before_the_named_person(practice: Practice) -> None:
    town, katie = practice.town, practice.hold(practice.town.amina)
    works_with(practice, katie, town.amina)
    missed(practice, katie, 40, 20, 5)
    look()
    assert (told(town.amina), told(town.tom)) == (["pattern.found"], [])
    [one] = queries.waiting(town.amina, now=LATER)
    assert one.pattern.works_with_child
    assert one.pattern.source


def test_nobody_is_told_of_what_another_agency_holds(practice: Practice, for_themselves: None) -> None:
    town, katie = practice.town, practice.hold(practice.town.amina)
    ours = people.own_record(actor=town.grace, like=katie, now=MONDAY)
    assert ours.person_id == katie.person_id
    works_with(practice, ours, town.grace)
    missed(practice, katie, 40, 20, 5)
    look()
    assert told(town.grace) == []
    assert shown(town.grace, katie.person_id) == []
    [one] = queries.waiting(town.tom, now=LATER)
    with pytest.raises(NotHere):
        queries.read(town.grace, one.pattern.reference, now=LATER)


def test_a_pattern_hides_from_whoever_may_not_open_one_of_its_records(practice: Practice) -> None:
    """Low-level notices are opened by those who screen: a colleague without that role sees no part of it."""
    town = practice.town
    made = [practice.rated("green") for _ in range(3)]
    katie = people.own_record(actor=town.grace, like=made[0].persons.get(part="child").record, now=MONDAY)
    works_with(practice, katie, town.grace)
    look()
    assert shown(town.grace, katie.person_id) == [("low_level_notices", 3)]
    assert shown(replace(town.grace, permissions=frozenset({"people.find"})), katie.person_id) == []


def test_somebody_too_close_is_neither_told_nor_shown(practice: Practice) -> None:
    town, katie = practice.town, practice.hold(practice.town.amina)
    works_with(practice, katie, town.amina)
    missed(practice, katie, 40, 20, 5)
    people.declare_conflict(
        actor=town.ade,
        practitioner=town.amina.practitioner_id,
        person=katie.person_id,
        why="Aunt",
        now=MONDAY,
    )
    look()
    assert (told(town.amina), told(town.tom)) == ([], ["pattern.found"])
    [one] = queries.waiting(town.tom, now=LATER)
    with pytest.raises(Refused):
        queries.read(town.amina, one.pattern.reference, now=LATER)


def test_sixty_days_without_an_entry_are_found_by_the_passing_of_time_and_ended_by_an_entry(
    practice: Practice,
) -> None:
    town, katie = practice.town, practice.hold(practice.town.amina)
    works_with(practice, katie, town.amina, since=date(2026, 1, 5))
    practice.write(town.amina, katie, kind="health_visit", happened_on=MONDAY.date())
    look()
    quiet = MONDAY + 61 * DAY
    look(MONDAY + 60 * DAY)
    assert told(town.amina, quiet) == []
    look(quiet)
    look(quiet)
    assert told(town.amina, quiet) == ["pattern.found"]
    assert shown(town.amina, katie.person_id, quiet) == [("silence", 2)]
    practice.now = quiet
    practice.write(town.amina, katie, kind="health_visit", happened_on=quiet.date())
    look(quiet)
    assert shown(town.amina, katie.person_id, quiet) == []


def test_somebody_with_a_known_offence_moves_in(practice: Practice) -> None:
    town = practice.town
    katie = practice.hold(town.hannah)
    home = replace(KATIE.addresses[0], from_date=date(2026, 11, 2))
    other = practice.hold(
        town.hannah, Facts(given="Dean", family="Marsh", born=date(1985, 1, 9), addresses=(home,)), key="2"
    )
    works_with(practice, katie, town.hannah, since=date(2026, 10, 20))
    look()
    assert shown(town.hannah, katie.person_id) == []
    offence = practice.write(town.hannah, other, kind="offence", happened_on=date(2019, 4, 1))
    operations.look(katie.person_id, now=LATER)
    [one] = queries.on_page(town.hannah, katie.person_id, now=LATER)
    assert (one.pattern.rule, one.pattern.since) == ("moved_in_with_risk", date(2026, 11, 2))
    assert [row.entry_id for row in one.pointed] == [offence.pk]


def test_interruptions_end_at_five_a_day_and_the_rest_is_one_digest(practice: Practice) -> None:
    town = practice.town
    for number in range(7):
        child = practice.hold(
            town.amina,
            Facts(
                given=f"Ada{number}",
                family="Fell",
                born=date(2015, 1, 1 + number),
                addresses=(At(postcode="ST1 1AA"),),
            ),
            key=f"n{number}",
        )
        missed(practice, child, 40, 20, 5)
    look()
    assert sorted(told(town.tom)) == ["pattern.found"] * 5 + ["pattern.more"]
    assert len(queries.waiting(town.tom, now=LATER)) == queries.waiting_count(town.tom) == 7


def test_it_is_looked_at_once_with_what_was_done_or_why_nothing(practice: Practice) -> None:
    town, katie = practice.town, practice.hold(practice.town.amina)
    missed(practice, katie, 40, 20, 5)
    look()
    [one] = queries.waiting(town.tom, now=LATER)
    with pytest.raises(Invalid) as error:
        operations.looked(
            actor=town.tom, reference=one.pattern.reference, outcome="", what_was_done=" ", now=LATER
        )
    assert set(error.value.fields) == {"outcome", "what_was_done"}
    act: Any = {"reference": one.pattern.reference, "outcome": "nothing", "now": LATER}
    operations.looked(actor=town.tom, what_was_done="The letters went to an old address.", **act)
    with pytest.raises(AlreadyDone):
        operations.looked(actor=town.amina, what_was_done="Again", **act)
    look(LATER + DAY)
    assert queries.waiting(town.tom, now=LATER) == []
    assert queries.read(town.amina, one.pattern.reference, now=LATER).pattern.looked_by.name == "Tom Baptiste"
    [came] = queries.what_came_of_them(since=MONDAY - DAY, until=MONDAY + DAY)
    assert (came.rule, came.acted, came.nothing, came.waiting) == ("was_not_brought", 0, 1, 0)


def test_an_entry_withdrawn_takes_the_pattern_with_it_and_nobody_is_told_again_when_it_is_back(
    practice: Practice,
) -> None:
    from jigsaw.hub.chronology import operations as chronology

    town, katie = practice.town, practice.hold(practice.town.amina)
    *_, last = missed(practice, katie, 40, 20, 5)
    look()
    chronology.withdraw(actor=town.amina, entry=last.pk, reason="Another child", now=LATER)
    look()
    assert shown(town.tom, katie.person_id) == []
    missed(practice, katie, 4)
    look()
    assert told(town.tom) == ["pattern.found", "pattern.found"], "another set of records is news"
