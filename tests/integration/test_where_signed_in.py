"""Where am I signed in? One ends one's own sessions, an administrator somebody's; and a first password opens nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from integration.test_second_factors import (
    ADE,
    AMINA,
    PASSWORD,
    TOM,
    details,
    enter,
    is_in,
    with_password,
    words_on,
)
from jigsaw.hub.agencies import first_passwords, sessions
from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.web.accounts.entering import browser_words
from people_in_tests import Town
from second_factors_in_tests import code_of, letters_on

PAGE, END = "/how-you-sign-in/", "/how-you-sign-in/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0"


@pytest.fixture
def amina(town: Town) -> Practitioner:
    return with_password(AMINA)


@pytest.fixture
def elsewhere(amina: Practitioner) -> Client:
    other = Client(headers={"user-agent": FIREFOX})
    assert enter(other).status_code == 302
    return other


def test_one_sees_ones_sessions_and_ends_one(client: Client, elsewhere: Client, town: Town) -> None:
    with_password(TOM)
    toms = Client()
    enter(toms, TOM), enter(client)
    actor, now = town.amina, timezone.now()
    there = [one for one in sessions.mine(actor, now=now) if one.browser]
    assert [one.browser for one in there] == ["Firefox, Windows"] and len(sessions.mine(actor, now=now)) == 2
    page = client.get(PAGE)
    assert "Firefox, Windows" in words_on(page) and "Here" in words_on(page)
    assert elsewhere.session.session_key not in page.content.decode(), (
        "what a browser proves itself with is not shown"
    )
    toms_name = sessions.mine(town.tom, now=now)[0].name
    for name in (toms_name, "nothing", client.session.session_key):
        assert client.post(END, {"session": name}).status_code == 404
    own = next(one.name for one in sessions.mine(actor, now=now) if one.key == client.session.session_key)
    assert client.post(END, {"session": own}).status_code == 404, "one signs out of that"
    assert client.post(END, {"session": there[0].name}).status_code == 302
    assert is_in(client) and is_in(toms) and not is_in(elsewhere)
    assert details("practitioner.sessions_ended") == [{"sessions": 1}]


def test_all_others_are_ended_at_once_and_what_is_over_is_not_listed(
    client: Client, elsewhere: Client, town: Town
) -> None:
    enter(client), enter(Client())
    assert len(sessions.mine(town.amina, now=timezone.now())) == 3
    assert client.post(END, {"session": "others"}).status_code == 302
    assert is_in(client) and not is_in(elsewhere)
    assert sessions.mine(town.amina, now=timezone.now() + timedelta(minutes=11)) == [], "idle for too long"
    assert sessions.forget(now=timezone.now() + timedelta(hours=9)) >= 1


def test_whoever_changes_a_factor_is_told_that_they_are_signed_in_elsewhere(
    client: Client, elsewhere: Client
) -> None:
    enter(client)
    letters = letters_on(client.get("/how-you-sign-in/app/"))
    added = client.post("/how-you-sign-in/app/", {"code": code_of(letters, timezone.now())})
    assert "You are signed in elsewhere too" in words_on(client.get(added["Location"]))


def test_an_administrator_signs_somebody_out_everywhere_and_leaves_the_account_on(
    client: Client, elsewhere: Client, amina: Practitioner
) -> None:
    page = f"/settings/accounts/{amina.pk}/"
    with_password(TOM), with_password(ADE)
    enter(client, TOM)
    assert client.post(page, {"do": "end-sessions"}).status_code == 403 and is_in(elsewhere)
    enter(client, ADE)
    assert "Sign them out everywhere" in words_on(client.get(page))
    assert client.post(page, {"do": "end-sessions"}).status_code == 302
    assert not is_in(elsewhere) and enter(elsewhere).status_code == 302


@pytest.fixture
def newcomer(town: Town) -> Practitioner:
    account = agencies.Account(
        email="new@hv.example", name="New Comer", job_title="Nurse", agency=town.health, roles=("practitioner",),
        password=PASSWORD, first=True,
    )  # fmt: skip
    return agencies.add_practitioner(actor=SYSTEM, account=account, now=timezone.now())


def test_a_first_password_opens_one_page_until_its_owner_has_chosen_another(
    client: Client, newcomer: Practitioner
) -> None:
    path = "/how-you-sign-in/password/"
    enter(client, newcomer.email)
    for page in ("/", "/find/", PAGE, END):
        assert client.get(page)["Location"] == path, page
    assert "Somebody gave you the password" in words_on(client.get(path))

    def change(new: str) -> Any:
        return client.post(path, {"old": PASSWORD, "password": new, "once_more": new})

    same = change(PASSWORD)
    assert same.status_code == 400 and "the one that you were given" in words_on(same)
    assert change("paper boats and thunder").status_code == 302
    assert client.get("/find/").status_code == 200
    assert not agency_queries.account_by_email(newcomer.email).password_is_first


def test_a_first_password_that_nobody_used_is_over_after_a_week(
    client: Client, newcomer: Practitioner
) -> None:
    def tried(days: float, password: str = PASSWORD) -> Any:
        now = timezone.now() + timedelta(days=days)
        return agencies.sign_in(actor=SYSTEM, email=newcomer.email, password=password, now=now)

    assert tried(6.9).practitioner == newcomer
    assert tried(7.1) == agencies.SignIn(first_is_over=True)
    assert tried(7.1, "not this") == agencies.SignIn(), "only whoever knows it is told"
    assert details("sign_in.refused")[0] == {"why": "first_password_over"}
    Practitioner.objects.filter(pk=newcomer.pk).update(password_given_at=timezone.now() - timedelta(days=8))
    assert "Ask whoever gave it, or an administrator" in words_on(enter(client, newcomer.email))
    assert client.get("/find/")["Location"].startswith("/sign-in/")


def test_an_administrator_gives_a_new_first_password_and_the_old_one_is_over_at_once(
    client: Client, elsewhere: Client, newcomer: Practitioner
) -> None:
    page = f"/settings/accounts/{newcomer.pk}/"
    enter(elsewhere, newcomer.email)
    with_password(TOM), with_password(ADE)
    enter(client, TOM)
    assert client.post(page, {"do": "first-password"}).status_code == 403
    enter(client, ADE)
    Practitioner.objects.filter(pk=newcomer.pk).update(password_given_at=timezone.now() - timedelta(days=8))
    assert "its time is over" in words_on(client.get(page))
    answer = words_on(client.post(page, {"do": "first-password"}))
    [given] = re.findall(r"\b(?:[a-z0-9]{5}-){3}[a-z0-9]{5}\b", answer)
    assert elsewhere.get("/how-you-sign-in/password/")["Location"].startswith("/sign-in/"), "signed out"
    assert enter(elsewhere, newcomer.email).status_code == 400, "the old one"
    again = elsewhere.post("/sign-in/", {"username": newcomer.email, "password": given})
    assert again.status_code == 302 and elsewhere.get("/")["Location"] == "/how-you-sign-in/password/"
    assert given not in words_on(client.get(page)) and given not in repr(
        details("practitioner.first_password_given")
    )


def test_nobody_is_given_another_in_place_of_a_password_of_their_own(
    client: Client, elsewhere: Client, amina: Practitioner
) -> None:
    with_password(ADE), enter(client, ADE)
    page = f"/settings/accounts/{amina.pk}/"
    assert "first password" not in words_on(client.get(page))
    assert client.post(page, {"do": "first-password"}).status_code == 400
    assert is_in(elsewhere), "and their session goes on"
    later = client.session
    later["fresh"] = 0
    later.save()
    assert client.post(page, {"do": "first-password"})["Location"].startswith("/sign-in/again/")


def test_who_forgot_their_own_password_is_given_another_by_the_hub_itself_and_by_no_administrator(
    client: Client, elsewhere: Client, amina: Practitioner, town: Town
) -> None:
    def give(actor: Actor) -> str:
        return first_passwords.give(actor=actor, practitioner=amina, forgotten=True, now=timezone.now())

    with pytest.raises(Invalid, match="first password"):
        give(town.ade)
    assert is_in(elsewhere)
    given = give(SYSTEM)
    assert not is_in(elsewhere), "whoever was in is out"
    elsewhere.post("/sign-in/", {"username": amina.email, "password": given})
    assert elsewhere.get("/")["Location"] == "/how-you-sign-in/password/", "and chooses another at once"
    assert details("practitioner.first_password_given") == [{"forgotten": True}]
    Practitioner.objects.filter(pk=amina.pk).update(password=make_password(None), password_is_first=False)
    with pytest.raises(Invalid):
        give(SYSTEM)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/138.0 Safari/537.36 Edg/138.0", "Edge, Mac"),
        ("<script>", ""),
    ],
)
def test_a_browser_is_called_by_what_its_owner_knows(agent: str, words: str) -> None:
    assert browser_words(agent) == words
