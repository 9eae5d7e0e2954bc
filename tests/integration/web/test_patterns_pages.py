"""The pages of patterns: on the child's page, in the list, and what came of looking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from integration.web.journeys import sign_in
from jigsaw.hub.patterns import operations, queries
from people_in_tests import Town
from practice_in_tests import Practice


@pytest.fixture
def katie(town: Town) -> Any:
    """Health’s record of Katie, who was not brought three times."""
    now = timezone.now()
    practice = Practice(town, now)
    record = practice.hold(town.amina)
    for days in (40, 20, 5):
        practice.write(
            town.amina,
            record,
            kind="was_not_brought",
            title="Not brought <script>",
            happened_on=now.date() - timedelta(days=days),
        )
    operations.look(record.person_id, now=now)
    return record


def page_of(town: Town) -> str:
    [one] = queries.waiting(town.tom, now=timezone.now())
    return reverse("pattern", args=[one.pattern.reference])


def test_the_childs_page_says_what_stands_out_with_its_records_its_rule_and_why(
    client: Client, town: Town, katie: Any
) -> None:
    sign_in(client, town.tom)
    page = client.get(reverse("child", args=[katie.person_id])).content.decode()
    assert "Repeatedly not brought to appointments, since" in page
    assert page.count("Was not brought to an appointment, ") >= 3
    assert "Why am I told?" in page
    assert "You are your agency’s named person" in page
    assert "starting value" in page
    assert page_of(town) in page


def test_the_panel_costs_one_statement_and_one_more_where_it_has_something_to_say(
    town: Town, katie: Any
) -> None:
    for actor, statements in ((town.tom, 2), (town.bela, 1)):
        with CaptureQueriesContext(connection) as asked:
            found = queries.on_page(actor, katie.person_id, now=timezone.now())
        assert (bool(found), len(asked)) == (actor is town.tom, statements)


def test_it_is_said_what_came_of_it_once_and_what_was_typed_stays(
    client: Client, town: Town, katie: Any
) -> None:
    page = page_of(town)
    sign_in(client, town.tom)
    token = client.get(page).context["token"]
    missing = client.post(page, {"token": token, "what_was_done": "Rang the clinic"})
    assert missing.status_code == 400
    assert "Rang the clinic" in missing.content.decode()
    assert "Say whether something was done" in missing.content.decode()
    said = {"token": token, "outcome": "acted", "what_was_done": "Rang <b>the clinic</b> 📞"}
    for _ in range(2):
        assert client.post(page, said)["Location"] == reverse("child", args=[katie.person_id])
    read = client.get(page).content.decode()
    assert "Rang &lt;b&gt;the clinic&lt;/b&gt; 📞" in read
    assert "Mark as looked at" not in read
    assert "Nothing to look at" in client.get(reverse("patterns")).content.decode()


def test_others_see_neither_the_page_nor_that_there_is_one(client: Client, town: Town, katie: Any) -> None:
    page = page_of(town)
    sign_in(client, town.grace)
    assert client.get(page).status_code == 404
    assert client.get(reverse("pattern", args=["P-0000-0000"])).status_code == 404
    sign_in(client, town.tom)
    assert "Katie Walsh" in client.get(reverse("patterns")).content.decode()


def test_the_board_sees_shares_and_no_small_count(client: Client, town: Town, katie: Any) -> None:
    sign_in(client, town.mary)
    page = client.get(reverse("pattern-figures")).content.decode()
    assert "Repeatedly not brought" in page
    assert "fewer than 5" in page
    assert "Katie" not in page
