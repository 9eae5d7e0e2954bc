"""Which partners sign our audit log, how often, and who hears when one does not?

A partner that has signed once, by somebody's act and with the letters of its key read on the telephone, is asked again
by the hub's own clock. One that has not signed for a day is an alarm, and so is one that says our log does not go on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from jigsaw.hub.audit import heads
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import JigsawError
from jigsaw.hub.partner_hubs import operations
from jigsaw.hub.partner_hubs.errors import DoesNotGoOn
from jigsaw.hub.partner_hubs.models import PartnerHub

EVERY = timedelta(hours=6)
TRY_AGAIN_AFTER = timedelta(minutes=30)
ALARM_AFTER = timedelta(days=1)


def exchange_what_is_due(*, now: datetime) -> int:
    """Have each partner sign that has before and is due, and sound or end the alarms; returns how many signed.

    No transaction is open while a letter is under way. Two workers ask one partner once.
    """
    signed = sum(_asked(partner, now) for partner in _due(now))
    with transaction.atomic():
        late = _agreed().filter(witnessed_at__lt=now - ALARM_AFTER).exists()
        heads.sound_or_end("unwitnessed", late, now=now)
        heads.sound_or_end("refused", _agreed().filter(witness_refused=True).exists(), now=now)
    return signed


def _agreed() -> QuerySet[PartnerHub]:
    return PartnerHub.objects.filter(on=True, witnessed_at__isnull=False)


def _due(now: datetime) -> list[PartnerHub]:
    rested = Q(witness_tried_at=None) | Q(witness_tried_at__lte=now - TRY_AGAIN_AFTER)
    return list(_agreed().filter(rested, witnessed_at__lte=now - EVERY))


def _asked(partner: PartnerHub, now: datetime) -> bool:
    before = PartnerHub.objects.filter(pk=partner.pk, witness_tried_at=partner.witness_tried_at)
    if not before.update(witness_tried_at=now):
        return False  # Another worker was first.
    try:
        operations.have_witnessed(actor=SYSTEM, code=partner.code, now=now)
    except DoesNotGoOn:
        PartnerHub.objects.filter(pk=partner.pk).update(witness_refused=True)
        return False
    except JigsawError:
        return False  # Tried again in a while; a day without is an alarm.
    return True
