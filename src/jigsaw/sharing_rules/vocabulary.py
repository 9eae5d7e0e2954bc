"""Which sectors, purposes, kinds of data and modes do agreements and rules speak of?

The words are data (`data/vocabulary.json`), each with its source. A code that is not there is unknown
to agreements and rules alike, and unknown never means allowed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Sector:
    """A kind of agency. `public_authority`: its agencies act under a public task of their own."""

    code: str
    name: str
    public_authority: bool


@dataclass(frozen=True, slots=True)
class Purpose:
    """What information may be asked or given for. `words` follow "for"; `tags` are what instruments serve.

    `emergency`: somebody may come to harm before anybody could be asked.
    """

    code: str
    words: str
    uri: str
    tags: frozenset[str]
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of data that agreements speak of, and the kinds of chronology entry that belong to it."""

    code: str
    name: str
    words: str
    event_kinds: tuple[str, ...]


EXISTENCE: Final = "EXISTENCE"
CONTENT: Final = "CONTENT"
MODES: Final[Mapping[str, str]] = MappingProxyType(
    {EXISTENCE: "that something is held", CONTENT: "what is held"}
)


def load(name: str) -> Any:
    """The data file of that name beside this module, freshly read."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


_WORDS: Final = load("vocabulary")

SECTORS: Final[Mapping[str, Sector]] = MappingProxyType(
    {row["code"]: Sector(row["code"], row["name"], row["public_authority"]) for row in _WORDS["sectors"]}
)
PURPOSES: Final[Mapping[str, Purpose]] = MappingProxyType(
    {
        row["code"]: Purpose(
            row["code"], row["words"], row["uri"], frozenset(row["tags"]), row.get("emergency", False)
        )
        for row in _WORDS["purposes"]
    }
)
CATEGORIES: Final[Mapping[str, Category]] = MappingProxyType(
    {
        row["code"]: Category(row["code"], row["name"], row["words"], tuple(row["event_kinds"]))
        for row in _WORDS["categories"]
    }
)
_CATEGORY_OF: Final = {kind: each.code for each in CATEGORIES.values() for kind in each.event_kinds}


def category_of(event_kind: str) -> str:
    """The category that a kind of chronology entry belongs to; empty, so never covered, if it has none."""
    return _CATEGORY_OF.get(event_kind, "")


def is_public_authority(sector: str) -> bool:
    """Whether agencies of the sector act under a public task of their own. False for an unknown sector."""
    found = SECTORS.get(sector)
    return found is not None and found.public_authority
