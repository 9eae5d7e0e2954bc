"""Which level of agreement does each part of two records reach?

One function per comparison. Each returns the level reached and the two values that reached it, or None when
either side is silent: an empty field is no evidence. The order of `LEVELS` is Splink's, best first. Sex is
left out on purpose, as in the matching grades of MAIS PUB03.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product

from jigsaw.record_linkage import identifiers as ids
from jigsaw.record_linkage import standardise
from jigsaw.record_linkage.records import ACCURATE, Record
from jigsaw.record_linkage.sounds import likeness, one_slip_apart, sound_alike
from jigsaw.record_linkage.standardise import squeeze

_NAME_LADDER = ("near", "sounds_alike", "similar", "sounds", "different")

LEVELS: dict[str, tuple[str, ...]] = {
    "nhs_number": ("exact", "one_slip", "conflict"),
    "upn": ("exact", "conflict"),
    "identifier": ("exact", "conflict"),
    "given_name": (
        "exact", "nickname", "swapped", "middle_differs", "other_given", "shared_honorific", "initial",
        *_NAME_LADDER,
    ),
    "family_name": ("exact", "part", "swapped", "among_given", *_NAME_LADDER),
    "birth_date": (
        "exact", "exact_first_january", "swapped", "year_out", "one_slip", "same_month", "same_year",
        "generation", "different", "expected_close", "expected_near", "expected_conflict",
        "estimated_close", "estimated_near", "estimated_far",
    ),
    "household": (
        "same_mother", "same_address", "same_contact", "same_postcode", "neighbouring_address",
        "near_postcode",        "same_outcode", "different_mother", "different",
    ),
}  # fmt: skip

_LIKE = ("exact", "nickname", "near")
_JW_NEAR = 0.92
_JW_SIMILAR = 0.85
_JW_SOUNDING = 0.80
_ADDRESS_LIKE = 0.90
_GENERATION_YEARS = 12
# Born up to about 17 weeks before the due date (the limit of viability) and three weeks after it.
_EXPECTED_CLOSE = range(-28, 22)
_EXPECTED_NEAR = range(-120, 29)


@dataclass(frozen=True, slots=True)
class Reached:
    """The level reached, and what stood on either side."""

    level: str
    left: str
    right: str


def nhs_number(a: Record, b: Record) -> Reached | None:
    """Equal if any number, current or superseded, is shared; a conflict only between two valid numbers."""
    if not a.nhs_numbers or not b.nhs_numbers:
        return None
    valid = [tuple(n for n in side.nhs_numbers if ids.nhs_number(n).valid) for side in (a, b)]
    if shared := _shared(*valid):
        return Reached("exact", shared, shared)
    for left, right in product(a.nhs_numbers, b.nhs_numbers):
        if right in ids.repair_candidates(left) or left in ids.repair_candidates(right):
            return Reached("one_slip", left, right)
    return Reached("conflict", valid[0][0], valid[1][0]) if all(valid) else None


def upn(a: Record, b: Record) -> Reached | None:
    """Equal if any pupil number is shared. Temporary numbers, which schools hand out anew, never conflict."""
    if shared := _shared(a.upns, b.upns):
        return Reached("exact", shared, shared) if ids.upn(shared).valid else None
    lasting = [[n for n in side.upns if ids.upn(n).valid and not ids.upn(n).temporary] for side in (a, b)]
    return Reached("conflict", lasting[0][0], lasting[1][0]) if all(lasting) else None


def identifier(a: Record, b: Record) -> Reached | None:
    """A number of the same system on both sides, such as an authority's own child number."""
    systems = [system for system in a.identifiers if system in b.identifiers]
    for system in systems:
        if a.identifiers[system] == b.identifiers[system]:
            return Reached("exact", a.identifiers[system], b.identifiers[system])
    if systems:
        return Reached("conflict", a.identifiers[systems[0]], b.identifiers[systems[0]])
    return None


def names(a: Record, b: Record) -> tuple[Reached | None, Reached | None]:
    """Given and family name together, because sources disagree on which is which."""
    given, family = _given_name(a, b), _family_name(a, b)
    if given and family and _weak(given) and _weak(family):
        crossed = _crossed(a, b)
        if crossed:
            return crossed
    if (family is None or _weak(family)) and (among := _family_among_given(a, b)):
        family = among
    return _either_reading(a, b, given, family)


def birth_date(a: Record, b: Record) -> Reached | None:
    """Dates of birth, due dates, and estimates, each at the accuracy that both records have."""
    if a.born and b.born:
        accurate = a.born_accuracy == b.born_accuracy == ACCURATE
        level = (
            _birthday_level(min(a.born, b.born), max(a.born, b.born))
            if accurate
            else _rough_level(a.born, b.born, a.born_accuracy, b.born_accuracy)
        )
        return Reached(level, _shown_birth(a), _shown_birth(b))
    left, right = a.born or a.expected_on, b.born or b.expected_on
    if not left or not right:
        return None
    if a.born or b.born:
        days = (left - right).days if a.born else (right - left).days
        return Reached(_expected_level(days), _shown_birth(a), _shown_birth(b))
    return Reached(_expected_level(-abs((left - right).days)), _shown_birth(a), _shown_birth(b))


def household(a: Record, b: Record) -> Reached | None:
    """Home, mother and telephone as one comparison: they move together, so they count once."""
    if (shared := _shared(a.mother_nhs, b.mother_nhs)) and ids.nhs_number(shared).valid:
        return Reached("same_mother", shared, shared)
    if a.household_key and a.household_key == b.household_key:
        return Reached("same_address", _first(a.addresses), _first(b.addresses))
    at_home = _best_address(a, b)
    if at_home and at_home.level == "same_address":
        return at_home
    if shared := _shared(a.phones, b.phones) or _shared(a.emails, b.emails):
        return Reached("same_contact", shared, shared)
    return _mothers_differ(a, b) or at_home


@lru_cache(maxsize=400_000)
def given_pair(left: str, right: str) -> str:
    """The level two single given names reach, whatever else the records hold."""
    if squeeze(left) == squeeze(right):
        return "exact"
    if standardise.nickname_roots(left) & standardise.nickname_roots(right):
        return "nickname"
    if 1 in (len(left), len(right)):
        return "initial" if left[0] == right[0] else "different"
    return _ladder(squeeze(left), squeeze(right))


@lru_cache(maxsize=400_000)
def family_pair(left: str, right: str) -> str:
    """The level two single family names reach."""
    if squeeze(left) == squeeze(right):
        return "exact"
    if not set(standardise.name_parts(left)).isdisjoint(standardise.name_parts(right)):
        return "part"
    return _ladder(squeeze(left), squeeze(right))


def _ladder(left: str, right: str) -> str:
    alike, sounding = likeness(left, right), sound_alike(left, right)
    if alike >= _JW_NEAR:
        return "near"
    if sounding and alike >= _JW_SOUNDING:
        return "sounds_alike"
    if alike >= _JW_SIMILAR:
        return "similar"
    return "sounds" if sounding else "different"


def _given_name(a: Record, b: Record) -> Reached | None:
    if not a.given or not b.given:
        return None
    left, right = _called_by(a.given), _called_by(b.given)
    level = given_pair(left, right)
    if level in ("exact", "nickname"):
        return Reached(_with_middles(level, a, b), left, right)
    if (joined := _written_as_one(a.given, b.given)) is not None:
        return joined
    if level in ("near", "sounds_alike"):
        return Reached(level, left, right)
    return _by_another_name(a, b) or Reached(level, left, right)


def _called_by(given: tuple[str, ...]) -> str:
    """The first name that is not an honorific such as Muhammad, if there is one."""
    return next((name for name in given if not standardise.is_honorific(name)), given[0])


def _with_middles(level: str, a: Record, b: Record) -> str:
    """A shared first name counts for less when both records go on to different further names."""
    left, right = _further_names(a.given), _further_names(b.given)
    if left and right and not any(given_pair(x, y) != "different" for x, y in product(left, right)):
        return "middle_differs"
    return level


def _further_names(given: tuple[str, ...]) -> list[str]:
    """Names besides the one the person is called by, leaving out its own short forms and honorifics."""
    called = standardise.nickname_roots(_called_by(given))
    return [
        name
        for name in given
        if not (called & standardise.nickname_roots(name)) and not standardise.is_honorific(name)
    ]


def _written_as_one(left: tuple[str, ...], right: tuple[str, ...]) -> Reached | None:
    """Xiao Ming and Xiaoming, Mary Jane and Mary-Jane."""
    for one, other, turned in ((left, right, False), (right, left, True)):
        if len(one) > 1 and squeeze(one[0] + one[1]) == squeeze(other[0]):
            pair = (f"{one[0]} {one[1]}", other[0])
            return Reached("exact", *(reversed(pair) if turned else pair))
    return None


def _by_another_name(a: Record, b: Record) -> Reached | None:
    """One record's first name is among the other's further names; two middle names alone prove nothing."""
    shared = [
        (left, right)
        for left, right in (*product(a.given[:1], b.given[1:]), *product(a.given[1:], b.given[:1]))
        if given_pair(left, right) in ("exact", "nickname")
    ]
    for left, right in shared:
        if not standardise.is_honorific(left):
            return Reached("other_given", left, right)
    if len(a.given) == 1 or len(b.given) == 1:
        left, right = shared[0] if shared else (a.given[0], b.given[0])
        if given_pair(left, right) in ("exact", "nickname"):
            return Reached("shared_honorific", left, right)
    return None


def _family_name(a: Record, b: Record) -> Reached | None:
    ranked = [
        (LEVELS["family_name"].index(level := family_pair(x, y)), Reached(level, x, y))
        for x, y in product(a.family, b.family)
    ]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _crossed(a: Record, b: Record) -> tuple[Reached, Reached] | None:
    """Given and family name exchanged: each side's given name is like the other side's family name."""
    ours = _like_pair(a.given, b.family)
    theirs = _like_pair(a.family, b.given)
    if not ours or not theirs:
        return None
    return Reached("swapped", ours[0], theirs[1]), Reached("swapped", theirs[0], ours[1])


def _like_pair(left: Iterable[str], right: Iterable[str]) -> tuple[str, str] | None:
    return next(((x, y) for x, y in product(left, right) if given_pair(x, y) in _LIKE), None)


def _family_among_given(a: Record, b: Record) -> Reached | None:
    """A family name that the other source holds among the given names (Hassan Ali and Ali Hassan Khan)."""
    found = _like_pair(a.family, b.given) or _like_pair(a.given, b.family)
    return Reached("among_given", *found) if found else None


def _either_reading(
    a: Record, b: Record, given: Reached | None, family: Reached | None
) -> tuple[Reached | None, Reached | None]:
    """A single word of free text may be either name: what it fails to match as one, it is not held to."""
    if not any(_single_word(record) for record in (a, b)) or not given or not family:
        return given, family
    if given.level in _LIKE and family.level not in _LIKE:
        return given, None
    if family.level in (*_LIKE, "part") and given.level not in _LIKE:
        return None, family
    return given, family


def _single_word(record: Record) -> bool:
    return record.names_unordered and len(record.given) == 1 and record.given == record.family


def _weak(reached: Reached) -> bool:
    return reached.level in ("similar", "sounds", "different", "initial", "other_given", "shared_honorific")


def _birthday_level(earlier: date, later: date) -> str:
    """Level of two accurate dates, the earlier first."""
    years = later.year - earlier.year
    if earlier == later:
        return "exact_first_january" if (later.month, later.day) == (1, 1) else "exact"
    if standardise.day_month_swapped(earlier) == later:
        return "swapped"
    if years == 1 and (earlier.month, earlier.day) == (later.month, later.day):
        return "year_out"
    if one_slip_apart(f"{earlier:%d%m%Y}", f"{later:%d%m%Y}"):
        return "one_slip"
    if years >= _GENERATION_YEARS:
        return "generation"
    if years:
        return "different"
    return "same_month" if earlier.month == later.month else "same_year"


def _rough_level(left: date, right: date, left_accuracy: str, right_accuracy: str) -> str:
    """Level when either date is an estimate or lacks its day: the difference in years decides."""
    if left_accuracy[2:] == right_accuracy[2:] == "A":
        if left.year == right.year and left_accuracy[1:] == right_accuracy[1:] == "AA":
            return "same_month" if left.month == right.month else "same_year"
        return _rough(abs(left.year - right.year), close=0, near=1)
    return _rough(abs((left - right).days) / 365.25, close=1, near=3)


def _rough(years: float, *, close: int, near: int) -> str:
    return "estimated_close" if years <= close else "estimated_near" if years <= near else "estimated_far"


def _expected_level(days_after_due: int) -> str:
    if days_after_due in _EXPECTED_CLOSE:
        return "expected_close"
    return "expected_near" if days_after_due in _EXPECTED_NEAR else "expected_conflict"


def _shown_birth(record: Record) -> str:
    if record.born is None:
        return f"due {record.expected_on:%d/%m/%Y}"
    if record.born_accuracy[2:] != "A":
        return f"about {record.born:%Y}"
    if record.born_accuracy[1:2] != "A":
        return f"{record.born:%Y}"
    return f"{record.born:%d/%m/%Y}" if record.born_accuracy[:1] == "A" else f"{record.born:%m/%Y}"


def _best_address(a: Record, b: Record) -> Reached | None:
    if not a.postcodes or not b.postcodes:
        return None
    order = LEVELS["household"].index
    found = (Reached(_postcode_level(a, b, x, y), x, y) for x, y in product(a.postcodes, b.postcodes))
    best = min(found, key=lambda reached: order(reached.level))
    if best.level == "same_address":
        return Reached(
            best.level, f"{_first(a.addresses)}, {best.left}", f"{_first(b.addresses)}, {best.right}"
        )
    return best


def _postcode_level(a: Record, b: Record, left: str, right: str) -> str:
    if left == right and " " in left:
        return _address_level(a, b)
    if " " in left and " " in right and (left[:-2] == right[:-2] or one_slip_apart(left, right)):
        return "near_postcode"
    return "same_outcode" if left.split(" ")[0] == right.split(" ")[0] else "different"


def _address_level(a: Record, b: Record) -> str:
    """At one postcode: the same door, no door known, or another door."""
    if not a.addresses or not b.addresses:
        return "same_postcode"
    alike = any(_same_door(x, y) for x, y in product(a.addresses, b.addresses))
    return "same_address" if alike else "neighbouring_address"


@lru_cache(maxsize=100_000)
def _same_door(left: str, right: str) -> bool:
    same_numbers = sorted(standardise.house_numbers(left)) == sorted(standardise.house_numbers(right))
    return same_numbers and likeness(left, right) >= _ADDRESS_LIKE


def _mothers_differ(a: Record, b: Record) -> Reached | None:
    valid = [[n for n in side.mother_nhs if ids.nhs_number(n).valid] for side in (a, b)]
    return Reached("different_mother", valid[0][0], valid[1][0]) if all(valid) else None


def _shared(left: tuple[str, ...], right: tuple[str, ...]) -> str:
    """The smallest shared value, so that the answer does not depend on which record came first."""
    both = set(left) & set(right) if left and right else None
    return min(both) if both else ""


def _first(values: tuple[str, ...]) -> str:
    return values[0] if values else ""
