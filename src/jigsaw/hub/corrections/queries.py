"""What was wrongly joined and is two again, as far as somebody who saw it may know?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.corrections.models import Correction, WrittenMeanwhile
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards
from jigsaw.hub.people.cards import Card

if TYPE_CHECKING:
    from jigsaw.hub.chronology.models import Entry

READING = frozenset(
    {
        "person.viewed",
        "person.printed",
        "chronology.viewed",
        "enquiry.viewed",
        "request.viewed",
        "request.items_viewed",
        "answer.viewed",
        "referral.viewed",
    }
)
"""Acts in the log by which somebody read of a person, not merely saw a name in a list."""


@dataclass(frozen=True)
class Question:
    """An entry of the reader's own agency, and of whom it is said to be now."""

    written: WrittenMeanwhile
    entry: Entry
    person: UUID


@dataclass(frozen=True)
class Shown:
    """A correction for somebody who was told: the two, as far as they may see them, and what they are asked."""

    correction: Correction
    stayed: Card | None
    came: Card | None
    questions: tuple[Question, ...]


@transaction.atomic
def read(actor: Actor, reference: str, *, now: datetime) -> Shown:
    """For those who were told and for those who decide on links; audited. NotHere to everybody else."""
    found = _readable(actor, reference)
    both = [found.stayed_id, found.came_id]
    audit.record(
        actor=actor, action="correction.viewed", people=both, thing=f"correction {found.pk}", now=now
    )
    seen = cards.cards_seen(actor, both, now=now)
    return Shown(found, seen.get(found.stayed_id), seen.get(found.came_id), _questions(actor, found))


@context.hub("deciding")
def _readable(actor: Actor, reference: str) -> Correction:
    """As the hub: those who decide on links read what they were not told of, and who is too close is told so."""
    found = Correction.objects.select_related("made_by__agency").filter(reference=reference).first()
    if found is None or not (_was_told(actor, found) or people_access.can_link(actor)):
        raise NotHere(_("There is no such correction for you."), _("Go back to your list of notices."))
    people_access.check_not_too_close(actor, [found.stayed_id, found.came_id])
    return found


def _was_told(actor: Actor, found: Correction) -> bool:
    return found.told.filter(practitioner=actor.practitioner_id).exists()


def _questions(actor: Actor, found: Correction) -> tuple[Question, ...]:
    """What the reader's agency wrote meanwhile and nobody has said yet of whom it is.

    Whoever corrected or withdrew an entry since has said so in doing it.
    """
    if not actor.may("chronology.add"):
        return ()
    rows = found.written.filter(entry__agency=actor.agency_id, said_at=None, entry__superseded_by=None)
    rows = rows.select_related("entry", "record").order_by("entry__happened_on", "pk")
    return tuple(Question(row, row.entry, row.record.person_id) for row in rows)


def to_say(actor: Actor, written: UUID) -> WrittenMeanwhile:
    """An entry of the actor's own agency that waits to be said of whom it is; raises NotHere."""
    found = WrittenMeanwhile.objects.select_related("correction").filter(pk=written).first()
    rows = found and found.correction.written.filter(pk=written, entry__agency=actor.agency_id)
    if found is None or not rows or not actor.may("chronology.add") or not _was_told(actor, found.correction):
        raise NotHere(_("There is no such entry for you."), _("Go back to your list of notices."))
    return found


@dataclass(frozen=True)
class Concerned:
    """For the hub itself: a correction's reference, who is to be told, who made it, and whom it is about."""

    reference: str
    told: frozenset[UUID]
    made_by: UUID | None
    persons: tuple[UUID, UUID]


def concerned(pk: object) -> Concerned | None:
    """Who is to hear of a correction; None if it is gone."""
    found = Correction.objects.filter(pk=pk).first()
    if found is None:
        return None
    told = frozenset(found.told.values_list("practitioner", flat=True))
    return Concerned(found.reference, told, found.made_by_id, (found.stayed_id, found.came_id))
