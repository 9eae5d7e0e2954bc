"""Breaking the glass: with a reason, after signing in again, for four hours, alone, and looked at afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from integration.web.journeys import sign_in
from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.jobs import deliver_notices, escalate_unreviewed_emergencies
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import add_working_days
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people import unusual
from jigsaw.hub.people.models import EmergencyOpening, Grant, PersonRecord, UnusualLook
from jigsaw.hub.people.records import At, Facts
from people_in_tests import KATIE
from practice_in_tests import Practice

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
REASON = "She is at the school gate with her mother’s partner, and nobody answers at the front door."


@pytest.fixture
def practice(town: Any) -> Practice:
    Practitioner.objects.filter(pk=town.ros.practitioner_id).update(password=make_password(PASSWORD))
    return Practice(town, now=timezone.now())


@pytest.fixture
def child(practice: Practice) -> PersonRecord:
    return practice.hold(practice.town.amina)


def press(client: Client, child: PersonRecord, **changes: str) -> Any:
    sent = {"reason": REASON, "password": PASSWORD, **changes}
    return client.post(f"/children/{child.person_id}/emergency/", sent)


def opened(client: Client, practice: Practice, child: PersonRecord) -> EmergencyOpening:
    sign_in(client, practice.town.ros)
    assert press(client, child).status_code == 302
    return EmergencyOpening.objects.get()


def test_a_page_opens_for_one_practitioner_with_a_reason_and_the_password_again(
    client: Client, practice: Practice, child: PersonRecord
) -> None:
    town, page = practice.town, f"/children/{child.person_id}/"
    colleague = practice.someone("Ruth Ali", town.school, "practitioner")
    practice.write(town.amina, child, title="Bruise seen at clinic")
    sign_in(client, town.ros)
    refused = client.get(page)
    assert refused.status_code == 404 and 'href="emergency/"' in refused.content.decode()
    assert "Katie" not in client.get(page + "emergency/").content.decode()
    answer = press(client, child)
    assert answer.status_code == 302 and answer["Location"] == page
    shown = client.get(page).content.decode()
    assert "Katie" in shown and "You see this page until" in shown
    assert "Bruise seen at clinic" not in shown, "what others wrote stays with them"
    sign_in(client, colleague)
    assert client.get(page).status_code == 404
    entry = AuditEntry.objects.get(action="person.opened_in_emergency")
    assert entry.people == [child.person_id] and entry.practitioner == town.ros.practitioner_id
    assert REASON not in str(vars(entry)), "the reason may name somebody: it can be erased from the log"


def test_looks_at_ones_own_family_a_colleague_or_nobodys_case_are_listed_for_another_to_ask(
    client: Client, practice: Practice
) -> None:
    town, now = practice.town, practice.now
    reviewer = practice.someone("Ruth Ali", town.school, "named_safeguarding_lead")
    tom = practice.someone("Tom Walsh", town.school, "practitioner")

    def looked(key: str, facts: Any, *, by: Any, purpose: str = "enquiry E-7K3M-2QXA") -> UUID:
        record = practice.hold(town.ros, facts, key=key)
        people_queries.profile(by, record.person_id, purpose=purpose, now=now)
        return record.person_id

    home = At(line="1 Mill Road", postcode="ST1 4QZ")
    katie = looked("1", replace(KATIE, addresses=(home,)), by=tom)
    practice.hold(
        town.ros, Facts(given="Tom", family="Walsh", born=date(1985, 1, 1), addresses=(home,)), key="2"
    )
    looked("3", Facts(given="Ros", family="Okafor", born=date(1980, 1, 1)), by=tom)
    looked("4", Facts(given="Omar", family="Haddad", born=date(2014, 1, 1)), by=tom, purpose="own record")
    looked("5", Facts(given="Aisha", family="Khan", born=date(2014, 1, 1)), by=tom)
    found = {one.card.name: one.why for one in unusual.looks(reviewer, now=now)}
    assert found == {
        "Katie Walsh": (unusual.FAMILY, unusual.ADDRESS),
        "Ros Okafor": (unusual.COLLEAGUE,),
        "Omar Haddad": (unusual.NO_CASE,),
    }, "and nothing of Aisha Khan, who was looked at for an enquiry"
    assert unusual.looks(tom, now=now) == (), "nobody reviews their own"
    assert unusual.looks(town.amina, now=now) == (), "nor those of another agency"
    people.declare_conflict(
        actor=town.ade, practitioner=reviewer.practitioner_id, person=katie, why="Aunt.", now=now
    )
    assert {one.card.name for one in unusual.looks(reviewer, now=now)} == {"Ros Okafor", "Omar Haddad"}
    sign_in(client, reviewer)
    page = client.get("/emergencies/").content.decode()
    assert "Looks that deserve a second one" in page and "Omar Haddad" in page and "Katie" not in page
    listed = AuditEntry.objects.filter(action="emergency.listed").latest("id")
    assert len(listed.people) == 2, "who is shown is in the log"


def test_an_unusual_look_is_marked_once_by_somebody_else_and_a_later_one_stands_out_anew(
    client: Client, practice: Practice
) -> None:
    town, now = practice.town, practice.now
    first, second = (
        practice.someone(name, town.school, "named_safeguarding_lead") for name in ("Ruth Ali", "Jo Reid")
    )
    child = practice.hold(town.ros, replace(KATIE, family="Okafor"))
    people_queries.profile(town.ros, child.person_id, purpose="enquiry E-7K3M-2QXA", now=now)
    note = {
        "practitioner": str(town.ros.practitioner_id),
        "person": str(child.person_id),
        "words": "Her niece.",
    }
    for reader, status in ((town.ros, 404), (town.tom, 404), (town.amina, 403)):
        sign_in(client, reader)
        assert client.post("/emergencies/", note).status_code == status, reader.name
    sign_in(client, first)
    empty = client.post("/emergencies/", {**note, "words": " "})
    assert empty.status_code == 400 and "Say what you found" in empty.content.decode()
    assert client.post("/emergencies/", note).status_code == 302
    shown = client.get("/emergencies/").content.decode()
    assert "Her niece. – Ruth Ali" in shown and 'name="practitioner"' not in shown, "none is left"
    entry = AuditEntry.objects.get(action="unusual.looked_at")
    assert entry.people == [child.person_id] and "niece" not in str(vars(entry))
    sign_in(client, second)
    again = client.post("/emergencies/", note)
    assert again.status_code == 409 and "Ruth Ali has looked at this already" in again.content.decode()
    people_queries.profile(town.ros, child.person_id, purpose="enquiry E-7K3M-2QXA", now=timezone.now())
    assert 'name="practitioner"' in client.get("/emergencies/").content.decode(), "a later look"
    with pytest.raises(DatabaseError), transaction.atomic():
        UnusualLook.objects.update(noted_by=town.ros.practitioner_id)


def test_a_look_after_leaving_is_listed(practice: Practice, child: PersonRecord) -> None:
    town, now = practice.town, practice.now
    gone = practice.someone("Ann Bell", town.health, "practitioner")
    people_queries.profile(gone, child.person_id, purpose="enquiry E-7K3M-2QXA", now=now)
    account = Practitioner.objects.get(pk=gone.practitioner_id)
    agencies.deactivate(actor=town.ade, practitioner=account, now=now)
    assert unusual.looks(town.tom, now=now) == ()
    later = now + timedelta(minutes=1)
    people_queries.profile(gone, child.person_id, purpose="enquiry E-7K3M-2QXA", now=later)
    [look] = unusual.looks(town.tom, now=later)
    assert look.why == (unusual.LEFT,) and look.times == 2


def test_it_shows_to_whoever_asks_who_has_looked(
    client: Client, practice: Practice, child: PersonRecord
) -> None:
    opened(client, practice, child)
    sign_in(client, practice.town.tom)
    page = client.get(f"/children/{child.person_id}/looked/").content.decode()
    assert "Opened the page in an emergency, without having been let in" in page and "Ros Okafor" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "Say what is happening"),
        ({"reason": "urgent"}, "Say in a sentence what happens now"),
        ({"password": ""}, "Type your password again"),
        ({"password": "guessed"}, "is not right"),
    ],
    ids=["no reason", "no sentence", "no password", "wrong password"],
)
def test_without_a_reason_or_the_password_nothing_opens(
    client: Client, practice: Practice, child: PersonRecord, changes: dict[str, str], words: str
) -> None:
    sign_in(client, practice.town.ros)
    answer = press(client, child, **changes)
    assert answer.status_code == 400 and words in answer.content.decode()
    assert not Grant.objects.exists() and not EmergencyOpening.objects.exists()


def test_guessing_the_password_on_an_open_session_is_counted(
    client: Client, practice: Practice, child: PersonRecord
) -> None:
    sign_in(client, practice.town.ros)
    for _try in range(5):
        press(client, child, password="guessed")
    assert "too many wrong tries" in press(client, child).content.decode()
    assert AuditEntry.objects.filter(action="sign_in.refused").count() == 6


def test_it_is_over_after_four_hours_for_the_service_and_for_the_database(
    client: Client, practice: Practice, child: PersonRecord
) -> None:
    made = opened(client, practice, child)
    assert made.ends_at - made.opened_at == timedelta(hours=4)
    for after, sees in ((timedelta(hours=4, microseconds=-1), 1), (timedelta(hours=4), 0)):
        with context.acting(practice.town.ros, door="web", now=made.opened_at + after):
            assert PersonRecord.objects.count() == sees
    with pytest.raises(DatabaseError), transaction.atomic():
        EmergencyOpening.objects.update(ends_at=made.opened_at + timedelta(hours=5))


def test_whoever_is_too_close_is_refused_that_is_logged_and_those_who_review_are_told(
    client: Client, practice: Practice, child: PersonRecord
) -> None:
    town = practice.town
    lead = practice.someone("Ruth Ali", town.school, "named_safeguarding_lead")
    people.declare_conflict(
        actor=town.ros,
        practitioner=town.ros.practitioner_id,
        person=child.person_id,
        why="Aunt",
        now=practice.now,
    )
    sign_in(client, town.ros)
    answer = press(client, child)
    assert answer.status_code == 403 and "too close to this person" in answer.content.decode()
    assert not Grant.objects.exists()
    assert AuditEntry.objects.get(action="person.refused").people == [child.person_id]
    deliver_notices.run(timezone.now())
    sign_in(client, lead)
    told = client.get("/notices/").content.decode()
    assert "asked for somebody to whom they are too close" in told
    page = client.get("/emergencies/").content.decode()
    assert "Ros Okafor" in page and "Katie" not in page
    sign_in(client, town.ros)
    assert "asked for somebody" not in client.get("/notices/").content.decode(), "not whoever tried"


def test_somebody_else_of_the_agency_looks_at_it_once(
    client: Client, practice: Practice, child: PersonRecord
) -> None:
    town = practice.town
    lead = practice.someone("Ruth Ali", town.school, "named_safeguarding_lead")
    made = opened(client, practice, child)
    client.get(f"/children/{child.person_id}/")  # takes the message that names it
    own = client.get("/emergencies/").content.decode()
    assert made.reference not in own, "nobody looks at their own"
    assert client.post("/emergencies/", review(made)).status_code == 404
    sign_in(client, town.tom)
    assert made.reference not in client.get("/emergencies/").content.decode(), "another agency’s"
    assert client.post("/emergencies/", review(made)).status_code == 404
    deliver_notices.run(timezone.now())
    sign_in(client, lead)
    assert "A colleague opened a child’s page in an emergency" in client.get("/notices/").content.decode()
    page = client.get("/emergencies/").content.decode()
    assert "Katie Walsh" in page and REASON in page and "Ros Okafor" in page
    assert client.post("/emergencies/", {**review(made), "words": ""}).status_code == 400
    assert client.post("/emergencies/", review(made)).status_code == 302
    made.refresh_from_db()
    assert (made.verdict, made.reviewed_by_id) == ("needed", lead.practitioner_id)
    assert client.post("/emergencies/", review(made)).status_code == 409
    assert "She rang us at once." in client.get("/emergencies/").content.decode()


def review(made: EmergencyOpening) -> dict[str, str]:
    return {"reference": made.reference, "verdict": "needed", "words": "She rang us at once."}


def test_what_nobody_has_looked_at_by_the_end_of_the_next_working_day_goes_to_the_named_person(
    client: Client, practice: Practice, child: PersonRecord
) -> None:
    town = practice.town
    named = practice.someone("Head Teacher", town.school, "practitioner")
    town.school.escalates_to_id = named.practitioner_id
    town.school.save()
    lead = practice.someone("Ruth Ali", town.school, "named_safeguarding_lead")
    made = opened(client, practice, child)
    assert made.review_by == add_working_days(made.opened_at, 1)
    assert escalate_unreviewed_emergencies.run(made.review_by) == 0
    late = made.review_by + timedelta(seconds=1)
    assert [escalate_unreviewed_emergencies.run(late), escalate_unreviewed_emergencies.run(late)] == [1, 0]
    deliver_notices.run(late)
    for reader in (named, lead):
        sign_in(client, reader)
        assert "Nobody has looked at an emergency" in client.get("/notices/").content.decode()
    sign_in(client, town.ros)
    assert "Nobody has looked at an emergency" not in client.get("/notices/").content.decode()
    made.refresh_from_db()
    assert made.escalated_to_id == named.practitioner_id


def test_a_protected_address_stays_protected(client: Client, practice: Practice) -> None:
    hidden = At(line="9 Safe Street", town="Sharetown", postcode="ST9 9ZZ", protected=True)
    child = practice.hold(practice.town.amina, facts=changed(addresses=(hidden,)))
    opened(client, practice, child)
    assert "Safe Street" not in client.get(f"/children/{child.person_id}/").content.decode()


def changed(**facts: Any) -> Any:
    from dataclasses import replace

    return replace(KATIE, **facts)


def test_who_may_see_the_page_anyway_needs_no_emergency(client: Client, practice: Practice) -> None:
    child = practice.hold(practice.town.ros)
    sign_in(client, practice.town.ros)
    answer = press(client, child)
    assert answer.status_code == 409 and "You can see this page already" in answer.content.decode()


def test_a_child_who_is_not_there_is_not_there_in_an_emergency_either(
    client: Client, practice: Practice
) -> None:
    sign_in(client, practice.town.ros)
    absent = PersonRecord(person_id="01920000-0000-7000-8000-000000000000")
    assert press(client, absent).status_code == 404


def test_a_role_without_it_has_no_way_in(client: Client, practice: Practice, child: PersonRecord) -> None:
    officer: Actor = practice.someone("Olu Records", practice.town.school, "records_officer")
    sign_in(client, officer)
    assert "emergency/" not in client.get(f"/children/{child.person_id}/").content.decode()
    assert press(client, child).status_code == 403
