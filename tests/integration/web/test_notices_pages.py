"""What a practitioner reads that has happened: their own, in words, one press away from what it is about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integration.web.journeys import Asked, ask_health, sign_in
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts import queries as notices
from jigsaw.hub.alerts.operations import News
from jigsaw.hub.jobs import deliver_notices, look_for_patterns
from people_in_tests import Town


@pytest.fixture
def asked(town: Town) -> Asked:
    made = ask_health(town, now=timezone.now() - timedelta(minutes=5))
    deliver_notices.run(timezone.now() - timedelta(minutes=4))
    return made


def test_a_lead_reads_of_a_request_and_opening_it_marks_it(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.tom)
    page = client.get("/notices/")
    words = page.content.decode()
    assert "Your agency has been asked for information." in words
    assert asked.to_health.reference in words and "Katie" not in words
    assert menu_number(page) == 1
    answer = client.get(f"/notices/{page.context['told'][0].notice.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, asked.page)
    assert client.get(asked.page).status_code == 200
    assert menu_number(client.get("/notices/")) == 0


def menu_number(page) -> int:  # type: ignore[no-untyped-def]
    return next(item["badge"] for item in page.context["nav_items"] if item["url"] == "/notices/")


def test_every_notice_leads_to_a_page_of_its_reader(client: Client, asked: Asked) -> None:
    """Whatever somebody is told of, they may open."""
    from jigsaw.hub.information_requests import operations as requests

    late = asked.to_health.due_at + timedelta(hours=1)
    requests.escalate_overdue(now=late)
    deliver_notices.run(late)
    opened = 0
    for actor in (asked.town.tom, asked.town.grace):
        sign_in(client, actor)
        for row in notices.for_me(actor, now=late):
            answer = client.get(f"/notices/{row.notice.pk}/", follow=True)
            assert answer.status_code == 200, row.notice.topic
            opened += 1
    assert opened == 3


def test_all_can_be_marked_as_read_with_one_press(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.tom)
    page = client.get("/notices/")
    form = {"token": page.context["token"]}
    assert [client.post("/notices/", form).status_code for _press in range(2)] == [302, 302]
    after = client.get("/notices/")
    assert menu_number(after) == 0 and "Mark all as read" not in after.content.decode()
    assert "Your agency has been asked for information." in after.content.decode(), "read is not gone"


def test_somebody_elses_notice_is_not_there(client: Client, asked: Asked) -> None:
    sign_in(client, asked.town.tom)
    pk = client.get("/notices/").context["told"][0].notice.pk
    sign_in(client, asked.town.amina)
    assert client.get(f"/notices/{pk}/").status_code == 404
    assert "Nothing for you yet" in client.get("/notices/").content.decode()
    assert notices.unread_count(asked.town.tom) == 1, "looking for it did not mark it"


def test_signed_out_it_leads_to_the_sign_in_page(client: Client, asked: Asked) -> None:
    assert client.get("/notices/")["Location"] == "/sign-in/?next=/notices/"


def test_a_script_in_a_reference_is_words(client: Client, town: Town) -> None:
    parts = {"reference": "Q-1"}
    news = News(topic="request.sent", reference="<script>x", page="request", parts=parts)
    alerts.tell(to=[town.tom.practitioner_id], news=news, key="k", at=timezone.now())
    sign_in(client, town.tom)
    assert "&lt;script&gt;x" in client.get("/notices/").content.decode()


def test_the_outbox_in_readyz_falls_to_nothing(client: Client, town: Town) -> None:
    ask_health(town, now=timezone.now())
    assert client.get("/readyz").json()["outbox"] > 0
    for job in (deliver_notices, look_for_patterns):
        job.run(timezone.now())
    assert client.get("/readyz").json()["outbox"] == 0
