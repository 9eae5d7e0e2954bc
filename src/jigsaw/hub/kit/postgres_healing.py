"""Does the server of a place live, and what did a dead one leave?

A process counts as the server only if it is PostgreSQL and works in this data folder: its number may have been inherited.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from jigsaw.hub.kit.postgres_place import DatabaseTrouble, Place, in_words

STOP_SECONDS = 30.0

# Children of this process, kept so that a stopped one is reaped and does not stay a zombie.
children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class PidFile:
    """What a postmaster wrote about itself in ``postmaster.pid``."""

    pid: int
    port: int | None
    socket_dir: str | None
    ready: bool


def heal(place: Place) -> None:
    """Clear away what a dead server left: its orphans, its pid file, a cluster half made.

    Runs under the lock and only when no live postmaster was found. Should one have been missed, no harm
    is done: PostgreSQL refuses a data folder whose shared memory is still attached to.
    """
    if place.data.exists():
        _end_orphans(place)
        with in_words(place.data):
            (place.data / "postmaster.pid").unlink(missing_ok=True)
    shutil.rmtree(place.partial, ignore_errors=True)


def live_postmaster(place: Place) -> PidFile | None:
    """Return the pid file if the process it names is alive and is the postmaster of this data folder."""
    written = _read_pid_file(place.data / "postmaster.pid")
    if written is None or not _is_postmaster(written, place):
        return None
    return written


def _read_pid_file(path: Path) -> PidFile | None:
    """Read ``postmaster.pid``: pid, data folder, start time, port, socket folder, address, shmem, state."""
    try:
        lines = [*path.read_text().splitlines(), *[""] * 8]
        return PidFile(
            pid=int(lines[0]),
            port=int(lines[3]) if lines[3] else None,
            socket_dir=lines[4] or None,
            ready=lines[7].strip() == "ready",
        )
    except (FileNotFoundError, ValueError):
        return None


def _is_postmaster(written: PidFile, place: Place) -> bool:
    """A zombie is dead; a process that is not PostgreSQL on this folder has only inherited the number."""
    try:
        process = psutil.Process(written.pid)
        if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
            return False
        return process.name() == "postgres" and _works_in(process, place.data)
    except psutil.NoSuchProcess:
        return False


def _works_in(process: psutil.Process, data: Path) -> bool:
    """A server's working folder is its data folder. Of other accounts only the command line can be read."""
    try:
        return bool(process.cwd() == str(data))
    except psutil.AccessDenied:
        return str(data) in process.cmdline()


def _end_orphans(place: Place) -> None:
    """End the backends of a postmaster that died; they notice by themselves, the slow ones are killed."""
    orphans = _orphans(place)
    for process in orphans:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, slow = psutil.wait_procs(orphans, timeout=5)
    for process in slow:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    _, stubborn = psutil.wait_procs(slow, timeout=10)
    if any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in stubborn):
        raise DatabaseTrouble(
            f"Processes of an earlier database server cannot be ended: {[p.pid for p in stubborn]}. "
            "The disk may be hanging; check it, then restart the machine."
        )


def _orphans(place: Place) -> list[psutil.Process]:
    """Every process of PostgreSQL that works in this data folder (a backend's working folder is there)."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.name() == "postgres" and _works_in(process, place.data):
                found.append(process)
    return found


def shut_down(pid: int) -> None:
    """Ask for a fast, clean shutdown; then an immediate one; then insist."""
    for how, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        if _ended_within(pid, seconds):
            return
    raise DatabaseTrouble(f"The database server (process {pid}) cannot be ended. Restart the machine.")


def _ended_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if pid in children and children[pid].poll() is not None:
            del children[pid]
            return True
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False
