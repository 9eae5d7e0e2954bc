"""Tests run on real PostgreSQL: tables are made by the owner role, and tests work as the app role."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

# One cluster for every run on this machine; each run makes its own database in it.
os.environ.setdefault("JIGSAW_HOME", str(Path(tempfile.gettempdir()) / f"jigsaw-tests-{os.getuid()}"))

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """A fresh database with all tables, dropped afterwards."""
    from jigsaw.hub.kit import prepare

    with django_db_blocker.unblock(), prepare.fresh_database(f"jigsaw_test_{os.getpid()}"):
        yield
