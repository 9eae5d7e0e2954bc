"""A real Chromium against the real service, on a Sharetown of its own.

JIGSAW_SHOTS=folder keeps a picture of every page that is looked at.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from jigsaw.hub.kit import postgres
from jigsaw.hub.kit.postgres import Databases

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = 1366, 360
WRONG = re.compile(r'"level": "(error|critical)"|Traceback|\[(ERROR|CRITICAL)\]')


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The crawl, the longest by far, is begun first and by every process; what else is in one file stays together."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=lambda item: item.path.stem != "test_pages")


@dataclass
class Server:
    """The service under test."""

    url: str
    databases: Databases
    log: Path

    @property
    def whole(self) -> str:
        """The address of its database for the one role that row-level security does not bind."""
        from django.conf import settings

        return postgres.of_superuser(Path(settings.HOME), self.databases)

    def end_all_sessions(self) -> None:
        """What the clock does after ten idle minutes, done at once."""
        with psycopg.connect(self.databases.app_url) as connection:
            connection.execute("DELETE FROM django_session")

    def errors(self) -> list[str]:
        """What the service wrote down as going wrong so far."""
        return [line for line in self.log.read_text().splitlines() if WRONG.search(line)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        if server.poll() is not None:
            raise RuntimeError(f"The service stopped with status {server.returncode} before it was ready.")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("The service was not ready within 30 seconds.")


@pytest.fixture(scope="session")
def server(django_db_blocker, tmp_path_factory) -> Iterator[Server]:  # type: ignore[no-untyped-def]
    """The service on a fresh Sharetown, as `jigsaw serve` runs it."""
    from django.utils import timezone

    import databases_in_tests
    from jigsaw.hub.config.serving import server_command
    from jigsaw.hub.kit import context, prepare
    from jigsaw.hub.training import sharetown

    context.process_acts("tests")
    with django_db_blocker.unblock(), databases_in_tests.fresh(f"jigsaw_browser_{os.getpid()}") as databases:
        sharetown.fill(now=timezone.now())
        prepare.static_files()
        port = _free_port()
        log = tmp_path_factory.mktemp("service") / "log"
        process = subprocess.Popen(
            server_command(port, workers=1),
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "jigsaw.hub.config.settings",
                "DATABASE_URL": databases.app_url,
                "DATABASE_OWNER_URL": databases.owner_url,
            },
            stderr=log.open("w"),
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url, process)
            yield Server(url, databases, log)
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(autouse=True)
def nothing_goes_wrong_in_the_service(server: Server) -> Iterator[None]:
    """Whatever a test does to the service, it writes no error."""
    before = len(server.errors())
    yield
    assert server.errors()[before:] == []


@pytest.fixture(scope="session")
def browser(server: Server) -> Iterator[Browser]:
    """A Chromium, started after the service so that it is closed before it."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next((found for name in names if (found := shutil.which(name))), None)
    assert path, "No Chromium here: `make test` installs it (Debian package chromium)."
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield running
        running.close()


@dataclass
class Visitor:
    """Someone at a browser: signs in, walks about, and keeps what the browser complained of."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def sign_in(self, email: str, password: str) -> Page:
        self.go("/sign-in/")
        self.page.get_by_label("Email address").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        return self.page


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Visitor]]:
    """`visit(email, width=…, javascript=…)` opens a browser of one's own, signed in."""
    from jigsaw.hub.training import sharetown

    opened = []

    def open_(email: str = "", *, width: int = DESKTOP, javascript: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript, locale="en-GB"
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        visitor = Visitor(context.new_page(), server.url)
        visitor.page.on("console", lambda m: visitor.complaints.append(m.text) if m.type == "error" else None)
        visitor.page.on("pageerror", lambda e: visitor.complaints.append(str(e)))
        if email:
            visitor.sign_in(email, sharetown.PASSWORD)
        return visitor

    yield open_
    for context in opened:
        context.close()


@pytest.fixture
def look() -> Callable[[Page, str], None]:
    """`look(page, name)` keeps a picture of the whole page if JIGSAW_SHOTS says where."""
    folder = os.environ.get("JIGSAW_SHOTS")

    def keep(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            usual = page.viewport_size
            assert usual
            # On a screen as high as the page, what sticks to the foot of the screen covers nothing.
            high = page.evaluate("() => document.documentElement.scrollHeight")
            page.set_viewport_size({"width": usual["width"], "height": max(high, usual["height"])})
            page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
            page.set_viewport_size(usual)

    return keep
