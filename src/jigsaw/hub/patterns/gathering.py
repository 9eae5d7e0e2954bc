"""What has been recorded of this child that a pattern can be made of, as one practitioner may see it?

Everything is read with that practitioner's eyes: what they may not open does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.agreements.queries import PatternSetting
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import household, involvement
from jigsaw.hub.referrals import queries as referrals
from jigsaw.hub.unscheduled_care import hearing
from jigsaw.hub.unscheduled_care.hearing import Attended
from jigsaw.patterns import Happening
from jigsaw.patterns.rules import LONGEST_DAYS

ATTENDED = "ed_attendance"


@dataclass(frozen=True)
class Record:
    """What a rule counts, and what to open for it: `what` is entry, referral, alert, or case, which opens nothing."""

    happening: Happening
    what: str
    pk: UUID | None = None
    reference: str = ""
    kind: str = ""


def gather(actor: Actor, person: UUID, setting: PatternSetting, *, now: datetime) -> list[Record]:
    """All that the rules could count, each record as often as it is of some kind. The caller acts as `actor`."""
    since = now - timedelta(days=LONGEST_DAYS)
    attended = hearing.attended(actor, person, since=since)
    return [
        *_entries(actor, person, attended, now),
        *_concerns(actor, person, setting, since),
        *_attendances(attended),
        *_moved_in(actor, person, setting, now),
        *_cases(actor, person),
    ]


def _entries(actor: Actor, person: UUID, attended: list[Attended], now: datetime) -> Iterator[Record]:
    """An attendance that its setting told of, and its agency wrote down as well, is one."""
    seen, _gone = chronology.on_page(actor, person, now)
    visits = [row.mark.id for row in seen if row.mark.kind == ATTENDED]
    held = chronology.held_by(visits) if visits else {}
    settings = {one.agency: one.setting for one in attended}
    told = {(one.agency, agreements.local_day(one.told_at)) for one in attended}
    for row in seen:
        mark, agency = row.mark, held.get(row.mark.id)
        kinds = ("any_entry",) if (agency, mark.on) in told else (mark.kind, "any_entry")
        place = str(settings.get(agency, agency)) if agency else ""
        for kind in kinds:
            what = Happening(f"entry:{row.began_with}", kind, mark.on, place)
            yield Record(what, "entry", mark.id, kind=mark.kind)


def _concerns(actor: Actor, person: UUID, setting: PatternSetting, since: datetime) -> Iterator[Record]:
    for pk, reference, at in referrals.rated_low(actor, person, codes=setting.low_ratings, since=since):
        what = Happening(f"referral:{pk}", "low_level_notice", agreements.local_day(at))
        yield Record(what, "referral", pk, reference, "low_level_notice")


def _attendances(attended: list[Attended]) -> Iterator[Record]:
    for one in attended:
        day = agreements.local_day(one.told_at)
        for kind in ("attendance", "seen_elsewhere") if one.elsewhere else ("attendance",):
            what = Happening(f"alert:{one.alert}", kind, day, str(one.setting))
            yield Record(what, "alert", one.alert, one.reference, "attendance")


def _moved_in(actor: Actor, person: UUID, setting: PatternSetting, now: datetime) -> Iterator[Record]:
    """Points at what is recorded of the one with whom the address is shared, on the day it began to be."""
    since = household.sharing_home_with(actor, person, now=now)
    for other, began_with, pk, kind in chronology.kinds_about(
        actor, since, kinds=setting.risk_kinds, now=now
    ):
        what = Happening(f"entry:{began_with}", "moved_in_with_risk", since[other])
        yield Record(what, "entry", pk, kind=kind)


def _cases(actor: Actor, person: UUID) -> Iterator[Record]:
    for opened in involvement.cases_open_since(actor, person):
        yield Record(Happening(f"case:{opened}", "open_case", opened), "case", kind="open_case")


def by_key(records: Iterable[Record], keys: Iterable[str]) -> list[tuple[Record, date]]:
    """What to open for these keys, with its day, once each and in their order."""
    found = {one.happening.id: one for one in records}
    return [(found[key], found[key].happening.on) for key in keys]
