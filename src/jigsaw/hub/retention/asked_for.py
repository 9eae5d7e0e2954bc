"""A family asked for something to be erased, and its agency agreed: a second person signs, and it is gone.

As with all that is disposed of, legal holds and open work stand in the way, and the register keeps a proof. Not of the
schedule: it is not past its time, so it stands in a list of its own. Nobody takes it out first: what somebody has a right
to have erased is kept nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused, WrongState
from jigsaw.hub.kit.ids import reference as new_reference
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards
from jigsaw.hub.people.cards import Card
from jigsaw.hub.retention import access, disposing, erasing, obstacles
from jigsaw.hub.retention.disposing import FAMILY_ASKED
from jigsaw.hub.retention.models import Disposal, DueItem
from jigsaw.hub.retention.obstacles import Obstacle
from jigsaw.hub.rights import erasure
from jigsaw.hub.rights.erasure import Agreed, Word
from jigsaw.hub.rights.kinds import REFUSED

RULE = "A family asked for it to be erased, and its agency agreed"
SOURCE = "UK GDPR, Article 17(1)"
ENTRY = "entry"


@dataclass(frozen=True)
class ToSign:
    """One thing that is to be erased: whom it is about as far as the actor can see them, what stands in the way, and
    whether the actor decided it and so does not sign."""

    agreed: Agreed
    cards: tuple[Card, ...]
    in_the_way: tuple[Obstacle, ...]
    own: bool


@transaction.atomic
def decide(*, actor: Actor, reference: str, words: Mapping[UUID, Word], now: datetime) -> tuple[Agreed, ...]:
    """Decide on each thing that a family asks to be erased, by the version it began with; what waits for a second
    person.

    Raises as `rights.erasure.decide` does; Invalid by field as well where a legal hold or open work stands in the way.
    """
    agreed = erasure.decide(actor=actor, reference=reference, words=words, now=now)
    wrong: dict[str, object] = {}
    for one, stops in _stopped(agreed, now):
        if stops:
            why = " ".join(stop.words for stop in stops)
            wrong[f"outcome-{one.entry}"] = say("It cannot be erased now. %(why)s") % {"why": why}
    if wrong:
        raise Invalid(_("Something stands in the way of erasing this."), wrong)
    return agreed


def _stopped(agreed: tuple[Agreed, ...], now: datetime) -> list[tuple[Agreed, tuple[Obstacle, ...]]]:
    about = {pk for one in agreed for pk in one.people}
    stops = obstacles.in_the_way(about, today=agreements.local_day(now))
    return [(one, stops.of(one.request.agency_id, one.people)) for one in agreed]


@transaction.atomic
def listed(actor: Actor, *, now: datetime) -> tuple[ToSign, ...]:
    """What the actor's agency decided to erase and nobody has signed for, nothing about anybody they are too close to;
    audited."""
    access.check_can_decide(actor)
    found = _to_sign(actor, erasure.agreed(actor), now)
    about = {pk for one in found for pk in one.agreed.people}
    audit.record(actor=actor, action="retention.asked_listed", people=about, now=now)
    return found


@transaction.atomic
def read(actor: Actor, reference: str, entry: UUID, *, now: datetime) -> ToSign:
    """One of them; audited. Raises Refused and NotHere."""
    found = _own(actor, reference, entry)
    _write_down("retention.asked_viewed", found, actor, now)
    return _to_sign(actor, (found,), now)[0]


def _to_sign(actor: Actor, agreed: tuple[Agreed, ...], now: datetime) -> tuple[ToSign, ...]:
    barred = people_access.too_close_to(actor)
    mine = tuple(one for one in agreed if not barred & set(one.people))
    seen = cards.cards_seen(actor, {pk for one in mine for pk in one.people}, now=now)
    return tuple(
        ToSign(
            one,
            tuple(seen[pk] for pk in one.people if pk in seen),
            stops,
            one.request.decided_by_id == actor.practitioner_id,
        )
        for one, stops in _stopped(mine, now)
    )


def _own(actor: Actor, reference: str, entry: UUID) -> Agreed:
    access.check_can_decide(actor)
    found = [one for one in erasure.agreed(actor, reference) if one.entry == entry]
    if not found:
        raise NotHere(
            _("There is no such thing to sign for in your agency."),
            _("Somebody may have signed or refused it already: look at the register."),
        )
    people_access.check_not_too_close(actor, found[0].people)
    return found[0]


def _second(actor: Actor, reference: str, entry: UUID) -> Agreed:
    found = _own(actor, reference, entry)
    if found.request.decided_by_id == actor.practitioner_id:
        raise Refused(
            _("You decided this yourself: a second person signs."),
            _("Ask a colleague who decides on disposals."),
        )
    return found


@transaction.atomic
def sign(*, actor: Actor, reference: str, entry: UUID, now: datetime) -> Disposal:
    """Take it out of every table for good, and write it in the register with its proof; its line, also where the
    schedule has taken it meanwhile.

    Raises Refused to whoever decided it, WrongState saying what stands in the way, AlreadyDone, NotHere.
    """
    found = _second(actor, reference, entry)
    [(_one, stops)] = _stopped((found,), now)
    if stops:
        raise WrongState(
            say("It cannot be erased now. %(why)s") % {"why": " ".join(one.words for one in stops)},
            _("Wait until that is over, or refuse it on a ground."),
        )
    erasure.tell_who_was_told_meanwhile(actor=actor, of=found, now=now)
    made = _gone(found, actor, now)
    erasure.signed(by=found, disposal=made.reference, now=now)
    return made


@context.hub("disposing")
def _gone(found: Agreed, actor: Actor, now: datetime) -> Disposal:
    if not erasing.stands(ENTRY, found.entry):
        return Disposal.objects.get(what=ENTRY, thing=found.entry)
    row = DueItem(
        what=ENTRY,
        thing=found.entry,
        agency_id=found.request.agency_id,
        people=list(found.people),
        salt=b"",
        due_on=agreements.local_day(now),
        source=SOURCE,
    )
    return disposing.gone(
        actor=actor, row=row, reference=new_reference("D"), rule=FAMILY_ASKED, rule_name=RULE, now=now
    )


@transaction.atomic
def turn_down(
    *, actor: Actor, reference: str, entry: UUID, ground: str, because: str, now: datetime
) -> Agreed:
    """Do not sign: it is refused after all, on a ground and with a reason that the family reads; audited.

    Raises Invalid by field, Refused to whoever decided it, WrongState where the schedule has taken it meanwhile,
    AlreadyDone, NotHere.
    """
    found = _second(actor, reference, entry)
    word = Word(REFUSED, because, ground)
    if wrong := erasure.wrong_with(word):
        raise Invalid(_("Say on what ground it is refused, and why."), wrong)
    if not erasing.stands(ENTRY, entry):
        raise WrongState(
            _("It is gone already, under the retention schedule."),
            _("Sign for it, so that the answer says so."),
        )
    erasure.turned_down(by=found, word=word, now=now)
    _write_down("retention.asked_refused", found, actor, now, ground=ground)
    return found


def _write_down(action: str, found: Agreed, actor: Actor, now: datetime, **detail: object) -> None:
    audit.record(
        actor=actor,
        action=action,
        people=found.people,
        purpose=f"rights {found.request.reference}",
        thing=f"entry {found.entry}",
        detail=detail,
        now=now,
    )
