"""How does each NHS number stand: verified, superseded, in doubt? Which are missing, and which contradict?

What a source says stays as it came. Beside it stands what a register, or a practitioner, says of the number, with
its history; the newest word counts. The lists here are work to do, never a list of children at risk.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import access
from jigsaw.hub.people.cards import card_of_record
from jigsaw.hub.people.models import Identifier, NumberReport, NumberStanding, PersonRecord, Trace
from jigsaw.hub.people.number_words import (
    NOT_IN_USE,
    SETTLED,
    Answered,
    Clash,
    Number,
    Page,
    Report,
    Row,
    Word,
)
from jigsaw.hub.people.records import how_they_stand, with_parts

NHS = "nhs_number"
ADULT_AT = 18
# After this long, a verified number is asked about again: numbers are superseded, and people are given new ones.
CHECK_AGAIN = timedelta(days=365)
# A question that nobody answered in this time is asked again: a file travels, a register answers in seconds.
UNANSWERED = timedelta(days=14)
UNANSWERED_AT_ONCE = timedelta(minutes=2)
AT_ONCE_BY = "pds"
"""The service that answers while somebody waits."""
# What stands in place of a first name that nobody knows yet.
NO_NAME = r"^\s*(baby|babe|unborn|unknown|infant|newborn|bump|not known|n/?k|test)\M"
AT_ONCE = 50
COUNTED = 1000

KINDS = ("decide", "inactive", "missing", "check", "details", "asked", "shared", "two")
ACROSS = frozenset({"shared", "two"})
"""Kinds that show where agencies contradict each other: only for those who decide on links."""


# --- how numbers stand --------------------------------------------------------------------------------------


def numbers_of(
    records: Iterable[UUID], *, held: Iterable[Identifier] | None = None
) -> dict[UUID, tuple[Number, ...]]:
    """The NHS numbers on each record with their history, in two statements, the ones in use first.

    `held`: the identifiers on them, where they were read already. For whoever has authorised and audited reading the
    records.
    """
    wanted = list(records)
    if held is None:
        held = Identifier.objects.filter(record__in=wanted, kind=NHS)
    told: dict[tuple[UUID, str], list[Word]] = {}
    rows = NumberStanding.objects.filter(record__in=wanted).select_related("trace", "said_by")
    for row in rows.order_by("-at", "-pk"):
        told.setdefault((row.record_id, row.value), []).append(_word(row))
    found: dict[UUID, dict[str, Number]] = {}
    for one in sorted((each for each in held if each.kind == NHS), key=lambda each: each.pk):
        number = _number(one, told.get((one.record_id, one.value), []))
        # Said by the source and found by a register alike: the source's own word is told.
        found.setdefault(one.record_id, {}).setdefault(one.value, number)
    return {pk: tuple(sorted(each.values(), key=_in_use_first)) for pk, each in found.items()}


def _word(row: NumberStanding) -> Word:
    by = row.said_by.name if row.said_by else row.trace.service if row.trace else ""
    return Word(row.standing, by, row.at, row.reason, row.superseded_by, row.said_by_id is not None)


def _number(held: Identifier, history: Sequence[Word]) -> Number:
    standing = history[0].standing if history else "given" if held.valid else NumberStanding.INVALID
    return Number(held.value, held.valid, held.trace_id is not None, standing, tuple(history))


def _in_use_first(number: Number) -> tuple[bool, bool]:
    return number.standing in NOT_IN_USE, number.standing != NumberStanding.VERIFIED


def in_use() -> QuerySet[Identifier]:
    """NHS numbers that are well formed and of which nothing is known against them."""
    rows = how_they_stand(Identifier.objects.filter(kind=NHS, valid=True))
    # Nothing said yet reads as "", so that what was said last is sought once and not twice.
    return rows.alias(said=Coalesce("stands", Value(""))).exclude(said__in=NOT_IN_USE)


def details_of(record: PersonRecord, sent: str) -> str:
    """A digest of what is asked about a record, so that an answer to other details is noticed."""
    told = [record.given, record.family, str(record.born), record.sex, postcode_of(record), sent]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def postcode_of(record: PersonRecord) -> str:
    """Where the child lives now, or ''. An address kept secret is told to no register either.

    For a record read `with_parts`.
    """
    homes = [at for at in record.read_addresses if at.use == "home" and at.until_date is None]  # type: ignore[attr-defined]
    if any(at.protected for at in record.read_addresses):  # type: ignore[attr-defined]
        return ""
    return next((at.postcode for at in homes if at.postcode), "")


def lacking(record: PersonRecord) -> tuple[str, ...]:
    """What a register demands and the record lacks: of given, family and born."""
    told = (
        ("given", bool(record.given) and not _stands_in(record.given)),
        ("family", bool(record.family)),
        ("born", record.born is not None and record.born_accuracy == "AAA"),
    )
    return tuple(name for name, there in told if not there)


def _stands_in(given: str) -> bool:
    # PostgreSQL writes the end of a word otherwise than Python does.
    return re.match(NO_NAME.replace(r"\M", r"\b"), given, re.IGNORECASE) is not None


# --- what is to be done -------------------------------------------------------------------------------------


def _children(records: QuerySet[PersonRecord], now: datetime) -> QuerySet[PersonRecord]:
    """Of these records, the children's: a matcher is for children. Born on no known day counts, unless a parent."""
    today = now.astimezone(ENGLAND).date()
    grown = Q(born__lte=_years_before(today, ADULT_AT))
    nobody_yet = Q(born=None) & (Q(expected_on__isnull=False) | Q(system__endswith=":parent"))
    return records.exclude(grown | nobody_yet | Q(died_on__isnull=False))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


_ASKABLE = (
    Q(born__isnull=False, born_accuracy="AAA") & ~Q(given="") & ~Q(family="") & ~Q(given__iregex=NO_NAME)
)


def _of(rows: QuerySet[Any]) -> Exists:
    return Exists(rows.filter(record=OuterRef("pk")))


def _open(now: datetime) -> Q:
    """Nothing is under way for the record: no answer to decide on, none awaited, none too fresh to ask again.

    A record that changed since it was asked about is a new question.
    """
    today = now.astimezone(ENGLAND).date()
    later = Trace.objects.filter(asked_at__gte=OuterRef("recorded_at"))
    waits = Q(asked_at__gt=now - UNANSWERED) & ~Q(service=AT_ONCE_BY)
    awaited = later.filter(waits | Q(asked_at__gt=now - UNANSWERED_AT_ONCE), state=Trace.ASKED)
    resting = later.filter(try_again_on__gt=today)
    waiting = Trace.objects.filter(outcome=Trace.WAITING)
    return ~_of(awaited) & ~_of(resting) & ~_of(waiting)


def _missing(records: QuerySet[PersonRecord], now: datetime) -> QuerySet[PersonRecord]:
    return records.filter(~_of(in_use()), _ASKABLE, _open(now))


def _check(records: QuerySet[PersonRecord], now: datetime) -> QuerySet[PersonRecord]:
    """Records with a number in use that no register vouches for, or did so too long ago, or for other details."""
    doubtful = in_use().filter(
        Q(stands=None)
        | Q(stands=NumberStanding.UNVERIFIED)
        | Q(since__lt=now - CHECK_AGAIN)
        | Q(since__lt=F("record__recorded_at"))
    )
    return records.filter(_of(doubtful), _ASKABLE, _open(now))


def _details(records: QuerySet[PersonRecord], now: datetime) -> QuerySet[PersonRecord]:
    return records.filter(~_of(in_use()), ~_ASKABLE)


def _asked(records: QuerySet[PersonRecord], now: datetime) -> QuerySet[PersonRecord]:
    waiting = _of(Trace.objects.filter(outcome=Trace.WAITING))
    return records.filter(~_open(now), ~waiting)


def _decide(records: QuerySet[PersonRecord], now: datetime) -> QuerySet[PersonRecord]:
    return records.filter(_of(Trace.objects.filter(outcome=Trace.WAITING)))


def _inactive(records: QuerySet[PersonRecord], now: datetime) -> QuerySet[PersonRecord]:
    """Records with a number that is said to be no longer theirs, about which nobody has decided since."""
    there = Exists(
        Identifier.objects.filter(kind=NHS, record=OuterRef("record"), value=OuterRef("value")),
    )
    said = NumberStanding.objects.filter(record=OuterRef("record"), value=OuterRef("value"))
    newest = Subquery(said.order_by("-at", "-pk").values("pk")[:1])
    doubted = NumberStanding.objects.filter(there, pk=newest, standing__in=NOT_IN_USE)
    doubted = doubted.exclude(standing__in=SETTLED, said_by__isnull=False)
    reported = NumberReport.objects.filter(there, settled_at=None)
    # From the few numbers to their records: never through all records.
    return records.filter(pk__in=doubted.values("record").union(reported.values("record")))


_LISTS: Mapping[str, Callable[[QuerySet[PersonRecord], datetime], QuerySet[PersonRecord]]] = {
    "decide": _decide,
    "inactive": _inactive,
    "missing": _missing,
    "check": _check,
    "details": _details,
    "asked": _asked,
}


def to_trace(
    actor: Actor, kinds: Iterable[str], *, now: datetime, agency: UUID | None = None, again: bool = False
) -> QuerySet[PersonRecord]:
    """Records that a register can be asked about: of `kinds` missing and check, oldest first.

    `again`: also those that were asked about and have no answer yet. The caller audits.
    """
    access.check_can_trace(actor)
    records = _children(access.traceable_records(actor), now)
    if agency is not None:
        records = records.filter(agency=agency)
    newest = Trace.objects.filter(record=OuterRef("pk")).order_by("-asked_at", "-pk").values("state")[:1]
    records = records.annotate(newest=Subquery(newest))
    chosen = Q(newest=Trace.ASKED) & _ASKABLE if again else Q(pk__in=())
    for kind in kinds:
        chosen |= Q(pk__in=_LISTS[kind](records, now).values("pk"))
    return records.filter(chosen).order_by("recorded_at", "pk")


def kinds_for(actor: Actor) -> tuple[str, ...]:
    """The lists that the actor may see, in their order."""
    return tuple(kind for kind in KINDS if kind not in ACROSS or access.can_link(actor))


def counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """How much there is in each list; COUNTED + 1 stands for more than that."""
    access.check_can_trace(actor)
    found = {kind: _count(actor, kind, now) for kind in KINDS if kind in _LISTS}
    return found | _count_clashes() if access.can_link(actor) else found


def _count(actor: Actor, kind: str, now: datetime) -> int:
    with _reach(actor, kind):
        return _list(actor, kind, now)[: COUNTED + 1].count()


def _list(actor: Actor, kind: str, now: datetime) -> QuerySet[PersonRecord]:
    records = access.traceable_records(actor)
    if _is_across(actor, kind):
        records = PersonRecord.objects.exclude(person__in=access.too_close_to(actor))
    return _LISTS[kind](_children(records, now), now)


def _is_across(actor: Actor, kind: str) -> bool:
    """Whoever decides on links decides about numbers that are said to be wrong, whichever agency holds them."""
    return kind == "inactive" and access.can_link(actor)


def _reach(actor: Actor, kind: str) -> AbstractContextManager[None]:
    return context.hub("deciding") if _is_across(actor, kind) else nullcontext()


@context.hub("deciding")
def _count_clashes() -> dict[str, int]:
    return {"shared": _shared()[: COUNTED + 1].count(), "two": _two()[: COUNTED + 1].count()}


@transaction.atomic
def listed(actor: Actor, kind: str, *, now: datetime, page: int = 1) -> Page:
    """One page of a list of work (`page` from 1), audited as numbers.listed with everybody shown.

    Raises NotHere if there is no such list for the actor, and Refused.
    """
    access.check_can_trace(actor)
    if kind not in kinds_for(actor):
        raise NotHere(_("There is no such list."), _("Go back to the numbers to trace."))
    start = (max(page, 1) - 1) * AT_ONCE
    found = _clashes(actor, kind, start) if kind in ACROSS else _rows_of(actor, kind, start, now)
    shown = [row for each in found.clashes for row in each.rows] + list(found.rows)
    audit.record(
        actor=actor,
        action="numbers.listed",
        people={row.card.person for row in shown},
        detail={"list": kind, "shown": len(shown)},
        now=now,
    )
    return found


def _rows_of(actor: Actor, kind: str, start: int, now: datetime) -> Page:
    with _reach(actor, kind):
        records = _list(actor, kind, now).order_by("recorded_at", "pk")
        chosen = list(records.values_list("pk", flat=True)[start : start + AT_ONCE + 1])
        rows = _rows(chosen[:AT_ONCE])
    return Page(rows=tuple(rows[pk] for pk in chosen[:AT_ONCE]), more=len(chosen) > AT_ONCE)


def _rows(chosen: Iterable[UUID]) -> dict[UUID, Row]:
    """The records by id as rows, in a few statements."""
    wanted = list(chosen)
    numbers = _with_reports(numbers_of(wanted))
    last: dict[UUID, Trace] = {}
    # Oldest first, so that the newest stays; one that waits for a decision before any other.
    for trace in Trace.objects.filter(record__in=wanted).order_by("asked_at", "pk"):
        if trace.record_id not in last or last[trace.record_id].outcome != Trace.WAITING:
            last[trace.record_id] = trace
    records = PersonRecord.objects.filter(pk__in=wanted).select_related("agency").defer("raw")
    return {
        row.pk: Row(
            record=row.pk,
            card=card_of_record(row),
            agency=row.agency.name,
            sector=row.agency.sector,
            numbers=numbers.get(row.pk, ()),
            last=_answered(last[row.pk]) if row.pk in last else None,
            lacks=lacking(row),
        )
        for row in records
    }


def _with_reports(numbers: dict[UUID, tuple[Number, ...]]) -> dict[UUID, tuple[Number, ...]]:
    told: dict[tuple[UUID, str], list[Report]] = {}
    rows = NumberReport.objects.filter(record__in=list(numbers), settled_at=None).order_by("at", "pk")
    for row in rows:
        told.setdefault((row.record_id, row.value), []).append(Report(row.by, row.at, row.instead))
    return {
        pk: tuple(replace(each, reports=tuple(told.get((pk, each.value), ()))) for each in held)
        for pk, held in numbers.items()
    }


def _answered(trace: Trace) -> Answered:
    return Answered(
        trace=trace.pk,
        service=trace.service,
        state=trace.state,
        asked_at=trace.asked_at,
        answered_at=trace.answered_at,
        number=trace.number,
        score=trace.score,
        standing=trace.standing,
        outcome=trace.outcome,
        doubts=tuple(trace.doubts),
        restricted=trace.restricted,
        try_again_on=trace.try_again_on,
    )


def answer_to(actor: Actor, trace: UUID) -> Answered | None:
    """What the register answered to a question that the actor put to it themselves, or None."""
    access.check_can_trace(actor)
    found = Trace.objects.filter(pk=trace, asked_by=actor.practitioner_id).first()
    return _answered(found) if found else None


# --- contradictions -----------------------------------------------------------------------------------------


def _shared() -> QuerySet[Any]:
    """Numbers in use on the records of more than one person, by number."""
    rows = in_use().values("value").annotate(persons=Count("record__person", distinct=True))
    return rows.filter(persons__gt=1).order_by("value").values_list("value", flat=True)


def _two() -> QuerySet[Any]:
    """Persons on whose records more than one number is in use."""
    rows = in_use().values("record__person").annotate(numbers=Count("value", distinct=True))
    return rows.filter(numbers__gt=1).order_by("record__person").values_list("record__person", flat=True)


@context.hub("deciding")
def _clashes(actor: Actor, kind: str, start: int) -> Page:
    found = list((_shared() if kind == "shared" else _two())[start : start + AT_ONCE + 1])
    by = Q(value__in=found[:AT_ONCE]) if kind == "shared" else Q(record__person__in=found[:AT_ONCE])
    held = in_use().filter(by).values_list("record", "value", "record__person")
    groups: dict[Any, list[UUID]] = {}
    for record, value, person in held.order_by("record__recorded_at", "record"):
        groups.setdefault(value if kind == "shared" else person, []).append(record)
    rows = _rows({pk for each in groups.values() for pk in each})
    barred = access.too_close_to(actor)
    clashes = []
    for key in found[:AT_ONCE]:
        shown = tuple(rows[pk] for pk in dict.fromkeys(groups.get(key, ())))
        if not any(row.card.person in barred for row in shown):
            clashes.append(Clash(str(key) if kind == "shared" else "", shown))
    return Page(clashes=tuple(clashes), more=len(found) > AT_ONCE)


def records_to_ask(ids: Iterable[UUID]) -> list[PersonRecord]:
    """The records with all that is asked about, in the order of their ids."""
    rows = PersonRecord.objects.filter(pk__in=list(ids)).select_related("agency").defer("raw")
    return list(with_parts(rows).order_by("pk"))


def under(number: str) -> QuerySet[Any]:
    """The persons of `persons_under`, as a query that another statement may hold; for who steps through a door of the hub."""
    return in_use().filter(value=number).values("record__person")


@context.hub("plan")
def persons_under(number: str) -> set[UUID]:
    """The persons on whose records this NHS number stands and is in use. For a domain that authorised the question."""
    return persons_under_each([number]).get(number, set())


@context.hub("plan")
def persons_under_each(numbers: Iterable[str]) -> dict[str, set[UUID]]:
    """As `persons_under` for many numbers, in one statement; numbers that nobody has are left out."""
    found: dict[str, set[UUID]] = {}
    rows = in_use().filter(value__in=list(numbers))
    for value, person in rows.values_list("value", "record__person"):
        found.setdefault(value, set()).add(person)
    return found
