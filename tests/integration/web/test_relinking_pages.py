"""The pages of relinking and of record quality: by whoever may, once, and nothing shown to others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integration.web.journeys import sign_in
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import relinking
from jigsaw.hub.people.models import LinkDecision, PersonRecord, Proposal
from jigsaw.hub.people.records import Facts
from people_in_tests import KATIE, Town

PAGE = "/people/relinking/"
SCRIPT = "<script>alert(1)</script>"


def hold(actor: Actor, facts: Facts, key: str = "1") -> PersonRecord:
    made, _outcome = people.hold(
        actor=actor, agency=actor.agency_id, system="s", source_key=key, facts=facts, now=timezone.now()
    )
    return made


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def made(town: Town) -> relinking.Relinking:
    hold(town.ros, replace(KATIE, family=f"Walsh {SCRIPT}"))
    hold(town.amina, replace(KATIE, given="Katy"))
    return relinking.look(actor=town.grace, now=timezone.now())


def asked(made: relinking.Relinking, *kinds: str) -> dict[str, Any]:
    return {"token": str(uuid7()), "run": str(made.pk), "kinds": kinds}


def test_the_pages_are_for_those_who_may(client: Client, town: Town, made: relinking.Relinking) -> None:
    for actor in (town.ros, town.amina, town.mary, town.ade):
        sign_in(client, actor)
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, asked(made, "join")).status_code == 403
    for actor in (town.ros, town.grace, town.ade):
        sign_in(client, actor)
        assert client.get("/oversight/records/").status_code == 403
    assert not LinkDecision.objects.exists()


def test_before_the_first_run_the_page_says_how_to_start_one(client: Client, town: Town) -> None:
    sign_in(client, town.grace)
    assert "jigsaw link run --everything" in text(client.get(PAGE))


def test_what_is_proposed_is_shown_and_carried_out_once(
    client: Client, town: Town, made: relinking.Relinking
) -> None:
    sign_in(client, town.grace)
    page = text(client.get(PAGE))
    assert "To be joined: 1" in page and "Katy Walsh" in page and SCRIPT not in page
    form = asked(made, "join")
    for _press in range(2):
        assert client.post(PAGE, form, follow=True).status_code == 200
    assert LinkDecision.objects.count() == 1
    assert made.proposals.get().outcome == Proposal.DONE
    assert "Nothing waits" in text(client.get(PAGE))


def test_nothing_chosen_changes_nothing(client: Client, town: Town, made: relinking.Relinking) -> None:
    sign_in(client, town.grace)
    client.post(PAGE, asked(made))
    assert not LinkDecision.objects.exists()


def test_a_page_of_an_older_run_changes_nothing(
    client: Client, town: Town, made: relinking.Relinking
) -> None:
    relinking.look(actor=town.grace, now=timezone.now())
    sign_in(client, town.grace)
    assert client.post(PAGE, asked(made, "join")).status_code == 400
    assert not LinkDecision.objects.exists()


def test_the_board_sees_figures_of_records_and_no_child(client: Client, town: Town) -> None:
    for place in range(6):
        hold(town.ros, replace(KATIE, ethnicity="WBRI"), str(place))
    sign_in(client, town.mary)
    page = text(client.get("/oversight/records/"))
    assert (
        "White" in page and town.school.name in page and "100%" not in page.split("White")[0].split("<h1")[0]
    )
    assert "Walsh" not in page and "fewer than" in page
    assert "/oversight/records/" in text(client.get("/oversight/"))
