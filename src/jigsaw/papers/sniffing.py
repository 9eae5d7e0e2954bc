"""What is this file really, by its bytes? Its name is never asked.

Five kinds may come in. Everything else is refused, and what people try most often is told by its name, so that they
hear what to do instead.
"""

from __future__ import annotations

import re
from typing import Final

from jigsaw.papers.outcome import JPEG, LARGEST, PDF, PNG, TEXT, Refusal

WEBP: Final = "webp"
HEAD: Final = 1024

AS_PDF = "Open it, save or print it as PDF, and choose that."
ANOTHER = "Choose a PDF, a JPEG or PNG picture, or plain text."
_OFFICE = ("office", "This is a document of an office program, which can hold hidden parts.", AS_PDF)
_WEB = ("web", "This is a web page or drawing that can hold scripts.", AS_PDF)
_PICTURE = (
    "picture",
    "Pictures of this kind cannot be checked here.",
    "Save it as JPEG or PNG, and choose that.",
)
_PHONE = (
    "phone",
    "This picture is in a format of some telephones (HEIC) that cannot be checked here.",
    "Send it to yourself as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible), and choose that.",
)
_PACKED = (
    "packed",
    "This is a packed file: what is in it cannot be seen.",
    "Unpack it, and choose what is in it.",
)
_PROGRAM = ("program", "This is a program, not a document.", ANOTHER)
_FILM = (
    "film",
    "Sound and film cannot be kept here.",
    "Write down what is heard or seen, and where it is kept.",
)

# By how a file begins. What could be several is told apart below.
_REFUSED: Final[tuple[tuple[bytes, tuple[str, str, str]], ...]] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OFFICE),
    (b"{\\rtf", _OFFICE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
    (b"\x00\x00\x00\x0cjP  ", _PICTURE),
    (b"\x1f\x8b", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"Rar!\x1a\x07", _PACKED),
    (b"BZh", _PACKED),
    (b"\xfd7zXZ\x00", _PACKED),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _PROGRAM),
    (b"#!", _PROGRAM),
    (b"ID3", _FILM),
    (b"OggS", _FILM),
    (b"\x1aE\xdf\xa3", _FILM),
)
_MARKUP: Final = re.compile(
    rb"<(?:!doctype|html|head|body|script|svg|\?xml|\?php|iframe|object|embed|!--)", re.IGNORECASE
)
_PHONES: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")


def kind_of(data: bytes) -> str:
    """`pdf`, `jpeg`, `png`, `webp` or `text`. Raises Refusal, in words about what it is, for everything else."""
    if not data.strip(b"\x00 \t\r\n"):
        raise Refusal("empty", "There is nothing in this file.", "Choose another file.")
    if len(data) > LARGEST:
        raise too_big()
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if said := _known(data):
        raise Refusal(*said)
    return TEXT


def too_big() -> Refusal:
    """For a file longer than LARGEST, whatever it is."""
    return Refusal(
        "too_big",
        f"This file is larger than {LARGEST // 1024 // 1024} MB.",
        "Save it smaller (a scan at 150 dots per inch is enough to read), or in parts.",
    )


def _known(data: bytes) -> tuple[str, str, str] | None:
    head = data[:HEAD]
    for begins, said in _REFUSED:
        if data.startswith(begins):
            return said
    if data.startswith(b"PK"):
        inside = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis")
        return _OFFICE if any(name in data[: 4 * HEAD] for name in inside) else _PACKED
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return _PHONE if brand in _PHONES else _PICTURE if brand in (b"avif", b"avis") else _FILM
    if data.startswith(b"RIFF"):
        return _FILM
    if _MARKUP.search(head):
        return _WEB
    return None
