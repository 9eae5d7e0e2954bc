"""What is lost when anything is killed, full, slow or cut off? Nothing that was acknowledged, or this says so.

A hub of its own, served as `jigsaw serve` serves it. Practitioners add entries by the page's own form, and whoever gets no
answer presses the button again, as people do: the form bears the same token. Meanwhile database, server or one of its
workers is killed with -9. At the end each entry that anybody was told is saved must be there, once, with its place in
the log; whether ready again is asked of `/readyz`.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from uuid import uuid4

from lxml import html

from benchmarks import own_hub
from benchmarks.browsing import Answer, Browser
from benchmarks.own_hub import Hub

READY_MS = 10_000.0
DATABASE, SERVER, WORKER = "database", "server", "worker"
TOO_SLOW, HALF_SENT = 30.0, 12
"""Seconds after which a page has not been answered; connections that begin a request and never end it."""
Progress = Callable[[str], None]


def run(
    *,
    kills: int,
    victims: Sequence[str] = (DATABASE, SERVER, WORKER),
    jobs_kills: int,
    writers: int,
    seed: int,
    progress: Progress = lambda words: None,
) -> dict[str, object]:
    """All faults in turn, in a hub of Sharetown that is removed afterwards. `victims` are killed in turn."""
    with own_hub.hub() as hub, _small_disk(hub) as disk:
        progress("Making Sharetown …")
        hub.serve(demonstration=True)
        hub.wait_until_ready()
        browsers = browsers_for(hub, writers)
        progress(f"Killing {', '.join(victims)} {kills} times …")
        answer: dict[str, Any] = {"name": "faults", "kills": kills} | killed(
            hub, browsers, kills=kills, victims=victims, seed=seed
        )
        progress("Slow and dropped connections …")
        answer |= {"slow": slow(hub, browsers[0]), "dropped": dropped(hub, browsers[0])}
        progress("A full disk …")
        answer["disk_full"] = (
            filled(hub, browsers[0], disk) if disk else "not tried: this account may not mount a disk"
        )
        progress(f"Killing whoever handles messages {jobs_kills} times …")
        answer["messages"] = handled_once(hub, kills=jobs_kills)
        answer["verified"] = hub.jigsaw("audit", "verify")["ok"]
    return answer | {"within_target": within_target(answer)}


def within_target(found: dict[str, Any]) -> bool:
    """Whether nothing was lost or doubled, and all of it was ready again in time."""
    full = found["disk_full"]
    return bool(
        found["verified"]
        and not (found["lost"] or found["doubled"] or found["not_logged"])
        and max(found["ready_ms"].values()) <= READY_MS
        and found["slow"]["answered"]
        and found["dropped"]["once"]
        and found["messages"]["once"]
        and (isinstance(full, str) or (full["refused"] and not full["lost"] and full["ready_again"]))
    )


# --- adding entries as practitioners do -----------------------------------------------------------------------


@dataclass
class Writing:
    """Somebody who adds entries about one child until told to stop: what they were told is saved."""

    browser: Browser
    child: str
    mark: str = field(default_factory=lambda: uuid4().hex[:12])
    acknowledged: list[str] = field(default_factory=list)
    repeated: int = 0

    def add(self, stop: threading.Event) -> None:
        """One entry; the button is pressed until there is an answer, or until `stop`."""
        title = f"Fault {self.mark}-{len(self.acknowledged)}"
        form = None
        while form is None and not stop.is_set():
            form = self._form(title)
        while form is not None and not stop.is_set():
            if self.press(form) == 302:
                self.acknowledged.append(title)
                return
            self.repeated += 1

    def _form(self, title: str) -> dict[str, str] | None:
        try:
            page = self.browser.get(f"/children/{self.child}/add/")
        except (OSError, http.client.HTTPException):
            page = Answer(0, "", b"")
        if page.status != 200:
            time.sleep(0.05)
            return None
        return filled_in(page, title)

    def press(self, form: dict[str, str]) -> int:
        """The status that came back; 0 if nothing did."""
        try:
            return self.browser.post(f"/children/{self.child}/add/", form).status
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            return 0


def filled_in(page: Answer, title: str) -> dict[str, str]:
    """The form to add an entry with everything it must have."""
    form, parts = page.form(), html.fromstring(page.body)
    kind = parts.xpath("//select[@name='kind']//option[@value!='']/@value")[0]
    how = parts.xpath("//input[@name='how_known']/@value")[0]
    days = [str(name) for name in parts.xpath("//input[starts-with(@name, 'happened_on')]/@name")]
    form |= dict(zip(days, ("3", "2", "2026"), strict=True))
    return form | {
        "kind": str(kind),
        "how_known": str(how),
        "title": title,
        "text": "Tried.",
        "source": "A try",
    }


def browsers_for(hub: Hub, many: int, *emails: str) -> list[Writing]:
    """Practitioners who may add entries, each with a child of their agency."""
    found: list[Writing] = []
    sessions = hub.sessions(*emails)
    for email, person in hub.rows(WHO_KNOWS_WHOM):
        browser = Browser(hub.port, sessions.get(email, ""))
        if browser.session and browser.get(f"/children/{person}/add/").status == 200:
            found.append(Writing(browser, str(person)))
        if len(found) == many:
            return found
    if not found:
        raise RuntimeError("Nobody here may add an entry about anybody.")
    return [
        found[at % len(found)] if at < len(found) else _again(found[at % len(found)]) for at in range(many)
    ]


def _again(one: Writing) -> Writing:
    return Writing(Browser(one.browser.port, one.browser.session), one.child)


WHO_KNOWS_WHOM = """
    SELECT DISTINCT ON (p.email) p.email, r.person_id FROM agencies_practitioner AS p
    JOIN people_personrecord AS r ON r.agency_id = p.agency_id WHERE p.is_active ORDER BY p.email, r.id
"""


# --- killing --------------------------------------------------------------------------------------------------


def killed(
    hub: Hub,
    writing: Sequence[Writing],
    *,
    kills: int,
    victims: Sequence[str] = (DATABASE, SERVER, WORKER),
    seed: int,
) -> dict[str, Any]:
    """Kill what is next of `victims`, `kills` times, while everybody writes; then look for each entry."""
    dice, stop = random.Random(seed), threading.Event()
    threads = [threading.Thread(target=_write_until, args=(one, stop)) for one in writing]
    for thread in threads:
        thread.start()
    ready: dict[str, list[float]] = {}
    try:
        for turn in range(kills):
            time.sleep(dice.uniform(0.5, 1.5))
            what = victims[turn % len(victims)]
            ready.setdefault(what, []).append(kill(hub, what))
        time.sleep(1.0)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return looked_for(hub, writing) | {
        "ready_ms": {what: round(max(times)) for what, times in ready.items()},
        "ready_median_ms": {what: round(median(times)) for what, times in ready.items()},
    }


def _write_until(one: Writing, stop: threading.Event) -> None:
    while not stop.is_set():
        one.add(stop)


def kill(hub: Hub, what: str) -> float:
    """Kill it, start again what somebody outside would, and say after how many milliseconds the hub was ready."""
    began = time.perf_counter()
    {DATABASE: hub.kill_database, SERVER: hub.kill_server, WORKER: hub.kill_worker}[what]()
    if what == SERVER:
        hub.serve(demonstration=False)  # what a service manager does
    if what != WORKER:
        _wait_for(lambda: not hub.is_ready(), seconds=3.0)
    hub.wait_until_ready(60)
    return (time.perf_counter() - began) * 1000


def _wait_for(there: Callable[[], bool], *, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if there():
            return True
        time.sleep(0.02)
    return False


def looked_for(hub: Hub, writing: Sequence[Writing]) -> dict[str, Any]:
    """Of all that was acknowledged: what is not there, what is there twice, and what the log does not know."""
    there: dict[str, int] = {}
    for (title,) in hub.rows("SELECT title FROM chronology_entry WHERE title LIKE 'Fault %'"):
        there[title] = there.get(title, 0) + 1
    told = [title for one in writing for title in one.acknowledged]
    [[unlogged]] = hub.rows(NOT_LOGGED)
    return {
        "acknowledged": len(told),
        "repeated": sum(one.repeated for one in writing),
        "lost": sum(title not in there for title in told),
        "doubled": sum(many > 1 for many in there.values()),
        "not_logged": unlogged,
    }


NOT_LOGGED = """
    SELECT count(*) FROM chronology_entry AS e WHERE title LIKE 'Fault %'
    AND NOT EXISTS (SELECT FROM audit_entry AS a WHERE a.thing LIKE '%' || e.id)
"""


# --- slow, dropped --------------------------------------------------------------------------------------------


def slow(hub: Hub, writing: Writing) -> dict[str, Any]:
    """More connections than there are threads begin a request and never end it: is a page still answered, and when?"""
    began_to_send, status = [], 0
    try:
        for _one in range(HALF_SENT):
            line = socket.create_connection(("127.0.0.1", hub.port))
            line.sendall(b"POST /drafts/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
            began_to_send.append(line)
        time.sleep(0.5)
        writing.browser.close()
        began = time.perf_counter()
        with contextlib.suppress(OSError, http.client.HTTPException):
            status = writing.browser.get("/notices/").status
        seconds = time.perf_counter() - began
    finally:
        for line in began_to_send:
            line.close()
    return {
        "connections": HALF_SENT,
        "answered": status == 200 and seconds < TOO_SLOW,
        "seconds": round(seconds, 1),
    }


def dropped(hub: Hub, writing: Writing, times: int = 20) -> dict[str, Any]:
    """A form is sent and the line cut before the answer; sent again. The database cuts every line: the next page comes."""
    titles = []
    for turn in range(times):
        title = f"Fault dropped {writing.mark}-{turn}"
        form = filled_in(writing.browser.get(f"/children/{writing.child}/add/"), title)
        cut = Browser(
            hub.port,
            writing.browser.session,
            timeout=0.001 * (turn + 1),
            cookies=dict(writing.browser.cookies),
        )
        Writing(cut, writing.child).press(form)
        cut.close()
        titles.append((title, writing.press(form)))
    hub.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'jigsaw_app'")
    after = writing.browser.get(f"/children/{writing.child}/add/").status
    found = [
        title
        for (title,) in hub.rows("SELECT title FROM chronology_entry WHERE title LIKE 'Fault dropped %'")
    ]
    once = all(status == 302 and found.count(title) == 1 for title, status in titles)
    return {"forms": times, "once": once and after == 200, "page_after_the_database_cut_every_line": after}


# --- a full disk ----------------------------------------------------------------------------------------------

DISK_MB = 400


@contextlib.contextmanager
def _small_disk(hub: Hub) -> Iterator[str]:
    """A disk of a few hundred megabytes under the database; "" where this account may not mount one."""
    folder = hub.home / "postgres"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield ""
        return
    try:
        yield str(folder)
    finally:
        from jigsaw.hub.kit import postgres

        hub.stop()
        postgres.stop(hub.home)
        subprocess.run(["umount", "-l", str(folder)], check=False)


def filled(hub: Hub, writing: Writing, disk: str) -> dict[str, Any]:
    """Fill the disk to the last byte; write; make room again. Nothing acknowledged may be missing."""
    ballast = os.path.join(disk, "ballast")
    with open(ballast, "wb") as out, contextlib.suppress(OSError):
        while True:
            out.write(bytes(1 << 20))
            out.flush()
    free = shutil.disk_usage(disk).free
    before, refused, until = len(writing.acknowledged), 0, time.monotonic() + 20
    statuses: set[int] = set()
    while not refused and time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            page = writing.browser.get(f"/children/{writing.child}/add/")
            statuses.add(page.status)
            if page.status != 200:
                refused += 1
                continue
            form = filled_in(page, f"Fault {writing.mark}-{len(writing.acknowledged)}") | {"text": _much()}
            status = writing.press(form)
            statuses.add(status)
            if status == 302:
                writing.acknowledged.append(form["title"])
            else:
                refused += 1
    os.unlink(ballast)
    began = time.perf_counter()
    ready = _wait_for(lambda: hub.is_ready() and _answers(writing), seconds=30)
    seconds = time.perf_counter() - began
    found = looked_for(hub, [writing])
    return {
        "free_bytes": free,
        "written_until_full": len(writing.acknowledged) - before,
        "refused": refused > 0,
        "statuses": sorted(statuses),
        "lost": found["lost"],
        "ready_again": ready,
        "ready_again_seconds": round(seconds, 1),
    }


def _answers(writing: Writing) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        return writing.browser.get(f"/children/{writing.child}/add/").status == 200
    return False


def _much() -> str:
    """Words that do not compress to nothing."""
    return os.urandom(4500).hex()


# --- whoever handles messages -----------------------------------------------------------------------------------


def handled_once(hub: Hub, *, kills: int) -> dict[str, Any]:
    """Handlers of the outbox killed at any moment: has each message its one effect in the end, and does none wait?"""
    import json

    return dict(json.loads(hub.run("-m", "benchmarks.fault_messages", str(kills), seconds=600)))
