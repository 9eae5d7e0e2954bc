"""Other hubs from the pages: administrators look after them, and a few say about whom none is answered."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from integration.partner_hubs_in_tests import THEM, US, Northvale
from integration.web.journeys import sign_in
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.partner_hubs import never, operations
from jigsaw.hub.partner_hubs.models import NeverAnswer, PartnerHub
from jigsaw.hub.people import operations as people
from people_in_tests import KATIE, Town

HUBS = "/settings/partner-hubs/"
HUB = f"{HUBS}{THEM}/"
SCRIPT = "<script>alert(1)</script>"
AGREED = {"yes_at": 4, "ask_at": 3, "questions_a_day": 50, "practitioner_a_day": 5, "masks_a_key": 600_000}


@pytest.fixture
def northvale(town: Town) -> Northvale:
    hub, now = Northvale(), timezone.now()
    operations.our_card(actor=SYSTEM, code=US, address="https://hub.sharetown.example", now=now)
    operations.add(actor=SYSTEM, card=hub.card, now=now)
    return hub


@pytest.fixture
def katie(town: Town) -> UUID:
    record, _new = people.hold(
        actor=town.grace,
        agency=town.front_door.pk,
        system="lcs",
        source_key="1",
        facts=KATIE,
        now=timezone.now(),
    )
    return record.person_id


def press(client: Client, path: str, **sent: Any) -> Any:
    return client.post(path, {"token": str(uuid7()), **sent})


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


# --- Looking after partner hubs -----------------------------------------------------------------------------


def test_an_administrator_makes_our_card_and_adds_theirs(client: Client, town: Town) -> None:
    sign_in(client, town.ade)
    assert "No other hub yet" in page(client, HUBS)
    wrong = press(client, HUBS, do="ours", our_code=US, our_address="ftp://x")
    assert wrong.status_code == 400 and US in wrong.content.decode()
    assert press(client, HUBS, do="ours", our_code=US, our_address="https://us.example").status_code == 302
    assert escape('"address": "https://us.example"') in page(client, HUBS)
    for text in ("", "no card", "[1]", "{}", json.dumps({**Northvale().card, "public_key": SCRIPT})):
        wrong = press(client, HUBS, do="theirs", card=text)
        assert wrong.status_code == 400 and SCRIPT not in wrong.content.decode()
    token = str(uuid7())
    card = json.dumps({**Northvale().card, "name": f"Northvale {SCRIPT}"})
    for _press in range(2):
        added = press(client, HUBS, do="theirs", card=card, token=token)
        assert added.status_code == 302 and added["Location"] == HUB
    assert PartnerHub.objects.count() == 1
    assert Entry.objects.filter(action="partner_hub.added").count() == 1
    text = page(client, HUB)
    assert SCRIPT not in text and escape(SCRIPT) in text and "compare the letters" in text


def test_another_key_of_a_known_hub_takes_a_word(client: Client, town: Town, northvale: Northvale) -> None:
    sign_in(client, town.ade)
    card = json.dumps(Northvale().card)
    wrong = press(client, HUBS, do="theirs", card=card)
    assert wrong.status_code == 400 and "another key" in wrong.content.decode()
    assert press(client, HUBS, do="theirs", card=card, replace_key="on").status_code == 302


def test_what_was_agreed_a_pause_and_new_keys(client: Client, town: Town, northvale: Northvale) -> None:
    sign_in(client, town.ade)
    assert press(client, HUB, do="agreed", **AGREED).status_code == 302
    assert PartnerHub.objects.filter(**AGREED).exists()
    wrong = press(client, HUB, do="agreed", **{**AGREED, "ask_at": 1, "questions_a_day": 77})
    assert wrong.status_code == 400 and 'value="77"' in wrong.content.decode()
    assert "At least two combinations must agree" in wrong.content.decode()
    assert PartnerHub.objects.filter(**AGREED).exists(), "nothing of it is kept"
    for to, on in (("off", False), ("on", True)):
        assert press(client, HUB, do=to).status_code == 302
        assert PartnerHub.objects.get().on is on
        assert ("Paused" in page(client, HUB)) is not on
    before = PartnerHub.objects.get().asking_keys.get().epoch
    assert press(client, HUB, do="keys", at_once="on").status_code == 302
    key = PartnerHub.objects.get().asking_keys.get()
    assert key.epoch == before + 1
    rotated = Entry.objects.filter(action="partner_hub.rotated").latest("id")
    assert rotated.detail == {"epoch": key.epoch, "at_once": True}
    assert rotated.practitioner == town.ade.practitioner_id
    assert press(client, HUB, do="nonsense").status_code == 302
    assert client.get(f"{HUBS}NOWHERE/").status_code == 404


def test_nobody_else_looks_after_hubs(client: Client, town: Town, northvale: Northvale) -> None:
    for actor in (town.grace, town.tom, town.mary):
        sign_in(client, actor)
        for path in (HUBS, HUB):
            assert client.get(path).status_code == 403
            assert press(client, path, do="off").status_code == 403
    assert PartnerHub.objects.get().on


# --- About whom nobody is answered --------------------------------------------------------------------------


def never_page(person: UUID) -> str:
    return f"/children/{person}/never-answered/"


def said(**changes: str) -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=60)
    parts = {"day": day.day, "month": day.month, "year": day.year}
    boxes = {f"look_again_on-{name}": str(value) for name, value in parts.items()}
    return {"reason": f"Hunted. {SCRIPT} 🐢 مريم", **boxes, **changes}


def test_a_manager_puts_a_child_on_the_list_and_takes_her_off(
    client: Client, town: Town, katie: UUID
) -> None:
    theirs, _new = people.hold(
        actor=town.amina, agency=town.health.pk, system="hv", source_key="1", facts=KATIE, now=timezone.now()
    )
    people.link(actor=town.grace, record=theirs, person=katie, reason="One child.", now=timezone.now())
    sign_in(client, town.grace)
    assert never_page(katie) in page(client, f"/children/{katie}/")
    token = str(uuid7())
    for _press in range(2):
        assert press(client, never_page(katie), token=token, **said()).status_code == 302
    assert NeverAnswer.objects.count() == 1 and never.about([katie]) == {katie}
    assert NeverAnswer.objects.get().records.count() == 2, (
        "records that she herself cannot see are meant, too"
    )
    for path in (never_page(katie), "/another-area/never-answered/"):
        text = page(client, path)
        assert "Katie Walsh" in text and "🐢 مريم" in text and SCRIPT not in text
    wrong = press(client, never_page(katie), do="end", ending="")
    assert wrong.status_code == 400 and "Say why other areas may be answered again" in wrong.content.decode()
    assert press(client, never_page(katie), do="end", ending="He died.").status_code == 302
    assert never.about([katie]) == set()
    assert "Nobody is on the list" in page(client, "/another-area/never-answered/")
    assert press(client, never_page(katie), do="end", ending="Again.").status_code == 404


def test_a_reason_and_a_day_within_a_year_are_needed_and_nothing_typed_is_lost(
    client: Client, town: Town, katie: UUID
) -> None:
    sign_in(client, town.grace)
    address = never_page(katie)
    marks = {name: client.get(address).context[name] for name in ("draft",)}
    long = "Because. " * 200
    far = said(reason=long, **{"look_again_on-year": str(timezone.localdate().year + 3)})
    wrong = press(client, address, **far, **marks)
    assert wrong.status_code == 400 and "within a year" in wrong.content.decode()
    assert long.strip() in wrong.content.decode() and long.strip() in page(client, address), "kept as a draft"
    assert press(client, address, **said(reason="")).status_code == 400
    assert not NeverAnswer.objects.exists()


def test_the_list_is_for_the_few(client: Client, town: Town, katie: UUID) -> None:
    def tries(actor: Actor) -> list[int]:
        sign_in(client, actor)
        shown = [
            client.get(path).status_code for path in (never_page(katie), "/another-area/never-answered/")
        ]
        return [*shown, press(client, never_page(katie), **said()).status_code]

    for actor in (town.amina, town.tom, town.ade, town.mary):
        assert tries(actor) == [403, 403, 403]
    assert not NeverAnswer.objects.exists()
    sign_in(client, town.amina)
    assert "never-answered" not in page(client, f"/children/{katie}/")
