"""Who does another place say this is, and may we believe it? OpenID Connect: code flow with PKCE, state and nonce.

Nothing here touches the database. A provider's documents and keys are fetched anew for each sign-in: there are few,
and what was withdrawn is not believed any longer. Its answer is believed only if it is signed by one of those keys,
says this issuer and this hub, has not run out, carries the nonce of this very try, and is strong enough.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key

from jigsaw.hub.web.accounts.providers import Provider

# Never "none", and no shared secret: a token signed with what every client knows proves nothing.
ALGORITHMS = ["RS256", "PS256", "ES256"]
TIMEOUT = httpx.Timeout(8.0)
LEEWAY_SECONDS = 60
ASSERTION_SECONDS = 120


class NotBelieved(Exception):
    """Why somebody is not let in, as a code: "state", "said_no", "unreachable", "forged", "expired", "nonce",
    "level", "not_afresh"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Try:
    """One try to sign in, remembered in the browser until it comes back."""

    provider: str
    state: str
    nonce: str
    verifier: str
    next: str
    again: bool
    """Must they prove it there now, whatever session they have there?"""


@dataclass(frozen=True)
class Told:
    """What the provider says and we believe. `proved_at`: when they proved it there, in seconds, if it says so."""

    subject: str
    level: str
    proved_at: float | None


def new_try(provider: Provider, *, next_: str, again: bool) -> Try:
    drawn = (secrets.token_urlsafe(32) for _ in range(3))
    return Try(provider.code, *drawn, next_, again)


def way_there(provider: Provider, begun: Try, *, back: str) -> str:
    """The address to send the browser to. Raises NotBelieved if the provider cannot be reached."""
    with _client() as client:
        there = _discovered(client, provider)["authorization_endpoint"]
    hashed = hashlib.sha256(begun.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": provider.scope,
        "state": begun.state,
        "nonce": begun.nonce,
        "code_challenge": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    asked |= {"acr_values": provider.ask_levels} if provider.ask_levels else {}
    asked |= {"claims": provider.ask_claims} if provider.ask_claims else {}
    asked |= {"prompt": "login", "max_age": "0"} if begun.again else {}
    return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}"


def believed(
    provider: Provider, begun: Try | None, answer: Mapping[str, str], *, back: str, now: datetime
) -> Told:
    """What the provider told, after everything about it was checked. Raises NotBelieved."""
    if begun is None or begun.provider != provider.code:
        raise NotBelieved("state")
    if not secrets.compare_digest(begun.state.encode(), answer.get("state", "").encode()):
        raise NotBelieved("state")
    if "error" in answer or not answer.get("code"):
        raise NotBelieved("said_no")
    with _client() as client:
        places = _discovered(client, provider)
        token = _token(client, provider, places, answer["code"], begun.verifier, back, now)
        keys = _fetched(client, places["jwks_uri"])
    claims = _claims(token, keys, provider, now)
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), begun.nonce.encode()):
        raise NotBelieved("nonce")
    return _told(claims, provider, begun, now)


def _told(claims: Mapping[str, Any], provider: Provider, begun: Try, now: datetime) -> Told:
    said = claims.get(provider.level_claim)
    reached = [str(each) for each in (said if isinstance(said, list) else [said])]
    level = next((each for each in reached if each in provider.levels), None)
    if level is None:
        raise NotBelieved("level")
    proved_at = claims.get("auth_time")
    if begun.again and (
        not isinstance(proved_at, int | float) or now.timestamp() - proved_at > 300 + LEEWAY_SECONDS
    ):
        raise NotBelieved("not_afresh")
    subject = claims.get(provider.subject_claim)
    if not isinstance(subject, str) or not subject:
        raise NotBelieved("forged")
    return Told(subject, level, float(proved_at) if isinstance(proved_at, int | float) else None)


def _claims(token: str, keys: dict[str, Any], provider: Provider, now: datetime) -> Mapping[str, Any]:
    """The claims of a token that this provider signed for this hub, and that has not run out."""
    try:
        # What is no set of keys, whatever the provider sent, is an error here.
        held = KeySet.import_key_set(cast(Any, keys))
        decoded = jwt.decode(token, held, algorithms=ALGORITHMS)
    except (JoseError, ValueError, TypeError, KeyError) as wrong:
        raise NotBelieved("forged") from wrong
    claims, moment = decoded.claims, now.timestamp()
    meant = claims.get("aud")
    meant = meant if isinstance(meant, list) else [meant]
    ours = provider.client_id in meant and claims.get("azp", provider.client_id) == provider.client_id
    if claims.get("iss") != provider.issuer or not ours:
        raise NotBelieved("forged")
    ends, made = claims.get("exp"), claims.get("iat")
    if not isinstance(ends, int | float) or not isinstance(made, int | float):
        raise NotBelieved("forged")
    if ends + LEEWAY_SECONDS < moment or made - LEEWAY_SECONDS > moment:
        raise NotBelieved("expired")
    return claims


def _client() -> httpx.Client:
    # No redirects: an answer from elsewhere is not the provider's.
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False)


def _discovered(client: httpx.Client, provider: Provider) -> dict[str, Any]:
    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    found = _fetched(client, address)
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer") != provider.issuer or not all(isinstance(found.get(name), str) for name in needed):
        raise NotBelieved("forged")
    return found


def _token(
    client: httpx.Client,
    provider: Provider,
    places: dict[str, Any],
    code: str,
    verifier: str,
    back: str,
    now: datetime,
) -> str:
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": provider.client_id,
        "code_verifier": verifier,
        **_proof(provider, places["token_endpoint"], now),
    }
    try:
        answer = client.post(places["token_endpoint"], data=sent)
    except httpx.HTTPError as wrong:
        raise NotBelieved("unreachable") from wrong
    if answer.status_code in (400, 401):
        raise NotBelieved("said_no")
    token = _json(answer).get("id_token")
    if not isinstance(token, str):
        raise NotBelieved("forged")
    return token


def _proof(provider: Provider, token_endpoint: str, now: datetime) -> dict[str, str]:
    """That it is this hub that asks: its secret, or an assertion signed with its key (RFC 7523)."""
    if provider.secret:
        return {"client_secret": provider.secret}
    moment = int(now.timestamp())
    said = {"iss": provider.client_id, "sub": provider.client_id, "aud": token_endpoint, "iat": moment}
    said |= {"exp": moment + ASSERTION_SECONDS, "jti": secrets.token_urlsafe(16)}
    key = import_key(provider.private_key, "RSA")
    return {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(
            {"alg": "RS512", "kid": provider.key_id, "typ": "JWT"}, said, key, algorithms=["RS512"]
        ),
    }


def _fetched(client: httpx.Client, address: str) -> dict[str, Any]:
    try:
        return _json(client.get(address))
    except httpx.HTTPError as wrong:
        raise NotBelieved("unreachable") from wrong


def _json(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != 200:
        raise NotBelieved("unreachable")
    try:
        found = json.loads(answer.content)
    except ValueError as wrong:
        raise NotBelieved("unreachable") from wrong
    if not isinstance(found, dict):
        raise NotBelieved("forged")
    return found
