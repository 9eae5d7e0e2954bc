"""Who is around each of two who may be one: their family with birthdays, and who else is at the address?

For those who decide on links, who have been let in to see both. Nobody they are too close to, and nobody whose
address is a secret, is among those at an address.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access
from jigsaw.hub.people.cards import Card, as_seen
from jigsaw.hub.people.models import Address, Person, PersonRecord, Relationship
from jigsaw.hub.people.records import by_person

RELATIVES = 12
"""How many of the family, and how many at the address, are shown beside each side."""
AT_ONE_POSTCODE = 200
_A_PARENT = frozenset({"PRN", "NPRN", "ADOPTP", "PRNFOST", "STPPRN"})
SIBLING = "SIB"


@dataclass(frozen=True)
class Near:
    """Somebody near one side: what they are to them by MAIS code, "" for one address alone, and who says so."""

    card: Card
    kind: str
    agencies: tuple[str, ...]
    on_both: bool = False


Around = tuple[tuple[Near, ...], tuple[Near, ...]]
"""The family, and others at the address."""


@context.hub("deciding")
def both(actor: Actor, left: list[PersonRecord], right: list[PersonRecord]) -> tuple[Around, Around]:
    """For each of two sides (their records, read with addresses), who is around them; in six statements."""
    own = {row.person_id for row in (*left, *right)}
    barred = access.too_close_to(actor) | own
    ties = _ties({row.pk for row in (*left, *right)}, own)
    homes = _at_homes([*left, *right])
    found = [_one(side, ties, homes, barred) for side in (left, right)]
    twice = {pk for place in (0, 1) for pk in found[0][place] if pk in found[1][place]}
    return _marked(found[0], twice), _marked(found[1], twice)


def _one(
    side: list[PersonRecord], ties: list[Relationship], homes: list[PersonRecord], barred: set[UUID]
) -> tuple[dict[UUID, Near], dict[UUID, Near]]:
    family = _gathered(_relatives({row.pk for row in side}, ties), barred)
    mine = {key for row in side for key in _homes(row)}
    there = _gathered(((row, "") for row in homes if _homes(row) & mine), barred | family.keys())
    return family, there


def _marked(found: tuple[dict[UUID, Near], dict[UUID, Near]], twice: set[UUID]) -> Around:
    family, there = (
        tuple(replace(near, on_both=pk in twice) for pk, near in some.items())[:RELATIVES] for some in found
    )
    return family, there


def _ties(records: set[UUID], own: set[UUID]) -> list[Relationship]:
    """Who is told to be what to these records, and the other children of their parents."""
    told = Relationship.objects.select_related("record__agency", "to__agency")
    near = list(told.filter(Q(record__in=records) | Q(to__in=records)))
    parents = {
        parent.person_id for parent, child in map(_parent_and_child, near) if parent and child.pk in records
    }
    theirs = told.filter(Q(record__person__in=parents) | Q(to__person__in=parents))
    known = {row.pk for row in near}
    return near + [row for row in theirs if row.pk not in known]


def _parent_and_child(row: Relationship) -> tuple[PersonRecord | None, PersonRecord]:
    """The parent, if the tie is one of parent and child, and the child."""
    neutral, inverse = _kinds().get(row.kind, ("", ""))
    if neutral in _A_PARENT:
        return row.record, row.to
    return (row.to, row.record) if inverse in _A_PARENT else (None, row.to)


@lru_cache(maxsize=1)
def _kinds() -> dict[str, tuple[str, str]]:
    """What each kind is without sex or side, and what the other is to the first."""
    rows = agreements.words("relationship_kinds")["entries"]
    return {row["code"]: (row["neutral"], row["inverse"]) for row in rows}


def _relatives(records: set[UUID], ties: list[Relationship]) -> Iterable[tuple[PersonRecord, str]]:
    for row in ties:
        if row.to_id in records:
            yield row.record, row.kind
        elif row.record_id in records:
            yield row.to, _kinds().get(row.kind, ("", ""))[1]
    lines = [(parent, child) for parent, child in map(_parent_and_child, ties) if parent]
    parents = {parent.person_id for parent, child in lines if child.pk in records}
    for parent, child in lines:
        if parent.person_id in parents and child.pk not in records:
            yield child, SIBLING


def _gathered(found: Iterable[tuple[PersonRecord, str]], barred: set[UUID]) -> dict[UUID, Near]:
    """One line for each person, with the agencies that say so."""
    rows = [(record, kind) for record, kind in found if record.person_id not in barred]
    kinds = {record.person_id: kind for record, kind in reversed(rows)}
    records = by_person({record.pk: record for record, _kind in rows}.values())
    return {
        pk: Near(
            as_seen(Person(pk=pk), some), kinds[pk], tuple(dict.fromkeys(row.agency.name for row in some))
        )
        for pk, some in records.items()
    }


def _at_homes(sides: list[PersonRecord]) -> list[PersonRecord]:
    """Records with a home at a postcode of theirs, without anyone whose address is a secret somewhere."""
    codes = {at.postcode for row in sides for at in _open_homes(row)}
    if not codes:
        return []
    here = Address.objects.filter(postcode__in=codes, protected=False, until_date=None, use="home")
    rows = PersonRecord.objects.filter(pk__in=here.values("record")).select_related("agency").defer("raw")
    secret = Address.objects.filter(record__person=OuterRef("person"), protected=True)
    found = rows.filter(~Exists(secret)).prefetch_related("addresses").order_by("pk")
    return list(found[:AT_ONE_POSTCODE])


def _open_homes(row: PersonRecord) -> list[Address]:
    return [
        at
        for at in row.addresses.all()
        if at.until_date is None and at.use == "home" and at.postcode and not at.protected
    ]


def _homes(row: PersonRecord) -> set[tuple[str, str]]:
    """Addresses to compare homes by: house number or name, and postcode."""
    return {
        (at.line.split(",")[0].strip().lower(), at.postcode.replace(" ", "").upper())
        for at in _open_homes(row)
    }
