"""Does a protected identity show in a text?

Readers recognise a name whatever its capitals, accents, spacing or punctuation, and with the family name
first. So does this: `Alma Dray` is found in `DRAY, Alma`, `alma  dray's` and `Álma-Dray`, and a
telephone number however it is spaced. It is not found inside another word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Final

# Words that are part of many names and addresses and identify nobody alone.
_COMMON: Final = frozenset(
    "the and road street lane avenue close drive house flat school surgery miss mrs doctor "  # noqa: SIM905
    "mother father uncle aunt neighbour grandmother grandfather".split()
)
_SHORTEST_TELLING_WORD: Final = 3
_BETWEEN: Final = re.compile(r"[\W_]+")
_ASCII_BETWEEN: Final = {code: None for code in range(128) if not chr(code).isalnum()}


def identities_in(text: str, identities: Collection[str]) -> tuple[str, ...]:
    """The identities, as given and in that order, that show whole in the text. Blank ones never do."""
    if not identities:
        return ()
    read = _Text(text)
    return tuple(identity for identity in identities if read.shows(identity))


def showing_in(text: str, identities: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What `identities_in` and `partly_in` find, from one reading of the text."""
    if not identities:
        return (), ()
    read = _Text(text)
    whole = tuple(identity for identity in identities if read.shows(identity))
    return whole, tuple(i for i in identities if i not in whole and read.shows_part(i))


def partly_in(text: str, identities: Collection[str]) -> tuple[str, ...]:
    """The identities of which only a telling part (such as a first name) shows in the text."""
    if not identities:
        return ()
    read = _Text(text)
    return tuple(i for i in identities if not read.shows(i) and read.shows_part(i))


class _Text:
    """A text as readers see it: `plain`, and `letters` alone, in which every name that shows must stand."""

    __slots__ = ("letters", "plain")

    def __init__(self, text: str) -> None:
        self.plain = _plain(text)
        self.letters = (
            self.plain.translate(_ASCII_BETWEEN) if self.plain.isascii() else _BETWEEN.sub("", self.plain)
        )

    def shows(self, identity: str) -> bool:
        words = _words(identity)
        return bool(words) and any(self._joined(order) for order in (words, words[-1:] + words[:-1]))

    def shows_part(self, identity: str) -> bool:
        return any(self._joined((word,)) for word in _words(identity) if _tells(word))

    def _joined(self, words: tuple[str, ...]) -> bool:
        # Looking for the letters first is quick, and most names show in few texts.
        return "".join(words) in self.letters and _pattern(words).search(self.plain) is not None


def _plain(text: str) -> str:
    """Lower case, without accents and invisible characters."""
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    return "".join(char for char in spread if unicodedata.category(char) not in {"Mn", "Cf"})


@lru_cache(maxsize=1024)
def _words(identity: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", _plain(identity)))


@lru_cache(maxsize=1024)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    loosely = r"[\W_]*".join(re.escape(char) for char in "".join(words))
    return re.compile(rf"(?<![^\W_]){loosely}(?:['’]?s)?(?![^\W_])")


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST_TELLING_WORD and word not in _COMMON
