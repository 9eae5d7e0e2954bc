"""What is each person to the child? Words for the family, grouped by home: the twin of the diagram."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as say

from jigsaw.hub.web.drawing.family_model import MISSING, Family, Person


@dataclass(frozen=True)
class Entry:
    """One person: `kin` is what they are to the focus, `sentences` every relation they have."""

    id: str
    name: str
    age: str
    kin: str
    note: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """code: home, elsewhere or unknown."""

    code: str
    heading: str
    entries: tuple[Entry, ...]


def groups(family: Family, focus_id: str) -> list[Group]:
    """Lives at this address, lives elsewhere, not known; empty groups are left out. `family` is tidied."""
    kin = Kin(family, focus_id)
    home = say("Lives at %(address)s") % {"address": family.address} if family.address else ""
    headings = {
        "home": home or say("Lives at this address"),
        "elsewhere": say("Lives elsewhere"),
        "unknown": say("Not known"),
    }
    people: dict[str, list[Person]] = {code: [] for code in headings}
    for person in family.people:
        people["unknown" if not person.known else "home" if person.at_home else "elsewhere"].append(person)
    return [
        Group(code, heading, tuple(kin.entry(person) for person in _sorted(people[code], focus_id)))
        for code, heading in headings.items()
        if people[code]
    ]


def _sorted(people: list[Person], focus_id: str) -> list[Person]:
    """The focus first, then in the family's own order (eldest first)."""
    return sorted(people, key=lambda person: person.id != focus_id)


class Kin:
    """Words for one family, seen from one person."""

    def __init__(self, family: Family, focus_id: str):
        self.family, self.focus = family, focus_id

    def entry(self, person: Person) -> Entry:
        kin = "" if person.id.startswith(MISSING) else self.word(person)
        age = person.age if person.known else ""
        return Entry(person.id, person.name, age, kin, person.note, tuple(self.sentences(person)))

    # --- Every relation, once, at the person it starts from

    def sentences(self, person: Person) -> Iterator[str]:
        yield from self._parent_sentences(person)
        for pair in self.family.partners:
            if pair.a == person.id:
                yield self._pair_sentence(pair.b, pair.status, pair.note)

    def _parent_sentences(self, person: Person) -> Iterator[str]:
        words = {
            "birth": _by_sex(
                person, say("Mother of %(names)s"), say("Father of %(names)s"), say("Parent of %(names)s")
            ),
            "adoptive": say("Adoptive parent of %(names)s"),
            "unsure": say("Perhaps parent of %(names)s"),
            "step": say("Step-parent of %(names)s"),
            "foster": say("Foster carer of %(names)s"),
        }
        if person.id.startswith(MISSING):
            words["unsure"] = say("The other parent of %(names)s is not recorded by any agency")
        for kind, sentence in words.items():
            children = {
                link.child for link in self.family.parent_of if (link.parent, link.kind) == (person.id, kind)
            }
            names = [one.name for one in self.family.people if one.id in children]
            if names:
                yield sentence % {"names": get_text_list(names, say("and"))}

    def _pair_sentence(self, other: str, status: str, note: str) -> str:
        words = {
            "current": say("Partner of %(name)s"),
            "ended": say("Former partner of %(name)s"),
            "unsure": say("Perhaps partner of %(name)s"),
        }
        sentence = words[status] % {"name": self.family.person(other).name}
        return f"{sentence} ({note})" if note else sentence

    # --- What each is to the focus

    def word(self, person: Person) -> str:
        """ "mother", "half-brother", "mother's partner"; where no word fits, how they are connected."""
        if person.id == self.focus:
            return self._self(person)
        for find in (
            self._parent,
            self._partner,
            self._child,
            self._sibling,
            self._grandparent,
            self._parents_partner,
            self._step_sibling,
            self._aunt,
            self._cousin,
            self._niece,
        ):
            if found := find(person):
                return found
        return self._connected(person)

    def _self(self, person: Person) -> str:
        if person.unborn:
            return say("this baby")
        grown = person.age.isdecimal() and int(person.age) >= 18
        return say("this person") if grown else say("this child")

    def _parent(self, person: Person) -> str:
        if person.id not in self.family.parents(self.focus):
            return ""
        words = {
            "birth": _by_sex(person, say("mother"), say("father"), say("parent")),
            "adoptive": _by_sex(
                person, say("adoptive mother"), say("adoptive father"), say("adoptive parent")
            ),
            "unsure": _by_sex(person, say("perhaps mother"), say("perhaps father"), say("perhaps parent")),
            "step": _by_sex(person, say("step-mother"), say("step-father"), say("step-parent")),
            "foster": say("foster carer"),
        }
        return words[self.family.kind(person.id, self.focus)]

    def _partner(self, person: Person) -> str:
        status = self._status(person.id, self.focus)
        return {"": "", "current": say("partner"), "ended": say("former partner")}.get(
            status, say("perhaps partner")
        )

    def _child(self, person: Person) -> str:
        if self.focus in self.family.parents(person.id):
            return _by_sex(person, say("daughter"), say("son"), say("child"))
        return ""

    def _sibling(self, person: Person) -> str:
        mine, theirs = set(self._known(self.focus)), set(self._known(person.id))
        if not mine & theirs:
            return ""
        if len(mine & theirs) == 2:
            return _by_sex(person, say("sister"), say("brother"), say("brother or sister"))
        if len(mine) == len(theirs) == 2:
            return _by_sex(
                person, say("half-sister"), say("half-brother"), say("half-brother or half-sister")
            )
        return _by_sex(
            person,
            say("sister or half-sister"),
            say("brother or half-brother"),
            say("brother or sister, perhaps half"),
        )

    def _known(self, id_: str) -> list[str]:
        return [parent for parent in self.family.origin(id_) if self.family.person(parent).known]

    def _grandparent(self, person: Person) -> str:
        for parent in self._known(self.focus):
            if person.id in self.family.origin(parent):
                word = _by_sex(person, say("grandmother"), say("grandfather"), say("grandparent"))
                return self._through(word, self._child_of(person, parent))
            if any(person.id in self.family.origin(above) for above in self._known(parent)):
                return _by_sex(
                    person, say("great-grandmother"), say("great-grandfather"), say("great-grandparent")
                )
        return ""

    def _child_of(self, person: Person, parent: str) -> str:
        name = self.family.person(parent).name
        words = _by_sex(person, say("%(name)s’s mother"), say("%(name)s’s father"), say("%(name)s’s parent"))
        return words % {"name": name}

    def _through(self, word: str, how: str) -> str:
        return say("%(word)s (%(how)s)") % {"word": word, "how": how}

    def _parents_partner(self, person: Person) -> str:
        for id_ in self._known(self.focus):
            status, parent = self._status(person.id, id_), self.family.person(id_)
            if status == "current":
                return _by_sex(
                    parent, say("mother’s partner"), say("father’s partner"), say("parent’s partner")
                )
            if status == "ended":
                return _by_sex(
                    parent,
                    say("mother’s former partner"),
                    say("father’s former partner"),
                    say("parent’s former partner"),
                )
            if status:
                return _by_sex(
                    parent,
                    say("perhaps mother’s partner"),
                    say("perhaps father’s partner"),
                    say("perhaps parent’s partner"),
                )
        return ""

    def _step_sibling(self, person: Person) -> str:
        for id_ in self.family.origin(person.id):
            if any(self._status(id_, parent) == "current" for parent in self._known(self.focus)):
                return _by_sex(
                    person, say("step-sister"), say("step-brother"), say("step-brother or step-sister")
                )
        return ""

    def _aunt(self, person: Person) -> str:
        for parent in self._known(self.focus):
            if set(self._known(parent)) & set(self._known(person.id)):
                word = _by_sex(person, say("aunt"), say("uncle"), say("aunt or uncle"))
                name = {"name": self.family.person(parent).name}
                how = _by_sex(
                    person,
                    say("%(name)s’s sister"),
                    say("%(name)s’s brother"),
                    say("%(name)s’s brother or sister"),
                )
                return self._through(word, how % name)
        return ""

    def _cousin(self, person: Person) -> str:
        if any(self._aunt(self.family.person(parent)) for parent in self._known(person.id)):
            return say("cousin")
        return ""

    def _niece(self, person: Person) -> str:
        if any(self._sibling(self.family.person(parent)) for parent in self._known(person.id)):
            return _by_sex(person, say("niece"), say("nephew"), say("niece or nephew"))
        return ""

    def _connected(self, person: Person) -> str:
        near = [
            pair.b if pair.a == person.id else pair.a
            for pair in self.family.partners
            if person.id in (pair.a, pair.b)
        ]
        near += self.family.parents(person.id)
        near += [link.child for link in self.family.parent_of if link.parent == person.id]
        if near:
            names = [one.name for one in self.family.people if one.id in near]
            return say("connected through %(names)s") % {"names": get_text_list(names, say("and"))}
        return say("no relation recorded")

    def _status(self, a: str, b: str) -> str:
        ends = {a, b}
        return next((pair.status for pair in self.family.partners if {pair.a, pair.b} == ends), "")


def _by_sex(person: Person, female: str, male: str, other: str) -> str:
    return {"F": female, "M": male}.get(person.sex, other)
