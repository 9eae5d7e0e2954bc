"""Read what the domains left in the outbox, and tell those who must know.

Few interruptions: one person, or the few who share a task, and never whoever did it themselves. A concern
that comes in tells nobody by name: it stands in the front door's queue, which is somebody's work. What has
been answered, read or closed meanwhile is no news, nor is anything older than NEWS_FOR: the lists of what
waits still show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.alerts import operations as alerts
from jigsaw.hub.alerts.operations import News
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.corrections import queries as corrections
from jigsaw.hub.disclosures import proposals, waiting
from jigsaw.hub.disclosures import queries as disclosures
from jigsaw.hub.enquiries import queries as enquiries
from jigsaw.hub.information_requests import queries as requests
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.outbox import Message
from jigsaw.hub.people import access as people
from jigsaw.hub.people import emergencies
from jigsaw.hub.referrals import queries as referrals

NEWS_FOR = timedelta(days=7)


@transaction.atomic
def run(now: datetime) -> int:
    """Handle what waits; returns how many messages. Twice changes nothing: each has one effect."""
    return outbox.handle(topics=TOPICS, act=lambda message: deliver(message, now), now=now)


def deliver(message: Message, now: datetime) -> None:
    """Tell whom this message concerns, if it is still news."""
    if now - message.at <= NEWS_FOR:
        TOPICS[message.topic](message)


def _tell(
    message: Message,
    to: Iterable[UUID | None],
    news: News,
    *,
    about: Iterable[UUID],
    but: UUID | None = None,
) -> None:
    """Nobody too close to a child hears that something is going on, and nobody hears of their own act."""
    wanted = {pk for pk in to if pk} - {but}
    wanted -= people.close_among(wanted, about)
    # One message can bring several requests to one lead: each is news of its own.
    alerts.tell(to=wanted, news=news, key=f"{message.id} {news.topic} {news.reference}", at=message.at)


def _nobody(message: Message) -> None:
    """Handled: the queue of the front door shows it."""


def _routed(message: Message) -> None:
    found = referrals.routed(message.payload["referral"])
    if found is None:
        return
    reference, recorded_by, persons = found
    news = News(topic="referral.routed", reference=reference, page="concern", parts={"reference": reference})
    _tell(message, [UUID(message.payload["to"])], news, about=persons, but=recorded_by)


def _to_the_asked(message: Message) -> None:
    """Sent, asked again or chased: whoever has taken the request on, or else those who assign.

    What has been answered meanwhile is no news to them.
    """
    for found in filter(lambda request: request.waiting, _requests(message)):
        news = News(
            topic=message.topic,
            reference=found.reference,
            page="request",
            parts={"reference": found.reference},
        )
        _tell(message, found.asked, news, about=found.persons)


def _escalated(message: Message) -> None:
    for found in _requests(message):
        parts = {"reference": found.reference}
        overdue = News(topic="request.overdue", reference=found.reference, page="request", parts=parts)
        _tell(message, [found.escalated_to], overdue, about=found.persons)
        asker = News(
            topic="request.escalated",
            reference=found.reference,
            page="enquiry",
            parts={"reference": found.enquiry},
        )
        _tell(message, [found.lead], asker, about=found.persons)


def _requests(message: Message) -> list[requests.Concerned]:
    return requests.concerned(
        request=message.payload.get("request"), recipient=message.payload.get("recipient")
    )


def _answered(message: Message) -> None:
    recipient = disclosures.answer_not_read_yet(message.payload["answer"])
    for found in requests.concerned(recipient=recipient) if recipient else ():
        parts = {"reference": found.enquiry, "asked": found.reference}
        news = News(topic="request.answered", reference=found.reference, page="enquiry-answer", parts=parts)
        _tell(message, [found.lead], news, about=found.persons)


def _look_again(message: Message) -> None:
    """Whoever withheld it is reminded; if they have left, those who assign for their agency."""
    stands = waiting.reminded_of(message.payload["answer"])
    if stands is None:
        return
    recipient, answered_by = stands
    for found in requests.concerned(recipient=recipient):
        news = News(
            topic=message.topic,
            reference=found.reference,
            page="request",
            parts={"reference": found.reference},
        )
        _tell(message, agencies.still_here(answered_by, "request.assign"), news, about=found.persons)


def _proposed(message: Message) -> None:
    """Those of the agency who hold the role that decides, other than whoever proposed it."""
    found = proposals.concerned(message.payload["proposal"])
    for request in requests.concerned(recipient=found.recipient) if found else ():
        assert found
        news = News(
            topic=message.topic,
            reference=request.reference,
            page="release",
            parts={"proposal": message.payload["proposal"]},
        )
        to = agencies.in_role(found.agency, found.role)
        _tell(message, to, news, about=request.persons, but=found.proposed_by)


def _let_out_or_not(message: Message) -> None:
    found = proposals.concerned(message.payload["proposal"])
    for request in requests.concerned(recipient=found.recipient) if found else ():
        assert found
        parts = {"reference": request.reference}
        news = News(topic=message.topic, reference=request.reference, page="request", parts=parts)
        _tell(message, [found.proposed_by], news, about=request.persons)


def _decided(message: Message) -> None:
    led = enquiries.led(message.payload["enquiry"])
    if led is None:
        return
    parts = {"reference": led.reference}
    news = News(topic="threshold.decided", reference=led.reference, page="enquiry", parts=parts)
    _tell(message, led.leads, news, about=led.persons, but=led.decided_by)


def _taken_apart(message: Message) -> None:
    found = corrections.concerned(message.payload["correction"])
    if found is None:
        return
    parts = {"reference": found.reference}
    news = News(topic="person.taken_apart", reference=found.reference, page="correction", parts=parts)
    _tell(message, found.told, news, about=found.persons, but=found.made_by)


def _corrected(message: Message) -> None:
    """Whoever was told hears that it was corrected; whoever told it, that the newer version is theirs to decide on."""
    found = chronology.corrected(message.payload["entry"])
    if found is None:
        return
    topic = "entry.withdrawn" if found.withdrawn else "entry.corrected"
    for recipient, answered_by in disclosures.resting_on(found.earlier):
        for request in requests.concerned(recipient=recipient):
            about = {*found.persons, *request.persons}
            _to_who_asked(message, topic, request, about)
            if not found.withdrawn:
                _to_who_shared(message, request, answered_by, about, but=found.by)
    for reference in found.references:
        _to_the_front_door(message, topic, reference, by=found.by, persons=found.persons)


def _to_who_asked(message: Message, topic: str, request: requests.Concerned, about: Iterable[UUID]) -> None:
    parts = {"reference": request.enquiry, "asked": request.reference}
    news = News(topic=topic, reference=request.reference, page="enquiry-answer", parts=parts)
    _tell(message, [request.lead], news, about=about)


def _to_who_shared(
    message: Message,
    request: requests.Concerned,
    answered_by: UUID,
    about: Iterable[UUID],
    *,
    but: UUID | None,
) -> None:
    parts = {"reference": request.reference}
    news = News(topic="entry.share_anew", reference=request.reference, page="request", parts=parts)
    _tell(message, agencies.still_here(answered_by, "request.assign"), news, about=about, but=but)


def _to_the_front_door(
    message: Message, topic: str, reference: str, *, by: UUID | None, persons: Iterable[UUID]
) -> None:
    """Told with a concern: who leads what came of it, or works on it so far."""
    worked_on = referrals.worked_on_by(reference)
    if worked_on is None:
        return
    workers, named = worked_on
    led = enquiries.led_for(reference)
    news = News(topic=topic, reference=reference, page="concern", parts={"reference": reference})
    _tell(message, led.leads if led else workers, news, about={*persons, *named}, but=by)


def _spoken_of(message: Message) -> None:
    """A family says otherwise: whoever holds it decides, and whoever was told it reads the words."""
    told = message.payload
    news = News(
        topic="rights.noted",
        reference=told["request"],
        page="rights-one",
        parts={"reference": told["request"]},
    )
    to = agencies.holding(UUID(told["agency"]), "rights.answer")
    _tell(message, to, news, about=map(UUID, told["persons"]), but=UUID(told["by"]))
    _to_those_told(message, message.topic)


def _to_sign(message: Message) -> None:
    """Whoever decides on disposals for the agency, but for whoever decided this."""
    told = message.payload
    news = News(topic=message.topic, reference=told["request"], page="retention-asked", parts={})
    to = agencies.holding(UUID(told["agency"]), "retention.decide")
    _tell(message, to, news, about=map(UUID, told["persons"]), but=UUID(told["by"]))


def _signed(message: Message) -> None:
    told = message.payload
    parts = {"reference": told["request"]}
    news = News(topic=message.topic, reference=told["request"], page="rights-one", parts=parts)
    _tell(message, [UUID(told["to"])], news, about=map(UUID, told["persons"]))


def _words_decided_on(message: Message) -> None:
    _to_those_told(message, f"entry.{message.payload['outcome']}")


def _document_taken_off(message: Message) -> None:
    told = message.payload
    recipients = disclosures.told_by(map(UUID, told["releases"]))
    _to_those_told(message, message.topic, recipients)


def _to_those_told(message: Message, topic: str, recipients: Iterable[UUID] | None = None) -> None:
    told = message.payload
    persons = tuple(map(UUID, told["persons"]))
    for recipient in told["recipients"] if recipients is None else recipients:
        for request in requests.concerned(recipient=recipient):
            _to_who_asked(message, topic, request, {*persons, *request.persons})
    for reference in told["references"]:
        _to_the_front_door(message, topic, reference, by=UUID(told["by"]), persons=persons)


def _emergency(message: Message) -> None:
    found = emergencies.concerned(message.payload["opening"])
    if found is None:
        return
    news = News(topic=message.topic, reference=found.reference, page="emergencies", parts={})
    _tell(message, found.told, news, about=found.persons, but=found.by)


def _refused(message: Message) -> None:
    """Whoever reviews such things hears that it happened, and on which day; the page says who, and not for whom."""
    who = UUID(message.payload["practitioner"])
    news = News(topic=message.topic, reference="", page="emergencies", parts={})
    _tell(message, emergencies.told_of_refusal(who), news, about=[UUID(message.payload["person"])], but=who)


def _fed_back(message: Message) -> None:
    found = referrals.feedback_given_to(message.payload["feedback"])
    if found is None:
        return
    about, to, by, persons = found
    news = News(
        topic="feedback.given",
        reference=about,
        page="feedback-give",
        parts={"pk": message.payload["feedback"]},
    )
    _tell(message, [to], news, about=persons, but=by)


TOPICS: dict[str, Callable[[Message], None]] = {
    "referral.received": _nobody,
    "referral.routed": _routed,
    "request.sent": _to_the_asked,
    "request.asked_again": _to_the_asked,
    "request.chased": _to_the_asked,
    "request.escalated": _escalated,
    "request.answered": _answered,
    "answer.look_again": _look_again,
    "answer.reopened": _look_again,
    "release.proposed": _proposed,
    "release.decided": _let_out_or_not,
    "threshold.decided": _decided,
    "feedback.given": _fed_back,
    "emergency.opened": _emergency,
    "emergency.escalated": _emergency,
    "person.refused": _refused,
    "person.taken_apart": _taken_apart,
    "entry.corrected": _corrected,
    "entry.spoken_of": _spoken_of,
    "entry.words_decided_on": _words_decided_on,
    "document.taken_off": _document_taken_off,
    "rights.to_sign": _to_sign,
    "rights.signed": _signed,
}
