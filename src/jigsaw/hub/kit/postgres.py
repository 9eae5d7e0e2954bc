"""Where is the database, who may do what in it, and is the service's own role as humble as it must be?

Two roles. The *owner* owns the database and every table, and migrates. The *app* role is the one the
service works as: it owns nothing and is neither superuser nor free of row-level security, so no query of
the service can step around a policy (`refuse_privileged` holds the service to it).

Without DATABASE_URL the database is our own (see `postgres_server`). With it:

    DATABASE_URL and DATABASE_OWNER_URL   the app role and the owner, both given
    DATABASE_URL alone                    the owner; it makes the role ``jigsaw_app`` itself

For people: ``python -m jigsaw.hub.kit.postgres start|stop|status|urls``.
"""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import conninfo, sql
from psycopg.rows import tuple_row

from jigsaw.hub.kit.postgres_place import DatabaseTrouble, secret
from jigsaw.hub.kit.postgres_server import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    SUPERUSER,
    Status,
    crashed,
    ensure_started,
    start,
    status,
    stop,
    verifier,
)

__all__ = [
    "APP_ROLE",
    "DATABASE",
    "OWNER_ROLE",
    "DatabaseTrouble",
    "Databases",
    "Status",
    "connect",
    "crashed",
    "create_database",
    "database_of",
    "databases",
    "django_database",
    "drop_database",
    "ensure_started",
    "make_app_role_alone",
    "of_superuser",
    "prepare_roles",
    "refuse_privileged",
    "role_of",
    "start",
    "status",
    "stop",
    "url_of_database",
]

OLDEST_VERSION = 160000
CONNECT_SECONDS = 10


@dataclass(frozen=True)
class Databases:
    """The two ways into one database, as libpq URLs with passwords: keep them out of logs.

    ``app_role_is_ours``: the app role and its password are Jigsaw's to make and change.
    """

    owner_url: str
    app_url: str
    embedded: bool
    app_role_is_ours: bool = False

    def __repr__(self) -> str:
        return f"Databases(embedded={self.embedded}, app={_whereabouts(self.app_url)})"


def databases(home: Path, environ: Mapping[str, str]) -> Databases:
    """Resolve both addresses from the environment; start the embedded server if it is the one meant.

    Reads DATABASE_URL and DATABASE_OWNER_URL. Does not connect to an external server. Raises DatabaseTrouble.
    """
    app, owner = environ.get("DATABASE_URL", ""), environ.get("DATABASE_OWNER_URL", "")
    if app and owner:
        return Databases(owner_url=_checked(owner), app_url=_checked(app), embedded=False)
    if app:
        ours = _with(_checked(app), user=APP_ROLE, password=secret(home, "external-app"))
        return Databases(owner_url=app, app_url=ours, embedded=False, app_role_is_ours=True)
    if owner:
        raise DatabaseTrouble(
            "DATABASE_OWNER_URL is set but DATABASE_URL is not. Set DATABASE_URL to the role the service "
            "works as, or unset both to use the built-in database."
        )
    return _embedded(home, ensure_started(home))


def _embedded(home: Path, running: Status) -> Databases:
    def url(role: str, name: str) -> str:
        return _url(
            user=role,
            password=secret(home, name),
            host=running.socket_dir,
            port=running.port,
            dbname=DATABASE,
        )

    return Databases(
        owner_url=url(OWNER_ROLE, "postgres-owner"), app_url=url(APP_ROLE, "postgres-app"), embedded=True
    )


def of_superuser(home: Path, given: Databases) -> str:
    """Of the built-in database: the one role that row-level security does not bind, for a backup of every row."""
    return _with(given.owner_url, user=SUPERUSER, password=secret(home, "postgres-superuser"))


# --- URLs ---------------------------------------------------------------------------------------


def django_database(url: str) -> dict[str, Any]:
    """Return the entry for Django's DATABASES that ``url`` means: sockets, passwords, options and all."""
    parts = _checked_parts(url)
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    entry: dict[str, Any] = {field: str(parts.pop(key, "")) for key, field in named.items()}
    return {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": parts}


def url_of_database(url: str, name: str) -> str:
    """Return ``url`` with another database on the same server, for the same role."""
    return _with(url, dbname=name)


def role_of(url: str) -> str:
    """Return the role that ``url`` connects as."""
    return str(_checked_parts(url)["user"])


def database_of(url: str) -> str:
    """Return the name of the database that ``url`` means."""
    return str(_checked_parts(url)["dbname"])


def _with(url: str, **changes: Any) -> str:
    return _url(**{**_checked_parts(url), **changes})


def _url(
    *, user: str = "", password: str = "", host: Any = "", port: Any = "", dbname: str = "", **options: Any
) -> str:
    """Write a URL. A socket folder is named both ways libpq allows, in the query string."""
    name = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    if str(host or "").startswith("/"):
        options = {"host": host, "port": port, **options}
        place = ""
    else:
        place = str(host or "") + (f":{port}" if port else "")
    query = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in options.items() if value)
    address = f"{name}@{place}" if name else place
    return f"postgresql://{address}/{quote(dbname, safe='')}" + (f"?{query}" if query else "")


def _checked(url: str) -> str:
    _checked_parts(url)
    return url


def _checked_parts(url: str) -> dict[str, Any]:
    try:
        parts = conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        parts = {}
    if not parts.get("dbname") or not parts.get("user"):
        raise DatabaseTrouble(
            "A database address cannot be read. DATABASE_URL and DATABASE_OWNER_URL look like "
            "postgresql://role:password@host:5432/database; write special letters of the password as %XX."
        )
    return dict(parts)


def _whereabouts(url: str) -> str:
    """Say which server, database and role a URL means, without its password."""
    parts = _checked_parts(url)
    host, port = parts.get("host", "the local socket"), parts.get("port", 5432)
    return f"role '{parts['user']}', database '{parts['dbname']}' at {host}:{port}"


# --- connecting ---------------------------------------------------------------------------------


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect in autocommit, or raise DatabaseTrouble with words about what to do."""
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        raise DatabaseTrouble(_advice(url, str(error))) from error


def _advice(url: str, error: str) -> str:
    where = _whereabouts(url)
    if "password authentication failed" in error or "no password supplied" in error:
        return (
            f"The database refused the password: {where}. Correct it in DATABASE_URL or "
            "DATABASE_OWNER_URL, or ask whoever runs the server to set it (ALTER ROLE … PASSWORD …)."
        )
    if "does not exist" in error:
        return f"The database server knows no such role or database: {where}. Create it there first."
    if "pg_hba.conf" in error:
        return f"The database server does not let this machine in: {where}. Its pg_hba.conf must allow it."
    return (
        f"The database does not answer: {where}. Check that the server runs and that the address is right "
        f"({error.splitlines()[0]})."
    )


# --- roles and rights ---------------------------------------------------------------------------


def prepare_roles(given: Databases) -> None:
    """Make the app role exist and able to use what the owner makes, now and later. Idempotent.

    Grants CONNECT, USAGE on the schema, and by default SELECT, INSERT, UPDATE, DELETE on tables and
    USAGE on sequences. Tables with stricter rules revoke in their own migrations, and running this again
    does not undo that: nothing is granted on tables that exist. Raises DatabaseTrouble.
    """
    role = _checked_parts(given.app_url)["user"]
    with connect(given.owner_url) as owner:
        _require_version(owner)
        _ensure_app_role(owner, given, role)
        _grant(owner, role)
    connect(given.app_url).close()


def make_app_role_alone(given: Databases) -> None:
    """Make the app role exist, with no right to anything that the owner makes from now on.

    What comes back with a backup brings its own rights, and none may be added to them: the service may not change the
    audit log. `prepare_roles` hands out the usual ones again afterwards. Idempotent. Raises DatabaseTrouble.
    """
    role = _checked_parts(given.app_url)["user"]
    with connect(given.owner_url) as owner:
        _require_version(owner)
        _ensure_app_role(owner, given, role)
        for kind in ("TABLES", "SEQUENCES"):
            words = f"ALTER DEFAULT PRIVILEGES REVOKE ALL ON {kind} FROM {{}}"
            owner.execute(sql.SQL(words).format(sql.Identifier(role)))


def _require_version(connection: psycopg.Connection[Any]) -> None:
    found = connection.info.server_version
    if found < OLDEST_VERSION:
        raise DatabaseTrouble(
            f"Jigsaw needs PostgreSQL 16 or newer; this server is {found // 10000}. Upgrade it, or unset "
            "DATABASE_URL to use the built-in database."
        )


def _ensure_app_role(owner: psycopg.Connection[Any], given: Databases, role: str) -> None:
    """Create the role if it is absent; renew its password only if it is ours and no longer opens."""
    known = owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if known is None:
        attributes = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
        return _set_password(owner, given, f"CREATE ROLE {{}} {attributes} PASSWORD {{}}", role)
    if given.app_role_is_ours and not _opens(given.app_url):
        _set_password(owner, given, "ALTER ROLE {} PASSWORD {}", role)


def _set_password(owner: psycopg.Connection[Any], given: Databases, statement: str, role: str) -> None:
    scrambled = verifier(owner, role, _checked_parts(given.app_url).get("password", ""))
    words = sql.SQL(statement).format(sql.Identifier(role), sql.Literal(scrambled))
    try:
        owner.execute(words)
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseTrouble(
            f"{_whereabouts(given.owner_url)} may not make or change the role '{role}'. Ask whoever runs the "
            f"server for: CREATE ROLE {role} LOGIN PASSWORD '…'; then give its address as DATABASE_URL and "
            "the owner's as DATABASE_OWNER_URL."
        ) from error


def _opens(url: str) -> bool:
    try:
        connect(url).close()
    except DatabaseTrouble:
        return False
    return True


def _grant(owner: psycopg.Connection[Any], role: str) -> None:
    """Grant, as the owner of the database and of its schema ``public``."""
    statements = (
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO {role}",
    )
    names = {"database": sql.Identifier(owner.info.dbname), "role": sql.Identifier(role)}
    with _grant_in_words(owner), owner.transaction():
        # Two services preparing at once would update the same catalogue rows: one waits for the other.
        owner.execute("SELECT pg_advisory_xact_lock(hashtext('jigsaw prepare_roles'))")
        for statement in statements:
            owner.execute(sql.SQL(statement).format(**names))


@contextlib.contextmanager
def _grant_in_words(owner: psycopg.Connection[Any]) -> Iterator[None]:
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        info = owner.info
        raise DatabaseTrouble(
            f"The role '{info.user}' may not hand out rights in the database '{info.dbname}'. "
            f"Make it the owner (ALTER DATABASE {info.dbname} OWNER TO {info.user}), or set "
            "DATABASE_OWNER_URL to the owner."
        ) from error


def refuse_privileged(connection_or_url: psycopg.Connection[Any] | str) -> None:
    """Raise DatabaseTrouble if the service's role could step around row-level security.

    That is: it is (or may become) a superuser, a role with BYPASSRLS, or an owner of the database, of a
    schema or of any table or view in it. Takes a URL, or an open psycopg connection, which is left open.
    """
    if isinstance(connection_or_url, str):
        with connect(connection_or_url) as connection:
            return refuse_privileged(connection)
    problems = list(_privileges(connection_or_url))
    if problems:
        raise DatabaseTrouble(
            f"Jigsaw will not start: its database role '{connection_or_url.info.user}' "
            f"{'; '.join(problems)}. The rules on who may see what would not bind it. "
            "Point DATABASE_URL at a plain role, and DATABASE_OWNER_URL at the one that owns the tables."
        )


def _privileges(connection: psycopg.Connection[Any]) -> Iterator[str]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT bool_or(rolsuper), bool_or(rolbypassrls) FROM pg_roles"
            " WHERE pg_has_role(session_user, oid, 'MEMBER')"
        )
        superuser, bypass = cursor.fetchone() or (True, True)
        if superuser:
            yield "is a superuser, or may become one"
            return  # a superuser is a member of every role: the rest would only repeat it
        if bypass:
            yield "may bypass row-level security (BYPASSRLS)"
        cursor.execute(_OWNED)
        if owned := [row[0] for row in cursor.fetchall()]:
            yield f"owns {', '.join(owned[:5])}" + (f" and {len(owned) - 5} more" if len(owned) > 5 else "")


_OWNED = """
    SELECT 'the database ' || datname FROM pg_database
     WHERE datname = current_database() AND pg_has_role(session_user, datdba, 'MEMBER')
    UNION ALL
    SELECT 'the schema ' || nspname FROM pg_namespace
     WHERE nspname !~ '^pg_(temp|toast_temp)_' AND pg_has_role(session_user, nspowner, 'MEMBER')
    UNION ALL
    SELECT 'the table ' || c.oid::regclass FROM pg_class c
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
       AND pg_has_role(session_user, c.relowner, 'MEMBER')
"""


# --- databases for tests and rehearsals ---------------------------------------------------------


def create_database(owner_url: str, name: str, template: str | None = None) -> str:
    """Create database ``name`` beside that of ``owner_url`` and return the owner's URL of it.

    ``template``: an existing database to copy, to which nobody may be connected; its grants inside come
    along, while CONNECT must be granted anew by `prepare_roles`. Raises DatabaseTrouble.
    """
    words = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template or "template1")
    )
    try:
        with connect(owner_url) as owner:
            owner.execute(words)
    except psycopg.errors.DuplicateDatabase as error:
        raise DatabaseTrouble(f"There is a database '{name}' already; drop it or choose another.") from error
    except psycopg.errors.ObjectInUse as error:
        raise DatabaseTrouble(f"Database '{template}' is in use; close connections to it first.") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseTrouble(
            f"{_whereabouts(owner_url)} may not create databases. As a superuser: ALTER ROLE … CREATEDB."
        ) from error
    return url_of_database(owner_url, name)


# Seconds: where millions of rows were just written, tidying up takes its time.
_TRIES_TO_DROP = 180


def drop_database(owner_url: str, name: str) -> None:
    """Drop database ``name`` with everything in it, ending connections to it; nothing if it is absent.

    ``owner_url`` must lead to another database on the same server.
    """
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for _attempt in range(_TRIES_TO_DROP):
        try:
            with connect(owner_url) as owner:
                owner.execute(drop)
            return
        except psycopg.errors.InsufficientPrivilege:
            # PostgreSQL itself is tidying the database up, as a superuser whom the owner may not interrupt.
            time.sleep(1)
    raise DatabaseTrouble(f"Database '{name}' is in use by another role; close its connections first.")


# --- for people ---------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m jigsaw.hub.kit.postgres", description="Jigsaw's database"
    )
    parser.add_argument("verb", choices=["start", "stop", "status", "urls"])
    verb = parser.parse_args(arguments).verb
    home = Path(os.environ.get("JIGSAW_HOME", "var"))
    try:
        print(_answer(verb, home, os.environ))
    except DatabaseTrouble as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _answer(verb: str, home: Path, environ: Mapping[str, str]) -> str:
    if verb == "urls":
        given = databases(home, environ)
        urls = [f"DATABASE_OWNER_URL={given.owner_url}", f"DATABASE_URL={given.app_url}"]
        return "\n".join([*urls, *([f"BACKUP_URL={of_superuser(home, given)}"] if given.embedded else [])])
    if environ.get("DATABASE_URL"):
        raise DatabaseTrouble("DATABASE_URL is set: whoever runs that server starts and stops it.")
    if verb == "stop":
        return "stopped" if stop(home) else "was not running"
    found = start(home) if verb == "start" else status(home)
    where = (
        f" (process {found.pid}, 127.0.0.1:{found.port}, socket in {found.socket_dir})" if found.pid else ""
    )
    return f"{found.state}{where}"


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
