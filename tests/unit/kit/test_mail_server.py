"""How JIGSAW_MAIL is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from jigsaw.hub.config import secrets
from jigsaw.hub.kit import mail_server

SENDER = {"JIGSAW_MAIL_FROM": "jigsaw@hub.example"}


def read(url: str, **more: str) -> dict[str, object]:
    return mail_server.from_environment({"JIGSAW_MAIL": url} | SENDER | more, lambda: "secret")


def test_without_it_no_mail_leaves() -> None:
    assert mail_server.from_environment({}, lambda: "secret") == mail_server.NONE


@pytest.mark.parametrize(
    ("url", "port", "starttls", "tls", "password"),
    [
        ("smtp://hub%40trust@mail.example", 587, True, False, "secret"),
        ("smtps://hub@mail.example:4650", 4650, False, True, "secret"),
        ("smtp+plain://127.0.0.1", 25, False, False, ""),
    ],
)
def test_a_server_is_spoken_to_encrypted_unless_it_is_on_this_machine(
    url: str, port: int, starttls: bool, tls: bool, password: str
) -> None:
    found = read(url)
    names = ("EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL", "EMAIL_HOST_PASSWORD")
    assert tuple(found[name] for name in names) == (port, starttls, tls, password)


def test_a_folder_takes_files() -> None:
    assert read("file:///var/mail-of-jigsaw")["EMAIL_FILE_PATH"] == "/var/mail-of-jigsaw"


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://hub:secret@mail.example",
        "smtp+plain://mail.example",
        "file://",
    ],
)
def test_anything_else_is_refused_in_words(url: str) -> None:
    with pytest.raises(RuntimeError, match="JIGSAW_MAIL"):
        read(url)


def test_a_sender_is_needed() -> None:
    with pytest.raises(RuntimeError, match="JIGSAW_MAIL_FROM"):
        read("smtp://mail.example", JIGSAW_MAIL_FROM="")


def test_a_password_is_never_made_up(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="mail-password"):
        secrets.given(tmp_path, "mail-password")
    assert not (tmp_path / "secrets").exists()
