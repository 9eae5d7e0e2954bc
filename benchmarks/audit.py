"""What does the audit log cost whoever writes, how soon has an entry its place, and how fast is it checked?

Several processes write at once, in turns of a second: plain rows, then entries of the log, so that whatever else the
machine does slows both; the ratio is that of rows written. Meanwhile the sequencer runs as it does beside the server.
Then the log is filled, verified by the hub and by `scripts/verify-audit`, and proved from.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, connections, models, transaction

from benchmarks.measuring import percentile
from jigsaw.hub.audit import evidence, heads, operations, queries, sequencing
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.config import web_server
from jigsaw.hub.jobs import place_audit_entries
from jigsaw.hub.kit import prepare
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.ids import uuid7

RATIO, LAG_P99, VERIFY, PROOF_P95 = 0.75, 2.0, 10.0, 5.0
"""At least so many times plain rows; at most so many seconds, seconds a million entries, milliseconds."""
TURN, SETTLING, EVERY = 1.0, 0.1, 0.05
"""A turn's seconds, the part of it that is not counted, and how often is looked what waits."""
Progress = Callable[[str], None]


class Plain(models.Model):
    """The same row, with the same indexes, in a table without leaf, transaction and epoch: the least it can cost."""

    id = models.BigAutoField(primary_key=True)
    entry = models.UUIDField()
    at = models.DateTimeField()
    practitioner = models.UUIDField(null=True)
    agency = models.UUIDField(null=True)
    roles = ArrayField(models.CharField(max_length=40))
    action = models.CharField(max_length=60)
    purpose = models.CharField(max_length=120)
    people = ArrayField(models.UUIDField())
    thing = models.CharField(max_length=120)
    detail = models.JSONField()
    commitment = models.CharField(max_length=64)

    class Meta:
        app_label = "audit"
        managed = False
        db_table = "bench_plain"


def run(
    *, entries: int, writers: int, seconds: int, proofs: int, progress: Progress = lambda words: None
) -> dict[str, object]:
    """Measure with `writers` processes for `seconds`, then fill up to `entries`; times in seconds, proofs in ms."""
    key = settings.AUDIT_SIGNING_KEY
    settings.AUDIT_SIGNING_KEY = lambda: b"\x01" * 32  # the heads of this log are nobody's
    try:
        with prepare.fresh_database(f"jigsaw_bench_audit_{os.getpid()}"):
            _make_plain()
            progress(f"{writers} processes write for {seconds} seconds …")
            answer = {"name": "audit", **_writing(writers, seconds)}
            progress(f"Filling up to {entries:,} entries …")
            answer |= _filled(entries)
            progress("Verifying, and proving …")
            answer |= _verified() | _proved(proofs)
            progress("Verifying an export offline …")
            answer |= _verified_offline(answer["entries"])
            connections.close_all()
    finally:
        settings.AUDIT_SIGNING_KEY = key
    return answer | {"within_target": within_target(answer)}


def within_target(found: dict[str, Any]) -> bool:
    """Whether everything that is asked of the log was reached."""
    return bool(
        found["ok"]
        and found["offline_ok"]
        and found["ratio"] >= RATIO
        and found["lag_p99"] <= LAG_P99
        and max(found["verify_seconds_a_million"], found["offline_seconds_a_million"]) <= VERIFY
        and found["proof_p95"] <= PROOF_P95
    )


# --- writing --------------------------------------------------------------------------------------------------


def _make_plain() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE bench_plain (LIKE audit_entry INCLUDING ALL)")
        cursor.execute("ALTER TABLE bench_plain DROP COLUMN leaf, DROP COLUMN xid, DROP COLUMN epoch")
    connections["owner"].close()


def _writing(writers: int, seconds: int) -> dict[str, Any]:
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    counts: Any = fork.Queue()
    start = time.time() + 0.5
    processes = [fork.Process(target=_write, args=(seed, start, seconds, counts)) for seed in range(writers)]
    for process in processes:
        process.start()
    stop = threading.Event()
    sequencer = threading.Thread(target=_place, args=(stop,))
    sequencer.start()
    lags = _lags(start + seconds)
    found = [counts.get(timeout=60) for _process in processes]
    stop.set()
    sequencer.join()
    for process in processes:
        process.join()
    plain, audited = (sum(each[mode] for each in found) for mode in (0, 1))
    counted = seconds * (1 - SETTLING / TURN) / 2
    return {
        "writers": writers,
        "seconds": seconds,
        "plain_a_second": round(plain / counted),
        "audited_a_second": round(audited / counted),
        "ratio": round(audited / plain, 3),
        "lag_median": round(median(lags), 2),
        "lag_p99": round(percentile(lags, 99), 2),
        "lag_samples": len(lags),
    }


def _place(stop: threading.Event) -> None:
    """Give entries their place until told to stop; the thread's connection would keep the database from being dropped."""
    try:
        place_audit_entries.keep_running(stop)
    finally:
        connections.close_all()


def _lags(until: float) -> list[float]:
    """For how long the oldest entry without a place waits already, at each look at which one waits.

    Of all that wait at that moment it is the longest, so the percentile of entries lies below that of these.
    """
    lags = []
    while time.time() < until:
        if since := sequencing.waiting_since():
            lags.append((datetime.now(UTC) - since).total_seconds())
        time.sleep(EVERY)
    return lags


def _write(seed: int, start: float, seconds: int, counts: Any) -> None:
    chance, done = random.Random(seed), [0, 0]
    connection.ensure_connection()
    while time.time() < start:
        time.sleep(0.01)
    while (since := time.time() - start) < seconds:
        mode = int(since / TURN) % 2
        (_plain, _audited)[mode](chance)
        # What was begun in the turn before comes to its end first.
        done[mode] += since % TURN > SETTLING
    connections.close_all()
    counts.put(done)


def _plain(chance: random.Random) -> None:
    with transaction.atomic():
        row = Plain(
            entry=uuid7(), roles=["lead"], commitment="", practitioner=None, agency=None, **_facts(chance)
        )
        row.save(force_insert=True)


def _audited(chance: random.Random) -> None:
    facts = _facts(chance)
    with transaction.atomic():
        operations.record(actor=SYSTEM, now=facts.pop("at"), **facts)


def _facts(chance: random.Random) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC),
        "action": "person.viewed",
        "purpose": "enquiry E-7K3M-2QXA",
        "people": [uuid7()],
        "thing": f"person {chance.randrange(1_000_000)}",
        "detail": {"entries": chance.randrange(50)},
    }


# --- checking -------------------------------------------------------------------------------------------------

# As `operations.record` would write them, of several practitioners; PostgreSQL makes them faster than we could.
FILL = """
    INSERT INTO audit_entry (entry, at, practitioner, agency, roles, action, purpose, people, thing, detail, commitment,
                             leaf)
    SELECT entry, at, who, NULL, '{lead}', 'person.viewed', 'enquiry E-7K3M-2QXA', ARRAY[child], 'person 1',
        jsonb_build_object('entries', many), '', sha256('\\x00'::bytea || convert_to(
            '{"action":"person.viewed","agency":"","at":"'
            || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
            || '+00:00","commitment":"","detail":{"entries":' || many || '},"entry":"' || entry
            || '","people":["' || child || '"],"practitioner":"' || who
            || '","purpose":"enquiry E-7K3M-2QXA","roles":["lead"],"thing":"person 1"}', 'UTF8'))
    FROM (SELECT gen_random_uuid() AS entry, gen_random_uuid() AS child, gen_random_uuid() AS who,
                 clock_timestamp() AS at, n %% 50 AS many FROM generate_series(1, %s) AS n) AS made
"""
AT_A_TIME = 50_000


def _filled(entries: int) -> dict[str, Any]:
    sequencing.place_all()
    missing, placing, placed = max(0, entries - Entry.objects.count()), 0.0, 0
    while missing > 0:
        with connection.cursor() as cursor:
            cursor.execute(FILL, [min(missing, AT_A_TIME)])
        missing -= AT_A_TIME
        began = time.perf_counter()
        placed += sequencing.place_all()
        placing += time.perf_counter() - began
    heads.publish(now=datetime.now(UTC))
    sequencing.place_all()
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE audit_entry, audit_leaf, audit_subtree")
    return {"entries": sequencing.size(), "placed_a_second": round(placed / placing) if placing else None}


def _verified() -> dict[str, Any]:
    began = time.perf_counter()
    found = queries.verify()
    seconds = time.perf_counter() - began
    return {
        "ok": found.ok,
        "verify_seconds": round(seconds, 2),
        "verify_seconds_a_million": round(seconds * 1e6 / found.entries, 2),
    }


def _proved(proofs: int) -> dict[str, Any]:
    chance = random.Random(1)
    newest = Entry.objects.latest("id").pk
    asked = [
        str(Entry.objects.filter(pk__gte=chance.randrange(1, newest)).order_by("id")[0].entry)
        for _turn in range(proofs)
    ]
    times = []
    web_server.settle()  # as the server does
    for entry in asked:
        began = time.perf_counter()
        queries.prove(entry)
        times.append((time.perf_counter() - began) * 1000)
    return {"proof_median": round(median(times), 2), "proof_p95": round(percentile(times, 95), 2)}


def _verified_offline(entries: int) -> dict[str, Any]:
    """The standalone program's own time, from starting Python to its answer, on an export in a file."""
    with tempfile.TemporaryDirectory(prefix="jigsaw-bench-") as folder:
        file = Path(folder, "log.jsonl")
        began = time.perf_counter()
        with file.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in evidence.lines())
        exported = time.perf_counter() - began
        command = [
            sys.executable,
            "-I",
            str(Path(settings.ROOT) / "scripts" / "verify-audit"),
            str(file),
            "--json",
        ]
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
    return {
        "export_seconds": round(exported, 2),
        "offline_ok": done.returncode == 0,
        "offline_seconds": round(seconds, 2),
        "offline_seconds_a_million": round(seconds * 1e6 / entries, 2),
    }
