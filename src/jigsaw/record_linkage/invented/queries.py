"""What do practitioners ask about invented people, and whom do they mean?

Each query is free text as typed into a box and, beside it, the same facts in fields. It is about somebody in the
index with one kind of fault, or about somebody who is not in it at all: a twin, a brother or sister, a stranger.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from jigsaw.record_linkage.invented import drawing, naming, slips
from jigsaw.record_linkage.invented.families import WORLD_DAY, Person, Town
from jigsaw.record_linkage.invented.sources import ESTIMATED, RawRecord
from jigsaw.record_linkage.records import ACCURATE, Record

KINDS = (
    "exact", "typo", "nickname", "respelt", "swapped_date", "date_slip", "swapped_names", "changed_family_name",
    "no_birth_date", "age_only", "partial", "false_name", "unborn", "nhs_slip", "moved", "mixed",
)  # fmt: skip
"""About somebody in the index."""
UNSEEN_KINDS = ("unseen_twin", "unseen_sibling", "stranger")
"""About nobody in the index: whoever is found is the wrong person."""

_IN_RESERVE = 3


class Query(NamedTuple):
    """`person_id` is whom it means, 0 for nobody in the index; `relative_of` whose twin or sibling is meant, or 0.

    `text` is free text; `fields` the same facts as a record. `name_group` is that of whoever is meant.
    """

    kind: str
    person_id: int
    relative_of: int
    name_group: str
    text: str
    fields: RawRecord

    def record(self) -> Record:
        """The fields in standard form, as a structured question."""
        return self.fields.record()


class _Asked(NamedTuple):
    """The facts of one query before they are written down."""

    given: str
    family: str
    born: date | None = None
    accuracy: str = ACCURATE
    expected_on: date | None = None
    address: str = ""
    postcode: str = ""
    nhs: str = ""
    mother: str = ""
    mother_nhs: str = ""
    names_before: bool = False
    age: int = -1


_Family = tuple[Person, ...]


def queries(
    people: Iterable[Person],
    count: int,
    seed: int = 1,
    *,
    kinds: Sequence[str] = (*KINDS, *UNSEEN_KINDS),
) -> list[Query]:
    """`count` queries, each kind as often as the next, about people drawn evenly from all.

    `people` is read once and may be endless for memory: give `families(count, seed)` itself. A kind that fits nobody
    (no child is unborn in a small set) is left out, so there may be fewer. Raises ValueError for an unknown kind.
    """
    if unknown := set(kinds) - set(KINDS) - set(UNSEEN_KINDS):
        raise ValueError(f"There is no kind of query called {', '.join(sorted(unknown))}.")
    asking = _Asking(seed)
    chosen = _chosen(people, kinds, -(-count // len(kinds)) * _IN_RESERVE, random.Random(seed * 31 + 5))
    made = [query for kind in kinds for query in asking.some(kind, chosen[kind], -(-count // len(kinds)))]
    asking.dice.shuffle(made)
    return made[:count]


def _chosen(
    people: Iterable[Person], kinds: Sequence[str], each: int, dice: random.Random
) -> dict[str, list[tuple[Person, _Family]]]:
    """For each kind, people it fits with their household, every one equally likely, from one reading."""
    kept: dict[str, list[tuple[Person, _Family]]] = {kind: [] for kind in kinds}
    seen = dict.fromkeys(kinds, 0)
    rules = [(kind, _FITS.get(kind, _born)) for kind in kinds]
    for _, household in groupby(people, key=lambda person: person.household_id):
        family = tuple(household)
        for person in family:
            for kind, fits in rules:
                if not fits(person):
                    continue
                seen[kind] += 1
                if len(kept[kind]) < each:
                    kept[kind].append((person, family))
                elif (place := int(dice.random() * seen[kind])) < each:
                    kept[kind][place] = (person, family)
    for some in kept.values():
        dice.shuffle(some)
    return kept


def _born(person: Person) -> bool:
    return not person.unborn


def _grown_enough_to_lie(person: Person) -> bool:
    return person.age_days() > 11 * 365


def _swappable(person: Person) -> bool:
    return person.born is not None and person.born.day <= 12 and person.born.day != person.born.month


def _shortened(person: Person) -> bool:
    return not person.unborn and person.given in naming.name_groups()[person.name_group].short_forms


def _respelt(person: Person) -> bool:
    spellings = naming.name_groups()[person.name_group].spellings
    return not person.unborn and (person.given in spellings or person.family in spellings)


def _may_have_unseen_twin(person: Person) -> bool:
    return person.child and not person.unborn and not person.twin_of


_FITS: dict[str, Callable[[Person], bool]] = {
    "unborn": lambda person: person.unborn,
    "swapped_date": _swappable,
    "nickname": _shortened,
    "respelt": _respelt,
    "false_name": _grown_enough_to_lie,
    "unseen_twin": _may_have_unseen_twin,
    "unseen_sibling": _may_have_unseen_twin,
}


class _Asking:
    """Makes queries one by one."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed * 104_729 + 3)
        # People outside the index, made by a town of their own; their numbers are never shown to the matcher.
        self._elsewhere = Town(3_000_000, seed + 90_001, drawing.nhs_numbers_of_others())

    def some(self, kind: str, whom: Sequence[tuple[Person, _Family]], count: int) -> Iterator[Query]:
        made = 0
        for person, family in whom:
            if made == count:
                return
            asked = self._about(kind, person, family)
            if asked is not None:
                made += 1
                yield self._query(kind, person, asked)

    def _query(self, kind: str, person: Person, asked: _Asked) -> Query:
        seen = kind not in UNSEEN_KINDS
        return Query(
            kind,
            person.person_id if seen else 0,
            person.person_id if kind in ("unseen_twin", "unseen_sibling") else 0,
            person.name_group,
            self._text(asked),
            self._fields(person, asked),
        )

    # --- what is asked ------------------------------------------------------------------------------------

    def _about(self, kind: str, person: Person, family: _Family) -> _Asked | None:
        if kind == "unborn":
            return self._unborn(person)
        if kind in ("unseen_twin", "unseen_sibling"):
            return self._relative(person, family, twin=kind == "unseen_twin")
        if kind == "stranger":
            return self._stranger(person)
        return self._faulty(kind, person, self._known(person))

    def _known(self, person: Person) -> _Asked:
        """What somebody who knows the person may type: names, date of birth, often an address or postcode."""
        dice = self.dice
        return _Asked(
            given=(person.called or person.given) if dice.random() < 0.5 else person.given,
            family=person.family,
            born=person.born,
            postcode=person.home.postcode if dice.random() < 0.5 else "",
            address=person.home.address if dice.random() < 0.25 else "",
            names_before=dice.random() < 0.2,
        )

    def _faulty(self, kind: str, person: Person, asked: _Asked) -> _Asked | None:
        make: Callable[[Person, _Asked], _Asked] = getattr(self, f"_{kind}")
        found = make(person, asked)
        return None if found == asked and kind not in ("exact", "mixed") else found

    def _exact(self, person: Person, asked: _Asked) -> _Asked:
        return asked

    def _typo(self, person: Person, asked: _Asked) -> _Asked:
        if self.dice.random() < 0.5:
            return asked._replace(given=slips.misspelt(asked.given, self.dice))
        return asked._replace(family=slips.misspelt(asked.family, self.dice))

    def _nickname(self, person: Person, asked: _Asked) -> _Asked:
        group = naming.name_groups()[person.name_group]
        return asked._replace(given=slips.short_form(person.given, group, self.dice))

    def _respelt(self, person: Person, asked: _Asked) -> _Asked:
        group = naming.name_groups()[person.name_group]
        if asked.given in group.spellings:
            return asked._replace(given=slips.respelt(asked.given, group, self.dice))
        return asked._replace(family=slips.respelt(asked.family, group, self.dice))

    def _swapped_date(self, person: Person, asked: _Asked) -> _Asked:
        return asked._replace(born=slips.day_month_swapped(asked.born)) if asked.born else asked

    def _date_slip(self, person: Person, asked: _Asked) -> _Asked:
        return asked._replace(born=slips.born_slip(asked.born, self.dice)) if asked.born else asked

    def _swapped_names(self, person: Person, asked: _Asked) -> _Asked:
        return asked._replace(given=asked.family, family=asked.given)

    def _changed_family_name(self, person: Person, asked: _Asked) -> _Asked:
        """Married, or with the stepfather's name: a name no record has; the home still tells."""
        name = naming.family_name(naming.name_groups()[person.name_group], self.dice)
        return asked._replace(family=name, postcode=person.home.postcode)

    def _no_birth_date(self, person: Person, asked: _Asked) -> _Asked:
        home = person.home
        address = home.address if self.dice.random() < 0.5 else ""
        return asked._replace(born=None, postcode=home.postcode, address=address)

    def _age_only(self, person: Person, asked: _Asked) -> _Asked:
        years = max(person.age_days() // 365 + (-1, 0, 0, 0, 1)[int(self.dice.random() * 5)], 0)
        middle = WORLD_DAY - timedelta(days=int((years + 0.5) * 365.25))
        return asked._replace(born=middle, accuracy=ESTIMATED, age=years, postcode=person.home.postcode)

    def _partial(self, person: Person, asked: _Asked) -> _Asked:
        """Only the beginning of a name."""
        cut = max(3, len(asked.family) - 2)
        if len(asked.family) > 4 and self.dice.random() < 0.5:
            return asked._replace(family=asked.family[:cut])
        return asked._replace(given=asked.given[: max(1, len(asked.given) // 2)])

    def _false_name(self, person: Person, asked: _Asked) -> _Asked:
        """Another first name given at the door, with one's own home and date of birth."""
        group = naming.name_groups()[person.name_group]
        given = self._elsewhere.other_name(group, person.sex, {person.given, person.called, person.middle})
        family = naming.family_name(group, self.dice) if self.dice.random() < 0.3 else person.family
        return asked._replace(
            given=given, family=family, postcode=person.home.postcode, address=person.home.address
        )

    def _nhs_slip(self, person: Person, asked: _Asked) -> _Asked:
        return asked._replace(nhs=slips.digit_slip(person.nhs, self.dice))

    def _moved(self, person: Person, asked: _Asked) -> _Asked:
        home = self._elsewhere.home()
        return asked._replace(postcode=home.postcode, address=home.address)

    def _mixed(self, person: Person, asked: _Asked) -> _Asked:
        """Each fault now and then, several at once at times: as people type from memory or from a note."""
        faults = (
            ("typo", 0.25), ("nickname", 0.12), ("respelt", 0.1), ("date_slip", 0.07), ("swapped_date", 0.05),
            ("moved", 0.2), ("changed_family_name", 0.05), ("swapped_names", 0.03), ("no_birth_date", 0.04),
        )  # fmt: skip
        for fault, share in faults:
            if self.dice.random() < share and _FITS.get(fault, _born)(person):
                make: Callable[[Person, _Asked], _Asked] = getattr(self, f"_{fault}")
                asked = make(person, asked)
        return asked._replace(nhs=person.nhs) if self.dice.random() < 0.15 else asked

    def _unborn(self, person: Person) -> _Asked:
        """As a midwife asks: no name, the mother's family name, a due date give or take a fortnight."""
        dice = self.dice
        assert person.expected_on
        due = person.expected_on + timedelta(days=round(dice.gauss(0, 4)))
        return _Asked(
            given=("Unborn", "Unborn baby", "Baby")[int(dice.random() * 3)],
            family=person.mother.rpartition(" ")[2],
            expected_on=due,
            postcode=person.home.postcode,
            address=person.home.address if dice.random() < 0.6 else "",
            mother=person.mother,
            mother_nhs=person.mother_nhs if dice.random() < 0.5 else "",
        )

    # --- about somebody who is not in the index -------------------------------------------------------------

    def _relative(self, person: Person, family: _Family, *, twin: bool) -> _Asked:
        """A twin or a brother or sister of the person: same home and family name, another first name."""
        group, town = naming.name_groups()[person.name_group], self._elsewhere
        taken = {name for one in family for name in (one.given, one.called, one.middle) if name}
        sex = person.sex if self.dice.random() < 0.6 else "FM"[person.sex == "F"]
        given = town.twins_name(group, person, sex) if twin else town.other_name(group, sex, taken)
        if given in taken:
            given = town.other_name(group, sex, taken)
        parents = naming.Parents(person.family, person.family, person.middle or "Ali", person.family)
        names = naming.names_of(group, parents, given=given, child=True, sex=sex, dice=self.dice)
        born = person.born if twin else self._siblings_birthday(family)
        family_name = names.family if names.family in ("Singh", "Kaur") else person.family
        known = self._known(person._replace(given=given, called="", family=family_name, born=born))
        full = names.given if names.called == given else given
        return known._replace(
            given=f"{full} {given}" if full != given else given,
            postcode=person.home.postcode,
            nhs=town.nhs() if self.dice.random() < 0.3 else "",
        )

    def _siblings_birthday(self, family: _Family) -> date:
        """A day at least nine months from the birthday of every child of the family."""
        born = WORLD_DAY
        for _ in range(60):
            born = WORLD_DAY - timedelta(days=1 + int(self.dice.random() * 6500))
            if all(not one.child or not one.born or abs((one.born - born).days) > 280 for one in family):
                break
        return born

    def _stranger(self, person: Person) -> _Asked:
        """Somebody of the same name group from elsewhere."""
        for _ in range(20):
            household = [one for one in self._elsewhere.household(person.name_group) if one.born]
            if household:
                return self._known(household[int(self.dice.random() * len(household))])
        raise RuntimeError("No household of this name group has anybody in it.")

    # --- how it is written ----------------------------------------------------------------------------------

    def _text(self, asked: _Asked) -> str:
        names = self._names(asked)
        parts = [part for part in (self._day(asked), asked.postcode, asked.address, asked.nhs) if part]
        self.dice.shuffle(parts)
        text = " ".join((names, *parts) if self.dice.random() < 0.8 else (*parts, names))
        return text.lower() if self.dice.random() < 0.5 else text

    def _names(self, asked: _Asked) -> str:
        if asked.expected_on:
            return (
                f"{asked.given} of {asked.mother}"
                if self.dice.random() < 0.3
                else f"{asked.given} {asked.family}"
            )
        if asked.names_before and asked.given and asked.family:
            return f"{asked.family}, {asked.given}"
        return f"{asked.given} {asked.family}".strip()

    def _day(self, asked: _Asked) -> str:
        if asked.expected_on:
            return f"due {asked.expected_on:%d/%m/%Y}"
        if asked.age >= 0:
            return f"{('age ', 'aged ', '')[int(self.dice.random() * 3)]}{asked.age}" + (
                " years" if self.dice.random() < 0.5 else " years old"
            )
        if asked.born is None:
            return ""
        how = ("%d/%m/%Y", "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%y", "%d %B %Y")[int(self.dice.random() * 5)]
        return asked.born.strftime(how)

    def _fields(self, person: Person, asked: _Asked) -> RawRecord:
        return RawRecord(
            0, person.person_id, person.household_id, person.name_group, "query", "", asked.given, asked.family, "",
            "", asked.born.isoformat() if asked.born else "", asked.accuracy,
            asked.expected_on.isoformat() if asked.expected_on else "", "", asked.address, asked.postcode, "",
            asked.nhs, "", "", "", asked.mother, asked.mother_nhs,
        )  # fmt: skip
