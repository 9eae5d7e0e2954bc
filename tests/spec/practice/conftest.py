"""The partnership at work, fresh for each rule."""

from __future__ import annotations

import pytest

from people_in_tests import Town, make_town
from practice_in_tests import Practice


@pytest.fixture
def town(db: None) -> Town:
    return make_town()


@pytest.fixture
def practice(town: Town) -> Practice:
    return Practice(town)
