"""Does the authority hear within a second, whatever hospitals send at once, and is nothing lost when anything is killed?

A hub of its own holds a person index with plans, served as `jigsaw serve` serves it, with `jigsaw listen` beside it. Two
settings send HL7 v2 over several connections each, at a steady rate; half-way the listener is killed with -9, and later
the server with its jobs. Whoever gets no answer sends again. At the end every acknowledged message must be there once
and worked on, and the authority told of exactly those visits of which it is to know.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from benchmarks import alert_messages, own_hub
from benchmarks.alert_messages import Line, Sending, Sent
from benchmarks.alert_world import SETTINGS, WITH_PLANS, WITHOUT_PLANS
from benchmarks.measuring import percentile
from benchmarks.own_hub import Hub
from jigsaw.hub.kit import postgres

LOOK_MS, HEARD_MS, A_SECOND = 20.0, 1000.0, 200.0
LOOKED_EVERY = 0.02
LINES = 8
"""Connections of each setting."""
LONGEST_DRAIN = 120.0
PEOPLE = 20_000
LOOKS_A_SECOND = 2.0
"""While messages come: about as many as sixty clinicians with a child each half a minute."""
Progress = Callable[[str], None]


def run(
    *, persons: int, plans: int, seconds: float, rate: float, looks: int, kill: bool = True, seed: int = 1,
    progress: Progress = lambda words: None,
) -> dict[str, object]:  # fmt: skip
    """Fill a hub of its own, send for so long at such a rate (messages a second), and count what came of it.

    The answer has times in milliseconds and counts; see README.md.
    """
    with own_hub.hub() as hub:
        progress(f"Filling a hub with {persons:,} people and {plans:,} plans …")
        filled = _told(hub, "fill", persons, plans, seconds=7200)
        hub.serve(demonstration=False, workers=1)
        hub.wait_until_ready()
        progress(f"Looking {2 * looks} times …")
        looked = _told(hub, "look", looks)["times"]
        [with_plans, others] = [_rows(hub, what, {"many": PEOPLE}) for what in (WITH_PLANS, WITHOUT_PLANS)]
        facilities = [facility for _code, facility, _address in SETTINGS]
        sending = alert_messages.made(with_plans, others, facilities, rate=rate, seconds=seconds, seed=seed)
        progress(f"Sending {len(sending.messages):,} messages in {seconds:.0f} s …")
        load = os.getloadavg()[0]
        with _looking(hub, seconds) as meanwhile:
            seen = send_all(hub, sending, seconds, kill)
        looked |= {f"{what}_while_sending": times for what, times in meanwhile.items()}
        progress("Counting …")
        answer = {"name": "alerts", **filled, "rate": rate, "seconds": seconds, "load_before": round(load, 1)}
        answer |= {"load_after": round(os.getloadavg()[0], 1), "cores": os.cpu_count()}
        answer |= {what: _times(times) for what, times in looked.items()}
        answer |= seen.found(sending) | counted(hub, sending, seen)
        answer["errors_logged"] = hub.log().count('"level": "error"')
    return answer | {"within_target": within_target(answer)}


def within_target(found: dict[str, Any]) -> bool:
    """Whether nothing was lost, doubled or told wrongly, and all of it was as fast as it should be."""
    wrong = (
        "lost",
        "twice",
        "not_worked_on",
        "not_told",
        "told_wrongly",
        "answered_wrongly",
        "never_answered",
    )
    return bool(
        not any(found[name] for name in wrong)
        and found["look"]["p95"] <= LOOK_MS
        and found["alert"]["p99"] <= HEARD_MS
        and found["messages_a_second"] >= A_SECOND
    )


def _told(hub: Hub, *words: object, seconds: float = 600) -> dict[str, Any]:
    return dict(
        json.loads(
            hub.run("-m", "benchmarks.alert_world", *map(str, words), seconds=seconds).splitlines()[-1]
        )
    )


@contextmanager
def _looking(hub: Hub, seconds: float) -> Iterator[dict[str, list[float]]]:
    """Somebody looks LOOKS_A_SECOND times in another process meanwhile; the times are there once it is over."""
    times: dict[str, list[float]] = {}
    many = max(int(seconds * LOOKS_A_SECOND / 2), 10)
    words = ("look", many, int(1000 / LOOKS_A_SECOND))
    looker = threading.Thread(target=lambda: times.update(_told(hub, *words, seconds=seconds + 300)["times"]))
    looker.start()
    try:
        yield times
    finally:
        looker.join()


def _rows(hub: Hub, statement: str, values: dict[str, Any] | None = None) -> list[Any]:
    with _database(hub) as connection:
        return connection.execute(statement.encode(), values).fetchall()


def _database(hub: Hub) -> psycopg.Connection[Any]:
    given = postgres.databases(hub.home, {})
    return psycopg.connect(postgres.of_superuser(hub.home, given), autocommit=True)


def _times(times: list[float]) -> dict[str, float]:
    told = {f"p{share}": round(percentile(times, share), 1) for share in (50, 95, 99)} if times else {}
    return {**told, "slowest": round(max(times, default=0.0), 1), "times": len(times)}


# --- sending ----------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """What senders heard, and when who knew: times are seconds of one clock."""

    began: float = 0.0
    ended: float = 0.0
    drained: float = 0.0
    answered: dict[bytes, str] = field(default_factory=dict)
    waited: list[tuple[float, float]] = field(default_factory=list)
    in_at: dict[str, float] = field(default_factory=dict)
    alert_at: dict[str, float] = field(default_factory=dict)
    sign_at: dict[str, float] = field(default_factory=dict)
    outages: list[tuple[float, float]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def undisturbed(self, at: float) -> bool:
        """Whether nothing was killed at the time, and what had waited meanwhile was dealt with."""
        return not any(begin - 1.0 <= at <= end for begin, end in self.outages)

    def found(self, sending: Sending) -> dict[str, Any]:
        answers = [(end - at) * 1000 for at, end in self.waited if self.undisturbed(at)]
        return {
            "messages": self.counts["acknowledged"],
            "messages_a_second": round(self.counts["acknowledged"] / (self.ended - self.began), 1),
            "sent_again": self.counts["again"],
            "answered_wrongly": self.counts["wrong"],
            "never_answered": len(sending.messages) - self.counts["acknowledged"],
            "answer": _times(answers),
            "alert": _times(self._heard(self.alert_at)),
            "sign": _times(self._heard(self.sign_at)),
            "alert_with_kills": _times(
                [
                    (at - self.in_at[visit]) * 1000
                    for visit, at in self.alert_at.items()
                    if visit in self.in_at
                ]
            ),
            "outages_seconds": [round(end - begin, 1) for begin, end in self.outages],
            "worked_off_seconds": round(self.drained - self.ended, 1),
        }

    def _heard(self, known: dict[str, float]) -> list[float]:
        return [
            (at - self.in_at[visit]) * 1000
            for visit, at in known.items()
            if visit in self.in_at and self.undisturbed(self.in_at[visit])
        ]


def send_all(hub: Hub, sending: Sending, seconds: float, kill: bool) -> Seen:
    """Send everything at its time over LINES connections of each setting, and watch who hears of it."""
    seen, stop = Seen(), threading.Event()
    with _Listener(hub) as listener:
        queues: list[queue.Queue[Sent | None]] = [queue.Queue() for _setting in SETTINGS]
        seen.began = time.time()
        threads = [
            threading.Thread(target=_send, args=(listener, queues[place % len(SETTINGS)], place, seen))
            for place in range(LINES * len(SETTINGS))
        ]
        watcher = threading.Thread(target=_watch, args=(hub, seen, stop))
        killer = threading.Thread(target=_kill, args=(hub, listener, seen, seconds)) if kill else None
        for thread in (*threads, watcher, *([killer] if killer else [])):
            thread.start()
        for one in sending.messages:
            if (wait := seen.began + one.at - time.time()) > 0:
                time.sleep(wait)
            queues[one.setting].put(one)
        for each in queues:
            for _line in range(LINES):
                each.put(None)
        for thread in (*threads, *([killer] if killer else [])):
            thread.join()
        seen.ended = time.time()
        _wait_until_worked_on(hub, seen)
        stop.set()
        watcher.join()
    return seen


def _send(listener: _Listener, messages: queue.Queue[Sent | None], place: int, seen: Seen) -> None:
    """One connection: the next message after the last was answered; without an answer it is sent again."""
    address, line = SETTINGS[place % len(SETTINGS)][2], None
    while one := messages.get():
        began = time.time()
        if one.first:
            seen.in_at.setdefault(one.visit, began)
        while True:
            try:
                line = line or Line(listener.port, address)
                code = line.send(one.content)
            except (OSError, StopIteration):
                code = ""
            if code and not (code == "AE" and one.answer == "AA"):
                break
            with seen.lock:
                seen.counts["again"] += 1
            if not code and line:
                line.close()
                line = None
            time.sleep(0.1)
        with seen.lock:
            seen.counts["acknowledged"] += 1
            seen.counts["wrong"] += code != one.answer
            seen.waited.append((began, time.time()))
            seen.answered[hashlib.sha256(one.content).digest()] = one.visit
    if line:
        line.close()


class _Listener:
    """`jigsaw listen` in a process of its own, on one port however often it is started."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.port = hub, 0

    def __enter__(self) -> _Listener:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        """Started and listening."""
        with (self.hub.home / "listen.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", own_hub.COMMAND, "listen", "--port", str(self.port)],
                env=self.hub.environment, cwd=own_hub.ROOT, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        assert self.process.stdout
        line = self.process.stdout.readline()
        self.port = int(line.partition("127.0.0.1:")[2].split()[0])

    def kill_and_start(self) -> None:
        self.process.kill()
        self.process.wait()
        self.start()


# --- killing and watching ---------------------------------------------------------------------------------------


def _kill(hub: Hub, listener: _Listener, seen: Seen, seconds: float) -> None:
    """The listener after two fifths of the time, the server with its jobs after three and a half."""
    for share, act in ((0.4, listener.kill_and_start), (0.7, lambda: _kill_server(hub))):
        time.sleep(max(seen.began + share * seconds - time.time(), 0))
        began = time.time()
        act()
        with _outage(seen, began):
            _wait_until_caught_up(hub)


def _kill_server(hub: Hub) -> None:
    hub.kill_server()
    hub.serve(demonstration=False, workers=1)
    time.sleep(2)
    hub.wait_until_ready()


@contextmanager
def _outage(seen: Seen, began: float) -> Iterator[None]:
    yield
    seen.outages.append((began, time.time() + 1))


def _wait_until_caught_up(hub: Hub) -> None:
    """Fewer messages wait than come in a quarter of a second, twice in a row."""
    until, calm = time.time() + LONGEST_DRAIN, 0
    while calm < 2 and time.time() < until:
        time.sleep(0.5)
        calm = calm + 1 if _rows(hub, WAITING)[0][0] < 60 else 0


def _wait_until_worked_on(hub: Hub, seen: Seen) -> None:
    until = time.time() + LONGEST_DRAIN
    while _rows(hub, WAITING)[0][0] + _rows(hub, NOT_SOUGHT)[0][0] and time.time() < until:
        time.sleep(0.1)
    seen.drained = time.time()
    time.sleep(1)


WAITING = "SELECT count(*) FROM unscheduled_care_delivery WHERE state = 'kept'"
NOT_SOUGHT = "SELECT count(*) FROM unscheduled_care_attendance WHERE to_seek"


def _watch(hub: Hub, seen: Seen, stop: threading.Event) -> None:
    """Look every LOOKED_EVERY seconds what the authority's list has, and which alerts have been told on “For you”."""
    visits: dict[str, str] = {}
    with _database(hub) as connection:
        while not stop.is_set():
            since = _uuid_at(time.time() - 15)
            for alert, visit in connection.execute(NEW_ALERTS, [since]):
                visits[str(alert)] = visit
                seen.alert_at.setdefault(visit, time.time())
            for (alert,) in connection.execute(NEW_SIGNS, [since]):
                if alert in visits:
                    seen.sign_at.setdefault(visits[alert], time.time())
            stop.wait(LOOKED_EVERY)


def _uuid_at(at: float) -> UUID:
    return UUID(int=int(at * 1000) << 80)


NEW_ALERTS = """
    SELECT came.alert_id, visit.visit FROM unscheduled_care_access AS came
    JOIN unscheduled_care_attendance AS visit ON visit.id = came.attendance_id WHERE came.id > %s AND came.how = 'came'
"""
NEW_SIGNS = """
    SELECT payload->>'alert' FROM kit_outboxmessage
    WHERE topic = 'attendance.alert' AND id > %s AND handled_at IS NOT NULL
"""


# --- counting ---------------------------------------------------------------------------------------------------


def counted(hub: Hub, sending: Sending, seen: Seen) -> dict[str, Any]:
    """Of all that was acknowledged: what is not there, what is there twice, and of whom nobody was told."""
    there = {bytes.fromhex(digest): times for digest, times in _rows(hub, DELIVERIES)}
    attendances = dict(_rows(hub, ATTENDANCES))
    told = dict(_rows(hub, TOLD))
    acknowledged = set(seen.answered)
    return {
        "visits": len(attendances),
        "visits_told": len(told),
        "lost": len(acknowledged - set(there)),
        "counted": sum(there.values()),
        "not_worked_on": _rows(hub, WAITING)[0][0] + _rows(hub, NOT_SOUGHT)[0][0],
        "twice": sum(many > 1 for many in (*attendances.values(), *told.values())) + len(_rows(hub, DOUBLED)),
        "not_told": len(sending.told - set(told)),
        "told_wrongly": len(set(told) - sending.told),
        "failed": _rows(hub, FAILED)[0][0],
    }


DELIVERIES = "SELECT digest, times FROM unscheduled_care_delivery"
ATTENDANCES = "SELECT visit, count(*) FROM unscheduled_care_attendance GROUP BY visit"
TOLD = """
    SELECT visit.visit, count(*) FROM unscheduled_care_access AS came
    JOIN unscheduled_care_attendance AS visit ON visit.id = came.attendance_id
    JOIN unscheduled_care_alert AS alert ON alert.id = came.alert_id AND alert.state <> 'cancelled'
    WHERE came.cancelled_at IS NULL GROUP BY visit.visit
"""
DOUBLED = "SELECT digest FROM unscheduled_care_delivery GROUP BY setting_id, digest HAVING count(*) > 1"
FAILED = "SELECT count(*) FROM unscheduled_care_delivery WHERE problems->0->>0 = 'not_processed'"
