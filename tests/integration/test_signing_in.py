"""Who is let in, for how long, and what is written down about it."""

from __future__ import annotations

import logging
import re
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from django.utils import timezone

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies.models import Practitioner, WrongTries
from jigsaw.hub.audit import queries as audit_queries
from jigsaw.hub.audit.models import Entry, Words
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.web import door
from people_in_tests import Town

PASSWORD = "a lamp in every window"
AMINA, NOBODY = "amina@hv.example", "nobody@hv.example"


@pytest.fixture
def amina(town: Town) -> Practitioner:
    """The health visitor, with a password of her own."""
    found = agency_queries.account_by_email(AMINA)
    found.set_password(PASSWORD)
    found.save()
    return found


def enter(client: Client, email: str, password: str) -> Any:
    return client.post("/sign-in/", {"username": email, "password": password})


def said(answer: Any) -> list[str]:
    return [str(words) for words in answer.context["form"].errors.get("username", [])]


def entries(action: str) -> list[Entry]:
    return list(Entry.objects.filter(action=action).order_by("id"))


class Clock:
    """The time, moved on by hand: of the doors and of the sessions alike."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def pass_(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


# --- what is written down ----------------------------------------------------------------------------


def test_signing_in_and_out_are_written_down(client: Client, amina: Practitioner) -> None:
    assert enter(client, AMINA, PASSWORD).status_code == 302
    client.post("/sign-out/")
    for action in ("practitioner.signed_in", "practitioner.signed_out"):
        [entry] = entries(action)
        assert entry.practitioner == amina.pk and entry.thing == f"practitioner {amina.pk}"


@pytest.mark.parametrize("email", [AMINA, NOBODY])
def test_a_refused_try_is_written_down_without_the_address(
    client: Client, amina: Practitioner, email: str
) -> None:
    assert enter(client, f" {email} ", "not this").status_code == 400
    [entry] = entries("sign_in.refused")
    assert email.encode() not in repr(vars(entry)).encode()
    assert entry.detail == {"why": "wrong"}
    assert Words.objects.get(entry=entry.entry).words == email
    Words.objects.filter(entry=entry.entry).delete()
    assert audit_queries.verify().ok, "the address can be erased, and the log still verifies"


def test_the_password_is_nowhere_in_what_is_written_down(client: Client, amina: Practitioner) -> None:
    enter(client, AMINA, "not this either")
    kept = [*Entry.objects.values(), *Words.objects.values(), *WrongTries.objects.values()]
    assert "not this either" not in repr(kept) and AMINA not in repr(list(WrongTries.objects.values()))


@pytest.mark.parametrize(
    "password", [" a lamp in every window ", "A " + "long lamp " * 30, "лампа в каждом окне", "8301746592831"]
)
def test_a_password_counts_exactly_as_typed_however_long_and_of_whatever_letters(
    client: Client, amina: Practitioner, password: str
) -> None:
    client.force_login(amina)
    agencies.change_password(actor=agency_queries.actor_for(amina), password=password, now=timezone.now())
    for other in (password.strip() + "x", password[:-1], password.swapcase() + " "):
        assert enter(Client(), AMINA, other).status_code == 400, other
    assert enter(Client(), AMINA, password).status_code == 302


def test_password_fields_hide_what_is_typed_and_let_a_password_manager_fill_them(
    client: Client, amina: Practitioner
) -> None:
    page = client.get("/sign-in/").content.decode()
    enter(client, AMINA, PASSWORD)
    page += client.get("/how-you-sign-in/password/").content.decode()
    fields = re.findall(r'<input[^>]*type="password"[^>]*>', page)
    assert [re.findall(r'autocomplete="([^"]+)"', field) for field in fields] == [
        ["current-password"],
        ["current-password"],
        ["new-password"],
        ["new-password"],
    ]
    assert "maxlength" not in "".join(fields)


# --- too many wrong tries -----------------------------------------------------------------------------


@pytest.mark.parametrize("email", [AMINA, NOBODY])
def test_after_five_wrong_tries_an_address_waits_fifteen_minutes(
    client: Client, amina: Practitioner, clock: Clock, email: str
) -> None:
    """Known or unknown: the same answers, in the same words."""
    answers = [enter(client, email, "not this") for _try in range(5)]
    assert {answer.status_code for answer in answers} == {400}
    assert [said(answer) for answer in answers[:4]] == [["The email address or password is not right."]] * 4
    assert re.fullmatch(r"There were too many wrong tries .* Wait until \d\d:\d\d, .*", said(answers[4])[0])
    clock.pass_(minutes=14, seconds=59)
    assert "too many" in said(enter(client, email.upper(), PASSWORD))[0], "not even the right password"
    assert [entry.detail["why"] for entry in entries("sign_in.refused")][-1] == "must_wait"
    clock.pass_(seconds=2)
    answer = enter(client, email, PASSWORD)
    assert answer.status_code == (302 if email == AMINA else 400)
    if email == NOBODY:
        assert said(answer) == ["The email address or password is not right."]


def test_waiting_does_not_go_on_because_somebody_keeps_trying(
    client: Client, amina: Practitioner, clock: Clock
) -> None:
    for _try in range(5):
        enter(client, AMINA, "not this")
    for _minute in range(14):
        clock.pass_(minutes=1)
        enter(client, AMINA, "not this")
    clock.pass_(minutes=1, seconds=1)
    assert enter(client, AMINA, PASSWORD).status_code == 302


def test_slow_mistakes_do_not_add_up_and_signing_in_begins_anew(
    client: Client, amina: Practitioner, clock: Clock
) -> None:
    for _try in range(8):
        assert said(enter(client, AMINA, "not this")) == ["The email address or password is not right."]
        clock.pass_(minutes=4)
    assert enter(client, AMINA, PASSWORD).status_code == 302
    assert not WrongTries.objects.exists()
    for _try in range(4):
        assert "not right" in said(enter(client, AMINA, "not this"))[0]


def test_one_account_waits_and_its_colleague_does_not(
    client: Client, amina: Practitioner, town: Town
) -> None:
    tom = agency_queries.practitioners([town.tom.practitioner_id])[town.tom.practitioner_id]
    tom.set_password(PASSWORD)
    tom.save()
    for _try in range(5):
        enter(client, AMINA, "not this")
    assert "too many" in said(enter(client, AMINA, PASSWORD))[0]
    assert enter(client, tom.email, PASSWORD).status_code == 302


def test_an_address_written_otherwise_is_the_same_account(client: Client, amina: Practitioner) -> None:
    for email in (AMINA, AMINA.upper(), f"  {AMINA}", AMINA.title(), AMINA):
        enter(client, email, "not this")
    assert "too many" in said(enter(client, AMINA, PASSWORD))[0]


def test_an_account_that_is_switched_off_answers_like_one_that_is_not_there(
    client: Client, amina: Practitioner
) -> None:
    agencies.deactivate(actor=SYSTEM, practitioner=amina, now=timezone.now())
    assert said(enter(client, AMINA, PASSWORD)) == ["The email address or password is not right."]


def test_wrong_tries_are_forgotten_after_a_day(amina: Practitioner, clock: Clock) -> None:
    agencies.sign_in(actor=SYSTEM, email=AMINA, password="not this", now=clock.now)
    assert agencies.forget_tries(now=clock.pass_(hours=23)) == 0
    assert agencies.forget_tries(now=clock.pass_(hours=2)) == 1
    assert agencies.forget_tries(now=clock.now) == 0


def test_passwords_are_argon2_hashes(amina: Practitioner) -> None:
    hasher = identify_hasher(amina.password)
    assert hasher.algorithm == "argon2" and PASSWORD not in amina.password
    shown = hasher.decode(amina.password)
    # OWASP: at least 19 MiB and two passes, or the like; and a salt of its own for each.
    assert shown["variety"] == "argon2id" and shown["memory_cost"] * shown["time_cost"] >= 19 * 1024 * 2
    before = amina.password
    amina.set_password(PASSWORD)
    assert amina.password != before


# --- how long a session lives -------------------------------------------------------------------------


@pytest.fixture
def signed_in(client: Client, amina: Practitioner, clock: Clock) -> Client:
    assert enter(client, AMINA, PASSWORD).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/notices/").status_code == 200


def test_a_session_ends_after_ten_idle_minutes(signed_in: Client, clock: Clock) -> None:
    clock.pass_(minutes=9, seconds=59)
    assert is_in(signed_in)
    clock.pass_(minutes=10, seconds=1)
    assert not is_in(signed_in)
    [entry] = entries("practitioner.signed_out")
    assert entry.detail == {"why": "idle"}
    assert not is_in(signed_in) and len(entries("practitioner.signed_out")) == 1


def test_a_session_ends_after_eight_hours_however_busy(signed_in: Client, clock: Clock) -> None:
    for _five_minutes in range(8 * 12):
        clock.pass_(minutes=5)
        assert is_in(signed_in)
    clock.pass_(minutes=1)
    assert not is_in(signed_in)
    assert [entry.detail for entry in entries("practitioner.signed_out")] == [{"why": "whole"}]


def draft(client: Client, words: str) -> int:
    """Save a draft as the page does by itself while someone types."""
    actor = agency_queries.actor_by_email(AMINA)
    form = {"draft": "concern", "owner": door.owner_mark(actor), "concern": words}
    return client.post("/drafts/", form).status_code


def test_typing_keeps_a_session_alive_but_not_past_eight_hours(signed_in: Client, clock: Clock) -> None:
    for number in range(8 * 60 // 9):
        clock.pass_(minutes=9)
        assert draft(signed_in, f"word {number}") == 200
    clock.pass_(minutes=9)
    assert draft(signed_in, "one more") == 401


def test_what_the_browser_sends_by_itself_keeps_no_session_alive(signed_in: Client, clock: Clock) -> None:
    assert draft(signed_in, "the same words") == 200
    for _time in range(2):
        clock.pass_(minutes=4)
        assert draft(signed_in, "the same words") == 200
        assert signed_in.get("/session/").json()["ok"]
    clock.pass_(minutes=2, seconds=1)
    assert not signed_in.get("/session/").json()["ok"]
    assert draft(signed_in, "the same words") == 401


def test_whoever_leaves_loses_access_at_the_next_request(signed_in: Client, amina: Practitioner) -> None:
    assert is_in(signed_in)
    agencies.deactivate(actor=SYSTEM, practitioner=amina, now=timezone.now())
    assert not is_in(signed_in)
    assert draft_refused(signed_in)


def draft_refused(client: Client) -> bool:
    return client.post("/drafts/", {"draft": "concern", "concern": "x"}).status_code == 401


def test_cookies_are_for_this_site_and_not_for_scripts(signed_in: Client, settings: Any) -> None:
    session = signed_in.cookies["jigsaw-session"]
    assert session["httponly"] and session["samesite"] == "Strict" and session["path"] == "/"
    assert session["max-age"] <= 8 * 3600
    token = Client(enforce_csrf_checks=True).get("/sign-in/").cookies["csrftoken"]
    assert token["samesite"] == "Strict" and token["httponly"]


def test_no_cookie_of_before_holds_once_somebody_signed_in_or_proved_it_again(
    client: Client, amina: Practitioner
) -> None:
    """Whoever planted or copied a session's cookie holds nothing of the session that follows."""
    client.get("/sign-in/")
    client.session["planted"] = True
    seen = [client.session.session_key]
    enter(client, AMINA, PASSWORD)
    seen.append(client.cookies["jigsaw-session"].value)
    assert client.post("/sign-in/again/?next=/notices/", {"password": PASSWORD}).status_code == 302
    seen.append(client.cookies["jigsaw-session"].value)
    assert len(set(seen)) == 3 and client.get("/notices/").status_code == 200
    stale = Client()
    stale.cookies["jigsaw-session"] = seen[1]
    assert stale.get("/notices/").status_code == 302


def test_no_cookie_holds_words(signed_in: Client) -> None:
    """What the next page says waits on the server."""
    given = {"old": PASSWORD, "password": "three words that differ", "once_more": "three words that differ"}
    changed = signed_in.post("/how-you-sign-in/password/", given, follow=True)
    assert [str(said) for said in changed.context["messages"]], "something is said"
    assert set(signed_in.cookies) <= {"jigsaw-session", "csrftoken"}


def test_signing_out_has_the_browser_forget_and_the_cookie_opens_nothing(signed_in: Client) -> None:
    kept = signed_in.cookies["jigsaw-session"].value
    assert signed_in.post("/sign-out/")["Clear-Site-Data"] == '"cache", "storage"'
    signed_in.cookies["jigsaw-session"] = kept
    assert signed_in.get("/notices/").status_code == 302


def test_behind_tls_cookies_travel_encrypted_only(tmp_path: Any) -> None:
    """The settings as a real deployment reads them: JIGSAW_HTTPS=1. Nor can another host plant one of these names."""
    import os
    import subprocess
    import sys

    show = (
        "import django; django.setup(); from django.conf import settings as s; "
        "from jigsaw.hub.web.accounts.outside import COOKIE; "
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, COOKIE)"
    )
    behind_tls = "True True __Host-jigsaw-session __Host-csrftoken __Secure-jigsaw-try"
    for https, secure in (("1", behind_tls), ("", "False False jigsaw-session csrftoken jigsaw-try")):
        ran = subprocess.run(
            [sys.executable, "-c", show],
            env={**os.environ, "JIGSAW_HTTPS": https},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.strip() == secure


def test_unknown_addresses_cost_as_much_time(amina: Practitioner) -> None:
    """A wrong password and an unknown address hash once each: within a factor, whatever the machine does."""

    def took(email: str) -> float:
        began = time.process_time()
        agencies.sign_in(actor=SYSTEM, email=email, password="not this", now=timezone.now())
        return time.process_time() - began

    known = min(took(AMINA) for _try in range(3))
    unknown = min(took(NOBODY) for _try in range(3))
    assert 0.5 < known / unknown < 2


def test_a_try_leaves_no_address_in_the_logs(
    client: Client, amina: Practitioner, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="jigsaw"):
        enter(client, AMINA, "not this")
    assert AMINA not in caplog.text


def test_a_page_on_which_nothing_is_typed_tells_a_browser_without_scripts_when_to_leave_it(
    client: Client, amina: Practitioner, town: Town
) -> None:
    client.force_login(amina)
    told = re.search(
        r'<noscript><meta http-equiv="refresh" content="(\d+); url=([^"]+)">', words_of(client, "/requests/")
    )
    assert told and int(told[1]) > 600 and told[2] == "/session/away/?next=%2Frequests%2F"
    for typed_on in ("/find/", "/how-you-sign-in/password/"):
        assert "http-equiv" not in words_of(client, typed_on), typed_on
    assert "http-equiv" not in words_of(Client(), "/sign-in/")
    seen = client.session.get("seen")
    assert client.get(told[2]).status_code == 200 and client.session.get("seen") == seen, "nobody is there"
    assert Client().get(told[2])["Location"] == "/sign-in/?next=%2Frequests%2F"
    elsewhere = words_of(client, "/session/away/?next=https://evil.example/")
    assert '<a class="govuk-link" href="/">Go back to it' in elsewhere


def words_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()
