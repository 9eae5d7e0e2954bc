"""A letter or a picture is attached to an entry, opened by whoever may see it there, or taken off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import access, attached, queries
from jigsaw.hub.chronology.kinds import TakenOffBecause
from jigsaw.hub.chronology.models import Document, Entry, Release, ReleasedDocument
from jigsaw.hub.kit import context, fields, outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, WrongState
from jigsaw.hub.kit.sealing import DoesNotOpen
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import queries as people
from jigsaw.papers import Clean, file_name
from jigsaw.papers.outcome import MEDIA_TYPES

MOST = 20
"""Documents of one entry, inclusive, those that were taken off counted as well."""
LONGEST_TITLE = 120


@dataclass(frozen=True)
class Opened:
    """A document in somebody's hands: its bytes, as what they are handed out and under which name."""

    title: str
    content: bytes
    media_type: str
    name: str


def check_can_attach(actor: Actor, entry: UUID, *, now: datetime) -> Entry:
    """The newest version of the entry, for those of its agency who may add to its records.

    Raises NotHere or Refused as correcting it does; WrongState where it was withdrawn or is full.
    """
    asked = access.check_can_correct(actor, Entry.objects.filter(pk=entry).first(), now)
    newest = _chain(asked.began_with).order_by("-version")[0]
    access.check_can_correct(actor, newest, now)
    if newest.withdrawn:
        raise WrongState(
            _("This entry was withdrawn: nothing can be attached to it."),
            _("If it was right after all, add it again on the child’s page."),
        )
    if Document.objects.filter(entry=newest.began_with).count() >= MOST:
        raise WrongState(
            _("This entry has as many documents as it can have."), _("Add another entry for the rest.")
        )
    return newest


def _chain(began_with: UUID) -> QuerySet[Entry]:
    return Entry.objects.filter(Q(pk=began_with) | Q(first=began_with))


@transaction.atomic
def attach(*, actor: Actor, entry: UUID, title: str, paper: Clean, scanned: bool, now: datetime) -> Document:
    """Attach a clean copy to an entry of the actor's own agency, whatever version counts; audited.

    `scanned`: was a virus scanner asked? Raises as `check_can_attach` does; Invalid without a title.
    """
    newest = check_can_attach(actor, entry, now=now)
    if not title.strip():
        raise Invalid(_("Say what this is."), {"title": _("Say what this is, in a few words.")})
    fields.check_text("title", title.strip(), longest=LONGEST_TITLE, label=str(_("What this is")))
    # Of two who attach at once, the second waits: so that neither goes past how many there may be.
    Entry.objects.select_for_update(no_key=True).get(pk=newest.began_with)
    row = Document.objects.create(
        entry_id=newest.began_with,
        agency_id=newest.agency_id,
        kind=paper.kind,
        title=title.strip(),
        content=paper.content,
        size=len(paper.content),
        pages=paper.pages,
        sha256=paper.sha256,
        original_sha256=paper.original_sha256,
        taken_out=list(paper.taken_out),
        scanned=scanned,
        added_by_id=actor.practitioner_id,
        added_at=now,
    )
    _write_down(
        "document.attached", actor, row, _persons(newest.began_with), now, kind=row.kind, scanned=scanned
    )
    return row


@transaction.atomic
def note_infected(*, actor: Actor, entry: UUID, now: datetime) -> None:
    """Write down that a virus scanner took what was to be attached for harmful. For the door that has asked whether
    the actor may attach."""
    about = _persons(Entry.objects.get(pk=entry).began_with)
    audit.record(actor=actor, action="document.infected", people=about, thing=f"entry {entry}", now=now)


@transaction.atomic
def read(actor: Actor, person: UUID, document: UUID, *, now: datetime) -> Opened:
    """A document of an entry that is or was about this person, opened; audited.

    Raises NotHere or Refused where the person's page does not open, where the document is not theirs to see or was
    erased, and to whoever is too close to anyone that any version of the entry is about.
    """
    person = people.current(person).pk
    people.check_may_open(actor, person, now)
    row, persons = _seen(actor, document, now)
    if person not in persons:
        raise no_such_document()
    try:
        content = row.bytes_of("content")
    except DoesNotOpen:
        raise NotHere(_("This document was erased."), _("Ask whoever attached it.")) from None
    _write_down("document.opened", actor, row, persons, now)
    return Opened(row.title, content, MEDIA_TYPES[row.kind], file_name(row.title, row.kind))


@transaction.atomic
def take_off(*, actor: Actor, document: UUID, because: str, now: datetime) -> Document:
    """Say that a document should not be there: nobody but its own agency sees it from now on, and whoever it was shared with
    hears so; audited.

    Raises NotHere or Refused as `check_can_attach` does; Invalid without a reason; AlreadyDone.
    """
    row, persons = _seen(actor, document, now)
    access.check_can_correct(actor, Entry.objects.get(pk=row.entry_id), now)
    if because not in TakenOffBecause.values:
        raise Invalid(_("Say why."), {"because": _("Choose why it should not be here.")})
    done = Document.objects.filter(pk=row.pk, taken_off_at=None).update(
        taken_off_at=now, taken_off_by_id=actor.practitioner_id, taken_off_because=because
    )
    if not done:
        raise AlreadyDone(_("Somebody has taken it off already."), _("Go back to the entry."))
    along = _end_releases(row, now)
    _write_down("document.taken_off", actor, row, persons, now, because=because)
    if along:
        concerns = {
            "releases": [str(one.pk) for one in along],
            "references": sorted({one.reference for one in along}),
            "persons": sorted(map(str, persons)),
            "by": str(actor.practitioner_id),
        }
        outbox.put(topic="document.taken_off", payload=concerns, now=now)
    return row


@context.hub("lending")
def _end_releases(row: Document, now: datetime) -> list[Release]:
    """All releases that it ever left with: who was told keeps what they saved, whether it is still shown or not."""
    ReleasedDocument.objects.filter(document=row.pk, ends_at=None).update(ends_at=now)
    return list(Release.objects.filter(documents__document=row.pk).order_by("pk"))


def about(actor: Actor, person: UUID, document: UUID, *, now: datetime) -> attached.Attached:
    """What a list tells of one document of the actor's own agency, to ask whether it is to be taken off."""
    people.check_may_open(actor, people.current(person).pk, now)
    row, _persons_of_it = _seen(actor, document, now)
    access.check_can_correct(actor, Entry.objects.get(pk=row.entry_id), now)
    return attached.attached(row)


def _seen(actor: Actor, document: UUID, now: datetime) -> tuple[Document, set[UUID]]:
    """The document, and everyone that any version of its entry is or was about."""
    row = Document.objects.filter(attached.seen_by(actor, now), pk=document).first()
    if row is None:
        raise no_such_document()
    persons = _persons(row.entry_id)
    people_access.check_not_too_close(actor, persons)
    return row, persons


@context.hub("case")
def _persons(began_with: UUID) -> set[UUID]:
    about = queries.persons_about(_chain(began_with))
    return {person for each in about.values() for person in each}


def _write_down(
    action: str, actor: Actor, row: Document, persons: set[UUID], now: datetime, **detail: object
) -> None:
    audit.record(
        actor=actor,
        action=action,
        people=persons,
        thing=f"document {row.pk}",
        detail={"entry": str(row.entry_id), **detail},
        now=now,
    )


def no_such_document() -> NotHere:
    """The same words whether there is no such document or it is not the actor's to see."""
    return NotHere(
        _("There is no such document that you can see."), _("Go back to the child’s page, and open it there.")
    )
