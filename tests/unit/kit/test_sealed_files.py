"""A sealed file opens with its key, whole, and in no other way."""

from __future__ import annotations

import io

import pytest

from jigsaw.hub.kit import sealed_files
from jigsaw.hub.kit.sealed_files import PIECE, TAG, NotWhole

KEY = b"\x01" * 32
BEGINS = len(sealed_files.FIRST_LINE) + sealed_files.SALT


def sealed(content: bytes, part: int = 300_000) -> bytes:
    out = io.BytesIO()
    sealed_files.seal((content[at : at + part] for at in range(0, len(content), part)), out, key=KEY)
    return out.getvalue()


def opened(file: bytes, key: bytes = KEY) -> bytes:
    return b"".join(sealed_files.opened(io.BytesIO(file), key=key))


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17])
def test_whatever_its_length_it_comes_back(length: int) -> None:
    content = (b"Katie Walsh" * (length // 11 + 1))[:length]
    file = sealed(content)
    assert opened(file) == content
    assert b"Katie" not in file and file != sealed(content), "every file has a key of its own"


def test_another_key_opens_nothing() -> None:
    with pytest.raises(NotWhole):
        opened(sealed(b"x"), key=b"\x02" * 32)


def three_pieces() -> tuple[bytes, list[bytes]]:
    file = sealed(bytes(2 * PIECE + 5))
    return file[:BEGINS], [file[at : at + PIECE + TAG] for at in range(BEGINS, len(file), PIECE + TAG)]


@pytest.mark.parametrize(
    "order",
    [(0, 1), (0, 2), (1, 0, 2), (0, 1, 1, 2), (0, 1, 2, 2), (0,), ()],
    ids=[
        "cut off at a piece",
        "one left out",
        "two swapped",
        "one twice",
        "the last twice",
        "two left out",
        "none",
    ],
)
def test_pieces_left_out_moved_or_repeated_show(order: tuple[int, ...]) -> None:
    begins, pieces = three_pieces()
    assert opened(begins + b"".join(pieces)) == bytes(2 * PIECE + 5)
    with pytest.raises(NotWhole):
        opened(begins + b"".join(pieces[at] for at in order))


@pytest.mark.parametrize("at", [0, BEGINS - 1, BEGINS, BEGINS + PIECE, -1])
def test_one_changed_bit_shows(at: int) -> None:
    file = bytearray(sealed(bytes(PIECE + 5)))
    file[at] ^= 1
    with pytest.raises(NotWhole):
        opened(bytes(file))


def test_a_file_cut_off_anywhere_shows() -> None:
    file = sealed(bytes(PIECE + 5))
    for end in (0, 5, BEGINS, BEGINS + 3, BEGINS + PIECE + TAG, len(file) - 1):
        with pytest.raises(NotWhole):
            opened(file[:end])
