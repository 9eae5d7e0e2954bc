"""With which token may the register be asked? Application-restricted access: a signed JWT, exchanged for a token.

NHS England, security and authorisation, application-restricted RESTful APIs: RS512, at most five minutes, each
assertion once.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import RSAKey

from jigsaw.hub.people.national_register.setting_up import Signing

GRANT = {
    "grant_type": "client_credentials",
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
}
ASSERTION_SECONDS = 300
# A token is not used in its last seconds: it would end on its way.
MARGIN = 30


def assertion(signing: Signing, *, now: float) -> str:
    """The signed statement of who asks; `now` in seconds since 1970."""
    claims = {
        "iss": signing.client_id,
        "sub": signing.client_id,
        "aud": signing.token_url,
        "jti": str(uuid4()),
        "iat": int(now),
        "exp": int(now) + ASSERTION_SECONDS,
    }
    header = {"alg": "RS512", "typ": "JWT", "kid": signing.key_id}
    return jwt.encode(header, claims, RSAKey.import_key(signing.key), algorithms=["RS512"])


class Token:
    """Keeps one access token until it is about to end; `fetch` posts a form and returns what was answered."""

    def __init__(
        self,
        signing: Signing,
        *,
        fetch: Callable[[str, dict[str, str]], dict[str, object]],
        clock: Callable[[], float],
    ) -> None:
        self._signing, self._fetch, self._clock = signing, fetch, clock
        self._value, self._until = "", 0.0

    def value(self) -> str:
        """The token; asks for a new one if there is none, or it ends."""
        now = self._clock()
        if not self._value or now >= self._until:
            form = {**GRANT, "client_assertion": assertion(self._signing, now=now)}
            answer = self._fetch(self._signing.token_url, form)
            self._value = str(answer.get("access_token") or "")
            self._until = now + _seconds(answer.get("expires_in")) - MARGIN
        return self._value

    def forget(self) -> None:
        """The register no longer takes this token."""
        self._value = ""


def _seconds(told: object) -> float:
    try:
        return float(str(told))
    except ValueError:
        return 0.0
