"""The partnership at work, fresh for each rule."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from acting_in_tests import everyone_for_themselves
from people_in_tests import Town
from practice_in_tests import Practice


@pytest.fixture
def practice(town: Town) -> Practice:
    return Practice(town)


@pytest.fixture(autouse=True)
def for_themselves() -> Iterator[None]:
    """Practice is played as on the pages: the database answers each practitioner for their agency alone."""
    with everyone_for_themselves():
        yield
