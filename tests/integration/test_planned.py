"""A query of one shape finds what the query itself finds, and is put into SQL once."""

from __future__ import annotations

from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agencies.models import Practitioner
from jigsaw.hub.kit import planned
from people_in_tests import Town


def of_agency(*, agency: UUID, named: str) -> QuerySet[Practitioner]:
    return agencies.with_roles().filter(agency=agency).exclude(name=named)


def test_it_finds_what_the_query_finds_whatever_is_asked_for(town: Town) -> None:
    shape = planned.Shape(of_agency)
    for asked in (
        {"agency": town.ros.agency_id, "named": "nobody"},
        {"agency": town.hannah.agency_id, "named": town.hannah.name},
    ):
        found, meant = shape.rows(**asked), list(of_agency(**asked))
        assert found == meant
        assert [agencies.actor_for(one) for one in found] == [agencies.actor_for(one) for one in meant]
    assert shape.rows(agency=uuid4(), named="nobody") == []


def test_what_hangs_on_a_row_is_read_with_it(town: Town) -> None:
    shape = planned.Shape(of_agency)
    with CaptureQueriesContext(connection) as asked:
        [ros] = [
            one for one in shape.rows(agency=town.ros.agency_id, named="nobody") if one.name == town.ros.name
        ]
        assert agencies.actor_for(ros) == town.ros
    assert len(asked) == 1


def test_it_is_written_once_in_a_thread(town: Town) -> None:
    written: list[Any] = []

    def of(*, agency: UUID) -> QuerySet[Practitioner]:
        written.append(agency)
        return Practitioner.objects.filter(agency=agency)

    def elsewhere() -> None:
        shape.rows(agency=uuid4())
        connections.close_all()

    shape = planned.Shape(of)
    for _time in range(3):
        shape.rows(agency=town.ros.agency_id)
    assert len(written) == 1 and written != [town.ros.agency_id]
    other = Thread(target=elsewhere)
    other.start()
    other.join()
    assert len(written) == 2, "another thread has another connection"


def test_what_changes_a_value_before_it_is_asked_for_is_refused(town: Town) -> None:
    shape = planned.Shape(lambda *, start: Practitioner.objects.filter(name__startswith=start))
    with pytest.raises(ValueError, match="as it stands"):
        shape.rows(start="Ros")
