"""Which children may another hub be told of, and what is known of them, for tokens alone?

Nothing here is shown to anybody: the caller makes tokens of it. A child with a protected address in any record, of
any time, is shielded: nobody learns from this hub that it knows them, and no protected address is ever asked with.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q

from jigsaw import record_linkage as linkage
from jigsaw.hub.kit import context
from jigsaw.hub.people import matching
from jigsaw.hub.people.models import Address, Person, PersonRecord
from jigsaw.hub.people.records import by_person, for_matching, with_parts


@context.hub("partner hubs")
def children(*, born_after: date, after: UUID | None, limit: int) -> list[UUID]:
    """At most `limit` ids, in their order, of those born after a day (exclusive) or on no known day.

    `after` is the last id of the part before (exclusive).
    """
    rows = Person.objects.filter(Q(born__gt=born_after) | Q(born=None), replaced_by=None)
    if after:
        rows = rows.filter(pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


@context.hub("partner hubs")
def shielded(persons: Iterable[UUID]) -> set[UUID]:
    """Those of these persons of whom another hub must not learn that they are known here; one statement."""
    rows = Address.objects.filter(protected=True, record__person__in=set(persons))
    return set(rows.values_list("record__person", flat=True))


@context.hub("partner hubs")
def today(persons: Iterable[UUID]) -> dict[UUID, UUID]:
    """Each of these ids with the person it leads to now, after whatever was linked since."""
    known = set(persons)
    return {person: person for person in known} | matching.now_called(known)


@context.hub("partner hubs")
def described(persons: Iterable[UUID]) -> Mapping[UUID, list[linkage.Record]]:
    """What each record of these persons says, the newest first, without protected addresses."""
    rows = PersonRecord.objects.filter(person__in=set(persons)).order_by("-recorded_at", "-pk").defer("raw")
    return {
        person: [_openly(record) for record in records]
        for person, records in by_person(with_parts(rows)).items()
    }


def _openly(record: PersonRecord) -> linkage.Record:
    record.read_addresses = [at for at in record.read_addresses if not at.protected]
    return for_matching([record])
