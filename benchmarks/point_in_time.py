"""How many seconds of acknowledged work are lost when a database server and its disk are gone? What was not archived yet.

Steps and settings are those of docs/how-to/recover-to-a-point-in-time.md, at a server of its own with the programs that
come with Jigsaw. Rows are written one after another, each with the moment at which it was acknowledged; then every process
of the server is killed with -9 and its data folder removed. Base backup and archive are all that is left.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.own_hub import Hub
from jigsaw.hub.kit import backups, postgres

MOST_LOST_SECONDS = 60.0
PAUSE = 0.05
"""Seconds between two rows: few, so that no segment of the write-ahead log is archived because it is full."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Homes:
    """Where a server works, where it comes back, and the archive that outlives the first; on one disk here."""

    first: Path
    second: Path
    archive: Path


def run(*, times: int, timeout: int, seed: int, progress: Progress = lambda words: None) -> dict[str, object]:
    """Lose a server `times` times, at moments that are drawn, with `archive_timeout` of so many seconds."""
    dice, found = random.Random(seed), []
    for turn in range(times):
        # Longer than the archive waits, and at any moment of its waiting.
        seconds = timeout * (1.2 + (turn + dice.random()) / times)
        progress(f"{turn + 1} of {times}: written for {seconds:.0f} s, then killed and removed …")
        with homes() as made:
            found.append(lost(made, seconds=seconds, timeout=timeout))
    answer = {
        "name": "recovery",
        "times": times,
        "archive_timeout": timeout,
        "acknowledged": sum(one["acknowledged"] for one in found),
        "lost": [one["lost"] for one in found],
        "lost_seconds": [one["lost_seconds"] for one in found],
        "back_seconds": max(one["back_seconds"] for one in found),
        "gaps": sum(one["gaps"] for one in found),
    }
    return answer | {"within_target": not answer["gaps"] and max(answer["lost_seconds"]) <= MOST_LOST_SECONDS}


def lost(made: Homes, *, seconds: float, timeout: int) -> dict[str, Any]:
    """Of the rows written within `seconds` after the base backup: how many are gone, and from how long before the end."""
    url = archiving(made, timeout=timeout)
    base_backup(url, made)
    with postgres.connect(url) as connection:
        connection.execute("CREATE TABLE written (number integer)")
        acknowledged = _write(connection, seconds)
        ended = time.monotonic()
        Hub(made.first, 0).kill_database()
    _remove(made.first)
    began = time.monotonic()
    url = bring_back(made)
    with postgres.connect(url) as connection:
        [[known]] = connection.execute("SELECT to_regclass('written') IS NOT NULL").fetchall()
        rows = connection.execute("SELECT number FROM written").fetchall() if known else []
    there = {number for (number,) in rows}
    kept = [at for number, at in enumerate(acknowledged) if number in there]
    return {
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged) - len(kept),
        "lost_seconds": round(ended - kept[-1], 1) if kept else round(ended - acknowledged[0], 1),
        "gaps": int(there != set(range(len(kept)))),
        "back_seconds": round(time.monotonic() - began, 1),
    }


def _write(connection: Any, seconds: float) -> list[float]:
    """Rows one after another; when each was acknowledged."""
    acknowledged: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        connection.execute("INSERT INTO written VALUES (%s)", [len(acknowledged)])
        acknowledged.append(time.monotonic())
        time.sleep(PAUSE)
    return acknowledged


# --- the steps of the guide -----------------------------------------------------------------------------------


@contextmanager
def homes() -> Iterator[Homes]:
    """Folders that are removed afterwards, with the servers in them stopped."""
    first, second, kept = (Path(tempfile.mkdtemp(prefix="jigsaw-recovery-")) for _ in range(3))
    for folder in (first, second, kept):
        folder.chmod(0o755)  # the account that the database runs as must pass
    try:
        yield Homes(first, second, kept / "archive")
    finally:
        for home in (first, second):
            postgres.stop(home)
            _remove(home)
            shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(kept, ignore_errors=True)


def _remove(home: Path) -> None:
    shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)


def archiving(made: Homes, *, timeout: int) -> str:
    """Start the first server so that it archives; returns its superuser's address."""
    postgres.start(made.first)
    postgres.stop(made.first)
    data, archive = (made.first / "postgres" / "data").resolve(), made.archive
    archive.mkdir()
    os.chown(archive, data.stat().st_uid, data.stat().st_gid)
    copy = f"test ! -f {archive}/%f && cp %p {archive}/.%f && mv {archive}/.%f {archive}/%f"
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"archive_mode = on\narchive_timeout = {timeout}s\narchive_command = '{copy}'\n")
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host replication postgres 127.0.0.1/32 scram-sha-256\n")
    return _superuser(made.first, postgres.start(made.first).port)


def base_backup(url: str, made: Homes) -> None:
    """A copy of the whole server, to begin from."""
    base = made.second / "postgres" / "data"
    base.parent.mkdir(mode=0o755)
    command = [str(backups.program("pg_basebackup")), "--pgdata", str(base), "--checkpoint=fast"]
    subprocess.run([*command, "--dbname", url], check=True, capture_output=True, cwd="/")


def bring_back(made: Homes, *, until: str = "") -> str:
    """Start the second server from base backup and archive, up to this time; returns its superuser's address."""
    shutil.copytree(made.first / "secrets", made.second / "secrets")
    base = made.second / "postgres" / "data"
    (base / "recovery.signal").touch()
    target = f"recovery_target_time = '{until}'\nrecovery_target_action = 'promote'\n" if until else ""
    with (base / "postgresql.auto.conf").open("a") as settings:
        settings.write(
            f"restore_command = 'cp {made.archive}/%f %p'\n{target}archive_mode = off\nhot_standby = off\n"
        )
    return _superuser(made.second, postgres.start(made.second).port)


def _superuser(home: Path, port: int | None) -> str:
    password = (home / "secrets" / "postgres-superuser").read_text().strip()
    return f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
