"""Names for things: time-ordered identifiers, and short references that people can read aloud."""

import os
import secrets
import time
import uuid

# Crockford's alphabet leaves out I, L, O and U, which are misread and misheard.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid7() -> uuid.UUID:
    """A version 7 UUID (RFC 9562): 48 bits of Unix milliseconds, then random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def reference(prefix: str) -> str:
    """A short, unguessable reference such as R-7K3M-2QXA (40 random bits)."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"
