"""The national register is asked no more than needed, believed no more than it says, and its errors are words."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from jigsaw.hub.people.national_register import reading, setting_up
from jigsaw.hub.people.national_register.asking import RegisterTrouble, Sought
from jigsaw.hub.people.national_register.client import LARGEST_ANSWER, Pds
from jigsaw.hub.people.national_register.setting_up import Register, Signing, from_environment
from unit.people.register_in_tests import (
    EXAMPLES,
    NOBODY,
    TOO_MANY,
    Reply,
    Server,
    bundle,
    example,
    outcome,
    serving,
)

JANE = Sought(given="Jane", family="Smith", born=date(2010, 10, 22))
PATIENT = "/Patient/9000000009"


class Clock:
    """A clock that only sleeping moves, so that no test waits."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def served() -> Iterator[tuple[str, Server]]:
    with serving() as running:
        yield running


@pytest.fixture
def server(served: tuple[str, Server]) -> Server:
    return served[1]


@pytest.fixture
def pds(served: tuple[str, Server], clock: Clock) -> Iterator[Pds]:
    with Pds(Register(url=served[0], ods="Y12345"), clock=clock, sleep=clock.sleep) as client:
        yield client


def patient(**changes: object) -> dict:
    return {**example("Patient"), **changes}


# --- the public examples, whole -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_public_example_is_accepted_whole(path: Path) -> None:
    body = path.read_bytes()
    if json.loads(body)["resourceType"] == "Patient":
        assert reading.patient(body).number == json.loads(body)["id"]
    else:
        [found], codes = reading.search(body)
        assert (found.entry.number, found.score, codes) == ("9000000009", 0.75, [])


# --- by NHS number ------------------------------------------------------------------------------------------


def test_a_number_brings_who_it_belongs_to(pds: Pds, server: Server) -> None:
    server.on(PATIENT, Reply(example("Patient"), headers={"ETag": 'W/"2"'}))
    found = pds.retrieve("900 000 0009")
    assert found.outcome == "found" and found.entry
    assert (found.entry.version, found.entry.verified, found.entry.restricted) == ("2", True, False)
    assert found.entry.names == (("Jane", "Smith"),) and found.entry.born == date(2010, 10, 22)
    assert found.entry.postcode == "LS1 6AE"
    [call] = server.calls
    assert call.headers["accept"] == "application/fhir+json" and len(call.headers["x-request-id"]) == 36
    assert call.headers["nhsd-end-user-organisation-ods"] == "Y12345"
    assert "authorization" not in call.headers


def test_a_patient_with_hardly_any_data_is_read(pds: Pds, server: Server) -> None:
    server.on("/Patient/9000000033", Reply(example("Minimal_Patient")))
    found = pds.retrieve("9000000033")
    assert found.entry and found.entry.names == () and found.entry.born is None


def test_another_id_in_the_answer_is_the_number_that_took_its_place(pds: Pds, server: Server) -> None:
    server.on(PATIENT, Reply(example("Patient-Jayne-Smyth")))
    found = pds.retrieve("9000000009")
    assert found.outcome == "superseded" and found.entry and found.entry.number == "9000000017"


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("RESOURCE_NOT_FOUND", 404, "not_found"),
        ("INVALIDATED_RESOURCE", 404, "invalidated"),
        ("INVALID_RESOURCE_ID", 400, "not_a_number"),
    ],
)
def test_a_number_that_leads_nowhere_is_an_answer(
    pds: Pds, server: Server, code: str, status: int, expected: str
) -> None:
    server.on(PATIENT, Reply(outcome(code), status))
    assert pds.retrieve("9000000009").outcome == expected


def test_a_number_whose_last_digit_does_not_fit_is_never_sent(pds: Pds, server: Server) -> None:
    assert pds.retrieve("9000000000").outcome == "not_a_number"
    assert server.calls == []


def test_an_answer_of_another_version_than_its_header_is_not_used(pds: Pds, server: Server) -> None:
    server.on(PATIENT, Reply(example("Patient"), headers={"ETag": 'W/"3"'}))
    with pytest.raises(RegisterTrouble) as trouble:
        pds.retrieve("9000000009")
    assert trouble.value.code == "unreadable"


# --- people whose whereabouts are secret --------------------------------------------------------------------


@pytest.mark.parametrize("code", ["R", "V", "N", "?"])
def test_the_whereabouts_of_a_restricted_person_are_dropped_even_if_sent(
    pds: Pds, server: Server, code: str
) -> None:
    security = [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": code}]
    server.on(PATIENT, Reply(patient(meta={"versionId": "2", "security": security})))
    found = pds.retrieve("9000000009")
    assert found.entry and found.entry.restricted and found.entry.postcode == ""
    assert "LS1" not in repr(found) and "Trevelyan" not in repr(found)


def test_no_word_on_security_counts_as_restricted(pds: Pds, server: Server) -> None:
    server.on(PATIENT, Reply(patient(meta={"versionId": "2"})))
    found = pds.retrieve("9000000009")
    assert found.entry and found.entry.restricted and found.entry.postcode == ""


def test_the_public_restricted_patient_is_read(pds: Pds, server: Server) -> None:
    server.on("/Patient/9000000025", Reply(example("Sensitive_Patient")))
    found = pds.retrieve("9000000025")
    assert found.entry and found.entry.restricted and found.entry.names == (("Janet", "Smythe"),)


def test_a_redacted_entry_is_not_used(pds: Pds, server: Server) -> None:
    server.on(PATIENT, Reply(patient(meta={"security": [{"code": "REDACTED"}]})))
    with pytest.raises(RegisterTrouble) as trouble:
        pds.retrieve("9000000009")
    assert trouble.value.code == "unreadable"


# --- by name and date of birth ------------------------------------------------------------------------------


def test_the_narrowest_question_is_asked_first_and_a_match_ends_the_asking(pds: Pds, server: Server) -> None:
    server.on("/Patient", Reply(bundle((example("Patient"), 1.0))))
    traced = pds.trace(JANE)
    assert (traced.state, traced.score, traced.step) == ("match", 1.0, "exact")
    assert traced.entry and traced.entry.number == "9000000009"
    assert server.asked("/Patient") == [
        {"_exact-match": ["true"], "given": ["Jane"], "family": ["Smith"], "birthdate": ["eq2010-10-22"]}
    ]


def test_it_asks_more_widely_step_by_step_and_keeps_the_best_answer(pds: Pds, server: Server) -> None:
    server.on(
        "/Patient", Reply(NOBODY), Reply(TOO_MANY), Reply(bundle((example("Patient"), 0.9))), Reply(NOBODY)
    )
    traced = pds.trace(Sought(**{**vars(JANE), "sex": "F", "postcode": "LS1 6AE"}))
    assert (traced.state, traced.score, traced.step) == ("potential_match", 0.9, "fuzzy")
    assert [sorted(asked) for asked in server.asked("/Patient")] == [
        ["_exact-match", "birthdate", "family", "given"],
        ["_history", "birthdate", "family", "given"],
        ["_fuzzy-match", "birthdate", "family", "given"],
        ["_fuzzy-match", "address-postalcode", "birthdate", "family", "gender"],
    ]
    assert server.asked("/Patient")[-1]["gender"] == ["female"]


@pytest.mark.parametrize(
    ("score", "state"),
    [
        (0.95, "match"),
        (0.949, "potential_match"),
        (0.85, "potential_match"),
        (0.5, "low_confidence_match"),
        (None, "low_confidence_match"),
    ],
)
def test_the_score_decides_the_state(pds: Pds, server: Server, score: float | None, state: str) -> None:
    server.on("/Patient", Reply(bundle((example("Patient"), score))))
    assert pds.trace(JANE).state == state


def test_nobody_and_too_many_are_answers(pds: Pds, server: Server) -> None:
    server.on("/Patient", Reply(NOBODY))
    assert pds.trace(JANE).state == "no_match"
    server.on("/Patient", Reply(TOO_MANY))
    assert pds.trace(JANE).state == "many_match"
    server.on("/Patient", Reply(bundle((example("Patient"), 1.0), (example("Patient-Jayne-Smyth"), 0.96))))
    many = pds.trace(JANE)
    assert (many.state, many.entry) == ("many_match", None), "of several, none is chosen"


def test_a_name_never_becomes_a_wildcard(pds: Pds, server: Server) -> None:
    server.on("/Patient", Reply(NOBODY))
    pds.trace(Sought(given="Ja*", family="Sm*th", born=JANE.born))
    assert all(
        "*" not in value for asked in server.asked("/Patient") for told in asked.values() for value in told
    )
    with pytest.raises(RegisterTrouble) as trouble:
        pds.trace(Sought(given="Jane", family="**", born=JANE.born))
    assert trouble.value.code == "asked_wrongly"


def test_a_name_cannot_add_a_parameter(pds: Pds, server: Server) -> None:
    server.on("/Patient", Reply(NOBODY))
    pds.trace(Sought(given="Jane&_max-results=50", family="Smith#x", born=JANE.born))
    assert server.asked("/Patient")[0]["given"] == ["Jane&_max-results=50"]
    assert "_max-results" not in server.asked("/Patient")[0]


# --- when it does not answer --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "asked_wrongly"),
        (403, "refused"),
        (401, "refused"),
        (500, "unreachable"),
        (503, "unreachable"),
        (301, "unreadable"),
    ],
)
def test_errors_become_words_that_name_nobody(pds: Pds, server: Server, status: int, code: str) -> None:
    server.on("/Patient", Reply(outcome("MISSING_VALUE"), status, {"Location": "http://127.0.0.1:9/else"}))
    with pytest.raises(RegisterTrouble) as trouble:
        pds.trace(JANE)
    assert trouble.value.code == code and str(trouble.value.words) and str(trouble.value.next_step)
    assert "Jane" not in f"{trouble.value.words}{trouble.value.next_step}{trouble.value.said}"


def test_a_passing_trouble_is_tried_again_a_bounded_number_of_times(
    pds: Pds, server: Server, clock: Clock
) -> None:
    server.on(PATIENT, Reply({}, 503), Reply({}, 502), Reply(example("Patient")))
    assert pds.retrieve("9000000009").outcome == "found"
    server.on(PATIENT, Reply({}, 503))
    server.calls.clear()
    with pytest.raises(RegisterTrouble):
        pds.retrieve("9000000009")
    assert len(server.calls) == 3


def test_it_waits_as_long_as_it_is_told_if_that_is_not_too_long(
    pds: Pds, server: Server, clock: Clock
) -> None:
    server.on(PATIENT, Reply({}, 429, {"Retry-After": "4"}), Reply(example("Patient")))
    assert pds.retrieve("9000000009").outcome == "found"
    assert 4.0 in clock.slept


def test_it_does_not_wait_an_hour(pds: Pds, server: Server, clock: Clock) -> None:
    server.on(PATIENT, Reply({}, 429, {"Retry-After": "3600"}))
    with pytest.raises(RegisterTrouble) as trouble:
        pds.retrieve("9000000009")
    assert trouble.value.code == "busy" and len(server.calls) == 1 and sum(clock.slept) < 15


def test_no_more_than_five_calls_a_second(pds: Pds, server: Server, clock: Clock) -> None:
    server.on("/Patient", Reply(NOBODY))
    began = clock.now
    for _each in range(3):
        pds.trace(JANE)
    assert len(server.calls) == 9 and clock.now - began >= 8 * 0.2


def test_a_register_that_does_not_answer_is_given_up(served: tuple[str, Server]) -> None:
    url, server = served
    server.on(PATIENT, Reply(example("Patient"), delay=5))
    began = time.monotonic()
    with (
        Pds(Register(url=url, timeout=0.1, patience=0.3)) as client,
        pytest.raises(RegisterTrouble) as trouble,
    ):
        client.retrieve("9000000009")
    assert trouble.value.code == "unreachable" and time.monotonic() - began < 3


def test_a_register_that_is_not_there_is_said_to_be(clock: Clock) -> None:
    with (
        Pds(Register(url="http://127.0.0.1:9"), clock=clock, sleep=clock.sleep) as client,
        pytest.raises(RegisterTrouble) as trouble,
    ):
        client.retrieve("9000000009")
    assert trouble.value.code == "unreachable"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"resourceType": "Patient"}',
        b'{"resourceType": "Patient", "id": "9000000000"}',
        b'{"resourceType": "Patient", "id": "9000000009", "birthDate": "yesterday"}',
        b'{"resourceType": "Practitioner", "id": "9000000009"}',
        b"[" * 50_000,
        b" " * (LARGEST_ANSWER + 1),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_an_answer_that_cannot_be_read_is_not_used(pds: Pds, server: Server, body: bytes) -> None:
    server.on(PATIENT, Reply(body))
    with pytest.raises(RegisterTrouble) as trouble:
        pds.retrieve("9000000009")
    assert trouble.value.code == "unreadable"


def test_nothing_is_logged_of_whom_was_asked_for(
    pds: Pds, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    # The HTTP library would log each address, and a search's address holds a name: so its words are kept out.
    from django.conf import settings

    assert settings.LOGGING["loggers"]["httpx"]["level"] == "WARNING"
    with caplog.at_level(logging.INFO, logger="jigsaw"):
        server.on("/Patient", Reply(outcome("MISSING_VALUE"), 400))
        with pytest.raises(RegisterTrouble):
            pds.trace(JANE)
    assert not [record for record in caplog.records if record.name.startswith("jigsaw")]


# --- signed access ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=4096)


@pytest.fixture(scope="module")
def pem(key: rsa.RSAPrivateKey) -> str:
    private = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()).decode()


@pytest.fixture
def signed(served: tuple[str, Server], clock: Clock, pem: str) -> Iterator[Pds]:
    signing = Signing(token_url=f"{served[0]}/oauth2/token", client_id="app", key_id="k-1", key=pem)
    served[1].on(
        "/oauth2/token",
        Reply({"access_token": "t1", "expires_in": "599"}),
        Reply({"access_token": "t2", "expires_in": "599"}),
    )
    served[1].on(PATIENT, Reply(example("Patient")))
    with Pds(Register(url=served[0], signing=signing), clock=clock, sleep=clock.sleep) as client:
        yield client


def test_a_token_is_asked_for_with_a_signed_statement_and_kept(
    signed: Pds, server: Server, key: rsa.RSAPrivateKey, clock: Clock
) -> None:
    for _each in range(3):
        signed.retrieve("9000000009")
    token, *asked = server.calls
    assert (token.method, token.path) == ("POST", "/oauth2/token")
    assert [call.headers["authorization"] for call in asked] == ["Bearer t1"] * 3
    assert token.form["grant_type"] == ["client_credentials"]
    said = jwt.decode(
        token.form["client_assertion"][0], RSAKey.import_key(key.public_key()), algorithms=["RS512"]
    )
    assert (said.header["alg"], said.header["kid"]) == ("RS512", "k-1")
    assert (said.claims["iss"], said.claims["sub"]) == ("app", "app")
    assert said.claims["aud"].endswith("/oauth2/token")
    assert 0 < said.claims["exp"] - clock.now <= 300


def test_a_token_that_ends_is_renewed_and_no_statement_is_used_twice(
    signed: Pds, server: Server, clock: Clock
) -> None:
    signed.retrieve("9000000009")
    clock.now += 600
    signed.retrieve("9000000009")
    tokens = [call.form["client_assertion"][0] for call in server.calls if call.method == "POST"]
    assert len(tokens) == 2 and tokens[0] != tokens[1]
    assert server.calls[-1].headers["authorization"] == "Bearer t2"


def test_a_token_that_is_no_longer_taken_is_renewed_once(signed: Pds, server: Server) -> None:
    server.on(PATIENT, Reply(outcome("ACCESS_DENIED"), 401))
    with pytest.raises(RegisterTrouble) as trouble:
        signed.retrieve("9000000009")
    assert trouble.value.code == "refused"
    assert [call.method for call in server.calls] == ["POST", "GET", "POST", "GET"]


@pytest.mark.parametrize(
    "reply", [Reply({"error": "invalid_client"}, 401), Reply({}, 200), Reply(b"no", 200)]
)
def test_no_token_no_question(signed: Pds, server: Server, reply: Reply) -> None:
    server.on("/oauth2/token", reply)
    with pytest.raises(RegisterTrouble) as trouble:
        signed.retrieve("9000000009")
    assert trouble.value.code in ("refused", "unreadable")
    assert [call.method for call in server.calls] == ["POST"]


# --- off unless configured ----------------------------------------------------------------------------------


def whole(tmp_path: Path, pem: str) -> dict[str, str]:
    path = tmp_path / "key.pem"
    path.write_text(pem)
    path.chmod(0o600)
    return {
        setting_up.URL: "https://register.example/FHIR/R4/",
        setting_up.TOKEN_URL: "https://register.example/token",
        setting_up.CLIENT_ID: "app",
        setting_up.KEY_ID: "k-1",
        setting_up.KEY_FILE: str(path),
        setting_up.ODS: "Y12345",
    }


def test_it_is_off_unless_it_is_configured() -> None:
    assert from_environment({}) is None


def test_a_whole_configuration_is_taken(tmp_path: Path, pem: str) -> None:
    register = from_environment(whole(tmp_path, pem))
    assert register and register.signing and register.url == "https://register.example/FHIR/R4"


@pytest.mark.parametrize("name", [setting_up.URL, *setting_up.SIGNED, setting_up.ODS])
def test_half_a_configuration_is_an_error_at_the_start(tmp_path: Path, pem: str, name: str) -> None:
    environ = whole(tmp_path, pem)
    del environ[name]
    with pytest.raises(RuntimeError, match=name):
        from_environment(environ)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (setting_up.URL, "http://register.example/x", "https://"),
        (setting_up.TOKEN_URL, "http://register.example/x", "https://"),
        (setting_up.URL, "https://user:pass@register.example", "not an address"),
        (setting_up.URL, "register.example", "not an address"),
        (setting_up.OPEN, "1", "sandbox"),
    ],
)
def test_an_address_that_would_tell_others_is_refused(
    tmp_path: Path, pem: str, name: str, value: str, words: str
) -> None:
    with pytest.raises(RuntimeError, match=words):
        from_environment({**whole(tmp_path, pem), name: value})


def test_a_sandbox_needs_no_key() -> None:
    register = from_environment({setting_up.URL: "http://127.0.0.1:9000/x", setting_up.OPEN: "1"})
    assert register and register.signing is None


def test_a_key_that_others_can_read_or_that_is_too_short_is_refused(tmp_path: Path, pem: str) -> None:
    environ = whole(tmp_path, pem)
    path = Path(environ[setting_up.KEY_FILE])
    path.chmod(0o644)
    with pytest.raises(RuntimeError, match="chmod 600"):
        from_environment(environ)
    path.chmod(0o600)
    path.write_text("no key")
    with pytest.raises(RuntimeError, match="no private RSA key"):
        from_environment(environ)
    short = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.write_text(
        short.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
    )
    with pytest.raises(RuntimeError, match="4096 bits"):
        from_environment(environ)
