"""How does the key that seals what is sealed get a successor, while everybody goes on working?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology.models import Document, Entry, FamilyWords, Release
from jigsaw.hub.kit import sealed_words, sealing
from jigsaw.hub.kit.actor import Actor

SEALED = (Entry, Release, FamilyWords, Document)


@dataclass(frozen=True)
class Renewed:
    """The mark of the key in use from now on, in hex, and how many rows’ keys were sealed anew."""

    mark: str
    rows: int


def renew_key(*, actor: Actor, now: datetime) -> Renewed:
    """Seal with a fresh key from now on, and with it the key of every row sealed before; the keys before are gone then.

    Until all is done the file holds both, so that whatever stops this loses nothing: run it again. Where the environment
    gives the keys, the first of those is the fresh one, and none is taken away. Raises DoesNotOpen if a row opens with
    none of them.
    """
    given, ring = settings.SEALED_WORDS_KEYS_FROM_OUTSIDE, settings.SEALED_WORDS_KEYS()
    if not given:
        ring = [os.urandom(32), *ring]
        settings.CHANGE_SEALED_WORDS_KEYS(ring)
    with transaction.atomic():
        _hold_writers()
        rows = sum(sealed_words.renew(model, keys=ring) for model in SEALED)
        renewed = Renewed(sealing.mark(ring[0]).hex(), rows)
        audit.record(actor=actor, action="keys.renewed", detail=renewed.__dict__, now=now)
    if not given:
        settings.CHANGE_SEALED_WORDS_KEYS(ring[:1])
    return renewed


def _hold_writers() -> None:
    """Whoever sealed with a key before has committed; whoever seals next has read the file with the fresh one."""
    tables = ", ".join(model._meta.db_table for model in SEALED)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
