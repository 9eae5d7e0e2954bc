"""What comes of a file that somebody sends, and how large may it be?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

MB: Final = 1024 * 1024

LARGEST: Final = 10 * MB
"""Bytes of a file as it is sent, inclusive."""
LARGEST_CLEAN: Final = 20 * MB
"""Bytes of a clean copy, inclusive: a photograph may grow when it is encoded anew."""
LARGEST_TEXT: Final = MB
MOST_PAGES: Final = 300
MOST_OBJECTS: Final = 100_000
"""Objects of a PDF: pages, fonts, pictures and what they are made of."""
MOST_UNPACKED: Final = 256 * MB
"""Bytes of everything in a PDF that is packed, once unpacked."""
MOST_PIXELS: Final = 40_000_000
SECONDS: Final = 20
"""Of computing that one file may cost; it is given up after twice that by the clock."""
MEMORY: Final = 1024 * MB
"""Bytes of address space of the process that works on one file."""

PDF, JPEG, PNG, TEXT = "pdf", "jpeg", "png", "text"
MEDIA_TYPES: Final = {
    PDF: "application/pdf",
    JPEG: "image/jpeg",
    PNG: "image/png",
    TEXT: "text/plain; charset=utf-8",
}
"""What a clean copy may be, and as what it is handed out."""

TAKEN_OUT: Final = (
    "scripts",
    "files",
    "programs",
    "links",
    "sending",
    "media",
    "form",
    "signature",
    "notes",
    "layers",
    "bookmarks",
    "reading_order",
    "about",
    "place",
    "camera",
    "colours",
    "further_pictures",
)
"""Codes of what a clean copy may lack that the file had."""


@dataclass(frozen=True, kw_only=True)
class Clean:
    """A copy that shows what the file showed and does nothing. `pages`: 1 for a picture or a text."""

    kind: str
    content: bytes
    pages: int
    sha256: str
    original_sha256: str
    taken_out: tuple[str, ...] = ()
    """Codes of TAKEN_OUT, in its order."""


@dataclass(frozen=True)
class Refusal(Exception):
    """Why a file does not come in, in a sentence, and what to do instead. Raised within; handed back at the edge."""

    code: str
    words: str
    next_step: str


GOES_THROUGH: Final = (Refusal, MemoryError, RecursionError)
"""What a room lets through as it is: everything else that a library raises means that the file is damaged."""


def made(
    kind: str, content: bytes, *, original: bytes, pages: int = 1, taken_out: frozenset[str] = frozenset()
) -> Clean:
    """The clean copy with its fingerprints; raises Refusal if it grew beyond LARGEST_CLEAN."""
    if len(content) > LARGEST_CLEAN:
        raise Refusal(
            "too_big",
            "What is in this file is too large to be kept.",
            "Save it smaller, or in parts, and choose those.",
        )
    return Clean(
        kind=kind,
        content=content,
        pages=pages,
        sha256=hashlib.sha256(content).hexdigest(),
        original_sha256=hashlib.sha256(original).hexdigest(),
        taken_out=tuple(code for code in TAKEN_OUT if code in taken_out),
    )
