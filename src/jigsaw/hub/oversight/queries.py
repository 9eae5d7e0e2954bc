"""How well does sharing work here? Figures for those who oversee it, without any child's details.

Reads only what the domains count. A count from 1 to 4 leaves here as "fewer than 5", and a figure from
which such a count could be worked out does not leave at all: a handful in a small town is somebody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.agreements.queries import RatingLevel
from jigsaw.hub.disclosures import queries as disclosures
from jigsaw.hub.information_requests import queries as requests
from jigsaw.hub.information_requests.queries import Speed
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Refused
from jigsaw.hub.referrals import queries as referrals

LOOKS_BACK = timedelta(days=90)
TREND_MONTHS = 6
# Our own choice, in the manner of published statistics on children. A partnership may set a higher number;
# a lower one would name people.
SMALLEST_SHOWN = 5


@dataclass(frozen=True)
class Figure:
    """A count as it may be shown: `value` is None where it is from 1 to 4, or would give such a count away."""

    value: int | None
    small: bool = False
    """True if the count itself is from 1 to 4; False with no value: kept back to protect another."""


@dataclass(frozen=True)
class AgencyFigures:
    agency: str
    sector: str
    on_time: Figure
    late: Figure
    never: Figure


@dataclass(frozen=True)
class RatingFigures:
    """`median_hours` is None where fewer than 5 were answered."""

    level: RatingLevel
    answered: Figure
    median_hours: float | None


@dataclass(frozen=True)
class Sources:
    """One source of referrals: a sector code, public or anonymous; counts in the order of `states`."""

    source: str
    counts: tuple[Figure, ...]


@dataclass(frozen=True)
class Measures:
    """Everything on the oversight page, from `since` (inclusive) until `until` (exclusive)."""

    since: datetime
    until: datetime
    agencies: tuple[AgencyFigures, ...]
    on_time_percent: int | None
    never: Figure
    ratings: tuple[RatingFigures, ...]
    trend: tuple[tuple[date, float | None], ...]
    """Median hours to answer the most urgent rating, by month."""
    shared: Figure
    part: Figure
    withheld: Figure
    withheld_percent: int | None
    withheld_kinds: tuple[tuple[str, Figure], ...]
    feedback_on_time: Figure
    feedback_late: Figure
    feedback_owed: Figure
    feedback_percent: int | None
    states: tuple[str, ...]
    sources: tuple[Sources, ...]
    escalations: Figure


def figure(count: int) -> Figure:
    """The count as it may be shown."""
    small = 0 < count < SMALLEST_SHOWN
    return Figure(None if small else count, small)


def total(counts: Iterable[int]) -> Figure:
    """The sum of counts that are shown one by one: kept back where one hidden count could be worked out."""
    counts = list(counts)
    hidden = [count for count in counts if figure(count).small]
    return Figure(None) if len(hidden) == 1 and sum(counts) >= SMALLEST_SHOWN else figure(sum(counts))


def percent(part: int, rest: int) -> int | None:
    """What share `part` is of both together; None where there is nothing, or either is from 1 to 4."""
    if not part + rest or figure(part).small or figure(rest).small:
        return None
    return round(100 * part / (part + rest))


@context.hub("measures")
def measures(actor: Actor, *, now: datetime) -> Measures:
    """The figures of the last 90 days. Raises Refused unless the role includes oversight."""
    check_may_see(actor)
    since = now - LOOKS_BACK
    span = {"since": since, "until": now}
    timely = requests.timeliness(**span)
    items, kinds = disclosures.decided(**span), disclosures.withheld_by_kind(**span)
    feedback = referrals.feedback_given(**span)
    states, sources = _sources(referrals.came_from(**span))
    levels = agreements.rating_scheme(on=agreements.local_day(now)).levels
    return Measures(
        since=since,
        until=now,
        agencies=tuple(
            AgencyFigures(t.agency, t.sector, figure(t.on_time), figure(t.late), figure(t.never))
            for t in timely
        ),
        on_time_percent=_on_time(timely),
        never=total(t.never for t in timely),
        ratings=_ratings(levels, requests.speed(**span)),
        trend=_trend(levels[0], now),
        shared=figure(items.get("share", 0)),
        part=figure(items.get("part", 0)),
        withheld=total(kinds.values()),
        withheld_percent=_withheld(items, kinds),
        withheld_kinds=tuple((kind, figure(n)) for kind, n in sorted(kinds.items())),
        feedback_on_time=figure(feedback["on_time"]),
        feedback_late=figure(feedback["late"]),
        feedback_owed=figure(feedback["owed"]),
        feedback_percent=percent(feedback["on_time"], feedback["late"] + feedback["owed"]),
        states=states,
        sources=sources,
        escalations=figure(requests.escalations(**span)),
    )


def check_may_see(actor: Actor) -> None:
    if not actor.may("oversight.view"):
        raise Refused(
            _("Your role does not include seeing figures on how sharing works."),
            _("Ask your administrator if you think your role should allow it."),
        )


def _on_time(timely: list[requests.Timeliness]) -> int | None:
    """By due time, of all that fell due; kept back where an agency's hidden count could be worked out."""
    columns = [[t.on_time for t in timely], [t.late for t in timely], [t.never for t in timely]]
    if any(total(column).value is None for column in columns):
        return None
    on_time, late, never = (sum(column) for column in columns)
    return percent(on_time, late + never)


def _withheld(items: dict[str, int], kinds: dict[str, int]) -> int | None:
    if total(kinds.values()).value is None:
        return None
    return percent(items.get("withhold", 0), items.get("share", 0) + items.get("part", 0))


def _ratings(levels: tuple[RatingLevel, ...], speeds: list[Speed]) -> tuple[RatingFigures, ...]:
    by_code = {speed.rating: speed for speed in speeds}
    nothing = Speed("", 0, 0.0)
    return tuple(
        RatingFigures(level, figure(speed.answered), _median(speed))
        for level in levels
        for speed in [by_code.get(level.code, nothing)]
    )


def _median(speed: Speed) -> float | None:
    return round(speed.median_hours, 1) if speed.answered >= SMALLEST_SHOWN else None


def _trend(level: RatingLevel, now: datetime) -> tuple[tuple[date, float | None], ...]:
    """The last six months, this one included; a month with fewer than 5 answers has no value."""
    months = [agreements.local_day(now).replace(day=1)]
    while len(months) < TREND_MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    first = datetime.combine(months[-1], datetime.min.time(), agreements.ENGLAND)
    found = requests.speed_by_month(level.code, since=first, until=now)
    return tuple((month, _median(found[month]) if month in found else None) for month in reversed(months))


def _sources(rows: list[tuple[str, str, int]]) -> tuple[tuple[str, ...], tuple[Sources, ...]]:
    """A table of sources by state; every state of a referral has its column."""
    states = tuple(referrals.ReferralState.values)
    counts = {(source, state): n for source, state, n in rows}
    names = list(dict.fromkeys(source for source, _state, _n in rows))
    return states, tuple(
        Sources(name, tuple(figure(counts.get((name, state), 0)) for state in states)) for name in names
    )
