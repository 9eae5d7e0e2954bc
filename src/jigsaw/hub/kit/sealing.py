"""How are a few words kept so that a copy of the database opens none of them?

AES-256-GCM under one of the hub's keys, bound to the row: moved to another row it does not open.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
MARK = 4


class DoesNotOpen(Exception):
    """The row was changed or moved, or the key that sealed it is not here: which, cannot be told."""


def seal(plain: bytes, *, key: bytes, bound_to: str) -> bytes:
    """`plain` as it can be kept: never twice the same. `key`: 32 bytes. `bound_to`: the row it belongs to."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def unseal(sealed: bytes, *, key: bytes, bound_to: str) -> bytes:
    """What was sealed; raises DoesNotOpen."""
    held = bytes(sealed)
    try:
        return AESGCM(key).decrypt(held[:NONCE], held[NONCE:], bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise DoesNotOpen from error


@dataclass(frozen=True)
class Ring:
    """The keys with which keys of single rows are sealed: the first seals, every one opens."""

    keys: Sequence[bytes]

    def seal(self, key: bytes, *, bound_to: str) -> bytes:
        """The row's own `key`, to be kept beside it: the mark of ours, then the sealed key."""
        return mark(self.keys[0]) + seal(key, key=self.keys[0], bound_to=bound_to)

    def unseal(self, kept: bytes, *, bound_to: str) -> bytes:
        """Raises DoesNotOpen, also where ours of that mark is not on the ring."""
        held = bytes(kept)
        for key in self.keys:
            if mark(key) == held[:MARK]:
                return unseal(held[MARK:], key=key, bound_to=bound_to)
        raise DoesNotOpen

    @property
    def current(self) -> bytes:
        """The mark that what is sealed now begins with."""
        return mark(self.keys[0])


def mark(key: bytes) -> bytes:
    """What tells by which key something is sealed, and nothing about the key."""
    return hashlib.sha256(b"jigsaw key mark|" + key).digest()[:MARK]
