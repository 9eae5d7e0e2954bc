"""Killed, cut off, slow, out of time: nothing that was acknowledged is lost. A short part of `jigsaw bench faults`."""

from __future__ import annotations

import json
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from benchmarks import alert_messages, alerts, faults, own_hub
from benchmarks.alert_world import SETTINGS
from benchmarks.own_hub import Hub
from django.db import transaction
from django.test import Client
from django.utils import timezone

from jigsaw.hub.audit import heads, operations, queries, sequencing
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.config import health, web_server
from jigsaw.hub.jobs import every_minute
from jigsaw.hub.kit import outbox, postgres
from jigsaw.hub.kit.actor import SYSTEM
from people_in_tests import MONDAY, Town

HERE = Path(__file__).parent
NUMBER = "9990000018"
KATIE = {
    "key": "k", "given": "Katie", "family": "Walsh", "born": "2014-03-03", "postcode": "ST1 4QZ", "nhs": NUMBER,
}  # fmt: skip


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    """A school with one child, in a database server of its own, served."""
    with own_hub.hub() as made:
        made.run(str(HERE / "hub_of_its_own.py"), "make", json.dumps([KATIE]))
        made.serve(demonstration=False, workers=2)
        made.wait_until_ready()
        yield made


def test_kill_9_of_database_server_and_worker_loses_nothing_that_was_acknowledged(hub: Hub) -> None:
    writing = faults.browsers_for(hub, 2, "ros@sch.example")
    found = faults.killed(hub, writing, kills=3, seed=1)
    assert found["acknowledged"] > 0
    assert (found["lost"], found["doubled"], found["not_logged"]) == (0, 0, 0), found
    assert set(found["ready_ms"]) == {faults.DATABASE, faults.SERVER, faults.WORKER}
    assert max(found["ready_ms"].values()) <= faults.READY_MS, found["ready_ms"]


def test_kill_9_of_the_listener_and_of_the_jobs_loses_no_message_of_a_hospital(hub: Hub) -> None:
    hub.run(str(HERE / "hub_of_its_own.py"), "hospital", NUMBER)
    katie, nobody = ("Katie", "Walsh", "20140303", NUMBER), ("Ann", "Other", "19900101", "9990000026")
    facilities = [facility for _code, facility, _address in SETTINGS]
    sending = alert_messages.made([katie], [nobody], facilities, rate=40, seconds=4, seed=1)
    seen = alerts.send_all(hub, sending, 4, True)
    found = seen.found(sending) | alerts.counted(hub, sending, seen)
    assert sending.told, "some of them the authority is to know of"
    assert found["messages"] == len(sending.messages)
    for name in ("lost", "twice", "not_worked_on", "not_told", "told_wrongly", "answered_wrongly", "failed"):
        assert found[name] == 0, (name, found)
    assert found["counted"] >= len(sending.messages), "the same again is counted"


def test_a_form_sent_over_a_line_that_breaks_has_one_effect(hub: Hub) -> None:
    [writing] = faults.browsers_for(hub, 1, "ros@sch.example")
    found = faults.dropped(hub, writing, times=5)
    assert found["once"], found


def test_a_database_without_room_says_so_keeps_what_was_saved_and_goes_on() -> None:
    """A limit on the size of its files stands for the disk: beyond it the system refuses as it does on a full one."""
    home = Path(tempfile.mkdtemp(prefix="jigsaw-full-"))
    home.chmod(0o755)
    limited = (
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({ROOM}, {ROOM}));"
        f"from pathlib import Path; from jigsaw.hub.kit import postgres; postgres.start(Path({str(home)!r}))"
    )
    try:
        subprocess.run([sys.executable, "-c", limited], check=True, timeout=120)
        url, saved = postgres.databases(home, {}).owner_url, 0
        with postgres.connect(url) as owner:
            owner.execute("CREATE TABLE filling (said text STORAGE EXTERNAL)")
            with pytest.raises(psycopg.Error, match=r"could not extend|File too large"):
                while saved < 2 * ROOM >> 20:
                    owner.execute("INSERT INTO filling VALUES (%s)", ["x" * (1 << 20)])
                    saved += 1
            assert owner.execute("SELECT count(*) FROM filling").fetchone() == (saved,), "and reading goes on"
        postgres.stop(home)
        postgres.start(home)
        with postgres.connect(url) as owner:
            owner.execute("INSERT INTO filling VALUES ('there is room again')")
            assert owner.execute("SELECT count(*) FROM filling").fetchone() == (saved + 1,)
    finally:
        postgres.stop(home)
        shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


ROOM = 24 << 20
"""Bytes of the largest file: more than a segment of the write-ahead log, which is never longer."""


# --- the clock --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("apart", "ready"), [(timedelta(hours=-2), 503), (timedelta(hours=2), 503), (timedelta(seconds=20), 200)]
)
def test_a_hub_whose_clock_is_not_the_databases_says_that_it_is_not_ready(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch, apart: timedelta, ready: int
) -> None:
    now = timezone.now()
    monkeypatch.setattr(health.timezone, "now", lambda: now + apart)
    told = client.get("/readyz")
    assert told.status_code == ready
    assert abs(told.json()["clocks_apart"] + apart.total_seconds()) < 10


def test_a_clock_two_hours_wrong_either_way_loses_nothing_and_is_an_alarm(town: Town) -> None:
    sequencing.place_all()
    heads.publish(now=MONDAY)
    handled: list[int] = []
    wrong = (MONDAY, MONDAY + timedelta(hours=2), MONDAY - timedelta(hours=2), MONDAY)
    for number, now in enumerate(wrong):
        with transaction.atomic():
            operations.record(actor=SYSTEM, action="tried", detail={"number": number}, now=now)
            outbox.put(topic="tried", payload={"number": number}, now=now)
        every_minute.run_all(now)
        outbox.handle(
            topics=["tried"], act=lambda message: handled.append(message.payload["number"]), now=now
        )
    assert sorted(handled) == [0, 1, 2, 3], "each once, whatever its time says"
    tried = Entry.objects.filter(action="tried").order_by("id")
    assert [entry.detail["number"] for entry in tried] == [0, 1, 2, 3], "in the order of the acts"
    assert queries.verify().damaged == ()


# --- slow clients, and a server whose parent died -----------------------------------------------------------------


def test_a_client_that_says_nothing_more_is_waited_for_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "PATIENCE", 1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        web_server.when_ready(SimpleNamespace(LISTENERS=[SimpleNamespace(sock=listening)]))
        with socket.create_connection(listening.getsockname()) as client:
            line, _address = listening.accept()
            with line:
                client.sendall(b"GET / HT")
                assert line.recv(100) == b"GET / HT"
                limit = line.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, 16)
                assert struct.unpack("ll", limit) == (1, 0), "connections inherit it"
                began = time.monotonic()
                with pytest.raises(BlockingIOError):
                    line.recv(100)
                assert time.monotonic() - began < 5
