"""Under what is a record filed, so that a search finds it and compares it without reading it whole?

Two things, always made together from what the record says: its keys (`record_linkage.keys`) and its match row
(`record_linkage.columns`). A protected address is in both, so that a child in hiding is not taken for another,
and the row says so: whoever searches without holding the record is not compared by it. Holds no access rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID
from zlib import crc32

from django.db import transaction
from django.db.models import Q, QuerySet

from jigsaw import record_linkage as linkage
from jigsaw.hub.people.models import (
    Address,
    Contact,
    Identifier,
    JoinedRow,
    MatchRow,
    PersonRecord,
    RecordKey,
)
from jigsaw.hub.people.records import in_matching_terms, with_parts
from jigsaw.record_linkage import columns, keys

AT_ONCE = 1000
JOINED_FROM = ("columns", "protected", "record__person_id")
NEWEST_FIRST = ("-record__recorded_at", "-record_id")

# Other keys or other columns are another edition, and everybody is filed again before the hub serves.
EDITION = f"{keys.EDITION}.{crc32(','.join(columns.NAMES).encode()):08x}"

# Asked for the value alone, without looking for what may stand around it: `written` puts nothing there.
_JSON = json.JSONDecoder()

NO_HOME: dict[str, tuple[str, ...]] = {name: () for name in columns.PLACES}


@dataclass(frozen=True)
class ToFile:
    """A record, what it says, and whether an address of it is protected."""

    record: UUID
    terms: linkage.Record
    protected: bool


def to_file(
    record: PersonRecord,
    identifiers: Iterable[Identifier],
    addresses: Iterable[Address],
    contacts: Iterable[Contact],
) -> ToFile:
    """What one record, stored or about to be, is filed by."""
    homes = list(addresses)
    terms = in_matching_terms([record], identifiers, homes, contacts)
    return ToFile(record.pk, terms, any(at.protected for at in homes))


def file_all(told: Iterable[ToFile]) -> None:
    """Write keys and match rows of records that have none."""
    known = list(told)
    RecordKey.objects.bulk_create(
        (RecordKey(key=key, record_id=it.record) for it in known for key in linkage.index_keys(it.terms)),
        batch_size=10_000,
    )
    MatchRow.objects.bulk_create(
        MatchRow(
            record_id=it.record,
            columns=written(linkage.columns_of(it.terms)),
            protected=it.protected,
            filed_as=EDITION,
        )
        for it in known
    )


def take_out(records: Sequence[UUID]) -> None:
    """Forget keys and match rows of these records, which are about to be filed again."""
    RecordKey.objects.filter(record__in=records).delete()
    MatchRow.objects.filter(record__in=records).delete()


def join_again(persons: Iterable[UUID]) -> None:
    """Keep the match rows of each of these persons who has several records as one row as well."""
    rows: dict[UUID, list[MatchRow]] = {}
    filed = MatchRow.objects.filter(record__person__in=set(persons), filed_as=EDITION)
    for row in filed.select_related("record").only(*JOINED_FROM).order_by(*NEWEST_FIRST):
        rows.setdefault(row.record.person_id, []).append(row)
    JoinedRow.objects.bulk_create(
        (_joined(person, told) for person, told in rows.items() if len(told) > 1),
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["columns", "protected", "filed_as"],
    )


def _joined(person: UUID, rows: list[MatchRow]) -> JoinedRow:
    return JoinedRow(
        person_id=person,
        columns=written(linkage.Columns.joined(read(row.columns) for row in rows)),
        protected=any(row.protected for row in rows),
        filed_as=EDITION,
    )


def written(known: linkage.Columns) -> str:
    """Columns as a match row keeps them."""
    return json.dumps(known.to_row(), separators=(",", ":"), ensure_ascii=False)


def read(row: str, *, without_home: bool = False) -> linkage.Columns:
    """Columns from what a match row keeps; `without_home` leaves out everything about where somebody lives."""
    known = linkage.Columns.from_row(_JSON.raw_decode(row)[0])
    return known._replace(**NO_HOME) if without_home else known


def left_to_file() -> QuerySet[MatchRow]:
    """Match rows of another edition."""
    return MatchRow.objects.filter(Q(filed_as__lt=EDITION) | Q(filed_as__gt=EDITION))


def file_again(*, progress: Callable[[int], None] = lambda _count: None) -> int:
    """File every record of another edition again and return how many; each thousand is one transaction.

    Quick where there is none, so that every start asks. Stopping it half-way loses nothing. `progress` is told
    how many more are done.
    """
    done = 0
    while chunk := _file_some_again():
        done += chunk
        progress(chunk)
    return done


@transaction.atomic
def _file_some_again() -> int:
    old = left_to_file().select_for_update(skip_locked=True).values_list("record", flat=True)[:AT_ONCE]
    found = list(old)
    file_these_again(found)
    return len(found)


def file_these_again(records: Sequence[UUID]) -> None:
    """File records by what is stored of them now."""
    rows = with_parts(PersonRecord.objects.filter(pk__in=records).defer("raw"))
    told = [to_file(row, row.read_identifiers, row.read_addresses, row.read_contacts) for row in rows]
    take_out(records)
    file_all(told)
    join_again(row.person_id for row in rows)
