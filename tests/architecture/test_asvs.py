"""Each requirement of ASVS 5.0.0, levels 1 and 2, is answered once, by what is there."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from architecture.asvs import ANSWERS, MISSING, Row, asked, page, rows

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/reference/asvs.md"
TEST = re.compile(r"`(test_\w+)`")
RULE = re.compile(r"`ruff ([A-Z]+\d+)`")
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.\w+)`")
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)(?:#[^)]*)?\)")


@cache
def names_of_tests() -> frozenset[str]:
    found = (
        re.findall(r"^def (test_\w+)\(", path.read_text(), re.M)
        for path in (ROOT / "tests").rglob("test_*.py")
    )
    return frozenset(name for names in found for name in names)


@cache
def linted() -> tuple[tuple[str, ...], frozenset[str]]:
    """Which beginnings of rules `make lint` asks about, and which rules are left out everywhere."""
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    return tuple(lint["select"]), frozenset(lint["ignore"])


def not_there(words: str) -> list[str]:
    """What these words name that does not exist: tests, rules of the linter, paths, documents."""
    selected, left_out = linted()
    homes = (ROOT, ROOT / "src", ROOT / "src/jigsaw")
    return [
        *(name for name in TEST.findall(words) if name not in names_of_tests()),
        *(code for code in RULE.findall(words) if not code.startswith(selected) or code in left_out),
        *(path for path in PATH.findall(words) if not any((home / path).exists() for home in homes)),
        *(link for link in LINK.findall(words) if not (DOCUMENT.parent / link).exists()),
    ]


def names_something(words: str) -> bool:
    return any(each.search(words) for each in (TEST, RULE, PATH, LINK))


def test_every_requirement_of_levels_1_and_2_is_there_once_and_in_order() -> None:
    assert len(asked()) == 253, "as many as the standard has: 70 of level 1 and 183 of level 2"
    assert list(asked().values()).count(1) == 70
    assert [row.number for row in rows()] == list(asked())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.number)
def test_what_is_said_of_a_requirement_is_there(row: Row) -> None:
    assert row.answer in ANSWERS and row.asked and row.here
    assert not_there(row.here) == []
    shown = row.here.partition(MISSING)[0]
    if row.answer in {"yes", "part"}:
        assert row.answer == "yes" or row.missing, "say what is missing"
        assert names_something(shown) or row.answer == "part", "say what shows it"
    assert (MISSING in row.here) == (row.answer == "part")


def test_the_page_is_current() -> None:
    assert DOCUMENT.read_text() == page(), "python tests/architecture/asvs.py > docs/reference/asvs.md"


def test_no_form_is_made_from_a_table() -> None:
    """A form has the fields that were named for it, never all that a table happens to have."""
    sources = [path.read_text() for path in (ROOT / "src/jigsaw").rglob("*.py")]
    assert not [text for text in sources if re.search(r"ModelForm\b|modelform_factory|modelformset", text)]


def test_what_is_not_there_is_noticed() -> None:
    words = (
        "`test_that_nobody_wrote`, `ruff S101`, `ruff X999`, `kit/nothing.py`, [gone](gone.md), `ruff S608`"
    )
    assert not_there(words) == ["test_that_nobody_wrote", "S101", "X999", "kit/nothing.py", "gone.md"]
    assert (
        not_there("`test_what_is_not_there_is_noticed` `tests/architecture/asvs.py` [doors](doors.md)") == []
    )
