"""Did this passkey answer this question? WebAuthn level 2, read and verified by the fido2 library.

A question is made for one site (the host of the address, without port) and answered once. The library is loaded
when it is first needed: most requests never do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData


@dataclass(frozen=True)
class Site:
    """Where a passkey is valid: a host name, and exactly one origin on it."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True)
class Question:
    """What the browser is asked (JSON for its `publicKey`), and what must be remembered until it answers."""

    options: dict[str, Any]
    state: dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """A passkey that answered rightly: its id, and how often it says it was used (0: it does not count)."""

    credential_id: bytes
    used: int


@dataclass(frozen=True)
class Made:
    """A passkey just made: its id, and what verifies it from now on."""

    credential_id: bytes
    verifier: bytes
    used: int


class Wrong(Exception):
    """This is not a right answer; why is for the log, never for the page."""


def ask_to_make(site: Site, *, practitioner: UUID, email: str, name: str, there: Iterable[bytes]) -> Question:
    """Make a passkey that asks its holder for a PIN, a finger or a face; not one that is there already."""
    from fido2.webauthn import (
        PublicKeyCredentialUserEntity,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options, state = _server(site).register_begin(
        user=PublicKeyCredentialUserEntity(id=practitioner.bytes, name=email, display_name=name),
        credentials=[_known(verifier) for verifier in there],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Question(dict(options)["publicKey"], dict(state))


def made(site: Site, state: dict[str, Any], answer: str) -> Made:
    """Raises Wrong for anything but a passkey made for this question, here, by its verified holder."""
    try:
        data = _server(site).register_complete(state, json.loads(answer))
        credential = data.credential_data
        if credential is None:
            raise Wrong("no credential")
        return Made(credential.credential_id, bytes(credential), data.counter)
    except Wrong:
        raise
    except Exception as wrong:
        # Strangers' bytes, read by a library: whatever it trips over is a wrong answer.
        raise Wrong(type(wrong).__name__) from wrong


def ask_to_use(site: Site, *, there: Iterable[bytes]) -> Question:
    from fido2.webauthn import UserVerificationRequirement

    options, state = _server(site).authenticate_begin(
        credentials=[_known(verifier) for verifier in there],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Question(dict(options)["publicKey"], dict(state))


def answered(site: Site, state: dict[str, Any], answer: str, *, there: Iterable[bytes]) -> Answered:
    """Raises Wrong for anything but one of these passkeys, answering this question, here, its holder verified."""
    from fido2.webauthn import AuthenticationResponse

    try:
        response = AuthenticationResponse.from_dict(json.loads(answer))
        known = _server(site).authenticate_complete(state, [_known(each) for each in there], response)
    except Exception as wrong:  # As above.
        raise Wrong(type(wrong).__name__) from wrong
    return Answered(known.credential_id, response.response.authenticator_data.counter)


def _known(verifier: bytes) -> AttestedCredentialData:
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(bytes(verifier))


def _server(site: Site) -> Fido2Server:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestationConveyancePreference, PublicKeyCredentialRpEntity

    here = PublicKeyCredentialRpEntity(id=site.host, name=site.name)
    # Exactly the origin that was asked: the library would also take a subdomain's, or another port.
    unattested = AttestationConveyancePreference.NONE
    return Fido2Server(here, attestation=unattested, verify_origin=lambda origin: origin == site.origin)
