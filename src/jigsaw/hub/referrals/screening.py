"""A concern is screened: who takes it up, whom it names, how it is rated, and how it is closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.decisions import operations as decisions
from jigsaw.hub.kit import context, outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.people import finding, involvement
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.referrals import access
from jigsaw.hub.referrals.models import CHILDREN, Rating, Referral, ReferralPerson
from jigsaw.hub.referrals.queries import persons_of
from jigsaw.hub.referrals.states import MOVES, ReferralState
from jigsaw.hub.referrals.telling import anyone_hears_whether_relevant, give_feedback, may_be_told

if TYPE_CHECKING:
    from jigsaw.hub.people.models import PersonRecord


@transaction.atomic
def acknowledge(*, actor: Actor, referrals: Iterable[Referral], now: datetime) -> None:
    """Note that the screener has taken these up, so that the sender sees it was received by a person."""
    for referral in referrals:
        access.check_can_screen(actor, referral)
        if referral.acknowledged_at is None:
            referral.acknowledged_at = now
            referral.save(update_fields=["acknowledged_at"])
            audit.record(
                actor=actor,
                action="referral.acknowledged",
                people=persons_of(referral),
                purpose=f"referral {referral.reference}",
                thing=f"referral {referral.pk}",
                now=now,
            )


@transaction.atomic
def link_person(
    *, actor: Actor, referral: Referral, record: PersonRecord, person: UUID, reason: str, now: datetime
) -> None:
    """The screener decides that someone named in this referral is a known person.

    Where the record already stands with others, one more "same person" brings the two persons together:
    it never pulls the record away from those it was linked with.
    """
    access.check_can_screen(actor, referral)
    _check_names(referral, record)
    record.refresh_from_db(fields=["person"])
    person = people_queries.current(person).pk
    if people_queries.stands_alone(record):
        found = finding.matches_for(actor, record, purpose=f"referral {referral.reference}", now=now)
        match = next((m for m in found if m.card.person == person), None)
        comparison = match.comparison if match else None
        people.link(actor=actor, record=record, person=person, reason=reason, now=now, comparison=comparison)
    else:
        people.join(actor=actor, other=person, person=record.person_id, reason=reason, now=now)
    route(referral=referral, now=now)
    _recorded([record.pk], now)


def _recorded(records: Iterable[UUID], now: datetime) -> None:
    """A rated concern came to be about these: together with others it may say more."""
    payload = {"records": [str(pk) for pk in records], "kind": "low_level_notice"}
    outbox.put(topic="person.recorded", payload=payload, now=now)


@transaction.atomic
def keep_apart(
    *,
    actor: Actor,
    referral: Referral,
    record: PersonRecord,
    persons: Iterable[UUID],
    reason: str,
    now: datetime,
) -> None:
    """The screener decides that a record in this referral is none of these persons; not asked again."""
    access.check_can_screen(actor, referral)
    _check_names(referral, record)
    for person in persons:
        apart = people_queries.current(person).pk
        people.keep_apart(actor=actor, record=record, person=apart, reason=reason, now=now)


def _check_names(referral: Referral, record: PersonRecord) -> None:
    if not referral.persons.filter(record=record).exists():
        raise NotHere(
            _("This record is not part of this concern."), _("Go back to the concern, and choose there.")
        )


@context.hub("who knows")
def route(*, referral: Referral, now: datetime, but: UUID | None = None) -> None:
    """A known child with an open case goes to their worker: find who that is now, if anyone.

    `but` is the worker it went to before, who is not told again.
    """
    children = referral.persons.filter(part__in=CHILDREN).select_related("record")
    workers = (involvement.open_case_worker(p.record.person_id, referral.to_agency_id) for p in children)
    worker = next((w for w in workers if w), None)
    if worker and referral.goes_to_id != worker.pk:
        referral.goes_to = worker
        referral.save(update_fields=["goes_to"])
        if worker.pk == but:
            return
        outbox.put(
            topic="referral.routed", payload={"referral": str(referral.pk), "to": str(worker.pk)}, now=now
        )


def route_again(*, actor: Actor, persons: Iterable[UUID], now: datetime) -> int:
    """Two who were taken for one are two: a concern goes to a worker of the child it names, and to no other.

    Whoever was told wrongly and has not looked yet is told no more. Returns how many concerns went elsewhere.
    """
    rows = Referral.objects.select_for_update(of=("self",)).exclude(goes_to=None)
    rows = rows.exclude(state=ReferralState.CLOSED)
    named = ReferralPerson.objects.filter(record__person__in=set(persons)).values("referral")
    moved = 0
    for referral in rows.filter(pk__in=named):
        before = referral.goes_to_id
        referral.goes_to = None
        route(referral=referral, now=now, but=before)
        if referral.goes_to_id == before:
            continue
        referral.save(update_fields=["goes_to"])
        alerts.withdraw(to=before, topic="referral.routed", reference=referral.reference)
        audit.record(
            actor=actor,
            action="referral.routed_again",
            people=persons_of(referral),
            purpose=f"referral {referral.reference}",
            thing=f"referral {referral.pk}",
            now=now,
        )
        moved += 1
    return moved


@transaction.atomic
def rate(*, actor: Actor, referral: Referral, code: str, reason: str, now: datetime) -> Rating:
    """Give or change the rating, with a reason; the clock starts at receipt, under the scheme in force."""
    access.check_can_screen(actor, referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    state = MOVES.after("rate", referral.state)
    rating = add_rating(actor=actor, referral=referral, code=code, reason=reason, now=now)
    referral.state = state
    referral.save(update_fields=["state"])
    return rating


def add_rating(*, actor: Actor, referral: Referral, code: str, reason: str, now: datetime) -> Rating:
    """Write the rating down; `rate` and the enquiry's change of rating have checked who and when."""
    if not reason.strip():
        raise Invalid(_("A rating needs its reason."), {"reason": _("Say what this rating rests on.")})
    scheme = agreements.rating_scheme(on=agreements.local_day(now), authority=referral.authority_id)
    rating = Rating.objects.create(
        referral=referral,
        code=scheme.level(code).code,
        reason=reason.strip(),
        given_by_id=actor.practitioner_id,
        given_at=now,
        due_at=scheme.due(code, referral.received_at),
    )
    audit.record(
        actor=actor,
        action="referral.rated",
        purpose=f"referral {referral.reference}",
        people=persons_of(referral),
        thing=f"referral {referral.pk}",
        detail={"rating": code},
        now=now,
    )
    _recorded(referral.persons.values_list("record", flat=True), now)
    return rating


@transaction.atomic
def close_with_advice(
    *,
    actor: Actor,
    referral: Referral,
    outcome: str,
    reasons: str,
    advice: str,
    relevant: str,
    now: datetime,
) -> Referral:
    """Close without an enquiry: the reasons are kept, and the referrer is told what to do instead.

    `relevant` (yes, partly or no) says whether the concern helped; empty if nobody who waits to hear may be
    told it. Each referrer is told only what their kind of audience may be told.
    """
    access.check_can_screen(actor, referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    state = MOVES.after("close", referral.state)
    _check_closing(outcome, reasons, advice, relevant if anyone_hears_whether_relevant(referral) else None)
    referral.closing = decisions.decide(
        actor=actor, kind="closing", outcome=outcome, grounds=decisions.Grounds(reasons=reasons), now=now
    )
    referral.advice = advice.strip()
    referral.state, referral.acknowledged_at = state, referral.acknowledged_at or now
    referral.save()
    audit.record(
        actor=actor,
        action="referral.closed",
        purpose=f"referral {referral.reference}",
        people=persons_of(referral),
        thing=f"referral {referral.pk}",
        detail={"outcome": outcome},
        now=now,
    )
    for owed in referral.feedback.filter(given_at=None):
        told = may_be_told(owed.audience)
        give_feedback(
            actor=actor,
            feedback=owed,
            relevant=relevant if "relevant" in told else "",
            recorded_where="",
            what_was_done=advice if "what_was_done" in told else "",
            more_needed="",
            now=now,
        )
    people.end_grants(actor=actor, reference=referral.reference, now=now)
    chronology.end_releases(reference=referral.reference, now=now)
    return referral


def _check_closing(outcome: str, reasons: str, advice: str, relevant: str | None) -> None:
    """`relevant` is None where nobody is told."""
    wrong: dict[str, object] = {}
    if not outcome.strip():
        wrong["outcome"] = _("Choose what happens with this concern.")
    if not reasons.strip():
        wrong["reasons"] = _("Say why no enquiry is needed.")
    if not advice.strip():
        wrong["advice"] = _("Say what the referrer can do now.")
    if relevant not in (None, "yes", "partly", "no"):
        wrong["relevant"] = _("Say whether it was relevant.")
    if wrong:
        raise Invalid(_("Closing needs an outcome, its reasons and advice."), wrong)


def enquiry_opened(*, actor: Actor, referral: Referral, now: datetime) -> Referral:
    """Move the referral on because an enquiry was opened; called by `enquiries` in its transaction."""
    access.check_can_screen(actor, referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    referral.state = MOVES.after("open_enquiry", referral.state)
    referral.acknowledged_at = referral.acknowledged_at or now
    referral.save()
    return referral
