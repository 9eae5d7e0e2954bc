"""How is a file kept that may lie anywhere? In sealed pieces that open with one key, each in its place, none missing.

AES-256-GCM over pieces of one mebibyte, each with its number and whether it is the last in its nonce (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). Every file has a key of its own, derived (HKDF-SHA256)
from the given key and 32 random bytes at its beginning. A piece is given out only after it was found whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FIRST_LINE = b"jigsaw sealed file 1\n"
PIECE, TAG, SALT = 1 << 20, 16, 32


class NotWhole(Exception):
    """The file is none of ours, was changed or cut off, or was sealed with another key: which, cannot be told."""


def seal(content: Iterable[bytes], out: BinaryIO, *, key: bytes) -> None:
    """Write `content` (in parts of any length) to `out`, sealed with `key` (32 bytes)."""
    salt = os.urandom(SALT)
    out.write(FIRST_LINE + salt)
    cipher, number = _cipher(key, salt), 0
    waiting = bytearray()
    for part in content:
        waiting += part
        # The last piece is not known to be the last before the content ends, so one is always held back.
        while len(waiting) > PIECE:
            out.write(cipher.encrypt(_nonce(number, last=False), bytes(waiting[:PIECE]), FIRST_LINE))
            del waiting[:PIECE]
            number += 1
    out.write(cipher.encrypt(_nonce(number, last=True), bytes(waiting), FIRST_LINE))


def opened(file: BinaryIO, *, key: bytes) -> Iterator[bytes]:
    """The content, piece by piece; raises NotWhole at the first that is not what was sealed, or where it is cut off."""
    begins = file.read(len(FIRST_LINE) + SALT)
    if not begins.startswith(FIRST_LINE) or len(begins) != len(FIRST_LINE) + SALT:
        raise NotWhole
    cipher, number = _cipher(key, begins[len(FIRST_LINE) :]), 0
    sealed = file.read(PIECE + TAG)
    while True:
        after = file.read(PIECE + TAG)
        try:
            piece = cipher.decrypt(_nonce(number, last=not after), sealed, FIRST_LINE)
        except (InvalidTag, ValueError) as error:
            raise NotWhole from error
        yield piece
        if not after:
            return
        sealed, number = after, number + 1


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, FIRST_LINE).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
