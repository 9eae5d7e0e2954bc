"""Which families live in Sharetown besides the Walshes, and whose story is whose?

A line gives a family its name, its origin, its children's ages and its story; names, birthdays, homes and
numbers are drawn. Those whose names and birthdays are fixed are on the screens of the first design.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Part:
    """A child to be cast: an age, and whatever is fixed."""

    age: int
    sex: str = ""
    given: str = ""
    born: date | None = None
    expected_on: date | None = None
    numbered: bool = True
    """Has an NHS number."""


@dataclass(frozen=True, kw_only=True)
class Casting:
    """One family. `adults` lists who there is: mother, father, grandmother, grandfather."""

    surname: str
    origin: str
    children: tuple[Part, ...]
    story: str
    adults: tuple[str, ...] = ("mother", "father")
    key: str = ""
    parted: bool = False
    in_hiding: bool = False
    from_northvale: bool = False
    needs_interpreter: bool = False


def boy(age: int) -> Part:
    return Part(age, "M")


def girl(age: int) -> Part:
    return Part(age, "F")


def child(age: int) -> Part:
    return Part(age)


MOTHER = ("mother",)

CAST = (
    Casting(
        surname="Malik",
        origin="pakistani",
        children=(Part(8, "M", "Ayaan", date(2018, 1, 8)), girl(3)),
        story="asthma",
    ),
    # Not the same boy: another home, and a birthday that looks like the other's with day and month exchanged.
    Casting(
        surname="Malik",
        origin="pakistani",
        key="malik-2",
        children=(Part(8, "M", "Ayaan", date(2018, 8, 1)),),
        story="getting_on",
    ),
    Casting(
        surname="Wójcik",
        origin="polish",
        children=(Part(1, "F", "Zofia", date(2025, 6, 1)),),
        story="faltering_growth",
        needs_interpreter=True,
    ),
    Casting(
        surname="Adeyemi",
        origin="nigerian",
        children=(Part(6, "M", "Theo", date(2020, 2, 14)),),
        story="cold_home",
    ),
    Casting(
        surname="Reid",
        origin="british",
        children=(Part(0, expected_on=date(2027, 1, 14)),),
        adults=MOTHER,
        story="late_booking",
    ),
    Casting(
        surname="Clarke",
        origin="british",
        children=(Part(12, "M", "Mason", date(2014, 10, 30)), girl(7)),
        adults=MOTHER,
        story="missing",
    ),
    Casting(
        surname="Fenwick",
        origin="british",
        children=(Part(9, "F", "Isla", date(2016, 12, 2)), boy(6)),
        adults=MOTHER,
        story="moved_in",
        from_northvale=True,
    ),
    Casting(
        surname="Bennett-Cole",
        origin="mixed",
        children=(Part(0, expected_on=date(2027, 3, 22)),),
        story="supported_pregnancy",
    ),
    Casting(surname="Asante", origin="ghanaian", children=(boy(7), boy(7)), story="twins"),
    Casting(
        surname="Zhang",
        origin="chinese",
        children=(girl(6), Part(1, "M", born=date(2025, 9, 10), numbered=False)),
        story="blue_mark",
    ),
    Casting(
        surname="Dumitrescu",
        origin="romanian",
        children=(boy(9), girl(5)),
        adults=("mother", "grandmother"),
        story="left_alone",
    ),
    Casting(
        surname="Parker-Bell", origin="british", children=(girl(12),), adults=MOTHER, story="young_carer"
    ),
    Casting(
        surname="Hargreaves",
        origin="british",
        children=(girl(10), boy(7)),
        adults=("father",),
        story="drinking",
    ),
    Casting(surname="Whitlock", origin="british", children=(girl(15),), adults=MOTHER, story="exploitation"),
    Casting(surname="Bowen", origin="welsh", children=(girl(8),), story="adopted"),
    Casting(
        surname="Yıldız",
        origin="turkish",
        children=(girl(9), boy(4)),
        story="refuge",
        parted=True,
        in_hiding=True,
    ),
    Casting(
        surname="Scully",
        origin="british",
        children=(girl(10), boy(7), boy(3)),
        adults=MOTHER,
        story="small_things",
    ),
    Casting(
        surname="Briain",
        origin="irish",
        children=(boy(10),),
        adults=("mother", "father", "grandfather"),
        story="bereavement",
    ),
    Casting(surname="Chowdhury", origin="bangladeshi", children=(girl(7),), story="many_attendances"),
    Casting(surname="Lockwood", origin="british", children=(boy(13),), story="unheard"),
    Casting(
        surname="Jama Warsame",
        origin="somali",
        children=(girl(13), boy(10), girl(8), boy(4)),
        adults=MOTHER,
        story="brothers_and_sisters",
    ),
    Casting(surname="Gill", origin="indian", children=(girl(13),), story="image_shared"),
    Casting(surname="Balog", origin="roma", children=(boy(10), girl(6)), story="harassed"),
    Casting(
        surname="Campbell",
        origin="caribbean",
        children=(girl(8), boy(6)),
        adults=("father", "grandmother"),
        story="kinship",
    ),
    Casting(surname="Marsh", origin="british", children=(boy(13),), parted=True, story="too_close_to_kevin"),
    Casting(surname="Lindsay-Moore", origin="mixed", children=(girl(14),), adults=MOTHER, story="self_harm"),
    Casting(surname="Ferris", origin="british", children=(boy(11),), story="not_in_school"),
    Casting(
        surname="Demir",
        origin="kurdish",
        children=(girl(10),),
        adults=MOTHER,
        story="interpreter",
        needs_interpreter=True,
    ),
    Casting(
        surname="Nuttall",
        origin="british",
        children=(boy(9), girl(5)),
        adults=MOTHER,
        story="help_that_worked",
    ),
    Casting(surname="da Silva Santos", origin="portuguese", children=(child(6),), story="dog_bite"),
    Casting(
        surname="Ridley",
        origin="british",
        children=(boy(15),),
        adults=("father",),
        story="living_with_friends",
    ),
    Casting(surname="Delaney", origin="traveller", children=(child(9), girl(2)), story="getting_on"),
    Casting(surname="Szabó", origin="hungarian", children=(child(8),), story="getting_on"),
    Casting(surname="Murugan", origin="tamil", children=(child(5),), story="getting_on"),
    Casting(surname="García López", origin="spanish", children=(child(11),), story="getting_on", parted=True),
    Casting(surname="al-Hashimi", origin="arabic", children=(child(6), child(2)), story="getting_on"),
    Casting(
        surname="Kovalenko", origin="ukrainian", children=(child(12),), adults=MOTHER, story="getting_on"
    ),
    Casting(surname="Petrov", origin="bulgarian", children=(girl(7),), story="getting_on"),
    Casting(surname="Nguyễn", origin="vietnamese", children=(child(4), child(2)), story="getting_on"),
    Casting(surname="Berhane", origin="eritrean", children=(child(14),), story="getting_on"),
    Casting(surname="Nowicki", origin="polish", children=(girl(5), boy(3)), story="getting_on"),
)
