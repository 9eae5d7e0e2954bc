"""Whom does a family of each name group call what?

Eleven groups, each with the names and the practices that make its people hard to match in their own way: a name of
honour before the name a boy is called by, Singh and Kaur, fathers' and grandfathers' names in place of a family
name, two family names, the family name first, endings for women. names.json holds the lists.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from jigsaw.record_linkage.invented.drawing import Choice, Spread, data, rare_family_names

_ADDED_TO_WOMEN = ("Begum", "Bibi", "Khatun", "Akhtar", "Parveen", "Kausar", "Bano")
_PARTICLES = ("da", "dos", "de", "de la")
_BORROWED = 0.25  # given names that children of other groups share with everyone else
_WOMENS_ENDINGS = (("ski", "ska"), ("cki", "cka"), ("dzki", "dzka"))
_LITHUANIAN = {"mother": "ienė", "F": "aitė"}


class Names(NamedTuple):
    """What someone is called: as registered, and by whoever knows them (`called`, empty when just as registered)."""

    given: str
    middle: str
    family: str
    called: str = ""


class Parents(NamedTuple):
    """What a child's names come from. `family` is the household's, `father` his first given name."""

    family: str
    mother_family: str
    father: str
    grandfather: str


@dataclass(frozen=True, slots=True)
class NameGroup:
    """One group's names, practices (shares of people) and variants; see names.json."""

    code: str
    words: str
    style: str
    practices: dict[str, float]
    given: dict[tuple[bool, str], Spread]
    families: Spread
    spellings: dict[str, tuple[str, ...]]
    short_forms: dict[str, tuple[str, ...]]
    twins: tuple[tuple[str, str], ...]

    def often(self, practice: str, dice: random.Random) -> bool:
        return dice.random() < self.practices.get(practice, 0.0)


@cache
def name_groups() -> dict[str, NameGroup]:
    """Every name group by its code, in the order of names.json."""
    return {code: _group(code, told) for code, told in data("names")["groups"].items()}


@cache
def group_shares() -> Choice:
    """Draws the code of a group as families of a large authority are spread over them (assumed)."""
    return Choice({code: told["share"] for code, told in data("names")["groups"].items()})


def _group(code: str, told: dict[str, Any]) -> NameGroup:
    spellings: dict[str, list[str]] = {}
    for variants in told["spellings"]:
        for name in variants:
            spellings.setdefault(name, []).extend(other for other in variants if other != name)
    british = told["style"] == "british"
    families = (*told["families"], *rare_family_names()) if british else tuple(told["families"])
    return NameGroup(
        code=code,
        words=told["words"],
        style=told["style"],
        practices=told["practices"],
        given={
            (True, "F"): Spread(told["girls"]), (True, "M"): Spread(told["boys"]),
            (False, "F"): Spread(told["mothers"]), (False, "M"): Spread(told["fathers"]),
        },
        families=Spread(families),
        spellings={name: tuple(others) for name, others in spellings.items()},
        short_forms={name: tuple(forms) for name, forms in told["short_forms"].items()},
        twins=tuple((first, second) for first, second in told["twins"]),
    )  # fmt: skip


def given_name(group: NameGroup, *, child: bool, sex: str, dice: random.Random) -> str:
    """A first name; now and then in a rarer spelling, or one that children of every group bear."""
    borrows = child and group.style in ("slavic", "african") and dice.random() < _BORROWED
    lists = name_groups()["white_british"] if borrows else group
    name = lists.given[child, sex].draw(dice)
    if dice.random() < 0.1 and (variants := group.spellings.get(name)):
        return dice.choice(variants)
    return name


def family_name(group: NameGroup, dice: random.Random) -> str:
    """What a household is called: in some groups two names, or a particle before one."""
    name = group.families.draw(dice)
    if group.style == "two_names":
        particle = f"{dice.choice(_PARTICLES)} " if group.often("particle", dice) else ""
        return f"{name} {particle}{group.families.draw(dice)}"
    if group.often("double_barrelled", dice):
        return f"{name}-{group.families.draw(dice)}"
    return name


def names_of(
    group: NameGroup, parents: Parents, *, given: str, child: bool, sex: str, dice: random.Random
) -> Names:
    """The whole name of somebody with that first name, as their group makes it."""
    style = group.style
    if style == "muslim_south_asian":
        return _honoured(group, parents, given, child, sex, dice)
    if style == "sikh":
        return _sikh(group, parents, given, child, sex, dice)
    if style in ("patronymic", "three_names"):
        return _patronymic(group, parents, given, dice)
    if style == "chinese":
        english = dice.choice(data("names")["english_names"]["girls" if sex == "F" else "boys"])
        return Names(given, "", parents.family, english if group.often("english_name", dice) else "")
    middle = _middle(group, child, sex, dice)
    if style == "slavic":
        return Names(given, middle, _with_ending(parents.family, child, sex))
    if style == "african" and middle and group.often("called_by_other", dice):
        return Names(given, middle, parents.family, middle)
    return Names(given, middle, parents.family)


def _middle(group: NameGroup, child: bool, sex: str, dice: random.Random) -> str:
    return group.given[child, sex].draw(dice) if group.often("middle", dice) else ""


def _honoured(
    group: NameGroup, parents: Parents, given: str, child: bool, sex: str, dice: random.Random
) -> Names:
    """Muhammad before the name a boy is called by; a family may not share a family name."""
    family = group.families.draw(dice) if group.often("family_differs_from_father", dice) else parents.family
    if sex == "F":
        own = dice.choice(_ADDED_TO_WOMEN)
        if not child and dice.random() < 0.5:
            return Names(given, "", own)
        return Names(given, own if dice.random() < 0.12 else _middle(group, child, sex, dice), family)
    if given != "Muhammad" and group.often("honorific", dice):
        honour = "Muhammad" if dice.random() < 0.85 else "Syed"
        return Names(honour, given, family, given)
    return Names(given, _middle(group, child, sex, dice), family)


def _sikh(
    group: NameGroup, parents: Parents, given: str, child: bool, sex: str, dice: random.Random
) -> Names:
    """Singh and Kaur as the middle or the only family name; Hindu children often bear their father's name."""
    own = "Kaur" if sex == "F" else "Singh"
    if group.often("singh_kaur_only", dice):
        return Names(given, "", own)
    if group.often("singh_kaur_middle", dice):
        return Names(given, own, parents.family)
    middle = parents.father if child and dice.random() < 0.4 else _middle(group, child, sex, dice)
    return Names(given, middle, parents.family)


def _patronymic(group: NameGroup, parents: Parents, given: str, dice: random.Random) -> Names:
    """One's own, one's father's and one's grandfather's name; which of them counts as family name varies."""
    if group.style == "three_names":
        return Names(given, parents.father, parents.grandfather)
    family = parents.father if group.often("family_differs_from_father", dice) else parents.family
    return Names(given, parents.father if group.often("middle", dice) else "", family)


def _with_ending(family: str, child: bool, sex: str) -> str:
    """Kowalski is Kowalska for a woman; a Lithuanian wife and daughter have endings of their own."""
    if sex != "F":
        return family
    for his, hers in _WOMENS_ENDINGS:
        if family.endswith(his):
            return family[: -len(his)] + hers
    if family.endswith(("auskas", "iūnas")):
        return family[:-2] + _LITHUANIAN["F" if child else "mother"]
    return family
