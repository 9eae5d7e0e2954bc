"""Tests run on real PostgreSQL: tables are made by the owner role, and tests work as the app role."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

# One cluster for every run on this machine; each run makes its own database in it.
os.environ.setdefault("JIGSAW_HOME", str(Path(tempfile.gettempdir()) / f"jigsaw-tests-{os.getuid()}"))

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """A fresh database with all tables, dropped afterwards."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from jigsaw.hub.kit import postgres

    databases = postgres.databases(Path(settings.HOME), os.environ)
    name = f"jigsaw_test_{os.getpid()}"
    with django_db_blocker.unblock():
        postgres.drop_database(databases.owner_url, name)
        postgres.create_database(databases.owner_url, name)
        postgres.prepare_roles(
            replace(
                databases,
                owner_url=postgres.url_of_database(databases.owner_url, name),
                app_url=postgres.url_of_database(databases.app_url, name),
            )
        )
        for alias in ("default", "owner"):
            connections[alias].close()
            settings.DATABASES[alias]["NAME"] = name
            connections[alias].settings_dict["NAME"] = name
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        connections["owner"].close()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        postgres.drop_database(databases.owner_url, name)
