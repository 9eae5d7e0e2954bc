"""What is sealed cannot be read in the tables, opens for whoever may read it, and its key can be renewed."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import renewing
from jigsaw.hub.chronology.models import Entry, Release
from jigsaw.hub.disclosures import letting_out
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.sealed_words import STANDS_FOR_IT
from people_in_tests import Town
from practice_in_tests import GROUNDS, Practice, share

WHERE = "She lives at 14 Quayside, where he must not find her."
SAID = "Nobody may know where we are."


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The hub's keys for this test alone; a copy is handed out, as from a file."""
    keys = [os.urandom(32)]
    monkeypatch.setattr(settings, "SEALED_WORDS_KEYS", lambda: list(keys))
    monkeypatch.setattr(settings, "CHANGE_SEALED_WORDS_KEYS", lambda new: keys.__setitem__(slice(None), new))
    return keys


@pytest.fixture
def practice(town: Town, ring: list[bytes]) -> Practice:
    return Practice(town)


@pytest.fixture
def sealed(practice: Practice) -> Entry:
    return practice.write(
        practice.town.amina,
        practice.hold(practice.town.amina),
        sealed="sealed",
        title="Moved to a refuge",
        text=WHERE,
        child_words=SAID,
    )


@pytest.fixture
def released(practice: Practice, sealed: Entry) -> Release:
    """Two people let it out to the front door."""
    recipient = practice.asked()
    why = {"now": practice.now}
    proposed = letting_out.propose(
        actor=practice.town.amina,
        recipient=recipient,
        entry=sealed.pk,
        reason="She is in danger there.",
        **why,
    )
    custodian = practice.someone("Cora Lane", practice.town.health, "sealed_records_custodian")
    letting_out.decide(actor=custodian, proposal=proposed.pk, release=True, why="Her safety needs it.", **why)
    practice.answer(recipient, share(sealed), grounds=replace(GROUNDS, advice_from="Cora Lane"))
    return Release.objects.get(entry=sealed)


def in_the_table(row: Entry | Release) -> str:
    """All that the database holds of a row, as anyone with a copy of it reads it."""
    with connection.cursor() as cursor, context.hub("tests"):
        cursor.execute(f"SELECT t::text FROM {row._meta.db_table} AS t WHERE id = %s", [row.pk])
        return str(cursor.fetchone())


def test_what_is_sealed_stands_in_no_column(sealed: Entry) -> None:
    held = in_the_table(sealed)
    assert STANDS_FOR_IT in held
    assert not [word for word in ("Quayside", "refuge", "Nobody may know") if word in held]
    again = Entry.objects.get(pk=sealed.pk)
    assert (again.title, again.text, again.child_words) == ("Moved to a refuge", WHERE, SAID)


def test_nor_do_the_names_that_must_not_leave_with_it(practice: Practice) -> None:
    entry = practice.write(
        practice.town.amina, practice.hold(practice.town.amina), sealed="sealed", protect=("Ivy Quayle",)
    )
    assert "Quayle" not in in_the_table(entry)
    assert Entry.objects.get(pk=entry.pk).protect == ["Ivy Quayle"]


def test_what_is_not_sealed_stands_as_it_was(practice: Practice) -> None:
    entry = practice.write(practice.town.amina, practice.hold(practice.town.amina))
    assert entry.text in in_the_table(entry)
    assert (entry.words_key, entry.sealed_words) == (None, None)


def test_its_corrections_and_its_withdrawal_are_sealed_as_well(practice: Practice, sealed: Entry) -> None:
    gone = chronology.withdraw(
        actor=practice.town.amina,
        entry=sealed.pk,
        reason="It was the Quayside of another town.",
        now=practice.now,
    )
    assert gone.sealed == "sealed"
    assert "refuge" not in in_the_table(gone) and "Quayside" not in in_the_table(gone)
    assert Entry.objects.get(pk=gone.pk).corrected_because == "It was the Quayside of another town."


def test_what_two_people_let_out_is_sealed_where_it_is_read_and_stands_nowhere_else(
    released: Release,
) -> None:
    with connection.cursor() as cursor, context.hub("tests"):
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT t::text FROM {table} AS t WHERE t::text ~ 'Quayside|refuge|Nobody may know'"
            )
            assert cursor.fetchall() == [], f"{table} holds what is sealed"
    assert Release.objects.get(pk=released.pk).title == "Moved to a refuge"


def test_the_database_takes_no_sealed_entry_in_plain_words(sealed: Entry) -> None:
    for plain in ({"text": WHERE}, {"protect": ["Quayside"]}, {"sealed_words": None}, {"sealed": ""}):
        with pytest.raises(IntegrityError, match="what_is_sealed_is_kept_sealed"), transaction.atomic():
            Entry.objects.filter(pk=sealed.pk).update(**plain)


def test_moved_to_another_row_it_does_not_open(practice: Practice, sealed: Entry) -> None:
    other = practice.write(practice.town.amina, practice.hold(practice.town.amina), sealed="sealed")
    Entry.objects.filter(pk=other.pk).update(words_key=sealed.words_key, sealed_words=sealed.sealed_words)
    moved = Entry.objects.get(pk=other.pk)
    assert "the key to them is not here" in moved.title
    assert (moved.text, moved.protect) == ("", [])


def test_without_the_key_a_page_says_so_and_nothing_else_is_lost(
    sealed: Entry, ring: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    ring[:] = [os.urandom(32)]
    assert "the key to them is not here" in Entry.objects.get(pk=sealed.pk).title
    assert [record.message for record in caplog.records] == ["sealed words do not open"]


def test_destroying_its_key_erases_it(sealed: Entry) -> None:
    Entry.objects.filter(pk=sealed.pk).update(words_key=None)
    erased = Entry.objects.get(pk=sealed.pk)
    assert (erased.title, erased.text, erased.child_words) == ("These words were erased.", "", "")
    assert erased.happened_on == sealed.happened_on


def test_a_renewed_key_opens_what_was_sealed_before_and_the_one_before_opens_nothing(
    practice: Practice, sealed: Entry, released: Release, ring: list[bytes]
) -> None:
    before, words = list(ring), bytes(Entry.objects.get(pk=sealed.pk).sealed_words)
    done = renewing.renew_key(actor=SYSTEM, now=practice.now)
    assert (done.rows, len(ring)) == (2, 1)
    assert ring != before
    again = Entry.objects.get(pk=sealed.pk)
    assert (again.text, bytes(again.sealed_words)) == (WHERE, words), "only its key is sealed anew"
    ring[:] = before
    assert "the key to them is not here" in Release.objects.get(pk=released.pk).title


def test_a_renewal_that_was_stopped_loses_nothing_and_goes_on(
    practice: Practice, sealed: Entry, ring: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_args: Any, **_more: Any) -> int:
        raise OSError("The power is gone")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="power"):
        patched.setattr(renewing.sealed_words, "renew", stopped)
        renewing.renew_key(actor=SYSTEM, now=practice.now)
    assert len(ring) == 2
    assert Entry.objects.get(pk=sealed.pk).text == WHERE
    later = practice.write(
        practice.town.amina, practice.hold(practice.town.amina), sealed="sealed", text=SAID
    )
    renewing.renew_key(actor=SYSTEM, now=practice.now)
    assert len(ring) == 1
    assert [Entry.objects.get(pk=row.pk).text for row in (sealed, later)] == [WHERE, SAID]


def test_a_key_from_a_vault_is_taken_as_it_is_given(
    practice: Practice, sealed: Entry, ring: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SEALED_WORDS_KEYS_FROM_OUTSIDE", True)
    ring.insert(0, os.urandom(32))
    assert renewing.renew_key(actor=SYSTEM, now=practice.now).rows == 1
    assert len(ring) == 2
    del ring[1]
    assert Entry.objects.get(pk=sealed.pk).text == WHERE
