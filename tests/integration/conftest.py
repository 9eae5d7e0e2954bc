"""A small partnership for each integration test."""

from __future__ import annotations

import pytest
from people_in_tests import Town, make_town


@pytest.fixture
def town(db: None) -> Town:
    return make_town()
