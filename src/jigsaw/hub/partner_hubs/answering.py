"""What do we answer to another hub's letter?

A letter is taken once: from a partner that is on, signed by its key, for us, of these minutes, and never seen
before. Whatever else is wrong with it is answered, signed, with a reason. A question is counted and written down
whatever the answer; the row of the partner is locked meanwhile, so that two at once cannot both be the last of the
day.

What we answer says yes, ask or no. A no is the same whether we hold nothing, too little, or someone who is
shielded or never to be answered about: their tokens are not filed, and whoever came to be so since is taken out here. The door sends every
answer a fixed time after the letter came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.audit import witnessing
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import Invalid, WrongState
from jigsaw.hub.partner_hubs import filing, keys, letters, never
from jigsaw.hub.partner_hubs.errors import NotAccepted, NotAnswered
from jigsaw.hub.partner_hubs.letters import Letter
from jigsaw.hub.partner_hubs.models import AskedOfUs, FiledToken, LetterSeen, OurHub, PartnerHub
from jigsaw.hub.partner_hubs.states import Answer, Purpose, Why
from jigsaw.hub.people import for_partners
from jigsaw.record_linkage import private_question as private

A_DAY = timedelta(days=1)
# How long a letter is remembered: longer than it could be read for the first time.
REMEMBERED = 4 * letters.CLOCKS_APART
MOST_OF_A_NAME = 120


@dataclass(frozen=True)
class Reply:
    """What goes back: a status of HTTP, a signed letter, and whether its moment must tell nothing."""

    status: int
    text: str
    at_a_fixed_moment: bool = False


@dataclass(frozen=True)
class Asked:
    """A question as another hub puts it."""

    epoch: int
    points: list[bytes]
    purpose: Purpose
    practitioner: str
    job_title: str
    agency: str


STATUS = {Why.HUB_LIMIT: 429, Why.PRACTITIONER_LIMIT: 429, Why.MASK_LIMIT: 429, Why.EPOCH: 409}


def take(text: str, *, now: datetime) -> Reply:
    """The reply to a letter. Raises NotAccepted, with nothing to send, if it is not a partner's letter to us."""
    us, partner = OurHub.objects.first(), _partner_called(letters.claims_to_be_from(text))
    if us is None or partner is None:
        raise NotAccepted(Why.NOT_ACCEPTED)
    # Nothing is locked for a letter that anybody could have written.
    letter = letters.read(text, public_key=bytes(partner.public_key), from_=partner.code, to=us.code, now=now)
    with transaction.atomic():
        partner = PartnerHub.objects.select_for_update().filter(pk=partner.pk, on=True).first()
        if partner is None:
            raise NotAccepted(Why.NOT_ACCEPTED)
        _only_once(partner, letter, now=now)
        said = _answered(partner, letter, us=us, now=now)
    return _reply(said, letter, us=us, now=now)


def _partner_called(code: str) -> PartnerHub | None:
    return PartnerHub.objects.filter(code=code, on=True).first()


def _only_once(partner: PartnerHub, letter: Letter, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            LetterSeen.objects.create(partner=partner, letter=letter.id, at=now)
    except IntegrityError as error:
        raise NotAccepted(Why.REPLAYED) from error


def _answered(partner: PartnerHub, letter: Letter, *, us: OurHub, now: datetime) -> dict[str, Any] | Why:
    """The body of the reply, or why there is none."""
    if letter.kind == letters.ASK:
        return _ask(partner, letter, us=us, now=now)
    if letter.kind == letters.STATUS:
        return {"epoch": filing.wanted_epoch(partner)}
    if letter.kind == letters.MASK:
        masked = filing.mask_for(partner, epoch=letter.body.get("epoch"), blob=letter.body.get("points", ""))
        return masked if isinstance(masked, Why) else {"points": masked}
    if letter.kind == letters.FILED:
        return {} if filing.is_filed(partner, epoch=letter.body.get("epoch"), now=now) else Why.EPOCH
    if letter.kind == letters.HEADS:
        return _witnessed(letter, now=now)
    return Why.NOT_UNDERSTOOD


def _witnessed(letter: Letter, *, now: datetime) -> dict[str, Any] | Why:
    """Their head with our signature under it; or what does not fit, in words, while an alarm sounds here."""
    try:
        return {"seen": witnessing.witness(actor=SYSTEM, told=letter.body, now=now)}
    except WrongState as error:
        return {"wrong": str(error.words)}
    except Invalid:
        return Why.NOT_UNDERSTOOD


def _reply(said: dict[str, Any] | Why, letter: Letter, *, us: OurHub, now: datetime) -> Reply:
    refused = isinstance(said, Why)
    text = letters.write(
        keys.signing(),
        from_=us.code,
        to=letter.from_,
        kind=letters.REFUSAL if refused else letters.REPLY,
        body={"why": said.value} if isinstance(said, Why) else said,
        now=now,
        re=letter.id,
    )
    status = STATUS.get(said, 400) if isinstance(said, Why) else 200
    return Reply(status, text, at_a_fixed_moment=letter.kind == letters.ASK)


def _ask(partner: PartnerHub, letter: Letter, *, us: OurHub, now: datetime) -> dict[str, Any] | Why:
    asked = _asked(letter.body)
    if asked is None:
        return Why.NOT_UNDERSTOOD
    refused = _too_often(partner, asked, now=now)
    found = refused or _known(partner, asked)
    answer, persons = (Answer(found[0].value), found[1]) if isinstance(found, tuple) else (None, ())
    _write_down(
        partner, letter, asked, answer=answer, refused=None if answer else found, persons=persons, now=now
    )
    if answer is None:
        assert isinstance(found, Why)
        return found
    return {"answer": answer.value}


def _asked(body: Mapping[str, Any]) -> Asked | None:
    """The question, if it is one: of exactly as many points as every question has."""
    try:
        points = filing.points_of(body["points"])
        who = body["asker"]
        texts = [str(who[name]) for name in ("practitioner", "job_title", "agency")]
        for text in texts:
            fields.check_text("asker", text, longest=MOST_OF_A_NAME)
        asked = Asked(int(body["epoch"]), points, Purpose(body["purpose"]), *texts)
    except (KeyError, TypeError, ValueError, NotAnswered, Invalid):
        return None
    whole = len(points) == private.MOST_ASKED and 0 < len(asked.practitioner) <= 64
    return asked if whole else None


def _too_often(partner: PartnerHub, asked: Asked, *, now: datetime) -> Why | None:
    """Every question of the last 24 hours counts, whatever came of it."""
    today = partner.asked_of_us.filter(at__gt=now - A_DAY)
    if today.count() >= partner.questions_a_day:
        return Why.HUB_LIMIT
    theirs = today.filter(practitioner=asked.practitioner)
    return Why.PRACTITIONER_LIMIT if theirs.count() >= partner.practitioner_a_day else None


def _known(partner: PartnerHub, asked: Asked) -> tuple[private.Answer, tuple[UUID, ...]] | Why:
    """The answer and whom it rests on; or why, if the question is not under a key in use."""
    served = partner.answering_keys.filter(epoch=asked.epoch).exclude(complete_at=None)
    key = served.order_by("-made_at").first()
    if key is None:
        return Why.EPOCH
    own = keys.unseal(key.sealed, partner=partner.pk, direction=keys.ANSWERING, epoch=key.epoch)
    try:
        tokens = [private.token(own.mask(point)) for point in asked.points]
    except private.BadPoint:
        return Why.NOT_UNDERSTOOD
    rows = FiledToken.objects.filter(key=key, token__in=tokens)
    matches = list(rows.values_list("filed__person", "kind"))
    # By the names of today: two who were filed apart may have been linked since, and one of them be shielded.
    today = for_partners.today({person for person, _kind in matches})
    persons = set(today.values())
    shielded = for_partners.shielded(persons) | never.about(persons)
    open_ = [(today[person], kind) for person, kind in matches if today[person] not in shielded]
    return private.known_by(open_, private.Thresholds(yes_at=partner.yes_at, ask_at=partner.ask_at))


def _write_down(
    partner: PartnerHub,
    letter: Letter,
    asked: Asked,
    *,
    answer: Answer | None,
    refused: object,
    persons: tuple[UUID, ...],
    now: datetime,
) -> None:
    why = refused.value if isinstance(refused, Why) else ""
    AskedOfUs.objects.create(
        letter=letter.id,
        partner=partner,
        practitioner=asked.practitioner,
        job_title=asked.job_title,
        agency=asked.agency,
        purpose=asked.purpose,
        at=now,
        answer=answer or "",
        refused=why,
    )
    audit.record(
        actor=SYSTEM,
        action="partner_hub.asked_us",
        purpose=asked.purpose,
        people=persons,
        thing=str(letter.id),
        detail={
            "hub": partner.code,
            "practitioner": asked.practitioner,
            "answer": answer or "",
            "refused": why,
        },
        words=f"{asked.job_title}, {asked.agency}",
        now=now,
    )


def forget_letters(*, now: datetime) -> int:
    """Forget letters that could not be read a second time anyway; returns how many."""
    return LetterSeen.objects.filter(at__lt=now - REMEMBERED).delete()[0]
