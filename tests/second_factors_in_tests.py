"""What a practitioner holds, for tests: a telephone with an app, and a passkey made of software."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.twofactor.totp import TOTP

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def code_of(by_hand: str, now: datetime) -> str:
    """What an app shows that was given these letters."""
    secret = base64.b32decode(by_hand.replace(" ", ""))
    return TOTP(secret, 6, hashes.SHA1(), 30).generate(int(now.timestamp())).decode()


def letters_on(page: Any) -> str:
    """The letters that the page shows for whoever cannot take the picture."""
    found = re.search(r'hub-letters">([A-Z2-7 ]{39})<', page.content.decode())
    assert found, page.content.decode()
    return found.group(1)


def question_on(page: Any) -> dict[str, Any]:
    """What the page would put to the browser."""
    found = re.search(r'id="passkey-options"[^>]*>(.*?)</script>', page.content.decode(), re.S)
    assert found, page.content.decode()
    return json.loads(found.group(1))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class SoftPasskey:
    """A passkey that answers as a browser would, and can be told to answer wrongly."""

    origin: str = "http://testserver"
    host: str = "testserver"
    flags: int = PRESENT | VERIFIED
    used: int = 0
    id: bytes = b"soft-passkey-0001"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, question: dict[str, Any]) -> str:
        from fido2 import cbor

        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        public = cbor.encode({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        data = self._data(ATTESTED) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        told = self._client("webauthn.create", question["challenge"])
        return self._answer({"clientDataJSON": _text(told), "attestationObject": _text(attested)})

    def answers(self, question: dict[str, Any]) -> str:
        told, data = self._client("webauthn.get", question["challenge"]), self._data()
        signed = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": _text(told), "authenticatorData": _text(data), "signature": _text(signed)}
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, more: int = 0) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([self.flags | more]) + self.used.to_bytes(4, "big")

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps(
            {
                "id": _text(self.id),
                "rawId": _text(self.id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
