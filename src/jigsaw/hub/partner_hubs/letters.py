"""Is this letter from a partner, for us, of now, and whole? Signed with each hub's Ed25519 key (JWS, RFC 7515).

A letter says who writes to whom, when, what kind it is and, if it replies, to which letter. Only the algorithm
Ed25519 is read: "none" and every other is refused.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.partner_hubs.errors import NotAccepted
from jigsaw.hub.partner_hubs.states import Why

ALGORITHM = "Ed25519"
CONTENT_TYPE = "application/jose"
LARGEST = 64 * 1024
"""Bytes of the longest letter, inclusive."""
CLOCKS_APART = timedelta(minutes=5)
"""How far the clocks of two hubs may be apart, inclusive; a letter is good for twice as long at most."""

ASK, MASK, STATUS, FILED = "ask", "mask", "status", "filed"
HEADS = "heads"
REPLY, REFUSAL = "reply", "refusal"


@dataclass(frozen=True)
class Letter:
    """What one hub writes to another. `re` is the letter it replies to."""

    from_: str
    to: str
    kind: str
    body: dict[str, Any]
    at: datetime
    id: UUID
    re: UUID | None = None


def write(
    signing: Ed25519PrivateKey,
    *,
    from_: str,
    to: str,
    kind: str,
    body: dict[str, Any],
    now: datetime,
    letter: UUID | None = None,
    re: UUID | None = None,
) -> str:
    """A signed letter as compact JWS."""
    payload = {
        "from": from_,
        "to": to,
        "kind": kind,
        "at": int(now.timestamp()),
        "id": str(letter or uuid7()),
        "re": str(re) if re else None,
        "body": body,
    }
    key = OKPKey.import_key(_jwk(signing.public_key().public_bytes_raw(), signing.private_bytes_raw()))
    return jws.serialize_compact(
        {"alg": ALGORITHM, "kid": from_}, json.dumps(payload).encode(), key, algorithms=[ALGORITHM]
    )


def claims_to_be_from(text: str) -> str:
    """Who the letter says it is from, before anything is checked; raises NotAccepted if it is no letter."""
    try:
        sender = jws.extract_compact(text.encode("ascii")).headers().get("kid")
    except (JoseError, ValueError) as error:
        raise NotAccepted(Why.NOT_ACCEPTED) from error
    if not isinstance(sender, str) or len(sender) > 30:
        raise NotAccepted(Why.NOT_ACCEPTED)
    return sender


def read(text: str, *, public_key: bytes, from_: str, to: str, now: datetime) -> Letter:
    """The letter, once everything about it holds; raises NotAccepted otherwise."""
    try:
        key = OKPKey.import_key(_jwk(public_key))
        payload = jws.deserialize_compact(text, key, algorithms=[ALGORITHM]).payload
    except (JoseError, ValueError) as error:
        raise NotAccepted(Why.NOT_ACCEPTED) from error
    letter = _letter(payload)
    if (letter.from_, letter.to) != (from_, to):
        raise NotAccepted(Why.NOT_ACCEPTED)
    if abs(letter.at - now) > CLOCKS_APART:
        raise NotAccepted(Why.CLOCK)
    return letter


def _letter(payload: bytes) -> Letter:
    try:
        said = json.loads(payload)
        return Letter(
            from_=str(said["from"]),
            to=str(said["to"]),
            kind=str(said["kind"]),
            body=dict(said["body"]),
            at=datetime.fromtimestamp(int(said["at"]), UTC),
            id=UUID(said["id"]),
            re=UUID(said["re"]) if said.get("re") else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise NotAccepted(Why.NOT_UNDERSTOOD) from error


def _jwk(public: bytes, private: bytes = b"") -> dict[str, str]:
    key = {"kty": "OKP", "crv": "Ed25519", "x": _base64(public)}
    return key | ({"d": _base64(private)} if private else {})


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
