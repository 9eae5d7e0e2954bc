"""Under which keys is a person filed, and under which keys do we look for one?

A key is a signed 64-bit hash of a kind and a few standard values, made for a B-tree table `(key, person)`.
Each person is filed once under about 29 keys. The question's side carries the effort: it also asks for
swapped dates, swapped names, neighbouring years, second sounds and repaired NHS numbers, so that filing stays
small. Keys of this design found the right person of one million among the first five in 99.0 % of searches.

Some kinds serve those who are still typing or know little: the first letters of a name (`start`), one name
with the first letters of the other (`name+start`), and a street without its number (`street+…`) or without its
postcode (`street+house`). Some are for records that say little: an initial in place of a name (`family+initial`), and
no date of birth (`…+undated`). Few are filed under them, and every question looks there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import product

from jigsaw.record_linkage import identifiers as ids
from jigsaw.record_linkage import standardise
from jigsaw.record_linkage.records import Record
from jigsaw.record_linkage.sounds import sound_codes

# How many bits a key of this kind is worth: about log2(people / people filed under one such key).
WEIGHTS: dict[str, float] = {
    "nhs": 24.0, "upn": 24.0, "identifier": 24.0, "mother": 22.0, "phone": 20.0, "email": 20.0,
    "household": 20.0,
    "first+birthday": 19.0, "family+birthday": 19.0, "postcode+house": 19.0, "postcode+first": 18.0,
    "birthday+outcode": 17.0, "postcode+family": 17.0, "names+monthday": 17.0, "names+year": 16.0,
    "birthday+initial": 15.0, "postcode+year": 15.0, "names+outcode": 15.0, "spelled names": 14.0,
    "family+month": 14.0, "names": 12.0, "family": 7.0, "first": 5.0,
    "street+name": 15.0, "street+house": 15.0, "street+year": 11.0,
    "family+initial": 10.0, "postcode+undated": 12.0, "names+undated": 14.0, "initial+undated": 10.0,
    "name+start": 10.0, "start": 4.0,
}  # fmt: skip

# Keys that repeat what others say add less to a sum than they are worth alone. Counted in full, namesakes shared
# more "bits" than the one at the right postcode: of 400 asked among a million, three more were not among the first
# five.
_ADDED = {
    "names+monthday": 10.0, "names+outcode": 8.0, "names+year": 6.0, "names+undated": 6.0, "spelled names": 3.0, "name+start": 3.0,
    "family": 3.0, "first": 2.0, "start": 1.0,
}  # fmt: skip

# Changing how a key is made, a kind or a value, or what `columns` works out under the same names, means filing
# everybody again: raise this, and the hub does so.
EDITION = 4

# Keys worth no more than this are shared by many people.
COMMON_UP_TO = 7.0

# A repaired number is one of about a dozen guesses, a variant one of a few.
_GUESS_DISCOUNT = 4.0
_VARIANT_DISCOUNT = 1.0
# Nobody is filed or sought under more of anything, so that forty names cost no more than three.
_MAX_GIVEN = 3
_MAX_FAMILY = 3
_MAX_CODES = 8
_MAX_OTHERS = 4
_MAX_ASKED = 160
# Letters typed of a name before it is sought by how it starts.
_START = 3

_Key = tuple[str, str]


def index_keys(record: Record) -> frozenset[int]:
    """The keys to file a person under, signed 64-bit; about 20 for one name, one address and one number."""
    return frozenset(hashed(kind, value) for kind, value in _keys(record))


def query_keys(record: Record) -> dict[int, float]:
    """The keys to look under, rarest first, each with the bits it adds; a superset of `index_keys`.

    Cap the postings read per key: some are shared by many people. Sum the bits per person found to choose whom
    to compare.
    """
    return {hashed(kind, value): bits for kind, value, bits, _rarity in _asked(record)}


def rare_query_keys(record: Record) -> dict[int, float]:
    """Those of `query_keys` that few people share."""
    return {
        hashed(kind, value): bits for kind, value, bits, rarity in _asked(record) if rarity > COMMON_UP_TO
    }


def _asked(record: Record) -> list[tuple[str, str, float, float]]:
    """Kind, value, the bits it adds and how rare it is, in bits; at most `_MAX_ASKED`, rarest first."""
    found: dict[_Key, tuple[float, float]] = {}
    # Whoever gave nothing but names may still be typing: how these start is all there is to go by.
    added = {} if record.only_names else _ADDED
    for discount, keys in (
        (0.0, _keys(record)),
        (_VARIANT_DISCOUNT, _variants(record)),
        (_GUESS_DISCOUNT, _guesses(record)),
    ):
        for kind, value in keys:
            worth = WEIGHTS[kind]
            found.setdefault((kind, value), (added.get(kind, worth) - discount, worth - discount))
    rarest = sorted(found.items(), key=lambda pair: -pair[1][1])
    return [(kind, value, bits, rarity) for (kind, value), (bits, rarity) in rarest[:_MAX_ASKED]]


@lru_cache(maxsize=100_000)
def hashed(kind: str, value: str) -> int:
    """The stored form of a key; see `EDITION`."""
    digest = blake2b(f"{kind}\x1f{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _keys(record: Record) -> Iterator[_Key]:
    first, family = _first_codes(record), _family_codes(record)
    yield from _identifier_keys(record)
    yield from _contact_keys(record)
    yield from _name_keys(record, first, family)
    yield from _birth_keys(record, first, family)
    yield from _place_keys(record, first, family)
    yield from _street_keys(record, first, family)
    yield from _start_keys(record, first, family)
    yield from _month_keys(family, _known_month(record))
    if [len(name) for name in record.given] == [1]:
        yield from _initial_keys(record, family)
    if record.born is None:
        yield from _undated_keys(record, first, family)


def _variants(record: Record) -> Iterator[_Key]:
    """What the same person may be filed under if this record swapped, mistook or misheard something."""
    first, family = _first_codes(record), _family_codes(record)
    yield from _swapped_date_keys(record, first, family)
    yield from _swapped_name_keys(record)
    yield from _second_sound_keys(record)
    yield from _initial_keys(record, family)
    yield from _undated_keys(record, first, family)
    if record.born:
        for year in (record.born.year - 1, record.born.year + 1):
            yield from (("names+year", f"{pair}|{year}") for pair in _pairs(first, family))
            yield from (("street+year", f"{street}|{year}") for street in _streets(record))
    # A birth may fall in the month before or after the due date; only a child without a name is sought so.
    due = None if record.given else _known_month(record)
    for month in _neighbouring_months(due):
        yield from _month_keys(family, month)


def _guesses(record: Record) -> Iterator[_Key]:
    for number in record.nhs_numbers[:_MAX_OTHERS]:
        yield from (("nhs", repaired) for repaired in ids.repair_candidates(number))


def _identifier_keys(record: Record) -> Iterator[_Key]:
    yield from (("nhs", number) for number in record.nhs_numbers[:_MAX_CODES])
    yield from (("upn", number) for number in record.upns[:_MAX_CODES])
    yield from (("identifier", f"{system}|{value}") for system, value in record.identifiers.items())
    yield from (("mother", number) for number in record.mother_nhs)


def _contact_keys(record: Record) -> Iterator[_Key]:
    yield from (("phone", number) for number in record.phones[:_MAX_CODES])
    yield from (("email", address) for address in record.emails[:_MAX_CODES])
    if record.household_key:
        yield "household", record.household_key


def _name_keys(record: Record, first: list[str], family: list[str]) -> Iterator[_Key]:
    yield from (("names", pair) for pair in _pairs(first, family))
    yield from (("family", code) for code in family)
    yield from (("first", code) for code in first)
    if record.given and record.family:
        yield "spelled names", "|".join(sorted((record.given[0], record.family[0])))


def _birth_keys(record: Record, first: list[str], family: list[str]) -> Iterator[_Key]:
    born = record.born
    if not born:
        return
    yield from (("names+year", f"{pair}|{born.year}") for pair in _pairs(first, family))
    if record.born_accuracy == "AAA":
        yield from (("names+monthday", f"{pair}|{born:%m%d}") for pair in _pairs(first[:1], family[:1]))
        yield from _birthday_keys(record, first, family, born)


def _birthday_keys(record: Record, first: list[str], family: list[str], born: date) -> Iterator[_Key]:
    yield from (("first+birthday", f"{code}|{born}") for code in first)
    yield from (("family+birthday", f"{code}|{born}") for code in family)
    yield from (("birthday+outcode", f"{born}|{outcode}") for outcode in _outcodes(record))
    initials = {name[0] for name in (*record.given[:1], *record.family[:1])}
    yield from (("birthday+initial", f"{born}|{initial}") for initial in sorted(initials))


def _place_keys(record: Record, first: list[str], family: list[str]) -> Iterator[_Key]:
    for outcode in _outcodes(record):
        yield from (("names+outcode", f"{pair}|{outcode}") for pair in _pairs(first[:1], family[:1]))
    for postcode in _whole_postcodes(record):
        yield from (("postcode+first", f"{postcode}|{code}") for code in first)
        yield from (("postcode+family", f"{postcode}|{code}") for code in family)
        if record.born:
            yield "postcode+year", f"{postcode}|{record.born.year}"
        for line in record.addresses[:_MAX_OTHERS]:
            yield "postcode+house", f"{postcode}|{'|'.join(standardise.house_numbers(line)) or line}"


def _street_keys(record: Record, first: list[str], family: list[str]) -> Iterator[_Key]:
    """A street with its number but no postcode, or without: with a name, or the year of birth or of the due date."""
    for line in record.addresses[:_MAX_OTHERS]:
        street, numbers = standardise.street(line), standardise.house_numbers(line)
        if street and numbers:
            yield "street+house", f"{street}|{'|'.join(numbers)}"
    born = record.expected_on if record.unborn else record.born
    for street in _streets(record):
        yield from (("street+name", f"{street}|{code}") for code in dict.fromkeys((*first, *family)))
        if born:
            yield "street+year", f"{street}|{born.year}"


def _initial_keys(record: Record, family: list[str]) -> Iterator[_Key]:
    yield from (("family+initial", f"{code}|{name[0]}") for name in record.given[:1] for code in family)


def _undated_keys(record: Record, first: list[str], family: list[str]) -> Iterator[_Key]:
    """Whoever is filed without a date of birth, whatever date is asked for."""
    yield from (("postcode+undated", postcode) for postcode in _whole_postcodes(record))
    yield from (("names+undated", pair) for pair in _pairs(first[:1], family[:1]))
    initials = [name[0] for name in record.given[:1]]
    yield from (("initial+undated", f"{code}|{one}") for one in initials for code in family)


def _start_keys(record: Record, first: list[str], family: list[str]) -> Iterator[_Key]:
    """How the names start, so that somebody is found before the last name is typed to its end."""
    starts_first = _starts(record.given[:1])
    starts_family = _starts(record.family[:1])
    for codes, starts in ((first, starts_family), (family, starts_first)):
        yield from (("name+start", f"{code}|{start}") for code, start in product(codes[:2], starts))
    yield from (("start", start) for start in dict.fromkeys((*starts_first, *starts_family)))


def _starts(names: tuple[str, ...]) -> list[str]:
    squeezed = [standardise.squeeze(name) for name in names]
    return [name[:_START] for name in squeezed if len(name) >= _START]


def _streets(record: Record) -> list[str]:
    named = [standardise.street(line) for line in record.addresses]
    return list(dict.fromkeys(street for street in named if street))[:_MAX_OTHERS]


def _month_keys(family: list[str], month: date | None) -> Iterator[_Key]:
    """Month of birth, or of the due date while unborn, so that a newborn meets its own unborn record."""
    if month:
        yield from (("family+month", f"{code}|{month:%Y%m}") for code in family)


def _known_month(record: Record) -> date | None:
    """The month of birth if it is accurate, or of the due date while unborn."""
    if record.unborn:
        return record.expected_on
    return record.born if record.born_accuracy[1:] == "AA" else None


def _neighbouring_months(day: date | None) -> tuple[date, ...]:
    """A day in the month before and one in the month after."""
    if not day:
        return ()
    return day.replace(day=1) - timedelta(days=1), day.replace(day=28) + timedelta(days=5)


def _swapped_date_keys(record: Record, first: list[str], family: list[str]) -> Iterator[_Key]:
    swapped = standardise.day_month_swapped(record.born_exactly) if record.born_exactly else None
    if swapped:
        yield from _birthday_keys(record, first, family, swapped)
        yield from _month_keys(family, swapped)


def _swapped_name_keys(record: Record) -> Iterator[_Key]:
    as_first = _codes(_first_forms(record.family[:1]))
    as_family = _codes(record.given[:_MAX_GIVEN])
    if record.names_unordered:
        yield from (("family", code) for code in as_family)
        yield from (("first", code) for code in as_first)
    for postcode in _whole_postcodes(record):
        yield from (("postcode+first", f"{postcode}|{code}") for code in as_first)
        yield from (("postcode+family", f"{postcode}|{code}") for code in as_family)
    if born := record.born_exactly:
        yield from (("first+birthday", f"{code}|{born}") for code in as_first)
        yield from (("family+birthday", f"{code}|{born}") for code in as_family)


def _second_sound_keys(record: Record) -> Iterator[_Key]:
    first = [c for name in _first_forms(record.given[:1]) for c in sound_codes(name)]
    family = [c for name in record.family[:1] for c in sound_codes(name)]
    yield from (("names", pair) for pair in _pairs(first, family))
    if record.born:
        yield from (("names+year", f"{pair}|{record.born.year}") for pair in _pairs(first, family))
    if born := record.born_exactly:
        yield from (("first+birthday", f"{code}|{born}") for code in first)
        yield from (("family+birthday", f"{code}|{born}") for code in family)


def _first_codes(record: Record) -> list[str]:
    return _codes(_first_forms(record.given[:_MAX_GIVEN]))


def _first_forms(given: tuple[str, ...]) -> list[str]:
    """Each given name with the roots it may be short for, and the part before a hyphen."""
    forms: list[str] = []
    for name in given:
        forms += sorted(standardise.nickname_roots(name))[:2]
        forms += [name, name.split("-")[0]]
    return forms


def _family_codes(record: Record) -> list[str]:
    halves = [half for name in record.family[:_MAX_FAMILY] for half in standardise.name_parts(name)]
    return _codes(halves)


def _codes(names: list[str] | tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(sound_codes(name)[0] for name in names))[:_MAX_CODES]


def _pairs(first: list[str], family: list[str]) -> list[str]:
    """Both names without their order, since sources disagree on which is the family name."""
    return list(dict.fromkeys("|".join(sorted(pair)) for pair in product(first, family)))


def _outcodes(record: Record) -> list[str]:
    outcodes = dict.fromkeys(standardise.postcode(value).outcode for value in record.postcodes)
    return list(outcodes)[:_MAX_OTHERS]


def _whole_postcodes(record: Record) -> list[str]:
    return [value for value in record.postcodes if " " in value][:_MAX_OTHERS]
