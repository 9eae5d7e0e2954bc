"""What did an entry say before, who changed it and why, and who was told which version?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Q

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import access, attached, queries
from jigsaw.hub.chronology.attached import Attached
from jigsaw.hub.chronology.models import Entry, Release
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.chronology.queries import Line, Newest
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards as people_cards
from jigsaw.hub.people import queries as people
from jigsaw.hub.people.cards import Card

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Told:
    """Another agency that was told a version and may still see it."""

    agency_name: str
    sector: str
    reference: str
    at: datetime
    version: int


@dataclass(frozen=True)
class Version:
    """One version of an entry, as the reader may see it: whole for its agency, as released for another."""

    line: Line
    number: int
    withdrawn: bool
    about: tuple[UUID, ...]
    """The persons it is about, through their records as linked today."""
    # For the agency that holds the entry; nothing for others.
    entry: Entry | None
    at: datetime | None
    by: str
    because: str
    changed: tuple[str, ...]
    """What is different from the version before: names of the fields of a `Piece`, and about."""


@dataclass(frozen=True)
class Versions:
    """All of an entry that its reader may see, the newest first."""

    own: bool
    versions: tuple[Version, ...]
    since: Newest | None
    """For others: what has taken the place of the newest that they were told."""
    cards: dict[UUID, Card]
    """Whom any version is about, as far as the reader may see them."""
    told: tuple[Told, ...]
    """For the agency that holds it: who was told what."""
    documents: tuple[Attached, ...] = ()
    """What hangs on it, whatever version counts; for the agency that holds it, also what was taken off."""

    @property
    def newest(self) -> Version:
        """The newest that the reader may see; for the agency that holds it, the one that counts now."""
        return self.versions[0]

    @property
    def withdrawn(self) -> bool:
        """Has its agency said that it should not be there?"""
        return self.since.withdrawn if self.since else self.newest.withdrawn


@transaction.atomic
def read(actor: Actor, person: UUID, entry: UUID, *, now: datetime) -> Versions:
    """The versions of an entry that is or was about this person; audited.

    Raises NotHere or Refused where the person's page does not open, where no version is theirs to see, and to
    whoever is too close to anyone that a version is about.
    """
    person = people.current(person).pk
    people.check_may_open(actor, person, now)
    chain = _chain(entry)
    with context.hub("closeness"):
        rows = list(Entry.objects.filter(access.seen_by(actor, now), pk__in=[row.pk for row in chain]))
    about = queries.persons_about(rows)
    persons = {pk for each in about.values() for pk in each}
    if person not in persons:
        raise access.disposed_of(rows) or access.no_such_entry()
    people_access.check_not_too_close(actor, persons)
    audit.record(
        actor=actor,
        action="entry.versions_viewed",
        people=persons,
        thing=f"entry {chain[0].pk}",
        detail={"versions": len(rows)},
        now=now,
    )
    own = rows[0].agency_id == actor.agency_id
    said = {line.id: line for line in queries.lines(actor, Entry.objects.filter(pk__in=about), now)}
    found = [_version(row, said[row.pk], chain, about, own) for row in chain if row.pk in said]
    return Versions(
        own=own,
        versions=tuple(reversed(found)),
        since=None if own else queries.newest_of(rows).get(found[-1].line.id),
        cards=people_cards.cards_seen(actor, persons, now=now),
        told=tuple(_told(chain)) if own else (),
        documents=attached.of_entries(actor, rows[:1], now, taken_off=own).get(rows[0].began_with, ()),
    )


@transaction.atomic
def to_correct(actor: Actor, person: UUID, entry: UUID, *, now: datetime) -> Versions:
    """The same, for whoever may correct it; raises as `read` does, and Refused to everybody else."""
    found = read(actor, person, entry, now=now)
    access.check_can_correct(actor, Entry.objects.get(pk=found.newest.line.id), now)
    return found


@context.hub("case")
def _chain(entry: UUID) -> list[Entry]:
    """All versions, the first first; none if there is no such entry."""
    one = Entry.objects.filter(pk=entry).first()
    if one is None:
        return []
    rows = Entry.objects.filter(Q(pk=one.began_with) | Q(first=one.began_with)).select_related("recorded_by")
    return list(rows.order_by("version"))


def _version(row: Entry, line: Line, chain: list[Entry], about: dict[UUID, list[UUID]], own: bool) -> Version:
    before = chain[row.version - 2] if own and row.version > 1 else None
    return Version(
        line=line,
        number=row.version,
        withdrawn=row.withdrawn,
        about=tuple(sorted(about.get(row.pk, ()))),
        entry=row if own else None,
        at=row.recorded_at if own else None,
        by=row.recorded_by.name if own and row.recorded_by else "",
        because=row.corrected_because if own else "",
        changed=tuple(_changed(before, row, about)) if before and not row.withdrawn else (),
    )


def _changed(before: Entry, row: Entry, about: dict[UUID, list[UUID]]) -> Iterable[str]:
    yield from (name for name in Piece.__dataclass_fields__ if getattr(before, name) != getattr(row, name))
    if set(about.get(before.pk, ())) != set(about.get(row.pk, ())):
        yield "about"


def _told(chain: list[Entry]) -> Iterable[Told]:
    numbers = {row.pk: row.version for row in chain}
    live = Release.objects.filter(entry__in=numbers, ends_at=None).select_related("to_agency")
    for release in live.order_by("released_at", "pk"):
        agency = release.to_agency
        yield Told(
            agency.name, agency.sector, release.reference, release.released_at, numbers[release.entry_id]
        )


def told_corrected(actor: Actor, reference: str, *, now: datetime) -> list[tuple[Line, Newest]]:
    """What was released to the actor's agency for this purpose and has been corrected or withdrawn since, if they
    have not been told the correction itself.

    For a domain that has authorised and audits the reading of what the purpose is about. What is about somebody
    the actor is too close to is left out.
    """
    live = access.live_releases(actor, now).filter(reference=reference).values("entry")
    rows = Entry.objects.filter(
        ~Exists(access.versions_after(actor, now).filter(withdrawn=False)), pk__in=live
    )
    barred = people_access.too_close_to(actor)
    if barred:
        rows = rows.exclude(subjects__record__person__in=barred)
    found = queries.lines(actor, rows, now)
    return [(line, line.since) for line in found if line.since]
