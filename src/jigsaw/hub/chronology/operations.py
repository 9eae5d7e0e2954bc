"""Write down what happened, put right what was written wrongly, and let another agency see it for a purpose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import access
from jigsaw.hub.chronology.kinds import HowKnown
from jigsaw.hub.chronology.models import Document, Entry, EntrySubject, Release, ReleasedDocument
from jigsaw.hub.kit import context, outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import EARLIEST, ENGLAND
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere, Refused
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries

if TYPE_CHECKING:
    from jigsaw.hub.people.models import PersonRecord

NO_REASON = _("Say why, so that the next person can follow.")


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
) -> Entry:
    """Add an entry to the actor's agency's own records, once, about as many people as it concerns.

    Raises Invalid naming each field that must be put right; Refused if the role does not allow it.
    """
    access.check_can_add(actor)
    return write(actor=actor, piece=piece, about=about, now=now)


@transaction.atomic
def write(*, actor: Actor, piece: Piece, about: Iterable[PersonRecord], now: datetime) -> Entry:
    """As `add`, for a domain that has checked by its own rules who may: a call-taker's referral, say."""
    subjects = list(about)
    _check(_wrong_with(actor, piece, subjects, now))
    entry = _store(actor, piece, subjects, now)
    audit.record(
        actor=actor,
        action="entry.added",
        people=[record.person_id for record in subjects],
        thing=f"entry {entry.pk}",
        now=now,
    )
    return entry


def _store(
    actor: Actor, piece: Piece, subjects: Iterable[PersonRecord], now: datetime, **version: object
) -> Entry:
    entry = Entry.objects.create(
        agency_id=actor.agency_id,
        recorded_by_id=actor.practitioner_id,
        recorded_at=now,
        **{**piece.__dict__, "protect": list(piece.protect)},
        **version,
    )
    EntrySubject.objects.bulk_create(EntrySubject(entry=entry, record=record) for record in subjects)
    about = [str(record.pk) for record in subjects]
    outbox.put(topic="person.recorded", payload={"records": about, "kind": entry.kind}, now=now)
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


# --- putting right what was written -----------------------------------------------------------------------


@transaction.atomic
def correct(
    *, actor: Actor, entry: UUID, piece: Piece, persons: Iterable[UUID], reason: str, now: datetime
) -> Entry:
    """Put a newer version in the place of an entry: `piece`, about `persons`, and why. The earlier one stays.

    Whoever was told the earlier one keeps what they were told, and hears that it has been corrected; the newer
    text reaches them by a decision like any other. Raises NotHere or Refused to those who may not; AlreadyDone,
    naming them, if a colleague was first; Invalid naming each field, also if nothing would be different.
    """
    earlier = _held(actor, entry, now)
    subjects = _subjects(actor, earlier, persons, now)
    wrong = _wrong_with(actor, piece, subjects, now)
    if not reason.strip():
        wrong["reason"] = NO_REASON
    _check(wrong)
    if _as_it_stands(earlier) == (piece, {record.pk for record in subjects}):
        raise Invalid(_("Nothing is different from the entry as it stands. Change what was wrong."))
    return _supersede(actor, earlier, piece, subjects, reason, now)


@transaction.atomic
def withdraw(*, actor: Actor, entry: UUID, reason: str, now: datetime) -> Entry:
    """Say that an entry should not be there: it is about the wrong child, say. It is never deleted.

    It leaves the chronology of everybody; its versions stay readable for those who could read them, and whoever
    was told it hears that it was withdrawn. Raises as `correct` does.
    """
    earlier = _held(actor, entry, now)
    _check({} if reason.strip() else {"reason": NO_REASON})
    bare = Piece(
        kind=earlier.kind,
        title=earlier.title,
        happened_on=earlier.happened_on,
        happened_at=earlier.happened_at,
        how_known=earlier.how_known,
        source=earlier.source,
        protect=tuple(earlier.protect),
        sealed=earlier.sealed,
    )
    return _supersede(actor, earlier, bare, _records(earlier), reason, now, withdrawn=True)


def _held(actor: Actor, pk: UUID, now: datetime) -> Entry:
    """The entry, held until the transaction ends: of two who correct it at once, the second is refused."""
    rows = Entry.objects.select_related("agency")
    earlier = access.check_can_correct(actor, rows.filter(pk=pk).first(), now)
    Entry.objects.select_for_update(no_key=True).get(pk=pk)
    newer = Entry.objects.select_related("recorded_by").filter(supersedes=pk).first()
    if newer or earlier.withdrawn:
        raise corrected_first(newer or earlier)
    return earlier


def corrected_first(newer: Entry) -> AlreadyDone:
    """Somebody has corrected or withdrawn it: who, and what to do instead."""
    name = {"name": newer.recorded_by.name if newer.recorded_by else _("A colleague")}
    if newer.withdrawn:
        return AlreadyDone(
            _("%(name)s has withdrawn this entry.") % name,
            _("If it was right after all, add it again on the child’s page."),
        )
    return AlreadyDone(
        _("%(name)s has already corrected this entry.") % name,
        _("Open the newer version, and correct that one if something is still wrong."),
    )


def _records(entry: Entry) -> list[PersonRecord]:
    return [s.record for s in EntrySubject.objects.filter(entry=entry).select_related("record")]


def _subjects(actor: Actor, earlier: Entry, persons: Iterable[UUID], now: datetime) -> list[PersonRecord]:
    """The records it hung on before, of everyone whom it is still about; the agency's own of everyone else."""
    wanted = set(persons)
    kept = [record for record in _records(earlier) if record.person_id in wanted]
    new = wanted - {record.person_id for record in kept}
    return [*kept, *(_own(actor, person, now) for person in sorted(new))]


def _as_it_stands(entry: Entry) -> tuple[Piece, set[UUID]]:
    fields = {name: getattr(entry, name) for name in Piece.__dataclass_fields__}
    return Piece(**{**fields, "protect": tuple(entry.protect)}), {record.pk for record in _records(entry)}


def _supersede(
    actor: Actor,
    earlier: Entry,
    piece: Piece,
    subjects: list[PersonRecord],
    reason: str,
    now: datetime,
    *,
    withdrawn: bool = False,
) -> Entry:
    newer = _store(
        actor,
        piece,
        subjects,
        now,
        supersedes=earlier,
        first_id=earlier.began_with,
        version=earlier.version + 1,
        corrected_because=reason.strip(),
        withdrawn=withdrawn,
    )
    audit.record(
        actor=actor,
        action="entry.withdrawn" if withdrawn else "entry.corrected",
        people={record.person_id for record in (*_records(earlier), *subjects)},
        thing=f"entry {newer.pk}",
        detail={"was": str(earlier.pk), "version": newer.version},
        now=now,
    )
    outbox.put(topic="entry.corrected", payload={"entry": str(newer.pk)}, now=now)
    return newer


def _check(wrong: dict[str, object]) -> None:
    if wrong:
        raise Invalid(_("Some of this entry needs another look."), wrong)


def _wrong_with(actor: Actor, piece: Piece, subjects: list[PersonRecord], now: datetime) -> dict[str, object]:
    """What is wrong with each field; empty if nothing is."""
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
    return wrong


@context.hub("lending")
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
    documents: Iterable[UUID] = (),
) -> Release:
    """Let an agency see an entry as `text` for the purpose `reference`; an earlier release for it ends.

    With it those `documents` of the entry, and no other for this purpose any more. Only `disclosures` calls this,
    after asking the sharing rules and recording the decision.
    """
    earlier = Release.objects.filter(entry=entry, to_agency=to_agency, reference=reference, ends_at=None)
    earlier.update(ends_at=now)
    made = Release.objects.create(
        entry=entry,
        to_agency_id=to_agency,
        of_agency_id=entry.agency_id,
        reference=reference,
        title=title,
        text=text,
        child_words=child_words,
        source=source,
        in_part=in_part,
        handling=handling,
        released_at=now,
    )
    _let_along(made, set(documents), now)
    return made


def _let_along(made: Release, documents: set[UUID], now: datetime) -> None:
    """Documents of this very entry that stand; what left with earlier versions for the purpose is seen no more."""
    along = ReleasedDocument.objects.filter(
        document__entry=made.entry.began_with,
        release__to_agency=made.to_agency_id,
        release__reference=made.reference,
        ends_at=None,
    )
    along.update(ends_at=now)
    there = Document.objects.filter(pk__in=documents, entry=made.entry.began_with, taken_off_at=None)
    found = set(there.values_list("pk", flat=True))
    if found != documents:
        raise NotHere(
            _("One of these documents does not belong to this entry any more."), _("Look at it again.")
        )
    ReleasedDocument.objects.bulk_create(
        ReleasedDocument(release=made, document_id=pk) for pk in sorted(found)
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
    # Earlier versions were written about the same one of the two.
    for version in Entry.objects.filter(Q(pk=entry.began_with) | Q(first=entry.began_with)):
        if EntrySubject.objects.filter(entry=version, record=record).delete()[0]:
            EntrySubject.objects.get_or_create(entry=version, record=to)
    audit.record(
        actor=actor,
        action="entry.moved",
        people=[record.person_id, to.person_id],
        thing=f"entry {entry.pk}",
        now=now,
    )


@context.hub("lending")
def end_release(
    *, entry: Entry, to_agency: object, reference: str, now: datetime, and_earlier: bool = False
) -> None:
    """Reconsidered and now withheld: what was released before is no longer seen; `and_earlier`, no earlier
    version of it either."""
    of = Q(entry=entry)
    if and_earlier:
        of |= Q(entry=entry.began_with) | Q(entry__first=entry.began_with, entry__version__lt=entry.version)
    Release.objects.filter(of, to_agency=to_agency, reference=reference, ends_at=None).update(ends_at=now)


@context.hub("lending")
def end_releases(*, reference: str, now: datetime) -> None:
    """The purpose is over: what was released for it is no longer seen."""
    Release.objects.filter(reference=reference, ends_at=None).update(ends_at=now)
