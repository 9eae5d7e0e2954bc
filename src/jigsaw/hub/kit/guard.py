"""How does the database come to keep the policies? As row-level security, brought to what `policies` says by the owner.

A statement is made of names and conditions of `policies` alone; `guard.sql` has the functions they ask.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from jigsaw.hub.kit import postgres
from jigsaw.hub.kit.policies import TABLES, Policies
from jigsaw.hub.kit.postgres import DatabaseTrouble


def install(owner: psycopg.Connection[Any], *, key: bytes, app_role: str) -> None:
    """Bring key, functions and policies to what stands here; changes nothing, and locks nothing, if they are."""
    with owner.transaction():
        owner.execute("SELECT pg_advisory_xact_lock(hashtext('jigsaw guard'))")
        there = owner.execute("SELECT to_regclass('guard_secret.installed') IS NOT NULL").fetchone()
        if not (there and there[0]) or _installed(owner) != digest():
            for statement in statements():
                owner.execute(statement.encode())
            owner.execute("INSERT INTO guard_secret.installed (digest) VALUES (%s)", [digest()])
        _keep_key(owner, key)
        owner.execute(
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA guard_secret FROM {}").format(
                sql.Identifier(app_role)
            )
        )


def renew_key(owner: psycopg.Connection[Any], *, key: bytes) -> None:
    """Verify with this key from now on, where there is a guard already."""
    there = owner.execute("SELECT to_regclass('guard_secret.key') IS NOT NULL").fetchone()
    if there and there[0]:
        _keep_key(owner, key)


def _installed(owner: psycopg.Connection[Any]) -> str:
    row = owner.execute("SELECT digest FROM guard_secret.installed").fetchone()
    return str(row[0]) if row else ""


def _keep_key(owner: psycopg.Connection[Any], key: bytes) -> None:
    """The key as HMAC uses it: padded to a block of SHA-256, once for the inner and once for the outer hash."""
    block = key.ljust(64, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
    owner.execute(
        "INSERT INTO guard_secret.key (inner_pad, outer_pad) VALUES (%(inner)s, %(outer)s) ON CONFLICT (one)"
        " DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad"
        " WHERE (key.inner_pad, key.outer_pad) IS DISTINCT FROM (excluded.inner_pad, excluded.outer_pad)",
        {"inner": inner, "outer": outer},
    )


def digest() -> str:
    """Of everything that `install` writes, so that it is written once."""
    return hashlib.sha256("\n".join(statements()).encode()).hexdigest()


def statements(tables: Mapping[str, Policies] = TABLES) -> Iterator[str]:
    """What makes the functions and the policies anew, whatever policies there were."""
    yield (Path(__file__).parent / "guard.sql").read_text()
    yield "DELETE FROM guard_secret.installed"
    yield _DROP_ALL
    for table, policies in tables.items():
        yield from for_table(table, policies)


def for_table(table: str, policies: Policies) -> Iterator[str]:
    """Row-level security on one table, forced on its owner as well, and its policies."""
    writes = policies.writes or policies.sees
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY sees ON {table} FOR SELECT USING ({policies.sees})"
    yield f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({policies.adds or writes})"
    yield f"CREATE POLICY changes ON {table} FOR UPDATE USING ({writes}) WITH CHECK ({writes})"
    yield f"CREATE POLICY removes ON {table} FOR DELETE USING ({writes})"
    for name, rule in policies.never:
        yield f"CREATE POLICY {name} ON {table} AS RESTRICTIVE FOR SELECT USING ({rule})"
    for name in policies.only:
        yield (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION guard.{name}()"
        )
    if policies.keeps:
        was, is_ = (", ".join(f"{row}.{column}" for column in policies.keeps) for row in ("old", "new"))
        yield (
            f"CREATE OR REPLACE TRIGGER stays_as_made BEFORE UPDATE OF {', '.join(policies.keeps)} ON {table}"
            f" FOR EACH ROW WHEN (({was}) IS DISTINCT FROM ({is_})) EXECUTE FUNCTION guard.stays_as_made()"
        )


_DROP_ALL = """
DO $$
DECLARE policy record;
BEGIN
    FOR policy IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', policy.policyname, policy.tablename);
    END LOOP;
    FOR policy IN
        SELECT t.tgname, t.tgrelid::regclass AS on_table FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
         WHERE p.pronamespace = 'guard'::regnamespace
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', policy.tgname, policy.on_table);
    END LOOP;
END $$
"""


def refuse_unguarded(app_url: str) -> None:
    """Raise DatabaseTrouble if a table of TABLES is open, or the service's role may look at the key.

    Asked before the service serves, as `postgres.refuse_privileged` is.
    """
    with postgres.connect(app_url) as app:
        rows = app.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            " AND relnamespace = current_schema()::regnamespace"
        ).fetchall()
        looks = app.execute("SELECT has_schema_privilege('guard_secret', 'USAGE')").fetchone()
    if opened := sorted(TABLES.keys() - {name for (name,) in rows}):
        raise DatabaseTrouble(
            f"Jigsaw will not start: anybody’s rows show in {', '.join(opened[:5])}. "
            "Run `jigsaw prepare`, which puts row-level security back."
        )
    if looks and looks[0]:
        raise DatabaseTrouble(
            "Jigsaw will not start: its database role may look at the key that signs for whom it works. "
            "As the owner: REVOKE ALL ON SCHEMA guard_secret FROM PUBLIC, and from that role."
        )


@contextmanager
def set_aside(owner: psycopg.Connection[Any]) -> Iterator[None]:
    """Without the guard for a while, as a restore fills tables: for the benchmarks’ own databases alone."""

    def each(do: str) -> None:
        for table, policies in TABLES.items():
            owner.execute(f"ALTER TABLE {table} {do} ROW LEVEL SECURITY".encode())
            for name in policies.only:
                owner.execute(f"ALTER TABLE {table} {do} TRIGGER {name}".encode())

    each("DISABLE")
    yield
    each("ENABLE")
