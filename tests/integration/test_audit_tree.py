"""Each entry gets one place, in one order, whoever commits first; and nobody takes it away again."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

import databases_in_tests
from jigsaw.hub.audit import merkle, operations, queries, sequencing
from jigsaw.hub.audit.models import Entry, Leaf, Subtree
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import WrongState
from people_in_tests import MONDAY

WRITERS, TURNS = 4, 60


@pytest.mark.parametrize("table", ["audit_entry", "audit_leaf", "audit_subtree"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_service_cannot_change_the_tree(db: None, table: str, statement: str) -> None:
    column = {"audit_entry": "action", "audit_leaf": "hash", "audit_subtree": "hash"}[table]
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement.format(table, column, column))


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("table", ["audit_entry", "audit_leaf", "audit_subtree", "audit_tree"])
def test_the_owner_does_not_empty_it_by_a_slip(table: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic("owner"):
        connections["owner"].cursor().execute(f"DELETE FROM {table}")


def test_the_catalogue_gives_the_service_no_right_to_change_any_of_it(db: None) -> None:
    """Of every table of the audit there is, so that a new one is thought of."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname, array_agg(privilege ORDER BY privilege) FROM pg_class
            CROSS JOIN unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
            WHERE relname LIKE 'audit%%' AND relkind = 'r' AND has_table_privilege(oid, privilege) GROUP BY relname
            """
        )
        may = dict(cursor.fetchall())
    assert may == {"audit_alarm": ["UPDATE"], "audit_tree": ["UPDATE"], "audit_words": ["DELETE"]}


@pytest.fixture(scope="module")
def log(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A log in a database of its own, where everything is really committed; from here on in this file."""
    with django_db_blocker.unblock(), databases_in_tests.fresh("jigsaw_audit_tree"):
        yield


def write(count: int = 1) -> list[str]:
    with transaction.atomic():
        return [str(operations.record(actor=SYSTEM, action="tried", now=MONDAY)) for _turn in range(count)]


def test_what_commits_late_has_its_place_and_nothing_is_passed_over(log: None) -> None:
    """The one who began first commits last: whoever came after waits for its place, and none is lost."""
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            operations.record(actor=SYSTEM, action="slow", now=MONDAY)
            begun.set()
            go_on.wait(20)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        wait = pool.submit(slow)
        assert begun.wait(20)
        [quick] = write()
        assert sequencing.place_all() == 0, "what is still running may come before it"
        with pytest.raises(WrongState, match="no place"):
            queries.prove(quick)
        go_on.set()
        wait.result(20)
    assert sequencing.place_all() == 2 and sequencing.place_all() == 0
    placed = Leaf.objects.order_by("-place").values_list("entry_id", flat=True)[:2]
    assert [Entry.objects.get(pk=pk).action for pk in placed] == ["tried", "slow"]


def test_writers_and_two_sequencers_at_once_give_each_entry_one_place(log: None) -> None:
    stop, before = threading.Event(), Entry.objects.count()

    def writes(seed: int) -> set[str]:
        chance, kept = random.Random(seed), set[str]()
        for _turn in range(TURNS):
            try:
                with transaction.atomic():
                    written = write(chance.choice((1, 1, 3)))
                    if chance.random() < 0.1:
                        raise InterruptedError
                kept |= set(written)
            except InterruptedError:
                pass
        connections.close_all()
        return kept

    def places() -> int:
        count = 0
        while not stop.is_set():
            count += sequencing.place_some(limit=7)
        connections.close_all()
        return count

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        sequencers = [pool.submit(places) for _one in range(2)]
        kept = set[str]().union(*pool.map(writes, range(WRITERS)))
        stop.set()
        placed = sum(one.result(20) for one in sequencers)
    placed += sequencing.place_all()
    assert placed == len(kept) == Entry.objects.count() - before > WRITERS * TURNS
    assert list(Leaf.objects.order_by("place").values_list("place", flat=True)) == list(
        range(before + placed)
    )
    found = queries.verify()
    assert found.ok and found.waiting == 0 and found.root == in_the_order_of_the_tree().hex()


def in_the_order_of_the_tree() -> bytes:
    leaves = dict(Entry.objects.values_list("id", "leaf"))
    order = Leaf.objects.order_by("place").values_list("entry_id", flat=True)
    return merkle.root(bytes(leaves[pk]) for pk in order)


def test_a_large_tree_proves_from_what_is_kept_of_it(log: None) -> None:
    """Beyond 256 × 256 leaves, so that each kept height is used."""
    fill(66_000)
    while sequencing.place_some():
        pass
    assert set(Subtree.objects.values_list("height", flat=True)) == {8, 16}
    root, size = bytes.fromhex(queries.verify().root), sequencing.size()
    for place in (0, 255, 256, 65_535, 65_536, size - 1):
        leaf = Leaf.objects.get(place=place)
        proof = queries.prove(str(Entry.objects.get(pk=leaf.entry_id).entry))
        path = [bytes.fromhex(node) for node in proof["path"]]
        assert proof["size"] == size and proof["root"] == root.hex()
        assert merkle.included(bytes(leaf.hash), place, size, path, root)
    tree = sequencing.Stored()
    for old in (1, 256, 65_536, 65_537):
        path = merkle.consistency(tree, old, size)
        assert merkle.consistent(old, size, merkle.root_of(tree, old), root, path)


def fill(count: int) -> None:
    """Many entries at once, written by the database; their leaves are right."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO audit_entry
                (entry, at, roles, action, purpose, people, thing, detail, commitment, leaf)
            SELECT entry, at, '{}', 'tried', '', '{}', '', '{}', '', sha256('\\x00'::bytea || convert_to(
                '{"action":"tried","agency":"","at":"' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
                || '+00:00","commitment":"","detail":{},"entry":"' || entry
                || '","people":[],"practitioner":"","purpose":"","roles":[],"thing":""}', 'UTF8'))
            FROM (SELECT gen_random_uuid() AS entry, now() AS at FROM generate_series(1, %s)) AS made
            """,
            [count],
        )
