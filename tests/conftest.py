"""Tests run on real PostgreSQL: tables are made by the owner role, and tests work as the app role."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """A fresh database with all tables, dropped afterwards; style sheets under their hashed names."""
    from jigsaw.hub.kit import prepare

    prepare.static_files()
    from jigsaw.hub.kit import context

    context.process_acts("tests")
    with django_db_blocker.unblock(), prepare.fresh_database(f"jigsaw_test_{os.getpid()}"):
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: their driver keeps an event loop alive, in which Django refuses to use a database."""
    items.sort(key=lambda item: "functional" in item.path.parts)
