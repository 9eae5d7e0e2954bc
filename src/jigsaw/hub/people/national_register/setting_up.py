"""Where is the national register, and with which key are questions to it signed? Off unless configured.

From the environment, read once at start. Half a configuration is an error in words, never a default:

| Variable | Meaning |
|---|---|
| JIGSAW_PDS_URL | the register's FHIR address, such as https://…/personal-demographics/FHIR/R4; unset: off |
| JIGSAW_PDS_TOKEN_URL | where access tokens are given |
| JIGSAW_PDS_CLIENT_ID | the API key of the registered application |
| JIGSAW_PDS_KEY_ID | the id (kid) under which the public key is registered |
| JIGSAW_PDS_KEY_FILE | a file with the private RSA key (PEM), readable by its owner only |
| JIGSAW_PDS_ODS | the ODS code of the organisation on whose behalf is asked |
| JIGSAW_PDS_OPEN | 1: the address needs no token; only for a sandbox or this machine |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

URL, TOKEN_URL, CLIENT_ID, KEY_ID, KEY_FILE, ODS, OPEN = (
    f"JIGSAW_PDS_{name}" for name in ("URL", "TOKEN_URL", "CLIENT_ID", "KEY_ID", "KEY_FILE", "ODS", "OPEN")
)
SIGNED = (TOKEN_URL, CLIENT_ID, KEY_ID, KEY_FILE)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SANDBOX = frozenset({"sandbox.api.service.nhs.uk"})
SMALLEST_KEY = 4096


@dataclass(frozen=True, kw_only=True)
class Signing:
    """With what access tokens are asked for."""

    token_url: str
    client_id: str
    key_id: str
    key: str
    """The private key as PEM text."""


@dataclass(frozen=True, kw_only=True)
class Register:
    """Where the register is; `signing` None: it needs no token."""

    url: str
    signing: Signing | None = None
    ods: str = ""
    timeout: float = 5.0
    """Seconds for one call."""
    patience: float = 15.0
    """Seconds for one question with all its calls, waits and retries."""


def from_environment(environ: Mapping[str, str]) -> Register | None:
    """The register as configured, or None if it is off. Raises RuntimeError, in words, if only half is there."""
    told = {name: environ.get(name, "").strip() for name in (URL, *SIGNED, ODS, OPEN)}
    if not told[URL]:
        if any(told.values()):
            raise RuntimeError(
                f"{URL} is missing, so the national register is not configured. Set it, or unset the rest."
            )
        return None
    _check_address(URL, told[URL])
    if told[OPEN] == "1":
        return _open(told)
    missing = [name for name in (*SIGNED, ODS) if not told[name]]
    if missing:
        raise RuntimeError(f"{URL} is set, but {', '.join(missing)} is missing. Set it, or unset {URL}.")
    _check_address(TOKEN_URL, told[TOKEN_URL])
    return Register(
        url=told[URL].rstrip("/"),
        ods=told[ODS],
        signing=Signing(
            token_url=told[TOKEN_URL],
            client_id=told[CLIENT_ID],
            key_id=told[KEY_ID],
            key=_key(Path(told[KEY_FILE])),
        ),
    )


def _open(told: Mapping[str, str]) -> Register:
    if urlsplit(told[URL]).hostname not in LOOPBACK | SANDBOX:
        raise RuntimeError(
            f"{OPEN}=1 is for a sandbox or this machine. Unset it, and set {', '.join(SIGNED)}."
        )
    return Register(url=told[URL].rstrip("/"), ods=told[ODS])


def _check_address(name: str, url: str) -> None:
    parts = urlsplit(url)
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise RuntimeError(f"{name} is not an address such as https://host/path. Correct it.")
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise RuntimeError(f"{name} must begin with https://, because children’s names are sent to it.")


def _key(path: Path) -> str:
    try:
        open_to_others = path.stat().st_mode & 0o077
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise RuntimeError(f"The key in {KEY_FILE} cannot be read. Check that the file is there.") from error
    if open_to_others:
        raise RuntimeError(f"Others can read {path}. Run: chmod 600 {path}")
    _check_key(text)
    return text


def _check_key(text: str) -> None:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise RuntimeError(f"{KEY_FILE} holds no private RSA key in PEM without a password.") from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < SMALLEST_KEY:
        raise RuntimeError(f"{KEY_FILE} must hold a private RSA key of {SMALLEST_KEY} bits or more.")
