"""How does what a source says become records? By the thousand, in the same way as one at a time.

Every step is a few statements for all records together, so the time goes with what there is to write and not
with the number of round trips. Holds no access rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import filing, matching
from jigsaw.hub.people.models import (
    Address,
    Contact,
    Identifier,
    ImportBatch,
    Involvement,
    Person,
    PersonRecord,
    Relationship,
)
from jigsaw.hub.people.records import Facts, Relative, Works, by_person, matched_by, sum_up

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
SAID = (
    "given",
    "family",
    "born",
    "born_accuracy",
    "expected_on",
    "died_on",
    "sex",
    "ethnicity",
    "language",
    "interpreter",
    "religion",
    "disability",
    "school",
    "gp",
    "raw",
)
KEPT = (*SAID, "other_names", "content_hash", "batch", "recorded_by", "recorded_at")
SUMMARY = ("name", "born", "expected_on", "died_on", "sex")


@dataclass(frozen=True)
class Held:
    """A record as it now stands, what the source said, and created, updated or unchanged."""

    record: PersonRecord
    facts: Facts
    outcome: str


@dataclass
class _Parts:
    """What hangs on a record, ready to be written."""

    identifiers: list[Identifier]
    addresses: list[Address]
    contacts: list[Contact]


@transaction.atomic
def hold_all(
    *,
    actor: Actor,
    agency: UUID,
    system: str,
    told: Sequence[tuple[str, Facts]],
    now: datetime,
    batch: ImportBatch | None = None,
) -> list[Held]:
    """Keep what `agency` holds on each of `told` (source key and facts, keys distinct), in the same order.

    New records start as persons of their own. Facts held before change nothing.
    """
    held = list(_against_what_is_held(agency, system, told))
    changed = [each for each in held if each.outcome != UNCHANGED]
    if not changed:
        return held
    for each in changed:
        _fill(each.record, each.facts)
        each.record.batch, each.record.recorded_by_id, each.record.recorded_at = (
            batch,
            actor.practitioner_id,
            now,
        )
    _write_records(changed)
    updated = [each.record.pk for each in changed if each.outcome == UPDATED]
    _write_parts(changed, updated)
    refresh_all(each.record.person_id for each in changed if each.outcome == UPDATED)
    _write_works(changed, updated)
    _write_relatives(actor, agency, system, changed, updated, now, batch)
    return held


def content_hash(facts: Facts) -> str:
    """A digest of everything the source said, so that saying it again is seen to change nothing."""
    return hashlib.sha256(json.dumps(facts, default=_in_json, sort_keys=True).encode()).hexdigest()


def _in_json(value: object) -> object:
    return vars(value) if is_dataclass(value) else str(value)


def _against_what_is_held(agency: UUID, system: str, told: Sequence[tuple[str, Facts]]) -> Iterable[Held]:
    # Locked in id order, so that two who hold at once cannot wait for each other for ever.
    rows = PersonRecord.objects.select_for_update().filter(
        agency=agency, system=system, source_key__in=[key for key, _facts in told]
    )
    known = {row.source_key: row for row in rows.defer("raw").order_by("pk")}
    for key, facts in told:
        content = content_hash(facts)
        record = known.get(key)
        if record and record.content_hash == content:
            yield Held(record, facts, UNCHANGED)
            continue
        outcome = UPDATED if record else CREATED
        record = record or PersonRecord(person=Person(), agency_id=agency, system=system, source_key=key)
        record.content_hash = content
        yield Held(record, facts, outcome)


def _fill(record: PersonRecord, facts: Facts) -> None:
    for name in SAID:
        setattr(record, name, getattr(facts, name))
    record.other_names = [list(name) for name in facts.other_names]
    # Before anything is derived from them, so that the words say which part of the record is meant.
    fields.check_row(record)


def _write_records(changed: list[Held]) -> None:
    created = [each.record for each in changed if each.outcome == CREATED]
    for record in created:
        sum_up(record.person, [record])
    Person.objects.bulk_create(record.person for record in created)
    _write(PersonRecord, [each.record for each in changed], KEPT)


def _write(model: Any, rows: list[Any], fields: Sequence[str]) -> None:
    """Insert rows, or bring `fields` of those that exist up to date, in one statement."""
    if rows:
        model.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=list(fields)
        )


def _write_parts(changed: list[Held], updated: list[UUID]) -> None:
    if updated:
        # Of its numbers, those that a register found stay: the source never said them.
        Identifier.objects.filter(record__in=updated, trace=None).delete()
        for model in (Address, Contact):
            model.objects.filter(record__in=updated).delete()
        filing.take_out(updated)
    parts = [(each.record, _parts(each.record, each.facts)) for each in changed]
    Identifier.objects.bulk_create(row for _record, part in parts for row in part.identifiers)
    Address.objects.bulk_create(row for _record, part in parts for row in part.addresses)
    Contact.objects.bulk_create(row for _record, part in parts for row in part.contacts)
    held = _matched_by(updated)
    filing.file_all(
        filing.to_file(record, held.get(record.pk, part.identifiers), part.addresses, part.contacts)
        for record, part in parts
    )


def _matched_by(records: list[UUID]) -> dict[UUID, list[Identifier]]:
    """By what each of these records is matched: of what its source and a register say, what nobody doubts."""
    found: dict[UUID, list[Identifier]] = {pk: [] for pk in records}
    if records:
        for row in matched_by(Identifier.objects.filter(record__in=records)):
            found[row.record_id].append(row)
    return found


def _parts(record: PersonRecord, facts: Facts) -> _Parts:
    parts = _Parts(
        identifiers=[
            Identifier(record=record, kind=kind, value=value, valid=matching.is_valid(kind, value))
            for kind, value in facts.identifiers
        ],
        addresses=[Address(record=record, **vars(at)) for at in facts.addresses],
        contacts=[Contact(record=record, kind=kind, value=value) for kind, value in facts.contacts],
    )
    for row in (*parts.identifiers, *parts.contacts):
        fields.check_row(row, {"value": row.kind})
    for at in parts.addresses:
        fields.check_row(at)
    return parts


def refresh_all(persons: Iterable[UUID]) -> None:
    """Bring the persons' summaries up to date with their records."""
    rows = by_person(PersonRecord.objects.filter(person__in=set(persons)).defer("raw"))
    people = list(Person.objects.filter(pk__in=rows))
    for person in people:
        sum_up(person, rows[person.pk])
    _write(Person, people, SUMMARY)
    filing.join_again(rows)


# --- services that work with them -------------------------------------------------------------------------


def _write_works(changed: list[Held], updated: list[UUID]) -> None:
    """Add what is new and bring up to date what ended or changed. What a source no longer names is history."""
    known: dict[tuple[UUID, str, date | None], list[Involvement]] = {}
    if updated:
        for row in Involvement.objects.filter(record__in=updated).order_by("pk"):
            known.setdefault((row.record_id, row.service, row.from_date), []).append(row)
    rows = [_involvement(each.record, works, known) for each in changed for works in each.facts.works]
    Involvement.objects.bulk_create(row for row in rows if row.pk is None)
    _write(
        Involvement,
        [row for row in rows if row.pk is not None],
        ("worker", "worker_phone", "until_date", "detail"),
    )


def _involvement(
    record: PersonRecord, works: Works, known: dict[tuple[UUID, str, date | None], list[Involvement]]
) -> Involvement:
    """The stored row that this speaks of, brought up to date, or a new one.

    Service and first day name an involvement; where a source has several of one name, each keeps its place.
    """
    same = known.get((record.pk, works.service, works.from_date))
    if not same:
        return Involvement(record=record, **vars(works))
    row = same.pop(0)
    for name, value in vars(works).items():
        setattr(row, name, value)
    return row


# --- relatives --------------------------------------------------------------------------------------------


def _write_relatives(
    actor: Actor,
    agency: UUID,
    system: str,
    changed: list[Held],
    updated: list[UUID],
    now: datetime,
    batch: ImportBatch | None,
) -> None:
    """Hold each relative as a record of the agency, under the source's own name, and tie it to the record."""
    theirs = f"{system}:parent"
    told = {relative.key: relative.facts for each in changed for relative in each.facts.relatives}
    held = (
        hold_all(actor=actor, agency=agency, system=theirs, told=list(told.items()), now=now, batch=batch)
        if told
        else []
    )
    records = {each.record.source_key: each.record for each in held}
    ties = {
        (records[relative.key].pk, each.record.pk, relative.kind): _tie(each.record, records, relative)
        for each in changed
        for relative in each.facts.relatives
    }
    if updated:
        before = Relationship.objects.filter(to__in=updated, record__system=theirs, record__agency=agency)
        gone = [row.pk for row in before if (row.record_id, row.to_id, row.kind) not in ties]
        Relationship.objects.filter(pk__in=gone).delete()
    if ties:
        Relationship.objects.bulk_create(
            ties.values(),
            update_conflicts=True,
            unique_fields=["record", "to", "kind"],
            update_fields=["source"],
        )


def _tie(to: PersonRecord, records: dict[str, PersonRecord], relative: Relative) -> Relationship:
    return Relationship(record=records[relative.key], to=to, kind=relative.kind, source=relative.source)
