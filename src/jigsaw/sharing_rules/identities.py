"""Does a protected identity show in a text?

Readers recognise a name whatever its capitals, accents, spacing or punctuation, and with the family name
first. So does this: `Alma Dray` is found in `DRAY, Alma`, `alma  dray's` and `Álma-Dray`, and a
telephone number however it is spaced. It is not found inside another word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

# Words that are part of many names and addresses and identify nobody alone.
_COMMON: Final = frozenset(
    "the and road street lane avenue close drive house flat school surgery miss mrs doctor "  # noqa: SIM905
    "mother father uncle aunt neighbour grandmother grandfather".split()
)
_SHORTEST_TELLING_WORD: Final = 3


def identities_in(text: str, identities: Iterable[str]) -> tuple[str, ...]:
    """The identities, as given and in that order, that show whole in the text. Blank ones never do."""
    plain = _plain(text)
    return tuple(identity for identity in identities if _shows(identity, plain))


def partly_in(text: str, identities: Iterable[str]) -> tuple[str, ...]:
    """The identities of which only a telling part (such as a first name) shows in the text."""
    plain = _plain(text)
    return tuple(i for i in identities if not _shows(i, plain) and _part_shows(i, plain))


def _plain(text: str) -> str:
    """Lower case, without accents and invisible characters."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    return "".join(char for char in spread if unicodedata.category(char) not in {"Mn", "Cf"})


def _words(identity: str) -> list[str]:
    return re.findall(r"[^\W_]+", _plain(identity))


def _shows(identity: str, plain_text: str) -> bool:
    words = _words(identity)
    return bool(words) and any(_joined(order, plain_text) for order in (words, words[-1:] + words[:-1]))


def _joined(words: list[str], plain_text: str) -> bool:
    loosely = r"[\W_]*".join(re.escape(char) for char in "".join(words))
    return re.search(rf"(?<![^\W_]){loosely}(?:['’]?s)?(?![^\W_])", plain_text) is not None


def _part_shows(identity: str, plain_text: str) -> bool:
    telling = [w for w in _words(identity) if len(w) >= _SHORTEST_TELLING_WORD and w not in _COMMON]
    return any(_joined([word], plain_text) for word in telling)
