"""The pages of unscheduled care: the look in two steps, the alert, messages, and the way in for systems."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from care_in_tests import NUMBER, Care, adt, make_care
from integration.web.journeys import sign_in
from jigsaw.hub.people.records import Facts
from jigsaw.hub.unscheduled_care import looking
from jigsaw.hub.unscheduled_care.models import Access, Alert, Attendance, Delivery
from people_in_tests import KATIE, Town
from plans_in_tests import begin
from practice_in_tests import Practice

NOW = timezone.now()
HL7 = "application/hl7-v2"


@pytest.fixture
def care(town: Town) -> Care:
    return make_care(town, now=NOW)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_number_and_one_press_show_the_plan_and_whom_to_ring(client: Client, care: Care) -> None:
    sign_in(client, care.ada)
    answer = client.post(reverse("care"), {"told": "999 000 0018", "care": "unscheduled"}, follow=True)
    assert answer.redirect_chain == [(reverse("care-seen", args=[Access.objects.get().pk]), 302)]
    page = text(answer)
    assert "Child protection plan" in page
    assert "01632 960 001" in page
    assert "the authority has been told" in page
    assert "Donna" not in page
    assert reverse("care-seen", args=[Access.objects.get().pk]) in text(client.get(reverse("care")))


def test_whether_it_was_planned_is_never_assumed(client: Client, care: Care) -> None:
    sign_in(client, care.ada)
    answer = client.post(reverse("care"), {"told": NUMBER})
    assert answer.status_code == 400
    assert "press one of the two buttons" in text(answer)
    assert not Access.objects.exists()


def test_nothing_known_never_reads_as_no_risk(client: Client, care: Care) -> None:
    sign_in(client, care.ada)
    page = text(client.post(reverse("care"), {"told": "9990000026", "care": "unscheduled"}))
    assert "Nothing is known here" in page
    assert "This does not say that the child is safe." in page
    assert "no risk" not in page.lower()
    assert "01632 960 000" in page


@pytest.mark.parametrize(("number", "at_most"), [(NUMBER, 14), ("9990000026", 9)])
def test_a_look_costs_few_statements_however_many_were_looked_up(
    client: Client, care: Care, number: str, at_most: int
) -> None:
    def pressed() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            client.post(reverse("care"), {"told": number, "care": "unscheduled"})
        # The test’s own transaction makes savepoints of what are transactions. What is planned already has no text.
        said = [each["sql"] or "(planned)" for each in asked.captured_queries]
        return [sql for sql in said if "SAVEPOINT" not in sql]

    sign_in(client, care.ada)
    pressed()
    Alert.objects.update(told_at=NOW - timedelta(days=9))  # so that a look makes its own
    few = pressed()
    before = {"plan": care.plan, "record": care.katie, "setting": care.setting, "agency": care.town.health}
    before |= {"practitioner_id": care.ada.practitioner_id, "how": "looked", "unscheduled": False, "at": NOW}
    Access.objects.bulk_create([Access(**before) for _ in range(50)])
    Alert.objects.update(told_at=NOW - timedelta(days=9))
    assert len(pressed()) == len(few) <= at_most, few


def test_the_last_looked_up_are_listed_and_no_more(
    client: Client, care: Care, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "RECENT", 1)
    other = Practice(care.town, NOW).hold(care.town.amina, Facts(given="Ben", family="Hall"), key="2")
    begin(care.town, other, now=NOW)
    for person, ago in ((other.person_id, 2), (care.katie.person_id, 1), (care.katie.person_id, 0)):
        looking.choose(care.ada, person, unscheduled=True, now=NOW - timedelta(minutes=ago))
    [only] = looking.recent(care.ada, now=NOW)
    assert (only.card.person, only.at) == (care.katie.person_id, NOW)


def test_by_name_and_birthday_with_the_grade_and_a_press(client: Client, care: Care) -> None:
    sign_in(client, care.ada)
    page = client.post(reverse("care"), {"told": "Katy Walsh 3/3/2012", "care": "scheduled"})
    [candidate] = page.context["candidates"]
    assert str(candidate["grade"]) in text(page)
    sent = {"person": candidate["person"], "care": "scheduled", "token": page.context["token"]}
    assert client.post(reverse("care"), sent).status_code == 302
    assert not Alert.objects.exists()


def test_the_alert_is_read_and_acted_on(client: Client, care: Care) -> None:
    care.send(*adt("A04", "1"), now=NOW)
    sign_in(client, care.town.grace)
    assert "Katie Walsh" in text(client.get(reverse("alerts")))
    address = reverse("alert", args=[Alert.objects.get().reference])
    page = text(client.get(address))
    assert "RXX01" in page
    assert client.post(address, {"what_was_done": " "}).status_code == 400
    assert client.post(address, {"what_was_done": "Rang <them>"}).status_code == 302
    assert "Rang &lt;them&gt;" in text(client.get(address))


def test_messages_are_dealt_with_and_whoever_came_is_matched(client: Client, care: Care) -> None:
    care.send("MSH|^~\\&|<script>alert(1)</script>", now=NOW)
    care.send(*adt("A04", "1", number="", status=""), now=NOW)
    sign_in(client, care.fay)
    page = client.get(reverse("messages"))
    assert "&lt;script&gt;" in text(page)
    [unusable], [unsure] = page.context["unusable"], page.context["unsure"]
    told = {"reason": unusable["one"].reason, "newest": unusable["one"].newest.pk}
    assert client.post(reverse("messages"), told).status_code == 400
    assert client.post(reverse("messages"), told | {"what_was_done": "Rang."}).status_code == 302
    [candidate] = unsure["candidates"]
    sent = {"attendance": unsure["attendance"].pk, "person": candidate["person"]}
    assert client.post(reverse("messages"), sent).status_code == 302
    assert Attendance.objects.get().match == "same"
    assert Alert.objects.exists()


def test_who_came_is_written_down_by_hand(client: Client, care: Care) -> None:
    sign_in(client, care.ada)
    born = {f"born-{part}": getattr(KATIE.born, part) for part in ("day", "month", "year")}
    sent = {"nhs_number": NUMBER, "family": "Walsh", "at": "00:01", "unscheduled": "yes", **born}
    assert client.post(reverse("care-came"), sent | {"nhs_number": "1"}).status_code == 400
    assert client.post(reverse("care-came"), sent).status_code == 302
    assert Attendance.objects.get().match == "certain"


@pytest.mark.parametrize(
    ("page", "actor"), [("care", "fay"), ("care-came", "fay"), ("alerts", "ada"), ("messages", "ada")]
)
def test_others_are_refused_in_words(client: Client, care: Care, page: str, actor: str) -> None:
    sign_in(client, getattr(care, actor))
    assert client.get(reverse(page)).status_code == 403


def test_a_system_posts_and_hears_an_acknowledgement_or_an_outcome(client: Client, care: Care) -> None:
    address, known = reverse("attendances-in"), {"HTTP_AUTHORIZATION": f"Bearer {care.secret}"}
    message = "\r".join(adt("A04", "1"))
    taken = client.post(address, message, content_type=HL7, **known)
    assert (taken.status_code, "MSA|AA|1" in text(taken)) == (200, True)
    for refused in (
        {},
        {"HTTP_AUTHORIZATION": "Bearer guess"},
        {"HTTP_AUTHORIZATION": f"Basic {care.secret}"},
    ):
        assert client.post(address, message, content_type=HL7, **refused).status_code == 401
    assert client.get(address, **known).status_code == 405
    outcome = client.post(
        address, '{"resourceType": "Encounter"}', content_type="application/fhir+json", **known
    )
    assert (outcome.status_code, outcome.json()["resourceType"]) == (422, "OperationOutcome")
    long = client.post(address, message + "x" * 1_100_000, content_type=HL7, **known)
    assert (long.status_code, "MSA|AR" in text(long)) == (400, True)
    assert Delivery.objects.filter(state="waiting").count() == 2
