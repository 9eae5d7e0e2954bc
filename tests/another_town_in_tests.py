"""A labelled file of families, movers, changed and false names, by a program that shares nothing with the product.

The product's own generator (`jigsaw.record_linkage.invented`) and its matcher were made by the same hands, and could
agree on what is wrong. This one knows neither: other names, other slips, other homes, one flat file.

    python tests/another_town_in_tests.py families.csv --seed 7
    jigsaw link evaluate --left families.csv --cluster-column person_id
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

HEADINGS = (
    "record_id", "person_id", "forename", "middle_name", "surname", "sex", "dob", "address", "town", "postcode",
    "telephone", "agency",
)  # fmt: skip


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


BOYS = _words("""Oliver Jack Harry George Noah Charlie Jacob Alfie Freddie Oscar Leo Logan Archie Theo Thomas James Joshua Henry
William Max Lucas Ethan Arthur Mohammed Muhammad Isaac Edward Samuel Joseph Alexander Daniel Dylan Toby Riley Mason
Harrison Reuben Zachary Adam Tyler Kai Yusuf Ibrahim Omar Ali Hassan Jakub Kacper Ayaan Zain""")
GIRLS = _words("""Olivia Amelia Isla Emily Ava Lily Mia Sophia Isabella Grace Poppy Ella Evie Charlotte Jessica Daisy Freya Alice
Sophie Sienna Phoebe Chloe Erin Ruby Florence Matilda Millie Ellie Lucy Eva Rosie Aisha Fatima Zara Maryam Amina Hannah
Katie Kate Kayleigh Leah Megan Holly Zoe Abigail Bethany Oliwia Zuzanna Maja Khadija""")
SURNAMES = _words("""Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White
Roberts Green Hall Thomas Clarke Jackson Wood Harris Edwards Turner Martin Cooper Hill Ward Hughes Moore Clark King
Harrison Lewis Baker Lee Allen Morris Khan Scott Watson Davis Parker Bennett Young Phillips Richardson Griffiths Mitchell
Hussain Begum Ahmed Ali Singh Kaur Kowalski Nowak O'Brien Murphy Kelly Walsh Okafor Mensah Abdi Mohamed""")
SHORT = {
    "Oliver": "Ollie", "Thomas": "Tom", "James": "Jim", "Joshua": "Josh", "William": "Billy", "Edward": "Ted",
    "Samuel": "Sam", "Joseph": "Joe", "Alexander": "Alex", "Daniel": "Dan", "Jessica": "Jess", "Isabella": "Bella",
    "Charlotte": "Lottie", "Abigail": "Abbie", "Bethany": "Beth", "Katie": "Kate", "Matilda": "Tilly",
    "Mohammed": "Mo", "Harrison": "Harry", "Zachary": "Zac",
}  # fmt: skip
STREETS = [
    f"{name} {kind}"
    for name in _words(
        """Church Station Victoria Mill Park London School Queen King Manor Albert Grange Chapel New West North South
    East Springfield Green Harbour Windsor Alexandra Richmond"""
    )
    for kind in ("Road", "Street", "Lane", "Avenue", "Close", "Drive")
]
AGENCIES = ("school", "police", "health", "housing")


@dataclass(frozen=True)
class Rates:
    """How many families have twins or move; of how many people the name changed, or a false one was given."""

    twins: float = 0.06
    movers: float = 0.35
    changed_names: float = 0.08
    false_names: float = 0.03


@dataclass
class _Home:
    places: list[tuple[str, str, str]]
    telephones: list[str]


@dataclass
class _Person:
    given: str
    middle: str
    family: str
    sex: str
    born: date
    home: _Home
    changed: str = ""
    gives_false_names: bool = False


class Town:
    """Families of one town from a seed, and what four agencies write down about them."""

    def __init__(self, families: int, seed: int, rates: Rates) -> None:
        self._random, self._rates = Random(seed), rates
        self.people: list[_Person] = []
        for _family in range(families):
            self._add_family()

    def rows(self) -> list[tuple[str, ...]]:
        """What is written down, in no order, with HEADINGS."""
        found = [
            (str(number), *row)
            for number, person in enumerate(self.people)
            for row in self._written_of(person)
        ]
        self._random.shuffle(found)
        return [(f"R{place:06}", *row) for place, row in enumerate(found)]

    # --- who lives here ---------------------------------------------------------------------------------------

    def _add_family(self) -> None:
        draw = self._random
        home = _Home([self._place()], [self._telephone(), self._telephone()])
        if self._happens(self._rates.movers):
            home.places.append(self._place())
        one, other = self._one_of(SURNAMES), self._one_of(SURNAMES)
        one_name_for_all = self._happens(0.6)
        children = [
            self._person(
                home, one if one_name_for_all or self._happens(0.6) else other, self._day(2008, 2025)
            )
            for _child in range(draw.choices([1, 2, 3, 4], [4, 4, 2, 1])[0])
        ]
        if self._happens(self._rates.twins):
            children.append(self._person(home, children[0].family, children[0].born))
        adults = [self._person(home, draw.choice([one, other]), self._day(1975, 2002), sex="F")]
        if self._happens(0.6):
            father = self._person(home, one, self._day(1970, 2001), sex="M")
            sons = [child for child in children if child.sex == "M"]
            if sons and self._happens(0.08):
                sons[0].given = father.given
            adults.append(father)
        for person in (*children, *adults):
            person.changed = self._one_of(SURNAMES) if self._happens(self._rates.changed_names) else ""
            person.gives_false_names = self._happens(self._rates.false_names)
            self.people.append(person)

    def _person(self, home: _Home, family: str, born: date, *, sex: str = "") -> _Person:
        sex = sex or self._random.choice("FM")
        middle = self._given(sex) if self._happens(0.6) else ""
        return _Person(self._given(sex), middle, family, sex, born, home)

    # --- what is written down ---------------------------------------------------------------------------------

    def _written_of(self, person: _Person) -> Iterator[tuple[str, ...]]:
        for _record in range(self._random.choices([1, 2, 3, 4], [3, 4, 2, 1])[0]):
            given, family = self._names(person)
            number, street, postcode = self._random.choice(person.home.places)
            if self._happens(0.05):
                street = self._slip(street)
            yield (
                given,
                self._middle(person.middle),
                family,
                person.sex if self._happens(0.92) else "",
                self._birthday(person.born),
                "" if self._happens(0.06) else f"{number} {street}",
                "Sharetown" if self._happens(0.9) else "",
                "" if self._happens(0.08) else self._slip(postcode) if self._happens(0.03) else postcode,
                self._random.choice(person.home.telephones) if self._happens(0.5) else "",
                self._random.choice(AGENCIES),
            )

    def _names(self, person: _Person) -> tuple[str, str]:
        given, family = person.given, person.family
        if person.changed and self._happens(0.5):
            family = person.changed
        if given in SHORT and self._happens(0.25):
            given = SHORT[given]
        if person.gives_false_names and self._happens(0.5):
            given = self._given(person.sex)
        if self._happens(0.05):
            given = self._slip(given)
        if self._happens(0.05):
            family = self._slip(family)
        if self._happens(0.015):
            given, family = family, given
        return self._shouted(given), self._shouted(family)

    def _middle(self, name: str) -> str:
        return name[:1] if self._happens(0.3) else "" if self._happens(0.4) else name

    def _birthday(self, born: date) -> str:
        kind = self._random.random()
        if kind < 0.05:
            return ""
        if kind < 0.08:
            born = born.replace(day=1)
        elif kind < 0.10 and born.day <= 12:
            born = born.replace(month=born.day, day=born.month)
        elif kind < 0.12:
            born = born.replace(year=born.year + self._random.choice([-10, -1, 1, 10]), day=min(born.day, 28))
        elif kind < 0.14:
            born = born.replace(day=self._random.randint(1, 28))
        return f"{born:%d/%m/%Y}"

    # --- by chance --------------------------------------------------------------------------------------------

    def _happens(self, rate: float) -> bool:
        return self._random.random() < rate

    def _one_of(self, names: Sequence[str]) -> str:
        """The first are the commonest, as names are."""
        return self._random.choices(names, [1 / (place + 3) for place in range(len(names))])[0]

    def _given(self, sex: str) -> str:
        return self._one_of(GIRLS if sex == "F" else BOYS)

    def _day(self, first: int, last: int) -> date:
        return date(first, 1, 1) + timedelta(days=self._random.randrange(365 * (last - first + 1)))

    def _place(self) -> tuple[str, str, str]:
        draw = self._random
        letters = "".join(draw.choices("ABDEFGHJLN", k=2))
        return (
            str(draw.randint(1, 140)),
            draw.choice(STREETS),
            f"SH{draw.randint(1, 6)} {draw.randint(1, 9)}{letters}",
        )

    def _telephone(self) -> str:
        return f"07700 900{self._random.randrange(1000):03}"

    def _shouted(self, name: str) -> str:
        return name.upper() if self._happens(0.1) else name

    def _slip(self, word: str) -> str:
        """A letter left out, another in its place, one too many, or two exchanged."""
        if len(word) < 3:
            return word
        at, letter = self._random.randrange(1, len(word)), self._random.choice("aeiorstln")
        return self._random.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
            ]
        )


def write(path: Path, *, families: int = 1000, seed: int = 7, rates: Rates | None = None) -> int:
    """Write the file; returns how many records."""
    rows = Town(families, seed, rates or Rates()).rows()
    with path.open("w", newline="") as out:
        file = csv.writer(out)
        file.writerow(HEADINGS)
        file.writerows(rows)
    return len(rows)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("path", type=Path)
    asked.add_argument("--families", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=7)
    for name, rate in vars(Rates()).items():
        asked.add_argument(f"--{name.replace('_', '-')}", type=float, default=rate)
    given = vars(asked.parse_args())
    path, families, seed = given.pop("path"), given.pop("families"), given.pop("seed")
    print(f"{write(path, families=families, seed=seed, rates=Rates(**given)):,} records in {path}")
