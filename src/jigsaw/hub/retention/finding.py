"""What of all that agencies hold is due to be disposed of? Looked for once a day, and proposed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import agreed
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.agreements.retention import BIRTH, OF_AGE, WRITTEN, Due, Facts, Rule, after, due
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.retention.models import DueItem, LookedForDue
from jigsaw.hub.retention.things import THINGS

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Agency


@dataclass(frozen=True)
class Candidate:
    """One thing that an agency holds, with the facts that its time is worked out from, and whom it is about."""

    thing: UUID
    agency: UUID
    facts: Facts
    people: tuple[UUID, ...]


def rules(*, on: date) -> tuple[Rule, ...]:
    """What holds on a day: the hub's schedule, and what the agreements that are signed and in force add."""
    return (*agreements.retention(on=on), *agreed.retention(on=on))


@transaction.atomic
@context.hub("disposing")
def look(*, now: datetime) -> int:
    """Propose what is due today and is not proposed yet, and take back what is not due any more. How many are new.

    Once a day: running it again changes nothing, unless the schedule was changed.
    """
    today = agreements.local_day(now)
    if LookedForDue.objects.filter(day=today).exists():
        return 0
    found = list(_due(today))
    made = _propose(found, now)
    wanted = {(one.facts.what, one.thing) for one, _when in found}
    stale = [row.pk for row in DueItem.objects.filter(kept_until=None) if (row.what, row.thing) not in wanted]
    DueItem.objects.filter(pk__in=stale).delete()
    LookedForDue.objects.update_or_create(day=today, defaults={"found": made})
    audit.record(
        actor=SYSTEM,
        action="retention.looked",
        detail={"due": len(found), "new": made, "gone": len(stale)},
        now=now,
    )
    return made


def _due(today: date) -> Iterator[tuple[Candidate, Due]]:
    in_force = rules(on=today)
    for what in THINGS:
        for one in candidates(what, in_force, today=today):
            when = due(one.facts, in_force)
            if when is not None and when.on <= today:
                yield one, when


def candidates(
    what: str, in_force: Iterable[Rule], *, today: date, thing: UUID | None = None
) -> Iterator[Candidate]:
    """All of this kind that could be due by `today`, or this one thing."""
    about_it = [rule for rule in in_force if what in rule.what]
    if not about_it:
        return
    days = {
        "before": after(today, -min(map(_least, about_it))),
        "written_by": [after(today, -_years(rule, WRITTEN)) for rule in about_it],
        "born_by": [after(today, -_years(rule, BIRTH)) for rule in about_it],
    }
    with connection.cursor() as cursor:
        cursor.execute(THINGS[what].candidates, {**days, "today": today, "thing": thing})
        rows = cursor.fetchall()
    holders = agencies.agencies({row[1] for row in rows})
    for row in rows:
        yield _candidate(what, holders[row[1]], *row)


def _least(rule: Rule) -> int:
    """So many years at least lie between a thing and the day on which it is due: nobody grown up counts as a child."""
    return max(keep.years - OF_AGE if keep.event == BIRTH else keep.years for keep in rule.keep)


def _years(rule: Rule, event: str) -> int:
    """So many years at least lie between this event and the day on which it is due."""
    return max((keep.years for keep in rule.keep if keep.event == event), default=0)


def _candidate(
    what: str, holder: Agency, thing: UUID, agency: UUID, kinds: list[str], events: str, people: str
) -> Candidate:
    told = [
        (UUID(pk), _day(born), _day(died), _day(written)) for pk, born, died, written in json.loads(people)
    ]
    births = [_born(born, written) for _pk, born, _died, written in told if written]
    deaths = [died for _pk, _born, died, _written in told]
    last = {name: day for name, said in json.loads(events).items() if (day := _day(said))}
    facts = Facts(
        what=what,
        agency=holder.code,
        sector=holder.sector,
        kinds=frozenset(kinds),
        events={**last, **({BIRTH: max(births)} if births else {})},
        died_on=max(died for died in deaths if died) if deaths and all(deaths) else None,
    )
    return Candidate(thing, agency, facts, tuple(sorted({pk for pk, *_rest in told})))


def _born(born: date | None, written: date) -> date:
    """Of whoever was grown up when it happened, or whose birth nobody knows, that day stands for the birth: it may
    be about a child of theirs."""
    return written if born is None or after(born, OF_AGE) <= written else born


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def _propose(found: list[tuple[Candidate, Due]], now: datetime) -> int:
    there = {(row.what, row.thing): row for row in DueItem.objects.all()}
    rows = []
    for one, when in found:
        rule, row = when.rule, there.get((one.facts.what, one.thing))
        made = row or DueItem(
            what=one.facts.what, thing=one.thing, agency_id=one.agency, salt=os.urandom(16), found_at=now
        )
        made.people, made.due_on = list(one.people), when.on
        made.rule, made.rule_name, made.source, made.agreement = (
            rule.code,
            rule.name,
            rule.source,
            rule.agreement,
        )
        rows.append(made)
    DueItem.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["people", "due_on", "rule", "rule_name", "source", "agreement"],
    )
    return sum((one.facts.what, one.thing) not in there for one, _when in found)


@context.hub("disposing")
def is_due(row: DueItem, *, today: date) -> bool:
    """Is it still due: nothing added to it since, and the schedule as it was?"""
    in_force = rules(on=today)
    for one in candidates(row.what, in_force, today=today, thing=row.thing):
        when = due(one.facts, in_force)
        return when is not None and when.on <= today
    return False
