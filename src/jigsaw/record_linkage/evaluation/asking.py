"""Who is found, and who is linked without a person's look, when records come in one by one and questions are asked?

An index in memory that does what the hub's does: it files every record under its keys, brings together the hundred
persons whose keys weigh most, and compares the question with each person as all their records together show them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import NamedTuple

from jigsaw.record_linkage.columns import Columns, columns_of
from jigsaw.record_linkage.compare import link_by_itself, rank
from jigsaw.record_linkage.keys import index_keys, query_keys
from jigsaw.record_linkage.model import Model
from jigsaw.record_linkage.records import Record

BROUGHT = 100
_TOO_COMMON = 2_000
_SHOWN = 6


class Answer(NamedTuple):
    """The persons found, best first, the guard's verdict aside; and who was linked by itself, or 0."""

    found: tuple[int, ...]
    linked: int

    def place_of(self, person: int) -> int:
        """From 1; 0 when the person was not found among the first."""
        return self.found.index(person) + 1 if person in self.found else 0


class Index:
    """Records by key, and persons by record. Persons count from 1."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._persons: list[int] = []
        self._columns: list[Columns] = []
        self._filed: dict[int, list[int]] = defaultdict(list)
        self._records_of: dict[int, list[int]] = defaultdict(list)
        self._joined: dict[int, Columns] = {}

    def add(self, person: int, record: Record) -> int:
        """File a record of a person; returns the record's number."""
        number = len(self._persons)
        self._persons.append(person)
        self._columns.append(columns_of(record))
        self._records_of[person].append(number)
        self._joined.pop(person, None)
        for key in index_keys(record):
            self._filed[key].append(number)
        return number

    def __len__(self) -> int:
        return len(self._records_of)

    def ask(self, record: Record, *, without: int = -1) -> Answer:
        """Whom a record is about. `without` is the number of a record to leave aside, as if it were not yet filed."""
        candidates = [(person, self._person(person, without)) for person in self._brought(record, without)]
        ranked = rank(columns_of(record), candidates, self._model, index_size=len(self), limit=_SHOWN)
        return Answer(tuple(person for person, _ in ranked), link_by_itself(ranked) or 0)

    def others_of(self, record: int) -> int:
        """How many other records the person of a record has."""
        return len(self._records_of[self._persons[record]]) - 1

    def _brought(self, record: Record, without: int) -> list[int]:
        weights: dict[int, float] = defaultdict(float)
        for key, weight in query_keys(record).items():
            numbers = self._filed.get(key, ())
            if len(numbers) > _TOO_COMMON:
                continue
            for person in {self._persons[number] for number in numbers if number != without}:
                weights[person] += weight
        return nlargest(BROUGHT, weights, key=weights.__getitem__)

    def _person(self, person: int, without: int) -> Columns:
        if without >= 0 and self._persons[without] == person:
            return Columns.joined(self._columns[n] for n in self._records_of[person] if n != without)
        if person not in self._joined:
            self._joined[person] = Columns.joined(self._columns[n] for n in self._records_of[person])
        return self._joined[person]


@dataclass(slots=True)
class Tally:
    """How questions of one kind were answered. `known` of them are about somebody in the index."""

    asked: int = 0
    known: int = 0
    first: int = 0
    among_five: int = 0
    linked_right: int = 0
    linked_wrong: int = 0
    linked_to_relative: int = 0

    def count(self, answer: Answer, person: int, relative: int = 0) -> None:
        """Add one answer to a question about `person` (0: nobody in the index), or about a relative of `relative`."""
        place = answer.place_of(person) if person else 0
        self.asked += 1
        self.known += person > 0
        self.first += place == 1
        self.among_five += 0 < place <= 5
        self.linked_right += 0 < answer.linked == person
        self.linked_wrong += answer.linked not in (0, person)
        self.linked_to_relative += 0 < answer.linked == relative

    def figures(self) -> dict[str, float | int]:
        """Shares of the known for what was right, of all asked for what was wrong; none where nobody was known."""
        shares: dict[str, float | int] = {"asked": self.asked}
        if self.known:
            shares |= {
                "recall_at_1": round(self.first / self.known, 4),
                "recall_at_5": round(self.among_five / self.known, 4),
                "linked_right": round(self.linked_right / self.known, 4),
            }
        shares["linked_wrong"] = round(self.linked_wrong / self.asked, 4) if self.asked else 0.0
        return shares


@dataclass(slots=True)
class Tallies:
    """Tallies by name."""

    by: dict[str, Tally] = field(default_factory=dict)

    def of(self, name: str) -> Tally:
        return self.by.setdefault(name, Tally())

    def figures(self) -> dict[str, dict[str, float | int]]:
        return {name: self.by[name].figures() for name in sorted(self.by)}


# --- the quality of what sources hold -------------------------------------------------------------------------

_PARTS = ("given", "family", "born", "sex", "postcodes", "addresses", "nhs_numbers", "phones")


def quality(records: Iterable[tuple[str, Record]]) -> dict[str, dict[str, float | int]]:
    """For each source, how many records it holds and what share lacks or mistakes what.

    `records` are pairs of a source (or agency, or name group) and a record. Shares: `no_…` where a part is silent;
    `unusable_nhs_number` where a number is given and none has a fitting check digit; `rough_born` where the date of
    birth is estimated; `first_january`, which often means unknown.
    """
    counted: dict[str, dict[str, int]] = {}
    for source, record in records:
        counts = counted.setdefault(source, defaultdict(int))
        counts["records"] += 1
        for name in _found_wanting(record):
            counts[name] += 1
    return {source: _shares(counts) for source, counts in sorted(counted.items())}


def _found_wanting(record: Record) -> Iterator[str]:
    columns = columns_of(record)
    for part in _PARTS:
        if not getattr(record, part) and not (part == "born" and record.expected_on):
            yield f"no_{part.rstrip('s') if part.endswith('s') and part != 'addresses' else part}"
    if record.nhs_numbers and not columns.nhs:
        yield "unusable_nhs_number"
    if columns.rough:
        yield "rough_born"
    if columns.born_january:
        yield "first_january"
    if record.placeholder:
        yield "placeholder_name"


def _shares(counts: dict[str, int]) -> dict[str, float | int]:
    whole = counts["records"]
    named: Sequence[str] = sorted(name for name in counts if name != "records")
    return {"records": whole, **{name: round(counts[name] / whole, 4) for name in named}}
