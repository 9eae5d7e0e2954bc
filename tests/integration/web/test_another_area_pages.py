"""Asking another area from the pages: who may, what is said before and after, and that nothing typed is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from integration.partner_hubs_in_tests import THEM, US, Northvale
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.partner_hubs import filing, operations, sending
from jigsaw.hub.partner_hubs.models import PartnerHub, Question
from jigsaw.hub.people import operations as people
from people_in_tests import KATIE, Town

WORDS = {"yes": "They may know this child", "ask": "somebody there must look", "no": "Nothing they can tell"}


@pytest.fixture
def northvale(town: Town, monkeypatch: pytest.MonkeyPatch) -> Northvale:
    """A partner hub that is ready to be asked."""
    hub, now = Northvale(), timezone.now()
    operations.our_card(actor=SYSTEM, code=US, address="https://hub.sharetown.example", now=now)
    partner = operations.add(actor=SYSTEM, card=hub.card, now=now)
    assert filing.is_filed(partner, epoch=1, now=now)
    monkeypatch.setattr(sending, "_posted", hub.posted)
    return hub


def katie(town: Town, **changes: Any) -> UUID:
    record, _new = people.hold(
        actor=town.grace,
        agency=town.front_door.pk,
        system="lcs",
        source_key="1",
        facts=replace(KATIE, **changes),
        now=timezone.now(),
    )
    return record.person_id


def as_(client: Client, actor: Actor) -> Client:
    client.force_login(agencies.active_practitioner(actor.practitioner_id))
    return client


def asking(person: UUID) -> str:
    return f"/children/{person}/another-area/"


def form(page: Any, **changes: str) -> dict[str, str]:
    said = {"hub": THEM, "purpose": "moved", "why": "Her aunt lives there.", "token": page.context["token"]}
    return said | {"draft": page.context["draft"], "owner": page.context["form_owner"]} | changes


@pytest.mark.parametrize("said", ["yes", "ask", "no"])
def test_grace_asks_and_is_told_what_to_do_next(
    client: Client, town: Town, northvale: Northvale, said: str, django_capture_on_commit_callbacks: Any
) -> None:
    person = katie(town)
    northvale.answers = {"answer": said}
    page = as_(client, town.grace).get(asking(person))
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(asking(person), form(page))
    words = client.get(sent["Location"]).content.decode()
    assert WORDS[said] in words and "01632 960 200" in words
    assert ("It is a lead and no proof" in words) == (said == "yes")
    assert ("does not mean that nobody there knows the child" in words) == (said == "no")
    again = client.get(asking(person)).content.decode()
    assert "What you asked before" in again and WORDS[said] in again


def test_a_double_press_asks_once(client: Client, town: Town, northvale: Northvale) -> None:
    person = katie(town)
    said = form(as_(client, town.grace).get(asking(person)))
    answers = [client.post(asking(person), said) for _press in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"] and Question.objects.count() == 1


def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    client: Client, town: Town, northvale: Northvale
) -> None:
    person = katie(town)
    page = as_(client, town.grace).get(asking(person))
    wrong = client.post(asking(person), form(page, purpose="", why="<b>Ünïcode 🙂</b>"))
    assert wrong.status_code == 400
    text = wrong.content.decode()
    assert "Choose what you ask for" in text and "&lt;b&gt;Ünïcode 🙂&lt;/b&gt;" in text
    assert "Ünïcode" in client.get(asking(person)).content.decode(), "it comes back as a draft"
    assert not Question.objects.exists()


def test_a_hub_that_cannot_be_asked_yet_gives_its_telephone(
    client: Client, town: Town, northvale: Northvale
) -> None:
    PartnerHub.objects.get().asking_keys.update(ready_at=None)
    person = katie(town)
    page = as_(client, town.grace).get(asking(person))
    assert "Cannot be asked from here yet" in page.content.decode()
    refused = client.post(asking(person), form(page))
    assert refused.status_code == 409 and "01632 960 200" in refused.content.decode()


def test_an_answer_that_did_not_come_says_why(
    client: Client, town: Town, northvale: Northvale, django_capture_on_commit_callbacks: Any
) -> None:
    person = katie(town)
    northvale.refuses = "hub_limit"
    page = as_(client, town.grace).get(asking(person))
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(asking(person), form(page))
    words = client.get(sent["Location"]).content.decode()
    assert "There is no answer" in words and "as often as was agreed" in words


def test_without_a_partner_hub_the_page_says_so_and_no_child_offers_it(client: Client, town: Town) -> None:
    person = katie(town)
    as_(client, town.grace)
    assert "No other area can be asked" in client.get(asking(person)).content.decode()
    assert "Ask another area" not in client.get(f"/children/{person}/").content.decode()


def test_a_child_s_page_offers_it_to_those_who_may(client: Client, town: Town, northvale: Northvale) -> None:
    person = katie(town)
    assert asking(person) in as_(client, town.grace).get(f"/children/{person}/").content.decode()
    record, _new = people.hold(
        actor=town.ros, agency=town.school.pk, system="s", source_key="1", facts=KATIE, now=timezone.now()
    )
    mine = f"/children/{record.person_id}/"
    assert "another-area" not in as_(client, town.ros).get(mine).content.decode()


def test_whoever_comes_up_in_a_search_can_be_asked_about(
    client: Client, town: Town, northvale: Northvale
) -> None:
    person = katie(town)
    assert (
        asking(person)
        in as_(client, town.grace)
        .post("/find/", {"do": "look", "q": "Katie Walsh"}, follow=True)
        .content.decode()
    )
    assert (
        "another-area"
        not in as_(client, town.ros)
        .post("/find/", {"do": "look", "q": "Katie Walsh"}, follow=True)
        .content.decode()
    )


@pytest.mark.parametrize("who", ["ros", "amina", "mary", "ade"])
def test_others_may_not(client: Client, town: Town, northvale: Northvale, who: str) -> None:
    person = katie(town)
    as_(client, getattr(town, who))
    assert client.get(asking(person)).status_code == 403
    assert client.post(asking(person), {"hub": THEM, "purpose": "moved", "why": "x"}).status_code == 403
    assert not Question.objects.exists()


def test_one_too_close_is_told_so_and_a_child_that_is_not_there_is_not_there(
    client: Client, town: Town, northvale: Northvale
) -> None:
    person = katie(town)
    people.declare_conflict(
        actor=SYSTEM, practitioner=town.grace.practitioner_id, person=person, why="Niece", now=timezone.now()
    )
    assert as_(client, town.grace).get(asking(person)).status_code == 403
    assert client.get(asking(uuid4())).status_code == 404
    assert client.get(f"/another-area/{uuid4()}/").status_code == 404
