"""Whom does a partner get an answer about? Every child we hold, filed under the keys of both hubs.

The partner masks our points without seeing what is in them; we file what comes back. Points go out shuffled, each
once, and in parts of one size that padding fills, so that the partner learns no more than about how many there are.

A round looks at every child once. It works in slices and remembers where it stopped: a slice is one turn of a job,
a crash costs one part, and a child of whom nothing changed costs no letter. At the end of a round, whoever was not
met any more is forgotten. The first whole round under a new key of the partner makes that key the one in use.

No transaction is open while a letter is under way.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.partner_hubs import keys, letters, never, sending
from jigsaw.hub.partner_hubs.errors import NotAnswered
from jigsaw.hub.partner_hubs.models import AnsweringKey, AskingKey, FiledPerson, FiledToken, PartnerHub
from jigsaw.hub.partner_hubs.states import Why
from jigsaw.hub.people import for_partners
from jigsaw.record_linkage import private_question as private
from jigsaw.record_linkage.private_question import Combination, MaskingKey

POINTS_A_LETTER = 512
PERSONS_A_PART = 200
ROUND_EVERY = timedelta(hours=12)
TRY_AGAIN_AFTER = timedelta(minutes=10)
ADULT_AT = 18


@dataclass(frozen=True)
class Part:
    """What one part of a round came to."""

    looked_at: int
    filed_anew: int
    complete: bool


def points_of(blob: object) -> list[bytes]:
    """The points in the text of a letter; raises NotAnswered if it holds none, too many or parts of one."""
    try:
        raw = base64.b64decode(str(blob), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotAnswered(Why.NOT_UNDERSTOOD) from error
    size = private.POINT_BYTES
    if not raw or len(raw) % size or len(raw) > POINTS_A_LETTER * size:
        raise NotAnswered(Why.NOT_UNDERSTOOD)
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def text_of(points: Iterable[bytes]) -> str:
    return base64.b64encode(b"".join(points)).decode()


def due(partner: PartnerHub, *, now: datetime) -> bool:
    """Is a round under way, or is it time for one? After a failure, not for a while."""
    if partner.tried_at and now - partner.tried_at < TRY_AGAIN_AFTER:
        return False
    newest = partner.answering_keys.order_by("-made_at", "-pk").first()
    if newest is None or newest.complete_at is None or newest.cursor is not None:
        return True
    return now - newest.complete_at >= ROUND_EVERY


def key_wanted(partner: PartnerHub, *, ours: str, now: datetime) -> AnsweringKey:
    """The key to file under: of the epoch that the partner wants now, made if it is new to us."""
    said = sending.exchange(partner, ours=ours, kind=letters.STATUS, body={}, now=now)
    epoch = said.get("epoch")
    if not isinstance(epoch, int) or not 0 < epoch < 2**31:
        raise NotAnswered(Why.NOT_UNDERSTOOD)
    newest = partner.answering_keys.order_by("-made_at", "-pk").first()
    if newest is not None and newest.epoch == epoch:
        return newest
    return new_key(partner, epoch=epoch, now=now)


def new_key(partner: PartnerHub, *, epoch: int, now: datetime) -> AnsweringKey:
    sealed = keys.seal(MaskingKey.fresh(), partner=partner.pk, direction=keys.ANSWERING, epoch=epoch)
    return AnsweringKey.objects.create(partner=partner, epoch=epoch, sealed=sealed, made_at=now)


def part(key: AnsweringKey, *, ours: str, now: datetime) -> Part:
    """Look at the next children of the round, and file anew those of whom something changed."""
    persons = for_partners.children(
        born_after=_eighteen_years_before(now), after=key.cursor, limit=PERSONS_A_PART
    )
    if not persons:
        _finish_round(key, ours=ours, now=now)
        return Part(0, 0, complete=True)
    wanted = _combinations(persons)
    there = dict(key.filed.filter(person__in=persons).values_list("person", "made_from"))
    anew = {person: combos for person, combos in wanted.items() if there.get(person) != _made_from(combos)}
    tokens = _tokens({c for combos in anew.values() for c in combos}, key, ours=ours, now=now)
    written = _file(key, wanted, anew, tokens, last=persons[-1])
    return Part(len(persons), len(anew) if written else 0, complete=False)


def _eighteen_years_before(now: datetime) -> date:
    today = now.astimezone(ENGLAND).date()
    return date(today.year - ADULT_AT, today.month, min(today.day, 28))


def _combinations(persons: Sequence[UUID]) -> dict[UUID, tuple[Combination, ...]]:
    """What to file of each; left out are the shielded, those never answered about, and who is little known."""
    shielded = for_partners.shielded(persons) | never.about(persons)
    described = for_partners.described(person for person in persons if person not in shielded)
    found = {person: private.to_file(records) for person, records in described.items()}
    return {person: combos for person, combos in found.items() if combos}


def _made_from(combos: Iterable[Combination]) -> str:
    return hashlib.sha256("\n".join(f"{c.kind}\x1f{c.text}" for c in combos).encode()).hexdigest()


def _tokens(
    combos: set[Combination], key: AnsweringKey, *, ours: str, now: datetime
) -> dict[Combination, UUID]:
    """The token of each combination, which takes the partner's key as well as ours."""
    own = keys.unseal(key.sealed, partner=key.partner_id, direction=keys.ANSWERING, epoch=key.epoch)
    context = private.Context(key.partner.code, ours, key.epoch)
    shuffled = sorted(combos)
    random.SystemRandom().shuffle(shuffled)
    found: dict[Combination, UUID] = {}
    for batch in _batches(shuffled, POINTS_A_LETTER):
        points = [own.mask(private.point_of(combination, context)) for combination in batch]
        points += [own.mask(private.padding_point()) for _ in range(POINTS_A_LETTER - len(batch))]
        masked = _masked_by_partner(points, key, ours=ours, now=now)
        found |= {c: private.token(point) for c, point in zip(batch, masked, strict=False)}
    return found


def _masked_by_partner(points: list[bytes], key: AnsweringKey, *, ours: str, now: datetime) -> list[bytes]:
    body = {"epoch": key.epoch, "points": text_of(points)}
    said = sending.exchange(key.partner, ours=ours, kind=letters.MASK, body=body, now=now)
    masked = points_of(said.get("points", ""))
    if len(masked) != len(points):
        raise NotAnswered(Why.NOT_UNDERSTOOD)
    return masked


def _batches(items: Iterable[Combination], size: int) -> Iterator[list[Combination]]:
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch


def _file(
    key: AnsweringKey,
    wanted: Mapping[UUID, tuple[Combination, ...]],
    anew: Mapping[UUID, tuple[Combination, ...]],
    tokens: Mapping[Combination, UUID],
    *,
    last: UUID,
) -> bool:
    """Write one part: the unchanged are met, the changed replaced; and the round goes on after `last`.

    False, with nothing written, if somebody else has gone on with this round meanwhile, or the key is gone.
    """
    with transaction.atomic():
        if not _still_there(key):
            return False
        key.filed.filter(person__in=list(anew)).delete()
        # Somebody may have been put on the list while the letter was under way.
        barred = never.about(wanted)
        anew = {person: combos for person, combos in anew.items() if person not in barred}
        key.filed.filter(person__in=list(wanted)).update(round=key.round)
        rows = FiledPerson.objects.bulk_create(
            FiledPerson(key=key, person_id=person, made_from=_made_from(combos), round=key.round)
            for person, combos in anew.items()
        )
        FiledToken.objects.bulk_create(
            FiledToken(filed=row, key=key, token=tokens[c], kind=c.kind)
            for row in rows
            for c in anew[row.person_id]
        )
        key.cursor = last
        key.save(update_fields=["cursor"])
    return True


def _still_there(key: AnsweringKey) -> bool:
    """Is the round where it was when this part began? Nothing is locked while letters are under way."""
    row = AnsweringKey.objects.select_for_update().filter(pk=key.pk).first()
    return row is not None and (row.cursor, row.round) == (key.cursor, key.round)


def _finish_round(key: AnsweringKey, *, ours: str, now: datetime) -> None:
    """Forget whom the round did not meet; tell the partner that this key can be asked under; drop older keys."""
    with transaction.atomic():
        if not _still_there(key):
            return
        key.filed.filter(round__lt=key.round).delete()
        key.cursor, key.complete_at = None, now
        key.round += 1
        key.save(update_fields=["cursor", "complete_at", "round"])
        audit.record(
            actor=SYSTEM,
            action="partner_hub.filed",
            thing=key.partner.code,
            detail={"epoch": key.epoch, "children": key.filed.count()},
            now=now,
        )
    sending.exchange(key.partner, ours=ours, kind=letters.FILED, body={"epoch": key.epoch}, now=now)
    older = key.partner.answering_keys.filter(Q(made_at__lt=key.made_at) | Q(epoch__lt=key.epoch))
    older.exclude(pk=key.pk).delete()


def note_failure(partner: PartnerHub, *, now: datetime) -> None:
    """The partner did not play its part: nothing is tried again for a while."""
    PartnerHub.objects.filter(pk=partner.pk).update(tried_at=now)


# --- What a partner asks of us while it files ---------------------------------------------------------------


def wanted_epoch(partner: PartnerHub) -> int:
    """The epoch of the newest key that we want to ask this partner with; 0 if there is none."""
    newest = partner.asking_keys.order_by("-epoch").first()
    return newest.epoch if newest else 0


def mask_for(partner: PartnerHub, *, epoch: object, blob: object) -> str | Why:
    """Their points under our asking key of that epoch; or why not. Counts what was masked, refused or not."""
    key = _asking_key(partner, epoch)
    if key is None:
        return Why.EPOCH
    try:
        points = points_of(blob)
        own = keys.unseal(key.sealed, partner=partner.pk, direction=keys.ASKING, epoch=key.epoch)
        if key.masked + len(points) > partner.masks_a_key:
            return Why.MASK_LIMIT
        masked = [own.mask(point) for point in points]
    except (NotAnswered, private.BadPoint):
        return Why.NOT_UNDERSTOOD
    key.masked += len(points)
    key.save(update_fields=["masked"])
    return text_of(masked)


def is_filed(partner: PartnerHub, *, epoch: object, now: datetime) -> bool:
    """They have filed everybody under our key of that epoch: ask with it from now on, and forget older ones."""
    key = _asking_key(partner, epoch)
    if key is None:
        return False
    if key.ready_at is None:
        key.ready_at = now
        key.save(update_fields=["ready_at"])
        partner.asking_keys.filter(epoch__lt=key.epoch).delete()
    return True


def _asking_key(partner: PartnerHub, epoch: object) -> AskingKey | None:
    if not isinstance(epoch, int) or isinstance(epoch, bool) or not 0 < epoch < 2**31:
        return None
    return partner.asking_keys.select_for_update().filter(epoch=epoch).first()
