"""How likely is it that two records speak of one person, why, and may that be linked without a human?

The score is Fellegi and Sunter's: prior odds plus the weight of each comparison, where the weights of name and
birth depend on whether the records share a home (see `levels`). One thing goes beyond it, because a score alone
linked 86 % of twins who were not yet in the index to their co-twin (own measurement, synthetic families):

- **Guard.** Whatever the score, a link by itself needs evidence in the first name or an equal NHS number, and
  no conflict of valid NHS numbers. Every reason is given in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Generic, Literal, NamedTuple, TypeVar

from jigsaw.record_linkage.columns import Columns, columns_of
from jigsaw.record_linkage.evidence import FIELDS, Evidence, evidence_of
from jigsaw.record_linkage.guard import guard_of
from jigsaw.record_linkage.levels import Findings, findings
from jigsaw.record_linkage.model import Model, default_model
from jigsaw.record_linkage.records import Record

K = TypeVar("K")
Grade = Literal["certain", "probable", "possible", "no_match"]

DEFAULT_INDEX_SIZE = 100_000

# The names whose commonness tells how much an equal name is worth.
_NAMES_OF = {"given_name": attrgetter("called"), "family_name": attrgetter("family_main")}


@dataclass(frozen=True, slots=True)
class Bands:
    """The lowest probability of each grade, inclusive. Calibrate per source: none transfers.

    `link_by_itself` and `runner_up_bits` are the stricter bar for linking without a human.
    """

    certain: float = 0.95
    probable: float = 0.85
    possible: float = 0.50
    link_by_itself: float = 0.997
    runner_up_bits: float = 5.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing two records showed.

    `weight_bits` = `prior_bits` + the bits of all `evidence`; `probability` is the same on a scale of 0 to 1.
    `guard` lists, in words, why these two may not be linked by a machine; empty when nothing forbids it.
    """

    probability: float
    weight_bits: float
    grade: Grade
    evidence: tuple[Evidence, ...]
    guard: tuple[str, ...]
    prior_bits: float
    model_version: str


def compare(
    a: Record | Columns,
    b: Record | Columns,
    model: Model | None = None,
    *,
    index_size: int = DEFAULT_INDEX_SIZE,
    bands: Bands | None = None,
) -> Comparison:
    """Compare two records; the answer is the same, with left and right exchanged, in the other order.

    `index_size` is the number of people among whom the match was sought.
    """
    scored = _score(_columns(a), _columns(b), model or default_model(), index_size)
    return _explained(scored, model or default_model(), index_size, bands or Bands())


def rank(
    query: Record | Columns,
    candidates: Iterable[tuple[K, Record | Columns]],
    model: Model | None = None,
    *,
    index_size: int = DEFAULT_INDEX_SIZE,
    bands: Bands | None = None,
    limit: int | None = None,
    sooner: Callable[[K, Columns], float] = lambda _key, _candidate: 0.0,
) -> list[tuple[K, Comparison]]:
    """Compare one record with many, best first; see `Ranking.best`."""
    ranking: Ranking[K] = Ranking(query, model, index_size=index_size, bands=bands)
    ranking.add(candidates)
    return ranking.best(limit=limit, sooner=sooner)


class Ranking(Generic[K]):
    """One record beside many, each of them scored once, however often they are put in order.

    `index_size` is the number of people among whom the match was sought.
    """

    def __init__(
        self,
        query: Record | Columns,
        model: Model | None = None,
        *,
        index_size: int = DEFAULT_INDEX_SIZE,
        bands: Bands | None = None,
    ) -> None:
        self._asked, self._model, self._bands = _columns(query), model or default_model(), bands or Bands()
        self._index_size = index_size
        self._scored: list[tuple[K, _Scored]] = []

    def add(self, candidates: Iterable[tuple[K, Record | Columns]]) -> None:
        """Score these as well."""
        self._scored += [
            (key, _score(self._asked, _columns(record), self._model, self._index_size))
            for key, record in candidates
        ]

    def most(self) -> float:
        """The most bits that anybody has; minus infinity if nobody was added."""
        return max((each.weight for _key, each in self._scored), default=-math.inf)

    def best(
        self,
        *,
        limit: int | None = None,
        sooner: Callable[[K, Columns], float] = lambda _key, _candidate: 0.0,
    ) -> list[tuple[K, Comparison]]:
        """All who were added, best first; equals stay in the order in which they were.

        With `limit`, only that many are put into words and returned. `sooner` says by how many bits a candidate is
        put before its place; what it is scored as does not change.
        """
        best = sorted(self._scored, key=lambda pair: -pair[1].weight - sooner(pair[0], pair[1].right))[:limit]
        return [(key, _explained(each, self._model, self._index_size, self._bands)) for key, each in best]


def weight(a: Columns, b: Columns, model: Model, *, index_size: int) -> float:
    """The bits that comparing these two adds up to, without its words."""
    return _score(a, b, model, index_size).weight


def link_by_itself(ranked: list[tuple[K, Comparison]], bands: Bands | None = None) -> K | None:
    """The one candidate that may be linked without a human, or None: then a person decides.

    The best must be certain, at least `bands.link_by_itself`, and `bands.runner_up_bits` ahead of the next
    candidate. `ranked` is the answer of `rank` with one entry per person.
    """
    bands = bands or Bands()
    if not ranked:
        return None
    key, best = ranked[0]
    lead = best.weight_bits - ranked[1][1].weight_bits if len(ranked) > 1 else bands.runner_up_bits
    clear = best.grade == "certain" and best.probability >= bands.link_by_itself
    return key if clear and lead >= bands.runner_up_bits else None


class _Scored(NamedTuple):
    """A pair, what was found, its bits by field and what they add up to, before anything is put into words."""

    left: Columns
    right: Columns
    found: Findings
    bits: dict[str, float]
    weight: float

    def level(self, field: str) -> str:
        reached = self.found.get(field)
        return reached.level if reached else ""


def _columns(record: Record | Columns) -> Columns:
    return columns_of(record) if isinstance(record, Record) else record


def _score(left: Columns, right: Columns, model: Model, index_size: int) -> _Scored:
    found, weights = findings(left, right), model.weights(index_size)
    bits = {field: weights[field][reached.weighed] for field, reached in found.items()}
    for field, names in _NAMES_OF.items():
        if field in found and found[field].weighed == "exact":
            bits[field] += model.commonness_bits(field, (*names(left), *names(right)))
    return _Scored(left, right, found, bits, sum(bits.values(), model.prior_bits(index_size)))


def _explained(pair: _Scored, model: Model, index_size: int, bands: Bands) -> Comparison:
    evidence = tuple(
        evidence_of(field, pair.found[field], pair.bits[field], pair.left, pair.right)
        for field in FIELDS
        if field in pair.found
    )
    probability = _probability(pair.weight)
    guard = guard_of(pair.found, unborn=pair.left.unborn or pair.right.unborn)
    grade = _grade(probability, pair, guard, bands)
    prior = model.prior_bits(index_size)
    return Comparison(probability, pair.weight, grade, evidence, guard, prior, model.version)


def _probability(weight: float) -> float:
    """Odds in bits to a probability, without overflow at either end."""
    if weight > 0:
        return 1 / (1 + math.exp2(-weight))
    odds = math.exp2(weight)
    return odds / (1 + odds)


def _grade(probability: float, found: _Scored, guard: tuple[str, ...], bands: Bands) -> Grade:
    if probability < bands.possible:
        return "no_match"
    if found.level("nhs_number") == "conflict" or probability < bands.probable:
        return "possible"
    return "certain" if probability >= bands.certain and not guard else "probable"
