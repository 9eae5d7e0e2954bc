"""How does a combination become a token that neither hub can make alone?

Each hub has a secret key of its own for each direction of a partnership and each epoch. A combination is hashed
to a point of Curve25519 and multiplied with one key, then with the other; the order does not matter. So

- the hub that asks sends points under its own key: whoever is asked cannot try names and birthdays against them,
  since that takes the asking hub's key;
- the hub that is asked has every point it files multiplied by the asking hub, masked by its own key, so that the
  asking hub cannot try names and birthdays against those either;
- only the hub that is asked can put both together, and only for a question that was put to it.

This is the meeting of two sets under commutative keys (Meadows 1986; Huberman, Franklin and Hogg 1999). Nothing
in it is of our making: the hash is curve25519_XMD:SHA-512_ELL2_NU_ of RFC 9380, held to its test vectors, and the
product is X25519 of RFC 7748 as OpenSSL has it. X25519 multiplies by a multiple of eight, which clears the
cofactor and makes points of small order vanish; the hash reaches the curve and never its twist, so that a masked
point tells not even one bit of what is in it.

The hash takes time that depends on the combination, as Python's integers do. It runs where the combination is
known anyway, and no key is in it.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from jigsaw.record_linkage.private_question.combinations import Combination

POINT_BYTES = 32
_P = 2**255 - 19
_J = 486662
_DOMAIN = b"jigsaw-known-child-v1-with-curve25519_XMD:SHA-512_ELL2_NU_"
_FIELD_BYTES = 48
_SHA512_BLOCK = 128


class BadPoint(ValueError):
    """These bytes are no point that can be masked. Whoever sent them did not follow the protocol."""


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks whom, and in which epoch: a token of one direction or epoch never equals one of another."""

    asking: str
    asked: str
    epoch: int

    def bound(self) -> bytes:
        return f"{self.asking}\x1f{self.asked}\x1f{self.epoch}\x1f".encode()


@dataclass(frozen=True, slots=True)
class MaskingKey:
    """A hub's own secret for one direction and epoch. Its 32 bytes never leave the hub."""

    secret: bytes
    # Made once: making it costs as much as masking a point.
    _key: X25519PrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_key", X25519PrivateKey.from_private_bytes(self.secret))

    @classmethod
    def fresh(cls) -> MaskingKey:
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    def mask(self, point: bytes) -> bytes:
        """The point multiplied with this key, 32 bytes. Raises BadPoint for wrong lengths and small orders."""
        try:
            return self._key.exchange(X25519PublicKey.from_public_bytes(point))
        except ValueError as error:
            raise BadPoint("This is no point that can be masked.") from error

    def __repr__(self) -> str:
        return "MaskingKey(…)"


def point_of(combination: Combination, context: Context) -> bytes:
    """The combination as a point of Curve25519 (its u-coordinate, 32 bytes), the same in both hubs."""
    text = f"{combination.kind}\x1f{combination.text}".encode()
    return encode_to_curve(context.bound() + text, _DOMAIN)


def padding_point() -> bytes:
    """A random point: once masked, nobody but its maker can tell it from any other."""
    return encode_to_curve(os.urandom(32), _DOMAIN + b"padding")


def token(point: bytes) -> UUID:
    """What is filed and looked up of a point under both keys: 128 bits of its hash."""
    return UUID(bytes=hashlib.sha256(b"jigsaw-token" + point).digest()[:16])


def encode_to_curve(message: bytes, domain: bytes) -> bytes:
    """RFC 9380 suite curve25519_XMD:SHA-512_ELL2_NU_ without the cofactor, which X25519 clears; little-endian u."""
    return _elligator2(_field_element(message, domain)).to_bytes(POINT_BYTES, "little")


def _field_element(message: bytes, domain: bytes) -> int:
    """RFC 9380, 5.2 and 5.3.1: hash_to_field for one element (one block of SHA-512 is enough)."""
    suffix = domain + bytes([len(domain)])
    head = bytes(_SHA512_BLOCK) + message + _FIELD_BYTES.to_bytes(2, "big") + b"\x00" + suffix
    first = hashlib.sha512(hashlib.sha512(head).digest() + b"\x01" + suffix).digest()
    return int.from_bytes(first[:_FIELD_BYTES], "big") % _P


def _elligator2(u: int) -> int:
    """RFC 9380, 6.7.1 with Z = 2 on y² = x³ + 486662x² + x: the x-coordinate alone.

    1 + 2u² is never 0, since -1/2 is no square here. The test for a square is on the numerator times a fourth
    power, which saves a division.
    """
    d = (1 + 2 * u * u) % _P
    scaled = d * (-(_J**3) + _J**3 * d - _J * d * d) % _P
    x1 = -_J * pow(d, -1, _P) % _P
    is_square = pow(scaled, (_P - 1) // 2, _P) in (0, 1)
    return x1 if is_square else (-x1 - _J) % _P
