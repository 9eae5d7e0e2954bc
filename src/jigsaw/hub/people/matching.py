"""Whom else in the index could this record be? Candidates by shared keys, then scored field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from jigsaw import record_linkage as linkage
from jigsaw.hub.people.models import LinkDecision, Person, PersonRecord
from jigsaw.hub.people.records import by_person, for_matching
from jigsaw.record_linkage import identifiers

# Rarest keys first, each giving at most POSTINGS records; then the best CANDIDATES by summed weight
# are scored (measured in the linkage design: B-tree keys, top 100).
POSTINGS = 100
CANDIDATES = 100
CHECKED = {
    "nhs_number": identifiers.nhs_number,
    "mother_nhs_number": identifiers.nhs_number,
    "upn": identifiers.upn,
    "former_upn": identifiers.upn,
    "uln": identifiers.uln,
}

CANDIDATE_RECORDS = """
    SELECT record_id
    FROM unnest(%s::bigint[], %s::float8[]) AS wanted(key, weight)
    CROSS JOIN LATERAL (
        SELECT record_id FROM people_recordkey AS held WHERE held.key = wanted.key LIMIT %s
    ) AS found
    GROUP BY record_id
    ORDER BY sum(weight) DESC, record_id
    LIMIT %s
"""


@dataclass(frozen=True)
class Candidate:
    """A person, the record of theirs that fits best, and how it compares."""

    person: UUID
    record: UUID
    comparison: linkage.Comparison


def is_valid(kind: str, value: str) -> bool:
    """Does the identifier's check digit hold? Kinds without one are taken as they are."""
    check = CHECKED.get(kind)
    return check(value).valid if check else True


def candidates(record: PersonRecord, *, limit: int = 10) -> list[Candidate]:
    """Persons that a stored record could also speak of, best first; those kept apart are left out."""
    apart = set(
        LinkDecision.objects.filter(
            record=record, verdict__in=[LinkDecision.NOT_SAME, LinkDecision.UNLINKED]
        ).values_list("person", flat=True)
    )
    found = search(for_matching([record]), limit=limit + len(apart) + 1)
    others = [c for c in found if c.person != record.person_id and c.person not in apart]
    return [c for c in others if c.comparison.grade != "no_match"][:limit]


def search(query: linkage.Record, *, limit: int = 10) -> list[Candidate]:
    """Persons who compare best with `query`, best first, each with the record that brought them up.

    A person is compared as everything their records say together, so that the police's Katy meets the
    hospital's Baby through the school's record. The number of statements does not depend on what is held.
    A name alone identifies nobody, so results are ranked and graded, never cut by grade.
    """
    brought = _candidate_records(linkage.query_keys(query))
    persons = _whole_persons(brought)
    ranked = linkage.rank(
        query, [(pk, for_matching(rows)) for pk, rows in persons.items()], index_size=index_size()
    )
    order = {pk: place for place, pk in enumerate(brought)}
    return [
        Candidate(pk, min((r.pk for r in persons[pk]), key=lambda r: order.get(r, len(order))), comparison)
        for pk, comparison in ranked[:limit]
    ]


def _whole_persons(brought: list[UUID]) -> dict[UUID, list[PersonRecord]]:
    """Every record of each person that one of these records belongs to."""
    persons = PersonRecord.objects.filter(pk__in=brought).values("person")
    rows = PersonRecord.objects.filter(person__in=persons).order_by("recorded_at", "pk")
    return by_person(rows.prefetch_related("identifiers", "addresses", "contacts"))


def index_size() -> int:
    """About how many persons there are: PostgreSQL's own estimate, which costs nothing to ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(reltuples, 1)::bigint FROM pg_class WHERE oid = %s::regclass",
            [Person._meta.db_table],
        )
        return int(cursor.fetchone()[0])


def _candidate_records(keys: Mapping[int, float]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATE_RECORDS, [list(keys), list(keys.values()), POSTINGS, CANDIDATES])
        return [row[0] for row in cursor.fetchall()]
