"""What holds for every integration test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from acting_in_tests import everyone_for_themselves


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """Pages name style sheets and scripts as they lie in the source: nothing is collected for a test."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def for_themselves() -> Iterator[None]:
    """Whatever is called with an actor is asked as by that practitioner's page, not as the tests' own hub."""
    with everyone_for_themselves():
        yield
