"""Which services work or worked with someone, and whom to ring there?

That an agency is involved is itself a disclosure. Nothing here authorises: whoever asks has done so, and audits it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet

from jigsaw.hub.kit import context
from jigsaw.hub.people.models import Involvement, PersonRecord

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Practitioner
    from jigsaw.hub.kit.actor import Actor


@dataclass(frozen=True)
class Involved:
    """A service that works or worked with someone, and whom to ring."""

    person: UUID
    agency: UUID
    agency_name: str
    sector: str
    agency_phone: str
    service: str
    worker: str
    worker_phone: str
    from_date: date | None
    until_date: date | None
    detail: str

    @property
    def now(self) -> bool:
        return self.until_date is None


def involvements(records: Iterable[PersonRecord]) -> list[Involved]:
    """The involvements on these records, current first. The caller has authorised the reading."""
    return _involved(Involvement.objects.filter(record__in=list(records)))


@context.hub("who knows")
def involvements_of_persons(persons: Iterable[UUID]) -> list[Involved]:
    """Every agency's involvements with these persons: who knows this child.

    That an agency is involved is itself a disclosure: only the lead of an enquiry asks, through
    `enquiries.queries`, which authorises and audits it.
    """
    return _involved(Involvement.objects.filter(record__person__in=set(persons)))


def _involved(rows: QuerySet[Involvement]) -> list[Involved]:
    rows = rows.select_related("record__agency").order_by("-until_date", "-from_date", "pk")
    return sorted(
        (
            Involved(
                person=row.record.person_id,
                agency=row.record.agency_id,
                agency_name=row.record.agency.name,
                sector=row.record.agency.sector,
                agency_phone=row.record.agency.phone,
                service=row.service,
                worker=row.worker,
                worker_phone=row.worker_phone,
                from_date=row.from_date,
                until_date=row.until_date,
                detail=row.detail,
            )
            for row in rows
        ),
        key=lambda i: (i.until_date is not None, i.sector),
    )


@context.hub("who knows")
def open_case_worker(person: UUID, agency: UUID) -> Practitioner | None:
    """The practitioner of `agency` who works with this person now, if one is recorded, else None."""
    row = (
        Involvement.objects.select_related("practitioner")
        .filter(
            record__person=person,
            record__agency=agency,
            until_date=None,
            practitioner__is_active=True,
        )
        .order_by("-from_date")
        .first()
    )
    return row.practitioner if row else None


def cases_open_since(actor: Actor, person: UUID) -> list[date]:
    """The days from which the actor's agency works with this person, where it says since when and not until when."""
    rows = Involvement.objects.filter(record__person=person, record__agency=actor.agency_id, until_date=None)
    return list(
        rows.filter(from_date__isnull=False).order_by("from_date").values_list("from_date", flat=True)
    )


def persons_with_open_case() -> QuerySet[Involvement, UUID]:
    """Everyone with whom a practitioner named here works now; for the hub itself."""
    rows = Involvement.objects.filter(until_date=None, practitioner__is_active=True)
    return rows.order_by("record__person").values_list("record__person", flat=True).distinct()


@context.hub("who knows")
def agencies_holding(persons: Iterable[UUID]) -> set[UUID]:
    """Which agencies hold a record of any of these persons. The caller authorises and audits."""
    return set(PersonRecord.objects.filter(person__in=set(persons)).values_list("agency", flat=True))
