"""Is this the code of the moment, or one of those kept for a bad day? No table is touched here.

Codes of an app are TOTP (RFC 6238): SHA-1, six digits, a step of 30 seconds, as every app does them. Recovery
codes are ten characters without those that look alike; only a keyed hash of each is kept. Secrets are sealed
with AES-GCM under a key that is in no table, and bound to whose they are.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.conf import settings

from jigsaw.hub.kit import sealing

DIGITS, STEP = 6, 30
# A telephone's clock may be one step off either way; more would only help whoever guesses.
STEPS_OFF = 1
SECRET_BYTES = 20
RECOVERY_CODES = 10
# Crockford's letters: no I, L, O or U, and whoever types one of the first three is understood.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECOVERY_LETTERS = 10
LOOK_ALIKE = str.maketrans("OIL", "011")


def fresh_secret() -> bytes:
    """160 random bits for an app, as RFC 4226 recommends."""
    return secrets.token_bytes(SECRET_BYTES)


def as_typed_by_hand(secret: bytes) -> str:
    """The secret in groups of four letters, for whoever cannot take the picture."""
    letters = base64.b32encode(secret).decode()
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def address_for_app(secret: bytes, *, account: str, issuer: str) -> str:
    """What the picture says to the app (otpauth, as all apps read it)."""
    label = f"{quote(issuer)}:{quote(account)}"
    told = {"secret": base64.b32encode(secret).decode(), "issuer": issuer, "digits": DIGITS, "period": STEP}
    return f"otpauth://totp/{label}?{urlencode(told, quote_via=quote)}"


def step_of(secret: bytes, typed: str, *, now: datetime, after: int) -> int | None:
    """The step whose code this is, if it is one of now and later than `after`; None otherwise.

    A code counts once: whoever accepts it keeps the step, and hands it in as `after` the next time.
    """
    code = "".join(typed.split())
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    generator = HOTP(secret, DIGITS, SHA1())  # noqa: S303 - what apps do; HMAC does not rest on collisions
    middle = int(now.timestamp()) // STEP
    for step in range(middle - STEPS_OFF, middle + STEPS_OFF + 1):
        if hmac.compare_digest(generator.generate(step), code.encode()) and step > after:
            return step
    return None


def recovery_codes() -> list[str]:
    """New codes, 50 random bits each, as they are shown: two groups of five."""
    drawn = ["".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LETTERS)) for _ in range(RECOVERY_CODES)]
    return [f"{code[:5]}-{code[5:]}" for code in drawn]


def kept_as(code: str, *, practitioner: UUID) -> str | None:
    """What is kept of a recovery code, however it is typed; None if it cannot be one."""
    plain = "".join(code.upper().replace("-", " ").split()).translate(LOOK_ALIKE)
    if len(plain) != RECOVERY_LETTERS or not set(plain) <= set(LETTERS):
        return None
    return hmac.new(settings.SECOND_FACTOR_KEY, f"{practitioner}|{plain}".encode(), "sha256").hexdigest()


def seal(plain: bytes, *, bound_to: str) -> bytes:
    return sealing.seal(plain, key=settings.SECOND_FACTOR_KEY, bound_to=bound_to)


def unseal(sealed: bytes, *, bound_to: str) -> bytes | None:
    """None for a row that was changed or moved to somebody else, or under a lost key: it opens nothing."""
    try:
        return sealing.unseal(sealed, key=settings.SECOND_FACTOR_KEY, bound_to=bound_to)
    except sealing.DoesNotOpen:
        return None
