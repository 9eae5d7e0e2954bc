"""Which database does a test work in? One with tables and nothing in them, or one where the partnership stands.

Making all tables takes many seconds: it is done once for a state of the source, and copied. The copy's original stays
in the server, so that the next run, or another process at the same server, finds it. The partnership is made once for
each process. What a test writes is rolled back in either.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.db import connection, transaction

import jigsaw
from jigsaw.hub.kit import postgres, prepare
from jigsaw.hub.kit.postgres import Databases

EMPTY, TOWN = f"jigsaw_test_{os.getpid()}", f"jigsaw_town_{os.getpid()}"
KEPT = "jigsaw_tables_"


@contextmanager
def fresh(name: str) -> Iterator[Databases]:
    """Work in a database of this name with all tables and nothing in them, and drop it afterwards."""
    with prepare.fresh_database(name, template=_tables()) as made:
        yield made


def work_in(name: str) -> None:
    """From here on every connection of this process leads there. Those that lead there already stay open."""
    if settings.DATABASES["default"]["NAME"] != name:
        prepare.work_in(dict.fromkeys(settings.DATABASES, name))


def leave_town() -> None:
    """Back to the database with nothing in it, if the last test was where the partnership stands.

    Not while something there lasts for a whole file.
    """
    if settings.DATABASES["default"]["NAME"] == TOWN and not connection.in_atomic_block:
        work_in(EMPTY)


@contextmanager
def lasting(name: str) -> Iterator[None]:
    """What is written inside to this database lasts for every test of a file, and is taken back in the end.

    Each test is in a savepoint of its own, so that none sees what another wrote.
    """
    work_in(name)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@cache
def _tables() -> str:
    """The name of a database to copy: it has the tables that this source makes, and nothing in them."""
    usual, name = prepare.databases(), KEPT + _digest()
    with psycopg.connect(usual.owner_url, autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(hashtext('the tables of tests'))")
        named = [row[0] for row in owner.execute("SELECT datname FROM pg_database")]
        for old in named:
            if old.startswith(KEPT) and old != name:
                postgres.drop_database(usual.owner_url, old)
        if name not in named:
            _make(name, usual)
    return name


def _make(name: str, usual: Databases) -> None:
    """Only what is whole has the name."""
    with prepare.fresh_database(f"jigsaw_making_{os.getpid()}") as made:
        work_in(postgres.database_of(usual.owner_url))
        postgres.create_database(usual.owner_url, name, postgres.database_of(made.owner_url))


def _digest() -> str:
    """Of all source: whatever makes a table, and more."""
    found = hashlib.sha256(repr(django.VERSION).encode())
    folder = Path(jigsaw.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        found.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return found.hexdigest()[:16]
