"""Where are the hub's secrets? In JIGSAW_HOME/secrets, one file each, readable by the owner only; or in the environment.

A file that is not there is made once with fresh random bytes; one that others can read is refused. `JIGSAW_SECRET_` and
the name in capitals (JIGSAW_SECRET_DRAFT_KEY) goes before the file, for those who keep secrets in a vault.
"""

import os
import secrets as random
from collections.abc import Sequence
from pathlib import Path


def text(home: Path, name: str) -> str:
    """The secret `name` as text (URL-safe, 64 random bytes when first made)."""
    return _read(home, name, random.token_urlsafe(64)).strip()


def given(home: Path, name: str) -> str:
    """The secret `name`, which is not ours to make; RuntimeError, in words, if nobody has put it there."""
    path = home / "secrets" / name
    if not (from_environment(name) or path.exists()):
        raise RuntimeError(f"Put it into {path} and run chmod 600 on that, or set {_variable(name)}.")
    return text(home, name)


def key(home: Path, name: str) -> bytes:
    """The secret `name` as a 256-bit key."""
    return key_ring(home, name)[0]


def key_ring(home: Path, name: str) -> list[bytes]:
    """The secret `name` as 256-bit keys, one a word: that in use first, and after it those it took the place of."""
    return [bytes.fromhex(word) for word in _read(home, name, random.token_bytes(32).hex()).split()]


def from_environment(name: str) -> bool:
    """Is the secret `name` given by the environment, and so not ours to change?"""
    return bool(os.environ.get(_variable(name), "").strip())


def change_key_ring(home: Path, name: str, keys: Sequence[bytes]) -> None:
    """Put these keys in place of the secret `name`, in one step; raises RuntimeError if the environment holds it."""
    if from_environment(name):
        raise RuntimeError(f"{_variable(name)} holds this key: change it where that is set.")
    _replace(home / "secrets" / name, " ".join(key.hex() for key in keys))


def change_key(home: Path, name: str, fresh: bytes) -> None:
    """Put another 256-bit key in place of the secret `name`, in one step."""
    change_key_ring(home, name, [fresh])


def _replace(path: Path, words: str) -> None:
    made = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
        new.write(words.encode())
    made.replace(path)


def _variable(name: str) -> str:
    return f"JIGSAW_SECRET_{name.upper().replace('-', '_')}"


def _read(home: Path, name: str, fresh: str) -> str:
    if given := os.environ.get(_variable(name), "").strip():
        return given
    path = home / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            new.write(fresh.encode())
            return fresh
    except FileExistsError:
        pass
    if path.stat().st_mode & 0o077:
        raise RuntimeError(f"Others can read {path}. Run: chmod 600 {path}")
    found = path.read_text().strip()
    if not found:
        raise RuntimeError(f"{path} is empty. Restore it from a backup, or delete it to make a new one.")
    return found
