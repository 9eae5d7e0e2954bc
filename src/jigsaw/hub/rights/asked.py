"""A family asks: noting it, the clock, more time, and the list of what is to be answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import EARLIEST, ENGLAND
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, WrongState
from jigsaw.hub.kit.ids import reference as new_reference
from jigsaw.hub.people import cards
from jigsaw.hub.people import queries as people
from jigsaw.hub.people.cards import Card
from jigsaw.hub.rights import access
from jigsaw.hub.rights.kinds import ASKED_AS, ERASE, KINDS, SAYING
from jigsaw.hub.rights.models import RightsRequest
from jigsaw.hub.rights.months import EXTENDED, answer_by

LISTED = 200


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What somebody asks, as it came. `known_on`: when it was clear who asks, if later than `received_on`."""

    kind: str
    asked_by: str
    asked_as: str
    identity: str
    received_on: date
    known_on: date | None = None
    words: str = ""


@dataclass(frozen=True)
class Detail:
    """One request, and about whom it is; None where the agency can no longer see them."""

    request: RightsRequest
    card: Card | None


@transaction.atomic
def note(*, actor: Actor, person: UUID, asking: Asking, now: datetime) -> RightsRequest:
    """Write down what somebody asks about this person; the clock runs from the day it came.

    Raises Refused to whoever may not answer, is too close, or whose agency holds nothing itself; Invalid by field.
    """
    access.check_can_answer(actor)
    who = people.current(person).pk
    access.check_holds(actor, who, now)
    wrong = wrong_with(asking, now)
    if asking.kind in SAYING:
        wrong["kind"] = _("Write down what they say on the page for that, in their own words.")
    check(wrong)
    return begun(actor, who, asking, agency=actor.agency_id, now=now)


def begun(
    actor: Actor, person: UUID, asking: Asking, *, agency: UUID | None, now: datetime, as_such: bool = False
) -> RightsRequest:
    """The request of this agency, with its clock. The caller has authorised and checked it; audited here."""
    begins = max(asking.received_on, asking.known_on or asking.received_on)
    made = RightsRequest.objects.create(
        reference=new_reference("S"),
        kind=asking.kind,
        agency_id=agency,
        person_id=person,
        asked_by=asking.asked_by.strip(),
        asked_as=asking.asked_as,
        identity=asking.identity.strip(),
        words=asking.words.strip(),
        as_such=as_such,
        received_on=asking.received_on,
        begins_on=begins,
        due_on=answer_by(begins),
        noted_by_id=actor.practitioner_id,
        noted_at=now,
    )
    write_down("rights.noted", made, actor, now, kind=asking.kind)
    return made


def check(wrong: dict[str, object]) -> None:
    if wrong:
        raise Invalid(_("Some of this is missing or cannot be."), wrong)


def wrong_with(asking: Asking, now: datetime) -> dict[str, object]:
    """What is wrong with each field; empty if nothing is."""
    wrong: dict[str, object] = {}
    if asking.kind not in KINDS:
        wrong["kind"] = _("Choose what they ask.")
    if asking.asked_as not in ASKED_AS:
        wrong["asked_as"] = _("Choose who they are to this person.")
    if not asking.asked_by.strip():
        wrong["asked_by"] = _("Write down who asks.")
    if not asking.identity.strip():
        wrong["identity"] = _("Say how you know that it is they, and that they may ask.")
    for name in ("received_on", "known_on"):
        day = getattr(asking, name)
        if day and not EARLIEST <= day <= now.astimezone(ENGLAND).date():
            wrong[name] = _("Give a day up to today.")
    return wrong


@transaction.atomic
def listed(actor: Actor, *, now: datetime) -> tuple[Detail, ...]:
    """What families asked of the actor's agency, those to answer first, by when they are due; audited."""
    access.check_can_answer(actor)
    rows = RightsRequest.objects.filter(agency=actor.agency_id).select_related("decided_by")
    found = list(rows.order_by("decided_at", "due_on", "pk")[:LISTED])
    found.sort(key=lambda row: row.decided_at is not None)
    shown = cards.cards_seen(actor, (row.person_id for row in found), now=now)
    audit.record(actor=actor, action="rights.listed", people=shown, now=now)
    return tuple(Detail(row, shown.get(row.person_id)) for row in found)


@transaction.atomic
def read(actor: Actor, reference: str, *, now: datetime) -> Detail:
    """One request of the actor's agency; audited. Raises Refused and NotHere."""
    row = access.own(actor, reference)
    write_down("rights.viewed", row, actor, now)
    return Detail(row, cards.cards_seen(actor, [row.person_id], now=now).get(row.person_id))


@transaction.atomic
def extend(*, actor: Actor, reference: str, because: str, now: datetime) -> RightsRequest:
    """Two further months, once, within the first; whoever asks is to be told why. Raises Invalid, WrongState."""
    row = locked(actor, reference)
    if not because.strip():
        raise Invalid(_("Say why it takes longer."), {"because": _("Say why: whoever asks is told.")})
    if row.extended_at is not None:
        raise AlreadyDone(_("It has been given more time already."), _("Answer it by the day that is shown."))
    if now.astimezone(ENGLAND).date() > row.due_on:
        raise WrongState(
            _("The first month is over: it cannot be given more time any more."),
            _("Answer now, and tell whoever asks why it is late."),
        )
    row.extended_at, row.extended_because = now, because.strip()
    row.due_on = answer_by(row.begins_on, months=EXTENDED)
    row.save(update_fields=["extended_at", "extended_because", "due_on"])
    write_down("rights.extended", row, actor, now)
    return row


def to_be_signed(row: RightsRequest) -> bool:
    """Did its agency decide to erase something that is not gone yet?"""
    return any(one.get("outcome") == ERASE for one in (row.given or {}).get("items", ()))


def locked(actor: Actor, reference: str) -> RightsRequest:
    """The agency's undecided request, held against others until the transaction ends; AlreadyDone names who was
    first. For the rooms above, which audit what they do."""
    row = access.own(actor, reference)
    row = RightsRequest.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=row.pk)
    if row.decided_at is not None:
        raise AlreadyDone(
            _("%(name)s has answered this already.") % {"name": row.decided_by.name},
            _("What was decided stands on its page."),
        )
    return row


def write_down(action: str, row: RightsRequest, actor: Actor, now: datetime, **detail: Any) -> None:
    """The log's line of what was done with a request."""
    audit.record(
        actor=actor,
        action=action,
        people=[people.current(row.person_id).pk],
        purpose=f"rights {row.reference}",
        thing=f"rights {row.pk}",
        detail=detail,
        now=now,
    )


def deciding(
    row: RightsRequest, actor: Actor, *, given: Any, held_back: Any, because: str, now: datetime
) -> None:
    """The answer as it is given from now on, and who decided it. The caller has locked the row and audits it."""
    row.decided_by_id, row.decided_at, row.decided_because = actor.practitioner_id, now, because.strip()
    row.given, row.held_back = given, held_back
    row.save(update_fields=["decided_by", "decided_at", "decided_because", "given", "held_back"])


@transaction.atomic
def take_out(actor: Actor, reference: str, *, form: str, now: datetime) -> Detail:
    """The answer, to be handed over in this form (pdf, json); audited. The door has had them sign in again lately.

    Raises WrongState before somebody has decided it.
    """
    row = access.own(actor, reference)
    if row.decided_at is None:
        raise WrongState(_("Nobody has decided yet what is told."), _("Go through it first."))
    if to_be_signed(row):
        raise WrongState(
            _("What your agency decided to erase is not erased yet: a second person signs it."),
            _("Ask a colleague who decides on disposals."),
        )
    write_down("rights.taken_out", row, actor, now, form=form)
    return Detail(row, cards.cards_seen(actor, [row.person_id], now=now).get(row.person_id))
