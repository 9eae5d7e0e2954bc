"""What do schools, health services, hospitals, social care, police and housing write down about invented people?

Each source has habits (rates.json): what it leaves out, how it writes dates and names, how often it is wrong. Name
groups multiply some of these, and agencies of one kind differ in how careful they are. Records are raw text, as an
export has them; `RawRecord.record` reads one in.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from jigsaw.record_linkage.invented import drawing, naming, slips
from jigsaw.record_linkage.invented.drawing import Choice, Home
from jigsaw.record_linkage.invented.families import WORLD_DAY, Person
from jigsaw.record_linkage.records import ACCURATE, Record

ESTIMATED = "UUE"
_PLACEHOLDERS = ("Baby", "Baby", "Infant", "Baby Girl", "Baby Boy", "Newborn", "Twin 1", "Female Infant")
_UNBORN = ("Unborn", "Unborn Baby", "Unborn", "Baby", "Bump", "")
_CAN_GIVE_A_FALSE_NAME = 11 * 365
_BABY_DAYS = 120
_TODDLER_DAYS = 4 * 365


class RawRecord(NamedTuple):
    """One record as an agency writes it; empty text where it says nothing.

    The first four fields are the truth, to be hidden from the matcher. `source` is the kind of agency and `agency`
    which one. `born_accuracy` is "AAA", or "UUE" where only an age was known. Dates are in the agency's own format.
    `nhs_number` may have spaces or fail its check digit. `mother` and `mother_nhs` are the mother's name and number.
    """

    record_id: int
    person_id: int
    household_id: int
    name_group: str
    source: str
    agency: str
    given: str
    family: str
    former_family: str
    known_as: str
    born: str
    born_accuracy: str
    expected_on: str
    sex: str
    address: str
    postcode: str
    uprn: str
    nhs_number: str
    upn: str
    phone: str
    email: str
    mother: str
    mother_nhs: str

    def record(self) -> Record:
        """What the matcher compares: this record in standard form."""
        return Record.standardised(
            given=[self.given, self.known_as],
            family=[self.family, self.former_family],
            born=as_date(self.born),
            born_accuracy=self.born_accuracy,
            expected_on=as_date(self.expected_on),
            sex=self.sex,
            postcodes=self.postcode,
            addresses=self.address,
            nhs_numbers=self.nhs_number,
            upns=self.upn,
            phones=self.phone,
            emails=self.email,
            mother_nhs=self.mother_nhs,
            household_key=self.uprn,
        )


class Habits:
    """How often one agency gets each thing wrong about people of one name group, as shares from 0 to 1."""

    __slots__ = (
        "before", "born_slip", "day_month_swapped", "estimated_age", "false_name", "first_january", "half_family",
        "home_slip", "honorific_dropped", "initial", "middle_first", "missing_born", "missing_email", "missing_home",
        "missing_middle", "missing_nhs", "missing_phone", "missing_sex", "mother_nhs", "names_swapped", "nhs_slip",
        "old_home", "old_number", "other_family", "other_home", "placeholder", "postcode_slip", "respelt",
        "short_form", "typo_family", "typo_given", "upn", "uprn", "written_before_birth", "wrong_phone", "wrong_sex",
        "year_out",
    )  # fmt: skip

    def __init__(self, rates: dict[str, float]) -> None:
        for name in Habits.__slots__:
            setattr(self, name, rates[name])

    # Declared one by one, so that a misspelt name is found before a record is written.
    before: float
    born_slip: float
    day_month_swapped: float
    estimated_age: float
    false_name: float
    first_january: float
    half_family: float
    home_slip: float
    honorific_dropped: float
    initial: float
    middle_first: float
    missing_born: float
    missing_email: float
    missing_home: float
    missing_middle: float
    missing_nhs: float
    missing_phone: float
    missing_sex: float
    mother_nhs: float
    names_swapped: float
    nhs_slip: float
    old_home: float
    old_number: float
    other_family: float
    other_home: float
    placeholder: float
    postcode_slip: float
    respelt: float
    short_form: float
    typo_family: float
    typo_given: float
    upn: float
    uprn: float
    written_before_birth: float
    wrong_phone: float
    wrong_sex: float
    year_out: float


class Source(NamedTuple):
    """One kind of agency, and how it writes."""

    name: str
    code: str
    agencies: int
    dates: str
    capitals: bool
    grouped: bool
    habits: dict[tuple[int, str], Habits]


def sources(
    people: Iterable[Person], seed: int = 1, *, each: Mapping[str, float] | None = None
) -> Iterator[RawRecord]:
    """Every record that agencies hold on these people, person by person.

    `each` says how many records a person has, number = share; by default one to six. The same for the same people in
    the same order and the same seed. `record_id` counts from 1.
    """
    write = Writing(seed, each)
    for person in people:
        yield from write.everything_on(person)


class Writing:
    """Writes records one by one, with consecutive numbers."""

    def __init__(self, seed: int, each: Mapping[str, float] | None = None) -> None:
        self.dice = random.Random(seed * 7919 + 1)
        self._each = Choice(each or drawing.data("rates")["records_each"])
        self._written = 0

    def everything_on(self, person: Person) -> Iterator[RawRecord]:
        """All that agencies hold on one person."""
        names, up_to = _who_holds()[_band(person)]
        for _ in range(int(self._each.draw(self.dice))):
            source = names[bisect(up_to, self.dice.random() * up_to[-1])]
            yield self.one(person, source)

    def one(self, person: Person, source: Source) -> RawRecord:
        """One agency's record of one person."""
        dice = self.dice
        agency = int(dice.random() * source.agencies)
        habits = source.habits[agency, person.name_group]
        before_birth = bool(person.expected_on) and (
            person.unborn or dice.random() < habits.written_before_birth
        )
        adopted = person.before_adoption is not None and dice.random() < habits.before
        given, family, former, known_as = (
            (_UNBORN[int(dice.random() * len(_UNBORN))], person.mother.rpartition(" ")[2], "", "")
            if before_birth
            else self._names(person, habits, adopted)
        )
        born, accuracy = ("", ACCURATE) if before_birth else self._born(person, source, habits)
        home = self._home(person, habits, adopted)
        self._written += 1
        return RawRecord(
            self._written, person.person_id, person.household_id, person.name_group, source.name,
            f"{source.code}-{agency + 1:02d}", given, family.upper() if source.capitals else family, former,
            known_as, born, accuracy,
            person.expected_on.strftime(source.dates) if before_birth and person.expected_on else "",
            "" if before_birth or dice.random() < habits.missing_sex else self._sex(person, habits),
            *home,
            "" if before_birth else self._nhs(person, source, habits, adopted),
            person.upn if person.upn and dice.random() < habits.upn else "",
            *self._contacts(person, habits),
            *self._mother(person, source, habits, before_birth),
        )  # fmt: skip

    # --- names --------------------------------------------------------------------------------------------

    def _names(self, person: Person, habits: Habits, adopted: bool) -> tuple[str, str, str, str]:
        """Given and family name as written, a former family name, and what somebody is known as."""
        dice = self.dice
        group = naming.name_groups()[person.name_group]
        if person.age_days() < _BABY_DAYS and dice.random() < habits.placeholder:
            named_after = person.mother.rpartition(" ")[2] or person.family
            return _PLACEHOLDERS[int(dice.random() * len(_PLACEHOLDERS))], named_after, "", ""
        if dice.random() < habits.false_name and person.age_days() > _CAN_GIVE_A_FALSE_NAME:
            return (*self._false_name(person, group), "", "")
        given, middle, family = person.given, person.middle, person.family
        if adopted and person.before_adoption:
            given, middle, family = person.before_adoption.given, "", person.before_adoption.family
        given, known_as = self._given(person, group, habits, given)
        if given == middle:
            middle = person.given
        family, former = self._family(person, group, habits, family)
        if middle and dice.random() < habits.middle_first:
            given, middle = middle, given
        elif middle and dice.random() >= habits.missing_middle:
            given = f"{given} {middle}"
        if dice.random() < habits.names_swapped:
            given, family = family, given
        return given, family, former, known_as

    def _given(self, person: Person, group: naming.NameGroup, habits: Habits, given: str) -> tuple[str, str]:
        dice, known_as = self.dice, ""
        if person.called and given == person.given:
            roll = dice.random()
            if roll < habits.honorific_dropped:
                given = person.called
            elif person.middle == person.called or roll < habits.honorific_dropped + 0.5:
                known_as = person.called if dice.random() < 0.4 else ""
            elif group.style == "muslim_south_asian":
                given = f"{given} {person.called}"
        if dice.random() < habits.short_form:
            given = slips.short_form(given, group, dice)
        if dice.random() < habits.respelt:
            given = slips.respelt(given, group, dice)
        if dice.random() < habits.typo_given:
            given = slips.misspelt(given, dice)
        elif dice.random() < habits.initial:
            given = given[:1]
        return given, known_as

    def _family(
        self, person: Person, group: naming.NameGroup, habits: Habits, family: str
    ) -> tuple[str, str]:
        dice, former = self.dice, ""
        if person.former_family and family == person.family:
            if dice.random() < habits.before:
                family = person.former_family
            elif dice.random() < 0.15:
                former = person.former_family
        elif dice.random() < habits.other_family:
            family = person.mother.rpartition(" ")[2] or naming.family_name(group, dice)
        if dice.random() < habits.half_family:
            family = slips.half(family, dice)
        if dice.random() < habits.respelt:
            family = slips.respelt(family, group, dice)
        if dice.random() < habits.typo_family:
            family = slips.misspelt(family, dice)
        return family, former

    def _false_name(self, person: Person, group: naming.NameGroup) -> tuple[str, str]:
        """Another first name, and about as often as not another family name too."""
        dice = self.dice
        given = naming.given_name(group, child=person.child, sex=person.sex, dice=dice)
        return given, person.family if dice.random() < 0.5 else naming.family_name(group, dice)

    # --- the rest -----------------------------------------------------------------------------------------

    def _born(self, person: Person, source: Source, habits: Habits) -> tuple[str, str]:
        dice, born = self.dice, person.born
        if born is None or dice.random() < habits.missing_born:
            return "", ACCURATE
        if dice.random() < habits.estimated_age:
            years = max(person.age_days() // 365 + (-1, 0, 0, 0, 1)[int(dice.random() * 5)], 0)
            middle = WORLD_DAY - timedelta(days=int((years + 0.5) * 365.25))
            return middle.strftime(source.dates), ESTIMATED
        if dice.random() < habits.first_january:
            born = date(born.year, 1, 1)
        if dice.random() < habits.day_month_swapped:
            born = slips.day_month_swapped(born)
        if dice.random() < habits.born_slip:
            born = slips.born_slip(born, dice)
        if dice.random() < habits.year_out:
            born = slips.year_out(born, dice)
        return born.strftime(source.dates), ACCURATE

    def _home(self, person: Person, habits: Habits, adopted: bool) -> tuple[str, str, str]:
        dice, home = self.dice, person.home
        if dice.random() < habits.missing_home:
            return "", "", ""
        if adopted and person.before_adoption:
            home = person.before_adoption.home
        elif person.other_home and dice.random() < habits.other_home:
            home = person.other_home
        elif person.former_home and dice.random() < habits.old_home:
            home = person.former_home
        return self._as_written(home, habits)

    def _as_written(self, home: Home, habits: Habits) -> tuple[str, str, str]:
        dice = self.dice
        address = slips.typo(home.address, dice) if dice.random() < habits.home_slip else home.address
        postcode = home.postcode
        if postcode and dice.random() < habits.postcode_slip:
            postcode = "" if dice.random() < 0.5 else postcode[:-1] + "ABDEFGHJLN"[int(dice.random() * 10)]
        return address, postcode, home.uprn if dice.random() < habits.uprn else ""

    def _sex(self, person: Person, habits: Habits) -> str:
        if self.dice.random() < habits.wrong_sex:
            return "M" if person.sex == "F" else "F"
        return person.sex

    def _nhs(self, person: Person, source: Source, habits: Habits, adopted: bool) -> str:
        dice, number = self.dice, person.nhs
        if not number or dice.random() < habits.missing_nhs:
            return ""
        if adopted and person.before_adoption:
            number = person.before_adoption.nhs
        elif person.former_nhs and dice.random() < habits.old_number:
            number = person.former_nhs
        if dice.random() < habits.nhs_slip:
            number = slips.digit_slip(number, dice)
        return f"{number[:3]} {number[3:6]} {number[6:]}" if source.grouped else number

    def _contacts(self, person: Person, habits: Habits) -> tuple[str, str]:
        dice = self.dice
        phone = "" if dice.random() < habits.missing_phone else person.phone
        if phone and dice.random() < habits.wrong_phone:
            phone = drawing.phone(dice, plenty=phone.startswith("06"))
        return phone, "" if dice.random() < habits.missing_email else person.email

    def _mother(self, person: Person, source: Source, habits: Habits, before_birth: bool) -> tuple[str, str]:
        if not person.mother or person.age_days() > _TODDLER_DAYS:
            return "", ""
        known = 0.85 if before_birth else habits.mother_nhs
        named = person.mother if self.dice.random() < 0.8 else ""
        return named, person.mother_nhs if self.dice.random() < known else ""


def all_sources() -> dict[str, Source]:
    """Every kind of agency, by its name in rates.json."""
    return _all_sources()


def as_date(text: str) -> date | None:
    """Read a date in any format that a source writes; None for an empty text. Raises ValueError otherwise."""
    if not text:
        return None
    for how in ("%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%d/%m/%y"):
        try:
            found = datetime.strptime(text, how).date()  # noqa: DTZ007 (a day, not a moment)
        except ValueError:
            continue
        return found.replace(year=found.year - 100) if found > WORLD_DAY + timedelta(days=366) else found
    raise ValueError(f"No source writes dates like “{text}”.")


@cache
def _all_sources() -> dict[str, Source]:
    rates = drawing.data("rates")
    return {name: _source(name, told, rates) for name, told in rates["sources"].items()}


def _source(name: str, told: dict[str, Any], rates: dict[str, Any]) -> Source:
    writes, quality = told["writes"], rates["agency_quality"]
    return Source(
        name, told["code"], told["agencies"], writes["dates"], writes["family"] == "upper",
        writes["numbers"] == "grouped",
        {
            (agency, group): Habits(_scaled(told["habits"], quality[agency % len(quality)], more))
            for agency in range(told["agencies"])
            for group, more in rates["name_groups"].items()
        },
    )  # fmt: skip


_NOT_A_MATTER_OF_CARE = frozenset(
    [
        "missing_nhs",
        "missing_middle",
        "missing_email",
        "uprn",
        "mother_nhs",
        "upn",
        "placeholder",
        "written_before_birth",
        "before",
    ]
)


def _scaled(habits: dict[str, float], carelessness: float, more: dict[str, float]) -> dict[str, float]:
    return {
        name: min(share * more.get(name, 1) * (1 if name in _NOT_A_MATTER_OF_CARE else carelessness), 1.0)
        for name, share in habits.items()
    }


def _band(person: Person) -> str:
    if not person.child:
        return "adult"
    return "baby" if person.age_days() < _TODDLER_DAYS else "child"


@cache
def _who_holds() -> dict[str, tuple[list[Source], list[float]]]:
    known = _all_sources()
    told = drawing.data("rates")["sources"]
    return {
        band: (list(known.values()), list(accumulate(told[name]["holds"][band] for name in known)))
        for band in ("baby", "child", "adult")
    }
