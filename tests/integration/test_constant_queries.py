"""A page asks as many questions of the database about much as about little: nothing slows down with the years.

Each test counts the statements of a read, makes what is read many times as large, and counts again. `jigsaw
bench pages` measures the time at the size of a large authority; this proves that no statement runs once a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.disclosures import queries as disclosure_queries
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries.models import Enquiry
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests import queries as request_queries
from jigsaw.hub.information_requests.models import InformationRequest
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.people import finding
from jigsaw.hub.people import household as households
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals.operations import Someone
from people_in_tests import KATIE, MONDAY, Town, concern

NOW = timezone.now()
TODAY = timezone.localdate()
HOME = At(line="12 Harbour Lane", town="Sharetown", postcode="ST1 4QZ")


def statements(read: Callable[[], object]) -> int:
    """How many statements the read takes once it has run before: first visits open things and fill caches."""
    read()
    with CaptureQueriesContext(connection) as ran:
        read()
    return len(ran)


def signed_in(client: Client, actor: Actor) -> Callable[[str], Callable[[], object]]:
    """A way to visit addresses as this practitioner; each must answer."""
    client.force_login(agencies.active_practitioner(actor.practitioner_id))

    def visit(address: str) -> Callable[[], object]:
        def look() -> object:
            response = client.get(address)
            assert response.status_code == 200, f"{address} answered {response.status_code}"
            return response

        return look

    return visit


def hold(actor: Actor, key: str, facts: Facts = KATIE) -> PersonRecord:
    record, _outcome = people.hold(
        actor=actor, agency=actor.agency_id, system="case", source_key=key, facts=facts, now=NOW
    )
    return record


def link(record: PersonRecord, to: PersonRecord, by: Actor) -> None:
    people.link(actor=by, record=record, person=to.person_id, reason="Same number and birthday", now=NOW)


def write(actor: Actor, records: list[PersonRecord], number: int) -> None:
    """So many entries about each of these records, over the last two years."""
    for place in range(number):
        piece = Piece(
            kind="was_not_brought" if place % 2 else "health_visit",
            title=f"Entry {place}",
            text="Second date missed.",
            child_words="I take Poppy to my room." if place % 7 == 0 else "",
            happened_on=TODAY - timedelta(days=1 + place * 3),
            how_known="fact",
            source="Clinic list",
        )
        chronology.add(actor=actor, piece=piece, about=records, now=NOW)


def let_see(town: Town, record: PersonRecord) -> None:
    """Everything the police hold about this record is released to the health visitors."""
    for entry in chronology_queries.held_about(town.hannah, [record]):
        chronology.release(
            entry=entry,
            to_agency=town.health.pk,
            reference=f"E-{entry.pk.hex[-8:]}",
            now=NOW,
            title=entry.title,
            text=entry.text,
            child_words="",
            in_part=False,
        )


def relatives(actor: Actor, child: PersonRecord, numbers: range) -> None:
    """Brothers and sisters at the same address, each with a parent of their own beside the child's."""
    for number in numbers:
        facts = Facts(given=f"Sibling{number}", family="Walsh", born=KATIE.born, addresses=(HOME,))
        sibling = hold(actor, f"sibling-{number}", facts)
        parent = hold(
            actor, f"parent-{number}", Facts(given=f"Parent{number}", family="Nagy", addresses=(HOME,))
        )
        people.relate(actor=SYSTEM, now=MONDAY, record=sibling, to=child, kind="SIB")
        people.relate(actor=SYSTEM, now=MONDAY, record=parent, to=sibling, kind="MTH")


def ask(town: Town, *others: str) -> tuple[Enquiry, InformationRequest]:
    """The front door asks health visitors about Katie, and about her brothers and sisters of these names."""
    named = [Someone(part="child", facts=replace(KATIE, given=name, identifiers=())) for name in others]
    whole = concern()
    referral = referrals.make(
        actor=town.ros, concern=replace(whole, persons=(*whole.persons, *named)), now=NOW
    )
    referrals.rate(actor=town.grace, referral=referral, code="amber", reason="Needs a closer look.", now=NOW)
    enquiry = enquiries.open_enquiry(actor=town.grace, referral=referral, purpose="s47", now=NOW)
    asked = requests.ask(
        actor=town.grace,
        enquiry=enquiry,
        question=Question(
            headline="", needed="Injuries and missed appointments.", why="Strategy discussion."
        ),
        of=[town.health.pk],
        about=list(enquiry.subjects.values_list("record", flat=True)),
        now=NOW,
    )
    return enquiry, asked


@pytest.fixture
def katie(town: Town) -> PersonRecord:
    """Katie as the health visitors hold her, linked to what the police hold."""
    record = hold(town.amina, "katie")
    link(hold(town.hannah, "katie"), record, town.grace)
    record.refresh_from_db()
    return record


# The picture of a child


def test_the_picture_takes_the_same_statements_for_five_entries_and_four_hundred(
    client: Client, town: Town, katie: PersonRecord
) -> None:
    police = people_queries.records_held(town.police.pk, [katie.person_id])
    visit = signed_in(client, town.amina)
    page = visit(reverse("child", args=[katie.person_id]))

    def picture() -> chronology_queries.Picture:
        return chronology_queries.picture(
            town.amina, katie.person_id, purpose="own record", now=timezone.now()
        )

    write(town.amina, [katie], 5)
    write(town.hannah, police, 5)
    let_see(town, police[0])
    few = statements(picture), statements(page)
    write(town.amina, [katie], 200)
    write(town.hannah, police, 200)
    let_see(town, police[0])
    assert picture().total >= 400, "the police’s entries are seen too"
    assert (statements(picture), statements(page)) == few


def put_right(actor: Actor, record: PersonRecord) -> UUID:
    """Every entry about this record is corrected, and one more is withdrawn; returns one that was corrected."""
    write(actor, [record], 1)
    gone, *rest = chronology_queries.held_about(actor, [record])
    chronology.withdraw(actor=actor, entry=gone.pk, reason="Twice.", now=NOW)
    person = PersonRecord.objects.values_list("person", flat=True).get(pk=record.pk)
    for entry in rest:
        fields = {name: getattr(entry, name) for name in Piece.__dataclass_fields__}
        piece = Piece(**{**fields, "title": f"{entry.title}, put right", "protect": ()})
        chronology.correct(
            actor=actor, entry=entry.pk, piece=piece, persons=[person], reason="Wrong list.", now=NOW
        )
    return rest[0].pk


def test_the_picture_takes_the_same_statements_however_much_of_it_was_corrected(
    client: Client, town: Town, katie: PersonRecord
) -> None:
    [police] = people_queries.records_held(town.police.pk, [katie.person_id])
    visit = signed_in(client, town.amina)
    page = visit(reverse("child", args=[katie.person_id]))

    def corrected(number: int) -> UUID:
        write(town.amina, [katie], number)
        write(town.hannah, [police], number)
        let_see(town, police)
        put_right(town.hannah, police)
        one = put_right(town.amina, katie)
        let_see(town, police)
        write(town.hannah, [police], 1)
        let_see(town, police)
        put_right(town.hannah, police)
        return one

    one = visit(reverse("entry", args=[katie.person_id, corrected(1)]))
    few = statements(page), statements(one)
    one = visit(reverse("entry", args=[katie.person_id, corrected(12)]))
    lines = chronology_queries.picture(town.amina, katie.person_id, purpose="", now=timezone.now()).lines
    assert sum(line.corrected for line in lines) > 20 and any(line.since for line in lines)
    assert (statements(page), statements(one)) == few


def test_a_child_takes_the_same_statements_with_a_large_family_in_view(
    client: Client, town: Town, katie: PersonRecord
) -> None:
    page = signed_in(client, town.amina)(reverse("child", args=[katie.person_id]))

    def household() -> people_queries.Household:
        return households.household(town.amina, katie.person_id, now=timezone.now())

    relatives(town.amina, katie, range(1))
    few = statements(household), statements(page)
    relatives(town.amina, katie, range(1, 12))
    assert len(household().members) == 25
    assert (statements(household), statements(page)) == few


def test_a_child_takes_the_same_statements_however_many_agencies_hold_a_record(
    client: Client, town: Town, katie: PersonRecord
) -> None:
    page = signed_in(client, town.amina)(reverse("child", args=[katie.person_id]))
    few = statements(page)
    for number in range(20):
        record = hold(town.amina, f"again-{number}")
        people.involve(
            actor=SYSTEM, now=MONDAY, record=record, service="Health visiting", worker="Amina Yusuf"
        )
        link(record, katie, town.grace)
    profile = people_queries.profile(town.amina, katie.person_id, purpose="own record", now=timezone.now())
    assert len(profile.records) == 21
    assert statements(page) == few


# The inbox


def test_the_inbox_takes_the_same_statements_for_three_requests_and_sixty(
    client: Client, town: Town, katie: PersonRecord
) -> None:
    page = signed_in(client, town.amina)(reverse("inbox"))

    def inbox() -> request_queries.Inbox:
        return request_queries.inbox(town.amina, now=timezone.now())

    for _number in range(3):
        ask(town)
    few = statements(inbox), statements(page)
    for _number in range(57):
        ask(town)
    assert inbox().counts.unclaimed == 60
    assert (statements(inbox), statements(page)) == few


# Finding someone


@pytest.mark.parametrize("text", ["Katty Wallsh 03/03/2012", "Katie Walsh", "999 000 0018"])
def test_finding_takes_the_same_statements_among_three_and_among_a_hundred(
    client: Client, town: Town, text: str
) -> None:
    go = signed_in(client, town.grace)
    page = go(client.post(reverse("find"), {"do": "look", "q": text})["Location"])

    def namesakes(numbers: range) -> None:
        people.hold_many(
            actor=town.amina,
            agency=town.health.pk,
            system="case",
            told=[(f"namesake-{number}", replace(KATIE, identifiers=())) for number in numbers],
            now=NOW,
        )

    def find() -> list[people_queries.Match]:
        return finding.find(town.grace, text, now=timezone.now())

    hold(town.hannah, "katie")
    namesakes(range(3))
    few = statements(find), statements(page)
    namesakes(range(3, 100))
    assert find(), "somebody is found, so that what is counted is the whole of a search"
    assert (statements(find), statements(page)) == few


# Deciding what to share


def test_deciding_takes_the_same_statements_for_five_entries_and_two_hundred(
    client: Client, town: Town, katie: PersonRecord
) -> None:
    write(town.amina, [katie], 5)
    _enquiry, asked = ask(town)
    recipient = asked.recipients.get()
    page = signed_in(client, town.amina)(reverse("request", args=[recipient.reference]))

    def to_decide() -> list[disclosure_queries.Item]:
        return disclosure_queries.to_decide(town.amina, recipient, now=timezone.now())

    few = statements(to_decide), statements(page)
    write(town.amina, [katie], 195)
    assert len(to_decide()) == 200
    assert (statements(to_decide), statements(page)) == few


def test_deciding_takes_the_same_statements_about_one_child_and_about_a_family(
    client: Client, town: Town, katie: PersonRecord
) -> None:
    visit = signed_in(client, town.amina)
    one = ask(town)[1].recipients.get()
    family = ask(town, "Poppy", "Sam", "Joe", "Ella", "Max", "Ivy")[1].recipients.get()
    assert family.request.subjects.count() == one.request.subjects.count() + 6
    few = statements(visit(reverse("request", args=[one.reference])))
    assert statements(visit(reverse("request", args=[family.reference]))) == few
