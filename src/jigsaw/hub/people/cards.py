"""How is somebody named in a list, so that they are told from others?

A card says no more than its reader may know: what the person index sums up, for a domain that has authorised the
reading; or what the records that the actor may see say, and nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access
from jigsaw.hub.people.models import Address, Person, PersonRecord
from jigsaw.hub.people.records import by_person, sum_up


@dataclass(frozen=True)
class Card:
    """Someone in a list: just enough to tell them from others."""

    person: UUID
    name: str
    born: date | None
    expected_on: date | None
    died_on: date | None
    sex: str


def as_seen(person: Person, records: list[PersonRecord]) -> Card:
    """Name and dates from the records that may be seen, never from those that may not."""
    seen = Person(pk=person.pk)
    sum_up(seen, records)
    return _summary(seen)


def _summary(person: Person) -> Card:
    return Card(person.pk, person.name, person.born, person.expected_on, person.died_on, person.sex)


@context.hub("names")
def cards(persons: Iterable[UUID]) -> dict[UUID, Card]:
    """Cards by person id, for a domain that has authorised and audited the reading."""
    return {row.pk: _summary(row) for row in Person.objects.filter(pk__in=set(persons))}


def cards_seen(actor: Actor, persons: Iterable[UUID], *, now: datetime) -> dict[UUID, Card]:
    """Cards by person id as the records that the actor may see tell of them, in two statements.

    Persons of whom the actor may see nothing, or to whom they are too close, are left out. For a domain that
    has authorised and audits the reading.
    """
    wanted = set(persons) - access.too_close_to(actor)
    seen = by_person(access.visible_records(actor, now).filter(person__in=wanted))
    return {pk: as_seen(Person(pk=pk), records) for pk, records in seen.items()}


def card_of_record(record: PersonRecord) -> Card:
    """What this one record says, for whoever may see the record."""
    name = " ".join(part for part in (record.given, record.family) if part)
    return Card(record.person_id, name, record.born, record.expected_on, record.died_on, record.sex)


def address_words(at: Address) -> str:
    return ", ".join(part for part in (at.line, at.town, at.postcode) if part)
