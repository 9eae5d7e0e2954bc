"""Who joins, changes and leaves, by a list such as an HR system writes: CSV or a workbook, with our headings.

`email` is needed; `name`, `job_title`, `agency`, `roles` (codes, separated by spaces, commas or semicolons), `phone`,
`team`, `active` (yes or no; yes if there is no such column), and `known_as:CODE` for what a place to sign in with
calls them. A column that is not there changes nothing; a cell that is empty empties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from jigsaw.formats.records import Unreadable
from jigsaw.formats.sheets import Row, as_text, sheets
from jigsaw.formats.text import clean

TEXTS = ("name", "job_title", "agency", "phone", "team")
COLUMNS = ("email", *TEXTS, "roles", "active")
KNOWN_AS = "known_as:"
YES, NO = {"yes", "y", "true", "1", "active", ""}, {"no", "n", "false", "0", "left", "leaver", "inactive"}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of the list. None: the list has no such column, and says nothing of it."""

    line: int
    email: str
    texts: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] | None = None
    active: bool | None = True
    """None: the cell says neither yes nor no."""
    known_as: Mapping[str, str] = field(default_factory=dict)


def read(stream: BinaryIO) -> Iterator[Listed]:
    """Every line of the first sheet that is not blank, in its order.

    Raises Unreadable, before the first line, for headings that are missing, unknown or there twice.
    """
    sheet = next(iter(sheets(stream, expected="CSV file or workbook")))
    headings: list[str] = []
    for number, row in sheet.rows:
        cells = [clean(as_text(cell)) for cell in row]
        if not any(cells):
            continue
        if not headings:
            headings = _headings(cells)
        else:
            yield _listed(number, headings, cells)
    if not headings:
        raise Unreadable(f"The list is empty. Its first line names the columns: {', '.join(COLUMNS)}.")


def _headings(cells: Row | list[str]) -> list[str]:
    found = [str(cell).strip().lower().replace(" ", "_") for cell in cells]
    named = [name for name in found if name]
    unknown = [name for name in named if name not in COLUMNS and not name.startswith(KNOWN_AS)]
    if "email" not in named or unknown or len(set(named)) < len(named):
        wrong = f"“{unknown[0]}” is none of them" if unknown else "email is missing, or one is there twice"
        raise Unreadable(
            f"The first line names the columns, of {', '.join(COLUMNS)} and {KNOWN_AS}CODE; here {wrong}."
        )
    return found


def _listed(number: int, headings: list[str], cells: list[str]) -> Listed:
    if any(cells[len(headings) :]):
        raise Unreadable(f"Line {number} has more cells than the first line names columns. Correct it first.")
    told = dict(zip(headings, [*cells, *[""] * len(headings)], strict=False))
    said = told.get("active", "yes").lower()
    return Listed(
        line=number,
        email=told["email"],
        texts={name: told[name] for name in TEXTS if name in told},
        roles=tuple(filter(None, re.split(r"[\s,;]+", told["roles"]))) if "roles" in told else None,
        active=True if said in YES else False if said in NO else None,
        known_as={
            name.removeprefix(KNOWN_AS): value for name, value in told.items() if name.startswith(KNOWN_AS)
        },
    )
