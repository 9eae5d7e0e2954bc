"""Which rows does this CSV file or workbook hold?

Rows come out as the user counts them: the first line or row of the sheet is 1, blank ones included.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from python_calamine import CalamineWorkbook

from jigsaw.formats.opening import LARGEST_TABLE, LARGEST_UNPACKED, WORDS, Kind, read_text, sniff
from jigsaw.formats.records import Unreadable

Cell = str | float | int | bool | date | datetime | time | timedelta
Row = list[Cell]

_END = "end-of-file-added-by-the-reader"
_DELIMITERS = ",;\t|"
_SCAN_LINES = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows numbered from 1. `guessed_encoding` is the encoding, if it was a guess; '' if it is certain."""

    name: str
    rows: Iterator[tuple[int, Row]]
    guessed_encoding: str = ""
    encoding: str = ""
    delimiter: str = ""


def sheets(
    stream: BinaryIO, *, encoding: str = "", delimiter: str = "", expected: str = "CSV or Excel file"
) -> Iterator[Sheet]:
    """Each sheet of a workbook in its order, or the one sheet of a CSV file.

    Raises Unreadable for anything else, and while rows are drawn from a CSV whose last quotation mark is
    never closed (the rows it swallowed would be lost).
    """
    kind = sniff(stream)
    if kind == "csv" or (encoding and kind == "binary"):
        yield _csv_sheet(stream, encoding, delimiter)
    elif kind in ("xlsx", "xls", "ods"):
        yield from _workbook(stream, kind)
    else:
        raise Unreadable(f"This is {WORDS[kind]}. Choose a {expected}.")


def as_text(cell: Cell) -> str:
    """A cell in words: whole numbers without a decimal point, dates as 2015-04-25, booleans as Yes and No."""
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return cell if isinstance(cell, str) else str(cell)


def _csv_sheet(stream: BinaryIO, encoding: str, delimiter: str) -> Sheet:
    text, used, guessed = read_text(stream, encoding)
    delimiter = delimiter or _delimiter(text)
    return Sheet("", _csv_rows(text, delimiter), used if guessed else "", used, delimiter)


def _delimiter(text: str) -> str:
    """What separates cells: what a `sep=` line says, or the candidate that the first lines share most of."""
    lines = text[:100_000].lstrip("\ufeff").splitlines()[:_SCAN_LINES]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        return lines[0][4] if lines[0][4] in _DELIMITERS else ","
    first = next((line for line in lines if line.strip()), "")
    counts = {candidate: first.count(candidate) for candidate in _DELIMITERS}
    best = max(counts, key=lambda candidate: counts[candidate])
    return best if counts[best] else ","


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, Row]]:
    # A last line that only an unclosed quotation mark can swallow: csv reads to the end of the file without a
    # word, and every record after the mark would vanish.
    lines = io.StringIO(f"{text.removeprefix(chr(0xFEFF))}\n{_END}", newline="")
    reader = csv.reader(lines, delimiter=delimiter)
    number = 0
    held: tuple[int, Row] | None = None
    try:
        for row in reader:
            if held is not None:
                yield held
            number += 1
            cells: Row = list(row)
            held = None if number == 1 and _is_separator_line(row) else (number, cells)
    except csv.Error as error:
        raise Unreadable(_unclosed(number + 1)) from error
    if held is None or held[1] != [_END]:
        raise Unreadable(_unclosed(number))


def _is_separator_line(row: list[str]) -> bool:
    return bool(row) and row[0].lower().startswith("sep=") and not any(row[1:])


def _unclosed(row: int) -> str:
    return (
        f"Row {row} opens a quotation mark that is never closed, so the rows after it cannot be told apart. "
        "Correct that row and import the file again."
    )


def _workbook(stream: BinaryIO, kind: Kind) -> Iterator[Sheet]:
    data = stream.read(LARGEST_TABLE + 1)
    if len(data) > LARGEST_TABLE or (kind != "xls" and _unpacked_size(data) > LARGEST_UNPACKED):
        raise Unreadable("The workbook is too large. Split it into smaller files and import each.")
    book = _open_workbook(data)
    for name in book.sheet_names:
        yield Sheet(name, _sheet_rows(book, name))


def _unpacked_size(data: bytes) -> int:
    try:
        return sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except Exception as error:  # zipfile raises many kinds for a damaged archive
        raise Unreadable(_DAMAGED) from error


_DAMAGED = (
    "The workbook is damaged or protected by a password. "
    "Save it again without one, or as CSV, and import that."
)


def _open_workbook(data: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except BaseException as error:
        raise _refusal(error) from error


def _sheet_rows(book: CalamineWorkbook, name: str) -> Iterator[tuple[int, Row]]:
    try:
        rows: list[Row] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except BaseException as error:
        raise _refusal(error) from error
    yield from enumerate(rows, start=1)


def _refusal(error: BaseException) -> BaseException:
    """The parser beneath is not Python: on some damage it panics outside the Exception family."""
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return Unreadable(_DAMAGED)
    return error
