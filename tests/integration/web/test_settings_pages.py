"""Accounts and local settings: for the administrator alone, and nothing is overwritten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jigsaw.hub.agencies import operations as agency_operations
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import queries as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid, Refused
from people_in_tests import Town

TODAY = timezone.localdate()


def as_(client: Client, actor: Actor) -> Client:
    client.force_login(agencies.active_practitioner(actor.practitioner_id))
    return client


def test_accounts_roles_and_settings_are_shown_in_words(client: Client, town: Town) -> None:
    page = as_(client, town.ade).get("/settings/").content.decode()
    for words in [
        "Amina Yusuf",
        "Sharetown Police",
        "Safeguarding lead",
        "See who has looked at a child’s information and why",
        "Ratings and clocks",
        "In force",
        "08:30–17:00",
    ]:
        assert words in page, words


def test_settings_are_for_the_administrator_alone(client: Client, town: Town) -> None:
    pk = town.amina.practitioner_id
    for actor in (town.grace, town.mary, town.tom):
        for path in ("/settings/", f"/settings/accounts/{pk}/", "/settings/ratings/"):
            assert as_(client, actor).get(path).status_code == 403, path
        assert client.post(f"/settings/accounts/{pk}/", {"do": "deactivate"}).status_code == 403
    assert agencies.active_practitioner(pk)
    with pytest.raises(Refused):
        agency_operations.deactivate(
            actor=town.grace, practitioner=agencies.active_practitioner(pk), now=timezone.now()
        )


def test_an_account_is_switched_off_at_once_and_on_again(client: Client, town: Town) -> None:
    pk = town.amina.practitioner_id
    amina = as_(Client(), town.amina)
    assert amina.get("/find/").status_code == 200
    page = as_(client, town.ade).get(f"/settings/accounts/{pk}/")
    form = {"do": "deactivate", "token": page.context["token"]}
    assert [client.post(f"/settings/accounts/{pk}/", form).status_code for _press in range(2)] == [302, 302]
    assert amina.get("/find/").status_code == 302, "signed out"
    log = [row.action for row in audit.about_thing(f"practitioner {pk}")]
    assert log.count("practitioner.deactivated") == 1
    client.post(f"/settings/accounts/{pk}/", {"do": "reactivate"})
    assert agencies.active_practitioner(pk)


def test_nobody_switches_off_themselves(client: Client, town: Town) -> None:
    pk = town.ade.practitioner_id
    page = as_(client, town.ade).get(f"/settings/accounts/{pk}/").content.decode()
    assert "your own account" in page
    assert client.post(f"/settings/accounts/{pk}/", {"do": "deactivate"}).status_code == 400
    with pytest.raises(Invalid):
        agency_operations.deactivate(
            actor=town.ade, practitioner=agencies.active_practitioner(pk), now=timezone.now()
        )


def ratings_form(client: Client, **changes: Any) -> dict[str, str]:
    """The form as it comes, as the browser would send it, with a day and a source filled in."""
    form = client.get("/settings/ratings/").context["form"]
    sent: dict[str, str] = {}
    for field in form:
        value = field.value()
        if value not in (None, "", False):
            sent[field.html_name] = f"{value:%H:%M}" if hasattr(value, "hour") else str(value)
    day = TODAY + timedelta(days=10)
    return sent | boxes(day) | {"source": "Partnership board, 3 November 2026, item 4"} | changes


def boxes(day: date) -> dict[str, str]:
    return {
        "effective_from-day": str(day.day),
        "effective_from-month": str(day.month),
        "effective_from-year": str(day.year),
    }


def test_new_ratings_hold_from_their_day_and_not_before(client: Client, town: Town) -> None:
    as_(client, town.ade)
    form = ratings_form(
        client, **{"red-hours": "2", "red-name": "Now", "opens-5": "09:00", "closes-5": "12:00"}
    )
    answer = client.post("/settings/ratings/", form)
    assert answer.status_code == 302, answer.content.decode()
    day = TODAY + timedelta(days=10)
    before, after = (agreements.rating_scheme(on=on) for on in (day - timedelta(days=1), day))
    assert (before.levels[0].name, before.levels[0].answer_within) == ("Red", timedelta(hours=4))
    assert (after.levels[0].name, after.levels[0].answer_within) == ("Now", timedelta(hours=2))
    assert after.levels[0].code == "red"
    assert 5 in after.hours.by_weekday and 5 not in before.hours.by_weekday
    assert "To come" in client.get("/settings/").content.decode()
    again = client.post("/settings/ratings/", form)
    assert again.status_code == 400 and "Another setting starts on this day" in again.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"red-hours": "soon"}, "Enter a whole number"),
        ({"red-hours": "0"}, "greater than or equal to 1"),
        ({"red-order": "2"}, "Two ratings have the same place"),
        ({"blue-hours": "71"}, "Blue is less urgent than Green, but can fall due sooner"),
        ({"closes-0": "08:00"}, "It must close after it opens"),
        ({"closes-1": ""}, "Give both hours"),
        ({"source": ""}, "Say who agreed this"),
        (boxes(date(2020, 1, 1)), "or later"),
        ({f"{side}-{day}": "" for side in ("opens", "closes") for day in range(7)}, "at least one day"),
    ],
)
def test_mistakes_are_named_and_nothing_is_put_in_force(
    client: Client, town: Town, changes: dict[str, str], words: str
) -> None:
    as_(client, town.ade)
    form = ratings_form(client, **{"red-words": "Answer 🚨 at once"}) | changes
    answer = client.post("/settings/ratings/", form)
    page = answer.content.decode()
    assert answer.status_code == 400 and words in page
    assert "Answer 🚨 at once" in page
    assert len([row for row in agreements.all_settings() if row.kind == "rating_scheme"]) == 1
