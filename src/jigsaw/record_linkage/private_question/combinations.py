"""Which combinations of normalised identifiers speak for a person?

One value alone (a name, a birthday) fits thousands, so every combination but the NHS number joins at least
three facts. Names go in by their sound, a first name by what it may be short for, so that Katy Welsh and Katie
Walsh make the same combination. Two persons who agree in one combination are often
not one person (twins agree in all that leave out the first name); what several kinds together are worth is
measured in `docs/explanation/asking-another-area.md`.

The hub that is asked files more than the hub that asks sends: every name, home and date it holds, each
date with day and month swapped too, and both names with their order swapped. A question sends few, each of another kind where possible, so that one slip
in a record never counts twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

from jigsaw.record_linkage import identifiers, standardise
from jigsaw.record_linkage.records import Record
from jigsaw.record_linkage.sounds import sound_codes

MOST_ASKED = 24
"""How many tokens every question carries, padding included: the number says nothing about the person."""
MOST_FILED = 96
"""How many combinations of one person are filed at most, the rarest kinds first."""


@dataclass(frozen=True, slots=True, order=True)
class Combination:
    """One combination: its kind, and the normalised text that both hubs must write in the same way."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Facts:
    """Everything known of one person, each fact once, the newest first."""

    nhs_numbers: tuple[str, ...]
    upns: tuple[str, ...]
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    first: tuple[str, ...]
    family: tuple[str, ...]
    born: tuple[date, ...]
    postcodes: tuple[str, ...]
    names: tuple[str, ...]
    """First and family sound together."""

    @property
    def outcodes(self) -> tuple[str, ...]:
        return _kept(standardise.postcode(value).outcode for value in self.postcodes)

    @property
    def whole_postcodes(self) -> tuple[str, ...]:
        return tuple(value for value in self.postcodes if " " in value)


_T = TypeVar("_T")
_Texts = Iterable[tuple[object, ...]]
# Rarest first: what is filed and asked is cut at the end of this list.
_KINDS: dict[str, Callable[[_Facts], _Texts]] = {
    "nhs": lambda f: ((n,) for n in f.nhs_numbers),
    "upn": lambda f: ((n,) for n in f.upns),
    "first+email": lambda f: ((n, e) for e in f.emails for n in f.first),
    "first+phone": lambda f: ((n, p) for p in f.phones for n in f.first),
    "names+birthday": lambda f: ((n, b) for b in f.born for n in f.names),
    "first+birthday+postcode": lambda f: (
        (n, b, p) for b in f.born for p in f.whole_postcodes for n in f.first
    ),
    "family+birthday+postcode": lambda f: (
        (n, b, p) for b in f.born for p in f.whole_postcodes for n in f.family
    ),
    "names+year+postcode": lambda f: (
        (n, b.year, p) for b in f.born for p in f.whole_postcodes for n in f.names
    ),
    "first+birthday+outcode": lambda f: ((n, b, o) for b in f.born for o in f.outcodes for n in f.first),
    "family+birthday+outcode": lambda f: ((n, b, o) for b in f.born for o in f.outcodes for n in f.family),
    "names+month+outcode": lambda f: (
        (n, f"{b:%Y-%m}", o) for b in f.born for o in f.outcodes for n in f.names
    ),
    "names+day+outcode": lambda f: (
        (n, f"{b:%m-%d}", o) for b in f.born for o in f.outcodes for n in f.names
    ),
}
KINDS = tuple(_KINDS)
STRONG = frozenset({"nhs"})
"""Kinds of which one is enough for a yes."""


def to_ask(records: Sequence[Record]) -> tuple[Combination, ...]:
    """What a question about the person of these records (newest first) asks: at most MOST_ASKED, rarest first.

    Empty when too little is known to ask: no valid number, and no whole date of birth with a name.

    >>> [c.kind for c in to_ask([Record.standardised(given="Katy", family="Welsh", born="3/12/2012")])]
    ['names+birthday']
    """
    facts = _facts(records, names=2, dates=1, places=2, swapped=False)
    return tuple(islice(_in_turns(facts), MOST_ASKED))


def to_file(records: Sequence[Record]) -> tuple[Combination, ...]:
    """What is filed of the person of these records: at most MOST_FILED, rarest kinds first.

    Everything `to_ask` gives of the same records is among them, unless they are cut.
    """
    return tuple(islice(_in_turns(_facts(records, names=4, dates=3, places=4, swapped=True)), MOST_FILED))


def _in_turns(facts: _Facts) -> Iterator[Combination]:
    """One of each kind, then the second of each: what is cut is never a whole kind."""
    waiting = [(kind, iter(_kept(map(_written, texts(facts))))) for kind, texts in _KINDS.items()]
    while waiting:
        left = []
        for kind, texts in waiting:
            if (text := next(texts, None)) is not None:
                yield Combination(kind, text)
                left.append((kind, texts))
        waiting = left


def _written(parts: tuple[object, ...]) -> str:
    return "|".join(map(str, parts))


def _facts(records: Sequence[Record], *, names: int, dates: int, places: int, swapped: bool) -> _Facts:
    born = _kept(record.born_exactly for record in records if record.born_exactly)[:dates]
    if swapped:
        born = _kept((*born, *(other for day in born if (other := standardise.day_month_swapped(day)))))
    first, family = _first_sounds(records)[:names], _family_sounds(records)[:names]
    pairs = _pairs(first, family)
    if swapped:
        pairs += _pairs(
            _firsts(n for r in records for n in r.family[:1]),
            _families(n for r in records for n in r.given[:1]),
        )
    return _Facts(
        nhs_numbers=_kept(n for r in records for n in r.nhs_numbers if identifiers.nhs_number(n).valid),
        upns=_kept(n for r in records for n in r.upns if _lasting_upn(n)),
        phones=_kept(n for r in records for n in r.phones),
        emails=_kept(n for r in records for n in r.emails),
        first=first,
        family=family,
        names=_kept(pairs),
        born=born,
        postcodes=_kept(n for r in records for n in r.postcodes)[:places],
    )


def _lasting_upn(value: str) -> bool:
    checked = identifiers.upn(value)
    return checked.valid and not checked.temporary


def _first_sounds(records: Sequence[Record]) -> tuple[str, ...]:
    """Every record's first name before anybody's second one."""
    return _firsts(name for place in range(2) for r in records for name in r.given[place : place + 1])


def _family_sounds(records: Sequence[Record]) -> tuple[str, ...]:
    return _families(name for r in records for name in r.family)


def _firsts(names: Iterable[str]) -> tuple[str, ...]:
    """How these sound as first names: by each name that they may be short for."""
    roots = [root for name in names for root in sorted(standardise.nickname_roots(name))[:2]]
    return _kept(sound_codes(root)[0] for root in roots)


def _families(names: Iterable[str]) -> tuple[str, ...]:
    """How these sound as family names: either half."""
    halves = [half for name in names for half in standardise.name_parts(name)]
    return _kept(sound_codes(half)[0] for half in halves)


def _pairs(first: Sequence[str], family: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{one}+{two}" for one in first for two in family)


def _kept(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))
