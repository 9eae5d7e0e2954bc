"""How are invented names, homes and numbers drawn, so that a few are common and very many rare?

Nothing drawn here is anybody's. NHS numbers come from 999 000 0000 to 999 999 9999, which is kept for testing;
once that range is used up (about 909,000 numbers) from 900 000 0000 to 998 999 9999, which is not issued either.
Those are meant for memory and benchmarks only, and never for a demonstration. Telephone numbers are from the ranges
that Ofcom keeps for drama; there are fifteen thousand, so that in sets of more than 20,000 people, where unrelated
families would share them, they begin with 06, which the national numbering plan leaves unused. Postcodes begin with letters that no British postcode has (Q, V, X); streets are made up.
"""

from __future__ import annotations

import json
import random
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate, product
from typing import Any, NamedTuple

_KEPT_FOR_TESTING = (999_000_000, 1_000_000)
_NOT_ISSUED_EITHER = (900_000_000, 99_000_000)
_STRIDE = 618_049  # shares no factor with the length of either range, so that every place comes up once

# Ofcom, telephone numbers for drama: stems of which each has a thousand numbers.
_DRAMA_STEMS = (
    "07700 900", "01632 960", "0113 496 0", "0114 496 0", "0115 496 0", "0116 496 0", "0117 496 0", "0118 496 0",
    "0121 496 0", "0131 496 0", "0141 496 0", "0151 496 0", "0161 496 0", "020 7946 0", "0191 498 0",
)  # fmt: skip

MOST_ON_DRAMA_NUMBERS = 20_000

_POSTCODE_AREAS = ("QA", "QD", "QH", "VE", "VL", "VT", "XD", "XS")
_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_DISTRICTS, _SECTORS, _PLACES_A_SECTOR = 28, 10, 40
_HOMES_A_POSTCODE = 14
_STREET_STARTS = [
    "Harbour",
    "Quill",
    "Lantern",
    "Otter",
    "Bramling",
    "Copperbell",
    "Fennick",
    "Marrow",
    "Saltby",
    "Tansey",
    "Wrensham",
    "Yarrold",
    "Pebbler",
    "Thimble",
    "Kestrelly",
    "Dovering",
    "Candlewick",
    "Larkspan",
    "Mossfell",
    "Netherly",
    "Oddling",
    "Puddlecote",
    "Rooksby",
    "Sorrelby",
    "Tuckwell",
    "Umberly",
    "Vellmar",
    "Whinney",
    "Applemore",
    "Barleyford",
    "Cindershaw",
    "Driftley",
    "Eddering",
    "Foxhallow",
    "Gullane",
    "Heronsby",
]
_STREET_ENDS = [
    "Road",
    "Street",
    "Lane",
    "Avenue",
    "Close",
    "Drive",
    "Grove",
    "Court",
    "Terrace",
    "Way",
    "Crescent",
    "Gardens",
]


class Home(NamedTuple):
    """Where a household lives: first line, postcode, and a property number of twelve digits that is nobody's."""

    address: str
    postcode: str
    uprn: str


class Spread:
    """Draws from a list so that its n-th entry comes about 1/(n + 8) as often as the first."""

    __slots__ = ("_last", "_up_to", "names")

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self._up_to = list(accumulate(1 / (place + 8) for place in range(len(names))))
        self._last = self._up_to[-1]

    def draw(self, dice: random.Random) -> str:
        return self.names[bisect(self._up_to, dice.random() * self._last)]


class Choice:
    """Draws a value by shares, given as value = share."""

    __slots__ = ("_last", "_up_to", "values")

    def __init__(self, shares: Mapping[str, float]) -> None:
        self.values = list(shares)
        self._up_to = list(accumulate(shares.values()))
        self._last = self._up_to[-1]

    def draw(self, dice: random.Random) -> str:
        return self.values[bisect(self._up_to, dice.random() * self._last)]


@cache
def data(name: str) -> Any:
    """One of the JSON files beside this module; its figures are assumed, not measured."""
    return json.loads(files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8"))


@cache
def rare_family_names() -> tuple[str, ...]:
    """Some ten thousand English-sounding family names, in no order, the same every time."""
    told = data("names")
    made = (
        "".join(parts)
        for parts in product(told["family_starts"], told["family_middles"], told["family_ends"])
    )
    names = list(dict.fromkeys(made))
    random.Random(7).shuffle(names)
    return tuple(names)


def nhs_numbers() -> Iterator[str]:
    """Valid NHS numbers, each once, in no order; from the range kept for testing as long as that lasts."""
    for first, length in (_KEPT_FOR_TESTING, _NOT_ISSUED_EITHER):
        for step in range(length):
            if number := _with_check_digit(first + step * _STRIDE % length):
                yield number


def nhs_numbers_of_others() -> Iterator[str]:
    """Valid numbers for people outside a set: none that `nhs_numbers` gives to its first forty million people."""
    first, length = _NOT_ISSUED_EITHER
    for step in reversed(range(length)):
        if number := _with_check_digit(first + step * _STRIDE % length):
            yield number


def _with_check_digit(body: int) -> str:
    total, left = 0, body
    for weight in range(2, 11):
        left, digit = divmod(left, 10)
        total += weight * digit
    check = (11 - total % 11) % 11
    return f"{body}{check}" if check < 10 else ""


def phone(dice: random.Random, *, plenty: bool = False) -> str:
    """A number kept for drama; with `plenty`, one of a thousand million beginning 06, which nobody has."""
    if plenty:
        return f"06{int(dice.random() * 1000):03d} {int(dice.random() * 1_000_000):06d}"
    return f"{_DRAMA_STEMS[int(dice.random() * len(_DRAMA_STEMS))]}{int(dice.random() * 1000):03d}"


def home(dice: random.Random, places: int, flats: float) -> Home:
    """A home in one of `places` postcodes; homes of one postcode share a street."""
    place = int(dice.random() * places)
    number = 1 + int(dice.random() * 90)
    flat = 1 + int(dice.random() * 12) if dice.random() < flats else 0
    line = f"{number} {_street(place)}"
    uprn = f"999{place:06d}{number:02d}{flat % 10}"
    return Home(f"Flat {flat}, {line}" if flat else line, postcode(place), uprn)


def places_for(people: int) -> int:
    """How many postcodes so many people live in."""
    return max(40, people // 3 // _HOMES_A_POSTCODE)


def postcode(place: int) -> str:
    """The postcode of a place; 896,000 differ. Forty neighbouring places share a sector."""
    rest, last = divmod(place, _PLACES_A_SECTOR)
    rest, sector = divmod(rest, _SECTORS)
    rest, district = divmod(rest, _DISTRICTS)
    again, area_at = divmod(rest, len(_POSTCODE_AREAS))
    first, second = divmod((last * 10 + again) % 400, 20)
    area = _POSTCODE_AREAS[area_at]
    return f"{area}{district + 1} {sector}{_POSTCODE_LETTERS[first]}{_POSTCODE_LETTERS[second]}"


def _street(place: int) -> str:
    start, end = divmod(place * 7919 % (len(_STREET_STARTS) * len(_STREET_ENDS)), len(_STREET_ENDS))
    return f"{_STREET_STARTS[start]} {_STREET_ENDS[end]}"
