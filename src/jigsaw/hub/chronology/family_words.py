"""A family says something of entries: its words are put beside them, and its agency decides what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from jigsaw.hub.chronology import queries
from jigsaw.hub.chronology.kinds import FamilySays
from jigsaw.hub.chronology.models import Entry, FamilyWords, Release
from jigsaw.hub.chronology.queries import Line
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What is written down beside entries: in whose words, since when, and under which reference it is decided."""

    reference: str
    kind: str
    said_as: str
    words: str
    said_on: date


@dataclass(frozen=True)
class Told:
    """Whom to tell of words beside entries: the ids of all versions, and for what those were released."""

    versions: tuple[UUID, ...]
    references: tuple[str, ...]
    persons: tuple[UUID, ...]


def of_page(actor: Actor, person: UUID, entries: Iterable[UUID], *, now: datetime) -> list[Entry]:
    """Those of these entries that stand on the person's page for the actor; the caller has opened it, and audits."""
    standing, _gone = queries.on_page(actor, person, now)
    wanted = set(entries) & {row.mark.id for row in standing}
    return list(Entry.objects.filter(pk__in=wanted).order_by("pk"))


@context.hub("objecting")
def put(entries: Iterable[Entry], telling: Telling) -> None:
    """Write the words beside these entries. Only `rights` calls this, which has authorised and audits it."""
    for entry in entries:
        began = entry if entry.first_id is None else Entry.objects.get(pk=entry.first_id)
        FamilyWords.objects.create(
            entry=began, agency_id=entry.agency_id, version=entry.version, **telling.__dict__
        )


def under(reference: str, *, agency: UUID) -> list[FamilyWords]:
    """What was said under this reference, of an agency's own entries. The caller has authorised the reading."""
    rows = FamilyWords.objects.filter(agency=agency, reference=reference).select_related("entry")
    return list(rows.order_by("entry__happened_on", "entry"))


def newest(actor: Actor, said: Iterable[FamilyWords], *, now: datetime) -> list[tuple[Line, bool]]:
    """The entries of the actor's agency that these words are about, as they stand now, and whether each was put right
    or withdrawn since. The caller has authorised the reading, and audits it."""
    since = {row.entry_id: row.version for row in said}
    rows = Entry.objects.filter(Q(pk__in=since) | Q(first__in=since), superseded_by=None)
    right = {row.pk: row.version > since[row.began_with] for row in rows}
    return [(line, right[line.id]) for line in queries.lines(actor, rows.order_by("happened_on", "pk"), now)]


def counting(said: Iterable[FamilyWords]) -> dict[UUID, UUID]:
    """By the version that counts now, the one it began with. The caller has authorised the reading."""
    begun = [row.entry_id for row in said]
    rows = Entry.objects.filter(Q(pk__in=begun) | Q(first__in=begun), superseded_by=None)
    return {row.pk: row.began_with for row in rows}


@context.hub("case")
def about(begun: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """By the version that each began with, everyone that any version is or was about, for the hub itself."""
    first = list(begun)
    found: dict[UUID, set[UUID]] = {one: set() for one in first}
    rows = {row.pk: row for row in Entry.objects.filter(Q(pk__in=first) | Q(first__in=first))}
    for pk, persons in queries.persons_about(rows.values()).items():
        found[rows[pk].began_with] |= set(persons)
    return {one: tuple(sorted(persons)) for one, persons in found.items()}


@context.hub("case")
def told(said: Iterable[FamilyWords], *, since: datetime | None = None) -> Told:
    """Who may see any version of what these words are about, for the hub itself; with `since`, who was told since then
    (inclusive), whether they see it now or not."""
    begun = [row.entry_id for row in said]
    rows = list(Entry.objects.filter(Q(pk__in=begun) | Q(first__in=begun)))
    then = Release.objects.filter(entry__in=rows).order_by("reference")
    then = then.filter(released_at__gte=since) if since else then.filter(ends_at=None)
    persons = {pk for about in queries.persons_about(rows).values() for pk in about}
    return Told(
        tuple(row.pk for row in rows),
        tuple(then.values_list("reference", flat=True).distinct()),
        tuple(sorted(persons)),
    )


def decide(said: Iterable[FamilyWords], *, state: FamilySays, now: datetime) -> None:
    """What became of these words; where sharing stops, nobody who was told the entry sees it from now on. Only
    `rights` calls this, which has authorised and audits it."""
    begun = [row.entry_id for row in said]
    on = now.astimezone(ENGLAND).date()
    FamilyWords.objects.filter(pk__in=[row.pk for row in said]).update(state=state, decided_on=on)
    if state == FamilySays.STOPPED:
        _stop(begun, now)


@context.hub("lending")
def _stop(begun: Iterable[UUID], now: datetime) -> None:
    of = Q(entry__in=begun) | Q(entry__first__in=begun)
    Release.objects.filter(of, ends_at=None).update(ends_at=now)
