"""What of a record does the comparison look at, worked out once, before any pair is compared?

Comparing must be quick, in-process and in SQL alike, so everything that concerns one record only (short forms,
sounds, the date with day and month exchanged) is worked out here and kept. A person is the `joined` columns of
their records.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from jigsaw.record_linkage import identifiers as ids
from jigsaw.record_linkage import standardise
from jigsaw.record_linkage.records import ACCURATE, Record
from jigsaw.record_linkage.sounds import sound_codes
from jigsaw.record_linkage.standardise import squeeze

Texts = tuple[str, ...]
Days = tuple[int, ...]

_YES: Texts = ("1",)
# Records of one home come in one after the other.
AT_HOME = 50_000


class Columns(NamedTuple):
    """Standard values, most important first; an empty tuple is silence. Days count from 1 January of year 1.

    Names: `called` is what the person is called by, squeezed; `written` and `surnames` are names as they are
    shown. `…_roots` are what a name may be short for. `only_…` is filled when there is nothing better.
    Birth: `born` and what starts with it, an accurate date; `any_day`, any date; `due_day`, while unborn.
    Home: `home` is a postcode with a door (or a household's own key), `postcode_no_door` a postcode alone.
    """

    nhs: Texts = ()
    nhs_repairs: Texts = ()
    nhs_mistyped: Texts = ()
    upn: Texts = ()
    upn_lasting: Texts = ()
    number: Texts = ()
    number_system: Texts = ()
    called: Texts = ()
    called_joined: Texts = ()
    called_roots: Texts = ()
    called_sounds: Texts = ()
    called_initial: Texts = ()
    only_initial: Texts = ()
    first_roots: Texts = ()
    further_roots: Texts = ()
    further_tokens: Texts = ()
    only_honorific: Texts = ()
    honorifics: Texts = ()
    given_roots: Texts = ()
    family: Texts = ()
    family_main: Texts = ()
    family_parts: Texts = ()
    family_sounds: Texts = ()
    family_roots: Texts = ()
    one_word: Texts = ()
    born: Texts = ()
    born_january: Texts = ()
    born_swapped: Texts = ()
    born_next_year: Texts = ()
    born_digits: Texts = ()
    born_year: Days = ()
    month: Texts = ()
    month_year: Texts = ()
    year: Days = ()
    any_day: Days = ()
    rough: Texts = ()
    due_day: Days = ()
    mother: Texts = ()
    home: Texts = ()
    contact: Texts = ()
    postcode: Texts = ()
    postcode_main: Texts = ()
    postcode_door: Texts = ()
    postcode_no_door: Texts = ()
    sector: Texts = ()
    outcode: Texts = ()
    street: Texts = ()
    street_in_full: Texts = ()
    street_door: Texts = ()
    code_number: Texts = ()
    town: Texts = ()
    written: Texts = ()
    surnames: Texts = ()
    birth_shown: Texts = ()
    home_shown: Texts = ()

    @property
    def unborn(self) -> bool:
        """Whether only a due date is known."""
        return bool(self.due_day) and not self.any_day

    @classmethod
    def joined(cls, parts: Iterable[Columns]) -> Columns:
        """One person out of what several records say of them, in the order given."""
        known = tuple(parts)
        if len(known) == 1:
            return known[0]
        together = cls._make(_kept(chain.from_iterable(column)) for column in zip(*known, strict=True))
        return _settled(together)

    def to_row(self) -> list[list[Any]]:
        """The columns in their order, for keeping as JSON; `from_row` reads it back."""
        return [list(column) for column in self]

    @classmethod
    def from_row(cls, row: Sequence[Sequence[Any]]) -> Columns:
        """Columns from what `to_row` gave. Raises ValueError when it was another release's."""
        if len(row) != len(NAMES):
            raise ValueError("These columns were kept by another release. File the records again.")
        return cls._make(map(tuple, row))


NAMES: tuple[str, ...] = Columns._fields

# Columns of which one record holds at most one value, so that SQL compares them without lists.
SINGLE = frozenset(
    {
        "called", "called_joined", "called_initial", "only_initial", "only_honorific", "family_main",
        "one_word", "born", "born_january", "born_swapped", "born_next_year", "born_digits", "born_year",
        "month", "month_year", "year", "any_day", "rough", "due_day", "postcode_main",
        "street_in_full",
    }
)  # fmt: skip
# Columns for words only: never compared.
SHOWN = frozenset({"nhs_mistyped", "written", "surnames", "birth_shown", "home_shown"})
# Columns that tell where somebody lives.
PLACES = frozenset(
    {
        "home", "postcode", "postcode_main", "postcode_door", "postcode_no_door", "sector", "outcode", "street",
        "street_in_full", "street_door", "code_number", "town", "home_shown",
    }
)  # fmt: skip
NUMBERS = frozenset({"born_year", "year", "any_day", "due_day"})


def columns_of(record: Record) -> Columns:
    """Everything that comparing this record with another will need."""
    return Columns(**_numbers(record), **_given(record), **_family(record), **_birth(record), **_home(record))


def _numbers(record: Record) -> dict[str, Any]:
    valid = [ids.upn(number) for number in record.upns]
    return {
        "nhs": tuple(sorted(number for number in record.nhs_numbers if ids.nhs_number(number).valid)),
        "nhs_repairs": _kept(r for number in record.nhs_numbers for r in ids.repair_candidates(number)),
        "nhs_mistyped": tuple(n for n in record.nhs_numbers if not ids.nhs_number(n).valid),
        "upn": tuple(sorted(upn.value for upn in valid if upn.valid)),
        "upn_lasting": tuple(sorted(upn.value for upn in valid if upn.valid and not upn.temporary)),
        "number": tuple(sorted(f"{system}|{value}" for system, value in record.identifiers.items())),
        "number_system": tuple(sorted(record.identifiers)),
        "mother": tuple(sorted(number for number in record.mother_nhs if ids.nhs_number(number).valid)),
    }


def _given(record: Record) -> dict[str, Any]:
    given = record.given
    if not given:
        return {}
    called = next((name for name in given if not standardise.is_honorific(name)), given[0])
    word = squeeze(called)
    honorifics = [name for name in given if standardise.is_honorific(name)]
    further = [name for name in given if name != called and name not in honorifics]
    further = [name for name in further if not _roots([name]) & _roots([called])]
    return {
        "called": (word,),
        "called_joined": (squeeze(given[0] + given[1]),) if len(given) > 1 else (),
        "called_roots": tuple(sorted(_roots([called]))),
        "called_sounds": sound_codes(called) if len(word) > 1 else (),
        "called_initial": (word[0],),
        "only_initial": (word,) if len(word) == 1 else (),
        "first_roots": tuple(sorted(_roots([given[0]]) if given[0] not in honorifics else ())),
        "further_roots": tuple(sorted(_roots(n for n in given[1:] if n not in honorifics))),
        "further_tokens": _tokens(further),
        "only_honorific": (min(_roots([called])),) if called in honorifics else (),
        "honorifics": tuple(sorted(_roots(honorifics))),
        "given_roots": tuple(sorted(_roots(given) | {squeeze(name) for name in given})),
        "one_word": _YES if record.names_unordered and len(given) == 1 and given == record.family else (),
        "written": (called,),
    }


def _roots(names: Iterable[str]) -> frozenset[str]:
    return frozenset(root for name in names for root in standardise.nickname_roots(name))


def _tokens(names: list[str]) -> Texts:
    """Short forms and sounds of further names; an initial among them says nothing, so there are none."""
    if any(len(squeeze(name)) == 1 for name in names):
        return ()
    return tuple(sorted(_roots(names) | {f"~{code}" for name in names for code in sound_codes(name)}))


def _family(record: Record) -> dict[str, Any]:
    family = record.family
    if not family:
        return {}
    squeezed = tuple(squeeze(name) for name in family)
    return {
        "family": squeezed,
        "family_main": squeezed[:1],
        "family_parts": _kept(part for name in family for part in standardise.name_parts(name)),
        "family_sounds": _kept(code for name in family for code in sound_codes(name)),
        "family_roots": tuple(sorted(_roots(family) | set(squeezed))),
        "surnames": family,
    }


def _birth(record: Record) -> dict[str, Any]:
    born = record.born
    if born is None:
        due = record.expected_on
        return {"due_day": (due.toordinal(),), "birth_shown": (f"due {due:%d/%m/%Y}",)} if due else {}
    accuracy = record.born_accuracy
    known: dict[str, Any] = {"any_day": (born.toordinal(),), "birth_shown": (_shown(born, accuracy),)}
    if accuracy[2:] == "A":
        known["year"] = (born.year,)
        if accuracy[1:2] == "A":
            known |= {"month": (f"{born:%Y-%m}",), "month_year": (f"{born:%Y}",)}
    if accuracy != ACCURATE:
        return known | {"rough": _YES}
    return known | _accurate(born)


def _accurate(born: date) -> dict[str, Any]:
    swapped = standardise.day_month_swapped(born)
    return {
        "born": (born.isoformat(),),
        "born_january": (born.isoformat(),) if (born.month, born.day) == (1, 1) else (),
        "born_swapped": (swapped.isoformat(),) if swapped else (),
        "born_next_year": (f"{born.year + 1:04d}-{born:%m-%d}",),
        "born_digits": (f"{born:%d%m}{born.year:04d}",),
        "born_year": (born.year,),
    }


def _shown(born: date, accuracy: str) -> str:
    if accuracy[2:] != "A":
        return f"about {born:%Y}"
    if accuracy[1:2] != "A":
        return f"{born:%Y}"
    return f"{born:%d/%m/%Y}" if accuracy[:1] == "A" else f"{born:%m/%Y}"


def _home(record: Record) -> dict[str, Any]:
    whole = tuple(code for code in record.postcodes if " " in code)
    doors = _kept(_door(line) for line in record.addresses)
    homes = [f"{code}|{_place(code, line)}" for code in whole for line in record.addresses if line]
    first = (*record.addresses[:1], *record.postcodes[:1])
    return {
        "home": (*homes, f"#{record.household_key}") if record.household_key else tuple(homes),
        "contact": tuple(sorted((*record.phones, *record.emails))),
        "postcode": tuple(sorted(whole)),
        "postcode_main": whole[:1],
        "postcode_door": tuple(sorted(whole)) if doors else (),
        "postcode_no_door": () if doors else tuple(sorted(whole)),
        "sector": _kept(code[:-2] for code in whole),
        "outcode": _kept(code.split(" ")[0] for code in record.postcodes),
        "street": _kept(_street(line) for line in record.addresses),
        "street_in_full": _kept(standardise.street_in_full(line) for line in record.addresses)[:1],
        "town": record.towns,
        "code_number": _kept(
            f"{code}|{n}" for code in whole for line in record.addresses if (n := _numbers_in(line))
        ),
        "street_door": _kept(_street_door(line) for line in record.addresses),
        "home_shown": (", ".join(first),) if first else (),
    }


@lru_cache(maxsize=AT_HOME)
def _street(line: str) -> str:
    """The street by its sound, since it is heard and typed; empty when none is named."""
    street = standardise.street(line)
    return sound_codes(street)[0] if street else ""


@lru_cache(maxsize=AT_HOME)
def _street_door(line: str) -> str:
    numbers = _numbers_in(line)
    return f"{numbers} {_street(line)}" if numbers and _street(line) else ""


@lru_cache(maxsize=AT_HOME)
def _numbers_in(line: str) -> str:
    return " ".join(sorted(standardise.house_numbers(line)))


def _place(code: str, line: str) -> str:
    """What tells one home from the others of its code: the door, and the street where a code covers a town."""
    return _door(line) if standardise.postcode(code).value else f"{_door(line)} {_street(line)}"


def _door(line: str) -> str:
    return _numbers_in(line) or squeeze(line)


def _settled(person: Columns) -> Columns:
    """What one record left open and another says is no longer open."""
    doors = set(person.postcode_door)
    dated = bool(person.any_day)
    changes: dict[str, Any] = {
        "postcode_no_door": tuple(code for code in person.postcode_no_door if code not in doors),
        "due_day": () if dated else person.due_day,
        "rough": () if person.born else person.rough,
        "only_initial": () if set(person.called) - set(person.only_initial) else person.only_initial,
    }
    return person._replace(**changes)


def _kept(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
