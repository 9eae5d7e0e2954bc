"""Bring the database to where the service needs it: roles, tables, rights, static files.

Runs as the owner role; the service itself never does. Running it again changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from jigsaw.hub.kit import backups, context, guard, postgres
from jigsaw.hub.kit.postgres import Databases


def database() -> None:
    """Create the app role if it is ours to make, and bring all tables up to date as the owner."""
    _bring_up_to_date(databases())


def _bring_up_to_date(given: Databases) -> None:
    """Roles, tables, and who sees which rows: in this order, because each needs the one before."""
    postgres.prepare_roles(given)
    with postgres.connect(given.owner_url) as owner:
        # A backup may have come back with another home’s key; migrations that touch rows sign with ours.
        guard.renew_key(owner, key=settings.GUARD_KEY)
        with context.working("preparing"):
            _migrate()
        guard.install(owner, key=settings.GUARD_KEY, app_role=postgres.role_of(given.app_url))


def refuse_privileged_service() -> None:
    """Raises in words if the service would work as superuser, with BYPASSRLS, or as a table's owner; or if a
    table of personal data is open."""
    postgres.refuse_privileged(databases().app_url)
    guard.refuse_unguarded(databases().app_url)


def static_files() -> None:
    """Collect style sheets, scripts and fonts under their hashed names."""
    call_command("collectstatic", verbosity=0, interactive=False)


@contextmanager
def fresh_database(name: str, *, template: str | None = None) -> Iterator[Databases]:
    """Work in a database of this name with all tables, and drop it afterwards.

    It begins as a copy of `template`, to which nobody may be connected; empty without one.
    """
    with empty_database(name, template=template) as fresh:
        _bring_up_to_date(fresh)
        yield fresh


@contextmanager
def empty_database(name: str, *, template: str | None = None) -> Iterator[Databases]:
    """Work in a database of this name beside the hub's, with nothing in it but what `template` has, and drop it
    afterwards."""
    usual = databases()
    postgres.drop_database(usual.owner_url, name)
    postgres.create_database(usual.owner_url, name, template)
    fresh = replace(
        usual,
        owner_url=postgres.url_of_database(usual.owner_url, name),
        app_url=postgres.url_of_database(usual.app_url, name),
    )
    before = {alias: settings.DATABASES[alias]["NAME"] for alias in ("default", "owner")}
    try:
        work_in({"default": name, "owner": name})
        yield fresh
    finally:
        work_in(before)
        postgres.drop_database(usual.owner_url, name)


def restored(path: Path, *, given: Databases, key: bytes) -> dict[str, Any]:
    """Bring a backup back into the empty database of `given` and up to date; returns its description.

    Raises DatabaseTrouble: see `backups.restore`.
    """
    postgres.make_app_role_alone(given)
    about = backups.restore(path, into=given.owner_url, key=key)
    _bring_up_to_date(given)
    return about


def databases() -> Databases:
    """The hub's own two ways in; starts the built-in server if that is the one meant."""
    return postgres.databases(Path(settings.HOME), os.environ)


def work_in(names: dict[str, str]) -> None:
    """From here on this process works in the databases of these names, by alias; connections to others are closed."""
    for alias, name in names.items():
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name


def _migrate() -> None:
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections["owner"].close()
