"""What is due: it is disposed of, or kept longer for a reason; a person decides, unless the schedule says that nobody is asked."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import formats, translation
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import erasing as log_words
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context, fields
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import Invalid, WrongState
from jigsaw.hub.kit.ids import reference as new_reference
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards
from jigsaw.hub.people.cards import Card
from jigsaw.hub.retention import access, erasing, finding, obstacles
from jigsaw.hub.retention.models import Disposal, DueItem
from jigsaw.hub.retention.obstacles import Obstacle

LISTED = 200
LONGEST = 2000
LONGEST_KEPT = timedelta(days=10 * 366)
DISPOSED = "retention.disposed"
FAMILY_ASKED = "family_asked"
"""The rule in the register of what was erased because a family asked (`asked_for`)."""


@dataclass(frozen=True)
class Item:
    """One thing that is due: whom it is about as far as the actor can see them, what stands in the way, and by what people
    tell which of its kind it is; empty where nothing does."""

    row: DueItem
    cards: tuple[Card, ...]
    in_the_way: tuple[Obstacle, ...]
    called: str

    def waits(self, today: date) -> bool:
        """Is it to be decided on, today (inclusive)?"""
        return self.row.kept_until is None or self.row.kept_until <= today


@transaction.atomic
def listed(actor: Actor, *, now: datetime) -> tuple[Item, ...]:
    """What is due of the actor's agency, longest first, nothing about anybody they are too close to; audited."""
    access.check_can_decide(actor)
    rows = DueItem.objects.filter(agency=actor.agency_id).select_related("kept_by")
    found = list(rows.order_by("due_on", "pk")[:LISTED])
    items = _items(actor, found, now)
    audit.record(
        actor=actor, action="retention.listed", people={pk for one in items for pk in one.row.people}, now=now
    )
    return items


@transaction.atomic
def read(actor: Actor, pk: UUID, *, now: datetime) -> Item:
    """One thing that is due; audited. Raises Refused and NotHere."""
    row = access.own_due(actor, pk)
    _write_down("retention.viewed", row, actor, now)
    return _items(actor, [row], now)[0]


def _items(actor: Actor, rows: list[DueItem], now: datetime) -> tuple[Item, ...]:
    barred = people_access.too_close_to(actor)
    rows = [row for row in rows if not barred & set(row.people)]
    about = {pk for row in rows for pk in row.people}
    stops = obstacles.in_the_way(about, today=agreements.local_day(now))
    seen, called = (
        cards.cards_seen(actor, about, now=now),
        erasing.called((row.what, row.thing) for row in rows),
    )
    return tuple(
        Item(
            row,
            tuple(seen[pk] for pk in row.people if pk in seen),
            stops.of(row.agency_id, row.people),
            called.get(row.thing, ""),
        )
        for row in rows
    )


@transaction.atomic
def keep_longer(*, actor: Actor, pk: UUID, until: date, because: str, now: datetime) -> DueItem:
    """Keep it until a day, on which it is to be decided on again. Raises Invalid by field, Refused, NotHere."""
    row = _locked(actor, pk)
    fields.check_text("because", because, longest=LONGEST, label=str(_("Why")))
    today, wrong = agreements.local_day(now), dict[str, object]()
    if not today < until <= today + LONGEST_KEPT:
        wrong["until"] = _("Give a day after today, within ten years: it is looked at again then.")
    if not because.strip():
        wrong["because"] = _("Say why it is still needed.")
    if wrong:
        raise Invalid(_("Say until when it is kept, and why."), wrong)
    row.kept_until, row.kept_because = until, because.strip()
    row.kept_by_id, row.kept_at = actor.practitioner_id, now
    row.save(update_fields=["kept_until", "kept_because", "kept_by", "kept_at"])
    _write_down("retention.kept", row, actor, now, until=until.isoformat(), rule=row.rule)
    return row


@transaction.atomic
def copy(actor: Actor, pk: UUID, *, now: datetime) -> dict[str, Any]:
    """All of it as it is held, to be kept elsewhere before it goes: what the proof will be of; audited.

    The door has had them sign in again lately. Raises Refused and NotHere.
    """
    row = access.own_due(actor, pk)
    _write_down("retention.copied", row, actor, now)
    return erasing.original(row.what, row.thing, salt=bytes(row.salt))


@transaction.atomic
def dispose(*, actor: Actor, pk: UUID, now: datetime) -> Disposal:
    """Take it out of every table for good, and write it in the register with its proof.

    Raises WrongState, saying what stands in the way, and where it is not due any more; Refused and NotHere.
    """
    return _dispose(_locked(actor, pk), actor, now)


@transaction.atomic
@context.hub("disposing")
def by_themselves(*, now: datetime) -> int:
    """Dispose of what is due under rules that say that nobody is asked, where nothing stands in the way. How many."""
    asked_of_nobody = [rule.code for rule in finding.rules(on=agreements.local_day(now)) if rule.by_itself]
    rows = list(DueItem.objects.select_for_update().filter(rule__in=asked_of_nobody, kept_until=None))
    free = [row for row in rows if not _stops(row, now)]
    for row in free:
        _dispose(row, SYSTEM, now)
    return len(free)


def _locked(actor: Actor, pk: UUID) -> DueItem:
    row = access.own_due(actor, pk)
    DueItem.objects.select_for_update().get(pk=row.pk)
    return row


def _stops(row: DueItem, now: datetime) -> tuple[Obstacle, ...]:
    return obstacles.in_the_way(row.people, today=agreements.local_day(now)).of(row.agency_id, row.people)


def _dispose(row: DueItem, actor: Actor, now: datetime) -> Disposal:
    if stops := _stops(row, now):
        raise WrongState(
            say("It cannot be disposed of now. %(why)s") % {"why": " ".join(one.words for one in stops)},
            _("Wait until that is over, or keep it longer and say why."),
        )
    if not finding.is_due(row, today=agreements.local_day(now)):
        raise WrongState(
            _("It is not due any more: something was added, or the schedule was changed."),
            _("It goes from the list with the next look, within a day."),
        )
    return gone(
        actor=actor, row=row, reference=new_reference("D"), rule=row.rule, rule_name=row.rule_name, now=now
    )


@context.hub("disposing")
def gone(*, actor: Actor, row: DueItem, reference: str, rule: str, rule_name: str, now: datetime) -> Disposal:
    """Erase it, with the log's words about it, and write the register's line and the log's in the same transaction."""
    salt = bytes(row.salt) or os.urandom(16)
    proof = erasing.proof_of(erasing.original(row.what, row.thing, salt=salt))
    heading = said(reference, now, rule)
    erased = erasing.erase(row.what, row.thing, said=heading, reference=reference, now=now)
    words = log_words.gone_with(erased.log, people=erased.people)
    detail = {
        "reference": reference,
        "what": row.what,
        "rule": rule,
        "agreement": row.agreement,
        "proof": proof,
    }
    entry = audit.record(
        actor=actor,
        action=DISPOSED,
        people=row.people,
        thing=f"{row.what} {row.thing}",
        detail={**detail, "rows": erased.rows, "entries": [str(one) for one in words]},
        now=now,
    )
    made = Disposal.objects.create(
        reference=reference,
        what=row.what,
        thing=row.thing,
        agency_id=row.agency_id,
        rule=rule,
        rule_name=rule_name,
        source=row.source,
        agreement=row.agreement,
        due_on=row.due_on,
        decided_by_id=actor.practitioner_id,
        decided_at=now,
        rows=erased.rows,
        proof=proof,
        entry=entry,
    )
    DueItem.objects.filter(what=row.what, thing=row.thing).delete()
    return made


def said(reference: str, now: datetime, rule: str) -> str:
    """What its heading says from now on: as data it has one language, English."""
    with translation.override("en-gb"):
        day = formats.date_format(agreements.local_day(now), "j F Y")
    if rule == FAMILY_ASKED:
        return f"Erased on {day}, as the family asked ({reference})"
    return f"Disposed of on {day} under the retention schedule ({reference})"


def _write_down(action: str, row: DueItem, actor: Actor, now: datetime, **detail: Any) -> None:
    audit.record(
        actor=actor, action=action, people=row.people, thing=f"{row.what} {row.thing}", detail=detail, now=now
    )
