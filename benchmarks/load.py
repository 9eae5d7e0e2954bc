"""How long does a page take while two hundred practitioners are at work?

Each has a session and a connection of their own and works at office pace: opens a page, reads or types for 10 to 40
seconds, goes on. They walk about as their role lets them: follow links of the page, search, type into a form that saves
itself. All of it at the real server that `jigsaw serve` starts, over loopback, with its jobs running.
"""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks import own_hub
from benchmarks.browsing import Answer, Browser
from benchmarks.measuring import percentile

TARGET_MS = 300.0
READS = (10.0, 40.0)
"""Seconds between one page and the next, evenly spread: what “office pace” means here."""
PAGES = ("/children/", "/requests/", "/enquiries/", "/our-concerns/", "/concerns/", "/notices/", "/feedback/")
NOT_PAGES = ("/sign-out/", ".pdf", "/static/")
ASKED = ("Katie Walsh", "Walsh 2014", "Tyler Brennan", "Aisha Khan", "Smith", "Haddad", "Mill Road", "Jade")
TYPED = "She said that she is tired and does not want to go home at the weekend. "
Progress = Callable[[str], None]


@dataclass
class Seen:
    """What all of them met with: milliseconds of each request by what it was, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, milliseconds: float, wrong: str) -> None:
        with self.lock:
            if wrong:
                self.wrong[wrong] += 1
            self.times.setdefault(what, []).append(milliseconds)


def run(
    *, practitioners: int, seconds: float, workers: int, seed: int, progress: Progress = lambda words: None
) -> dict[str, object]:
    """Serve Sharetown from a hub of its own and let so many work there for so long; times in milliseconds."""
    with own_hub.hub() as hub:
        progress("Making Sharetown …")
        hub.serve(demonstration=True, workers=workers)
        hub.wait_until_ready()
        sessions = list(hub.sessions().items())
        progress(f"{practitioners} practitioners work for {seconds:.0f} seconds …")
        seen = work(hub.port, sessions, practitioners=practitioners, seconds=seconds, seed=seed)
        answer = {"name": "load", "practitioners": practitioners, "seconds": seconds, "workers": workers}
        answer |= found(seen, seconds) | {"errors_logged": hub.log().count('"level": "error"')}
    within = answer["p95"] < TARGET_MS and not answer["errors"] and not answer["errors_logged"]
    return answer | {"target_p95": TARGET_MS, "within_target": within}


def work(
    port: int, sessions: list[tuple[str, str]], *, practitioners: int, seconds: float, seed: int
) -> Seen:
    """Let `practitioners` walk about for `seconds`, several in each session if there are fewer of these."""
    seen, began = Seen(), time.monotonic()
    threads = [
        threading.Thread(
            target=_work,
            args=(
                Browser(port, sessions[at % len(sessions)][1]),
                random.Random(f"{seed}-{at}"),
                began + seconds,
                seen,
            ),
        )
        for at in range(practitioners)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def found(seen: Seen, seconds: float) -> dict[str, Any]:
    every = [one for times in seen.times.values() for one in times]
    return {
        "pages": len(every),
        "pages_a_second": round(len(every) / seconds, 1),
        "median": round(percentile(every, 50), 1),
        "p95": round(percentile(every, 95), 1),
        "slowest": round(max(every), 1),
        "by_kind": {
            what: {"pages": len(times), "p95": round(percentile(times, 95), 1)}
            for what, times in sorted(seen.times.items())
        },
        "errors": sum(seen.wrong.values()),
        "wrong": dict(seen.wrong.most_common(10)),
    }


def _work(browser: Browser, dice: random.Random, until: float, seen: Seen) -> None:
    """One practitioner, who does not begin in the same second as everybody else."""
    page: Answer | None = None
    pause = dice.uniform(0, READS[1])
    while time.monotonic() + pause < until:
        time.sleep(pause)
        pause = dice.uniform(*READS)
        what, ask = _next(browser, page, dice)
        began, wrong = time.perf_counter(), ""
        try:
            page = ask()
            if page.status >= 400:
                wrong = f"{page.status} {what}"
                page = None
        except (OSError, http.client.HTTPException) as error:
            wrong, page = f"{type(error).__name__} {what}", None
        seen.note(what, (time.perf_counter() - began) * 1000, wrong)
    browser.close()


def _next(browser: Browser, page: Answer | None, dice: random.Random) -> tuple[str, Callable[[], Answer]]:
    """What they do now: what it is called, and how it is asked."""
    if page is None:
        return "start", lambda: _followed(browser, "/")
    if b" data-autosave=" in page.body and dice.random() < 0.5:
        fields = _typed(page, dice)
        return "save what is typed", lambda: browser.post("/drafts/", fields)
    links = _pages(page.links())
    if b'action="/find/"' in page.body and dice.random() < 0.25:
        looked_for = page.form("/find/") | {"q": dice.choice(ASKED)}
        return "find", lambda: _led_on(browser, browser.post("/find/", looked_for))
    if links and dice.random() < 0.8:
        link = dice.choice(links)
        return link.split("/")[1], lambda: _followed(browser, link)
    return "start", lambda: _followed(browser, "/")


def _followed(browser: Browser, path: str) -> Answer:
    """The page and, as a browser does, the one that it leads on to."""
    return _led_on(browser, browser.get(path))


def _led_on(browser: Browser, answer: Answer) -> Answer:
    for _step in range(3):
        if not 300 <= answer.status < 400:
            break
        answer = browser.get(answer.to)
    return answer


def _pages(links: Iterable[str]) -> list[str]:
    return sorted(
        {one for one in links if one.startswith(PAGES) and not any(part in one for part in NOT_PAGES)}
    )


def _typed(page: Answer, dice: random.Random) -> dict[str, str]:
    """The form as it is shown, with something typed into its longest field."""
    form = page.typed_into()
    text = TYPED * dice.randrange(1, 6)
    return (
        form
        | {name: text for name in form if name.endswith(("text", "reasons", "account", "words"))}
        | {"note": text}
    )
