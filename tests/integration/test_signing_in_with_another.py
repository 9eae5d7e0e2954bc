"""Signing in with another place: a real provider on this machine, honest and otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from django.utils import timezone
from joserfc.jwk import ECKey, OctKey, RSAKey

from integration.test_second_factors import details, is_in, words_on
from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import outside
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.audit.models import Entry, Words
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.web.accounts import oidc, providers
from people_in_tests import Town
from provider_in_tests import CLIENT, SECRET, Place, provider

THERE = "/sign-in/with/cis2/"


@pytest.fixture(scope="module")
def running() -> Iterator[Place]:
    with provider() as place:
        yield place


@pytest.fixture
def place(running: Place, town: Town, settings: Any) -> Place:
    """The provider, honest again, configured, and Amina known by what it calls her."""
    honest = Place()
    running.__dict__.update({**honest.__dict__, "issuer": running.issuer})
    there = providers.Provider(
        code="cis2",
        name="NHS CIS2",
        issuer=running.issuer,
        client_id=CLIENT,
        secret=SECRET,
        levels=frozenset({"AAL2_OR_AAL3_ANY", "AAL3_ANY"}),
        ask_levels="AAL2_OR_AAL3_ANY",
    )
    settings.SIGN_IN_WITH = {"cis2": there}
    settings.SECOND_FACTOR = "required"
    know(amina(), "known-there")
    return running


def amina() -> Practitioner:
    return agency_queries.account_by_email("amina@hv.example")


def know(who: Practitioner, subject: str) -> None:
    outside.known_as(actor=SYSTEM, practitioner=who, provider="cis2", subject=subject, now=timezone.now())


def round_trip(client: Client, path: str = THERE, change: Callable[[str], str] = str) -> Any:
    """There, signed in there, and back, as a browser goes."""
    there = client.get(path)["Location"]
    back = httpx.get(there).headers["location"]
    # The session's own cookie does not come along from another site.
    client.cookies.pop("jigsaw-session", None)
    return client.get(change(back.removeprefix("http://testserver")))


def test_whom_the_place_vouches_for_is_in_and_is_led_on(client: Client, place: Place) -> None:
    page = client.get("/sign-in/?next=/notices/").content.decode()
    assert "Sign in with NHS CIS2" in page and f'href="{THERE}?next=/notices/"' in page
    answer = round_trip(client, f"{THERE}?next=/notices/")
    assert (
        answer.status_code == 200
        and 'http-equiv="refresh" content="0;url=/notices/"' in answer.content.decode()
    )
    assert is_in(client), "and needs no second factor of this hub"
    assert place.seen["acr_values"] == "AAL2_OR_AAL3_ANY" and place.seen["code_challenge_method"] == "S256"
    assert details("practitioner.signed_in") == [
        {"by": "single sign-on", "provider": "cis2", "level": "AAL3_ANY"}
    ]
    assert Entry.objects.get(action="practitioner.signed_in").practitioner == amina().pk


def test_what_a_try_needs_is_in_a_cookie_for_its_own_address(client: Client, place: Place) -> None:
    cookie = client.get(THERE).cookies["jigsaw-try"]
    assert cookie["path"] == THERE and cookie["samesite"] == "Lax" and cookie["httponly"]
    assert cookie["max-age"] == 600


@pytest.mark.parametrize("elsewhere", ["https://bad.example/", "//bad.example", "javascript:alert(1)"])
def test_it_leads_on_within_this_hub_alone(client: Client, place: Place, elsewhere: str) -> None:
    assert "bad.example" not in round_trip(client, f"{THERE}?next={elsewhere}").content.decode()


OTHER = ECKey.generate_key("P-256", {"kid": "1", "use": "sig"})


@pytest.mark.parametrize(
    ("lies", "why", "words"),
    [
        ({"lies": {"acr": "AAL1_USERPASS"}}, "level", "not strongly enough"),
        ({"lies": {"acr": None}}, "level", "not strongly enough"),
        ({"lies": {"nonce": "another"}}, "nonce", "another try"),
        ({"lies": {"nonce": None}}, "nonce", "another try"),
        ({"lies": {"exp": int(time.time()) - 120}}, "expired", "too late"),
        ({"lies": {"iat": int(time.time()) + 3600}}, "expired", "too late"),
        ({"lies": {"exp": None}}, "forged", "could not be verified"),
        ({"lies": {"aud": "another-client"}}, "forged", "could not be verified"),
        ({"lies": {"aud": [CLIENT, "another"], "azp": "another"}}, "forged", "could not be verified"),
        ({"lies": {"iss": "https://another.example"}}, "forged", "could not be verified"),
        ({"lies": {"sub": None}}, "forged", "could not be verified"),
        ({"signs_with": OTHER}, "forged", "could not be verified"),
        ({"algorithm": "none"}, "forged", "could not be verified"),
        (
            {
                "algorithm": "HS256",
                "signs_with": OctKey.import_key("the secret that both sides know!!", {"kid": "1"}),
            },
            "forged",
            "could not be verified",
        ),
        ({"subject": "nobody-here"}, "unknown", "this hub does not know you by it"),
        ({"subject": "KNOWN-THERE"}, "unknown", "this hub does not know you by it"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else None,
)
def test_what_cannot_be_believed_lets_nobody_in(
    client: Client, place: Place, lies: dict[str, Any], why: str, words: str
) -> None:
    place.__dict__.update(lies)
    answer = round_trip(client)
    assert answer.status_code == 403 and words in words_on(answer) and not is_in(client)
    assert details("sign_in.refused") == [{"why": why, "provider": "cis2"}]
    assert Practitioner.objects.count() == len(agency_queries.all_practitioners()), "and no account is made"


def test_a_place_that_calls_itself_otherwise_is_not_believed(
    client: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its metadata must name the issuer that was configured, letter for letter."""
    honest = oidc._fetched

    def lying(to: Any, address: str) -> dict[str, Any]:
        found = honest(to, address)
        return found | {"issuer": f"{found['issuer']}/"} if address.endswith("configuration") else found

    monkeypatch.setattr(oidc, "_fetched", lying)
    answer = client.get(THERE)
    assert answer.status_code == 403 and "could not be verified" in answer.content.decode()


def test_who_is_not_known_is_written_down_beside_the_log(client: Client, place: Place) -> None:
    place.subject = "nobody-here"
    round_trip(client)
    [entry] = Entry.objects.filter(action="sign_in.refused")
    assert (
        "nobody-here" not in repr(vars(entry)) and Words.objects.get(entry=entry.entry).words == "nobody-here"
    )


def test_a_try_is_of_one_browser_and_counts_once(client: Client, place: Place) -> None:
    another = Client()
    there = client.get(THERE)["Location"]
    back = httpx.get(there).headers["location"].removeprefix("http://testserver")
    assert "It was not begun in this browser" in words_on(another.get(back))
    stolen = parse_qs(urlsplit(back).query)
    forged = f"{THERE}back/?code={stolen['code'][0]}&state=guessed"
    assert client.get(forged).status_code == 403
    assert client.get(back).status_code == 403, "whatever came back, that try is over"
    assert round_trip(client).status_code == 200
    assert round_trip(client, change=lambda back: f"{THERE}back/?error=access_denied").status_code == 403
    wrong_code = round_trip(client, change=lambda back: back.replace("code=", "code=x"))
    assert "did not sign you in" in words_on(wrong_code)


def test_whoever_left_is_not_let_in_whatever_the_place_says(client: Client, place: Place) -> None:
    agencies.deactivate(actor=SYSTEM, practitioner=amina(), now=timezone.now())
    assert round_trip(client).status_code == 403 and not is_in(client)


def test_proved_there_long_ago_is_not_proved_afresh_here(client: Client, place: Place) -> None:
    place.proved_ago = 3600
    round_trip(client)
    assert is_in(client)
    led = client.get("/how-you-sign-in/app/")["Location"]
    page = client.get(led)
    assert "Sign in again with NHS CIS2" in words_on(page) and 'name="password"' not in page.content.decode()
    assert client.post(led, {}).status_code == 400
    way = f"{THERE}?again=1&next=/how-you-sign-in/app/"
    assert "did not" in words_on(round_trip(client, way)), "it let them in without asking"
    assert place.seen["prompt"] == "login" and place.seen["max_age"] == "0"
    place.proved_ago = 0
    assert round_trip(client, way).status_code == 200
    assert client.get("/how-you-sign-in/app/").status_code == 200


def test_a_place_that_is_not_there_says_so(client: Client, place: Place, settings: Any) -> None:
    gone = replace(settings.SIGN_IN_WITH["cis2"], issuer="http://127.0.0.1:9")
    settings.SIGN_IN_WITH = {"cis2": gone}
    answer = client.get(THERE)
    assert answer.status_code == 403 and "cannot be reached now" in words_on(answer)
    assert client.get("/sign-in/with/another/").status_code == 404


def test_the_hub_can_prove_itself_with_a_signed_assertion(
    client: Client, place: Place, settings: Any
) -> None:
    key = RSAKey.generate_key(2048)
    place.client_key = key
    private = key.as_pem(private=True).decode()
    settings.SIGN_IN_WITH = {
        "cis2": replace(settings.SIGN_IN_WITH["cis2"], secret="", private_key=private, key_id="k1")
    }
    assert round_trip(client).status_code == 200 and is_in(client)


def test_one_subject_is_one_practitioners_and_can_be_taken_back(
    client: Client, place: Place, town: Town
) -> None:
    tom = agency_queries.account_by_email("tom@hv.example")
    with pytest.raises(Invalid, match="not changed"):
        know(tom, "known-there")
    know(amina(), "")
    assert round_trip(client).status_code == 403
    know(tom, "known-there")
    assert round_trip(client).status_code == 200
    assert Entry.objects.filter(action="practitioner.signed_in").latest("id").practitioner == tom.pk
    assert [len(details(f"practitioner.{name}")) for name in ("known_as", "known_no_more")] == [2, 1]


# --- how it is configured -----------------------------------------------------------------------------

WHOLE = """
[[provider]]
code = "cis2"
name = "NHS CIS2"
issuer = "https://am.example"
client_id = "1234"
client_secret_file = "secret"
levels = ["AAL3_ANY"]
"""


def configured(folder: Path, text: str) -> dict[str, providers.Provider]:
    secret = folder / "secret"
    secret.write_text("between us\n")
    secret.chmod(0o600)
    (folder / "with.toml").write_text(text)
    return providers.from_environment({"JIGSAW_SIGN_IN_WITH": str(folder / "with.toml")})


def test_a_whole_configuration_is_read(tmp_path: Path) -> None:
    assert providers.from_environment({}) == {}
    read = configured(tmp_path, WHOLE)["cis2"]
    assert (read.secret, read.level_claim, read.subject_claim) == ("between us", "acr", "sub")


@pytest.mark.parametrize(
    ("of", "to", "words"),
    [
        ('issuer = "https://am.example"', "", "issuer is missing"),
        ("https://am", "http://am", "must begin with https"),
        ('levels = ["AAL3_ANY"]', "", "which values of acr suffice"),
        ('code = "cis2"', 'code = "CIS 2"', "hyphens"),
        ('client_secret_file = "secret"', "", "client_secret_file, or private_key_file"),
        ('client_secret_file = "secret"', 'client_secret_file = "gone"', "is not there"),
        ("levels", "level", "there is no setting level"),
        ("[[provider]]", "[provider", "cannot be read as TOML"),
        (WHOLE, WHOLE * 2, "a code of its own"),
    ],
)
def test_half_a_configuration_is_an_error_in_words(tmp_path: Path, of: str, to: str, words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        configured(tmp_path, WHOLE.replace(of, to))


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").write_text("x")
    (tmp_path / "open").chmod(0o644)
    with pytest.raises(RuntimeError, match="chmod 600"):
        configured(tmp_path, WHOLE.replace('"secret"', '"open"'))
