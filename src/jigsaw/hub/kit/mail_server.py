"""Through which server does e-mail leave? As the environment says; none unless it does.

JIGSAW_MAIL is smtp://USER@HOST:587 (encrypted by STARTTLS before anything is said), smtps://USER@HOST:465, or file:///FOLDER,
where each message becomes a file, to look at. A server on this machine may be spoken to as smtp+plain://127.0.0.1:25.
The password is the secret `mail-password`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

LONGEST_SECONDS = 10
SMTP = "django.core.mail.backends.smtp.EmailBackend"
NONE: dict[str, Any] = {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
LOOPBACK = ("127.0.0.1", "::1", "localhost")
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


def from_environment(given: Mapping[str, str], password: Callable[[], str]) -> dict[str, Any]:
    """Django's settings for JIGSAW_MAIL and JIGSAW_MAIL_FROM; RuntimeError, in words, where they are not as above.

    `password` reads the secret; it is asked only where there is a user.
    """
    url = given.get("JIGSAW_MAIL", "")
    if not url:
        return NONE
    sender = given.get("JIGSAW_MAIL_FROM", "")
    if "@" not in sender:
        raise RuntimeError("Set JIGSAW_MAIL_FROM to the address that e-mail is to come from.")
    return {"DEFAULT_FROM_EMAIL": sender, "EMAIL_TIMEOUT": LONGEST_SECONDS, **_way(url, password)}


def _way(url: str, password: Callable[[], str]) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": parts.path,
        }
    if parts.scheme not in PORTS or not parts.hostname or parts.password:
        raise RuntimeError(
            "JIGSAW_MAIL is to be smtp://USER@HOST:587, smtps://USER@HOST:465 or file:///FOLDER, without a password: that "
            "is the secret mail-password."
        )
    if parts.scheme == "smtp+plain" and parts.hostname not in LOOPBACK:
        raise RuntimeError("JIGSAW_MAIL: without encryption, only a server on this machine is spoken to.")
    return {
        "EMAIL_BACKEND": SMTP,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or PORTS[parts.scheme],
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": password() if parts.username else "",
    }
