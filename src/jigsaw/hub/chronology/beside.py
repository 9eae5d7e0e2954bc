"""What stands beside an entry when it is read: what the family says of it, as far as the reader may read that.

Whoever was told an entry reads the family's words too, unless they would tell what was not released with it: words
about an entry that was released in part, that is sealed, or that name somebody who must not leave, stay with the agency
that holds it. That they were said is told in any case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from jigsaw.hub.chronology import access
from jigsaw.hub.chronology.kinds import FamilySays
from jigsaw.hub.chronology.models import Document, Entry, EntrySubject, FamilyWords, Release
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.sharing_rules.identities import showing_in


@dataclass(frozen=True)
class Said:
    """What a family says of an entry. No `words`: they stay with the agency that holds it, which can be asked."""

    kind: str
    said_as: str
    words: str
    on: date
    state: str
    decided_on: date | None
    agency_name: str
    reference: str
    """Under which its agency was asked; empty for others."""


@context.hub("case")
def about_and_spoken_of(rows: Iterable[Entry]) -> tuple[dict[UUID, list[UUID]], set[UUID], set[UUID]]:
    """What `persons_about` tells, of which of them a family says something, and which have documents, in the same
    statement."""
    ids = [row.pk for row in rows]
    begun = access.began_with(OuterRef("entry__first_id"), OuterRef("entry_id"))
    shown = FamilyWords.objects.filter(entry=begun).exclude(state=FamilySays.CORRECTED)
    subjects = EntrySubject.objects.filter(entry__in=ids).annotate(
        spoken_of=Exists(shown), with_documents=Exists(Document.objects.filter(entry=begun))
    )
    about: dict[UUID, list[UUID]] = {}
    spoken_of: set[UUID] = set()
    with_documents: set[UUID] = set()
    columns = ("entry_id", "record__person_id", "spoken_of", "with_documents")
    for entry, person, says, papers in subjects.values_list(*columns):
        about.setdefault(entry, []).append(person)
        if says:
            spoken_of.add(entry)
        if papers:
            with_documents.add(entry)
    return about, spoken_of, with_documents


@context.hub("case")
def family_says(actor: Actor, read: Iterable[tuple[Entry, Entry | Release]]) -> dict[UUID, tuple[Said, ...]]:
    """By id, what families say of these entries, each given with what the actor reads of it; in one statement.

    The caller has authorised the reading of the entries, and audits it.
    """
    pairs = list(read)
    rows = FamilyWords.objects.filter(entry__in={entry.began_with for entry, _said in pairs})
    rows = (
        rows.exclude(state=FamilySays.CORRECTED).select_related("entry", "agency").order_by("said_on", "pk")
    )
    by_entry: dict[UUID, list[FamilyWords]] = {}
    for row in rows if pairs else ():
        by_entry.setdefault(row.entry_id, []).append(row)
    return {
        entry.pk: tuple(_says(actor, row, entry, said) for row in by_entry.get(entry.began_with, ()))
        for entry, said in pairs
    }


def _says(actor: Actor, row: FamilyWords, entry: Entry, said: Entry | Release) -> Said:
    own = row.agency_id == actor.agency_id
    whole, in_part = showing_in(row.words, tuple(entry.protect))
    kept = entry.sealed or whole or in_part or (isinstance(said, Release) and said.in_part)
    return Said(
        row.kind,
        row.said_as,
        row.words if own or not kept else "",
        row.said_on,
        row.state,
        row.decided_on,
        row.agency.name,
        row.reference if own else "",
    )
