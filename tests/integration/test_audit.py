"""No entry, no act; nobody changes the log; damage shows."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from jigsaw.hub.audit import merkle, operations, queries
from jigsaw.hub.audit.models import Entry, Words
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


def test_the_log_verifies_and_proves_each_entry(town: Town) -> None:
    people.hold(actor=town.ros, agency=town.school.pk, system="s", source_key="1", facts=KATIE, now=MONDAY)
    finding.find(town.ros, "Katie Walsh", now=MONDAY)
    found = queries.verify()
    assert found.ok and found.entries == Entry.objects.count() > 0
    last = Entry.objects.latest("id")
    proof = queries.prove(str(last.entry))
    path = [bytes.fromhex(node) for node in proof["path"]]
    assert merkle.root_from_path(bytes(last.leaf), proof["index"], proof["size"], path).hex() == found.root


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
