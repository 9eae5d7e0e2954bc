"""Who lives in a large authority, and which agencies hold what on them?

Invented households whose names, sizes and ages are spread as in England: a few names are common and very many
rare, so that a search meets as many namesakes as it would in use. Nothing here is about anybody real.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate, product
from uuid import UUID

from jigsaw.record_linkage import Record, index_keys
from jigsaw.record_linkage.identifiers import nhs_number

# ruff: noqa: SIM905 (a list of names is read more easily as text)

GIRLS = """
Olivia Amelia Isla Ava Ivy Freya Lily Florence Mia Willow Rosie Sophia Isabella Grace Daisy Sienna Poppy Elsie
Emily Ella Evelyn Phoebe Evie Charlotte Harper Millie Matilda Maya Sofia Maisie Alice Jessica Emma Aria Ruby Erin
Layla Chloe Esme Eliza Penelope Hallie Aurora Orla Ellie Zara Eva Maryam Luna Robyn Violet Bonnie Ada Thea Imogen
Nancy Hannah Aisha Fatima Katie Molly Lucy Holly Amber Abigail Megan Lola Summer Georgia Martha Leah Darcie Zoe
Lottie Margot Iris Heidi Anna Skye Amina Khadija Zainab Anaya Priya Lara Nina Beatrice Clara Naomi Rebecca Sarah
Niamh Aaliyah Hafsa Inaya Julia Maja Zuzanna Oliwia Blessing Chidera Temitope Nadia Yasmin Samira Leila Shanice
""".split()
BOYS = """
Noah Oliver George Arthur Muhammad Leo Harry Oscar Archie Henry Theodore Freddie Jack Charlie Theo Alfie Jacob Thomas
Finley Arlo William Lucas Roman Tommy Isaac Teddy Alexander Luca Edward James Joshua Albie Elijah Max Mohammed Reuben
Mason Sebastian Rory Jude Louie Benjamin Ethan Adam Hugo Joseph Reggie Ronnie Harrison Louis Ezra Logan Daniel Zachary
Samuel Dylan Albert Hudson Frederick David Jaxon Rowan Gabriel Toby Bobby Michael Grayson Caleb Ralph Otis Ibrahim
Yusuf Ali Ahmed Omar Hamza Bilal Arjun Aarav Rohan Kai Ryan Liam Connor Callum Tyler Jayden Aiden Nathan Luke Matthew
Jan Filip Jakub Kacper Antoni Emmanuel Chinedu Tunde Kwame Delroy Marlon Haris Zayn Idris Musa Abdullah Kofi Winston
""".split()
MOTHERS = """
Sarah Claire Emma Laura Rebecca Gemma Rachel Kelly Victoria Katherine Lisa Michelle Nicola Donna Samantha Joanne Amy
Stacey Danielle Natalie Jennifer Hayley Lauren Kirsty Leanne Zoe Charlotte Louise Angela Tracey Karen Helen Julie
Amanda Sharon Debbie Nasreen Shabana Farah Saima Rukhsana Agnieszka Katarzyna Magdalena Ngozi Folake Abena Sunita
Anita Meena Parveen Fatima Maria Ana Elena Ioana Siobhan Bronagh Carys Rhian Tanya Chantelle Jade Kayleigh Toni
""".split()
FATHERS = """
David Paul Andrew Mark James Michael Stephen Christopher Richard Matthew Daniel Robert Lee Craig Darren Simon John
Peter Gary Jason Adam Ben Ryan Scott Stuart Kevin Wayne Dean Shaun Carl Ian Neil Anthony Martin Philip Tariq Imran
Asif Nadeem Waqas Abdul Piotr Tomasz Marek Krzysztof Emeka Segun Kwabena Rajesh Sanjay Vikram Mohamed Hassan Ahmed
Andrei Ionut Gheorghe Sean Patrick Declan Gareth Rhys Dwayne Jermaine Leroy Nathan Aaron Jordan Kyle Liam
""".split()
FAMILIES = """
Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White Roberts
Green Hall Wood Jackson Clarke Khan Hughes Edwards Thomas Lewis Harris Hill Ahmed Martin Cooper Ward Turner Moore
Clark Allen Baker Morris King Harrison Morgan Watson James Scott Phillips Lee Ali Parker Bennett Young Mitchell
Richardson Shaw Cook Kelly Collins Bell Carter Miller Bailey Hussain Begum Singh Kaur Adams Cox Murphy Marshall
Stevens Simpson Gray Webb Palmer Rogers Mason Hunt Holmes Mills Matthews Lloyd Butler Fisher Barnes Knight Powell
Campbell Reid Graham Foster Andrews Harvey Murray Chapman Russell Gibson Ellis Fox Dixon Hamilton Day Akhtar Mahmood
Iqbal Rahman Islam Uddin Miah Chowdhury Malik Shah Nowak Kowalska Kaminski Popescu Ionescu Okafor Adeyemi Mensah
Osei Ogunleye Mohamed Abdi Hassan Warsame Nguyen Chen Wong Santos Silva Costa Fernandes Walsh Byrne Ryan Sullivan
Kavanagh Gallagher Doherty Price Pugh Rees Griffiths Bevan Owen Fraser Stewart Macdonald Burns Kerr Boyle Tate
""".split()
STARTS = """
Ash Beck Black Brad Bram Broad Carl Cot Crom Dar Den Elm Fair Fen Gold Green Hal Har Hart Haw Hath High Hol Kirk Lang
Ley Lin Mar Mel Mid Nor North Oak Off Old Pem Pen Pres Rad Raw Red Ring Rud Sax Shel Sher Short Stan Strat Sut Thorn
Wal War West Whit Wid Win Wood
""".split()
ENDS = "ley ton worth field by ford well more shaw combe wick ham burn gate croft cliffe bridge don land stead".split()
STREETS = (
    "Harbour Lane|Station Road|Church Street|Mill Lane|Park Avenue|Victoria Road|Green Lane|Manor Road|Kings Road|"
    "Queens Road|New Street|Grange Close|The Crescent|Windsor Drive|York Street|Albert Terrace|North Street|"
    "School Lane|London Road|Elm Grove|Oak Drive|Meadow View|Springfield Road|Chapel Street|Canal Walk"
).split("|")

# How many agencies hold a record of someone: 1.3 on average, and a few people are known to many.
KNOWN_TO = ((1, 0.80), (2, 0.13), (3, 0.05), (4, 0.02))
# How likely each agency is to be the first that knows someone, and one that knows them as well.
FIRST = {
    "HV": 24,
    "HOSP": 16,
    "GP": 12,
    "SCH": 12,
    "HPS": 10,
    "COL": 6,
    "CSC": 6,
    "POL": 6,
    "HOU": 6,
    "VCS": 2,
}
ALSO = {
    "HV": 14,
    "HOSP": 14,
    "GP": 6,
    "SCH": 10,
    "HPS": 8,
    "COL": 4,
    "CSC": 30,
    "POL": 16,
    "HOU": 6,
    "VCS": 4,
}

MISTYPED = 0.12  # of the records after somebody's first


@dataclass(frozen=True)
class Invented:
    """Someone as they are, whatever each agency wrote down."""

    person: UUID
    household: int
    child: bool
    given: str
    family: str
    born: date
    sex: str
    line: str
    postcode: str
    phone: str
    nhs: str


@dataclass(frozen=True)
class Held:
    """What one agency wrote down about someone, ready to be stored."""

    record: UUID
    agency: str
    whom: Invented
    given: str
    family: str
    keys: list[int]
    has_number: bool


class Spread:
    """Draws names as they are spread: the n-th commonest about 1/(n + 12) as often as the first."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._up_to = list(accumulate(1 / (place + 12) for place in range(len(names))))

    def draw(self, dice: random.Random) -> str:
        return self._names[bisect(self._up_to, dice.random() * self._up_to[-1])]


class Authority:
    """The people of one authority, the same for the same `seed`."""

    def __init__(self, persons: int, *, today: date, seed: int = 1) -> None:
        self.persons = persons
        self.today = today
        self.dice = random.Random(seed)
        tail = [start + end for start, end in product(STARTS, ENDS)]
        self.dice.shuffle(tail)
        self.families = Spread(FAMILIES + tail)
        self.given = {
            (True, "F"): Spread(GIRLS), (True, "M"): Spread(BOYS),
            (False, "F"): Spread(MOTHERS), (False, "M"): Spread(FATHERS),
        }  # fmt: skip

    def held(self) -> Iterator[Held]:
        """Every record that an agency holds, household by household."""
        for number, whom in enumerate(self.everybody()):
            for place, agency in enumerate(self._known_to()):
                given, family = (whom.given, whom.family) if place == 0 else self._as_written(whom)
                yield self._held(whom, agency, given, family, has_number=number % 10 < 8 and place < 2)

    def everybody(self) -> Iterator[Invented]:
        """As many people as the authority has, adults before the children they live with."""
        made, household = 0, 0
        while made < self.persons:
            for whom in self._household(household)[: self.persons - made]:
                yield whom
                made += 1
            household += 1

    def _household(self, household: int) -> list[Invented]:
        dice = self.dice
        family = self.families.draw(dice)
        home = {
            "household": household,
            "line": f"{dice.randint(1, 180)} {dice.choice(STREETS)}",
            "postcode": f"ST{dice.randint(1, 40)} {dice.randint(1, 9)}{dice.choice('ABDEFGHJ')}{dice.choice('LNPQRSTU')}",
            "phone": f"07700 900{household % 1000:03d}",
        }
        adults = ["F"] if dice.random() < 0.4 else ["F", "M"]
        children = [dice.choice("FM") for _ in range(dice.choices((1, 2, 3, 4, 5), (40, 36, 15, 6, 3))[0])]
        other = self.families.draw(dice) if dice.random() < 0.3 else family
        return [
            *(self._someone(False, sex, family if sex == "F" else other, home) for sex in adults),
            *(self._someone(True, sex, family, home) for sex in children),
        ]

    def _someone(self, child: bool, sex: str, family: str, home: dict[str, object]) -> Invented:
        dice = self.dice
        years = dice.uniform(0, 18) if child else dice.uniform(20, 55)
        given = self.given[child, sex].draw(dice)
        return Invented(
            person=UUID(int=dice.getrandbits(128), version=4),
            child=child,
            given=given if dice.random() < 0.7 else f"{given} {self.given[child, sex].draw(dice)}",
            family=family,
            born=self.today - timedelta(days=int(years * 365.25)),
            sex=sex,
            nhs=next(self._numbers),
            **home,  # type: ignore[arg-type]
        )

    def _known_to(self) -> list[str]:
        many = self.dice.choices(*zip(*KNOWN_TO, strict=True))[0]
        found = self.dice.choices(list(FIRST), list(FIRST.values()))
        while len(found) < many:
            found.append(self.dice.choices(list(ALSO), list(ALSO.values()))[0])
            found = list(dict.fromkeys(found))
        return found

    def _as_written(self, whom: Invented) -> tuple[str, str]:
        """The name as a second agency has it: mostly the same, sometimes mistyped."""
        given, family = whom.given.split()[0], whom.family
        if self.dice.random() < MISTYPED:
            given = mistyped(given, self.dice)
        if self.dice.random() < MISTYPED:
            family = mistyped(family, self.dice)
        return given, family

    def _held(self, whom: Invented, agency: str, given: str, family: str, *, has_number: bool) -> Held:
        record = Record.standardised(
            given=[given],
            family=[family],
            born=whom.born,
            sex=whom.sex,
            postcodes=[whom.postcode],
            addresses=[whom.line],
            nhs_numbers=[whom.nhs] if has_number else [],
            phones=[whom.phone],
        )
        pk = UUID(int=self.dice.getrandbits(128), version=4)
        return Held(pk, agency, whom, given, family, sorted(index_keys(record)), has_number)

    @cached_property
    def _numbers(self) -> Iterator[str]:
        """NHS numbers of the range kept for testing (999 …), each once, in no order."""
        places = self.dice.sample(range(999_000_000, 1_000_000_000), min(2 * self.persons + 20, 900_000))
        valid = (next((n for d in range(10) if nhs_number(n := f"{place}{d}").valid), "") for place in places)
        return (number for number in valid if number)


def mistyped(name: str, dice: random.Random) -> str:
    """The name with one letter doubled, dropped, changed or swapped with the next, never the first."""
    if len(name) < 4:
        return name
    at = dice.randrange(1, len(name) - 1)
    changed = [
        name[:at] + name[at] + name[at:],
        name[:at] + name[at + 1 :],
        name[:at] + dice.choice("aeiou") + name[at + 1 :],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    ]
    return dice.choice(changed)
