"""Who is in a family, and how are they bound? The small data that the diagram and its words are made from."""

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.translation import gettext as say

MISSING = "missing:"


@dataclass(frozen=True)
class Person:
    """One box. `age` is words ("14", "6 weeks", "died 2015"); `born` orders siblings and joins twins.

    sex: M, F or U (not recorded). `known` False: we know that there is someone, not who. `born_exact` False:
    the date is only as far as known, so it must not make twins.
    """

    id: str
    name: str
    sex: str = "U"
    age: str = ""
    born: dt.date | None = None
    born_exact: bool = True
    died: bool = False
    at_home: bool = False
    unborn: bool = False
    known: bool = True
    note: str = ""


@dataclass(frozen=True)
class ParentOf:
    """kind: birth, adoptive, unsure (recorded, not certain), step or foster."""

    parent: str
    child: str
    kind: str = "birth"


@dataclass(frozen=True)
class Partners:
    """status: current, ended or unsure. `note` is words, e.g. "separated 2022"."""

    a: str
    b: str
    status: str = "current"
    note: str = ""


@dataclass(frozen=True)
class Family:
    """Everyone to show. Relations that name someone who is not among `people` are left out."""

    people: tuple[Person, ...]
    parent_of: tuple[ParentOf, ...] = ()
    partners: tuple[Partners, ...] = ()
    address: str = ""

    def person(self, id_: str) -> Person:
        return next(person for person in self.people if person.id == id_)

    def parents(self, child: str) -> list[str]:
        """Ids of parents of every kind, those by birth first."""
        rank = {"birth": 0, "adoptive": 1, "unsure": 2}
        links = sorted(
            (link for link in self.parent_of if link.child == child),
            key=lambda link: (rank.get(link.kind, 3), link.parent),
        )
        return list(dict.fromkeys(link.parent for link in links))

    def origin(self, child: str) -> list[str]:
        """The one or two parents a child descends from: birth, adoptive or unsure; never step or foster."""
        step = {
            link.parent for link in self.parent_of if link.child == child and link.kind in ("step", "foster")
        }
        other = {link.parent for link in self.parent_of if link.child == child} - step
        return [parent for parent in self.parents(child) if parent in other][:2]

    def kind(self, parent: str, child: str) -> str:
        return next(link.kind for link in self.parent_of if (link.parent, link.child) == (parent, child))


def tidied(family: Family) -> Family:
    """The same family with each relation once, and none to strangers or to oneself. Order no longer
    matters."""
    ids = {person.id for person in family.people}
    parent_of: dict[tuple[str, str], ParentOf] = {}
    for link in sorted(family.parent_of, key=lambda link: (link.parent, link.child, link.kind)):
        if link.parent != link.child and {link.parent, link.child} <= ids:
            parent_of.setdefault((link.parent, link.child), link)
    partners: dict[tuple[str, str], Partners] = {}
    strength = {"current": 0, "unsure": 1, "ended": 2}
    for pair in sorted(family.partners, key=lambda pair: (strength.get(pair.status, 1), pair.note, pair.a)):
        a, b = sorted((pair.a, pair.b))
        if a != b and {a, b} <= ids:
            partners.setdefault((a, b), replace(pair, a=a, b=b))
    people = {person.id: person for person in reversed(family.people)}
    return replace(
        family,
        people=tuple(sorted(people.values(), key=by_age)),
        parent_of=tuple(parent_of.values()),
        partners=tuple(partners[key] for key in sorted(partners)),
    )


def by_age(person: Person) -> tuple[dt.date, str]:
    """Eldest first; those without a date last."""
    return person.born or dt.date.max, person.id


def with_missing_parents(family: Family, focus_id: str) -> Family:
    """Adds a dashed box for the second parent that nobody recorded, for the focus and those who share a
    parent."""
    parents = set(family.origin(focus_id))
    near = [p.id for p in family.people if p.id == focus_id or parents & set(family.origin(p.id))]
    alone: dict[str, list[str]] = {}
    for child in near:
        origin = family.origin(child)
        if len(origin) == 1:
            alone.setdefault(origin[0], []).append(child)
    people, links = list(family.people), list(family.parent_of)
    for parent, children in alone.items():
        box = Person(
            id=f"{MISSING}{parent}", name=say("Other parent"), age="?", known=False, note=say("not recorded")
        )
        people.append(box)
        links += [ParentOf(box.id, child, "unsure") for child in children]
    return tidied(replace(family, people=tuple(people), parent_of=tuple(links)))


def twin_sets(family: Family, children: list[str]) -> list[list[str]]:
    """Sets of two or more among these children of the same parents, born within a day of each other."""
    dated = [p for p in map(family.person, children) if p.born and p.born_exact and not p.unborn]
    sets: list[list[Person]] = []
    for person in sorted(dated, key=by_age):
        last = sets[-1][-1] if sets else None
        if last and last.born and person.born and (person.born - last.born).days <= 1:
            sets[-1].append(person)
        else:
            sets.append([person])
    return [[person.id for person in twins] for twins in sets if len(twins) > 1]
