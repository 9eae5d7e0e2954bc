"""How long does linking a whole file take, beside Splink called bare on the same table with the same model?

Invented records as Parquet are prepared (read, standardised, made into the table that SQL compares) and then linked,
in turn: by us, from the table to persons; and by Splink called bare, from the same table by `predict` and connected
components. Each run is a process of its own, whose peak memory is its own. How good what comes out is, is counted
with the truth, which neither sees.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jigsaw.record_linkage import Columns, columns_of, default_model
from jigsaw.record_linkage.bulk import OnDuckDB, clusters, score_pairs
from jigsaw.record_linkage.bulk.scoring import linker_for, register_frequencies
from jigsaw.record_linkage.bulk.table import SCHEMA, batches
from jigsaw.record_linkage.invented import RawRecord, families, sources, write

PROCESSES = 2
MEMORY = "1GB"
RECORDS_A_PERSON = 2.2
SURE, BY_ITSELF = 0.95, 0.99
# Both keep the pairs that are likelier one person than two.
LEAST_WEIGHT = 0.0
TARGETS = {"ratio": 1.2, "peak_mb": 2048, "overmerged": 0.002, "cluster_f1": 0.955}
RAW, TABLE, TRUTH = "raw.parquet", "table.arrow", "truth.json"


def run(
    *,
    persons: int,
    repeats: int = 3,
    seed: int = 1,
    memory: str = MEMORY,
    progress: Callable[[str], None] = lambda words: None,
) -> dict[str, Any]:
    """Link `persons` invented records `repeats` times each way. Seconds, MB, and shares of one."""
    with TemporaryDirectory(prefix="jigsaw-bench-link-") as folder:
        progress(f"Inventing {persons:,} records …")
        invented = _step("invent", folder, persons, seed)
        progress("Preparing them …")
        prepared = _step("prepare", folder)
        ours, bare = [], []
        for repeat in range(repeats):
            # In turn first and second, so that whatever else the machine does slows both.
            pair = [("ours", ours), ("bare", bare)]
            for name, found in pair if repeat % 2 == 0 else reversed(pair):
                progress(f"Linking, {name}, {repeat + 1} of {repeats} …")
                found.append(_step(name, folder, memory))
    return _answer(invented, prepared, ours, bare)


def _answer(
    invented: dict[str, Any], prepared: dict[str, Any], ours: list[dict[str, Any]], bare: list[dict[str, Any]]
) -> dict[str, Any]:
    ratio = median(mine["seconds"] / other["seconds"] for mine, other in zip(ours, bare, strict=True))
    peak = max(each["peak_mb"] for each in ours)
    found = ours[0]["quality"]
    return {
        "name": "link",
        **{key: invented[key] for key in ("records", "people")},
        "model": default_model().version,
        "repeats": len(ours),
        "processors": os.cpu_count(),
        "load": [round(each, 1) for each in os.getloadavg()],
        "prepare": {key: prepared[key] for key in ("seconds", "peak_mb", "processes", "records_a_second")},
        "seconds": [each["seconds"] for each in ours],
        "seconds_bare": [each["seconds"] for each in bare],
        "ratio": round(ratio, 3),
        "peak_mb": peak,
        "peak_mb_bare": max(each["peak_mb"] for each in bare),
        "pairs": ours[0]["pairs"],
        **found,
        "bare": bare[0]["quality"],
        "within_target": {
            "ratio": ratio <= TARGETS["ratio"],
            "peak_mb": peak <= TARGETS["peak_mb"],
            "overmerged": found["clusters"]["overmerged"] <= TARGETS["overmerged"],
            "cluster_f1": found["clusters"]["f1"] >= TARGETS["cluster_f1"],
        },
    }


def _step(name: str, *words: object) -> dict[str, Any]:
    """Run one step in a process of its own; what it answers."""
    root = Path(__file__).parents[1]
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.link", name, *map(str, words)],
        cwd=root,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    answer: dict[str, Any] = json.loads(told.stdout)
    return answer


# --- the steps, each a process ------------------------------------------------------------------------------


def invent(folder: Path, records: int, seed: int) -> dict[str, Any]:
    """Write so many records, and apart from them who is who."""
    people = round(records / RECORDS_A_PERSON * 1.1) + 100
    truth: list[int] = []

    def told() -> Iterator[RawRecord]:
        for record in islice(sources(families(people, seed), seed), records):
            truth.append(record.person_id)
            yield record

    write(folder / RAW, told())
    (folder / TRUTH).write_text(json.dumps(truth))
    return {"records": len(truth), "people": len(set(truth))}


def prepare(folder: Path) -> dict[str, Any]:
    """From the file to the table that SQL compares, in two processes."""
    began = time.perf_counter()
    file = pq.ParquetFile(folder / RAW)
    with (
        multiprocessing.get_context("fork").Pool(PROCESSES) as pool,
        pa.OSFile(str(folder / TABLE), "wb") as out,
        pa.ipc.new_file(out, SCHEMA) as table,
    ):
        held = 0
        for batch in pool.imap(_prepared, _chunks(file)):
            table.write_batch(batch)
            held += len(batch)
    seconds = time.perf_counter() - began
    return {
        "seconds": round(seconds, 1),
        "processes": PROCESSES,
        "records_a_second": round(held / seconds),
        "peak_mb": _peak_mb() + PROCESSES * _peak_mb(resource.RUSAGE_CHILDREN),
    }


def _chunks(file: pq.ParquetFile) -> Iterator[tuple[int, pa.RecordBatch]]:
    start = 0
    for batch in file.iter_batches(batch_size=10_000, columns=list(RawRecord._fields)):
        yield start, batch
        start += len(batch)


def _prepared(chunk: tuple[int, pa.RecordBatch]) -> pa.RecordBatch:
    start, batch = chunk
    columns = [batch[name].to_pylist() for name in RawRecord._fields]

    def told() -> Iterator[tuple[str, str, Columns]]:
        for place, row in enumerate(zip(*columns, strict=True), start):
            record = RawRecord(*row)
            yield str(place), record.source, columns_of(record.record())

    [made] = list(batches(told()))
    return made


def ours(folder: Path, memory: str) -> dict[str, Any]:
    """From the table to persons: scored, guarded, and joined the surest first."""
    began = time.perf_counter()
    table = _table(folder)
    door = OnDuckDB(memory=memory)
    pairs = score_pairs(table, default_model(), door, least_weight=LEAST_WEIGHT).table
    door.close()
    numbers = _numbers(table)

    def two_numbers(ours: list[int], theirs: list[int]) -> bool:
        left = {number for place in ours for number in numbers.get(place, ())}
        return bool(left) and _other_numbers(left, theirs, numbers)

    sure = pairs.filter(
        pc.and_(pc.greater_equal(pairs["probability"], SURE), pc.invert(pairs["contradicted"]))
    )
    groups = clusters(range(len(table)), _links(sure.sort_by([("weight", "descending")])), two_numbers)
    seconds = time.perf_counter() - began
    peak = _peak_mb()
    by_itself = pairs.filter(
        pc.and_(pc.greater_equal(pairs["probability"], BY_ITSELF), pc.invert(pairs["guarded"]))
    )
    truth = json.loads((folder / TRUTH).read_text())
    quality = {"clusters": _clusters(groups, truth), "by_itself": _pairs(_links(by_itself), truth)}
    return {"seconds": round(seconds, 1), "peak_mb": peak, "pairs": len(pairs), "quality": quality}


def bare(folder: Path, memory: str) -> dict[str, Any]:
    """From the same table by Splink alone: `predict` and connected components, with the same settings."""
    began = time.perf_counter()
    table = _table(folder)
    door = OnDuckDB(memory=memory)
    linker = linker_for(door.register(table, "records"), default_model(), door, index_size=len(table))
    register_frequencies(linker, table, default_model(), door)
    found = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT)
    joined = linker.clustering.cluster_pairwise_predictions_at_threshold(found, SURE)
    rows = door.ask(f"SELECT cluster_id, unique_id FROM {joined.physical_name}")
    seconds = time.perf_counter() - began
    peak = _peak_mb()
    pairs = door.ask(f"SELECT count(*) AS n FROM {found.physical_name}")["n"][0].as_py()
    door.close()
    groups: dict[str, list[int]] = {}
    for cluster, place in zip(rows["cluster_id"].to_pylist(), rows["unique_id"].to_pylist(), strict=True):
        groups.setdefault(cluster, []).append(int(place))
    truth = json.loads((folder / TRUTH).read_text())
    quality = {"clusters": _clusters(groups.values(), truth)}
    return {"seconds": round(seconds, 1), "peak_mb": peak, "pairs": pairs, "quality": quality}


def _table(folder: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(folder / TABLE))).read_all()


def _numbers(table: pa.Table) -> dict[int, list[str]]:
    """Valid NHS numbers by place, of the records that have one."""
    column = table["nhs"]
    places = pc.indices_nonzero(column.is_valid()).to_pylist()
    return dict(zip(places, column.drop_null().to_pylist(), strict=True))


def _other_numbers(left: set[str], theirs: list[int], numbers: dict[int, list[str]]) -> bool:
    right = {number for place in theirs for number in numbers.get(place, ())}
    return bool(right) and left.isdisjoint(right)


def _links(pairs: pa.Table) -> Iterator[tuple[int, int]]:
    for batch in pairs.select(["left_id", "right_id"]).to_batches(max_chunksize=50_000):
        yield from zip(
            map(int, batch["left_id"].to_pylist()), map(int, batch["right_id"].to_pylist()), strict=True
        )


def _peak_mb(who: int = resource.RUSAGE_SELF) -> int:
    return resource.getrusage(who).ru_maxrss // 1024


# --- how good it is -----------------------------------------------------------------------------------------


def _clusters(groups: Iterable[list[int]], truth: list[int]) -> dict[str, float]:
    """Pairs within clusters against pairs within persons; the share of clusters that hold more than one person."""
    taken = true = mixed = count = 0
    for group in groups:
        who = Counter(truth[place] for place in group)
        count += 1
        mixed += len(who) > 1
        taken += _pairs_of(len(group))
        true += sum(map(_pairs_of, who.values()))
    return {**_f1(true, taken, truth), "overmerged": round(mixed / max(count, 1), 6), "count": count}


def _pairs(links: Iterable[tuple[int, int]], truth: list[int]) -> dict[str, float]:
    taken = true = 0
    for left, right in links:
        taken += 1
        true += truth[left] == truth[right]
    return _f1(true, taken, truth)


def _f1(true: int, taken: int, truth: list[int]) -> dict[str, float]:
    to_find = sum(map(_pairs_of, Counter(truth).values()))
    precision, recall = true / max(taken, 1), true / max(to_find, 1)
    f1 = 2 * precision * recall / (precision + recall) if true else 0.0
    return {"precision": round(precision, 6), "recall": round(recall, 6), "f1": round(f1, 6)}


def _pairs_of(size: int) -> int:
    return size * (size - 1) // 2


if __name__ == "__main__":
    name, where, *rest = sys.argv[1:]
    if name == "invent":
        answered = invent(Path(where), int(rest[0]), int(rest[1]))
    elif name == "prepare":
        answered = prepare(Path(where))
    else:
        answered = {"ours": ours, "bare": bare}[name](Path(where), rest[0])
    print(json.dumps(answered))
