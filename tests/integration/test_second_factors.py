"""A second factor: added, used, refused, lost; required or offered; and what is written down about it."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies.models import Practitioner, RecoveryCode, SecondFactor
from jigsaw.hub.audit.models import Entry, Words
from jigsaw.hub.kit.actor import SYSTEM
from people_in_tests import Town
from second_factors_in_tests import PRESENT, SoftPasskey, code_of, letters_on, question_on

PASSWORD = "a lamp in every window"
AMINA, TOM, ADE = "amina@hv.example", "tom@hv.example", "ade@sscp.example"


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


@pytest.fixture
def amina(town: Town) -> Practitioner:
    return with_password(AMINA)


def with_password(email: str) -> Practitioner:
    found = agency_queries.account_by_email(email)
    found.set_password(PASSWORD)
    found.save()
    return found


def enter(client: Client, email: str = AMINA, password: str = PASSWORD) -> Any:
    return client.post("/sign-in/", {"username": email, "password": password})


def second(client: Client, code: str = "", **more: str) -> Any:
    return client.post("/sign-in/second/", {"code": code, **more})


def is_in(client: Client) -> bool:
    return client.get("/notices/").status_code == 200


def words_on(answer: Any) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", answer.content.decode()))


def details(action: str) -> list[dict[str, Any]]:
    return [entry.detail for entry in Entry.objects.filter(action=action).order_by("id")]


def add_app(client: Client, now: datetime) -> tuple[str, list[str]]:
    """Add an app to whoever is signed in; returns its letters and the recovery codes shown."""
    letters = letters_on(client.get("/how-you-sign-in/app/"))
    answer = client.post("/how-you-sign-in/app/", {"code": code_of(letters, now)})
    assert answer.status_code == 302, words_on(answer)
    shown = client.get(answer["Location"]).content.decode()
    return letters, re.findall(r'hub-letters">([0-9A-Z]{5}-[0-9A-Z]{5})<', shown)


def add_passkey(client: Client, key: SoftPasskey) -> Any:
    question = question_on(client.get("/how-you-sign-in/passkey/"))
    return client.post("/how-you-sign-in/passkey/", {"name": "Work laptop", "passkey": key.made(question)})


@pytest.fixture
def with_app(client: Client, amina: Practitioner, clock: Clock) -> tuple[str, list[str]]:
    """Amina has an app and ten recovery codes, and is signed out again a minute later."""
    enter(client)
    made = add_app(client, clock.now)
    client.post("/sign-out/")
    clock.pass_(minutes=1)
    return made


# --- an app -------------------------------------------------------------------------------------------


def test_an_app_is_added_by_a_code_of_it_and_recovery_codes_are_shown_once(
    client: Client, amina: Practitioner, clock: Clock
) -> None:
    enter(client)
    page = client.get("/how-you-sign-in/app/")
    letters = letters_on(page)
    assert "<svg" in page.content.decode() and "style=" not in page.content.decode()
    wrong = client.post("/how-you-sign-in/app/", {"code": "000000"})
    assert wrong.status_code == 400 and "not the code that the app shows now" in words_on(wrong)
    assert letters_on(wrong) == letters, "whoever has taken the picture need not take another"
    assert not SecondFactor.objects.exists()
    _letters, shown = add_app(client, clock.now)
    assert _letters == letters and len(shown) == 10
    assert "Make new recovery codes?" in words_on(client.get("/how-you-sign-in/codes/"))
    [app] = SecondFactor.objects.all()
    assert app.kind == "app" and letters.replace(" ", "").encode() not in bytes(app.sealed_secret)
    assert details("second_factor.added") == [{"kind": "app", "factor": str(app.pk)}]
    assert details("recovery_codes.made") == [{"codes": 10}]


def test_the_password_alone_is_half_of_it(client: Client, with_app: Any, clock: Clock) -> None:
    answer = enter(client)
    assert answer["Location"].startswith("/sign-in/second/")
    assert not is_in(client) and "_auth_user_id" not in client.session
    assert not client.get("/session/").json()["ok"]
    asked = words_on(client.get("/sign-in/second/"))
    assert "Your password was right" in asked and "Amina" not in asked
    assert second(client, code_of(with_app[0], clock.now))["Location"] == "/"
    assert is_in(client)
    assert details("practitioner.signed_in")[-1] == {"by": "app", "left": 10}


def test_one_goes_on_to_where_one_was_going_after_both_steps(
    client: Client, with_app: Any, clock: Clock
) -> None:
    led = client.get("/notices/")["Location"]
    half = client.post(led, {"username": AMINA, "password": PASSWORD})["Location"]
    answer = client.post(half, {"code": code_of(with_app[0], clock.now)})
    assert answer["Location"] == "/notices/"


def test_a_code_lets_in_once(client: Client, with_app: Any, clock: Clock) -> None:
    code = code_of(with_app[0], clock.now)
    enter(client)
    assert second(client, code).status_code == 302
    other = Client()
    enter(other)
    answer = second(other, code)
    assert answer.status_code == 400 and "was used already" in words_on(answer)
    assert details("sign_in.refused") == [{"why": "wrong_code"}]
    clock.pass_(seconds=30)
    assert second(other, code_of(with_app[0], clock.now)).status_code == 302


def test_guessing_codes_waits_and_the_password_clears_nothing(
    client: Client, with_app: Any, clock: Clock
) -> None:
    for _try in range(5):
        enter(client)
        answer = second(client, "000000")
    assert "too many wrong codes" in words_on(answer)
    enter(client)
    assert second(client, code_of(with_app[0], clock.now)).status_code == 400, "not even the right one"
    assert details("sign_in.refused")[-1] == {"why": "must_wait"}
    clock.pass_(minutes=15, seconds=1)
    enter(client)
    assert second(client, code_of(with_app[0], clock.now)).status_code == 302


def test_half_of_it_is_over_after_five_minutes_and_when_the_account_is_switched_off(
    client: Client, amina: Practitioner, with_app: Any, clock: Clock
) -> None:
    enter(client)
    clock.pass_(minutes=5, seconds=1)
    answer = second(client, code_of(with_app[0], clock.now))
    assert answer.status_code == 302 and answer["Location"] == "/sign-in/" and not is_in(client)
    enter(client)
    agencies.deactivate(actor=SYSTEM, practitioner=amina, now=clock.now)
    assert second(client, code_of(with_app[0], clock.now))["Location"] == "/sign-in/" and not is_in(client)


def test_another_app_takes_the_place_of_the_first(client: Client, with_app: Any, clock: Clock) -> None:
    enter(client)
    second(client, code_of(with_app[0], clock.now))
    clock.pass_(minutes=1)
    letters, shown = add_app(client, clock.now)
    assert letters != with_app[0] and shown == [], "the recovery codes stay as they are"
    assert SecondFactor.objects.count() == 1 and len(details("second_factor.removed")) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondFactor.objects.create(
            practitioner_id=SecondFactor.objects.get().practitioner_id,
            kind="app",
            name="second",
            sealed_secret=b"x",
            added_at=clock.now,
        )


# --- recovery codes -----------------------------------------------------------------------------------


def test_a_recovery_code_lets_in_once_however_it_is_typed(
    client: Client, with_app: Any, clock: Clock
) -> None:
    code = with_app[1][3]
    enter(client)
    assert second(client, f" {code.lower().replace('-', ' ')}").status_code == 302
    assert details("practitioner.signed_in")[-1] == {"by": "recovery code", "left": 9}
    assert "9 of 10 left" in words_on(client.get("/how-you-sign-in/"))
    other = Client()
    enter(other)
    assert second(other, code).status_code == 400
    assert code.encode() not in repr(list(RecoveryCode.objects.values())).encode()


def test_new_recovery_codes_end_the_old_ones(client: Client, with_app: Any, clock: Clock) -> None:
    enter(client)
    second(client, with_app[1][0])
    shown = client.post("/how-you-sign-in/codes/", follow=True).content.decode()
    new = re.findall(r'hub-letters">([0-9A-Z-]{11})<', shown)
    assert len(new) == 10 and not set(new) & set(with_app[1])
    client.post("/sign-out/")
    enter(client)
    assert second(client, with_app[1][1]).status_code == 400
    assert second(client, new[0]).status_code == 302


# --- passkeys -----------------------------------------------------------------------------------------


def test_a_passkey_is_made_and_lets_in(client: Client, amina: Practitioner, clock: Clock) -> None:
    key = SoftPasskey()
    enter(client)
    assert add_passkey(client, key)["Location"] == "/how-you-sign-in/codes/"
    assert "Work laptop" in words_on(client.get("/how-you-sign-in/"))
    client.post("/sign-out/")
    enter(client)
    question = question_on(client.get("/sign-in/second/"))
    assert question["userVerification"] == "required" and len(question["allowCredentials"]) == 1
    answer = key.answers(question)
    typed_before = second(client, "12", passkey=answer)
    assert typed_before["Location"] == "/" and is_in(client), "a wrong code left in the box does not matter"
    assert details("practitioner.signed_in")[-1] == {"by": "passkey", "left": 10}
    other = Client()
    enter(other)
    other.get("/sign-in/second/")
    assert second(other, passkey=answer).status_code == 400, "an answer fits its own question alone"


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://testserver.example"},
        {"origin": "http://other.testserver"},
        {"host": "other"},
        {"flags": PRESENT},
        {"flags": 0},
    ],
    ids=["another origin", "a subdomain", "another site", "holder not verified", "nobody there"],
)
def test_a_passkey_that_answers_otherwise_neither_is_added_nor_lets_in(
    client: Client, amina: Practitioner, clock: Clock, wrong: dict[str, Any]
) -> None:
    key = SoftPasskey()
    enter(client)
    refused = add_passkey(client, SoftPasskey(**wrong))
    assert refused.status_code == 400 and "The passkey was not made" in words_on(refused)
    add_passkey(client, key)
    client.post("/sign-out/")
    enter(client)
    for name, value in wrong.items():
        setattr(key, name, value)
    answer = second(client, passkey=key.answers(question_on(client.get("/sign-in/second/"))))
    assert answer.status_code == 400 and "The passkey did not work" in words_on(answer) and not is_in(client)


def test_neither_a_forged_nor_a_copied_nor_anothers_passkey_lets_in(
    client: Client, amina: Practitioner, clock: Clock
) -> None:
    with_password(TOM)
    key, toms = SoftPasskey(used=7), SoftPasskey(id=b"toms")
    enter(client, TOM)
    add_passkey(client, toms)
    enter(client)
    add_passkey(client, key)
    again = add_passkey(client, SoftPasskey(id=key.id))
    assert again.status_code == 400, "one passkey is one person’s"
    client.post("/sign-out/")
    forged = SoftPasskey(used=9)
    for other, used in ((forged, 9), (toms, 1), (key, 7), (key, 6)):
        other.used = used
        enter(client)
        question = question_on(client.get("/sign-in/second/"))
        assert second(client, passkey=other.answers(question)).status_code == 400
    assert {each["why"] for each in details("sign_in.refused")} == {"wrong_passkey"}
    for nonsense in ("{}", "[]", "no", '{"id":"x","rawId":"!","response":{}}', "[" * 9000):
        clock.pass_(minutes=16)
        enter(client)
        client.get("/sign-in/second/")
        assert second(client, passkey=nonsense).status_code == 400
    key.used = 8
    clock.pass_(minutes=16)
    enter(client)
    assert second(client, passkey=key.answers(question_on(client.get("/sign-in/second/")))).status_code == 302


def test_by_a_number_no_passkey_is_offered(client: Client, amina: Practitioner, settings: Any) -> None:
    client = Client(headers={"host": "127.0.0.1:8000"})
    enter(client)
    page = words_on(client.get("/how-you-sign-in/passkey/"))
    assert "this hub was opened by a number" in page and "Make the passkey" not in page


# --- where it is required -----------------------------------------------------------------------------


def test_where_it_is_required_nothing_opens_before_one_is_added(
    client: Client, amina: Practitioner, clock: Clock, settings: Any
) -> None:
    settings.SECOND_FACTOR = "required"
    enter(client)
    for path in ("/", "/notices/", "/find/", "/how-you-sign-in/password/"):
        assert client.get(path)["Location"] == "/how-you-sign-in/", path
    assert client.post("/our-concerns/new/", {"concern": "x"})["Location"] == "/how-you-sign-in/"
    assert "a password alone is not enough" in words_on(client.get("/how-you-sign-in/"))
    add_app(client, clock.now)
    assert is_in(client)
    client.post("/sign-out/")
    assert enter(client)["Location"].startswith("/sign-in/second/")


def test_it_is_required_unless_all_is_invented_or_the_hub_is_told_otherwise(
    town: Town, settings: Any
) -> None:
    from jigsaw.hub.agencies import second_factors

    def required(setting: str, demonstration: bool) -> bool:
        settings.SECOND_FACTOR = setting
        agencies.set_up_partnership(
            actor=SYSTEM, name="P", front_door_phone="1", demonstration=demonstration, now=timezone.now()
        )
        return second_factors.required()

    assert [required("", False), required("", True)] == [True, False]
    assert [required("offered", False), required("required", True)] == [False, True]


# --- it is still they ---------------------------------------------------------------------------------


def test_ten_minutes_later_it_takes_both_again_to_change_anything(
    client: Client, with_app: Any, clock: Clock
) -> None:
    enter(client)
    second(client, code_of(with_app[0], clock.now))
    [factor] = SecondFactor.objects.all()
    remove = f"/how-you-sign-in/{factor.pk}/remove/"
    clock.pass_(minutes=9)
    assert is_in(client)
    clock.pass_(minutes=2)
    for path in (remove, *(f"/how-you-sign-in/{name}/" for name in ("app", "passkey", "codes", "password"))):
        assert client.get(path)["Location"] == f"/sign-in/again/?next={path}"
        assert client.post(path)["Location"] == f"/sign-in/again/?next={path}"
    assert SecondFactor.objects.exists()
    again = f"/sign-in/again/?next={remove}"
    code = code_of(with_app[0], clock.now)
    for given in (
        {"password": PASSWORD},
        {"password": "no", "code": code},
        {"password": PASSWORD, "code": "000000"},
    ):
        assert client.post(again, given).status_code == 400, given
    assert client.post(again, {"password": PASSWORD, "code": code})["Location"] == remove
    assert client.post(remove).status_code == 302
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    assert details("second_factor.removed") == [{"kind": "app", "factor": str(factor.pk)}]
    assert details("practitioner.confirmed") == [{"by": "app", "left": 10}]


def test_anothers_app_is_not_there(client: Client, with_app: Any, town: Town) -> None:
    with_password(TOM)
    enter(client, TOM)
    remove = f"/how-you-sign-in/{SecondFactor.objects.get().pk}/remove/"
    assert client.get(remove).status_code == 404 and client.post(remove).status_code == 404
    assert SecondFactor.objects.count() == 1


def test_a_new_password_ends_every_other_session(client: Client, amina: Practitioner) -> None:
    other = Client()
    enter(client), enter(other)
    path, new = "/how-you-sign-in/password/", "paper boats and thunder"
    old = {"old": PASSWORD}
    assert (
        client.post(path, {**old, "password": "password1234", "once_more": "password1234"}).status_code == 400
    )
    assert client.post(path, {**old, "password": new, "once_more": "something else"}).status_code == 400
    assert client.post(path, {"password": new, "once_more": new, "old": "guessed wrong"}).status_code == 400
    assert is_in(other) and details("sign_in.refused") == [{"why": "wrong"}], "the old one is asked for"
    assert client.post(path, {**old, "password": new, "once_more": new}).status_code == 302
    assert is_in(client) and not is_in(other)
    assert enter(Client()).status_code == 400 and enter(Client(), password=new).status_code == 302
    assert details("practitioner.password_changed") == [{}]


# --- lost, and what is written down -------------------------------------------------------------------


def test_an_administrator_takes_away_what_is_lost_and_nobody_else_does(
    client: Client, amina: Practitioner, with_app: Any, town: Town
) -> None:
    page = f"/settings/accounts/{amina.pk}/"
    with_password(TOM), with_password(ADE)
    enter(client, TOM)
    assert client.post(page, {"do": "take-away"}).status_code == 403
    enter(client, ADE)
    assert "with a second factor" in words_on(client.get("/settings/"))
    assert "Take away their second factors" in words_on(client.get(page))
    assert client.post(page, {"do": "take-away"}).status_code == 302
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    assert details("second_factor.all_taken_away") == [{"factors": 1}]
    own = page.replace(str(amina.pk), str(town.ade.practitioner_id))
    assert client.post(own, {"do": "take-away"}).status_code == 400


def test_no_code_secret_or_key_is_in_the_log(client: Client, with_app: Any, clock: Clock) -> None:
    letters, shown = with_app
    typed = [code_of(letters, clock.now), shown[0], "000000"]
    enter(client)
    second(client, typed[2]), second(client, typed[1])
    key = SoftPasskey()
    add_passkey(client, key)
    kept = repr([*Entry.objects.values(), *Words.objects.values()])
    for secret in (*typed, *shown, letters, letters.replace(" ", ""), key.id.decode(), PASSWORD):
        assert secret not in kept


def test_breaking_the_glass_takes_both(client: Client, with_app: Any, clock: Clock) -> None:
    enter(client)
    second(client, with_app[1][0])
    child = "/children/01920000-0000-7000-8000-000000000000/emergency/"
    shown = client.get(child).content.decode()
    assert 'name="password"' in shown and 'name="code"' in shown
    given = {
        "reason": "She is at the school gate, and nobody answers at the front door.",
        "password": PASSWORD,
    }
    assert "Type a code, or use a passkey" in words_on(client.post(child, given))
    assert "is not right" in words_on(client.post(child, {**given, "code": "000000"}))
    right = client.post(child, {**given, "code": code_of(with_app[0], clock.now)})
    assert right.status_code == 404, "it is they, and there is no such child"
