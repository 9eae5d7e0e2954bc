"""The database itself shows nobody what they may not see, and keeps from nobody what they may: against a model.

Worlds made by chance; every practitioner at every time asks for everything in one statement of plain SQL, as the
app role; the ids that come back are those of the model, exactly. The same for what they can change. And each
policy, broken on purpose, is found broken. `jigsaw bench guard` does the same for more than a million cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from benchmarks import guard_cases, guard_mutants, guard_world
from benchmarks.guard_world import World
from django.db import connections

from jigsaw.hub.kit import policies, postgres


def connect(alias: str) -> psycopg.Connection[Any]:
    settings = connections[alias].settings_dict
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return psycopg.connect(**{name: settings[key] for name, key in named.items() if settings[key]})


@pytest.fixture
def app(django_db_setup: None) -> Iterator[psycopg.Connection[Any]]:
    with connect("default") as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="module")
def world() -> World:
    return guard_world.make(1)


@pytest.fixture(scope="module")
def owner(django_db_setup: None, world: World) -> Iterator[psycopg.Connection[Any]]:
    """With the world in its open transaction, put there once."""
    with connect("owner") as connection:
        guard_world.put(connection, world)
        yield connection
        connection.rollback()


@pytest.mark.parametrize("seed", range(2))
def test_nobody_sees_or_changes_what_they_may_not_and_nothing_is_kept_from_who_may(
    app: psycopg.Connection[Any], seed: int
) -> None:
    postgres.refuse_privileged(app)
    world = guard_world.make(seed)
    guard_world.put(app, world)
    told = guard_cases.ask_all(app, world, changing=seed == 0)
    assert told.decisions > 40_000
    assert told.shown > 2_000, "a world in which little shows proves little"
    assert (told.leaks, told.refusals) == ([], [])


@pytest.mark.parametrize("opened", list(guard_mutants.OPENED))
def test_an_open_table_is_found(django_db_setup: None, world: World, opened: str) -> None:
    with connect("owner") as owner:
        assert guard_mutants.is_found(owner, world, opened)
        owner.rollback()


@pytest.mark.parametrize("broken", list(guard_mutants.MUTANTS))
def test_a_broken_policy_is_found(owner: psycopg.Connection[Any], world: World, broken: str) -> None:
    """As the owner, whom the policies bind too, so that breaking one and asking is one transaction, undone."""
    assert guard_mutants.is_found(owner, world, broken)


def test_a_world_has_rows_of_every_table_that_is_guarded(world: World) -> None:
    assert {table for table, rows in world.rows.items() if rows} == policies.TABLES.keys()


def test_unbroken_it_holds_for_the_owner_as_well(owner: psycopg.Connection[Any], world: World) -> None:
    told = guard_cases.ask_all(owner, world)
    assert (told.leaks, told.refusals) == ([], [])
