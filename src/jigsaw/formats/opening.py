"""What kind of file is this really, and what is its text?

The name of a file is never believed: its first bytes are.
"""

from __future__ import annotations

import codecs
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

from charset_normalizer import from_bytes

from jigsaw.formats.records import Unreadable

Kind = Literal["empty", "pdf", "xlsx", "xls", "ods", "zip", "xml", "html", "csv", "binary"]
Source = Path | str | BinaryIO

LARGEST_TABLE = 200 * 1024 * 1024  # bytes; a table is held in memory while it is read
LARGEST_UNPACKED = 1024 * 1024 * 1024  # bytes; a workbook is a zip, and a small zip can unpack to anything

_CHUNK = 1024 * 1024
_NOTHING = b"\x00 \t\r\n\x0b\x0c\xef\xbb\xbf\xff\xfe"
_XLS_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BYTE_ORDER_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

WORDS: dict[Kind, str] = {
    "empty": "an empty file",
    "pdf": "a PDF document",
    "xlsx": "an Excel workbook",
    "xls": "an old Excel workbook or another old Office document",
    "ods": "an OpenDocument spreadsheet",
    "zip": "a zip archive",
    "xml": "an XML file",
    "html": "a web page",
    "csv": "plain text",
    "binary": "not a text file",
}


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """A seekable binary stream of the source; closes it only if it was opened here.

    Raises Unreadable if there is no such file or it may not be read.
    """
    if not isinstance(source, (str, Path)):
        yield source if source.seekable() else io.BytesIO(source.read())
        return
    try:
        stream = Path(source).open("rb")  # noqa: SIM115 - closed below; the try must not cover the caller's body
    except OSError as error:
        raise Unreadable(
            f"The file cannot be opened ({error.strerror}). Check its name and try again."
        ) from error
    with stream:
        yield stream


def sniff(source: Source) -> Kind:
    """What the content is, from its first bytes; `empty` also for any length of zero bytes or blank space.

    A stream is put back where it was.
    """
    with opened(source) as stream:
        start = stream.tell()
        try:
            return _sniff(stream)
        finally:
            stream.seek(start)


def _sniff(stream: BinaryIO) -> Kind:
    head = stream.read(_CHUNK)
    while head and not head.strip(_NOTHING):
        head = stream.read(_CHUNK)
    if not head:
        return "empty"
    return _kind_of_bytes(head, stream)


def _kind_of_bytes(head: bytes, stream: BinaryIO) -> Kind:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_XLS_MAGIC):
        return "xls"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _kind_of_zip(stream)
    sample = head[:4096]
    encoding = _marked_or_wide(sample)
    text = sample.decode(encoding or "latin-1", "replace").lstrip("\ufeff\x00 \t\r\n").lower()
    if text.startswith(("<!doctype html", "<html")):
        return "html"
    if text.startswith("<"):
        return "xml"
    return "csv" if _looks_like_text(text) else "binary"


def _kind_of_zip(stream: BinaryIO) -> Kind:
    try:
        stream.seek(0)
        names = set(zipfile.ZipFile(stream).namelist())
    except Exception:  # a damaged archive fails in many ways; all of them mean "not a workbook"
        return "zip"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    return "ods" if "content.xml" in names else "zip"


def _looks_like_text(text: str) -> bool:
    """A stray control character or zero byte does not make a file binary; one in twenty does."""
    odd = sum(1 for ch in text if (ch < " " and ch not in "\t\r\n\x0b\x0c\x1a") or ch == "\ufffd")
    return odd * 20 <= len(text)


def _marked_or_wide(head: bytes) -> str | None:
    """The encoding that a byte-order mark, or a zero in every second byte, gives away."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    pairs = len(head) // 2
    if pairs >= 4 and head[1::2].count(0) > 0.7 * pairs and head[::2].count(0) == 0:
        return "utf-16-le"
    if pairs >= 4 and head[::2].count(0) > 0.7 * pairs and head[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def read_text(stream: BinaryIO, encoding: str = "") -> tuple[str, str, bool]:
    """The whole text, the encoding it was read with, and whether that was a guess.

    A named `encoding` is tried first and must fit. Otherwise: byte-order mark, UTF-8, then the best guess
    among the encodings that English systems write. Raises Unreadable if a named or marked encoding does not
    fit, or the file is larger than LARGEST_TABLE.
    """
    data = stream.read(LARGEST_TABLE + 1)
    if len(data) > LARGEST_TABLE:
        raise Unreadable("The file is larger than 200 MB. Split it into smaller files and import each.")
    known = _checked(encoding) or _marked_or_wide(data[:4096])
    if known:
        return _decode(data, known), known, False
    try:
        return data.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError as error:
        guess = _guess(data, error.start)
        return data.decode(guess, "replace"), guess, True


def _checked(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding).name if encoding else ""
    except (LookupError, ValueError):
        found = "unknown"
    if found and (found == "unknown" or not getattr(codecs.lookup(found), "_is_text_encoding", True)):
        raise Unreadable(
            f"There is no text encoding called “{encoding[:40]}”. Correct it in the mapping file."
        )
    return "utf-8-sig" if found == "utf-8" else found


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeError, ValueError) as error:
        raise Unreadable(
            f"The file is not written in the encoding {encoding} as it claims. "
            "Save it again as “CSV UTF-8” and import that."
        ) from error


def _guess(data: bytes, first_odd_byte: int) -> str:
    sample = data[max(0, first_odd_byte - 4096) : first_odd_byte + 60_000]
    try:
        best = from_bytes(sample, cp_isolation=["cp1252", "iso8859_15", "mac_roman"]).best()
        guess = best.encoding if best else "cp1252"
        data.decode(guess)
    except (UnicodeError, LookupError, ValueError):
        return "latin-1"  # fits any byte, so nothing is lost
    return guess
