"""Who lives with whom, and what is true of them, whatever agencies write down?

Families are the hard case of matching, so they are made with what makes it hard: twins, brothers with one initial, a
father and a son of one name, shared birthdays, stepfathers, half-siblings, parents who live apart, moves, adoptions
with a new NHS number, a child not yet born.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from jigsaw.record_linkage.invented import drawing, naming
from jigsaw.record_linkage.invented.drawing import Choice, Home
from jigsaw.record_linkage.invented.naming import NameGroup, Names, Parents

WORLD_DAY = date(2026, 11, 1)
"""The day on which the invented world stands still; ages are reckoned from it."""

_UPN_ALPHABET = "ABCDEFGHJKLMNPQRTUVWXYZ"
_INVENTED_AUTHORITY = "991"
_MOST_TRIES = 6
_NINE_MONTHS = 280


class Before(NamedTuple):
    """Who a child was before an adoption: another name, number and home."""

    given: str
    family: str
    nhs: str
    home: Home


class Person(NamedTuple):
    """Someone as they are. Every text is in full and rightly spelt; empty where there is none.

    `person_id` and `household_id` count from 1. `called` is the name in daily use where it is not `given`.
    `born` is None for an unborn child, and `expected_on` its due date (of a newborn too). `former_nhs` is a number
    superseded by `nhs`. `twin_of` is the elder twin's `person_id`, or 0. `other_home` is the other parent's.
    """

    person_id: int
    household_id: int
    name_group: str
    child: bool
    sex: str
    given: str
    middle: str
    family: str
    called: str
    former_family: str
    born: date | None
    expected_on: date | None
    home: Home
    former_home: Home | None
    other_home: Home | None
    nhs: str
    former_nhs: str
    upn: str
    phone: str
    email: str
    mother: str
    mother_nhs: str
    twin_of: int
    before_adoption: Before | None

    @property
    def unborn(self) -> bool:
        return self.born is None

    def age_days(self) -> int:
        """Days lived on WORLD_DAY; below 0 for the unborn."""
        return (WORLD_DAY - self.born).days if self.born else -1


class _Household(NamedTuple):
    number: int
    group: NameGroup
    family: str
    home: Home
    former_home: Home | None
    other_home: Home | None
    phone: str


def families(count: int, seed: int = 1) -> Iterator[Person]:
    """`count` people, household by household, adults before their children; the same for the same arguments.

    One after the other, so that ten million need no more memory than ten. Raises ValueError below 1.
    """
    if count < 1:
        raise ValueError("Ask for at least one person.")
    return _families(count, seed)


def _families(count: int, seed: int) -> Iterator[Person]:
    town = Town(count, seed, drawing.nhs_numbers())
    while True:
        for person in town.household():
            yield person
            if person.person_id == count:
                return


class Town:
    """Draws households one by one. `people` sets only how many postcodes there are.

    `numbers` are the NHS numbers it gives out; another town beside this one needs others.
    """

    def __init__(self, people: int, seed: int, numbers: Iterator[str]) -> None:
        self.dice = random.Random(seed)
        self.rates: dict[str, float] = drawing.data("rates")["families"]
        self._adults = Choice(drawing.data("rates")["families"]["adults"])
        self._children = Choice(drawing.data("rates")["families"]["children"])
        self._places = drawing.places_for(people)
        self._plenty = people > drawing.MOST_ON_DRAMA_NUMBERS
        self._numbers = numbers
        self._next_person = 1
        self._next_household = 1

    def household(self, group: str = "") -> list[Person]:
        """The people of one more household, of the name group given or of any."""
        dice = self.dice
        home = self._household(naming.name_groups()[group or naming.group_shares().draw(dice)])
        adults, grandfather = self._parents(home)
        return [*adults, *self._all_children(home, adults, grandfather)]

    def often(self, rate: str) -> bool:
        return self.dice.random() < self.rates[rate]

    def home(self) -> Home:
        return drawing.home(self.dice, self._places, self.rates["flat"])

    def phone(self) -> str:
        return drawing.phone(self.dice, plenty=self._plenty)

    def nhs(self) -> str:
        return next(self._numbers)

    def _household(self, group: NameGroup) -> _Household:
        number = self._next_household
        self._next_household += 1
        return _Household(
            number,
            group,
            naming.family_name(group, self.dice),
            Home("", "ZZ99 3VZ", "") if group.often("no_fixed_home", self.dice) else self.home(),
            self.home() if self.often("moved") else None,
            self.home() if self.often("parents_apart") else None,
            self.phone(),
        )

    # --- adults -------------------------------------------------------------------------------------------

    def _parents(self, home: _Household) -> tuple[list[Person], str]:
        """Mother, and father or stepfather where he lives with them; and the grandfather's name."""
        group, dice = home.group, self.dice
        grandfather = group.given[False, "M"].draw(dice)
        mother = self._adult(home, "F", self._mothers_family(home), grandfather)
        if self._adults.draw(dice) == "1":
            return [mother], grandfather
        step = self.often("step_father")
        family = naming.family_name(group, dice) if step else home.family
        return [mother, self._adult(home, "M", family, grandfather)], grandfather

    def _mothers_family(self, home: _Household) -> str:
        keeps = home.group.often("mother_keeps_name", self.dice)
        return naming.family_name(home.group, self.dice) if keeps else home.family

    def _adult(self, home: _Household, sex: str, family: str, grandfather: str) -> Person:
        group, dice = home.group, self.dice
        given = naming.given_name(group, child=False, sex=sex, dice=dice)
        parents = Parents(family, family, grandfather, group.given[False, "M"].draw(dice))
        names = naming.names_of(group, parents, given=given, child=False, sex=sex, dice=dice)
        born = WORLD_DAY - timedelta(days=int(dice.triangular(19, 58, 34) * 365.25))
        changed = sex == "F" and self.often("changed_family_name_mother")
        former = naming.family_name(group, dice) if changed else ""
        return self._person(home, names, sex=sex, child=False, born=born, former_family=former)

    # --- children -----------------------------------------------------------------------------------------

    def _all_children(self, home: _Household, adults: list[Person], grandfather: str) -> list[Person]:
        father = adults[1].given if len(adults) > 1 else home.group.given[False, "M"].draw(self.dice)
        if father in ("Muhammad", "Syed") and len(adults) > 1:
            father = adults[1].middle or father
        family = self._childrens_family(home, adults[0])
        parents = Parents(family, adults[0].family, father, grandfather)
        children: list[Person] = []
        initial = self.often("one_initial")
        for _ in range(int(self._children.draw(self.dice))):
            children += self._birth(home, parents, adults[0], children, initial)
        if self.often("expecting"):
            children.append(self._expected(home, parents, adults[0]))
        return children

    def _childrens_family(self, home: _Household, mother: Person) -> str:
        hers = home.group.often("mothers_name_to_child", self.dice)
        return mother.family if hers else home.family

    def _birth(
        self, home: _Household, parents: Parents, mother: Person, elder: list[Person], initial: bool
    ) -> list[Person]:
        """One child or twins; nobody when the mother is too young for one more."""
        dice = self.dice
        if elder and self.rates["half_sibling_keeps_name"] * self.rates["step_father"] > dice.random():
            parents = parents._replace(family=naming.family_name(home.group, dice))
        born = self._birthday(elder, mother)
        if born is None:
            return []
        sex = "F" if dice.random() < 0.49 else "M"
        given = self._childs_name(home.group, parents, sex, elder, initial)
        child = self._child(home, parents, mother, given, sex, born, 0)
        if not self.often("twin_birth"):
            return [child]
        return [child, self.twin(home, parents, mother, child)]

    def twin(self, home: _Household, parents: Parents, mother: Person, first: Person) -> Person:
        """The other twin: one birthday, one home, another name."""
        sex = first.sex if self.dice.random() < 0.66 else "FM"[first.sex == "F"]
        given = self.twins_name(home.group, first, sex)
        assert first.born
        return self._child(home, parents, mother, given, sex, first.born, first.person_id)

    def twins_name(self, group: NameGroup, first: Person, sex: str) -> str:
        """A name for a twin that is not the first twin's, though it is now and then much like it."""
        own = {first.given, first.middle, first.called}
        if self.often("twins_named_alike"):
            alike = [b if a in own else a for a, b in group.twins if (a in own) != (b in own)]
            alike += [
                name for name in group.given[True, sex].names if name[0] == first.given[0] and name not in own
            ]
            if alike:
                return alike[int(self.dice.random() * len(alike))]
        return self.other_name(group, sex, own)

    def other_name(self, group: NameGroup, sex: str, taken: set[str]) -> str:
        """A child's first name that is none of `taken`, nor another spelling of one."""
        near = {other for name in taken for other in group.spellings.get(name, ())} | taken
        for _ in range(_MOST_TRIES * _MOST_TRIES):
            name = naming.given_name(group, child=True, sex=sex, dice=self.dice)
            if name not in near:
                return name
        return next(name for name in reversed(group.given[True, sex].names) if name not in near)

    def _childs_name(
        self, group: NameGroup, parents: Parents, sex: str, elder: list[Person], initial: bool
    ) -> str:
        if sex == "M" and group.often("father_and_son", self.dice) and all(
            parents.father not in (child.given, child.middle) for child in elder
        ):  # fmt: skip
            return parents.father
        taken = {name for child in elder for name in (child.given, child.middle, child.called)}
        name = self.other_name(group, sex, taken)
        if initial and elder:
            for _ in range(_MOST_TRIES):
                if name[0] == elder[0].given[0]:
                    break
                name = self.other_name(group, sex, taken)
        return name

    def _birthday(self, elder: list[Person], mother: Person) -> date | None:
        """A day of the last eighteen years since the mother was 15, nine months from any other child's.

        None when she is too young for one more. At times it is the day and month of an elder child.
        """
        dice = self.dice
        span = int(min(18.0, mother.age_days() / 365.25 - 15.0) * 365.25)
        for _ in range(_MOST_TRIES):
            born = WORLD_DAY - timedelta(days=int(dice.random() * span))
            if all(abs((child.born - born).days) > _NINE_MONTHS for child in elder if child.born):
                return self._shared_birthday(elder, mother) or born
        return None

    def _shared_birthday(self, elder: list[Person], mother: Person) -> date | None:
        """The day and month of the first child in another year, now and then."""
        if not elder or not elder[0].born or not self.often("shared_birthday"):
            return None
        first = elder[0].born
        for year in (first.year + 2, first.year + 3, first.year - 2, first.year - 3):
            born = first.replace(year=year, day=min(first.day, 28))
            apart = all(abs((child.born - born).days) > _NINE_MONTHS for child in elder if child.born)
            if apart and born <= WORLD_DAY and (born - mother.born).days > 15 * 366:  # type: ignore[operator]
                return born
        return None

    def _child(
        self,
        home: _Household,
        parents: Parents,
        mother: Person,
        given: str,
        sex: str,
        born: date,
        twin_of: int,
    ) -> Person:
        group, dice = home.group, self.dice
        names = naming.names_of(group, parents, given=given, child=True, sex=sex, dice=dice)
        if twin_of and dice.random() < 0.9:
            names = names._replace(family=parents.family) if names.family not in ("Singh", "Kaur") else names
        due = (
            born + timedelta(days=round(dice.gauss(2, 9))) if (WORLD_DAY - born).days < 200 else None
        )  # of newborns only
        former = naming.family_name(group, dice) if self.often("changed_family_name_child") else ""
        return self._person(
            home, names, sex=sex, child=True, born=born, expected_on=due, former_family=former, mother=mother,
            twin_of=twin_of,
        )  # fmt: skip

    def _expected(self, home: _Household, parents: Parents, mother: Person) -> Person:
        due = WORLD_DAY + timedelta(days=int(self.dice.random() * 190))
        names = Names("", "", parents.mother_family)
        return self._person(home, names, sex="", child=True, born=None, expected_on=due, mother=mother)

    # --- anybody ------------------------------------------------------------------------------------------

    def _person(
        self,
        home: _Household,
        names: Names,
        *,
        sex: str,
        child: bool,
        born: date | None,
        expected_on: date | None = None,
        former_family: str = "",
        mother: Person | None = None,
        twin_of: int = 0,
    ) -> Person:
        number = self._next_person
        self._next_person += 1
        nhs = self.nhs() if born else ""
        return Person(
            number, home.number, home.group.code, child, sex, *names, former_family, born, expected_on, home.home,
            home.former_home, home.other_home if child else None, nhs,
            self.nhs() if born and self.often("superseded_number") else "",
            _upn(number, born) if child and born else "",
            self.phone() if not child and self.often("own_phone") else home.phone,
            _email(names, number) if not child and self.often("email") else (mother.email if mother else ""),
            f"{mother.given} {mother.family}" if mother else "",
            mother.nhs if mother else "",
            twin_of,
            self._before(home, names, sex) if child and born and self.often("adopted") else None,
        )  # fmt: skip

    def _before(self, home: _Household, names: Names, sex: str) -> Before:
        renamed = self.often("adopted_renamed")
        given = self.other_name(home.group, sex, {names.given}) if renamed else names.given
        return Before(given, naming.family_name(home.group, self.dice), self.nhs(), self.home())


def _email(names: Names, number: int) -> str:
    word = "".join(c for c in f"{names.given}{names.family}".lower() if "a" <= c <= "z")
    return f"{word[:18] or 'family'}{number % 997}@post.example"


def _upn(number: int, born: date) -> str:
    """A unique pupil number of the invented authority 991 for children who have started school, or nothing."""
    if not (WORLD_DAY - born).days / 365.25 >= 4:
        return ""
    body = f"{_INVENTED_AUTHORITY}{number // 1000 % 10_000:04d}{(born.year + 4) % 100:02d}{number % 1000:03d}"
    total = sum(place * int(digit) for place, digit in enumerate(body, start=2))
    return _UPN_ALPHABET[total % 23] + body
