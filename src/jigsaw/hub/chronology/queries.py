"""What happened when, who said so, and how do they know?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import access, attached, beside, patterns
from jigsaw.hub.chronology.attached import Attached
from jigsaw.hub.chronology.beside import Said
from jigsaw.hub.chronology.models import Entry, EntrySubject, Release
from jigsaw.hub.chronology.patterns import Mark, Pattern
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards as people_cards
from jigsaw.hub.people import queries as people

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Agency
    from jigsaw.hub.people.models import PersonRecord

# So many of the last twelve months' entries are drawn; every one of them is counted.
DRAWN = 500


@dataclass(frozen=True)
class Newest:
    """The version of an entry that counts now, as far as whoever was told an earlier one may know of it.

    That there is one, since when and whose: never what it says, nor why.
    """

    id: UUID
    at: datetime
    agency_name: str
    withdrawn: bool


@dataclass(frozen=True)
class Line:
    """One entry as the actor's agency may see it: whole if it is its own, as released if not."""

    id: UUID
    kind: str
    title: str
    text: str
    child_words: str
    happened_on: date
    happened_at: time | None
    how_known: str
    source: str
    key_event: bool
    agency: UUID
    agency_name: str
    sector: str
    own: bool
    in_part: bool
    handling: str
    reference: str
    released_at: datetime | None
    about: tuple[UUID, ...]
    """Whom it is about, as far as the actor may see them."""
    corrected: bool = False
    """There are earlier versions that the actor may read."""
    since: Newest | None = None
    """What has taken its place since it was released, and has not been released: ask its agency for it."""
    family_says: tuple[Said, ...] = ()
    """The family's own words beside it, the oldest first, but for what was put right as they asked."""
    documents: tuple[Attached, ...] = ()


@dataclass(frozen=True)
class TakenOff:
    """An entry that stands on a person's page no more: withdrawn, or corrected to be about others."""

    id: UUID
    """The latest version about the person that the actor may read."""
    happened_on: date
    agency_name: str
    sector: str
    at: datetime
    withdrawn: bool


@dataclass(frozen=True)
class Picture:
    """A person's chronology, newest first, and what stands out in it without judging it."""

    lines: tuple[Line, ...]
    total: int
    """How many entries may be seen in all, before filters and paging."""
    chosen: int
    """How many of them the filters leave, before paging."""
    year: tuple[Line, ...]
    """The last twelve months, oldest first, for the year at a glance: at most the newest DRAWN."""
    year_total: int
    gaps: tuple[tuple[date, date], ...]
    """Silences of more than 60 days by every agency in the last twelve months, up to today's."""
    patterns: tuple[Pattern, ...]
    """Missed appointments, police attendances, silence, and the child's own words unheard."""
    voice_heard_on: date | None
    """When the child's own words were last recorded, if ever."""
    taken_off: tuple[TakenOff, ...]
    """What stood here and does not any more, newest first."""


@transaction.atomic
def picture(
    actor: Actor,
    person: UUID,
    *,
    purpose: str,
    now: datetime,
    sectors: Iterable[str] = (),
    how_known: Iterable[str] = (),
    offset: int = 0,
    limit: int = 100,
) -> Picture:
    """The entries about this person, as of today (`people.current`), that the actor's agency may see now; audited.

    Raises NotHere or Refused where the person's page does not open; what is listed is decided entry by entry.
    """
    people.check_may_open(actor, person, now)
    seen, gone = on_page(actor, person, now)
    sectors, how_known = set(sectors), set(how_known)
    chosen = [
        row.mark.id
        for row in seen
        if (not sectors or row.mark.sector in sectors) and (not how_known or row.how_known in how_known)
    ]
    audit.record(
        actor=actor,
        action="chronology.viewed",
        people=[person],
        purpose=purpose,
        thing=f"person {person}",
        now=now,
    )
    today = now.astimezone(ENGLAND).date()
    marks = [row.mark for row in seen if row.mark.on > today - patterns.YEAR]
    earlier = [row.mark for row in seen if row.mark.on <= today - patterns.YEAR][:1]
    gaps = patterns.silences([mark.on for mark in (*marks, *earlier)], today=today)
    voice = next((row.mark.on for row in seen if row.child_heard), None)
    listed, drawn = chosen[offset : offset + limit], [mark.id for mark in reversed(marks[:DRAWN])]
    said = {line.id: line for line in lines(actor, Entry.objects.filter(pk__in={*listed, *drawn}), now)}
    return Picture(
        lines=tuple(said[pk] for pk in listed if pk in said),
        total=len(seen),
        chosen=len(chosen),
        year=tuple(said[pk] for pk in drawn if pk in said),
        year_total=len(marks),
        gaps=tuple(gaps),
        patterns=tuple(
            [
                *patterns.missed_appointments(marks, today=today),
                *patterns.police_attendances(marks, today=today),
                *patterns.longest_silence(gaps, (*marks, *earlier)),
                *patterns.unheard(voice, entries=len(seen), today=today),
            ]
        ),
        voice_heard_on=voice,
        taken_off=tuple(_taken_off(gone)),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """As much of a version of an entry as counting, filtering and patterns need."""

    mark: Mark
    how_known: str
    child_heard: bool
    began_with: UUID
    version: int


def on_page(actor: Actor, person: UUID, now: datetime) -> tuple[list[Seen], list[Seen]]:
    """What stands on this person's page for the actor's agency now, newest first: of each entry its newest version.
    And the latest that may be read of each entry that stands there no more.

    An entry stands there no more once it was withdrawn, or a newer version that the actor may see is about others.
    """
    held = people.record_ids(person)
    read = _readable(actor, held, now)
    newest = access.newest_seen(actor, {row.began_with for row in read}, now)
    withdrawn = access.withdrawn(held)
    standing = [
        row
        for row in read
        if row.began_with not in withdrawn and row.version >= newest.get(row.began_with, row.version)
    ]
    there = {row.began_with for row in standing}
    latest: dict[UUID, Seen] = {}
    for row in sorted(read, key=lambda row: row.version):
        if row.began_with not in there:
            latest[row.began_with] = row
    return standing, list(latest.values())


def _readable(actor: Actor, records: list[UUID], now: datetime) -> list[Seen]:
    """Every version about these records that says something and that the actor's agency may see now, newest first.

    What may be seen is the dear part, so it is asked once; counts, the year and the page are taken from it.
    Whether the child is heard is told of what may be seen: a release may have left their words out.
    """
    about = EntrySubject.objects.filter(record__in=records).values("entry")
    rows = Entry.objects.filter(access.seen_by(actor, now), withdrawn=False, pk__in=about)
    own = Q(agency=actor.agency_id) & ~Q(child_words="")
    told = access.live_releases(actor, now).exclude(child_words="").filter(entry=OuterRef("pk"))
    rows = rows.annotate(heard=ExpressionWrapper(own | Q(Exists(told)), output_field=BooleanField()))
    rows = rows.order_by("-happened_on", "-happened_at", "-pk")
    columns = ("pk", "kind", "agency__sector", "happened_on", "how_known", "heard", "first", "version")
    return [
        Seen(Mark(pk, *mark), how_known, heard, first or pk, version)
        for pk, *mark, how_known, heard, first, version in rows.values_list(*columns)
    ]


def _taken_off(gone: Iterable[Seen]) -> list[TakenOff]:
    ids = [row.mark.id for row in gone]
    if not ids:
        return []
    rows = Entry.objects.filter(pk__in=ids).select_related("agency").order_by("-happened_on", "pk")
    newest = newest_of(rows)
    return [
        TakenOff(
            row.pk,
            row.happened_on,
            row.agency.name,
            row.agency.sector,
            newest[row.pk].at,
            newest[row.pk].withdrawn,
        )
        for row in rows
    ]


@context.hub("case")
def newest_of(entries: Iterable[Entry]) -> dict[UUID, Newest]:
    """By id, what has taken the place of those of these entries that are not the newest; in one statement.

    For whoever has authorised the reading of the entries: it tells that they were corrected, not how.
    """
    rows = list(entries)
    found = Entry.objects.filter(first__in={row.began_with for row in rows}, superseded_by=None)
    columns = ("first", "pk", "recorded_at", "agency__name", "withdrawn")
    newest = {first: Newest(*rest) for first, *rest in found.values_list(*columns)}
    return {
        row.pk: newest[row.began_with]
        for row in rows
        if row.began_with in newest and newest[row.began_with].id != row.pk
    }


def seen(actor: Actor, now: datetime) -> QuerySet[Entry]:
    """The entries that the actor's agency may see now: to ask whether one of them is among these."""
    return Entry.objects.filter(access.seen_by(actor, now), withdrawn=False)


@context.hub("case")
def held_by(entries: Iterable[UUID]) -> dict[UUID, UUID]:
    """Which agency holds each of these entries. The caller has authorised the reading of them."""
    return dict(Entry.objects.filter(pk__in=list(entries)).values_list("pk", "agency"))


def kinds_about(
    actor: Actor, persons: Iterable[UUID], *, kinds: Iterable[str], now: datetime
) -> list[tuple[UUID, UUID, UUID, str]]:
    """What of these kinds the actor may see about these persons: whom, which entry it began with, which, its kind.

    Each entry in its newest version. For the hub itself: whoever is told of them is told by their own right.
    """
    about = EntrySubject.objects.filter(record__person__in=list(persons), entry__kind__in=list(kinds))
    about = about.filter(entry__in=seen(actor, now), entry__superseded_by=None)
    rows = about.order_by("entry_id").values_list("record__person", "entry__first", "entry", "entry__kind")
    return [(person, first or entry, entry, kind) for person, first, entry, kind in rows]


def lines(actor: Actor, entries: QuerySet[Entry], now: datetime) -> list[Line]:
    """The entries as lines, in seven statements whatever their number, one more if the actor was told corrections,
    one if a family says something of any, and one if any has documents."""
    rows = list(entries)
    ids = [row.pk for row in rows]
    releases = access.live_releases(actor, now).filter(entry__in=ids).order_by("released_at")
    said: dict[UUID, Entry | Release] = {release.entry_id: release for release in releases}
    said |= {row.pk: row for row in rows if row.agency_id == actor.agency_id}
    # A release that ended since the entries were chosen takes its entry with it.
    rows = [row for row in rows if row.pk in said]
    about, spoken_of, with_documents = beside.about_and_spoken_of(rows)
    seen = people_cards.cards_seen(actor, {pk for persons in about.values() for pk in persons}, now=now)
    says = beside.family_says(actor, [(row, said[row.pk]) for row in rows if row.pk in spoken_of])
    # Few agencies write hundreds of entries: each is read once, not joined to every row.
    agencies = agency_queries.agencies(row.agency_id for row in rows)
    since = newest_of(row for row in rows if row.agency_id != actor.agency_id)
    corrected = _told_before(actor, rows, now)
    documents = attached.of_entries(actor, (row for row in rows if row.pk in with_documents), now)
    return [
        replace(
            _line(
                row, said[row.pk], agencies[row.agency_id], [pk for pk in about.get(row.pk, ()) if pk in seen]
            ),
            corrected=row.pk in corrected,
            since=since.get(row.pk),
            family_says=says.get(row.pk, ()),
            documents=documents.get(row.began_with, ()),
        )
        for row in rows
    ]


def _told_before(actor: Actor, rows: Iterable[Entry], now: datetime) -> set[UUID]:
    """Which of these are corrections of what the actor may read too: all of their own, what they were told."""
    corrections = [row for row in rows if row.version > 1]
    own = {row.pk for row in corrections if row.agency_id == actor.agency_id}
    others = {row.began_with: row for row in corrections if row.pk not in own}
    if not others:
        return own
    live = access.live_releases(actor, now).filter(Q(entry__in=others) | Q(entry__first__in=others))
    told = live.values_list("entry__first", "entry", "entry__version")
    before = {
        others[first or entry].pk
        for first, entry, version in told
        if version < others[first or entry].version
    }
    return own | before


def _line(row: Entry, said: Entry | Release, agency: Agency, about: list[UUID]) -> Line:
    """`said` is the entry itself for the agency that holds it, what was released of it for another."""
    release = said if isinstance(said, Release) else None
    return Line(
        id=row.pk,
        kind=row.kind,
        title=said.title,
        text=said.text,
        child_words=said.child_words,
        happened_on=row.happened_on,
        happened_at=row.happened_at,
        how_known=row.how_known,
        source=said.source,
        key_event=row.key_event,
        agency=row.agency_id,
        agency_name=agency.name,
        sector=agency.sector,
        own=release is None,
        in_part=release is not None and release.in_part,
        handling=release.handling if release else "",
        reference=release.reference if release else "",
        released_at=release.released_at if release else None,
        about=tuple(sorted(set(about))),
    )


def held_about(actor: Actor, records: Iterable[PersonRecord], *, told_in: str = "") -> list[Entry]:
    """The actor's agency's own entries about these records, newest first: what it could share.

    What the agency has already told in the referral `told_in` is left out, so that nothing is asked for twice.
    The caller has authorised the reading and audits it as part of its own.
    """
    about = EntrySubject.objects.filter(record__in=list(records)).values("entry")
    held = Entry.objects.filter(agency=actor.agency_id, pk__in=about, superseded_by=None, withdrawn=False)
    if told_in:
        held = held.exclude(releases__reference=told_in)
    return list(held.order_by("-happened_on", "-pk"))


def kept_about(actor: Actor, records: Iterable[PersonRecord]) -> list[Entry]:
    """Every version of the actor's agency's own entries about these records, withdrawn ones too, oldest first.

    For telling a family what is held: the whole of it or nothing, so Refused to whoever is too close to anyone that
    it is about. The caller has authorised the reading and audits it as part of its own.
    """
    with context.hub("closeness"):
        about = EntrySubject.objects.filter(record__in=list(records)).values("entry")
        rows = Entry.objects.filter(agency=actor.agency_id, pk__in=about)
        found = list(rows.order_by("happened_on", "version", "pk"))
    persons = {pk for each in persons_about(found).values() for pk in each}
    people_access.check_not_too_close(actor, persons)
    return found


@context.hub("case")
def entries_about(persons: Iterable[UUID]) -> list[UUID]:
    """Ids of all entries about these persons, for a domain that has authorised and audits the reading."""
    rows = EntrySubject.objects.filter(record__person__in=set(persons)).distinct()
    return list(rows.values_list("entry", flat=True))


@context.hub("case")
def written_since(
    records: Iterable[UUID], *, agencies: Iterable[UUID], since: datetime, until: datetime
) -> list[tuple[UUID, UUID]]:
    """Entries about these records that practitioners of these agencies wrote from `since` until `until`, both
    inclusive: ids of entry and record, each entry in its newest version. For a domain that has authorised and
    audits the asking."""
    rows = EntrySubject.objects.filter(record__in=list(records), entry__agency__in=list(agencies))
    rows = rows.filter(entry__recorded_at__gte=since, entry__recorded_at__lte=until)
    rows = rows.filter(entry__superseded_by=None, entry__withdrawn=False)
    rows = rows.exclude(entry__recorded_by=None).order_by("entry_id", "record_id")
    return list(rows.values_list("entry", "record"))


def written_about(persons: Iterable[UUID], *, since: datetime) -> list[tuple[UUID, UUID, datetime]]:
    """Entries about these persons that were written after `since`: person, the agency that wrote, and when. For the
    hub itself: that an agency wrote something is for that agency alone."""
    rows = EntrySubject.objects.filter(record__person__in=set(persons), entry__recorded_at__gt=since)
    return list(rows.values_list("record__person", "entry__agency", "entry__recorded_at"))


def still_released(actor: Actor, entries: Iterable[UUID], *, now: datetime) -> set[UUID]:
    """Which of these entries of others the actor's agency may see now. The caller authorises and audits."""
    live = access.live_releases(actor, now).filter(entry__in=list(entries))
    return set(live.values_list("entry", flat=True))


@context.hub("case")
def persons_about(entries: Iterable[Entry]) -> dict[UUID, list[UUID]]:
    """The persons each entry is about, through their records as linked today, in one statement."""
    about: dict[UUID, list[UUID]] = {}
    rows = EntrySubject.objects.filter(entry__in=[entry.pk for entry in entries])
    for entry, person in rows.values_list("entry_id", "record__person_id"):
        about.setdefault(entry, []).append(person)
    return about


def names_to_protect(entries: Iterable[Entry]) -> set[str]:
    """The names that must not leave with any of these entries."""
    return {name for entry in entries for name in entry.protect}


# --- For the hub itself: whom a correction concerns -------------------------------------------------------


@dataclass(frozen=True)
class Corrected:
    """A correction: its earlier versions, for what the live releases of them were made, and whom it is about."""

    withdrawn: bool
    by: UUID | None
    earlier: tuple[UUID, ...]
    references: tuple[str, ...]
    persons: tuple[UUID, ...]


def corrected(pk: object) -> Corrected | None:
    """What followed from a correction or withdrawal; None if it is gone, or has been corrected again."""
    newer = Entry.objects.filter(pk=pk, superseded_by=None, version__gt=1).first()
    if newer is None:
        return None
    chain = list(Entry.objects.filter(Q(pk=newer.began_with) | Q(first=newer.began_with)))
    earlier = tuple(row.pk for row in chain if row.pk != newer.pk)
    live = Release.objects.filter(entry__in=earlier, ends_at=None)
    references = live.values_list("reference", flat=True).distinct()
    persons = {person for about in persons_about(chain).values() for person in about}
    return Corrected(
        newer.withdrawn, newer.recorded_by_id, earlier, tuple(sorted(references)), tuple(sorted(persons))
    )
