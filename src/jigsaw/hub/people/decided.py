"""Which records did somebody say are one person, which came together by rule, and on what did that rest?

For comparing all records anew: what a person joined is never taken apart, and what rests on other facts by now is
looked at again. Holds no access rules, and writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from jigsaw.hub.kit import context
from jigsaw.hub.people import undoing
from jigsaw.hub.people.models import LinkDecision, MatchRow, PersonRecord
from jigsaw.hub.people.operations import OPENED_HERE
from jigsaw.record_linkage.bulk import clusters


@context.hub("index")
def linked_by_rule() -> set[UUID]:
    """Persons of whom some record was linked by rule, and no human has moved it since."""
    made = LinkDecision.objects.filter(verdict=LinkDecision.LINKED, decided_by=None).exclude(model="")
    return set(made.filter(record__person=F("person")).values_list("person", flat=True))


@context.hub("index")
def joined_by_people(persons: Collection[UUID]) -> dict[UUID, list[list[UUID]]]:
    """The records of each person in groups: those of one group stand together by somebody's decision.

    The first group is the one to which the person's name belongs. Links by rule are between the groups.
    """
    rows = list(PersonRecord.objects.filter(person__in=persons).order_by("pk").defer("raw"))
    spoken_of = undoing.stays(rows)
    made = LinkDecision.objects.filter(verdict=LinkDecision.LINKED, record__in=[row.pk for row in rows])
    told: dict[UUID, list[LinkDecision]] = {}
    for decision in made.order_by("decided_at", "pk").defer("evidence"):
        told.setdefault(decision.record_id, []).append(decision)
    of_person: dict[UUID, list[PersonRecord]] = {}
    for row in rows:
        of_person.setdefault(row.person_id, []).append(row)
    return {person: _groups(person, theirs, spoken_of, told) for person, theirs in of_person.items()}


def _groups(
    person: UUID,
    rows: list[PersonRecord],
    spoken_of: dict[UUID, list[undoing.Stay]],
    told: dict[UUID, list[LinkDecision]],
) -> list[list[UUID]]:
    together = [both for row in rows for both in _said_together(row, rows, spoken_of, told)]
    groups = clusters([row.pk for row in rows], together, lambda _ours, _theirs: False)
    first = {row.pk for row in rows if spoken_of[row.pk][0].person == person}
    return sorted((sorted(group) for group in groups), key=lambda g: (first.isdisjoint(g), -len(g), g[0]))


def _said_together(
    row: PersonRecord,
    rows: list[PersonRecord],
    spoken_of: dict[UUID, list[undoing.Stay]],
    told: dict[UUID, list[LinkDecision]],
) -> Iterator[tuple[UUID, UUID]]:
    """Records that somebody, not a rule, said are of one person with this one."""
    if row.system == OPENED_HERE:
        # Opened because of one record, it goes wherever that one goes.
        named = [other.pk for other in rows if str(other.pk) == row.source_key]
        if named:
            yield row.pk, named[0]
            return
    for decision in told.get(row.pk, ()):
        if by_rule(decision):
            continue
        there = [
            other
            for other in rows
            if other.pk != row.pk
            and _spoke_of(spoken_of[other.pk], decision.decided_at) == decision.person_id
        ]
        own = [other for other in there if not _came_by_rule(told.get(other.pk, ()), decision)]
        for other in own or there:
            yield row.pk, other.pk


def by_rule(decision: LinkDecision) -> bool:
    """Made without anybody, on a comparison alone."""
    return decision.decided_by_id is None and bool(decision.model)


def _came_by_rule(told: Sequence[LinkDecision], meant: LinkDecision) -> bool:
    """Did a rule bring this record to the person whom the decision meant, before it was made?"""
    before = [d for d in told if d.person_id == meant.person_id and d.decided_at <= meant.decided_at]
    return bool(before) and by_rule(before[-1])


def rests_on(each: Sequence[Collection[UUID]]) -> list[str]:
    """For each of some sets of persons, a digest of their records, what these say, and what was decided on them."""
    persons = {person for some in each for person in some}
    rows = PersonRecord.objects.filter(person__in=persons).order_by("pk")
    records: dict[UUID, list[UUID]] = {}
    for record, person in rows.values_list("pk", "person"):
        records.setdefault(person, []).append(record)
    held = [pk for some in records.values() for pk in some]
    said = dict(MatchRow.objects.filter(record__in=held).values_list("record", "columns"))
    decided: dict[UUID, list[str]] = {}
    made = LinkDecision.objects.filter(record__in=held).order_by("pk")
    for decision, record in made.values_list("pk", "record"):
        decided.setdefault(record, []).append(str(decision))

    def told(some: Collection[UUID]) -> Iterator[str]:
        for person in sorted(some):
            for record in records.get(person, ()):
                yield from (str(person), str(record), said.get(record, ""), *decided.get(record, ()))

    return [hashlib.sha256("\n".join(told(some)).encode()).hexdigest() for some in each]


def _spoke_of(stays: Sequence[undoing.Stay], moment: datetime) -> UUID:
    return [stay for stay in stays if stay.since <= moment][-1].person
