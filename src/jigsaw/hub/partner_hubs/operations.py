"""Add and switch partner hubs, change keys, and ask: do you know this child?"""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.audit import witnessing
from jigsaw.hub.kit import context, fields
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.clock import ENGLAND, age_on
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.partner_hubs import access, answering, errors, filing, keys, letters, queries, sending
from jigsaw.hub.partner_hubs.errors import NotAnswered
from jigsaw.hub.partner_hubs.filing import Part
from jigsaw.hub.partner_hubs.models import AskingKey, OurHub, PartnerHub, Question
from jigsaw.hub.partner_hubs.queries import Card
from jigsaw.hub.partner_hubs.states import Answer, Purpose, Why
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import for_partners
from jigsaw.hub.people import queries as people
from jigsaw.record_linkage import private_question as private
from jigsaw.record_linkage.private_question import MaskingKey

KEY_BYTES = 32
FIRST_EPOCH = 1
KEYS_CHANGE_AFTER = timedelta(days=90)
# Of the sizes that were witnessed before: more would make the letter longer than any may be.
PROOFS_A_LETTER = 8
MOST_OF_AN_ANSWER = 500


# --- Partner hubs ------------------------------------------------------------------------------------------


def our_card(*, actor: Actor, code: str = "", address: str = "", now: datetime) -> Card:
    """What to give another hub, after setting our code and address where they are given.

    Raises WrongState if we have none yet, and Invalid for an address that no letter may be sent to.
    """
    access.check_can_manage(actor)
    with transaction.atomic():
        if code or address:
            _set_us(code, address)
            audit.record(actor=actor, action="partner_hub.ourselves", detail={"code": code}, now=now)
    us, partnership = queries.us(), agencies.partnership()
    if us is None or partnership is None:
        raise errors.no_card_yet()
    public = keys.signing().public_key().public_bytes_raw()
    return Card(
        code=us.code,
        name=partnership.name,
        address=us.address,
        front_door_phone=partnership.front_door_phone,
        public_key=base64.b64encode(public).decode(),
        fingerprint=keys.fingerprint(public),
    )


def _set_us(code: str, address: str) -> None:
    before = queries.us()
    code, address = code or (before.code if before else ""), address or (before.address if before else "")
    if not code or not address:
        raise errors.no_card_yet()
    _check_address(address)
    OurHub.objects.update_or_create(only=True, defaults={"code": code.upper(), "address": address})


def _check_address(address: str) -> None:
    if not sending.may_be_sent_to(address):
        raise errors.bad_card(_("the address must be https:// and a host, and no more"))


def add(
    *, actor: Actor, card: Mapping[str, Any], replace_key: bool = False, now: datetime, **agreed: int
) -> PartnerHub:
    """Add a hub from its card, or bring it up to date, with whatever was agreed (names of PartnerHub's fields).

    Raises Invalid for a card that is none, is our own, or brings another key without `replace_key`.
    """
    access.check_can_manage(actor)
    told = _told(card)
    with transaction.atomic():
        there = PartnerHub.objects.select_for_update().filter(code=told["code"]).first()
        if there and bytes(there.public_key) != told["public_key"] and not replace_key:
            raise errors.other_card(there.code)
        _check_agreed(there, agreed)
        partner, new = PartnerHub.objects.update_or_create(
            code=told["code"],
            defaults={**told, **agreed},
            create_defaults={**told, **agreed, "added_at": now},
        )
        if new:
            _new_asking_key(partner, now=now)
        audit.record(
            actor=actor,
            action="partner_hub.added" if new else "partner_hub.changed",
            thing=partner.code,
            detail={"fingerprint": keys.fingerprint(told["public_key"]), **agreed},
            now=now,
        )
    return partner


def agree(*, actor: Actor, code: str, now: datetime, **agreed: int) -> PartnerHub:
    """Change what was agreed with a hub that is known: names of PartnerHub's fields. Raises Invalid, NotHere."""
    access.check_can_manage(actor)
    with transaction.atomic():
        partner = _locked(code)
        _check_agreed(partner, agreed)
        for name, value in agreed.items():
            setattr(partner, name, value)
        partner.save(update_fields=list(agreed))
        audit.record(
            actor=actor, action="partner_hub.changed", thing=partner.code, detail=dict(agreed), now=now
        )
    return partner


def _told(card: Mapping[str, Any]) -> dict[str, Any]:
    """What a card says, each part checked."""
    names = ("code", "name", "address", "front_door_phone")
    try:
        told: dict[str, Any] = {name: str(card[name]).strip() for name in names}
        public = base64.b64decode(str(card["public_key"]), validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise errors.bad_card(_("a part of it is missing")) from error
    if len(public) != KEY_BYTES or not all(told.values()):
        raise errors.bad_card(_("a part of it is empty or cut off"))
    if public == keys.signing().public_key().public_bytes_raw():
        raise errors.bad_card(_("it is our own"))
    _check_address(told["address"])
    for name in names:
        fields.check_text(name, told[name], longest=PartnerHub._meta.get_field(name).max_length)
    return told | {"code": told["code"].upper(), "public_key": public}


def _check_agreed(there: PartnerHub | None, agreed: Mapping[str, int]) -> None:
    row = there or PartnerHub()
    try:
        private.Thresholds(yes_at=agreed.get("yes_at", row.yes_at), ask_at=agreed.get("ask_at", row.ask_at))
    except ValueError as error:
        words = _("At least two combinations must agree before a person is asked, and no fewer for a yes.")
        raise Invalid(words, {"ask_at": words}) from error


def switch(*, actor: Actor, code: str, on: bool, now: datetime) -> PartnerHub:
    """Switch a partner on or off; off, nothing of theirs is accepted and nothing is sent, from the next letter on."""
    access.check_can_manage(actor)
    with transaction.atomic():
        partner = _locked(code)
        partner.on = on
        partner.save(update_fields=["on"])
        audit.record(
            actor=actor,
            action="partner_hub.switched_on" if on else "partner_hub.switched_off",
            thing=partner.code,
            now=now,
        )
    return partner


@context.hub("partner hubs")
def rotate(*, actor: Actor, code: str, at_once: bool = False, now: datetime) -> int:
    """New keys with a partner, both for asking and for answering; returns the new epoch of our asking.

    The old keys work until everybody is filed under the new ones, and are then forgotten; `at_once`, as after a
    theft, forgets them now, with all that is filed under them, and nobody is answered until then.
    """
    access.check_can_manage(actor)
    with transaction.atomic():
        partner = _locked(code)
        epoch = _new_asking_key(partner, now=now).epoch
        newest = partner.answering_keys.order_by("-made_at", "-pk").first()
        if newest is not None:
            filing.new_key(partner, epoch=newest.epoch, now=now)
        if at_once:
            partner.asking_keys.filter(epoch__lt=epoch).delete()
            partner.answering_keys.filter(made_at__lt=now).delete()
        audit.record(
            actor=actor,
            action="partner_hub.rotated",
            thing=partner.code,
            detail={"epoch": epoch, "at_once": at_once},
            now=now,
        )
    return epoch


def _locked(code: str) -> PartnerHub:
    found = PartnerHub.objects.select_for_update().filter(code__iexact=code).first()
    if found is None:
        raise errors.not_here()
    return found


def _new_asking_key(partner: PartnerHub, *, now: datetime) -> AskingKey:
    """The next epoch's key. One that was never ready is replaced: nobody has asked with it."""
    newest = partner.asking_keys.order_by("-epoch").first()
    epoch = newest.epoch + 1 if newest else FIRST_EPOCH
    partner.asking_keys.filter(ready_at=None).delete()
    sealed = keys.seal(MaskingKey.fresh(), partner=partner.pk, direction=keys.ASKING, epoch=epoch)
    return AskingKey.objects.create(partner=partner, epoch=epoch, sealed=sealed, made_at=now)


# --- Filing whom we know, so that partners get an answer ---------------------------------------------------


@context.hub("partner hubs")
def file_part(*, actor: Actor, code: str, now: datetime) -> Part:
    """Carry on filing everybody for a partner by one part; a round is over when a part says `complete`.

    One part a call, because a letter is good for minutes only and a round may take longer. Raises WrongState if
    their hub does not play its part; nothing is lost then.
    """
    access.check_can_manage(actor)
    partner = queries.partner_by_code(code)
    us = queries.us()
    if us is None:
        raise errors.no_card_yet()
    try:
        return filing.part(filing.key_wanted(partner, ours=us.code, now=now), ours=us.code, now=now)
    except NotAnswered as error:
        filing.note_failure(partner, now=now)
        raise errors.not_filed(error.why) from error


# --- Witnessing each other's audit log ---------------------------------------------------------------------


def have_witnessed(*, actor: Actor, code: str, now: datetime) -> dict[str, Any]:
    """Have a partner sign the latest head of our audit log, and keep that; returns what `witnessing.keep` does.

    Not called in a transaction: the partner may take its time. Raises WrongState if they do not answer, or if our log
    does not go on from what they saw: then an alarm sounds at theirs.
    """
    access.check_can_manage(actor)
    partner, us = queries.partner_by_code(code), queries.us()
    if us is None:
        raise errors.no_card_yet()
    heads = witnessing.to_witness(latest=PROOFS_A_LETTER)
    try:
        said = sending.exchange(partner, ours=us.code, kind=letters.HEADS, body=heads, now=now)
    except NotAnswered as error:
        raise errors.not_witnessed(error.why) from error
    if wrong := said.get("wrong"):
        raise errors.does_not_go_on(str(wrong)[:MOST_OF_AN_ANSWER])
    seen = said.get("seen")
    kept = witnessing.keep(actor=actor, told=seen if isinstance(seen, dict) else {}, now=now)
    PartnerHub.objects.filter(pk=partner.pk).update(witnessed_at=now, witness_refused=False)
    return kept


def file_what_is_due(*, now: datetime, parts: int) -> int:
    """Carry on filing for each partner that is due, at most `parts` parts each; change keys that are old.

    Returns how many children were filed anew. A partner that does not answer is tried again later.
    """
    us = queries.us()
    filed = 0
    for partner in PartnerHub.objects.filter(on=True) if us else ():
        _change_old_keys(partner, now=now)
        if filing.due(partner, now=now):
            filed += _slice(partner, ours=us.code, now=now, parts=parts)
    return filed


def _slice(partner: PartnerHub, *, ours: str, now: datetime, parts: int) -> int:
    filed = 0
    try:
        key = filing.key_wanted(partner, ours=ours, now=now)
        for _each in range(parts):
            done = filing.part(key, ours=ours, now=now)
            filed += done.filed_anew
            if done.complete:
                break
    except NotAnswered:
        filing.note_failure(partner, now=now)
    return filed


def _change_old_keys(partner: PartnerHub, *, now: datetime) -> None:
    newest = partner.asking_keys.order_by("-epoch").first()
    if newest is None or now - newest.made_at >= KEYS_CHANGE_AFTER:
        with transaction.atomic():
            epoch = _new_asking_key(partner, now=now).epoch
            audit.record(
                actor=SYSTEM,
                action="partner_hub.rotated",
                thing=partner.code,
                detail={"epoch": epoch},
                now=now,
            )


# --- Asking ------------------------------------------------------------------------------------------------


def ask(*, actor: Actor, person: UUID, hub: str, purpose: Purpose, why: str, now: datetime) -> UUID:
    """Ask a partner hub whether it knows a child; returns the question. The letter goes once this is kept.

    `why` is written down here and never sent. Raises Refused for whoever may not, is too close or has asked too
    often; WrongState for a hub that cannot be asked; Invalid without a reason.
    """
    access.check_can_ask(actor)
    if not why.strip():
        raise Invalid(_("Say why you ask."), {"why": _("Say why you ask")})
    with transaction.atomic():
        partner = _locked(hub)
        child = _child(actor, person, now=now)
        key = partner.asking_keys.exclude(ready_at=None).order_by("-epoch").first()
        if not partner.on or key is None or queries.us() is None:
            raise errors.not_ready(partner.name, partner.front_door_phone)
        today = partner.questions.filter(asked_at__gt=now - queries.A_DAY, practitioner=actor.practitioner_id)
        if today.count() >= partner.practitioner_a_day:
            raise errors.too_often(partner.front_door_phone)
        if not _combinations(child):
            raise errors.too_little_known()
        question = Question.objects.create(
            partner=partner,
            practitioner_id=actor.practitioner_id,
            person_id=child,
            purpose=purpose,
            asked_at=now,
        )
        audit.record(
            actor=actor,
            action="partner_hub.asked",
            purpose=purpose,
            people=[child],
            thing=str(question.pk),
            detail={"hub": partner.code},
            words=why,
            now=now,
        )
        # Robust: whatever goes wrong with the letter, the question is kept, and said to be lost.
        transaction.on_commit(lambda: deliver(actor=actor, question=question.pk, now=now), robust=True)
    return question.pk


def _child(actor: Actor, person: UUID, *, now: datetime) -> UUID:
    """The person of today, if it is a child whom this practitioner may ask about."""
    found = people.current(person)
    people_access.check_not_too_close(actor, [found.pk])
    if found.born and age_on(found.born, now.astimezone(ENGLAND).date()) >= filing.ADULT_AT:
        raise errors.not_a_child()
    return found.pk


def _combinations(child: UUID) -> tuple[private.Combination, ...]:
    return private.to_ask(for_partners.described([child]).get(child, []))


def deliver(*, actor: Actor, question: UUID, now: datetime) -> None:
    """Send a question that waits, and keep what comes of it; one that was sent is left as it is."""
    row = Question.objects.select_related("partner").get(pk=question)
    if row.answer or row.why_none:
        return
    try:
        answer, why = _sent(actor, row, now=now), ""
    except NotAnswered as error:
        answer, why = "", str(error.why)
    note_answer(actor=actor, question=row.pk, answer=answer, why_none=why, now=now)


def note_answer(*, actor: Actor, question: UUID, answer: str, why_none: str = "", now: datetime) -> None:
    """Keep what came of a question: a code of `states.Answer`, or one of `states.Why` if there is none."""
    with transaction.atomic():
        row = Question.objects.select_for_update().get(pk=question)
        row.answer, row.why_none, row.answered_at = answer, why_none, now
        row.save(update_fields=["answer", "why_none", "answered_at"])
        audit.record(
            actor=actor,
            action="partner_hub.answered",
            purpose=row.purpose,
            people=[row.person_id],
            thing=str(row.pk),
            detail={"hub": row.partner.code, "answer": answer, "why_none": why_none},
            now=now,
        )


def _sent(actor: Actor, row: Question, *, now: datetime) -> str:
    us = queries.us()
    key = row.partner.asking_keys.exclude(ready_at=None).order_by("-epoch").first()
    if us is None or key is None:
        raise NotAnswered(Why.EPOCH)
    body = {
        "epoch": key.epoch,
        "points": filing.text_of(_points(row, key, ours=us.code)),
        "purpose": row.purpose,
        "asker": {
            "practitioner": keys.pseudonym(row.practitioner_id, partner=row.partner_id),
            "job_title": actor.job_title[: answering.MOST_OF_A_NAME],
            "agency": actor.agency_name[: answering.MOST_OF_A_NAME],
        },
    }
    said = sending.exchange(row.partner, ours=us.code, kind=letters.ASK, body=body, now=now, letter=row.pk)
    if said.get("answer") not in Answer.values:
        raise NotAnswered(Why.NOT_UNDERSTOOD)
    return str(said["answer"])


def _points(row: Question, key: AskingKey, *, ours: str) -> list[bytes]:
    """As many points as every question has, in no order, under our key."""
    own = keys.unseal(key.sealed, partner=row.partner_id, direction=keys.ASKING, epoch=key.epoch)
    between = private.Context(ours, row.partner.code, key.epoch)
    points = [private.point_of(combination, between) for combination in _combinations(row.person_id)]
    points += [private.padding_point() for _each in range(private.MOST_ASKED - len(points))]
    random.SystemRandom().shuffle(points)
    return [own.mask(point) for point in points]


def forget_letters(*, now: datetime) -> int:
    """Forget which letters came, once none of them could be read again; returns how many."""
    return answering.forget_letters(now=now)
