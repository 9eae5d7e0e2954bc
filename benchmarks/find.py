"""How long does it take from what somebody types to the people it may mean, among a million?

Queries with one kind of fault each are asked of a person index in a database of its own: read, sought by keys in one
statement, scored and ranked. In the same run, in turns: the same candidates scored by Splink's `compare_records`, and
Splink by its own blocking; and, for some, everybody who shares any key at all, to see what the limits on candidates
lose. Everybody is invented.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from benchmarks import everybody, in_turns, index_filling
from benchmarks.by_splink import BlockedBySplink, BySplink
from benchmarks.index_filling import person_id
from benchmarks.measuring import percentile, share
from jigsaw import record_linkage as linkage
from jigsaw.hub.config import web_server
from jigsaw.hub.kit import prepare
from jigsaw.hub.people import matching
from jigsaw.record_linkage import query_text
from jigsaw.record_linkage.invented import KINDS, WORLD_DAY, Query, families, queries

SHOWN = 10
TARGET_MS = 5.0
TARGET_QUERIES_A_SECOND = 500
PROCESSES = 2
LETTERS_TYPED = (3, 4)
Progress = Callable[[str], None]


def run(
    *,
    persons: int,
    asked: int = 400,
    repeats: int = 3,
    compared: int = 100,
    exhaustive: int = 100,
    blocked: int = 20,
    seed: int = 1,
    progress: Progress = lambda words: None,
) -> dict[str, object]:
    """Fill a database of its own, ask, and drop it again. Times in milliseconds.

    `asked` queries are asked `repeats` times; `compared` of them by Splink's scoring as well, `exhaustive` of
    everybody, and `blocked` by Splink alone.
    """
    with prepare.fresh_database(f"jigsaw_bench_find_{os.getpid()}"):
        began = time.perf_counter()
        held = index_filling.fill(persons=persons, seed=seed, progress=progress)
        filled = round(time.perf_counter() - began, 1)
        progress("Choosing whom to ask for …")
        meant = queries(families(persons, seed), asked, seed, kinds=KINDS)
        answer = measure(
            meant,
            repeats=repeats,
            compared=compared,
            exhaustive=exhaustive,
            blocked=blocked,
            progress=progress,
        )
        return {"name": "find", **held, "filled_in_seconds": filled, **answer}


def measure(
    meant: Sequence[Query],
    *,
    repeats: int,
    compared: int,
    exhaustive: int,
    blocked: int,
    progress: Progress,
) -> dict[str, object]:
    """Ask every query of the filled database that Django is connected to."""
    texts = [query.text for query in meant]
    for text in texts[:20]:
        ask(text)
    web_server.settle()  # as the server does
    progress("Asking …")
    times = [_once(texts) for _repeat in range(repeats)]
    places = [_place(query, ask(query.text)) for query in meant]
    p95 = median(percentile(run, 95) for run in times)
    progress("Asking from two processes at once …")
    a_second = _a_second(meant, repeats)
    progress(f"Asking {compared} queries in turns with Splink's scoring …")
    by_splink = _beside(texts[:compared], BySplink, repeats)
    progress(f"Asking {blocked} queries in turns with Splink alone …")
    alone = _beside(texts[:blocked], BlockedBySplink, repeats)
    progress(f"Comparing {exhaustive} queries with everybody who shares any key …")
    return {
        "queries": len(meant),
        "repeats": repeats,
        "unit": "ms",
        "p50": _ms(median(percentile(run, 50) for run in times)),
        "p95": _ms(p95),
        "p99": _ms(median(percentile(run, 99) for run in times)),
        "queries_a_second_2_processes": a_second,
        "statements": _statements(meant),
        "recall_at_1": share(place == 1 for place in places),
        "recall_at_5": share(0 < place <= 5 for place in places),
        "by_kind": _by_kind(meant, places),
        "exhaustive": everybody.beside(meant[:exhaustive], places[:exhaustive]),
        "by_splink": by_splink,
        "by_splink_blocked": alone,
        "partly_typed": _partly_typed(meant),
        "hidden": _hidden(meant[: min(100, len(meant))]),
        "within_target": p95 <= TARGET_MS and a_second >= TARGET_QUERIES_A_SECOND,
    }


@transaction.atomic
def ask(text: str) -> list[matching.Candidate]:
    """From text to ranked matches, as a search does it: in one transaction."""
    return matching.search(query_text.parse(text, WORLD_DAY), limit=SHOWN, through_home=True)


def _once(texts: Sequence[str]) -> list[float]:
    """Milliseconds of each query."""
    times: list[float] = []
    for text in texts:
        began = time.perf_counter()
        ask(text)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _beside(
    texts: Sequence[str], splink: type[BySplink | BlockedBySplink], repeats: int
) -> dict[str, object]:
    """The same queries in turns with Splink, which is made ready only if it is asked anything."""
    if not texts:
        return {"queries": 0}
    return in_turns.beside(texts, ask, splink(matching.index_size()).ask, repeats=repeats)


def _place(query: Query, found: Sequence[matching.Candidate]) -> int:
    """At which place whoever is meant stands, from 1; 0 if they are not among those shown."""
    wanted = person_id(query.person_id)
    return next((place for place, each in enumerate(found, 1) if each.person == wanted), 0)


def _by_kind(meant: Sequence[Query], places: Sequence[int]) -> dict[str, dict[str, float]]:
    kinds = sorted({query.kind for query in meant})
    return {
        kind: {
            "at_1": share(
                place == 1 for query, place in zip(meant, places, strict=True) if query.kind == kind
            ),
            "at_5": share(
                0 < place <= 5 for query, place in zip(meant, places, strict=True) if query.kind == kind
            ),
        }
        for kind in kinds
    }


def _statements(meant: Sequence[Query]) -> dict[str, int]:
    counted = []
    for query in meant[:50]:
        with CaptureQueriesContext(connection) as statements:
            ask(query.text)
        counted.append(sum(each["sql"] not in ("BEGIN", "COMMIT") for each in statements.captured_queries))
    return {"fewest": min(counted), "most": max(counted)}


# --- two processes ----------------------------------------------------------------------------------------


def _a_second(meant: Sequence[Query], repeats: int) -> float:
    """Queries a second, all of them asked `repeats` times by each of two processes at once."""
    connections.close_all()
    texts = [query.text for query in meant]
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(PROCESSES + 1)
    asking = [
        context.Process(target=_ask_all, args=(texts[part:] + texts[:part], repeats, ready))
        for part in range(0, len(texts), -(-len(texts) // PROCESSES))
    ]
    for process in asking:
        process.start()
    ready.wait()
    began = time.perf_counter()
    for process in asking:
        process.join()
    return round(len(texts) * repeats * len(asking) / (time.perf_counter() - began), 1)


def _ask_all(texts: Sequence[str], repeats: int, ready: Any) -> None:
    ask(texts[0])
    ready.wait()
    for _repeat in range(repeats):
        for text in texts:
            ask(text)
    connections.close_all()


# --- while somebody types ---------------------------------------------------------------------------------


def _partly_typed(meant: Sequence[Query]) -> dict[str, object]:
    """Somebody's given name in full and the first letters of their family name, with nothing else."""
    times, found = [], Counter[str]()
    texts = [(query, words) for query in meant if (words := _typed(query))]
    for _query, text in texts:
        began = time.perf_counter()
        answer = ask(text)
        times.append((time.perf_counter() - began) * 1000)
        asked = query_text.parse(text, WORLD_DAY)
        start = asked.family[0] if asked.family else ""
        # Many are called so: those shown must be among them.
        found["alike"] += bool(answer) and _is_called(answer[0], start)
    return {
        "queries": len(times),
        "p50": _ms(percentile(times, 50)) if times else None,
        "p95": _ms(percentile(times, 95)) if times else None,
        "first_shown_starts_so": round(found["alike"] / len(times), 4) if times else None,
    }


def _typed(query: Query) -> str:
    given, family = query.fields.given.split(" ")[0], query.fields.family
    letters = LETTERS_TYPED[query.person_id % len(LETTERS_TYPED)]
    return f"{given} {family[:letters]}" if given.isalpha() and len(family) > letters else ""


def _is_called(candidate: matching.Candidate, start: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT family FROM people_personrecord WHERE person_id = %s", [candidate.person])
        names = [linkage.Record.standardised(family=row[0]).family for row in cursor.fetchall()]
    return any(name.startswith(start) for found in names for name in found)


# --- somebody who is hidden -------------------------------------------------------------------------------


FORGET_KEYS = """
    DELETE FROM people_recordkey WHERE record_id IN (SELECT id FROM people_personrecord WHERE person_id = %s)
"""


def _hidden(meant: Sequence[Query]) -> dict[str, object]:
    """Asked for by whoever may not see them, and as if nobody had ever written them down."""
    hidden, absent = [], []
    for place, query in enumerate(meant):
        asked, person = query_text.parse(query.text, WORLD_DAY), person_id(query.person_id)
        # In turn first and second, because the second finds the rows already read.
        for as_if_absent in (place % 2 == 0, place % 2 == 1):
            with transaction.atomic():
                if as_if_absent:
                    _rows_gone(person)
                began = time.perf_counter()
                matching.search(asked, limit=SHOWN, barred=[] if as_if_absent else [person])
                (absent if as_if_absent else hidden).append((time.perf_counter() - began) * 1000)
                transaction.set_rollback(True)
    return {
        "queries": len(hidden),
        "p50_hidden": _ms(percentile(hidden, 50)),
        "p50_absent": _ms(percentile(absent, 50)),
    }


def _rows_gone(person: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FORGET_KEYS, [person])


def _ms(value: float) -> float:
    return round(value, 2)
