"""No entry, no act; nobody changes the log; damage shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jigsaw.hub.alerts.kinds import WORDS
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit import heads, merkle, operations, queries, reading
from jigsaw.hub.audit.models import Entry, Words
from jigsaw.hub.jobs import deliver_audit_alarms
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.clock import ENGLAND, UTC
from jigsaw.hub.people import finding
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from people_in_tests import KATIE, MONDAY, Town


def test_an_entry_outside_a_transaction_is_refused(town: Town) -> None:
    real = connection.in_atomic_block
    connection.in_atomic_block = False
    try:
        with pytest.raises(RuntimeError, match="transaction"):
            operations.record(actor=town.grace, action="person.viewed", now=MONDAY)
    finally:
        connection.in_atomic_block = real


def test_if_the_log_cannot_be_written_no_data_is_returned(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, _ = people.hold(
        actor=town.ros, agency=town.school.pk, system="s", source_key="1", facts=KATIE, now=MONDAY
    )

    def fails(**_: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(operations, "record", fails)
    with pytest.raises(RuntimeError, match="disk full"):
        people_queries.profile(town.ros, record.person_id, purpose="own record", now=MONDAY)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_the_service_cannot_change_the_log(town: Town, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.django_db(transaction=False, databases=["default", "owner"])
def test_not_even_the_owner_changes_it_by_a_slip() -> None:
    with pytest.raises(Exception, match="append-only"), transaction.atomic("owner"):
        connections["owner"].cursor().execute("DELETE FROM audit_entry")


def test_the_log_verifies(town: Town) -> None:
    people.hold(actor=town.ros, agency=town.school.pk, system="s", source_key="1", facts=KATIE, now=MONDAY)
    finding.find(town.ros, "Katie Walsh", now=MONDAY)
    found = queries.verify()
    assert found.ok and found.entries == Entry.objects.count() > 0
    assert found.root == merkle.root(bytes(row.leaf) for row in Entry.objects.order_by("id")).hex()


AWKWARD = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00") | st.sampled_from('"\\\x01\x7f\u2028é👧'),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=AWKWARD,
    roles=st.lists(AWKWARD, max_size=3),
    detail=st.dictionaries(
        AWKWARD, AWKWARD | st.integers(-(2**53) + 1, 2**53 - 1) | st.none() | st.booleans()
    ),
    at=st.datetimes(timezones=st.sampled_from([UTC, ENGLAND])).filter(lambda at: at.year >= 1900),
    people=st.lists(st.uuids(), max_size=3),
)
def test_the_database_writes_the_same_canonical_words(
    db: None, text: str, roles: list[str], detail: dict[str, Any], at: datetime, people: list[UUID]
) -> None:
    actor = replace(SYSTEM, roles=frozenset(roles))
    with transaction.atomic():
        entry = operations.record(
            actor=actor, action="a", purpose=text, thing=text, detail=detail, people=people, now=at
        )
        row = Entry.objects.get(entry=entry)
        [read] = [each for each in reading.entries(size=0) if each.entry == str(entry)]
        assert read.content == operations.canonical(row)
        assert merkle.leaf_hash(read.content) == read.leaf
        transaction.set_rollback(True)


def test_a_changed_word_shows_and_an_erased_one_still_verifies(town: Town) -> None:
    finding.find(town.ros, "Katie Walsh", now=MONDAY)
    words = Words.objects.get(words="Katie Walsh")
    Words.objects.filter(pk=words.pk).delete()
    assert queries.verify().ok
    Words.objects.create(entry=words.entry, salt=words.salt, words="Somebody Else")
    assert queries.verify().damaged == (str(words.entry),)


def test_the_search_text_is_not_in_the_log_itself(town: Town) -> None:
    finding.find(town.ros, "Katie Walsh", now=MONDAY)
    row = Entry.objects.latest("id")
    assert b"Walsh" not in operations.canonical(row)


def test_an_alarm_reaches_the_administrators_once_and_is_in_the_log(town: Town) -> None:
    for _twice in range(2):
        heads.sound("forked", now=MONDAY)
        deliver_audit_alarms.run(MONDAY)
    [notice] = Notice.objects.filter(topic="audit.forked")
    assert notice.to_practitioner_id == town.ade.practitioner_id
    assert Entry.objects.filter(action="audit.alarm", thing="forked").count() == 1
    assert heads.open_alarms() == ["forked"] and all(f"audit.{kind}" in WORDS for kind in heads.ALARMS)
