"""Tests run on real PostgreSQL: tables are made by the owner role, and tests work as the app role."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from people_in_tests import Town


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A fresh database with all tables, dropped afterwards; style sheets under their hashed names."""
    from jigsaw.hub.kit import prepare

    prepare.static_files()
    import databases_in_tests
    from jigsaw.hub.kit import context

    context.process_acts("tests")
    with django_db_blocker.unblock(), databases_in_tests.fresh(databases_in_tests.EMPTY):
        yield


@pytest.fixture(scope="session")
def standing_town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """A small partnership, made once for this process in a database of its own."""
    import databases_in_tests
    from people_in_tests import make_town

    with django_db_blocker.unblock(), databases_in_tests.fresh(databases_in_tests.TOWN):
        yield make_town()


@pytest.fixture(scope="class", autouse=True)
def in_the_right_database(request: pytest.FixtureRequest) -> None:
    """Where the partnership stands, for whoever asks for it. Of a wider scope than the test's transaction, so that it
    is settled before that begins; of a test outside a class it is asked anew."""
    import databases_in_tests

    if "standing_town" in request.fixturenames:
        request.getfixturevalue("standing_town")
        databases_in_tests.work_in(databases_in_tests.TOWN)
    else:
        databases_in_tests.leave_town()


@pytest.fixture
def town(standing_town: Town, db: None) -> Town:
    """The partnership, for a test to work in and to change: what it writes is rolled back."""
    return copy.deepcopy(standing_town)


@pytest.fixture(scope="module")
def town_of_the_file(standing_town: Town) -> Iterator[Town]:
    """The partnership, for what all tests of a file begin with: it is written once, and each test works on from it."""
    import databases_in_tests

    with databases_in_tests.lasting(databases_in_tests.TOWN):
        yield copy.deepcopy(standing_town)


@pytest.fixture(scope="module")
def unsigned_town(django_db_setup: None) -> Iterator[Town]:
    """The partnership before anything was agreed, made once for a file."""
    import databases_in_tests
    from people_in_tests import make_town

    with databases_in_tests.lasting(databases_in_tests.EMPTY):
        yield make_town(agreed=False)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: their driver keeps an event loop alive, in which Django refuses to use a database."""
    items.sort(key=lambda item: "functional" in item.path.parts)
