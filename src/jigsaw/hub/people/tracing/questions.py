"""What is asked of a register about a record, and how is it kept that it was asked? By file, or one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.formats import nhs_trace
from jigsaw.formats.nhs_trace import Question, Shape
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import numbers
from jigsaw.hub.people.models import PersonRecord, Trace

MATCHER = "sui_matcher"
AT_ONCE = 1000
AT_MOST = 50_000
"""Questions in one file."""


@dataclass(frozen=True)
class Asked:
    """How many questions were written, and how many records are left for another file."""

    written: int
    left: int


@context.hub("index")
@transaction.atomic
def write_questions(
    *,
    actor: Actor,
    write: Callable[[str], object],
    now: datetime,
    kinds: Sequence[str] = ("missing",),
    agency: UUID | None = None,
    shape: Shape = "plain",
    again: bool = False,
    at_most: int = AT_MOST,
) -> Asked:
    """Write a file of questions line by line through `write`, and keep that each was asked.

    Of each child as little as the matcher needs: name, date of birth, sex, postcode, and the number that is to be
    checked; the reference says nothing of who they are. Raises Refused; Invalid if there is nothing to ask.
    """
    records = numbers.to_trace(actor, kinds, now=now, agency=agency, again=again)
    chosen = list(records.values_list("pk", flat=True)[: at_most + 1])
    if not chosen:
        raise Invalid(
            _("There is no record to ask about."),
            {"what": _("Choose other records, or wait for the answers to what was asked.")},
        )
    left = max(records.count() - at_most, 0) if len(chosen) > at_most else 0
    chosen = chosen[:at_most]
    for line in nhs_trace.write(_questions(actor, chosen, MATCHER, now), shape=shape):
        write(line)
    return Asked(len(chosen), left)


def _questions(actor: Actor, chosen: Sequence[UUID], service: str, now: datetime) -> Iterator[Question]:
    for start in range(0, len(chosen), AT_ONCE):
        records = numbers.records_to_ask(chosen[start : start + AT_ONCE])
        sent = numbers_to_check(records)
        traces = [question_about(actor, row, service, sent.get(row.pk, ""), now) for row in records]
        Trace.objects.bulk_create(traces)
        audit.record(
            actor=actor,
            action="numbers.asked",
            people=[row.person_id for row in records],
            detail={"questions": len(records), "service": service},
            now=now,
        )
        for trace, row in zip(traces, records, strict=True):
            yield Question(
                reference=str(trace.pk),
                given=row.given,
                family=row.family,
                born=row.born,
                sex=row.sex,
                postcode=numbers.postcode_of(row),
                nhs_number=trace.sent,
            )


def numbers_to_check(records: Iterable[PersonRecord]) -> dict[UUID, str]:
    """The number in use on each record, the one that the source says first."""
    held = numbers.in_use().filter(record__in=[row.pk for row in records]).order_by("-trace", "-pk")
    return {row.record_id: row.value for row in held}


def question_about(actor: Actor, record: PersonRecord, service: str, sent: str, now: datetime) -> Trace:
    return Trace(
        record=record,
        service=service,
        asked_at=now,
        asked_by_id=actor.practitioner_id,
        sent=sent,
        details=numbers.details_of(record, sent),
    )
