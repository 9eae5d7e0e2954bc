"""How is a JSON document read so that everything wrong with it is told at once?

A `Walk` stands at one object of the document. Each question returns a value that is safe to go on with, and
notes a problem where the document gives none; keys that nobody asked for are problems in the end.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, Final

from jigsaw.sharing_rules.problems import Problem

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
# What a template leaves open: [Name of your partnership].
_BLANK: Final = re.compile(r"\[[^\]]*\]")


class Walk:
    """One object of the document, where it is, and the list of problems that all walks of a document share."""

    def __init__(self, found: object, path: str, problems: list[Problem]) -> None:
        self.path, self.problems = path, problems
        self._asked: set[str] = set()
        self._found: dict[str, Any] = found if isinstance(found, dict) else {}
        if not isinstance(found, dict):
            self.wrong(
                "", "This is not an object.", "Write it as {…} with the keys that the reference lists."
            )

    def wrong(self, key: str, words: str, next_step: str) -> None:
        self.problems.append(Problem(f"{self.path}.{key}" if key else self.path, words, next_step))

    def get(self, key: str) -> Any:
        self._asked.add(key)
        return self._found.get(key)

    def text(self, key: str, *, needed: bool = True) -> str:
        """Trimmed text; empty with a problem where it is needed and missing, is no text or a template's blank."""
        value = self.get(key)
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            self.wrong(key, f"“{key}” is missing or is not text.", "Write it in words.")
            return ""
        self._filled(key, value)
        return value.strip()

    def texts(self, key: str, *, least: int = 0) -> tuple[str, ...]:
        """A list of texts, each once; with a problem where there are fewer than `least`."""
        value = self.get(key)
        if value is None and least == 0:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
            self.wrong(key, f"“{key}” is not a list of texts.", "Write it as [“…”, “…”].")
            return ()
        for place, each in enumerate(value):
            self._filled(f"{key}[{place}]", each)
        said = tuple(each.strip() for each in value)
        if len(set(said)) < len(said):
            self.wrong(key, f"“{key}” says the same twice.", "Take one of them out.")
        if len(said) < least:
            self.wrong(key, f"“{key}” is empty.", "Name at least one.")
        return said

    def codes(self, key: str, known: Collection[str], *, least: int = 1) -> tuple[str, ...]:
        """A list of known codes, with a problem for each that is not known."""
        said = self.texts(key, least=least)
        for place, code in enumerate(said):
            if code not in known:
                self.wrong(f"{key}[{place}]", f"“{code}” is not known here.", _known(known))
        return tuple(code for code in said if code in known)

    def code(self, key: str, known: Collection[str], *, needed: bool = True) -> str:
        """One known code, or empty."""
        said = self.text(key, needed=needed)
        if said and said not in known:
            self.wrong(key, f"“{said}” is not known here.", _known(known))
            return ""
        return said

    def day(self, key: str, *, needed: bool = True) -> date | None:
        """A day written as YYYY-MM-DD."""
        value = self.get(key)
        if value is None and not needed:
            return None
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.wrong(key, f"“{key}” is not a day of the calendar.", "Write it as year-month-day: 2026-09-01.")
        return None

    def number(self, key: str) -> int:
        """A whole number from 1."""
        value = self.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.wrong(key, f"“{key}” is not a whole number from 1.", "Count the versions: 1, 2, 3.")
            return 0
        return value

    def truth(self, key: str) -> bool:
        """True or false; false where it is left out."""
        value = self.get(key)
        if value is not None and not isinstance(value, bool):
            self.wrong(key, f"“{key}” is neither true nor false.", "Write true or false.")
        return value is True

    def child(self, key: str) -> Walk:
        return Walk(self.get(key), f"{self.path}.{key}", self.problems)

    def children(self, key: str, *, least: int = 0) -> Iterator[Walk]:
        """A walk for each object of a list."""
        value = self.get(key)
        if value is None and least == 0:
            return
        if not isinstance(value, list) or len(value) < least:
            self.wrong(key, f"“{key}” is missing or has nothing in it.", "Give at least one, as [{…}].")
            return
        for place, each in enumerate(value):
            yield Walk(each, f"{self.path}.{key}[{place}]", self.problems)

    def nothing_else(self) -> None:
        """A problem for each key that nobody asked for: what is not understood is not quietly left out."""
        for key in self._found:
            if key not in self._asked:
                self.wrong(
                    str(key),
                    f"“{key}” is not known here.",
                    "Correct its spelling, or take it out.",
                )

    def _filled(self, key: str, value: str) -> None:
        if blank := _BLANK.search(value):
            self.wrong(
                key, f"{blank.group()} is still to be filled in.", "Write your partnership's own words."
            )


def _known(known: Collection[str]) -> str:
    return "Choose from: " + ", ".join(sorted(known)) + "." if known else "There is none to choose from."
