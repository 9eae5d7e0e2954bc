"""Who are somebody's family, and who lives with them, as far as the actor's agency may see?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access
from jigsaw.hub.people.cards import Card, address_words, as_seen
from jigsaw.hub.people.models import Address, Person, PersonRecord, Relationship
from jigsaw.hub.people.records import by_person


@dataclass(frozen=True)
class Tie:
    """`person` is the `kind` (MAIS code) of `to`, says `source`."""

    person: UUID
    to: UUID
    kind: str
    source: str
    ended: bool


@dataclass(frozen=True)
class Household:
    """The family as far as the actor's agency may see it; `at_home` are those at the same address."""

    members: tuple[Card, ...]
    ties: tuple[Tie, ...]
    at_home: frozenset[UUID] = field(default_factory=frozenset)
    address: str = ""


def household(actor: Actor, person: UUID, *, now: datetime) -> Household:
    """Family and home from the records that the actor may see; three generations around the person as of today.

    The page that shows it has been authorised and audited by `profile`.
    """
    visible = access.visible_records(actor, now)
    near = set(visible.filter(person=person).values_list("pk", flat=True))
    ties: dict[int, Relationship] = {}
    # Two steps out reach grandparents, half-siblings and a parent's new partner.
    for _step in range(2):
        rows = Relationship.objects.filter(Q(record__in=near) | Q(to__in=near))
        found = {row.pk: row for row in rows.select_related("record__agency", "to")}
        # A tie is told only where both of its ends may be seen; asked once for all, which is the quicker way.
        around = visible.filter(person__in=_persons(found.values()) | _persons(ties.values()) | {person})
        seen = dict(around.values_list("pk", "person"))
        ties |= {pk: row for pk, row in found.items() if {row.record_id, row.to_id} <= seen.keys()}
        told = _persons(ties.values()) | {person}
        near = {pk for pk, its_person in seen.items() if its_person in told}
    members = by_person(visible.filter(pk__in=near).prefetch_related("addresses"))
    barred = access.too_close_to(actor)
    home = {words for record in members.get(person, ()) for words in _current_homes(record)}
    return Household(
        members=tuple(
            as_seen(Person(pk=pk), rows) for pk, rows in sorted(members.items()) if pk not in barred
        ),
        ties=_ties(ties.values(), barred),
        at_home=frozenset(
            pk for pk, rows in members.items() if home & {w for row in rows for w in _current_homes(row)}
        ),
        address=next((words for r in members.get(person, ()) for words in _homes_in_words(actor, r)), ""),
    )


def sharing_home_with(actor: Actor, person: UUID, *, now: datetime) -> dict[UUID, date]:
    """Who else lives at this person's address now, and from which day both did, as far as the actor may see.

    Of two of whose days at least one is known, the later; where neither is, nothing is said.
    """
    visible = access.visible_records(actor, now)
    own = [(at, key) for at in _homes_seen(actor, visible.filter(person=person)) for key in [_key(at)]]
    found: dict[UUID, date] = {}
    near = visible.filter(addresses__postcode__in={at.postcode for at, _ in own}).exclude(person=person)
    for other in _homes_seen(actor, near):
        days = [d for at, key in own if key == _key(other) for d in (at.from_date, other.from_date) if d]
        if days:
            who = other.record.person_id
            found[who] = min(found.get(who, max(days)), max(days))
    return found


def _homes_seen(actor: Actor, records: QuerySet[PersonRecord]) -> list[Address]:
    """The homes of today on these records; a protected one for the agency that recorded it alone."""
    rows = Address.objects.filter(record__in=records, until_date=None, use="home").exclude(postcode="")
    rows = rows.filter(Q(protected=False) | Q(record__agency=actor.agency_id))
    return list(rows.select_related("record"))


def _key(at: Address) -> tuple[str, str]:
    """By which two addresses are compared: house number or name, and postcode."""
    return at.line.split(",")[0].strip().lower(), at.postcode.replace(" ", "").upper()


def _persons(ties: Iterable[Relationship]) -> set[UUID]:
    """The persons at both ends of these ties."""
    return {pk for row in ties for pk in (row.record.person_id, row.to.person_id)}


def _ties(rows: Iterable[Relationship], barred: set[UUID]) -> tuple[Tie, ...]:
    found = {
        (row.record.person_id, row.to.person_id, row.kind): Tie(
            row.record.person_id,
            row.to.person_id,
            row.kind,
            row.source or row.record.agency.name,
            row.until_date is not None,
        )
        for row in rows
        if row.record.person_id != row.to.person_id and not {row.record.person_id, row.to.person_id} & barred
    }
    return tuple(found.values())


def _current_homes(record: PersonRecord) -> set[tuple[str, str]]:
    """Addresses to compare households by: house number or name, and postcode."""
    return {
        _key(at)
        for at in record.addresses.all()
        if at.until_date is None and at.use == "home" and at.postcode
    }


def _homes_in_words(actor: Actor, record: PersonRecord) -> list[str]:
    return [
        address_words(at)
        for at in record.addresses.all()
        if at.until_date is None and (not at.protected or record.agency_id == actor.agency_id)
    ]
