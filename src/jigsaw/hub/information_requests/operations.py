"""One agency asks others what they know, and each request is followed until it is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.enquiries import access as enquiry_access
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.enquiries.states import MOVES as ENQUIRY_MOVES
from jigsaw.hub.information_requests import access
from jigsaw.hub.information_requests.models import (
    InformationRequest,
    Recipient,
    RequestEvent,
    RequestSubject,
)
from jigsaw.hub.information_requests.states import MOVES, WAITING, RecipientState
from jigsaw.hub.kit import context, outbox
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.kit.ids import reference
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import operations as people

if TYPE_CHECKING:
    from jigsaw.hub.enquiries.models import Enquiry


# A slip of the pen, not a rule: nobody waits longer for an answer about a child.
FURTHEST = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: in a line, what is needed, and why it is needed for the purpose."""

    headline: str
    needed: str
    why: str
    due_at: datetime | None = None
    """By when; the rating's clock from now if not said."""


@transaction.atomic
def ask(
    *,
    actor: Actor,
    enquiry: Enquiry,
    question: Question,
    of: Iterable[UUID],
    about: Iterable[UUID],
    now: datetime,
) -> InformationRequest:
    """Ask several agencies at once about some of the enquiry's subjects (record ids).

    Each learns who is meant, gets its own clock, and is followed on its own. An empty list of
    agencies or subjects is refused. Raises Invalid naming each field.
    """
    enquiry_access.check_can_read(actor, enquiry)
    enquiry = enquiry_queries.locked(enquiry.pk)
    ENQUIRY_MOVES.after("ask", enquiry.state)
    rating = enquiry.referral.ratings.last()
    asked = _asked(actor, enquiry, question, set(of), set(about), now)
    records = [s.record for s in enquiry.subjects.select_related("record") if s.record_id in set(about)]
    request = InformationRequest.objects.create(
        enquiry=enquiry,
        from_agency_id=actor.agency_id,
        asked_by_id=actor.practitioner_id,
        purpose=enquiry.purpose,
        headline=question.headline.strip() or question.needed.strip()[:120],
        needed=question.needed.strip(),
        why=question.why.strip(),
        rating=rating.code,
        sent_at=now,
    )
    RequestSubject.objects.bulk_create(RequestSubject(request=request, record=record) for record in records)
    due_at = question.due_at or _due(enquiry, now)
    for agency in asked:
        recipient = Recipient.objects.create(
            reference=reference("Q"),
            request=request,
            agency_id=agency,
            from_agency_id=request.from_agency_id,
            state=RecipientState.SENT,
            asked_at=now,
            due_at=due_at,
        )
        people.grant(
            actor=actor,
            records=records,
            agency=agency,
            purpose="request",
            reference=enquiry.reference,
            now=now,
        )
        note(actor=actor, recipient=recipient, kind="sent", now=now, due_after=due_at)
    outbox.put(topic="request.sent", payload={"request": str(request.pk)}, now=now)
    return request


@context.hub("case")
def _due(enquiry: Enquiry, now: datetime) -> datetime:
    """By when an answer is due that is asked for now: the clock of the rating that counts now."""
    scheme = agreements.rating_scheme(on=agreements.local_day(now), authority=enquiry.referral.authority_id)
    return scheme.due(enquiry.referral.ratings.last().code, now)


def _asked(
    actor: Actor, enquiry: Enquiry, question: Question, of: set[UUID], about: set[UUID], now: datetime
) -> list[UUID]:
    wrong: dict[str, object] = {}
    possible = {agency.pk for agency in agencies.askable(actor)}
    if not of:
        wrong["agencies"] = _("Choose at least one agency to ask.")
    elif not of <= possible:
        wrong["agencies"] = _("Choose from the agencies of your authority.")
    already = set(
        Recipient.objects.filter(request__enquiry=enquiry, state__in=WAITING).values_list("agency", flat=True)
    )
    if of & already:
        wrong["agencies"] = _(
            "One of these has already been asked and has not answered yet. Chase it instead."
        )
    if not about or not about <= set(enquiry.subjects.values_list("record", flat=True)):
        wrong["about"] = _("Choose whom you are asking about.")
    if not question.needed.strip():
        wrong["needed"] = _("Say what you need to know.")
    if not question.why.strip():
        wrong["why"] = _("Say why you need it, so that they can judge what to share.")
    if question.due_at and question.due_at <= now:
        wrong["due_at"] = _("This time is in the past.")
    elif question.due_at and question.due_at > now + FURTHEST:
        wrong["due_at"] = _("This time is more than a year away. Check the date.")
    if wrong:
        raise Invalid(_("The request was not sent: some of it needs another look."), wrong)
    return sorted(of)


def note(
    *,
    actor: Actor,
    recipient: Recipient,
    kind: str,
    now: datetime,
    words: str = "",
    due_before: datetime | None = None,
    due_after: datetime | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Keep what happened to a request, for both sides to see, and audit it."""
    RequestEvent.objects.create(
        recipient=recipient,
        kind=kind,
        by_id=actor.practitioner_id,
        at=now,
        note=words,
        due_before=due_before,
        due_after=due_after,
    )
    audit.record(
        actor=actor,
        action=f"request.{kind}",
        people=subjects_of(recipient),
        purpose=f"request {recipient.reference}",
        thing=f"recipient {recipient.pk}",
        detail={"round": recipient.round, **(detail or {})},
        now=now,
    )


def subjects_of(recipient: Recipient) -> list[UUID]:
    """The persons a request is about, through their records as linked today."""
    return list(recipient.request.subjects.values_list("record__person_id", flat=True))


def locked(recipient: Recipient) -> Recipient:
    """The row as it is now, held until the transaction ends, and its enquiry, so that it is not closed meanwhile.

    Raises WrongState if the enquiry is closed: what was lent and released for it has ended.
    """
    found = Recipient.objects.select_for_update(of=("self",)).select_related("request").get(pk=recipient.pk)
    found.request.enquiry = enquiry_queries.locked(found.request.enquiry_id)
    ENQUIRY_MOVES.after("follow", found.request.enquiry.state)
    return found


@transaction.atomic
def opened(*, actor: Actor, recipient: Recipient, now: datetime) -> Recipient:
    """The agency asked has opened the request: the sender sees it. Opening again changes nothing."""
    access.check_can_answer(actor, recipient)
    if not MOVES.allows("open", recipient.state) or recipient.request.enquiry.closed_at:
        return recipient
    recipient = locked(recipient)
    if not MOVES.allows("open", recipient.state):
        return recipient
    recipient.state = MOVES.after("open", recipient.state)
    recipient.save(update_fields=["state"])
    note(actor=actor, recipient=recipient, kind="opened", now=now)
    return recipient


@transaction.atomic
def claim(*, actor: Actor, recipient: Recipient, now: datetime) -> Recipient:
    """Take the request on: colleagues see who has it."""
    access.check_can_answer(actor, recipient)
    recipient = locked(recipient)
    state = MOVES.after("claim", recipient.state)
    if (recipient.state, recipient.holder_id) == (state, actor.practitioner_id):
        return recipient
    recipient.state, recipient.holder_id = state, actor.practitioner_id
    recipient.save(update_fields=["state", "holder"])
    note(actor=actor, recipient=recipient, kind="claimed", now=now)
    return recipient


@transaction.atomic
def hand_over(*, actor: Actor, recipient: Recipient, to: UUID, words: str, now: datetime) -> Recipient:
    """Give the request to a colleague who may answer it, saying why."""
    access.check_can_answer(actor, recipient)
    recipient = locked(recipient)
    access.check_can_move(actor, recipient)
    state = MOVES.after("hand_over", recipient.state)
    if to not in {colleague.pk for colleague in agencies.colleagues(actor, "request.answer")}:
        raise Invalid(_("Choose a colleague who answers requests."), {"to": _("Choose a colleague.")})
    if people_access.anyone_too_close(to, subjects_of(recipient)):
        raise Invalid(
            _("This colleague cannot take this request on."), {"to": _("Choose another colleague.")}
        )
    recipient.state, recipient.holder_id = state, to
    recipient.save(update_fields=["state", "holder"])
    note(actor=actor, recipient=recipient, kind="handed_over", now=now, words=words, detail={"to": str(to)})
    return recipient


@transaction.atomic
def extend(*, actor: Actor, recipient: Recipient, until: datetime, words: str, now: datetime) -> Recipient:
    """Move the due time, with a reason that the sender sees."""
    access.check_can_answer(actor, recipient)
    recipient = locked(recipient)
    access.check_can_move(actor, recipient)
    MOVES.after("extend", recipient.state)
    wrong: dict[str, object] = {}
    if until <= max(now, recipient.due_at):
        wrong["until"] = _("The new time must be later than the present one.")
    elif until > now + FURTHEST:
        wrong["until"] = _("This time is more than a year away. Check the date.")
    if not words.strip():
        wrong["words"] = _("Say why more time is needed: the sender will read it.")
    if wrong:
        raise Invalid(_("The time was not changed."), wrong)
    before, recipient.due_at = recipient.due_at, until
    recipient.save(update_fields=["due_at"])
    note(
        actor=actor,
        recipient=recipient,
        kind="extended",
        now=now,
        words=words,
        due_before=before,
        due_after=until,
    )
    return recipient


@transaction.atomic
def chase(*, actor: Actor, recipient: Recipient, words: str, now: datetime) -> Recipient:
    """Ask after an answer that has not come."""
    access.check_can_follow(actor, recipient)
    recipient = locked(recipient)
    MOVES.after("chase", recipient.state)
    note(actor=actor, recipient=recipient, kind="chased", now=now, words=words)
    outbox.put(topic="request.chased", payload={"recipient": str(recipient.pk)}, now=now)
    return recipient


@transaction.atomic
def ask_again(*, actor: Actor, recipient: Recipient, new_information: str, now: datetime) -> Recipient:
    """Give new information and ask for the answer to be looked at again; the earlier answer stays."""
    access.check_can_follow(actor, recipient)
    recipient = locked(recipient)
    MOVES.after("ask_again", recipient.state)
    if not new_information.strip():
        raise Invalid(
            _("Say what is new, so that they have something to look at again."),
            {"new_information": _("Say what has come to light since they answered.")},
        )
    _next_round(recipient, "ask_again", now)
    recipient.save()
    note(
        actor=actor,
        recipient=recipient,
        kind="asked_again",
        now=now,
        words=new_information.strip(),
        due_after=recipient.due_at,
    )
    outbox.put(topic="request.asked_again", payload={"recipient": str(recipient.pk)}, now=now)
    return recipient


@transaction.atomic
def look_again(*, actor: Actor, recipient: Recipient, now: datetime) -> Recipient:
    """The agency that answered takes its own answer up again, as when its reason to withhold may have gone.

    Whoever does it has the request; the earlier answer stays, and what it shared stays shared.
    """
    access.check_can_answer(actor, recipient)
    recipient = locked(recipient)
    _next_round(recipient, "look_again", now)
    recipient.holder_id = actor.practitioner_id
    recipient.save()
    note(actor=actor, recipient=recipient, kind="look_again", now=now, due_after=recipient.due_at)
    return recipient


def _next_round(recipient: Recipient, move: str, now: datetime) -> None:
    recipient.state = MOVES.after(move, recipient.state)
    recipient.round, recipient.answered_at = recipient.round + 1, None
    recipient.asked_at, recipient.due_at = now, _due(recipient.request.enquiry, now)
    recipient.escalated_at = recipient.escalated_to = None


def answered(*, actor: Actor, recipient: Recipient, now: datetime) -> Recipient:
    """Move the request on because it was answered; called by `disclosures` in its transaction."""
    access.check_can_answer(actor, recipient)
    recipient.state = MOVES.after("answer", recipient.state)
    recipient.answered_at = now
    recipient.holder_id = recipient.holder_id or actor.practitioner_id
    recipient.save(update_fields=["state", "answered_at", "holder"])
    note(actor=actor, recipient=recipient, kind="answered", now=now)
    return recipient


@transaction.atomic
def escalate_overdue(*, now: datetime, limit: int = 200) -> int:
    """Bring overdue requests to the named person of the agency asked; returns how many.

    Each is escalated once a round; running it twice changes nothing.
    """
    overdue = Recipient.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state__in=WAITING,
        due_at__lt=now,
        escalated_at=None,
        agency__escalates_to__isnull=False,
        request__enquiry__closed_at=None,
    )
    count = 0
    for recipient in overdue.select_related("agency", "request__enquiry").order_by("due_at")[:limit]:
        MOVES.after("escalate", recipient.state)
        recipient.escalated_at, recipient.escalated_to_id = now, recipient.agency.escalates_to_id
        recipient.save(update_fields=["escalated_at", "escalated_to"])
        note(
            actor=SYSTEM,
            recipient=recipient,
            kind="escalated",
            now=now,
            detail={"to": str(recipient.escalated_to_id)},
        )
        outbox.put(topic="request.escalated", payload={"recipient": str(recipient.pk)}, now=now)
        count += 1
    return count
