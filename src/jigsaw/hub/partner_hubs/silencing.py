"""Who says that no other hub is ever answered about a child, why, and until when does nobody look again?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.partner_hubs import access, errors, never
from jigsaw.hub.partner_hubs.models import NeverAnswer
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import for_partners
from jigsaw.hub.people import queries as people

if TYPE_CHECKING:
    from jigsaw.hub.people.models import PersonRecord

# Somebody looks at least once a year whether it still holds.
LONGEST_UNTIL_LOOKED_AT = timedelta(days=366)


@context.hub("partner hubs")
def never_answer(*, actor: Actor, person: UUID, reason: str, look_again_on: date, now: datetime) -> UUID:
    """No other hub is answered about this child from now on, under any key; returns what stands on the list.

    It holds until `answer_again`, also after `look_again_on`: ending by itself could put a child in danger. Said
    again, it holds for the new reason until the new day. Raises Refused, NotHere, Invalid.
    """
    access.check_can_silence(actor)
    _check_reason_and_day(reason, look_again_on, now=now)
    with transaction.atomic():
        who = people.current(person).pk
        people_access.check_not_too_close(actor, [who])
        row = _listed_under(who)
        new = row is None
        row = row or NeverAnswer(person_id=who, put_on_at=now)
        row.put_on_by_id, row.reason, row.look_again_on = actor.practitioner_id, reason.strip(), look_again_on
        row.save()
        row.records.add(*[record.pk for record in people.records_of([who])])
        never.forget([who, *people.once_called([who])])
        audit.record(
            actor=actor,
            action="never_answer.put_on" if new else "never_answer.looked_at_again",
            people=[who],
            detail={"look_again_on": look_again_on.isoformat()},
            words=reason,
            now=now,
        )
    return row.pk


def _listed_under(person: UUID) -> NeverAnswer | None:
    """What says so about this person themselves, and not about somebody whose records were once among theirs."""
    rows = list(never.listed([person]))
    today = for_partners.today(row.person_id for row in rows)
    return next((row for row in rows if today[row.person_id] == person), None)


def _keep_for_others(row: NeverAnswer, *, but: UUID) -> None:
    """Two who were taken for one were put on together: taken off for one, it goes on for the other."""
    records: dict[UUID, list[PersonRecord]] = {for_partners.today([row.person_id])[row.person_id]: []}
    for record in row.records.all():
        records.setdefault(record.person_id, []).append(record)
    for person in records.keys() - {but} - never.about(records):
        kept = NeverAnswer.objects.create(
            person_id=person,
            reason=row.reason,
            put_on_at=row.put_on_at,
            put_on_by_id=row.put_on_by_id,
            look_again_on=row.look_again_on,
        )
        kept.records.add(*[record.pk for record in records[person]])


def _check_reason_and_day(reason: str, day: date, *, now: datetime) -> None:
    wrong: dict[str, object] = {}
    today = now.astimezone(ENGLAND).date()
    if not reason.strip():
        wrong["reason"] = _("Say why no other area may learn that this child is known here")
    if not today < day <= today + LONGEST_UNTIL_LOOKED_AT:
        wrong["look_again_on"] = _("Choose a day after today and within a year")
    if wrong:
        raise Invalid(_("Something is missing."), wrong)


@context.hub("partner hubs")
def answer_again(*, actor: Actor, person: UUID, reason: str, now: datetime) -> None:
    """Other hubs are answered about this child again, once filing has met them: within half a day.

    Raises Refused, NotHere if the child is not on the list, Invalid without a reason.
    """
    access.check_can_silence(actor)
    if not reason.strip():
        raise Invalid(_("Say why."), {"ending": _("Say why other areas may be answered again")})
    with transaction.atomic():
        who = people.current(person).pk
        people_access.check_not_too_close(actor, [who])
        rows = list(never.listed([who]).prefetch_related("records"))
        if not rows:
            raise errors.not_on_the_list()
        changes = {
            "taken_off_at": now,
            "taken_off_by": actor.practitioner_id,
            "taken_off_reason": reason.strip(),
        }
        NeverAnswer.objects.filter(pk__in=[row.pk for row in rows]).update(**changes)
        for row in rows:
            _keep_for_others(row, but=who)
        audit.record(actor=actor, action="never_answer.taken_off", people=[who], words=reason, now=now)
