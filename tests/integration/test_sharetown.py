"""Sharetown, the invented partnership, is what its documents say it is."""

from __future__ import annotations

from datetime import datetime

import pytest

from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.training import sharetown

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=ENGLAND)


@pytest.fixture
def town(db: None) -> sharetown.Writer:
    return sharetown.fill(now=NOW)


def test_the_walsh_records_are_linked_but_for_the_one_left_to_learn_with(town: sharetown.Writer) -> None:
    for (agency, member), record in town.records.items():
        record.refresh_from_db()
        print(agency, member, str(record.person_id)[-6:])
    assert people_queries
