"""A word that stands nowhere else, where it stands, and what is due: for the tests of what is disposed of."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection

from jigsaw.hub.agencies.models import Agency
from jigsaw.hub.alerts.models import Notice
from jigsaw.hub.audit import evidence, heads, sequencing
from jigsaw.hub.audit import queries as audit_log
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused, WrongState
from jigsaw.hub.patterns.models import Pattern, Pointed
from jigsaw.hub.retention import disposing, erasing, finding, holding, register
from jigsaw.hub.retention.holding import Placing
from jigsaw.hub.retention.models import Disposal, DueItem, Hold
from jigsaw.hub.retention.things import THINGS
from practice_in_tests import Practice

# Katie is 26 on 3 March 2038, and what the health visitors wrote of her is due then; the morning after.
LATER = datetime(2038, 3, 4, 9, tzinfo=UTC)
MARK = "Zephyrquay"


def due(now: datetime = LATER) -> list[DueItem]:
    finding.look(now=now)
    return list(DueItem.objects.order_by("due_on"))


def hold(**changes: Any) -> Placing:
    return replace(Placing(why="inquiry", because="Letter of the inquiry, 12 May."), **changes)


def where_it_stands(word: str = MARK) -> list[str]:
    """Every table of the database in a row of which the word stands."""
    found = []
    with connection.cursor() as cursor, context.hub("tests"):
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {table} AS t WHERE t::text ILIKE %s", [f"%{word}%"])
            found += [table] if cursor.fetchone()[0] else []
    return found


def held_by(practice: Practice, agency: Agency) -> Actor:
    """The data protection officer of an agency, who may decide."""
    return practice.someone(f"Dee {agency.code}", agency, "data_protection_officer")


def only(what: str, now: datetime) -> DueItem:
    """The one thing of this kind that is due."""
    [row] = [one for one in due(now) if one.what == what]
    return row


def refused_by_a_hold_and_to_whoever_may_not(
    practice: Practice, officer: Actor, row: DueItem, *, now: datetime
) -> None:
    """A legal hold stops it; so does everybody else's being somebody else; and afterwards nothing is in the way."""
    elsewhere = held_by(practice, practice.town.charity)
    with pytest.raises(NotHere):
        disposing.dispose(actor=elsewhere, pk=row.pk, now=now)
    for nobody in (practice.town.grace, practice.town.ade):
        with pytest.raises(Refused):
            disposing.dispose(actor=nobody, pk=row.pk, now=now)
    placed = holding.place(actor=officer, placing=hold(because=MARK), now=now)
    with pytest.raises(WrongState, match="A public inquiry"):
        disposing.dispose(actor=officer, pk=row.pk, now=now)
    # As if a colleague had released it and the hold were forgotten: it is of the agency, and of nothing else.
    Hold.objects.filter(pk=placed.pk).delete()


def a_note_of_it(to: Actor, reference: str) -> None:
    """Somebody was told of it by its reference."""
    Notice.objects.create(
        to_practitioner_id=to.practitioner_id, topic="t", reference=reference, page="p", parts={}, at=LATER, key=reference
    )  # fmt: skip


def a_hold_that_is_over(practice: Practice, **on: Any) -> None:
    """Placed by one and released by another, with the mark in both reasons."""
    town = practice.town
    Hold.objects.create(
        reference=f"H-{len(on)}", agency=town.police, why="police", because=MARK, placed_at=LATER, released_at=LATER,
        placed_by_id=town.hannah.practitioner_id, released_by_id=town.tom.practitioner_id, released_because=MARK, **on,
    )  # fmt: skip


def a_pattern(practice: Practice, person: UUID, **points_at: Any) -> Pattern:
    """A pattern that health was told of, with something that it points at."""
    town, now = practice.town, practice.now
    made = Pattern.objects.create(
        reference="P-1", agency=town.health, person_id=person, rule="r", name="n", words="w", source="s",
        since=now.date(), until=now.date(), points_at=[], found_at=now, told_id=town.amina.practitioner_id,
        works_with_child=True, looked_at=now, outcome="acted", what_was_done="Rang her.",
    )  # fmt: skip
    Pointed.objects.create(pattern=made, on=now.date(), **{"kind": "k", **points_at})
    return made


def gone_with_its_proof(officer: Actor, row: DueItem, *, now: datetime, everywhere: bool = False) -> Disposal:
    """It is disposed of; what was kept of it proves itself, the register fits, and the log verifies.

    `everywhere`: something of it stood in each table that is named for its kind, so that no table is named in vain.
    """
    kept = json.loads(json.dumps(disposing.copy(officer, row.pk, now=now)))
    assert MARK in json.dumps(kept)
    done = disposing.dispose(actor=officer, pk=row.pk, now=now)
    connection.check_constraints()
    if everywhere:
        missed = {words.table for words in THINGS[row.what].words} - done.rows.keys()
        assert not missed, missed
    assert register.is_original(done.reference, kept)
    assert not erasing.stands(row.what, row.thing)
    assert not finding.is_due(row, today=now.date())
    found = register.check()
    assert found.ok and found.lines == Disposal.objects.count()
    assert audit_log.verify().ok
    return done


def the_export_verifies(folder: Path) -> None:
    """What `jigsaw audit export` writes now fits, says the script that needs nothing of Jigsaw."""
    sequencing.place_all()
    heads.publish(now=LATER)
    file = folder / "log.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in evidence.lines(words=True)))
    script = Path(settings.ROOT) / "scripts" / "verify-audit"
    run = [sys.executable, "-I", str(script), str(file), "--json"]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    said = json.loads(done.stdout)
    assert said["ok"] and said["entries"] > 5, done.stdout
