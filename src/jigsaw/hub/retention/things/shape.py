"""What is said of each kind of thing: which there are, where its words stand, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

STONE = "[disposed of]"
UNSEALED = {"words_key": "NULL", "sealed_words": "NULL"}
ENDED = {"ends_at": "least(coalesce(ends_at, %(now)s), %(now)s)"}


@dataclass(frozen=True)
class Words:
    """Rows of one table: which (`of`, SQL over the named lists of ids in `Thing.ids`), and what becomes of them.

    `texts` say STONE from then on where they said something; `sets` takes other columns as SQL. `goes`: the rows themselves go.
    `made`: worked out from others, so no part of what the proof is of. `large`: columns that are none either, because of
    their size; what is kept of them as a fingerprint is. `others`: not for the eyes of the agency that disposes of the thing, so
    part of what the proof is of by a salted fingerprint of each row alone.
    """

    table: str
    of: str
    texts: tuple[str, ...] = ()
    sets: Mapping[str, str] = field(default_factory=dict)
    goes: bool = False
    made: bool = False
    large: tuple[str, ...] = ()
    others: bool = False


def _nothing_more(ids: Mapping[str, Any]) -> None:
    """Nothing is worked out anew."""


@dataclass(frozen=True)
class Thing:
    """A kind of thing: which could be due, the lists of ids its rows are found by, and its words.

    `candidates`: SQL, of each its id, its agency, its kinds, the last day of each event, and for everybody whom it is about
    their id, when they were born and died, and when it happened. Nothing that happened since `before` can be due, unless
    somebody died; nor, under each of the rules, what was written after its `written_by` or is about somebody born after its
    `born_by`. What is not over by `today` is none; `thing`: this one alone. `stands`: SQL, is it there with its words?
    `called`: SQL, of `things` the id and by what people tell which of its kind it is.
    `ids`: each list as SQL over those before it and `thing`. `log`: what the log calls it, by list: words that somebody typed
    there go as well; `people`: the list of those about whom all of the log's words go. `afterwards`: what is worked out
    anew from what is left.
    """

    candidates: str
    stands: str
    called: str
    ids: Mapping[str, str]
    words: tuple[Words, ...]
    log: Mapping[str, str]
    people: str = ""
    afterwards: Callable[[Mapping[str, Any]], None] = _nothing_more


def gone(table: str, of: str, *, made: bool = False, others: bool = False) -> Words:
    """Rows that go as they are."""
    return Words(table, of, goes=True, made=made, others=others)
