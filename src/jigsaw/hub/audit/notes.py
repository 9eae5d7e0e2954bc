"""What does a signed head of the log say, and who signed it? Text that anybody can check with Ed25519.

The form is that of the C2SP signed note and tree head (checkpoint): lines of text, an empty line, a line for each
signature. A witness adds a line of its own, with the second at which it signed (C2SP cosignature/v1). Two more lines
are ours: the epoch (how often the database was restored, plus one) and the time.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNED, WITNESSED = 1, 4
"""The algorithm bytes of a log's own signature and of a witness's."""


@dataclass(frozen=True)
class Head:
    """The log `origin` had `size` entries with this root at `at` (aware), in this epoch."""

    origin: str
    size: int
    root: bytes
    epoch: int
    at: datetime

    def text(self) -> str:
        """What is signed."""
        at = self.at.astimezone(UTC).isoformat(timespec="seconds")
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nepoch {self.epoch}\nat {at}\n"


def read(note: str) -> Head:
    """The head that a note speaks of, whoever signed it; raises ValueError if it is none."""
    try:
        origin, size, root, epoch, at = _text(note).splitlines()
        head = Head(
            origin,
            int(size),
            base64.b64decode(root, validate=True),
            int(epoch.removeprefix("epoch ")),
            datetime.fromisoformat(at.removeprefix("at ")),
        )
    except ValueError as error:
        raise ValueError("This is no signed head of an audit log.") from error
    if head.text() != _text(note):
        raise ValueError("This is no signed head of an audit log.")
    return head


def key_id(name: str, public: bytes, kind: int = SIGNED) -> bytes:
    """Four bytes that say which key of `name` signed."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def fingerprint(public: bytes) -> str:
    """A public key in letters that people can read to each other: eight groups of four."""
    letters = sha256(public).hexdigest()[:32]
    return " ".join(letters[at : at + 4] for at in range(0, 32, 4))


def sign(text: str, *, name: str, key: Ed25519PrivateKey) -> str:
    """The note: the text (which ends with a line break), an empty line and the signature of `name`."""
    public = key.public_key().public_bytes_raw()
    return f"{text}\n{_line(name, key_id(name, public) + key.sign(text.encode()))}"


def signed_by(note: str, *, name: str, public: bytes) -> bool:
    """Whether the note bears a signature of `name` with this key."""
    return any(
        _verifies(public, signature, _text(note).encode())
        for signature in _signatures(note, name, key_id(name, public))
    )


def witness(note: str, *, name: str, key: Ed25519PrivateKey, now: datetime) -> str:
    """The note with one more line: the witness `name` saw this head at `now`, and it fits what was seen before."""
    second = int(now.timestamp())
    public = key.public_key().public_bytes_raw()
    signature = key.sign(_seen(note, second))
    return note + _line(name, key_id(name, public, WITNESSED) + second.to_bytes(8, "big") + signature)


def witnessed_by(note: str, *, name: str, public: bytes) -> datetime | None:
    """When the witness `name` signed with this key; None if it did not."""
    for signature in _signatures(note, name, key_id(name, public, WITNESSED)):
        second = int.from_bytes(signature[:8], "big")
        if _verifies(public, signature[8:], _seen(note, second)):
            return datetime.fromtimestamp(second, UTC)
    return None


def _seen(note: str, second: int) -> bytes:
    return f"cosignature/v1\ntime {second}\n{_text(note)}".encode()


def _text(note: str) -> str:
    text, gap, _signatures = note.partition("\n\n")
    if not gap:
        raise ValueError("This note bears no signature.")
    return text + "\n"


def _line(name: str, signature: bytes) -> str:
    return f"— {name} {base64.b64encode(signature).decode()}\n"


def _signatures(note: str, name: str, key: bytes) -> list[bytes]:
    found = []
    for line in note.partition("\n\n")[2].splitlines():
        dash, _space, rest = line.partition(" ")
        signer, _space, encoded = rest.rpartition(" ")
        if dash == "—" and signer == name:
            try:
                found.append(base64.b64decode(encoded, validate=True))
            except ValueError:
                continue
    return [each[4:] for each in found if each[:4] == key]


def _verifies(public: bytes, signature: bytes, content: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True
