"""A legal hold: nothing about a person, of an enquiry or of an agency is disposed of until somebody else releases it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.enquiries import queries as enquiries
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, Refused
from jigsaw.hub.kit.ids import reference as new_reference
from jigsaw.hub.people import cards
from jigsaw.hub.people import queries as people
from jigsaw.hub.people.cards import Card
from jigsaw.hub.retention import access
from jigsaw.hub.retention.kinds import HOLD_REASONS
from jigsaw.hub.retention.models import Hold

LONGEST = 2000


@dataclass(frozen=True, kw_only=True)
class Placing:
    """What is held: one person, one enquiry (its reference), or all that the agency holds; and what for."""

    why: str
    because: str
    person: UUID | None = None
    enquiry: str = ""


@dataclass(frozen=True)
class Held:
    """One hold, and on whom it is; None where it is on nobody, or the agency can no longer see them."""

    hold: Hold
    card: Card | None


@transaction.atomic
def place(*, actor: Actor, placing: Placing, now: datetime) -> Hold:
    """Place a hold. Raises Refused to whoever may not decide, NotHere or Refused for a person or enquiry that does not open
    to them, Invalid by field."""
    access.check_can_decide(actor)
    _check(placing)
    person = people.current(placing.person).pk if placing.person else None
    if person:
        people.check_may_open(actor, person, now)
    enquiry = enquiries.get(actor, placing.enquiry) if placing.enquiry else None
    made = Hold.objects.create(
        reference=new_reference("H"),
        agency_id=actor.agency_id,
        person_id=person,
        enquiry=enquiry,
        why=placing.why,
        because=placing.because.strip(),
        placed_by_id=actor.practitioner_id,
        placed_at=now,
    )
    _write_down("retention.hold_placed", made, actor, now, why=made.why)
    return made


def _check(placing: Placing) -> None:
    fields.check_text("because", placing.because, longest=LONGEST, label=str(_("Why")))
    wrong: dict[str, object] = {}
    if placing.why not in HOLD_REASONS:
        wrong["why"] = _("Choose what it is held for.")
    if not placing.because.strip():
        wrong["because"] = _("Say why: who asked for it, and under which number.")
    if placing.person and placing.enquiry:
        wrong["enquiry"] = _("Choose a person or an enquiry: place two holds for both.")
    if wrong:
        raise Invalid(_("Say what is held, and why."), wrong)


@transaction.atomic
def release(*, actor: Actor, reference: str, because: str, now: datetime) -> Hold:
    """Release a hold that a colleague placed. Raises Refused to whoever placed it, AlreadyDone, NotHere, Invalid."""
    row = access.own_hold(actor, reference)
    row = (
        Hold.objects.select_for_update(of=("self",)).select_related("placed_by", "released_by").get(pk=row.pk)
    )
    if row.released_by is not None:
        raise AlreadyDone(
            _("%(name)s has released this hold.") % {"name": row.released_by.name},
            _("It stands in the list."),
        )
    if row.placed_by_id == actor.practitioner_id:
        raise Refused(
            _("You placed this hold yourself."), _("Ask a colleague who decides on disposals to release it.")
        )
    fields.check_text("because", because, longest=LONGEST, label=str(_("Why")))
    if not because.strip():
        raise Invalid(_("Say why it is released."), {"because": _("Say why.")})
    row.released_by_id, row.released_at, row.released_because = actor.practitioner_id, now, because.strip()
    row.save(update_fields=["released_by", "released_at", "released_because"])
    _write_down("retention.hold_released", row, actor, now)
    return row


@transaction.atomic
def listed(actor: Actor, *, now: datetime) -> tuple[Held, ...]:
    """The holds of the actor's agency, those that are live first and the newest first; audited."""
    access.check_can_decide(actor)
    rows = Hold.objects.filter(agency=actor.agency_id).select_related("placed_by", "released_by", "enquiry")
    found = sorted(rows.order_by("-placed_at", "-pk"), key=lambda row: row.released_at is not None)
    now_of = {row.person_id: people.current(row.person_id).pk for row in found if row.person_id}
    shown = cards.cards_seen(actor, now_of.values(), now=now)
    audit.record(actor=actor, action="retention.holds_listed", people=shown, now=now)
    # What is held of somebody the actor is too close to, or cannot see, is named by its reference alone.
    return tuple(Held(row, shown.get(now_of[row.person_id]) if row.person_id else None) for row in found)


@transaction.atomic
def read(actor: Actor, reference: str, *, now: datetime) -> Held:
    """One hold of the actor's agency; audited. Raises Refused and NotHere."""
    row = access.own_hold(actor, reference)
    _write_down("retention.hold_viewed", row, actor, now)
    seen = cards.cards_seen(actor, [people.current(row.person_id).pk], now=now) if row.person_id else {}
    return Held(row, next(iter(seen.values()), None))


def _write_down(action: str, row: Hold, actor: Actor, now: datetime, **detail: Any) -> None:
    audit.record(
        actor=actor,
        action=action,
        people=[people.current(row.person_id).pk] if row.person_id else [],
        thing=f"hold {row.pk}",
        detail={"reference": row.reference, **detail},
        now=now,
    )
