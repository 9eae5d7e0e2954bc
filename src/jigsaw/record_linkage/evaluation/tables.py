"""What are the rows of a CSV or Parquet file, one after the other, whatever its encoding?

Rows come with their number in the file and never all at once. The kind of a file is told by its first bytes.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
from charset_normalizer import from_bytes

from jigsaw.record_linkage.evaluation.mapping import EvaluationError

_SAMPLE = 1024 * 1024
_PARQUET = b"PAR1"
_DELIMITERS = ",;\t|"
_END = "\x00end of the rows"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# What systems of English-speaking agencies write besides UTF-8.
_GUESSES = ["cp1252", "iso8859_15", "cp1250", "mac_roman", "utf_16"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one row (0: the whole file) that a person should know. `rejected`: the row was left out."""

    file: str
    row: int
    field: str
    code: str
    message: str
    rejected: bool = False


Tell = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` can be drawn once: the number of each (the first below the headings is 2 in CSV, 1 in Parquet) and
    its cells, as many as there are headings."""

    headings: list[str]
    rows: Iterator[tuple[int, list[str]]]


def read_table(path: Path, tell: Tell, *, encoding: str = "", delimiter: str = "") -> Table:
    """Open a file. Raises EvaluationError when it cannot be read, is empty, or a quotation mark never closes."""
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
    except OSError as error:
        raise EvaluationError(f"{path.name} cannot be opened ({error.strerror}). Check its name.") from error
    if head == _PARQUET:
        return _parquet(path)
    if not head.strip():
        raise EvaluationError(f"{path.name} is empty. Choose a CSV or Parquet file with headings.")
    return _csv(path, tell, encoding or _encoding(path, tell), delimiter)


# --- CSV ----------------------------------------------------------------------------------------------------


def _csv(path: Path, tell: Tell, encoding: str, delimiter: str) -> Table:
    rows = _csv_rows(path, encoding, delimiter)
    _, headings = next(rows, (0, []))
    headings = [heading.strip() for heading in headings]
    if not any(headings):
        raise EvaluationError(f"{path.name} has no headings. Its first row must name the columns.")
    return Table(headings, _whole_rows(path.name, headings, rows, tell))


def _csv_rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    try:
        lines = _lines(path, encoding)
        first = next(lines, "")
        # Should a quotation mark never close, it swallows the last line too, and every row before it unseen.
        reader = csv.reader(chain([first], lines, [f"{_END}\n"]), delimiter=delimiter or _delimiter(first))
        number, begun = 0, 0
        for row in reader:
            number, begun = number + 1, reader.line_num
            if row == [_END]:
                return
            if any(cell.strip() for cell in row):
                yield number, row
        raise EvaluationError(
            f"In {path.name} a quotation mark is never closed, about line {begun}. Correct it."
        )
    except csv.Error as error:
        raise EvaluationError(f"{path.name} is no CSV file, from row {number + 1} on: {error}.") from error
    except (UnicodeError, LookupError) as error:
        raise EvaluationError(
            f"{path.name} is not written in {encoding}. Name its encoding in the mapping."
        ) from error


def _lines(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, newline="") as stream:
        for line in stream:
            yield line.replace("\x00", "")


def _delimiter(first: str) -> str:
    return max(_DELIMITERS, key=first.count)


def _whole_rows(
    name: str, headings: list[str], rows: Iterator[tuple[int, list[str]]], tell: Tell
) -> Iterator[tuple[int, list[str]]]:
    """Rows with as many cells as there are headings; one with cells to spare is told and left out."""
    width = len(headings)
    for number, row in rows:
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            words = f"The row has {len(row)} cells and there are {width} headings. Look for a separator in a cell."
            tell(Problem(name, number, "", "too_many_cells", words, rejected=True))
            continue
        if len(row) < width:
            words = (
                f"The row has {len(row)} cells and there are {width} headings; the rest was read as empty."
            )
            tell(Problem(name, number, "", "too_few_cells", words))
        yield number, (row + [""] * width)[:width]


def _encoding(path: Path, tell: Tell) -> str:
    """UTF-8 where every byte fits; else what a mark says; else the likeliest, which is told."""
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    if _is_utf8(path):
        return "utf-8"
    best = from_bytes(sample, cp_isolation=_GUESSES).best()
    guess = best.encoding if best else "cp1252"
    words = f"The file does not say how its text is encoded; it was read as {guess}. Name it in the mapping if not."
    tell(Problem(path.name, 0, "", "encoding_guessed", words))
    return guess


def _is_utf8(path: Path) -> bool:
    try:
        with path.open("rb") as stream, io.TextIOWrapper(stream, encoding="utf-8", newline="") as text:
            while text.read(_SAMPLE):
                pass
    except UnicodeDecodeError:
        return False
    return True


# --- Parquet ------------------------------------------------------------------------------------------------


def _parquet(path: Path) -> Table:
    try:
        file = parquet.ParquetFile(path)
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path.name} is no whole Parquet file. Write it again.") from error
    return Table(list(file.schema_arrow.names), _parquet_rows(file))


def _parquet_rows(file: Any) -> Iterator[tuple[int, list[str]]]:
    number = 0
    for batch in file.iter_batches(batch_size=20_000):
        columns = [column.to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            number += 1
            yield number, [as_text(value) for value in row]


def as_text(value: Any) -> str:
    """A value in words: nothing as empty text, whole numbers without a decimal point, days as 2015-04-25."""
    if value is None or value != value:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else str(value)
