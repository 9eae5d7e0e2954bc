"""Where are the hub's secrets? In JIGSAW_HOME/secrets, one file each, readable by the owner only.

A file that is not there is made once with fresh random bytes; one that others can read is refused.
"""

import os
import secrets as random
from pathlib import Path


def text(home: Path, name: str) -> str:
    """The secret `name` as text (URL-safe, 64 random bytes when first made)."""
    return _read(home / "secrets" / name, random.token_urlsafe(64).encode()).decode()


def key(home: Path, name: str) -> bytes:
    """The secret `name` as a 256-bit key."""
    found = _read(home / "secrets" / name, random.token_bytes(32).hex().encode())
    return bytes.fromhex(found.decode())


def change_key(home: Path, name: str, fresh: bytes) -> None:
    """Put another 256-bit key in place of the secret `name`, in one step."""
    path = home / "secrets" / name
    made = path.with_name(f"{name}.{os.getpid()}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
        new.write(fresh.hex().encode())
    made.replace(path)


def _read(path: Path, fresh: bytes) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            new.write(fresh)
            return fresh
    except FileExistsError:
        pass
    if path.stat().st_mode & 0o077:
        raise RuntimeError(f"Others can read {path}. Run: chmod 600 {path}")
    found = path.read_bytes().strip()
    if not found:
        raise RuntimeError(f"{path} is empty. Restore it from a backup, or delete it to make a new one.")
    return found
