"""Write down what happened, and let another agency see it for a purpose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import access
from jigsaw.hub.chronology.kinds import HowKnown
from jigsaw.hub.chronology.models import Entry, EntrySubject, Release
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import EARLIEST, ENGLAND
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, Refused
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries

if TYPE_CHECKING:
    from jigsaw.hub.people.models import PersonRecord


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One thing that happened or was said, as its agency writes it down."""

    kind: str
    title: str
    happened_on: date
    how_known: str
    source: str
    text: str = ""
    child_words: str = ""
    happened_at: time | None = None
    key_event: bool = False
    protect: tuple[str, ...] = ()
    about_adult: bool = False
    special_category: bool = False
    police_grading: str = ""
    sealed: str = ""


@transaction.atomic
def add(
    *,
    actor: Actor,
    piece: Piece,
    about: Iterable[PersonRecord],
    now: datetime,
    supersedes: Entry | None = None,
) -> Entry:
    """Add an entry to the actor's agency's own records, once, about as many people as it concerns.

    Raises Invalid naming each field that must be put right; Refused if the role does not allow it.
    """
    access.check_can_add(actor)
    return write(actor=actor, piece=piece, about=about, now=now, supersedes=supersedes)


@transaction.atomic
def write(
    *,
    actor: Actor,
    piece: Piece,
    about: Iterable[PersonRecord],
    now: datetime,
    supersedes: Entry | None = None,
) -> Entry:
    """As `add`, for a domain that has checked by its own rules who may: a call-taker's referral, say."""
    subjects = list(about)
    _check(actor, piece, subjects, now)
    if supersedes:
        _check_correction(actor, supersedes)
    entry = Entry.objects.create(
        agency_id=actor.agency_id,
        recorded_by_id=actor.practitioner_id,
        recorded_at=now,
        supersedes=supersedes,
        **{**piece.__dict__, "protect": list(piece.protect)},
    )
    EntrySubject.objects.bulk_create(EntrySubject(entry=entry, record=record) for record in subjects)
    audit.record(
        actor=actor,
        action="entry.added",
        people=[record.person_id for record in subjects],
        thing=f"entry {entry.pk}",
        now=now,
    )
    return entry


@transaction.atomic
def add_about(*, actor: Actor, piece: Piece, persons: Iterable[UUID], now: datetime) -> Entry:
    """Add one entry about these persons, through the agency's own record of each (opened where it has none).

    Raises NotHere or Refused for a person the actor may not open; otherwise as `add`.
    """
    access.check_can_add(actor)
    return write(actor=actor, piece=piece, about=[_own(actor, one, now) for one in persons], now=now)


def _own(actor: Actor, person: UUID, now: datetime) -> PersonRecord:
    """An entry hangs on the agency's own record: that is where it is found when another agency asks."""
    seen = people_queries.check_may_open(actor, person, now)
    return people.own_record(actor=actor, like=seen[0], now=now)


def _check_correction(actor: Actor, earlier: Entry) -> None:
    """Only the agency that wrote an entry corrects it, and what was corrected is corrected once."""
    if earlier.agency_id != actor.agency_id:
        raise Refused(
            _("This entry belongs to another agency."),
            _("Tell them what is wrong with it: they can correct it."),
        )
    if Entry.objects.filter(supersedes=earlier).exists():
        raise AlreadyDone(
            _("This entry has already been corrected."), _("Open the newer entry, and correct that one.")
        )


def _check(actor: Actor, piece: Piece, subjects: list[PersonRecord], now: datetime) -> None:
    wrong: dict[str, object] = {}
    if not piece.title.strip():
        wrong["title"] = _("Say in a few words what happened.")
    if not piece.source.strip():
        wrong["source"] = _("Say where this comes from: who saw it, said it or wrote it down.")
    if piece.how_known not in HowKnown.values:
        wrong["how_known"] = _(
            "Choose how this is known: fact, opinion, reported by others, or the child’s words."
        )
    if piece.happened_on > now.astimezone(ENGLAND).date():
        wrong["happened_on"] = _("This date is in the future. Enter the day on which it happened.")
    elif piece.happened_on < EARLIEST:
        wrong["happened_on"] = _("This date is too long ago. Check the year.")
    if not subjects:
        wrong["about"] = _("Choose whom this is about.")
    elif any(record.agency_id != actor.agency_id for record in subjects):
        # On another agency's record it would never be found when this agency is asked.
        wrong["about"] = _("Write this about your own agency’s record of the person.")
    if wrong:
        raise Invalid(_("Some of this entry needs another look."), wrong)


def release(
    *,
    entry: Entry,
    to_agency: object,
    reference: str,
    now: datetime,
    title: str,
    text: str,
    child_words: str,
    in_part: bool,
    source: str = "",
    handling: str = "",
) -> Release:
    """Let an agency see an entry as `text` for the purpose `reference`; an earlier release for it ends.

    Only `disclosures` calls this, after asking the sharing rules and recording the decision.
    """
    earlier = Release.objects.filter(entry=entry, to_agency=to_agency, reference=reference, ends_at=None)
    earlier.update(ends_at=now)
    return Release.objects.create(
        entry=entry,
        to_agency_id=to_agency,
        reference=reference,
        title=title,
        text=text,
        child_words=child_words,
        source=source,
        in_part=in_part,
        handling=handling,
        released_at=now,
    )


@transaction.atomic
def move(*, actor: Actor, entry: Entry, record: PersonRecord, to: PersonRecord, now: datetime) -> None:
    """The agency that wrote an entry says that it is about another of its records: two were taken for one.

    Only `corrections` calls this. What others were told of it stays until its purpose ends.
    """
    access.check_can_add(actor)
    if {entry.agency_id, to.agency_id} != {actor.agency_id}:
        raise Refused(
            _("This entry belongs to another agency."),
            _("Tell them what is wrong with it: they can correct it."),
        )
    EntrySubject.objects.filter(entry=entry, record=record).delete()
    EntrySubject.objects.get_or_create(entry=entry, record=to)
    audit.record(
        actor=actor,
        action="entry.moved",
        people=[record.person_id, to.person_id],
        thing=f"entry {entry.pk}",
        now=now,
    )


def end_release(*, entry: Entry, to_agency: object, reference: str, now: datetime) -> None:
    """Reconsidered and now withheld: what was released before is no longer seen."""
    Release.objects.filter(entry=entry, to_agency=to_agency, reference=reference, ends_at=None).update(
        ends_at=now
    )


def end_releases(*, reference: str, now: datetime) -> None:
    """The purpose is over: what was released for it is no longer seen."""
    Release.objects.filter(reference=reference, ends_at=None).update(ends_at=now)
