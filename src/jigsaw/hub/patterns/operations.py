"""Look at what was recorded of a child, tell who must know of a pattern once, and note what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context, fields, outbox
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.clock import age_on
from jigsaw.hub.kit.errors import AlreadyDone, Invalid
from jigsaw.hub.kit.ids import reference
from jigsaw.hub.patterns import queries
from jigsaw.hub.patterns.gathering import Record, by_key, gather
from jigsaw.hub.patterns.kinds import Outcome
from jigsaw.hub.patterns.models import Look, Pattern, Pointed
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards, involvement
from jigsaw.hub.people import queries as people
from jigsaw.hub.referrals import queries as referrals
from jigsaw.patterns import Found, Rule, find

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Practitioner

LONGEST = 2000
GROWN = 18
A_MINUTE = 20
"""So many children a minute are looked at for what time alone completes."""


@dataclass(frozen=True)
class _Told:
    """Who is told in an agency: whoever works with the child, else its named person."""

    practitioner: Practitioner
    works_with_child: bool


# --- looked at -------------------------------------------------------------------------------------------------


@transaction.atomic
def looked(*, actor: Actor, reference: str, outcome: str, what_was_done: str, now: datetime) -> Pattern:
    """Note that a pattern was looked at: that something was done, or nothing needs to be, and what or why.

    Once; raises Invalid without an outcome or words, AlreadyDone if a colleague was first, NotHere if it is not
    the actor's to see.
    """
    found = queries.get(actor, reference, now=now)
    row = Pattern.objects.select_for_update().get(pk=found.pattern.pk)
    if row.looked_at:
        raise AlreadyDone(_("This was already looked at."), _("Read what was noted."))
    _check_outcome(outcome, what_was_done)
    row.looked_at, row.looked_by_id = max(now, row.found_at), actor.practitioner_id
    row.outcome, row.what_was_done = outcome, what_was_done.strip()
    row.save(update_fields=["looked_at", "looked_by", "outcome", "what_was_done"])
    _log(actor, row, "pattern.looked_at", now, words=row.what_was_done)
    return row


def _check_outcome(outcome: str, what_was_done: str) -> None:
    wrong: dict[str, object] = {}
    if outcome not in Outcome.values:
        wrong["outcome"] = _("Say whether something was done.")
    if not what_was_done.strip():
        wrong["what_was_done"] = _("Say what was done, or why nothing needs to be.")
    if wrong:
        raise Invalid(_("Some of this needs another look."), wrong)
    fields.check_text("what_was_done", what_was_done, longest=LONGEST, label=str(_("What was done")))


def _log(actor: Actor, row: Pattern, action: str, now: datetime, words: str = "") -> None:
    audit.record(
        actor=actor,
        action=action,
        people=[row.person_id],
        purpose=f"pattern {row.reference}",
        thing=f"pattern {row.pk}",
        detail={"rule": row.rule, "outcome": row.outcome} if row.outcome else {"rule": row.rule},
        words=words,
        now=now,
    )


# --- for the hub itself: is there a pattern? --------------------------------------------------------------------


@transaction.atomic
def look_at_recorded(records: Iterable[UUID], kind: str, *, now: datetime) -> int:
    """Something of this kind was recorded about these: look where it can complete or end a pattern; how many found."""
    counted = {one for rule in agreements.patterns(on=agreements.local_day(now)).rules for one in rule.counts}
    persons = people.persons_of_records(records)
    if kind not in counted:
        # Any entry ends a silence; nothing else of it can have changed.
        persons &= set(
            Pattern.objects.filter(person__in=persons, ended_at=None).values_list("person", flat=True)
        )
    return sum(look(person, now=now) for person in sorted(persons))


@transaction.atomic
def look_today(*, now: datetime, limit: int = A_MINUTE) -> int:
    """Look at children with an open case, or a pattern that stands, whom nobody looked at today; how many.

    For what time alone completes or ends. Running it again the same day changes nothing.
    """
    today = agreements.local_day(now)
    done = Look.objects.filter(on=today).values("person")
    due = set(involvement.persons_with_open_case().exclude(record__person__in=done)[:limit])
    standing = Pattern.objects.filter(ended_at=None).exclude(person__in=done).values_list("person", flat=True)
    due |= set(standing.distinct()[:limit])
    for person in sorted(due)[:limit]:
        look(person, now=now)
        Look.objects.update_or_create(person_id=person, defaults={"on": today})
    return min(len(due), limit)


@transaction.atomic
def look(person: UUID, *, now: datetime) -> int:
    """Look with the eyes of whoever may be told in each agency that knows the child; how many were newly found.

    Of a grown person there is nothing to look for.
    """
    born = cards.cards([person])[person].born
    if born and age_on(born, agreements.local_day(now)) >= GROWN:
        return 0
    agencies_of = involvement.agencies_holding([person]) | referrals.received_by(person)
    return sum(_look_for(person, agency, now) for agency in sorted(agencies_of))


def _look_for(person: UUID, agency: UUID, now: datetime) -> int:
    told = _who_is_told(person, agency)
    standing = {row.rule: row for row in Pattern.objects.filter(person=person, agency=agency, ended_at=None)}
    today = agreements.local_day(now)
    setting = agreements.patterns(on=today)
    records = _seen(told.practitioner, person, setting, now) if told else []
    found = {one.rule: one for one in find(setting.rules, [r.happening for r in records], today=today)}
    for rule, row in standing.items():
        if rule not in found:
            row.ended_at = max(now, row.found_at)
            row.save(update_fields=["ended_at"])
    rules = {rule.code: rule for rule in setting.rules}
    new = 0
    for code, one in found.items():
        assert told
        new += _found(_Place(person, agency, told), rules[code], one, records, now)
    return new


def _who_is_told(person: UUID, agency: UUID) -> _Told | None:
    """Whoever works with the child, else the named person; nobody who is too close to the child."""
    worker = involvement.open_case_worker(person, agency)
    named = agencies.named_person(agency)
    close = people_access.close_among([one.pk for one in (worker, named) if one], [person])
    for one, works in ((worker, True), (named, False)):
        if one and one.pk not in close:
            return _Told(one, works)
    return None


def _seen(
    practitioner: Practitioner, person: UUID, setting: agreements.PatternSetting, now: datetime
) -> list[Record]:
    active = agencies.active_practitioner(practitioner.pk)
    actor = agencies.actor_for(active) if active else None
    if actor is None or not people_access.can_find(actor):
        return []
    with context.acting(actor, door="looking for", now=now):
        if not people_access.openable(actor, [person], now=now):
            return []
        return gather(actor, person, setting, now=now)


@dataclass(frozen=True)
class _Place:
    """Of which child, in which agency, and who is told there."""

    person: UUID
    agency: UUID
    told: _Told


def _found(place: _Place, rule: Rule, found: Found, records: list[Record], now: datetime) -> int:
    """The pattern stands, or comes back, with what it points at now; or it is new, and somebody is told: 1."""
    of_rule = Pattern.objects.filter(person=place.person, agency=place.agency, rule=rule.code)
    known = of_rule.filter(points_at__contains=list(found.records)).order_by("-found_at").first()
    pointed = by_key([r for r in records if r.happening.kind in _kinds(rule)], found.records)
    if known:
        _point(known, pointed, found.since, found.until)
        return 0
    of_rule.filter(ended_at=None).update(ended_at=now)
    made = Pattern.objects.create(
        reference=reference("P"),
        person_id=place.person,
        agency_id=place.agency,
        rule=rule.code,
        name=rule.name,
        words=rule.words,
        source=rule.source,
        since=found.since,
        until=found.until,
        points_at=sorted(found.records),
        found_at=now,
        told=place.told.practitioner,
        works_with_child=place.told.works_with_child,
    )
    _point(made, pointed, found.since, found.until)
    _log(SYSTEM, made, "pattern.found", now)
    outbox.put(topic="pattern.found", payload={"pattern": str(made.pk)}, now=now)
    return 1


def _kinds(rule: Rule) -> frozenset[str]:
    return rule.counts | getattr(rule, "broken_by", frozenset())


def _point(row: Pattern, pointed: list[tuple[Record, date]], since: date, until: date) -> None:
    """At these, and no others any more."""
    row.since, row.until, row.ended_at = since, until, None
    row.save(update_fields=["since", "until", "ended_at"])
    wanted = {(record.what, record.pk): (record, on) for record, on in pointed}
    there = {_thing(one): one for one in row.pointed.all()}
    row.pointed.filter(pk__in=[one.pk for key, one in there.items() if key not in wanted]).delete()
    Pointed.objects.bulk_create(
        Pointed(
            pattern=row,
            kind=record.kind,
            on=on,
            reference=record.reference,
            **({f"{record.what}_id": record.pk} if record.pk else {}),
        )
        for key, (record, on) in wanted.items()
        if key not in there
    )


def _thing(one: Pointed) -> tuple[str, UUID | None]:
    things = ((what, getattr(one, f"{what}_id")) for what in ("entry", "referral", "alert"))
    return next(((what, pk) for what, pk in things if pk), ("case", None))
