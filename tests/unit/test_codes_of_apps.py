"""Codes of apps and recovery codes, without a database."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from jigsaw.hub.agencies import codes

RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "eight_digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, eight_digits: str) -> None:
    """Its appendix B; ours are the last six of its eight digits."""
    now = datetime.fromtimestamp(seconds, UTC)
    assert codes.step_of(RFC_SECRET, eight_digits[2:], now=now, after=0) == seconds // 30


def test_a_code_holds_one_step_either_way_and_counts_once() -> None:
    step, made = 1111111109 // 30, datetime.fromtimestamp(1111111109 // 30 * 30, UTC)

    def taken(seconds: int, after: int = 0) -> int | None:
        return codes.step_of(RFC_SECRET, "081804", now=made + timedelta(seconds=seconds), after=after)

    assert [taken(seconds) for seconds in (-31, -30, 0, 59, 60)] == [None, step, step, step, None]
    assert taken(0, after=step - 1) == step and taken(0, after=step) is None


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "28708a", "２８７０８２", "287-082"])
def test_what_is_no_code_of_an_app_is_none(typed: str) -> None:
    assert codes.step_of(RFC_SECRET, typed, now=datetime.fromtimestamp(59, UTC), after=0) is None


def test_spaces_in_a_code_do_not_matter() -> None:
    assert codes.step_of(RFC_SECRET, " 287 082 ", now=datetime.fromtimestamp(59, UTC), after=0) == 1


def test_recovery_codes_are_known_however_they_are_typed() -> None:
    whose, made = uuid4(), codes.recovery_codes()
    assert len(set(made)) == 10
    kept = codes.kept_as(made[0], practitioner=whose)
    for typed in (made[0].lower(), made[0].replace("-", ""), f" {made[0][:3]} {made[0][3:]} "):
        assert codes.kept_as(typed, practitioner=whose) == kept
    assert codes.kept_as("O0I1L-ABCDE", practitioner=whose) == codes.kept_as(
        "00111-ABCDE", practitioner=whose
    )
    assert codes.kept_as(made[0], practitioner=uuid4()) != kept, "the same letters are another’s code"
    assert codes.kept_as("UUUUU-UUUUU", practitioner=whose) is None


def test_a_sealed_secret_opens_only_where_it_was_put() -> None:
    sealed = codes.seal(b"secret", bound_to="app 1")
    assert b"secret" not in sealed
    assert codes.unseal(sealed, bound_to="app 1") == b"secret"
    assert codes.unseal(sealed, bound_to="app 2") is None
    assert codes.unseal(sealed[:-1] + b"x", bound_to="app 1") is None


def test_the_letters_and_the_address_tell_the_app_the_same() -> None:
    secret = codes.fresh_secret()
    letters = codes.as_typed_by_hand(secret).replace(" ", "")
    assert base64.b32decode(letters) == secret and len(secret) == 20
    address = codes.address_for_app(secret, account="amina@hv.example", issuer="Jigsaw Sharetown")
    assert address.startswith("otpauth://totp/Jigsaw%20Sharetown:amina%40hv.example?")
    assert f"secret={letters}&issuer=Jigsaw%20Sharetown&digits=6&period=30" in address
