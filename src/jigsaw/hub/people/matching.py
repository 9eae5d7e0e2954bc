"""Whom else in the index could this record be? Candidates by shared keys, then scored field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from jigsaw import record_linkage as linkage
from jigsaw.hub.people.models import LinkDecision, Person, PersonRecord
from jigsaw.hub.people.records import for_matching
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
    found = search(for_matching(record), limit=limit + len(apart) + 1)
    return [c for c in found if c.person != record.person_id and c.person not in apart][:limit]


def search(query: linkage.Record, *, limit: int = 10) -> list[Candidate]:
    """Persons whose records compare best with `query`, best first, one line a person.

    Always four statements: candidates by key, and those records with their identifiers, addresses
    and contacts.
    """
    records = {row.pk: row for row in _records(_candidate_records(linkage.query_keys(query)))}
    ranked = linkage.rank(
        query, [(pk, for_matching(row)) for pk, row in records.items()], index_size=index_size()
    )
    best: dict[UUID, Candidate] = {}
    for pk, comparison in ranked:
        person = records[pk].person_id
        if comparison.grade != "no_match" and person not in best:
            best[person] = Candidate(person, pk, comparison)
    return list(best.values())[:limit]


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


def _records(ids: list[UUID]) -> Iterable[PersonRecord]:
    return PersonRecord.objects.filter(pk__in=ids).prefetch_related("identifiers", "addresses", "contacts")
