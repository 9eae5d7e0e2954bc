"""How does the record of one agency come to differ from that of another, though both speak of one person?

Each way is a function from the facts as they are to the facts as an agency has them, and says in words why
somebody may nevertheless decide that it is one person. A way that does not apply gives the facts unchanged.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from jigsaw.hub.people.records import Facts
from jigsaw.hub.training.sharetown.names import without_accents

Way = Callable[[Facts, random.Random], Facts]

SHORT = {
    "Phoebe": "Pheobe",
    "Georgia": "Georgie",
    "Alfie": "Alfred",
    "Toby": "Tobias",
    "Jake": "Jacob",
    "Natalie": "Nat",
    "Stuart": "Stewart",
    "Zofia": "Sofia",
    "Kacper": "Casper",
    "Maryam": "Mariam",
    "Ibrahim": "Ebrahim",
    "Hodan": "Hoodan",
    "Abdirahman": "Abdi",
    "Rachel": "Rachael",
    "Claire": "Clare",
    "Evie": "Eve",
    "Finley": "Finlay",
    "Callum": "Calum",
    "Aoife": "Aoiffe",
    "Tadhg": "Tadgh",
    "Mason": "Masen",
    "Isla": "Ilsa",
    "Solomiia": "Solomiya",
}


def swapped_day_and_month(facts: Facts, _rng: random.Random) -> Facts:
    """3 April is written as 4 March."""
    born = facts.born
    if not born or born.day > 12 or born.day == born.month:
        return facts
    return replace(facts, born=date(born.year, born.day, born.month))


def first_of_january(facts: Facts, _rng: random.Random) -> Facts:
    """Only the year was known, and the system would not take it without a day."""
    return replace(facts, born=date(facts.born.year, 1, 1), born_accuracy="UUA") if facts.born else facts


def no_date(facts: Facts, _rng: random.Random) -> Facts:
    return replace(facts, born=None)


def no_postcode(facts: Facts, _rng: random.Random) -> Facts:
    return replace(facts, addresses=tuple(replace(at, postcode="") for at in facts.addresses))


def no_accents(facts: Facts, _rng: random.Random) -> Facts:
    return replace(facts, given=without_accents(facts.given), family=without_accents(facts.family))


def no_hyphen(facts: Facts, _rng: random.Random) -> Facts:
    return replace(facts, given=facts.given.replace("-", " "), family=facts.family.replace("-", " "))


def half_of_the_name(facts: Facts, rng: random.Random) -> Facts:
    """One half of a double family name."""
    parts = facts.family.replace("-", " ").split()
    return replace(facts, family=rng.choice(parts)) if len(parts) == 2 and len(parts[0]) > 3 else facts


def names_exchanged(facts: Facts, _rng: random.Random) -> Facts:
    """The family name, said first, was taken for the given name."""
    return replace(facts, given=facts.family, family=facts.given)


def as_called(facts: Facts, _rng: random.Random) -> Facts:
    """As the child is called, or as it was heard."""
    return replace(facts, given=SHORT.get(facts.given, facts.given))


def slip(facts: Facts, rng: random.Random) -> Facts:
    """Two letters inside the family name exchanged in typing."""
    name = facts.family
    places = [
        at for at in range(2, len(name) - 2) if name[at - 1 : at + 2].isalpha() and name[at] != name[at + 1]
    ]
    if not places:
        return facts
    at = rng.choice([at for at in places if name[at : at + 2].islower()] or places)
    return replace(facts, family=name[:at] + name[at + 1] + name[at] + name[at + 2 :])


ANYBODY: tuple[Way, ...] = (swapped_day_and_month, no_postcode, as_called, slip, no_accents, no_hyphen)


@dataclass(frozen=True)
class Differing:
    """The facts as one agency has them, and the words of whoever decided to link them, should that be needed."""

    facts: Facts
    why: str


def differ(facts: Facts, *, agency: str, family_first: bool, rng: random.Random) -> Differing:
    """The facts with at most one difference, of a kind that the agency's way of working brings about."""
    if not facts.given:
        return Differing(facts, "The mother, her date of birth and the due date agree.")
    ways = list(ANYBODY)
    if agency in ("POL", "HOU"):
        ways += [no_date, first_of_january, swapped_day_and_month]
    if family_first and agency in ("SCH", "HPS", "POL", "HOSP"):
        ways += [names_exchanged] * 4
    if " " in facts.family or "-" in facts.family:
        ways += [half_of_the_name] * 2
    changed = rng.choice(ways)(facts, rng) if rng.random() < 0.45 else facts
    return Differing(changed, _why(facts, changed))


def _why(true: Facts, changed: Facts) -> str:
    same_home = "Same address, and the same mother is named."
    if (true.given, true.family) == (changed.family, changed.given):
        return f"Given and family name are exchanged; the date of birth agrees. {same_home}"
    if true.born != changed.born and changed.born is None:
        return f"No date of birth was taken down, but nobody else of that name lives there. {same_home}"
    if true.born != changed.born:
        return f"The date of birth was written down differently; everything else agrees. {same_home}"
    if (true.given, true.family) != (changed.given, changed.family):
        return f"The name is spelled differently; the date of birth agrees. {same_home}"
    return f"Name and date of birth agree. {same_home}"
