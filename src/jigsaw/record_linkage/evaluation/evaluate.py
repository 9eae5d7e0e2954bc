"""How well does a model link this labelled file, and what was done to find out?

Reads the file or files, trains a model or takes the one given, scores every pair that a blocking rule brings
together, and compares with the truth.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from jigsaw.record_linkage.bulk import OnDuckDB, clusters, score_pairs, table_of, train
from jigsaw.record_linkage.columns import Columns, columns_of
from jigsaw.record_linkage.compare import Bands
from jigsaw.record_linkage.evaluation import metrics, reading
from jigsaw.record_linkage.evaluation.mapping import BREAKDOWNS, EvaluationError, FileMapping, suggest
from jigsaw.record_linkage.evaluation.metrics import PairList, ScoredPair
from jigsaw.record_linkage.evaluation.reading import LEFT, RIGHT, Truth
from jigsaw.record_linkage.evaluation.tables import Problem, Tell, read_table
from jigsaw.record_linkage.model import Model, default_model

MEMORY = "2GB"
_A_GENERATION = 12
_ROUNDED = 6


@dataclass(frozen=True, slots=True)
class Task:
    """What to evaluate. Exactly one of `truth` (a file of pairs) and `cluster_column` says who is who.

    `model` None trains one on the file itself, without looking at the truth; `also_train` trains one that starts
    from `model`. `on` places ages and two-digit years. `memory` is what DuckDB may take, such as "4GB".
    """

    left: Path
    on: date
    right: Path | None = None
    truth: Path | None = None
    cluster_column: str = ""
    mapping: FileMapping | None = None
    model: Model | None = None
    also_train: bool = False
    memory: str = MEMORY


@dataclass(slots=True)
class Evaluation:
    """The figures, in the shape of the command's answer (see `as_answer`), and how they came about."""

    records: int
    truth: Truth
    pairs: PairList
    clusters: list[list[int]]
    groups: dict[str, list[str]]
    model: Model
    did: list[str]
    problems: list[Problem]
    seconds: dict[str, float]
    changes: list[dict[str, Any]] = field(default_factory=list)

    def as_answer(self) -> dict[str, Any]:
        """One JSON document: `records`, `pairs`, `at95`, `best`, `clusters`, `seconds`, `peak_mb`, `model` and more."""
        best, weight = metrics.best_threshold(self.pairs, self.truth)
        person = self.truth.person_of
        together = sum(person[pair.left] == person[pair.right] for pair in self.pairs)
        to_find = self.truth.pairs()
        return {
            "records": self.records,
            "pairs": len(self.pairs),
            "true_pairs": to_find,
            "true_pairs_compared": round(together / to_find, _ROUNDED) if to_find else 1.0,
            "at95": _told(metrics.at_threshold(self.pairs, self.truth)),
            "best": {**_told(best), "weight": round(weight, 3) if weight < 1e9 else None},
            "by_itself": _told(metrics.at_threshold(self.pairs, self.truth, unguarded=True)),
            "clusters": _told(metrics.cluster_quality(self.clusters, self.truth)),
            "recall_at": {
                str(rank): round(share, _ROUNDED)
                for rank, share in metrics.recall_at(self.pairs, self.truth).items()
            },
            "groups": {name: self._by(name) for name in self.groups},
            "seconds": round(sum(self.seconds.values()), 2),
            "seconds_by_step": {step: round(took, 2) for step, took in self.seconds.items()},
            "peak_mb": peak_mb(),
            "model": self.model.version,
            "trained": any(step == "train" for step in self.seconds),
            "changes": self.changes,
            "did": self.did,
            "rejected": sum(problem.rejected for problem in self.problems),
            "problems": [
                {
                    "file": problem.file, "row": problem.row, "field": problem.field, "code": problem.code,
                    "message": problem.message, "rejected": problem.rejected,
                }
                for problem in self.problems
            ],
        }  # fmt: skip

    def _by(self, name: str) -> dict[str, dict[str, Any]]:
        found = metrics.by_group(self.pairs, self.truth, self.groups[name])
        return {each.group: {"records": each.records, **_told(each.quality)} for each in found}


def evaluate(task: Task, progress: Callable[[str], None] = lambda words: None) -> Evaluation:
    """Evaluate as the task says. Raises EvaluationError with words for whoever has to correct a file."""
    if bool(task.truth) == bool(task.cluster_column):
        raise EvaluationError(
            "Say who is who: give either --truth with a file of pairs or --cluster-column, not both."
        )
    run = _Run(task, progress)
    with run.step("read"):
        table = table_of(run.rows())
        truth = run.truth()
    if not len(table):
        raise EvaluationError(f"{task.left.name} has no record that could be read.")
    door = _opened(task.memory)
    try:
        model = run.model(table, door)
        with run.step("score"):
            progress(f"Scoring {len(table):,} records …")
            found = score_pairs(table, model, door, link_type=run.link_type)
            pairs = PairList(_scored(found.table))
    except Exception as error:
        if "Out of Memory" in str(error):
            raise EvaluationError(
                f"Comparing {len(table):,} records needs more than {task.memory} of memory. Allow more, or take fewer."
            ) from error
        raise
    finally:
        door.close()
    with run.step("cluster"):
        grouped = run.clusters(pairs)
    return Evaluation(
        len(table), truth, pairs, grouped, run.groups, model, run.did, run.problems, run.seconds, run.changes
    )


def _opened(memory: str) -> OnDuckDB:
    try:
        return OnDuckDB(memory=memory)
    except Exception as error:
        if "memory" not in str(error).casefold():
            raise
        raise EvaluationError(f"“{memory}” is no amount of memory. Write one such as 4GB.") from error


_SCORED = ("left_id", "right_id", "weight", "guarded", "contradicted")


class _Run:
    """One evaluation under way: what was read, what was done, how long each step took."""

    def __init__(self, task: Task, progress: Callable[[str], None]) -> None:
        self.task, self.progress = task, progress
        self.did: list[str] = []
        self.problems: list[Problem] = []
        self.seconds: dict[str, float] = {}
        self.changes: list[dict[str, Any]] = []
        self.groups: dict[str, list[str]] = {}
        self.link_type = "link_only" if task.right else "dedupe_only"
        self._keys: dict[str, dict[str, int]] = {LEFT: {}, **({RIGHT: {}} if task.right else {})}
        self._clusters: list[str] = []
        self._hard_facts: list[tuple[tuple[str, ...], tuple[int, ...]]] = []
        self._mapping = self._chosen_mapping()

    def step(self, name: str) -> _Timed:
        return _Timed(self.seconds, name)

    def rows(self) -> Iterator[tuple[str, str, Columns]]:
        """Every record of the file or files with its number, its side, and what is compared of it."""
        self.groups = {name: [] for name in BREAKDOWNS if name in self._mapping.columns}
        yield from self._rows_of(self.task.left, self._mapping, LEFT)
        if self.task.right:
            yield from self._rows_of(self.task.right, self._mapping.for_right(), RIGHT)

    def _rows_of(self, path: Path, mapping: FileMapping, side: str) -> Iterator[tuple[str, str, Columns]]:
        self.progress(f"Reading {path.name} …")
        found = reading.read_labelled(
            path, mapping, self.tell, side=side, cluster_column=self.task.cluster_column, on=self.task.on
        )
        for labelled in found:
            number = len(self._clusters)
            self._keys[side][labelled.key] = number
            self._clusters.append(labelled.cluster)
            for name, values in self.groups.items():
                values.append(labelled.groups.get(name, "not given"))
            columns = columns_of(labelled.record)
            self._hard_facts.append((columns.nhs, columns.born_year))
            yield str(number), side, columns
        self.did.append(f"Read {len(self._keys[side]):,} records of {path.name}.")

    def truth(self) -> Truth:
        left, across = len(self._keys[LEFT]), bool(self.task.right)
        if self.task.truth is None:
            if not any(self._clusters):
                raise EvaluationError(
                    f"The column “{self.task.cluster_column}” is empty, so nobody is known."
                )
            truth = reading.truth_by_cluster(self._clusters, left, across=across)
            if nobodys := self._clusters.count(""):
                self.did.append(
                    f"Records with nothing in “{self.task.cluster_column}”: {nobodys:,}. Each counts as a person of its own."
                )
        else:
            truth = reading.truth_by_pairs(self.task.truth, self._mapping, self._keys, left, self.tell)
            if not truth.pairs():
                raise EvaluationError(
                    f"No pair of {self.task.truth.name} joins two records that were read, so there is nothing to find. "
                    "Check which column of the records is local_id, and which columns of the pairs hold identifiers."
                )
        self.did.append(f"Took {truth.pairs():,} pairs as true{', across the two files' if across else ''}.")
        return truth

    def model(self, table: Any, door: OnDuckDB) -> Model:
        """The model given, or one trained on the records without their truth."""
        given = self.task.model
        if given and not self.task.also_train:
            self.did.append(f"Took the model {given.version} as it is.")
            return given
        start = given or default_model()
        self.progress("Training …")
        with self.step("train"):
            trained = train(
                table,
                start,
                door,
                version=f"{start.version}, trained on {self.task.left.name}",
                link_type=self.link_type,
            )
        self.changes = [
            {
                "comparison": c.comparison,
                "level": c.level,
                "before": round(c.before, 2),
                "after": round(c.after, 2),
            }
            for c in trained.changes[:20]
        ]
        self.did.append(
            f"Trained a model on these records, without the truth, starting from {start.version}: "
            f"{trained.pairs:,} pairs taught it, {trained.expected_matches:,.0f} of which it took for one person."
        )
        return trained.model

    def clusters(self, pairs: PairList) -> list[list[int]]:
        """Persons as a full relinking proposes them: the surest pairs first, none that is contradicted."""
        least = metrics.weight_of(Bands().link_by_itself)
        links = sorted(
            (pair for pair in pairs if pair.weight >= least and not pair.contradicted),
            key=lambda pair: -pair.weight,
        )
        return clusters(
            range(len(self._clusters)), ((pair.left, pair.right) for pair in links), self._contradict
        )

    def _contradict(self, ours: list[int], theirs: list[int]) -> bool:
        """Two different verified numbers, or birthdays a generation apart."""
        our_numbers, our_years = self._facts(ours)
        their_numbers, their_years = self._facts(theirs)
        if our_numbers and their_numbers and our_numbers.isdisjoint(their_numbers):
            return True
        return bool(our_years and their_years) and (
            max(our_years) - min(their_years) >= _A_GENERATION
            or max(their_years) - min(our_years) >= _A_GENERATION
        )

    def _facts(self, records: list[int]) -> tuple[set[str], set[int]]:
        facts = [self._hard_facts[record] for record in records]
        return {n for numbers, _ in facts for n in numbers}, {y for _, years in facts for y in years}

    def tell(self, problem: Problem) -> None:
        self.problems.append(problem)

    def _chosen_mapping(self) -> FileMapping:
        """The mapping given, with a guess at the column of identifiers where pairs need one; or all of it guessed."""
        given = self.task.mapping
        if given and (not self.task.truth or "local_id" in given.columns):
            return given
        guessed = suggest(self._headings(), known=given.columns if given else {})
        told = "; ".join(
            f"{ours} from {' and '.join(theirs)}"
            for ours, theirs in guessed.columns.items()
            if not given or ours == "local_id"
        )
        if given:
            if "local_id" not in guessed.columns:
                raise EvaluationError(
                    "Pairs name records by an identifier: say in the mapping which column is local_id."
                )
            self.did.append(
                f"The mapping does not say which column the pairs refer to; it was guessed: {told}."
            )
            return replace(given, columns={**given.columns, "local_id": guessed.columns["local_id"]})
        self.did.append(f"No mapping was given, so the columns were guessed: {told}.")
        return guessed

    def _headings(self) -> list[str]:
        nothing: Tell = lambda problem: None  # noqa: E731
        given = self.task.mapping or FileMapping({})
        return read_table(
            self.task.left, nothing, encoding=given.encoding, delimiter=given.delimiter
        ).headings


class _Timed:
    """Adds the seconds of a `with` block to a step."""

    def __init__(self, seconds: dict[str, float], name: str) -> None:
        self._seconds, self._name = seconds, name

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        took = time.perf_counter() - self._began
        self._seconds[self._name] = self._seconds.get(self._name, 0.0) + took


def _scored(table: Any) -> Iterator[ScoredPair]:
    for batch in table.to_batches(max_chunksize=50_000):
        columns = (batch.column(name).to_pylist() for name in _SCORED)
        for left, right, weight, guarded, contradicted in zip(*columns, strict=True):
            one, other = int(left), int(right)
            yield ScoredPair(min(one, other), max(one, other), weight, guarded, contradicted)


def peak_mb() -> float:
    """The most memory this process has held, in mebibytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def _told(figures: Any) -> dict[str, float]:
    return {name: round(value, _ROUNDED) for name, value in figures._asdict().items()}
