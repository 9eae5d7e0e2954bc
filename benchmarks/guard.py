"""Does the database show exactly what it may, and what does its guarding cost a child's page?

First, cases: worlds made by chance, everybody asks for everything at every time, and the model of `guard_model` must
agree; then every broken policy must be found broken. Second, cost: in an invented large authority, the pages of
children are asked for in turns with row-level security and with it put aside, by the real address, signed in.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import psycopg
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks import filling, guard_cases, guard_mutants, guard_world, measuring, pages
from jigsaw.hub.config import web_server
from jigsaw.hub.kit import guard, postgres, prepare

TARGET_RATIO, TARGET_P95_MS = 3.0, 150.0
TURNS = 3


def run(
    *,
    cases: int,
    persons: int,
    entries: int,
    samples: int = 60,
    progress: Callable[[str], None] = lambda words: None,
) -> dict[str, object]:
    """In a database of its own, dropped again: at least `cases` decisions, all mutants, and the cost of the guard.

    `persons` 0: only the decisions.
    """
    prepare.static_files()
    with prepare.fresh_database(f"jigsaw_bench_guard_{os.getpid()}") as given:
        answer: dict[str, object] = {"name": "guard", **decide(given.app_url, cases=cases, progress=progress)}
        answer |= find_broken(given.owner_url, progress=progress)
        if persons:
            filled = filling.fill(persons=persons, entries=entries, now=timezone.now(), progress=progress)
            answer |= filled.counts | cost(filled, samples=samples, progress=progress)
        return answer


def decide(app_url: str, *, cases: int, progress: Callable[[str], None]) -> dict[str, object]:
    """World after world until `cases` are decided, asked as the service's own humble role."""
    began, decisions, shown, worlds = time.perf_counter(), 0, 0, 0
    wrong: list[str] = []
    with psycopg.connect(app_url) as app:
        postgres.refuse_privileged(app)
        while decisions < cases:
            world = guard_world.make(worlds)
            guard_world.put(app, world)
            told = guard_cases.ask_all(app, world, changing=True)
            app.rollback()
            worlds, decisions, shown = worlds + 1, decisions + told.decisions, shown + told.shown
            wrong += [f"leak: {one}" for one in told.leaks] + [
                f"wrong refusal: {one}" for one in told.refusals
            ]
            progress(f"{decisions:,} cases decided, {len(wrong)} wrong …")
    return {
        "cases": decisions,
        "worlds": worlds,
        "shown": shown,
        "leaks": sum(one.startswith("leak") for one in wrong),
        "wrong_refusals": sum(one.startswith("wrong") for one in wrong),
        "wrong": wrong[:20],
        "seconds": round(time.perf_counter() - began, 1),
    }


def find_broken(owner_url: str, *, progress: Callable[[str], None]) -> dict[str, object]:
    """Break each policy in a transaction that is undone, as the owner, whom they bind as well."""
    world = guard_world.make(1)
    broken = [*guard_mutants.OPENED, *guard_mutants.MUTANTS]
    with psycopg.connect(owner_url) as owner:
        missed = [name for name in guard_mutants.OPENED if not guard_mutants.is_found(owner, world, name)]
        guard_world.put(owner, world)
        missed += [name for name in guard_mutants.MUTANTS if not guard_mutants.is_found(owner, world, name)]
        owner.rollback()
    progress(f"{len(broken)} broken policies, {len(missed)} not found …")
    return {"broken": len(broken), "broken_not_found": missed}


def cost(filled: filling.Filled, *, samples: int, progress: Callable[[str], None]) -> dict[str, object]:
    """The same children's pages in turns, guarded and not; times in milliseconds."""
    worker = filled.social_worker
    browser = pages.browser(worker)
    _most, children = pages.children(worker, random.Random(2))
    chosen = children[:samples]
    _visits(browser, chosen[:10])
    web_server.settle()  # as the server does
    guarded: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    for turn in range(TURNS):
        progress(f"Asking for {len(chosen)} pages, turn {turn + 1} of {TURNS} …")
        guarded += _visits(browser, chosen)
        with guard.set_aside(_owner()):
            bare += _visits(browser, chosen)
    in_database = [[sql for _page, sql in times] for times in (guarded, bare)]
    ratio = median(in_database[0]) / median(in_database[1])
    p95 = measuring.percentile([page for page, _sql in guarded], 95)
    return {
        "page_median": round(median(page for page, _sql in guarded), 1),
        "page_p95": round(p95, 1),
        "page_median_unguarded": round(median(page for page, _sql in bare), 1),
        "statements_median": round(median(in_database[0]), 2),
        "statements_median_unguarded": round(median(in_database[1]), 2),
        "ratio": round(ratio, 2),
        "within_target": ratio <= TARGET_RATIO and p95 <= TARGET_P95_MS,
    }


def _owner() -> psycopg.Connection[Any]:
    owner = connections["owner"]
    owner.ensure_connection()
    return owner.connection


def _visits(browser: Any, children: Sequence[Any]) -> list[tuple[float, float]]:
    """Of each page: how long it took, and how long its statements took, in milliseconds."""
    times = []
    for person in children:
        address = reverse("child", args=[person])
        began = time.perf_counter()
        pages.get(browser, address)
        page = (time.perf_counter() - began) * 1000
        with CaptureQueriesContext(connection) as statements:
            pages.get(browser, address)
        times.append((page, sum(float(one["time"]) for one in statements) * 1000))
    return times
