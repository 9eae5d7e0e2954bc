"""Where do the links that there are and those that the model would make today differ?

Every record is read as it is filed, scored in bulk and put into persons anew, beside the persons there are.
What somebody decided stands: records that a person joined are never taken apart here, and those that a person
kept apart are never joined. Holds no access rules, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from jigsaw import record_linkage as linkage
from jigsaw.hub.people import decided, filing, matching
from jigsaw.hub.people.models import MatchRow, PairToReview, PersonRecord, Proposal
from jigsaw.record_linkage.bulk import OnDuckDB, clusters, score_pairs
from jigsaw.record_linkage.bulk.table import SCHEMA, batches

AT_ONCE = 500
# A record asks about so many persons at most, as it does when it comes in.
ASKS_AT_MOST = 3
BANDS = linkage.Bands()

T = TypeVar("T")
Progress = Callable[[int], None]


@dataclass
class Index:
    """Every record by its place: its id, whose it is, its agency and system, and its valid NHS numbers."""

    ids: list[UUID] = field(default_factory=list)
    persons: list[UUID] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)
    numbers: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def add(self, record: UUID, person: UUID, source: tuple[str, str], numbers: tuple[str, ...]) -> str:
        """The place of a record, as text."""
        place = len(self.ids)
        self.ids.append(record)
        self.persons.append(person)
        self.sources.append(source)
        if numbers:
            self.numbers[place] = numbers
        return str(place)


@dataclass(frozen=True)
class Pair:
    """Two records that may be one person, by place."""

    left: int
    right: int
    weight: float
    probability: float
    guarded: bool
    contradicted: bool


@dataclass(frozen=True)
class Difference:
    """What to do (a kind of `Proposal`), with whom, and on which comparison."""

    kind: str
    person: UUID
    records: tuple[UUID, ...]
    sources: tuple[tuple[str, str], ...]
    comparison: linkage.Comparison
    concerned: tuple[UUID, ...]
    """The persons on whose records it rests."""


def look(
    *, model: linkage.Model, memory: str, to_do: Progress, progress: Progress, say: Callable[[str], None]
) -> Differing:
    """Compare everybody with everybody who shares a key with them. `memory` limits the scoring, such as "1GB".

    `to_do` is told how many records there are, `progress` how many more are read, `say` what is being done.
    """
    with TemporaryDirectory(prefix="jigsaw-relinking-") as folder:
        index, table = read(Path(folder), to_do, progress)
        say("Scoring pairs")
        return compared(index, table, model, memory)


def compared(index: Index, table: pa.Table, model: linkage.Model, memory: str) -> Differing:
    """The persons there are beside those that this model would make of the records that `read` gave."""
    size = max(len(set(index.persons)), 1)
    pairs = _scored(table, model, size, memory) if len(index.ids) > 1 else []
    return Differing(index, pairs, model, size)


def read(folder: Path, to_do: Progress, progress: Progress) -> tuple[Index, pa.Table]:
    """The index, and every record as scoring compares it: kept on disk and mapped from there."""
    filed = MatchRow.objects.filter(filed_as=filing.EDITION).order_by("record_id")
    to_do(filed.count())
    rows = filed.values_list(
        "record_id", "record__person_id", "record__agency__code", "record__system", "columns"
    ).iterator(chunk_size=2_000)
    index = Index()

    def told() -> Iterator[tuple[str, str, linkage.Columns]]:
        for record, person, agency, system, columns in rows:
            known = filing.read(columns)
            yield index.add(record, person, (agency, system), known.nhs), agency, known
            progress(1)

    path = str(folder / "records.arrow")
    with pa.OSFile(path, "wb") as out, pa.ipc.new_file(out, SCHEMA) as file:
        for batch in batches(told()):
            file.write_batch(batch)
    return index, pa.ipc.open_file(pa.memory_map(path)).read_all()


def _scored(table: pa.Table, model: linkage.Model, size: int, memory: str) -> list[Pair]:
    """Pairs of at least the lowest grade, the surest first; of equals, those that came in first."""
    door = OnDuckDB(memory=memory)
    try:
        found = score_pairs(table, model, door, index_size=size, least_weight=0.0).table
    finally:
        door.close()
    likely = found.filter(pc.greater_equal(found["probability"], BANDS.possible))
    columns = [likely[name].to_pylist() for name in found.column_names]
    pairs = [Pair(int(row[0]), int(row[1]), *row[2:]) for row in zip(*columns, strict=True)]
    return sorted(
        pairs, key=lambda pair: (-pair.weight, min(pair.left, pair.right), max(pair.left, pair.right))
    )


class Differing:
    """The persons there are beside those of the model; `all` reads and decides as it goes."""

    def __init__(self, index: Index, pairs: list[Pair], model: linkage.Model, size: int) -> None:
        self._index, self._pairs, self._model, self._size = index, pairs, model, size
        self._places: dict[UUID, list[int]] = {}
        for place, person in enumerate(index.persons):
            self._places.setdefault(person, []).append(place)
        self._parted: set[UUID] = set()
        self._joined: dict[UUID, UUID] = {}
        self.records, self.persons, self.pairs = len(index.ids), len(self._places), len(pairs)

    def all(self) -> Iterator[Difference]:
        # Who is to be parted is joined with nobody at the same time: looking again afterwards will tell.
        yield from self._to_part()
        yield from self._to_join()
        yield from self._to_ask()

    # --- to part ------------------------------------------------------------------------------------------

    def _to_part(self) -> Iterator[Difference]:
        supported: dict[UUID, list[tuple[UUID, UUID]]] = {}
        persons = decided.linked_by_rule()
        for pair in self._pairs:
            person = self._index.persons[pair.left]
            same = person == self._index.persons[pair.right] and person in persons
            if same and pair.probability >= BANDS.certain and not pair.contradicted:
                both = (self._index.ids[pair.left], self._index.ids[pair.right])
                supported.setdefault(person, []).append(both)
        for some in _by(AT_ONCE, sorted(persons & self._places.keys())):
            yield from self._of_these(some, supported)

    def _of_these(
        self, persons: list[UUID], supported: dict[UUID, list[tuple[UUID, UUID]]]
    ) -> Iterator[Difference]:
        unsure = {}
        for person, groups in decided.joined_by_people(persons).items():
            whole = clusters(range(len(groups)), _between(groups, supported.get(person, ())), _never)
            if len(whole) > 1:
                unsure[person] = [[pk for place in sorted(some) for pk in groups[place]] for some in whole]
        known = self._columns(unsure)
        for person, groups in unsure.items():
            stay, leave = self._who_stays(groups, known)
            for records in leave:
                self._parted.add(person)
                comparison = self._compared([known[pk] for pk in records], [known[pk] for pk in stay])
                yield self._difference(Proposal.PART, person, records, [person], comparison)

    def _who_stays(
        self, groups: list[list[UUID]], known: dict[UUID, linkage.Columns]
    ) -> tuple[list[UUID], list[list[UUID]]]:
        """Who stands together with the first group, also when only all of them together tell; and the others."""
        stay, *others = groups
        while True:
            fits = next((g for g in others if self._fits(g, stay, known)), None)
            if fits is None:
                return stay, others
            stay = [*stay, *fits]
            others = [group for group in others if group is not fits]

    def _fits(self, some: list[UUID], others: list[UUID], known: dict[UUID, linkage.Columns]) -> bool:
        compared = self._compared([known[pk] for pk in some], [known[pk] for pk in others])
        return compared.grade == "certain"

    # --- to join ------------------------------------------------------------------------------------------

    def _to_join(self) -> Iterator[Difference]:
        sure = [pair for pair in self._pairs if self._may_link(pair)]
        persons = {self._person(place) for pair in sure for place in (pair.left, pair.right)}
        apart = self._kept_apart(persons)
        rivals = self._rivals(persons)
        while True:
            groups = self._grouped(sure, apart)
            group_of = {person: place for place, group in enumerate(groups) for person in group}
            kept = [pair for pair in sure if not self._has_rival(pair, rivals, group_of)]
            if len(kept) == len(sure):
                break
            sure = kept
        for some in _by(AT_ONCE, [group for group in groups if len(group) > 1]):
            yield from self._joins(some, sure)

    def _may_link(self, pair: Pair) -> bool:
        left, right = self._person(pair.left), self._person(pair.right)
        sure = pair.probability >= BANDS.link_by_itself and not pair.guarded
        return sure and left != right and not {left, right} & self._parted

    def _grouped(self, sure: list[Pair], apart: dict[UUID, set[UUID]]) -> list[list[UUID]]:
        def two_people(ours: list[UUID], theirs: list[UUID]) -> bool:
            numbers = [{n for person in side for n in self._numbers(person)} for side in (ours, theirs)]
            both = all(numbers) and numbers[0].isdisjoint(numbers[1])
            return both or any(not apart.get(person, set()).isdisjoint(theirs) for person in ours)

        links = [(self._person(pair.left), self._person(pair.right)) for pair in sure]
        return clusters(dict.fromkeys(person for link in links for person in link), links, two_people)

    def _numbers(self, person: UUID) -> Iterator[str]:
        for place in self._places[person]:
            yield from self._index.numbers.get(place, ())

    def _rivals(self, persons: set[UUID]) -> dict[int, list[tuple[UUID, float]]]:
        """By record, whom else it could be and how likely, for records of these persons."""
        found: dict[int, list[tuple[UUID, float]]] = {}
        for pair in self._pairs:
            left, right = self._person(pair.left), self._person(pair.right)
            if left != right and not pair.contradicted and (left in persons or right in persons):
                found.setdefault(pair.left, []).append((right, pair.weight))
                found.setdefault(pair.right, []).append((left, pair.weight))
        return found

    def _has_rival(
        self, pair: Pair, rivals: dict[int, list[tuple[UUID, float]]], group_of: dict[UUID, int]
    ) -> bool:
        """Could one of the two as well be somebody who is not of their group? Then a person decides."""
        group = group_of[self._person(pair.left)]
        if group != group_of[self._person(pair.right)]:
            return False  # not joined by this pair
        close = pair.weight - BANDS.runner_up_bits
        return any(
            weight > close and group_of.get(person) != group
            for place in (pair.left, pair.right)
            for person, weight in rivals.get(place, ())
        )

    def _joins(self, groups: list[list[UUID]], sure: list[Pair]) -> Iterator[Difference]:
        """The groups that are certain as whole persons, too, and not only by one record of each."""
        links: dict[UUID, list[tuple[UUID, UUID]]] = {person: [] for group in groups for person in group}
        for pair in sure:
            if self._person(pair.left) in links:
                links[self._person(pair.left)].append((self._person(pair.left), self._person(pair.right)))
        known = self._columns(links)
        for group in groups:
            yield from self._join(group, [link for person in group for link in links[person]], known)

    def _join(
        self, group: list[UUID], links: list[tuple[UUID, UUID]], known: dict[UUID, linkage.Columns]
    ) -> Iterator[Difference]:
        def of(persons: Iterable[UUID]) -> list[linkage.Columns]:
            return [known[self._index.ids[place]] for person in persons for place in self._places[person]]

        def in_doubt(ours: list[UUID], theirs: list[UUID]) -> bool:
            compared = self._compared(of(ours), of(theirs))
            return compared.grade != "certain" or compared.probability < BANDS.link_by_itself

        within = set(group)
        whole, *others = clusters(group, [link for link in links if link[1] in within], in_doubt)
        if others:
            return  # as whole persons they do not all fit, and which of them do is for somebody to say
        # Whoever has most records keeps the name, and of those the one who was there first.
        person, *joining = sorted(whole, key=lambda pk: (-len(self._places[pk]), pk))
        self._joined.update(dict.fromkeys(joining, person))
        records = [self._index.ids[place] for pk in joining for place in self._places[pk]]
        yield self._difference(
            Proposal.JOIN, person, records, whole, self._compared(of(joining), of([person]))
        )

    # --- to ask -------------------------------------------------------------------------------------------

    def _to_ask(self) -> Iterator[Difference]:
        """Whoever may be one person and is neither joined, kept apart nor waiting already, the likeliest first."""
        asked: set[frozenset[UUID]] = _waiting()
        times: dict[int, int] = {}
        for some in _by(AT_ONCE, [pair for pair in self._pairs if self._in_question(pair)]):
            persons = {self._person(place) for pair in some for place in (pair.left, pair.right)}
            apart = self._kept_apart(persons)
            chosen = []
            for pair in some:
                record, other = self._who_asks(pair)
                both = frozenset((self._person(record), self._person(other)))
                told = times.get(record, 0)
                if (
                    both in asked
                    or told >= ASKS_AT_MOST
                    or self._person(other) in apart[self._person(record)]
                ):
                    continue
                asked.add(both)
                times[record] = told + 1
                chosen.append((record, self._person(other)))
            yield from self._asks(chosen)

    def _in_question(self, pair: Pair) -> bool:
        left, right = self._person(pair.left), self._person(pair.right)
        one = self._joined.get(left, left) == self._joined.get(right, right)
        return not one and not pair.contradicted

    def _who_asks(self, pair: Pair) -> tuple[int, int]:
        """The record of whoever has fewer, and the record of the other."""
        both = (pair.left, pair.right)
        first = min(both, key=lambda place: (len(self._places[self._person(place)]), -place))
        return first, pair.right if first == pair.left else pair.left

    def _asks(self, chosen: list[tuple[int, UUID]]) -> Iterator[Difference]:
        known = self._columns({person for _record, person in chosen} | {self._person(r) for r, _p in chosen})
        for place, person in chosen:
            record = self._index.ids[place]
            of_person = [known[self._index.ids[other]] for other in self._places[person]]
            compared = self._compared([known[record]], of_person)
            if compared.grade != "no_match":
                yield self._difference(
                    Proposal.ASK, person, [record], [person, self._person(place)], compared
                )

    # --- of persons ---------------------------------------------------------------------------------------

    def _person(self, place: int) -> UUID:
        return self._index.persons[place]

    def _kept_apart(self, persons: Collection[UUID]) -> dict[UUID, set[UUID]]:
        """By person, whom somebody kept them apart from."""
        found: dict[UUID, set[UUID]] = {person: set() for person in persons}
        for some in _by(AT_ONCE, sorted(persons)):
            rows = list(PersonRecord.objects.filter(person__in=some).only("pk", "person_id"))
            person_of = {row.pk: row.person_id for row in rows}
            for record, others in matching.kept_apart(rows).items():
                if record in person_of:
                    found[person_of[record]] |= others
        for person, others in list(found.items()):
            for other in others & found.keys():
                found[other].add(person)
        return found

    def _columns(self, persons: Iterable[UUID]) -> dict[UUID, linkage.Columns]:
        """What every record of these persons is filed by."""
        records = [self._index.ids[place] for person in persons for place in self._places[person]]
        rows = MatchRow.objects.filter(pk__in=records).values_list("record_id", "columns")
        return {record: filing.read(columns) for record, columns in rows}

    def _compared(
        self, some: Sequence[linkage.Columns], others: Sequence[linkage.Columns]
    ) -> linkage.Comparison:
        left, right = linkage.Columns.joined(some), linkage.Columns.joined(others)
        return linkage.compare(left, right, self._model, index_size=self._size)

    def _difference(
        self,
        kind: str,
        person: UUID,
        records: Sequence[UUID],
        concerned: Collection[UUID],
        comparison: linkage.Comparison,
    ) -> Difference:
        places = [place for pk in concerned for place in self._places[pk]]
        sources = tuple(dict.fromkeys(self._index.sources[place] for place in places))
        return Difference(kind, person, tuple(records), sources, comparison, tuple(concerned))


def _waiting() -> set[frozenset[UUID]]:
    rows = PairToReview.objects.filter(closed_at=None).values_list("record__person", "person")
    return {frozenset(both) for both in rows}


def _between(groups: list[list[UUID]], links: Iterable[tuple[UUID, UUID]]) -> list[tuple[int, int]]:
    place = {pk: number for number, group in enumerate(groups) for pk in group}
    return [(place[left], place[right]) for left, right in links if left in place and right in place]


def _never(_ours: list[Any], _theirs: list[Any]) -> bool:
    return False


def _by(size: int, things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, size)):
        yield some
