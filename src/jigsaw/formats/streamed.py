"""Which rows does a CSV file of any length hold? Read line by line, so that memory does not grow with the file.

Rows come out as the user counts them: the header is row 1. Other readers of tables hold the whole file
(`sheets.py`), because they also read workbooks and guess among many encodings; this one knows what it is given.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO

from jigsaw.formats.opening import WORDS, sniff
from jigsaw.formats.records import Unreadable

_CHUNK = 1024 * 1024
_DELIMITERS = ",;\t|"
# A last line that only an unclosed quotation mark can swallow; see `sheets.py`.
_END = "end-of-file-added-by-the-reader"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows numbered from 1. `guessed_encoding` is the encoding, if it was a guess; '' if it is certain."""

    rows: Iterator[tuple[int, list[str]]]
    guessed_encoding: str = ""


def csv_rows(stream: BinaryIO) -> Rows:
    """The rows of a CSV file; what separates its cells is seen in its first line.

    Takes a seekable stream and reads it twice: once to see how its text is encoded. Raises Unreadable at once
    if it is no plain text, and while rows are drawn if a quotation mark is never closed.
    """
    kind = sniff(stream)
    if kind != "csv":
        raise Unreadable(f"This is {WORDS[kind]}. Choose a CSV file.")
    encoding, guessed = _encoding(stream)
    text = io.TextIOWrapper(io.BufferedReader(_Kept(stream)), encoding=encoding, newline="")
    return Rows(_rows(text), encoding if guessed else "")


class _Kept(io.RawIOBase):
    """The stream beneath, which stays open when the text around it is done with."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _encoding(stream: BinaryIO) -> tuple[str, bool]:
    """By byte-order mark, else UTF-8 if all of it is; else what Windows writes, as a guess."""
    start = stream.tell()
    try:
        head = stream.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", False
        stream.seek(start)
        return ("utf-8-sig", False) if _all_utf8(stream) else ("cp1252", True)
    finally:
        stream.seek(start)


def _all_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _rows(text: io.TextIOWrapper) -> Iterator[tuple[int, list[str]]]:
    number = 0
    held: tuple[int, list[str]] | None = None
    try:
        first = text.readline()
        reader = csv.reader(chain([first], text, ["\n", _END]), delimiter=_delimiter(first))
        for row in reader:
            if held is not None:
                yield held
            number += 1
            held = (number, row)
    except csv.Error as error:
        raise Unreadable(_unclosed(number + 1)) from error
    except UnicodeError as error:
        raise Unreadable(
            "The file holds bytes that are no text. Save it again as “CSV UTF-8” and import that."
        ) from error
    if held is None or held[1] != [_END]:
        raise Unreadable(_unclosed(number))


def _delimiter(first: str) -> str:
    return max(_DELIMITERS, key=lambda candidate: (first.count(candidate), candidate == ","))


def _unclosed(row: int) -> str:
    return (
        f"Row {row} opens a quotation mark that is never closed, or is longer than any row should be. "
        "Correct that row and import the file again."
    )
