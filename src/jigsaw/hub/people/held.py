"""What does one agency itself hold of somebody, apart from what happened, piece by piece, as its records say it?

For an answer to whoever asks what is held about them: each piece has its own key, so that somebody can decide on each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access
from jigsaw.hub.people.cards import address_words
from jigsaw.hub.people.models import Involvement, PersonRecord, Relationship

DETAILS = (
    *("given", "family", "born", "expected_on", "died_on", "sex", "ethnicity", "language", "religion"),
    *("disability", "school", "gp"),
)
SHORTEST_NAME = 3


@dataclass(frozen=True)
class Piece:
    """One thing a record says: `parts` by name, as text. `relation`: it tells of somebody else as well."""

    key: str
    kind: str
    parts: dict[str, str] = field(default_factory=dict)
    protected: bool = False
    relation: bool = False


@dataclass(frozen=True)
class Held:
    """The agency's own records of one person, the pieces they say, and the names of others that are near."""

    records: tuple[PersonRecord, ...]
    pieces: tuple[Piece, ...]
    others: tuple[str, ...]
    """Whole names and first names of those related, the longest first; none that is the person's own."""


def held(actor: Actor, person: UUID) -> Held:
    """What the actor's agency holds itself: the whole of it or nothing, so Refused to whoever is too close to anybody
    related. The caller has authorised the reading, and audits it."""
    rows = PersonRecord.objects.filter(agency=actor.agency_id, person=person).order_by("recorded_at", "pk")
    records = tuple(rows.prefetch_related("identifiers", "addresses", "contacts"))
    pks = [record.pk for record in records]
    with context.hub("closeness"):
        near = Relationship.objects.filter(Q(record__in=pks) | Q(to__in=pks)).select_related("record", "to")
        ties = list(near.order_by("pk"))
    access.check_not_too_close(actor, {end.person_id for row in ties for end in (row.record, row.to)})
    services = Involvement.objects.filter(record__in=pks).order_by("from_date", "pk")
    pieces = [piece for record in records for piece in _pieces(record)]
    pieces += [_tie(row, set(pks)) for row in ties]
    pieces += [_service(row) for row in services]
    return Held(records, tuple(pieces), _others(records, ties))


def _pieces(record: PersonRecord) -> Iterator[Piece]:
    said = {name: str(getattr(record, name)) for name in DETAILS if getattr(record, name)}
    yield Piece(f"record:{record.pk}", "record", {"system": record.system} | said)
    for number in record.identifiers.all():
        yield Piece(f"number:{number.pk}", "number", {number.kind: number.value})
    for at in record.addresses.all():
        when = {name: str(getattr(at, name)) for name in ("from_date", "until_date") if getattr(at, name)}
        yield Piece(
            f"address:{at.pk}", "address", {"address": address_words(at)} | when, protected=at.protected
        )
    for contact in record.contacts.all():
        yield Piece(f"contact:{contact.pk}", "contact", {contact.kind: contact.value})


def _tie(row: Relationship, own: set[UUID]) -> Piece:
    """The other's name and what they are, as `kind` says it from one side or the other."""
    from_here = row.record_id in own
    other = row.to if from_here else row.record
    parts = {"is" if from_here else "has": row.kind, "name": _name(other)}
    return Piece(f"relationship:{row.pk}", "relationship", parts, relation=True)


def _service(row: Involvement) -> Piece:
    said = ("service", "worker", "worker_phone", "from_date", "until_date", "detail")
    parts = {name: str(getattr(row, name)) for name in said if getattr(row, name)}
    return Piece(f"service:{row.pk}", "service", parts)


def _name(record: PersonRecord) -> str:
    return " ".join(part for part in (record.given, record.family) if part)


def _others(records: Iterable[PersonRecord], ties: Iterable[Relationship]) -> tuple[str, ...]:
    mine = list(records)
    own = {name.casefold() for record in mine for name in (_name(record), record.given, record.family)}
    pks = {record.pk for record in mine}
    near = [row.to if row.record_id in pks else row.record for row in ties]
    names = {name for record in near for name in (_name(record), record.given)}
    telling = {name for name in names if len(name) >= SHORTEST_NAME and name.casefold() not in own}
    return tuple(sorted(telling, key=lambda name: (-len(name), name)))
