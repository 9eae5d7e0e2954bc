"""A real OpenID Connect provider on this machine, for tests: discovery, authorize, token, keys. It can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "jigsaw-hub", "between us two"


@dataclass
class Place:
    """What the provider says next. `lies` replace claims of the token; a claim set to None is left out."""

    issuer: str = ""
    subject: str = "known-there"
    lies: dict[str, Any] = field(default_factory=dict)
    signs_with: ECKey | None = None
    algorithm: str = "ES256"
    proved_ago: int = 0
    client_key: RSAKey | None = None
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "1", "use": "sig"}))
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)

    def authorize(self, asked: dict[str, str]) -> str:
        """Whoever it is signs in at once; back goes a code that works once."""
        code = secrets.token_urlsafe(8)
        self.asked[code] = self.seen = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> dict[str, str] | None:
        asked = self.asked.pop(sent.get("code", ""), None)
        if asked is None or not self._is_the_hub(sent) or sent["redirect_uri"] != asked["redirect_uri"]:
            return None
        hashed = hashlib.sha256(sent["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(hashed).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        return {"token_type": "Bearer", "access_token": "unused", "id_token": self._signed(asked)}

    def _is_the_hub(self, sent: dict[str, str]) -> bool:
        if self.client_key is None:
            return sent.get("client_secret") == SECRET
        said = jwt.decode(sent["client_assertion"], self.client_key, algorithms=["RS512"]).claims
        return said["iss"] == said["sub"] == CLIENT and said["aud"] == f"{self.issuer}/token"

    def _signed(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            **{"iss": self.issuer, "aud": CLIENT, "sub": self.subject, "nonce": asked["nonce"]},
            **{"iat": now, "exp": now + 300, "auth_time": now - self.proved_ago, "acr": "AAL3_ANY"},
            **self.lies,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            text = [
                base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
            ]
            return ".".join([*text, ""])
        header = {"alg": self.algorithm, "kid": "1"}
        return jwt.encode(header, claims, self.signs_with or self.key, algorithms=[self.algorithm])


def _handler(place: Place) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", place.authorize(asked))
                self.end_headers()
                return
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            documents = {
                "/keys": {"keys": [place.key.as_dict(private=False)]},
                "/.well-known/openid-configuration": {
                    "issuer": place.issuer,
                    **{name: f"{place.issuer}/{path}" for name, path in names.items()},
                },
            }
            self._say(documents.get(parts.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(place.token({name: values[0] for name, values in parse_qs(body).items()}))

        def _say(self, document: Any) -> None:
            body = json.dumps(document or {"error": "invalid_grant"}).encode()
            self.send_response(200 if document else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    return Handler


@contextmanager
def provider() -> Iterator[Place]:
    place = Place()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(place))
    place.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield place
    finally:
        server.shutdown()
        server.server_close()
