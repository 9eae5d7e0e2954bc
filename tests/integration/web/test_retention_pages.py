"""The pages of what is past its time: who may decide, what they see, and what is left."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.chronology.models import Entry
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import operations as people
from jigsaw.hub.retention import disposing, finding, holding
from jigsaw.hub.retention.holding import Placing
from jigsaw.hub.retention.models import Disposal, DueItem, Hold
from people_in_tests import Town
from practice_in_tests import Practice

LATER = datetime(2038, 3, 4, 9, tzinfo=UTC)
PASSWORD = "a long enough passphrase"


@pytest.fixture
def practice(town: Town) -> Practice:
    return Practice(town)


@pytest.fixture
def olu(practice: Practice) -> Actor:
    return practice.someone("Olu Bright", practice.town.health, "data_protection_officer")


@pytest.fixture
def item(practice: Practice, olu: Actor, monkeypatch: pytest.MonkeyPatch) -> DueItem:
    """Something of the health visitors, on the morning after its time was over."""
    practice.write(
        practice.town.amina, practice.hold(practice.town.amina), title="<b>Seen</b> at home 🌊 שלום"
    )
    finding.look(now=LATER)
    monkeypatch.setattr("jigsaw.hub.web.door.timezone.now", lambda: LATER)
    return DueItem.objects.get()


def sign_in(client: Client, actor: Actor) -> None:
    found = Practitioner.objects.get(pk=actor.practitioner_id)
    found.set_password(PASSWORD)
    found.save()
    client.force_login(found)


def text(client: Client, name: str, *parts: Any, status: int = 200) -> str:
    answer = client.get(reverse(name, args=parts))
    assert answer.status_code == status, answer.content[:400]
    return str(answer.content.decode())


def test_whoever_decides_sees_what_is_due_of_their_agency_alone(
    client: Client, practice: Practice, olu: Actor, item: DueItem
) -> None:
    sign_in(client, olu)
    assert "Katie Walsh" in text(client, "retention")
    assert "Time over on" in text(client, "retention-one", item.pk)
    sign_in(client, practice.someone("Pia Stone", practice.town.police, "data_protection_officer"))
    assert "Katie" not in text(client, "retention")
    text(client, "retention-one", item.pk, status=404)
    sign_in(client, practice.town.amina)
    text(client, "retention", status=403)


def test_it_is_disposed_of_once_by_whoever_proves_who_they_are(
    client: Client, olu: Actor, item: DueItem
) -> None:
    sign_in(client, olu)
    page = reverse("retention-one", args=[item.pk])
    wrong = client.post(page, {"sure": "on", "password": "not this"})
    assert wrong.status_code == 400 and not Disposal.objects.exists()
    assert client.post(page, {"password": PASSWORD}).status_code == 400, "they have not said that they looked"
    token = client.get(page).context["token"]
    assert client.post(page, {"sure": "on", "password": PASSWORD, "token": token}).status_code == 302
    done = Disposal.objects.get()
    shown = text(client, "retention-register")
    assert done.reference in shown and "Katie" not in shown and done.proof[:8] in shown
    file = json.loads(client.get(reverse("retention-json")).content)
    assert [line["proof"] for line in file["disposals"]] == [done.proof]
    assert client.get(reverse("retention-csv")).content.decode().count(done.reference) == 1
    assert Entry.objects.get(pk=done.thing).title.startswith("Disposed of on 4 March 2038")


def test_what_was_told_others_reads_as_disposed_of_and_breaks_no_page(
    client: Client, practice: Practice, olu: Actor, item: DueItem
) -> None:
    disposing.dispose(actor=olu, pk=item.pk, now=LATER)
    sign_in(client, practice.town.amina)
    gone = client.get(reverse("entry", args=[item.people[0], item.thing]))
    assert gone.status_code == 404 and "Disposed of on 4 March 2038" in gone.content.decode()
    assert "Seen" not in text(client, "child", item.people[0])


def test_kept_longer_keeps_what_was_typed_when_something_is_missing(
    client: Client, olu: Actor, item: DueItem
) -> None:
    sign_in(client, olu)
    page = reverse("retention-keep", args=[item.pk])
    words = "She asked us to keep it. " * 60
    missing = client.post(
        page, {"because": words, "until-day": "1", "until-month": "13", "until-year": "2039"}
    )
    assert missing.status_code == 400 and words.strip()[:200] in missing.content.decode()
    sent = client.post(page, {"because": words, "until-day": "1", "until-month": "3", "until-year": "2039"})
    assert sent.status_code == 302
    assert "Kept longer" in text(client, "retention")


def test_a_hold_is_placed_from_the_page_and_a_colleague_releases_it(
    client: Client, practice: Practice, olu: Actor, item: DueItem
) -> None:
    sign_in(client, olu)
    page = f"{reverse('retention-hold-new')}?person={item.people[0]}"
    assert "Katie Walsh" in client.get(page).content.decode()
    assert client.post(page, {"why": "inquiry", "because": ""}).status_code == 400
    assert client.post(page, {"why": "inquiry", "because": "Letter of 12 May"}).status_code == 302
    held = Hold.objects.get()
    assert held.person_id == item.people[0]
    assert "cannot be disposed of now" in text(client, "retention-one", item.pk)
    assert "Release the hold" not in text(client, "retention-hold", held.reference)
    sign_in(client, practice.someone("Ana Field", practice.town.health, "records_officer"))
    assert "Release the hold" in text(client, "retention-hold", held.reference)
    released = client.post(reverse("retention-hold", args=[held.reference]), {"because": "It has reported."})
    assert released.status_code == 302 and "Released" in text(client, "retention-holds")


def test_the_schedule_says_where_each_figure_is_from(client: Client, olu: Actor, item: DueItem) -> None:
    sign_in(client, olu)
    shown = text(client, "retention-schedule")
    assert "regulation 50" in shown and "26 years from" in shown and "Agreement" in shown


def test_taking_it_out_first_asks_who_they_are_and_gives_all_of_it(
    client: Client, practice: Practice, olu: Actor, item: DueItem
) -> None:
    sign_in(client, olu)
    there = reverse("retention-original", args=[item.pk])
    assert client.get(there).status_code == 302
    session = client.session
    session["fresh"] = LATER.timestamp()
    session.save()
    tables = json.loads(client.get(there).content)["tables"]
    [entries] = [rows for name, rows in tables.items() if name.endswith(":chronology_entry")]
    assert "<b>Seen</b>" in entries[0]["title"]


def test_a_hold_of_another_agency_says_no_more_than_whom_to_ask(
    client: Client, practice: Practice, olu: Actor, item: DueItem
) -> None:
    police = practice.someone("Pia Stone", practice.town.police, "data_protection_officer")
    whole = Placing(why="police", because="Operation Kestrel.", person=item.people[0])
    record = practice.hold(practice.town.hannah)
    people.link(
        actor=practice.town.grace, record=record, person=item.people[0], reason="Same.", now=practice.now
    )
    holding.place(actor=police, placing=whole, now=LATER)
    sign_in(client, olu)
    shown = text(client, "retention-one", item.pk)
    assert "placed by Sharetown Police" in shown and "Kestrel" not in shown


def test_of_a_concern_it_is_said_which_and_it_goes_with_its_case(
    client: Client, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = practice.closed(practice.enquiry())
    grown = datetime(2051, 11, 17, 9, tzinfo=UTC)
    finding.look(now=grown)
    monkeypatch.setattr("jigsaw.hub.web.door.timezone.now", lambda: grown)
    item = DueItem.objects.get(what="concern")
    sign_in(client, practice.someone("Dee Marlow", practice.town.front_door, "data_protection_officer"))
    for page in (text(client, "retention"), text(client, "retention-one", item.pk)):
        assert case.referral.reference in page and "A concern, with its enquiry" in page
    gone = {"sure": "on", "password": PASSWORD}
    assert client.post(reverse("retention-one", args=[item.pk]), gone).status_code == 302
    assert case.referral.reference not in text(client, "retention-register")
    assert "A plan, with its alerts" in text(client, "retention-schedule")
    assert "A concern, with its enquiry" in text(client, "retention-register")
