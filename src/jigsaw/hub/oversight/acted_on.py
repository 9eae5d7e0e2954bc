"""Are the patterns that people are told of any use? By rule, how many were looked at, and led to something.

Counts of all agencies together and shares in whole per cent; small ones are kept back as elsewhere. A rule of which
nothing ever comes only interrupts: it is there to be changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.oversight.queries import Figure, check_may_see
from jigsaw.hub.oversight.record_quality import in_per_cent, protected
from jigsaw.hub.patterns import queries as patterns

LOOKS_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Row:
    """A rule: how often somebody was told, and of that, in per cent, what was looked at and what led to something.

    A share is None where it or the rest is from 1 to 4, or would give such a count away.
    """

    name: str
    told: Figure
    looked_at: int | None
    acted_on: int | None


@transaction.atomic
def acted_on(actor: Actor, *, now: datetime) -> tuple[Row, ...]:
    """The last 90 days by rule, for those who oversee the partnership; that they were read is kept. Raises Refused."""
    check_may_see(actor)
    with context.hub("measures"):
        found = patterns.what_came_of_them(since=now - LOOKS_BACK, until=now)
    names = {rule.code: rule.name for rule in agreements.patterns(on=agreements.local_day(now)).rules}
    audit.record(actor=actor, action="patterns.measured", people=[], thing="patterns", now=now)
    totals = [one.acted + one.nothing + one.waiting for one in found]
    looked = [one.acted + one.nothing for one in found]
    columns = zip(
        protected(totals),
        in_per_cent(list(zip(looked, totals, strict=True))),
        in_per_cent([(one.acted, each) for one, each in zip(found, looked, strict=True)]),
        strict=True,
    )
    return tuple(
        Row(names.get(one.rule, one.rule), *column) for one, column in zip(found, columns, strict=True)
    )
