"""With whom else may one sign in? OpenID Connect providers such as NHS CIS2 or Microsoft Entra; none unless configured.

`JIGSAW_SIGN_IN_WITH` names a TOML file with a [[provider]] each, read once at start:

| Key | Meaning |
|---|---|
| code | short, in the address: letters, digits, hyphens |
| name | on the button, such as "NHS CIS2" |
| issuer | https://…, exactly as its discovery document and its tokens say it |
| client_id | under which this hub is registered there |
| client_secret_file or private_key_file + key_id | how this hub proves itself: a secret, or a signed assertion |
| scope | what is asked for; "openid" if left out |
| subject_claim | which claim says who it is; "sub" if left out |
| level_claim, levels | which claim says how strongly they proved it ("acr" if left out), and the values that suffice |
| ask_levels | acr_values to ask for; nothing is asked if left out |
| ask_claims | a `claims` parameter (JSON) to send; nothing if left out |

Half a provider is an error in words, never a default.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

WHERE = "JIGSAW_SIGN_IN_WITH"
CODE = re.compile(r"[a-z0-9-]{1,30}")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
WORDS = ("code", "name", "issuer", "client_id")
KEYS = frozenset(
    {
        *WORDS,
        *(
            "client_secret_file",
            "private_key_file",
            "key_id",
            "scope",
            "subject_claim",
            "level_claim",
            "levels",
        ),
        *("ask_levels", "ask_claims"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One other place to sign in with."""

    code: str
    name: str
    issuer: str
    client_id: str
    levels: frozenset[str]
    secret: str = ""
    private_key: str = ""
    key_id: str = ""
    scope: str = "openid"
    subject_claim: str = "sub"
    level_claim: str = "acr"
    ask_levels: str = ""
    ask_claims: str = ""


def from_environment(environ: Mapping[str, str]) -> dict[str, Provider]:
    """Providers by code, as configured. Raises RuntimeError, in words, for a file that does not say all of it."""
    where = environ.get(WHERE, "").strip()
    if not where:
        return {}
    path = Path(where)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise RuntimeError(f"{WHERE} names {path}, which cannot be read as TOML: {wrong}") from wrong
    providers = [_provider(each, path.parent) for each in told.get("provider", [])]
    if not providers or len({each.code for each in providers}) < len(providers):
        raise RuntimeError(f"{path} needs a [[provider]], and each a code of its own.")
    return {each.code: each for each in providers}


def _provider(told: dict[str, Any], home: Path) -> Provider:
    called = told.get("name") or told.get("code") or "a provider"
    if missing := [name for name in WORDS if not told.get(name)]:
        raise RuntimeError(f"Signing in with {called}: {', '.join(missing)} is missing.")
    if unknown := sorted(set(told) - KEYS):
        raise RuntimeError(f"Signing in with {called}: there is no setting {unknown[0]}.")
    if not CODE.fullmatch(told["code"]):
        raise RuntimeError(f"Signing in with {called}: the code is short, of a–z, 0–9 and hyphens.")
    if not told.get("levels"):
        raise RuntimeError(
            f"Signing in with {called}: say in levels which values of {told.get('level_claim', 'acr')} suffice."
        )
    _check_address(called, told["issuer"])
    words = ("scope", "subject_claim", "level_claim", "ask_levels", "ask_claims")
    return Provider(
        **{name: told[name] for name in WORDS},
        **{name: told[name] for name in words if name in told},
        **_proof(called, told, home),
        levels=frozenset(told["levels"]),
    )


def _proof(called: str, told: dict[str, Any], home: Path) -> dict[str, str]:
    secret, key = told.get("client_secret_file"), told.get("private_key_file")
    if bool(secret) == bool(key) or (key and not told.get("key_id")):
        raise RuntimeError(
            f"Signing in with {called}: give either client_secret_file, or private_key_file and key_id."
        )
    held = _secret(home / (secret or key))
    return {"secret": held} if secret else {"private_key": held, "key_id": told["key_id"]}


def _secret(path: Path) -> str:
    """A file that its owner alone can read; a path in the TOML starts from the TOML's folder."""
    if not path.is_file():
        raise RuntimeError(f"{path} is not there.")
    if path.stat().st_mode & 0o077:
        raise RuntimeError(f"Others can read {path}. Run: chmod 600 {path}")
    return path.read_text(encoding="utf-8").strip()


def _check_address(called: str, address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise RuntimeError(f"Signing in with {called}: the issuer {address} must begin with https://.")
