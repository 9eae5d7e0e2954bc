"""Is there a plan? What a setting of unscheduled care sees of somebody who stands before it.

Whether the care is unplanned is said each time and never assumed: of unplanned care the authority is told. That
nothing is known here says nothing about risk. Source: DCB1609 v2.0.0; national role codes B0107 and B0170.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.formats.text import nhs_number
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context, fields
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards, matching
from jigsaw.hub.people.cards import Card
from jigsaw.hub.people.finding import LONGEST_KEPT, NO_AGENCY
from jigsaw.hub.unscheduled_care import access, telling
from jigsaw.hub.unscheduled_care.models import Access, Plan, Setting
from jigsaw.hub.unscheduled_care.telling import Event
from jigsaw.hub.unscheduled_care.visible import to_tell_of, to_tell_of_number, visible_of
from jigsaw.record_linkage import query_text

if TYPE_CHECKING:
    from jigsaw import record_linkage as linkage

SHOWN_FOR = timedelta(hours=12)
ACCESSES = 25
RECENT = 10
# Fewer than this agree by chance too often to be shown to a setting.
LIKELY = ("certain", "probable", "possible")


@dataclass(frozen=True)
class Candidate:
    """Somebody with a plan who may be meant, and what speaks for and against it."""

    card: Card
    comparison: linkage.Comparison


@dataclass(frozen=True)
class Looked:
    """What a look found: an access to open; or those who may be meant; or neither, which says nothing of risk."""

    access: UUID | None = None
    candidates: tuple[Candidate, ...] = ()
    setting: Setting | None = field(default=None, compare=False)
    """Where whoever looked stands, once the look is over."""


@dataclass(frozen=True)
class Recent:
    """Somebody whom the practitioner looked up: the access to open again, when, and who."""

    access: UUID
    at: datetime
    card: Card


@dataclass(frozen=True)
class Frequency:
    """How often somebody came to, or was looked up in, unscheduled care: days with a setting, not clicks."""

    days: int
    settings: int
    last_30_days: int


@dataclass(frozen=True)
class Seen:
    """What a setting sees: each plan, the last accesses, and how many there were in twelve months."""

    card: Card
    access: Access
    plans: tuple[Plan, ...]
    accesses: tuple[Access, ...]
    frequency: Frequency


@transaction.atomic
def look(actor: Actor, told: str, *, unscheduled: bool, now: datetime, at: UUID | None = None) -> Looked:
    """Look by an NHS number, or by name and date of birth through the index; audited, whatever it finds.

    `at`: the setting of the actor's agency where they stand, if that is known. Raises Refused to whoever may not, or is too close; NotHere where the agency has no setting; Invalid without
    anything to look by.
    """
    fields.check_text("told", told, label=str(_("Who is it?")))
    setting = access.setting_for(actor, at)
    text = told.strip()[:LONGEST_KEPT]
    number = nhs_number(text)
    if number is None and not query_text.says_something(query_text.parse(text, today=now.date())):
        raise Invalid(_("Say who it is."), {"told": _("Enter an NHS number, or a name and a date of birth.")})
    if number is None and text.replace(" ", "").isdigit():
        raise Invalid(
            _("This is no NHS number."), {"told": _("Its last digit does not fit. Check the ten digits.")}
        )
    found = _by_number(actor, setting, number, unscheduled, now) if number else _by_text(actor, text, now)
    audit.record(
        actor=actor,
        action="care.looked",
        people=[candidate.card.person for candidate in found.candidates],
        detail={
            "unscheduled": unscheduled,
            "by": "number" if number else "text",
            "found": bool(found.access),
        },
        words=text,
        now=now,
    )
    return replace(found, setting=setting)


@transaction.atomic
def choose(actor: Actor, person: UUID, *, unscheduled: bool, now: datetime) -> UUID:
    """It is this one of those who may be meant; returns the access. Raises NotHere if there is no plan to see."""
    setting = access.setting_for(actor)
    found = _by_person(actor, setting, person, unscheduled, now)
    if found is None:
        raise NotHere(_("There is no plan to see of this person."), _("Look again."))
    audit.record(
        actor=actor, action="care.chosen", people=[person], thing=f"access {found}", detail={"unscheduled": unscheduled},
        now=now,
    )  # fmt: skip
    return found


@context.hub("plan")
def _by_number(actor: Actor, setting: Setting, number: str, unscheduled: bool, now: datetime) -> Looked:
    day = agreements.local_day(now)
    rules = agreements.unscheduled_care(on=day)
    plans = to_tell_of_number(number, on=day, rules=rules)
    with_plans = {plan.record.person_id for plan in plans}
    if len(with_plans) > 1:
        # One number on two people: which of them stands there, only somebody who sees them can tell.
        return _by_text(actor, number, now, only=with_plans)
    people_access.check_not_too_close(actor, with_plans)
    return Looked(_opened(actor, setting, plans, rules, unscheduled, now))


@context.hub("plan")
def _by_person(actor: Actor, setting: Setting, person: UUID, unscheduled: bool, now: datetime) -> UUID | None:
    people_access.check_not_too_close(actor, [person])
    day = agreements.local_day(now)
    rules = agreements.unscheduled_care(on=day)
    return _opened(actor, setting, to_tell_of([person], on=day, rules=rules), rules, unscheduled, now)


def _opened(
    actor: Actor, setting: Setting, plans: Sequence[Plan], rules: Mapping[str, int], unscheduled: bool, now: datetime
) -> UUID | None:  # fmt: skip
    event = Event(setting=setting, how=Access.LOOKED, at=now, unscheduled=unscheduled)
    noted = telling.note(actor, plans, event, now=now, rules=rules)
    return noted[0].pk if noted else None


@context.hub("plan")
def _by_text(actor: Actor, text: str, now: datetime, only: set[UUID] | None = None) -> Looked:
    query = query_text.parse(text, today=now.date())
    found = likely(query, now=now, barred=people_access.too_close_to(actor), agency=actor.agency_id)
    return Looked(candidates=tuple(one for one in found if only is None or one.card.person in only))


def alike(
    query: linkage.Record, *, barred: Iterable[UUID] = (), agency: UUID | None = None
) -> list[matching.Candidate]:
    """Those who may be meant, with a plan or without. The caller has authorised the question."""
    found = matching.search(query, limit=20, barred=barred, homes_kept_from=agency or NO_AGENCY)
    return [one for one in found if one.comparison.grade in LIKELY]


@context.hub("plan")
def likely(
    query: linkage.Record, *, now: datetime, barred: Iterable[UUID] = (), agency: UUID | None = None
) -> list[Candidate]:
    """Those with a plan who may be meant, best first. The caller has authorised the question."""
    found = alike(query, barred=barred, agency=agency)
    plans = visible_of([one.person for one in found], on=agreements.local_day(now))
    persons = {plan.record.person_id for plan in plans}
    named = cards.cards(persons)
    return [Candidate(named[one.person], one.comparison) for one in found if one.person in persons]


@transaction.atomic
def seen(actor: Actor, pk: UUID, *, now: datetime) -> Seen:
    """What this practitioner's own look of the last hours shows, as it stands now; audited."""
    access.setting_for(actor)
    found = _seen(actor, pk, now)
    audit.record(
        actor=actor,
        action="care.viewed",
        people=[found.card.person],
        thing=f"access {pk}",
        detail={"unscheduled": found.access.unscheduled, "plans": len(found.plans)},
        now=now,
    )
    return found


@context.hub("plan")
def _seen(actor: Actor, pk: UUID, now: datetime) -> Seen:
    rows = Access.objects.select_related("record", "setting")
    mine = rows.filter(
        pk=pk, practitioner=actor.practitioner_id, how=Access.LOOKED, at__gt=now - SHOWN_FOR
    ).first()
    if mine is None:
        raise NotHere(_("There is nothing here that you looked up today."), _("Look again by NHS number."))
    person = mine.record.person_id
    people_access.check_not_too_close(actor, [person])
    plans = tuple(visible_of([person], on=agreements.local_day(now)))
    return Seen(cards.cards([person])[person], mine, plans, *_accesses(person, now))


def _accesses(person: UUID, now: datetime) -> tuple[tuple[Access, ...], Frequency]:
    rows = Access.objects.filter(record__person=person, unscheduled=True, cancelled_at=None, at__lte=now)
    rows = rows.select_related("setting__agency", "practitioner").order_by("-at", "pk")
    year = list(rows.filter(at__gt=now - timedelta(days=365)))
    # Two plans of a child are two rows of one access.
    once = {
        (one.at, one.setting_id, one.practitioner_id, one.attendance_id): one for one in rows[: 4 * ACCESSES]
    }
    days = {(one.at.astimezone(ENGLAND).date(), one.setting_id) for one in year}
    month = {day for day in days if day[0] > now.astimezone(ENGLAND).date() - timedelta(days=30)}
    often = Frequency(len(days), len({setting for _day, setting in days}), len(month))
    return tuple(once.values())[:ACCESSES], often


@transaction.atomic
def recent(actor: Actor, *, now: datetime) -> list[Recent]:
    """The last RECENT whom this practitioner looked up in the last hours, to open again; nothing of the plans.

    Audited, if there is anybody.
    """
    found = _recent(actor, now)
    if found:
        persons = [one.card.person for one in found]
        audit.record(actor=actor, action="care.recent_viewed", people=persons, now=now)
    return found


@context.hub("plan")
def _recent(actor: Actor, now: datetime) -> list[Recent]:
    """A front door that looks up everybody who comes in would wait for its own list: however many, few are read."""
    rows = Access.objects.filter(
        practitioner=actor.practitioner_id, how=Access.LOOKED, at__gt=now - SHOWN_FOR
    )
    found: dict[UUID, tuple[UUID, datetime]] = {}
    # Two plans of a child are two rows of one look, and a child may be looked up again.
    newest = rows.order_by("-at").values_list("pk", "at", "record__person")[: 4 * RECENT]
    for access_id, at, person in newest:
        found.setdefault(person, (access_id, at))
    barred = people_access.too_close_to(actor)
    last = [pk for pk in found if pk not in barred][:RECENT]
    named = cards.cards(last)
    return [Recent(*found[pk], named[pk]) for pk in last if pk in named]
