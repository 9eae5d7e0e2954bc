"""What does a setting's own system show to whoever stands at it?

The look of `looking`, asked by a system for a practitioner: theirs in every respect, so recorded, refused and told to the
authority as if they had looked in a browser. A system asks for one thing after another of one child: that is one look.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.audit import queries as logged
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import numbers
from jigsaw.hub.unscheduled_care import access, looking
from jigsaw.hub.unscheduled_care.errors import Gone, TooMany
from jigsaw.hub.unscheduled_care.looking import SHOWN_FOR, Seen
from jigsaw.hub.unscheduled_care.models import Access, Setting
from jigsaw.hub.unscheduled_care.visible import visible_of

SAME_LOOK = timedelta(minutes=15)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Shown:
    """What a number led to: what is seen; or nothing known; or several with a plan, whom only a person can tell apart."""

    seen: Seen | None = None
    several: bool = False


def practitioner_of(setting: Setting, address: str) -> Actor:
    """For whom a setting's system asks: the active practitioner of its agency who signs in with this address.

    Raises Refused where this system may not look, and with the same words for somebody unknown and somebody else's.
    """
    if not setting.may_look:
        raise Refused(
            _("The system of this setting may send who came, and not look."),
            _("Ask whoever looks after this hub to allow it, in the settings of unscheduled care."),
        )
    try:
        found = agencies.actor_by_email(address)
    except NotHere:
        found = None
    if found is None or found.agency_id != setting.agency_id:
        raise Refused(
            _("No practitioner of this setting’s agency signs in with this address."),
            _("Say who is looking, as they sign in here."),
        )
    return found


@transaction.atomic
def look(actor: Actor, number: str, *, unscheduled: bool, at: Setting, now: datetime) -> Shown:
    """What the number shows to this practitioner at this setting; audited, whatever it finds.

    Within SAME_LOOK it is the look that they had, unless a plan has come since. Raises Refused, NotHere, Invalid for
    what is no NHS number, TooMany.
    """
    access.setting_for(actor, at.pk)
    _one_at_a_time(at, number)
    found = _lately(actor, number, unscheduled, at, now)
    if found is None:
        _check_not_too_many(actor, now)
        looked = looking.look(actor, number, unscheduled=unscheduled, now=now, at=at.pk)
        if looked.candidates:
            return Shown(several=True)
        found = looked.access
    seen = looking.seen(actor, found, now=now) if found else None
    audit.record(
        actor=actor,
        action="care.asked_by_system",
        people=[seen.card.person] if seen else [],
        thing=f"setting {at.pk}",
        detail={"unscheduled": unscheduled, "plans": len(seen.plans) if seen else 0},
        now=now,
    )
    return Shown(seen)


@transaction.atomic
def again(actor: Actor, plan: UUID, *, at: Setting, now: datetime) -> Seen:
    """What this practitioner's look at a plan shows now, for as long as it may be opened again; audited.

    Raises NotHere with the same words for a plan that is not there and one that they did not look at; Gone if it is
    to be seen no more.
    """
    access.setting_for(actor, at.pk)
    found = _own_look(actor, plan, at, now)
    if found is None:
        raise NotHere(_("There is nothing here that you looked up today."), _("Look again by NHS number."))
    seen = looking.seen(actor, found, now=now)
    if plan not in {one.pk for one in seen.plans}:
        raise Gone(
            _("This plan is to be seen no more: it was corrected, or ended long ago."),
            _("Look again by NHS number."),
        )
    return seen


@context.hub("plan")
def _own_look(actor: Actor, plan: UUID, at: Setting, now: datetime) -> UUID | None:
    rows = Access.objects.filter(practitioner=actor.practitioner_id, how=Access.LOOKED, setting=at, plan=plan)
    return rows.filter(at__gt=now - SHOWN_FOR).order_by("-at").values_list("pk", flat=True).first()


def _one_at_a_time(at: Setting, number: str) -> None:
    """A system asks for several things of one child at once: the second finds the look of the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"look {at.pk} {number}"])


@context.hub("plan")
def _lately(actor: Actor, number: str, unscheduled: bool, at: Setting, now: datetime) -> UUID | None:
    """The look that this practitioner just had at every plan that shows; None if there is none, or of several people."""
    plans = visible_of(numbers.persons_under(number), on=agreements.local_day(now))
    if len({plan.record.person_id for plan in plans}) != 1:
        return None
    rows = Access.objects.filter(
        practitioner=actor.practitioner_id,
        how=Access.LOOKED,
        setting=at,
        unscheduled=unscheduled,
        at__gt=now - SAME_LOOK,
        plan__in=plans,
    )
    looked = dict(rows.values_list("plan", "pk"))
    return looked[plans[0].pk] if len(looked) == len(plans) else None


def _check_not_too_many(actor: Actor, now: datetime) -> None:
    """Whoever got hold of a setting's secret must not be able to try one number after another."""
    most = agreements.unscheduled_care(on=agreements.local_day(now))["looks_an_hour"]
    if logged.count_of(actor.practitioner_id, "care.looked", since=now - HOUR) >= most:
        raise TooMany(
            _("This practitioner has looked more often within an hour than was agreed."),
            _("Look in the browser, or ring children’s services if you are worried now."),
        )
