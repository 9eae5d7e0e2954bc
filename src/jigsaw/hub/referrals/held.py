"""What does one agency itself hold of the concerns that name somebody: those that it raised, and those that came to it?

For an answer to whoever asks what is held about them: each concern in parts, so that somebody can decide on each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.people import access as people_access
from jigsaw.hub.referrals.models import Referral

TEXTS = (
    *("caller_name", "caller_contact", "concern", "arose", "child_now", "immediate_action", "past_events"),
    *("alleged_harm_by", "agencies_involved", "strengths", "parents_know_why", "advice"),
)


@dataclass(frozen=True)
class Concern:
    """One concern: `parts` by name, as text. `anonymous`: whoever raised it asked not to be named."""

    key: str
    day: date
    parts: dict[str, str]
    anonymous: bool


def held(actor: Actor, person: UUID) -> tuple[Concern, ...]:
    """The concerns that name this person which the actor's agency raised or received, the oldest first.

    The whole of it or nothing, so Refused to whoever is too close to anybody named. The caller has authorised the
    reading, and audits it.
    """
    with context.hub("closeness"):
        rows = Referral.objects.filter(persons__record__person=person).select_related(
            "from_agency", "to_agency"
        )
        rows = rows.filter(Q(from_agency=actor.agency_id) | Q(to_agency=actor.agency_id)).distinct()
        rows = rows.prefetch_related("persons__record", "statements", "ratings")
        found = list(rows.order_by("received_at", "pk"))
    people_access.check_not_too_close(
        actor, {named.record.person_id for row in found for named in row.persons.all()}
    )
    return tuple(
        Concern(
            f"concern:{row.pk}",
            row.received_at.astimezone(ENGLAND).date(),
            dict(_parts(row, person, actor)),
            row.anonymity_asked,
        )
        for row in found
    )


def _parts(row: Referral, person: UUID, actor: Actor) -> Iterator[tuple[str, str]]:
    yield "reference", row.reference
    yield "raised_by", row.from_agency.name
    yield from ((name, getattr(row, name)) for name in TEXTS if getattr(row, name))
    for place, said in enumerate(row.statements.all(), start=1):
        yield f"said_{place}", said.text
        if said.source:
            yield f"said_{place}_source", said.source
    for named in row.persons.all():
        if named.record.person_id == person and named.child_words:
            yield "child_words", named.child_words
    if row.to_agency_id == actor.agency_id:
        for place, rating in enumerate(row.ratings.all(), start=1):
            yield f"rated_{place}", f"{rating.code}: {rating.reason}"
