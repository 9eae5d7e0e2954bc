"""How long does a page take, and how does that compare with what it cannot do without?

Every page is timed in turn with a reference on the same subject, so that whatever else the machine does slows
both; their ratio means the same on a fast machine and on a slow one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

WARM_UP = 10
COUNTED = 12
TARGET_MS = 100.0


@dataclass(frozen=True)
class Page:
    """What is timed: `show` and `reference` each take one of `subjects`, which differ from one another."""

    name: str
    subjects: Sequence[Any]
    show: Callable[[Any], object]
    reference: Callable[[Any], object]
    reference_is: str


@dataclass(frozen=True)
class Timed:
    """One repeat's milliseconds, in the order of the subjects; `cpu` is this process's own share of `page`."""

    page: list[float]
    reference: list[float]
    cpu: list[float]


def measured(page: Page, *, samples: int, repeats: int) -> dict[str, object]:
    """Medians over the repeats of each repeat's median, 95th percentile and ratio; times in milliseconds."""
    statements = _statements(page)
    for subject in page.subjects[:WARM_UP]:
        page.show(subject)
        page.reference(subject)
    chosen = [page.subjects[place % len(page.subjects)] for place in range(samples)]
    runs = [_once(page, chosen) for _run in range(repeats)]
    p95 = median(percentile(run.page, 95) for run in runs)
    steady = [median(times) for times in zip(*(run.page for run in runs), strict=True)]
    return {
        "median": round(median(median(run.page) for run in runs), 1),
        "p95": round(p95, 1),
        # Of each subject's median: the slow subjects, without what else the machine did at the time.
        "p95_of_subjects": round(percentile(steady, 95), 1),
        # Of this process alone: what stays the same however busy the machine is.
        "cpu_median": round(median(median(run.cpu) for run in runs), 1),
        "cpu_p95": round(median(percentile(run.cpu, 95) for run in runs), 1),
        "slowest": round(max(max(run.page) for run in runs), 1),
        "ratio": round(median(median(run.page) / median(run.reference) for run in runs), 2),
        "reference": page.reference_is,
        "reference_median": round(median(median(run.reference) for run in runs), 1),
        "statements": statements,
        "subjects": len(set(map(str, chosen))),
        "samples": samples,
        "repeats": repeats,
        "within_target": p95 < TARGET_MS,
    }


def _once(page: Page, subjects: Sequence[Any]) -> Timed:
    timed = Timed([], [], [])
    for place, subject in enumerate(subjects):
        # In turn first and second, because the second finds the subject's rows already read.
        pair = [(page.show, timed.page, timed.cpu), (page.reference, timed.reference, [])]
        for act, times, cpu in pair if place % 2 else reversed(pair):
            began, busy = time.perf_counter(), time.process_time()
            act(subject)
            times.append((time.perf_counter() - began) * 1000)
            cpu.append((time.process_time() - busy) * 1000)
    return timed


def _statements(page: Page) -> dict[str, int]:
    """The fewest and the most statements that showing one subject took, over the first few and the last."""
    numbers = []
    for subject in [*page.subjects[:COUNTED], *page.subjects[-COUNTED:]]:
        page.show(subject)
        with CaptureQueriesContext(connection) as queries:
            page.show(subject)
        numbers.append(len(queries))
    return {"fewest": min(numbers), "most": max(numbers)}


def percentile(times: Sequence[float], share: int) -> float:
    """The smallest time that at least `share` per cent of the times do not exceed."""
    ordered = sorted(times)
    return ordered[max(-(-len(ordered) * share // 100) - 1, 0)]


def share(truths: Iterable[object]) -> float:
    """How many of these are true, from 0 to 1; 0 of none."""
    known = [bool(each) for each in truths]
    return round(sum(known) / len(known), 4) if known else 0.0
