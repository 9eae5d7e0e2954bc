"""A whole hub of its own, in a home that is thrown away: database server, `jigsaw serve`, sessions, and ways to kill it.

`python -m benchmarks.own_hub sessions [EMAIL …]` prints sessions for practitioners of the hub of JIGSAW_HOME.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from jigsaw.hub.kit import postgres

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 180.0


@dataclass
class Hub:
    """A hub in `home`, served on `port` while `server` runs."""

    home: Path
    port: int
    server: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        # As an installed hub: with a database of its own, and Python's compiled files kept for the next start.
        other = ("DATABASE_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(other)}
        paths = [str(ROOT / "src"), str(ROOT), str(ROOT / "tests"), kept.get("PYTHONPATH", "")]
        return {
            **kept,
            "JIGSAW_HOME": str(self.home),
            # A few sessions do here what hundreds of people do: none of it is faster than anybody reads.
            "JIGSAW_MOST_A_MINUTE": "1000000",
            "JIGSAW_MOST_AN_HOUR": "1000000",
            "PYTHONPYCACHEPREFIX": str(self.home / "compiled"),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        }

    def run(self, *arguments: str, seconds: float = 300) -> str:
        """A Python program in this hub, such as `-m jigsaw.hub.config`; what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout

    def jigsaw(self, *words: str, seconds: float = 300) -> dict[str, Any]:
        """A command that answers as JSON."""
        told = self.run("-c", COMMAND, *words, "--json", seconds=seconds)
        return dict(json.loads(told))

    def sessions(self, *emails: str) -> dict[str, str]:
        """The cookie of a signed-in session for each of these practitioners; for everybody, if none is named."""
        return dict(json.loads(self.run("-m", "benchmarks.own_hub", "sessions", *emails)))

    # --- serving and killing ----------------------------------------------------------------------------------

    def serve(self, *, demonstration: bool, workers: int = 2) -> None:
        """Start `jigsaw serve` without waiting for it."""
        demo = "--demonstration" if demonstration else "--no-demonstration"
        words = ["serve", "--port", str(self.port), "--workers", str(workers), demo]
        with (self.home / "serve.log").open("ab") as log:
            self.server = subprocess.Popen(
                [sys.executable, "-c", COMMAND, *words],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        until = time.monotonic() + seconds
        while not self.is_ready():
            if time.monotonic() > until:
                raise RuntimeError(f"Not ready after {seconds:.0f} s. {self.log()[-2000:]}")
            time.sleep(0.02)

    def is_ready(self) -> bool:
        """Whether it says itself that it is ready, which asks the database."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def log(self) -> str:
        return (self.home / "serve.log").read_text(errors="replace")

    def kill_server(self) -> None:
        """kill -9 of `jigsaw serve` itself, jobs and all. What it started must notice by itself."""
        assert self.server is not None
        self.server.kill()
        self.server.wait()

    def kill_worker(self) -> None:
        """kill -9 of one process that answers requests."""
        assert self.server is not None
        [master] = [one for one in psutil.Process(self.server.pid).children() if "gunicorn" in one.cmdline()]
        master.children()[0].kill()

    def kill_database(self) -> None:
        """kill -9 of the database server with everything it started."""
        pid = postgres.status(self.home).pid
        assert pid is not None
        main = psutil.Process(pid)
        for one in [main, *main.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                os.kill(one.pid, signal.SIGKILL)

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.server.wait(timeout=20)
            self.server.kill()
            self.server.wait()

    # --- looking into the database ------------------------------------------------------------------------------

    def rows(self, statement: str) -> list[Any]:
        """What a statement finds, as the role that sees every row."""
        given = postgres.databases(self.home, {})
        with psycopg.connect(postgres.of_superuser(self.home, given), autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()


COMMAND = "from jigsaw.hub.config.command_line import main; main()"


@contextlib.contextmanager
def hub() -> Iterator[Hub]:
    """A hub with nothing in it yet; stopped and removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="jigsaw-own-"))
    home.chmod(0o755)  # the account that the database runs as must pass
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = Hub(home, int(free.getsockname()[1]))
    try:
        yield made
    finally:
        made.stop()
        postgres.stop(home)
        shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def sign_in(emails: list[str]) -> dict[str, str]:
    """Sessions as signing in makes them, without its page."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    everyone = get_user_model().objects.filter(is_active=True)
    made = {}
    for practitioner in everyone.filter(email__in=emails) if emails else everyone:
        client = Client()
        client.force_login(practitioner)
        made[practitioner.email] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return made


if __name__ == "__main__":
    from jigsaw.hub.cli.django_setup import setup

    setup()
    print(json.dumps(sign_in(sys.argv[2:])))
