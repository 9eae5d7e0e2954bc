"""A family asks: the clock, going through it line by line, and the answer that is handed over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from integration.web.journeys import sign_in
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.people import emergencies
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.rights import looks
from jigsaw.hub.rights.models import RightsRequest
from jigsaw.hub.rights.months import EXTENDED, answer_by
from practice_in_tests import Practice

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
TODAY = timezone.localdate()
ASKED = {
    "asked_by": "Jo Walsh 🌻",
    "asked_as": "parent",
    "identity": "Passport seen; named as her mother in our record.",
    "received_on-day": str(TODAY.day),
    "received_on-month": str(TODAY.month),
    "received_on-year": str(TODAY.year),
}


@pytest.fixture
def practice(town: Any) -> Practice:
    Practitioner.objects.filter(pk=town.tom.practitioner_id).update(password=make_password(PASSWORD))
    return Practice(town, now=timezone.now())


@pytest.fixture
def child(practice: Practice) -> PersonRecord:
    return practice.hold(practice.town.amina)


def noted(
    client: Client, practice: Practice, child: PersonRecord, kind: str, **changes: str
) -> RightsRequest:
    sign_in(client, practice.town.tom)
    sent = client.post(f"/children/{child.person_id}/rights/", {**ASKED, "kind": kind, **changes})
    assert sent.status_code == 302, sent.content.decode()
    return RightsRequest.objects.latest("noted_at")


@pytest.mark.parametrize(
    ("came", "months", "due"),
    [
        (date(2026, 9, 3), 1, date(2026, 10, 5)),  # 3 October is a Saturday
        (date(2027, 1, 29), 1, date(2027, 3, 1)),  # 28 February is a Sunday
        (date(2026, 11, 25), 1, date(2026, 12, 29)),  # Christmas, Boxing Day, its substitute
        (date(2026, 11, 2), EXTENDED, date(2027, 2, 2)),
    ],
)
def test_a_month_is_to_the_same_day_of_the_next_or_the_next_working_day(
    came: date, months: int, due: date
) -> None:
    assert answer_by(came, months=months) == due


def test_a_family_is_told_who_looked_by_role_and_what_is_left_out_and_why(
    client: Client, practice: Practice, child: PersonRecord
) -> None:
    town, now = practice.town, practice.now - timedelta(hours=1)
    people_queries.profile(town.amina, child.person_id, purpose="own record", now=now)
    emergencies.open_page(
        actor=town.hannah, person=child.person_id, reason="A man was seen with her.", now=now
    )
    row = noted(client, practice, child, "looks")
    page = f"/rights/{row.reference}/"
    assert row.due_on == answer_by(TODAY)
    assert client.get(f"{page}answer.pdf").status_code == 302, "one proves who one is first"
    shown = client.get(page).content.decode()
    assert "Amina Yusuf" in shown and "Hannah Ortiz" in shown and "Emergency" in shown
    lines = {line.name: line for line in looks.to_decide(town.tom, row.reference, now=practice.now).lines}
    hers = f"line-{lines['Hannah Ortiz'].key}"
    decided = {"named": "no", "password": PASSWORD, hers: "crime"}
    without = client.post(page, decided)
    assert without.status_code == 400 and "Say why something is left out" in without.content.decode()
    assert 'value="crime" selected' in without.content.decode(), "what was chosen is kept"
    guessed = client.post(page, {**decided, "because": "The police asked us.", "password": "guessed"})
    assert guessed.status_code == 400
    row.refresh_from_db()
    assert row.given is None, "nothing is told undecided"
    assert client.post(page, {**decided, "because": "The police asked us."}).status_code == 302
    row.refresh_from_db()
    assert row.decided_by_id == town.tom.practitioner_id and row.decided_because == "The police asked us."
    assert row.held_back[0]["practitioner"] == str(town.hannah.practitioner_id)
    told = client.get(f"{page}answer.json").json()["answer"]
    assert told["left_out"] == [{"why": "crime", "lines": 1}]
    assert "Amina" not in str(told) and "Ortiz" not in str(told) and "Health visitor" in str(told)
    printed = client.get(f"{page}answer.pdf")
    assert printed["Content-Type"] == "application/pdf" and printed.content.startswith(b"%PDF-")
    done = client.get(page).content.decode()
    assert "Schedule 2, paragraph 2" in done and "Decided by Tom Baptiste" in done
    taken = AuditEntry.objects.filter(action="rights.taken_out", people=[child.person_id])
    assert [entry.detail["form"] for entry in taken.order_by("id")] == ["json", "pdf"]
    again = client.post(page, {**decided, "because": "Twice."})
    assert again.status_code == 409 and "Tom Baptiste has answered this already" in again.content.decode()


def test_an_emergency_is_said_and_staff_are_named_only_with_a_reason(
    practice: Practice, client: Client, child: PersonRecord
) -> None:
    town = practice.town
    emergencies.open_page(
        actor=town.hannah, person=child.person_id, reason="A man was seen with her.", now=practice.now
    )
    row = noted(client, practice, child, "looks")
    given = {"actor": town.tom, "reference": row.reference, "left_out": {}, "now": timezone.now()}
    with pytest.raises(Exception, match="why something is not"):
        looks.decide(**given, named=True, because=" ")
    row = looks.decide(**given, named=True, because="She asked who it was, and may know.")
    [line] = [line for line in row.given["lines"] if line["emergency"]]
    assert line["name"] == "Hannah Ortiz" and line["purpose"] == "emergency"


def test_nobody_else_meets_what_a_family_asked(
    client: Client, practice: Practice, child: PersonRecord
) -> None:
    town = practice.town
    row = noted(client, practice, child, "looks")
    pages = [f"/rights/{row.reference}/", f"/rights/{row.reference}/more-time/"]
    for reader, status in ((town.ros, 404), (town.amina, 403), (town.nia, 404)):
        sign_in(client, reader)
        assert [client.get(page).status_code for page in pages] == [status, status], reader.name
        assert row.reference not in client.get("/rights/").content.decode()
    sign_in(client, town.ros)
    assert client.get(f"/children/{child.person_id}/rights/").status_code == 404
    people.declare_conflict(
        actor=town.ade, practitioner=town.tom.practitioner_id, person=child.person_id, why="Aunt.", now=practice.now
    )  # fmt: skip
    sign_in(client, town.tom)
    assert client.get(pages[0]).status_code in (403, 404)
    assert "Katie" not in client.get("/rights/").content.decode()


def test_two_months_more_once_within_the_first_and_with_a_reason(
    client: Client, practice: Practice, child: PersonRecord
) -> None:
    row = noted(client, practice, child, "looks")
    page = f"/rights/{row.reference}/more-time/"
    assert client.post(page, {"because": ""}).status_code == 400
    assert client.post(page, {"because": "Four siblings, and forty years of paper."}).status_code == 302
    row.refresh_from_db()
    assert row.due_on == answer_by(row.begins_on, months=EXTENDED)
    assert client.post(page, {"because": "And more."}).status_code == 409
    late = noted(client, practice, child, "looks")
    RightsRequest.objects.filter(pk=late.pk).update(
        received_on=TODAY - timedelta(days=60), begins_on=TODAY - timedelta(days=60),
        due_on=TODAY - timedelta(days=30),
    )  # fmt: skip
    assert client.post(f"/rights/{late.reference}/more-time/", {"because": "Late."}).status_code == 409
    assert "Late" in client.get("/rights/").content.decode()


@pytest.mark.parametrize("missing", ["asked_by", "asked_as", "identity", "kind"])
def test_who_asks_what_and_how_they_are_known_is_written_down_or_nothing_is(
    client: Client, practice: Practice, child: PersonRecord, missing: str
) -> None:
    sign_in(client, practice.town.tom)
    sent = {**ASKED, "kind": "looks", "words": "<script>", missing: ""}
    answer = client.post(f"/children/{child.person_id}/rights/", sent)
    assert answer.status_code == 400 and "&lt;script&gt;" in answer.content.decode()
    assert not RightsRequest.objects.exists()
