"""Somebody who was not let in opens a child's page in an emergency: why, for how long, and who looks at it after?

Breaking the glass is a grant to one practitioner alone, for at most four hours, with a compulsory reason and after
signing in again. Somebody else of their agency looks at it afterwards; if nobody has by the end of the next
working day, it goes to the agency's named person. Whoever is too close to the child is refused, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.audit import queries as audit_log
from jigsaw.hub.kit import context, fields, outbox
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.clock import add_working_days
from jigsaw.hub.kit.errors import AlreadyDone, Invalid, NotHere
from jigsaw.hub.kit.ids import reference
from jigsaw.hub.people import access, cards, pace, unusual
from jigsaw.hub.people.cards import Card
from jigsaw.hub.people.errors import may_not, not_here
from jigsaw.hub.people.models import EmergencyOpening, Grant, PersonRecord, UnusualLook
from jigsaw.hub.people.queries import current
from jigsaw.hub.people.unusual import Unusual

PURPOSE = "emergency"
AT_MOST = timedelta(hours=4)
SHORTEST_REASON, LONGEST_REASON = 20, 2000
# Refusals of this long ago and later are listed for those who review.
REFUSALS_SINCE = timedelta(days=30)
LISTED = 200


@dataclass(frozen=True)
class Refusal:
    """A practitioner asked for somebody to whom they are too close, or for more than anybody reads: who, and when. Not for whom."""

    at: datetime
    name: str
    job_title: str


@dataclass(frozen=True)
class Detail:
    """One emergency, and whose page was opened."""

    opening: EmergencyOpening
    card: Card


@dataclass(frozen=True)
class ToReview:
    """What those who review an agency's emergencies have before them."""

    waiting: tuple[Detail, ...]
    reviewed: tuple[EmergencyOpening, ...]
    refusals: tuple[Refusal, ...]
    looks: tuple[Unusual, ...]
    too_fast: tuple[Refusal, ...]


def can_open(actor: Actor) -> bool:
    return access.can_find(actor) and actor.may("people.emergency")


def check_can_open(actor: Actor) -> None:
    if not can_open(actor):
        raise may_not(_("Your role does not include opening a child’s page in an emergency."))


def can_review(actor: Actor) -> bool:
    return actor.may("people.emergency_review")


def check_can_review(actor: Actor) -> None:
    if not can_review(actor):
        raise may_not(_("Your role does not include looking at emergencies afterwards."))


@transaction.atomic
def open_page(*, actor: Actor, person: UUID, reason: str, now: datetime) -> EmergencyOpening:
    """Let this practitioner, and no colleague, see the records of a person for AT_MOST from now on.

    The door has had them sign in again. Entries stay with the agencies that hold them, and protected addresses
    too: the page tells whom to ring. Raises Refused to whoever may not or is too close, NotHere if there is no such person, Invalid
    without a reason, AlreadyDone if their agency sees the page anyway.
    """
    check_can_open(actor)
    _check_reason(reason)
    who = current(person).pk
    access.check_not_too_close(actor, [who])
    if access.openable(actor, [who], now=now):
        raise AlreadyDone(
            _("You can see this page already."), _("Go back to the child’s page: it opens without this.")
        )
    made = _lend(actor, who, reason.strip(), now)
    audit.record(
        actor=actor,
        action="person.opened_in_emergency",
        people=[who],
        purpose=f"{PURPOSE} {made.reference}",
        thing=f"person {who}",
        now=now,
        words=reason.strip(),
    )
    outbox.put(topic="emergency.opened", payload={"opening": str(made.pk)}, now=now)
    return made


def _check_reason(reason: str) -> None:
    fields.check_text("reason", reason, longest=LONGEST_REASON, label=str(_("Reason")))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(
            _("Say what the emergency is."),
            {"reason": _("Say in a sentence what happens now, and why it cannot wait until you are let in.")},
        )


@context.hub("emergency")
def _lend(actor: Actor, person: UUID, reason: str, now: datetime) -> EmergencyOpening:
    records = list(PersonRecord.objects.filter(person=person))
    if not records:
        raise not_here()
    made = EmergencyOpening.objects.create(
        reference=reference("B"),
        person_id=person,
        practitioner_id=actor.practitioner_id,
        agency_id=actor.agency_id,
        reason=reason,
        opened_at=now,
        ends_at=now + AT_MOST,
        review_by=add_working_days(now, 1),
    )
    Grant.objects.bulk_create(
        Grant(
            record=record,
            agency_id=actor.agency_id,
            practitioner_id=actor.practitioner_id,
            purpose=PURPOSE,
            reference=made.reference,
            given_at=now,
            ends_at=made.ends_at,
        )
        for record in records
    )
    return made


# --- looking at it afterwards -------------------------------------------------------------------------------


@transaction.atomic
def to_review(actor: Actor, *, now: datetime) -> ToReview:
    """The agency's emergencies, those not looked at first, who asked for somebody too close, looks
    that deserve a second one (see `unusual`), and who asked for more than anybody reads (see `pace`); audited.

    Nobody reviews their own. Whoever is too close to a child sees nothing of it here either.
    """
    check_can_review(actor)
    rows = EmergencyOpening.objects.filter(agency=actor.agency_id).exclude(practitioner=actor.practitioner_id)
    rows = rows.exclude(person__in=access.too_close_to(actor)).select_related("practitioner", "reviewed_by")
    found = list(rows.order_by("-opened_at")[:LISTED])
    looks = unusual.looks(actor, now=now)
    shown = {row.person_id for row in found} | {look.card.person for look in looks}
    audit.record(actor=actor, action="emergency.listed", people=shown, now=now)
    waiting = [row for row in reversed(found) if row.reviewed_at is None]
    names = cards.cards(row.person_id for row in waiting)
    return ToReview(
        tuple(Detail(row, names[row.person_id]) for row in waiting),
        tuple(row for row in found if row.reviewed_at is not None),
        _refusals(actor, "person.refused", now),
        looks,
        _refusals(actor, pace.EXCEEDED, now),
    )


def _refusals(actor: Actor, action: str, now: datetime) -> tuple[Refusal, ...]:
    seen = audit_log.refused(actor.agency_id, action=action, since=now - REFUSALS_SINCE, limit=LISTED)
    people = agencies.practitioners(row.practitioner for row in seen if row.practitioner)
    return tuple(
        Refusal(row.at, people[row.practitioner].name, people[row.practitioner].job_title)
        for row in seen
        if row.practitioner in people and row.practitioner != actor.practitioner_id
    )


@transaction.atomic
def read(actor: Actor, reference: str, *, now: datetime) -> Detail:
    """One emergency of the agency, for whoever reviews it; audited. Raises NotHere with the same words if it is not
    theirs to review; Refused to whoever is too close."""
    check_can_review(actor)
    found = _find(reference)
    if found is None or found.agency_id != actor.agency_id or found.practitioner_id == actor.practitioner_id:
        raise NotHere(_("There is no such emergency for you to review."), _("Go back to the list."))
    access.check_not_too_close(actor, [found.person_id])
    audit.record(
        actor=actor,
        action="emergency.viewed",
        people=[found.person_id],
        purpose=f"{PURPOSE} {found.reference}",
        thing=f"emergency {found.pk}",
        now=now,
    )
    return Detail(found, cards.cards([found.person_id])[found.person_id])


@context.hub("emergency")
def _find(reference: str) -> EmergencyOpening | None:
    rows = EmergencyOpening.objects.select_related("practitioner", "agency", "reviewed_by", "escalated_to")
    return rows.filter(reference=reference).first()


@transaction.atomic
def review(*, actor: Actor, reference: str, verdict: str, words: str, now: datetime) -> EmergencyOpening:
    """Say whether it was needed, and what follows. Once; raises as `read` does, AlreadyDone naming who was first,
    and Invalid."""
    found = read(actor, reference, now=now).opening
    wrong: dict[str, object] = {}
    if verdict not in EmergencyOpening.VERDICTS:
        wrong["verdict"] = _("Choose whether it was needed.")
    if not words.strip():
        wrong["words"] = _("Say what you found, and what follows from it.")
    if wrong:
        raise Invalid(_("Say whether it was needed, and why."), wrong)
    fields.check_text("words", words, longest=LONGEST_REASON, label=str(_("What you found")))
    return _reviewed(actor, found, verdict, words.strip(), now)


@context.hub("emergency")
def _reviewed(
    actor: Actor, found: EmergencyOpening, verdict: str, words: str, now: datetime
) -> EmergencyOpening:
    rows = EmergencyOpening.objects.select_for_update(of=("self",)).select_related("reviewed_by")
    found = rows.get(pk=found.pk)
    if found.reviewed_at is not None:
        raise AlreadyDone(
            _("%(name)s has looked at this already.") % {"name": found.reviewed_by.name},
            _("What they found stands on its page."),
        )
    found.reviewed_at, found.reviewed_by_id = now, actor.practitioner_id
    found.verdict, found.found = verdict, words
    found.save(update_fields=["reviewed_at", "reviewed_by", "verdict", "found"])
    audit.record(
        actor=actor,
        action="emergency.reviewed",
        people=[found.person_id],
        purpose=f"{PURPOSE} {found.reference}",
        thing=f"emergency {found.pk}",
        detail={"verdict": verdict},
        words=words,
        now=now,
    )
    return found


@transaction.atomic
def note_unusual(*, actor: Actor, practitioner: UUID, person: UUID, words: str, now: datetime) -> UnusualLook:
    """Say what one found who looked at a colleague's unusual looks at this person, up to the newest of them.

    A later look stands out anew. Raises Refused; NotHere if these are not listed for the actor, their own included;
    Invalid without words; AlreadyDone naming who was first.
    """
    check_can_review(actor)
    listed = unusual.looks(actor, now=now)
    look = next(
        (one for one in listed if (one.practitioner.pk, one.card.person) == (practitioner, person)), None
    )
    if look is None:
        raise NotHere(_("There is no such look for you to look at."), _("Go back to the list."))
    if look.noted:
        raise AlreadyDone(
            _("%(name)s has looked at this already.") % {"name": look.noted.noted_by.name},
            _("What they found stands in the list."),
        )
    if not words.strip():
        said = _("Say what you found, and what follows from it.")
        raise Invalid(said, {"words": said})
    fields.check_text("words", words, longest=LONGEST_REASON, label=str(_("What you found")))
    audit.record(
        actor=actor,
        action="unusual.looked_at",
        people=[person],
        thing=f"practitioner {practitioner}",
        words=words.strip(),
        now=now,
    )
    return UnusualLook.objects.create(
        agency_id=actor.agency_id,
        practitioner_id=practitioner,
        person_id=person,
        until=look.at,
        found=words.strip(),
        noted_by_id=actor.practitioner_id,
        noted_at=now,
    )


@transaction.atomic
def escalate_unreviewed(*, now: datetime, limit: int = LISTED) -> int:
    """What nobody has looked at by the end of the next working day goes to the agency's named person; how many.

    Each once: running it twice changes nothing. For the hub's own clock.
    """
    rows = EmergencyOpening.objects.select_for_update(of=("self",), skip_locked=True)
    rows = rows.filter(reviewed_at=None, escalated_at=None, review_by__lt=now).select_related("agency")
    late = list(rows.order_by("review_by")[:limit])
    for row in late:
        row.escalated_at, row.escalated_to_id = now, row.agency.escalates_to_id
        row.save(update_fields=["escalated_at", "escalated_to"])
        audit.record(
            actor=SYSTEM,
            action="emergency.escalated",
            people=[row.person_id],
            purpose=f"{PURPOSE} {row.reference}",
            thing=f"emergency {row.pk}",
            now=now,
        )
        outbox.put(topic="emergency.escalated", payload={"opening": str(row.pk)}, now=now)
    return len(late)


# --- for the hub itself: whom it concerns ---------------------------------------------------------------------


@dataclass(frozen=True)
class Concerned:
    """An emergency's reference, who opened it, who is to look at it, and about whom it was."""

    reference: str
    by: UUID
    told: frozenset[UUID]
    persons: tuple[UUID, ...]


def concerned(pk: object) -> Concerned | None:
    """Whom an emergency concerns; None if it is gone or has been looked at.

    Those of the agency who review; the named person as well once it is late, or where nobody reviews.
    """
    found = EmergencyOpening.objects.select_related("agency").filter(pk=pk, reviewed_at=None).first()
    if found is None:
        return None
    told = set(agencies.holding(found.agency_id, "people.emergency_review")) - {found.practitioner_id}
    if (found.escalated_at or not told) and found.agency.escalates_to_id:
        told.add(found.agency.escalates_to_id)
    told.discard(found.practitioner_id)
    return Concerned(found.reference, found.practitioner_id, frozenset(told), (found.person_id,))


def told_of_refusal(practitioner: UUID) -> frozenset[UUID]:
    """Who hears that this practitioner asked for somebody to whom they are too close: those who review."""
    known = agencies.practitioners([practitioner])
    if practitioner not in known:
        return frozenset()
    agency = known[practitioner].agency
    told = set(agencies.holding(agency.pk, "people.emergency_review")) - {practitioner}
    if not told and agency.escalates_to_id:
        told = {agency.escalates_to_id} - {practitioner}
    return frozenset(told)
