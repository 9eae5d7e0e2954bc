"""`jigsaw serve`, `prepare` and `jobs`: the service itself."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import typer

from jigsaw.hub.cli.answers import as_json
from jigsaw.hub.cli.django_setup import setup

log = logging.getLogger("jigsaw.serving")
LOOK_AFTER_DATABASE = 1.0
"""Seconds between looks whether it still runs."""


def add_to(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(prepare)
    app.command()(jobs)


def serve(
    port: int = typer.Option(8000, help="Port on 127.0.0.1."),
    workers: int = typer.Option(2, help="Worker processes."),
    demonstration: bool = typer.Option(
        True, help="Fill an empty hub with the invented Sharetown partnership."
    ),
) -> None:
    """Set up the database, fill an empty hub with Sharetown, and serve until Ctrl-C."""
    setup()
    from jigsaw.hub.kit import prepare as preparing

    preparing.database()
    preparing.refuse_privileged_service()
    _file_again()
    preparing.static_files()
    if demonstration:
        _fill_with_sharetown()
    stop = threading.Event()
    from jigsaw.hub.jobs import every_minute, place_audit_entries, work_on_messages

    jobs = (every_minute, place_audit_entries, work_on_messages)
    for loop in (*(job.keep_running for job in jobs), _keep_database_running):
        threading.Thread(target=loop, args=(stop,), daemon=True).start()
    server = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        server_command(port, workers),
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "jigsaw.hub.config.settings"},
    )
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: server.terminate())
    print(f"Jigsaw is at http://127.0.0.1:{port} (Ctrl-C stops it)", flush=True)
    status = server.wait()
    stop.set()
    _stop_embedded_database()
    # Asked to stop is a clean stop; anything else is the server's own failure.
    sys.exit(0 if status in (0, -signal.SIGTERM) else status)


def server_command(port: int, workers: int) -> list[str]:
    """How the web server is started: on loopback only; the rest is in `web_server`."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "jigsaw.hub.config.wsgi",
        f"--bind=127.0.0.1:{port}",
        f"--workers={workers}",
        "--config=python:jigsaw.hub.config.web_server",
    ]


def _fill_with_sharetown() -> None:
    """Make the demonstration partnership if the hub is empty, and print how to sign in."""
    from jigsaw.hub.training import sharetown

    sharetown.fill_if_empty()
    for line in sharetown.sign_ins():
        print(line, flush=True)


def _keep_database_running(stop: threading.Event) -> None:
    """Heal the built-in database when it dies under us. One that somebody stopped cleanly stays stopped."""
    from django.conf import settings

    from jigsaw.hub.kit import postgres

    while "DATABASE_URL" not in os.environ and not stop.wait(LOOK_AFTER_DATABASE):
        try:
            if postgres.crashed(Path(settings.HOME)):
                postgres.ensure_started(Path(settings.HOME))
        except postgres.DatabaseTrouble as error:
            log.error("the database does not start again", exc_info=error)


def _stop_embedded_database() -> None:
    from django.conf import settings

    from jigsaw.hub.kit import postgres

    if "DATABASE_URL" not in os.environ:
        postgres.stop(Path(settings.HOME))


def prepare() -> None:
    """Bring the database's roles and tables up to date, without serving."""
    setup()
    from jigsaw.hub.kit import prepare as preparing

    preparing.database()
    preparing.refuse_privileged_service()
    _file_again()


def _file_again() -> None:
    """Bring the person index up to date if this release files records otherwise than the last one did."""
    from jigsaw.hub.people import filing

    if filing.left_to_file().exists():
        print("Filing every record again for finding and matching …", file=sys.stderr, flush=True)
        print(f"Filed {filing.file_again():,} records.", file=sys.stderr, flush=True)


def jobs(as_json_: bool = typer.Option(False, "--json", help="Answer as one JSON document.")) -> None:
    """Run every job once, now: overdue requests escalate, notices are delivered, expired drafts go."""
    setup()
    from django.utils import timezone

    from jigsaw.hub.jobs import every_minute

    done = every_minute.run_all(timezone.now())
    as_json(done) if as_json_ else [print(f"{name}: {count}") for name, count in done.items()]
