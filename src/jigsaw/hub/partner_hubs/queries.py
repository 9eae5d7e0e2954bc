"""Which hubs can be asked, what was asked and answered, and about whom is nobody answered?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.partner_hubs import access, keys, never
from jigsaw.hub.partner_hubs.errors import no_such_question, not_here
from jigsaw.hub.partner_hubs.models import NeverAnswer, OurHub, PartnerHub, Question
from jigsaw.hub.partner_hubs.states import Why
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards, for_partners
from jigsaw.hub.people import queries as people

# A letter takes seconds; whoever still waits after this will get no answer.
LOST_AFTER = timedelta(minutes=2)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Partner:
    """A partner hub as administrators see it: no secret of either side."""

    code: str
    name: str
    address: str
    front_door_phone: str
    fingerprint: str
    on: bool
    yes_at: int
    ask_at: int
    questions_a_day: int
    practitioner_a_day: int
    masks_a_key: int
    can_be_asked: bool
    asking_epoch: int
    asking_key_made_at: datetime | None
    answering_epoch: int
    filed: int
    filed_at: datetime | None
    asked_today: int
    asked_us_today: int


@dataclass(frozen=True)
class Card:
    """What a hub gives another on paper or by file, to be checked by telephone."""

    code: str
    name: str
    address: str
    front_door_phone: str
    public_key: str
    fingerprint: str


def us() -> OurHub | None:
    """What others know us by, or None before it is set."""
    return OurHub.objects.first()


def partner_by_code(code: str) -> PartnerHub:
    """Raises NotHere if there is none."""
    found = PartnerHub.objects.filter(code__iexact=code).first()
    if found is None:
        raise not_here()
    return found


def askable(actor: Actor) -> list[PartnerHub]:
    """The partner hubs that are on, by name, for whoever may ask; those not ready are among them."""
    access.check_can_ask(actor)
    return list(PartnerHub.objects.filter(on=True).annotate(ready=_ready()))


def any_askable(actor: Actor) -> bool:
    """Is there a partner hub for this practitioner to ask?"""
    return access.can_ask(actor) and PartnerHub.objects.filter(on=True).exists()


def _ready() -> Count:
    return Count("asking_keys", filter=~Q(asking_keys__ready_at=None))


def all_partners(actor: Actor, *, now: datetime) -> list[Partner]:
    """Every partner hub, for whoever looks after the hub."""
    access.check_can_manage(actor)
    return [_partner(row, now) for row in PartnerHub.objects.all()]


def partner(actor: Actor, code: str, *, now: datetime) -> Partner:
    """One partner hub, for whoever looks after the hub. Raises NotHere."""
    access.check_can_manage(actor)
    return _partner(partner_by_code(code), now)


@context.hub("partner hubs")
def _partner(row: PartnerHub, now: datetime) -> Partner:
    asking = row.asking_keys.order_by("-epoch").first()
    answering = row.answering_keys.exclude(complete_at=None).order_by("-made_at").first()
    since = now - A_DAY
    return Partner(
        code=row.code,
        name=row.name,
        address=row.address,
        front_door_phone=row.front_door_phone,
        fingerprint=keys.fingerprint(bytes(row.public_key)),
        on=row.on,
        yes_at=row.yes_at,
        ask_at=row.ask_at,
        questions_a_day=row.questions_a_day,
        practitioner_a_day=row.practitioner_a_day,
        masks_a_key=row.masks_a_key,
        can_be_asked=row.on and row.asking_keys.exclude(ready_at=None).exists(),
        asking_epoch=asking.epoch if asking else 0,
        asking_key_made_at=asking.made_at if asking else None,
        answering_epoch=answering.epoch if answering else 0,
        filed=answering.filed.count() if answering else 0,
        filed_at=answering.complete_at if answering else None,
        asked_today=row.questions.filter(asked_at__gt=since).count(),
        asked_us_today=row.asked_of_us.filter(at__gt=since).count(),
    )


# --- About whom nobody is answered ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Silent:
    """A child about whom no other hub is answered: why, who said so and when, and when to look at it again.

    `overdue`: that day has come, and it holds all the same.
    """

    card: cards.Card
    reason: str
    by: str
    put_on_at: datetime
    look_again_on: date
    overdue: bool


@context.hub("partner hubs")
@transaction.atomic
def never_answered(actor: Actor, *, now: datetime) -> list[Silent]:
    """The whole list, what is to be looked at first; nobody the actor is too close to. Logged with everyone shown."""
    access.check_can_silence(actor)
    rows = list(NeverAnswer.objects.filter(taken_off_at=None).select_related("put_on_by"))
    today = for_partners.today(row.person_id for row in rows)
    barred = people_access.too_close_to(actor)
    shown = [row for row in rows if today[row.person_id] not in barred]
    told = cards.cards(today[row.person_id] for row in shown)
    audit.record(actor=actor, action="never_answer.list_viewed", people=set(told), now=now)
    found = [_silent(row, told[today[row.person_id]], now) for row in shown]
    return sorted(found, key=lambda one: (one.look_again_on, one.card.name))


@context.hub("partner hubs")
@transaction.atomic
def answered_about(actor: Actor, person: UUID, *, now: datetime) -> tuple[cards.Card, Silent | None]:
    """The child, and what says that nobody is answered about them, if it does. That it was looked at is logged.

    Raises Refused for whoever may not say so, or is too close; NotHere if there is nobody of this id.
    """
    access.check_can_silence(actor)
    who = people.current(person).pk
    people_access.check_not_too_close(actor, [who])
    audit.record(actor=actor, action="never_answer.viewed", people=[who], now=now)
    card = cards.cards([who])[who]
    row = never.listed([who]).select_related("put_on_by").order_by("-put_on_at").first()
    return card, _silent(row, card, now) if row else None


def _silent(row: NeverAnswer, card: cards.Card, now: datetime) -> Silent:
    return Silent(
        card=card,
        reason=row.reason,
        by=row.put_on_by.name if row.put_on_by else "",
        put_on_at=row.put_on_at,
        look_again_on=row.look_again_on,
        overdue=row.look_again_on <= now.astimezone(ENGLAND).date(),
    )


# --- Asking -------------------------------------------------------------------------------------------------


@context.hub("partner hubs")
@transaction.atomic
def child_to_ask_about(actor: Actor, person: UUID, *, now: datetime) -> cards.Card:
    """Whom the question would be about; that it was looked at is written down.

    Raises Refused for whoever may not ask, or is too close to them.
    """
    access.check_can_ask(actor)
    people_access.check_not_too_close(actor, [person])
    audit.record(actor=actor, action="partner_hub.considered", people=[person], now=now)
    return cards.cards([person])[person]


@context.hub("partner hubs")
def question(actor: Actor, pk: UUID, *, now: datetime) -> Question:
    """A question with its partner, for whoever asked it; an answer that never came is shown as lost."""
    access.check_can_ask(actor)
    rows = Question.objects.select_related("partner")
    found = rows.filter(pk=pk, practitioner=actor.practitioner_id).first()
    if found is None:
        raise no_such_question()
    people_access.check_not_too_close(actor, [found.person_id])
    return _or_lost(found, now)


@context.hub("partner hubs")
def earlier(actor: Actor, person: UUID, *, now: datetime) -> list[Question]:
    """What this practitioner asked about this person before, the newest first, at most ten."""
    access.check_can_ask(actor)
    rows = Question.objects.select_related("partner")
    rows = rows.filter(person=person, practitioner=actor.practitioner_id).order_by("-asked_at")
    return [_or_lost(row, now) for row in rows[:10]]


def _or_lost(row: Question, now: datetime) -> Question:
    if not row.answer and not row.why_none and now - row.asked_at > LOST_AFTER:
        row.why_none = Why.LOST
    return row
