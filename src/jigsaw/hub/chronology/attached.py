"""Which documents hang on these entries, as far as whoever asks may see them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from jigsaw.hub.chronology import access
from jigsaw.hub.chronology.models import Document, Entry, ReleasedDocument
from jigsaw.hub.kit.actor import Actor


@dataclass(frozen=True)
class Attached:
    """A document as a list tells of it: no byte of it."""

    id: UUID
    title: str
    kind: str
    size: int
    pages: int
    taken_out: tuple[str, ...]
    scanned: bool
    added_at: datetime
    taken_off_because: str = ""
    """A code of TakenOffBecause; empty while it stands."""


def of_entries(
    actor: Actor, entries: Iterable[Entry], now: datetime, *, taken_off: bool = False
) -> dict[UUID, tuple[Attached, ...]]:
    """By the first version of each entry, its documents that the actor may see, the oldest first; in one statement, in none where
    there is no entry.

    `taken_off`: of their own agency's, also those that were. The caller has authorised the reading of the entries.
    """
    begun = {entry.began_with for entry in entries}
    if not begun:
        return {}
    rows = Document.objects.filter(seen_by(actor, now), entry__in=begun)
    if not taken_off:
        rows = rows.filter(taken_off_at=None)
    found: dict[UUID, tuple[Attached, ...]] = {}
    for row in rows.order_by("added_at", "pk"):
        found[row.entry_id] = (*found.get(row.entry_id, ()), attached(row))
    return found


def seen_by(actor: Actor, now: datetime) -> Q:
    """Which documents the actor's agency may see now, as a condition on `Document`: its own, and what left with a
    live release and was not taken off."""
    along = ReleasedDocument.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        document=OuterRef("pk"),
        release__in=access.live_releases(actor, now),
    )
    return Q(agency=actor.agency_id) | (Q(taken_off_at=None) & Q(Exists(along)))


def attached(row: Document) -> Attached:
    return Attached(
        id=row.pk,
        title=row.title,
        kind=row.kind,
        size=row.size,
        pages=row.pages,
        taken_out=tuple(row.taken_out),
        scanned=row.scanned,
        added_at=row.added_at,
        taken_off_because=row.taken_off_because,
    )


def sent_with(actor: Actor, releases: Iterable[UUID], now: datetime) -> dict[UUID, tuple[Attached, ...]]:
    """By release, the documents that left with it and that the actor may see; releases without any are not in it.

    The caller has authorised the reading of the releases, and audits it as part of its own.
    """
    pairs = ReleasedDocument.objects.filter(release__in=list(releases)).values_list("release", "document")
    along = list(pairs.order_by("pk"))
    if not along:
        return {}
    rows = Document.objects.filter(seen_by(actor, now), pk__in=[document for _release, document in along])
    seen = {row.pk: attached(row) for row in rows}
    found: dict[UUID, tuple[Attached, ...]] = {}
    for release, document in along:
        if document in seen:
            found[release] = (*found.get(release, ()), seen[document])
    return found


def own_of(entries: Iterable[Entry], *, taken_off: bool = False) -> dict[UUID, tuple[Document, ...]]:
    """By the first version, the documents of these entries that stand; with `taken_off`, also those that were. For whoever
    decides what leaves with them, or tells a family: the caller has authorised the reading of the entries, and audits it
    as part of its own."""
    rows = Document.objects.filter(entry__in={entry.began_with for entry in entries})
    if not taken_off:
        rows = rows.filter(taken_off_at=None)
    found: dict[UUID, tuple[Document, ...]] = {}
    for row in rows.order_by("added_at", "pk"):
        found[row.entry_id] = (*found.get(row.entry_id, ()), row)
    return found
