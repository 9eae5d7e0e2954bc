"""How does a description of families become records? Through the operations, act by act, in order of time.

Every act is done by a practitioner of the agency whose act it is, at the time at which it was done, so that
the audit log of the demonstration reads like that of a hub that has been at work for a year and a half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import finding
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.records import Facts
from jigsaw.hub.training.sharetown.partnership import PLACES, WORKERS, Partnership
from jigsaw.hub.training.sharetown.shapes import Calendar, Family, Held, Tie, Works, Wrote

if TYPE_CHECKING:
    from jigsaw.hub.people.models import PersonRecord

# Who enters what an agency holds: its first practitioner with an everyday role.
KEEPERS = {
    "CSC": "grace",
    "POL": "hannah",
    "HV": "amina",
    "HOSP": "meera",
    "SCH": "ros",
    "HPS": "sian",
    "HOU": "kevin",
    "VCS": "bela",
    "NCSC": "nia",
}
# Whose records come in first: the fullest, so that the others find somebody to be linked to.
ORDER = ("HV", "HOSP", "CSC", "NCSC", "SCH", "HPS", "POL", "HOU", "VCS")
AGENCY_OF = {worker.key: worker.agency for worker in WORKERS}
_PHONES = {worker.key: worker.phone for worker in WORKERS}
_AGENCY_PHONES = {place.code: place.phone for place in PLACES}


@dataclass(frozen=True)
class Step:
    """One act: when, and what. At one moment records come before entries, and entries before requests."""

    at: datetime
    rank: int
    act: Callable[[datetime], None]


@dataclass
class Writer:
    """Carries out steps, and remembers what each agency holds, by (agency code, member)."""

    partnership: Partnership
    calendar: Calendar
    records: dict[tuple[str, str], PersonRecord] = field(default_factory=dict)
    facts: dict[tuple[str, str], Facts] = field(default_factory=dict)
    known: dict[str, PersonRecord] = field(default_factory=dict)
    """The first record of each member: whom later records are linked to."""
    to_put_right: dict[tuple[str, str], UUID] = field(default_factory=dict)
    """What was written wrongly at first, by who wrote it and what it says in the end."""

    def actor(self, key: str) -> Actor:
        """The practitioner with this key, acting."""
        return self.partnership.actors[key]

    def record(self, agency: str, member: str) -> PersonRecord:
        """What the agency holds on the member."""
        return self.records[agency, member]

    def run(self, steps: Iterable[Step]) -> None:
        """Do everything in order of time."""
        for step in sorted(steps, key=lambda step: (step.at, step.rank)):
            step.act(step.at)

    def steps(self, families: list[Family]) -> list[Step]:
        """All acts by which the families came to be known."""
        held = [(family, held) for family in families for held in family.held]
        at_first = [pair for pair in held if pair[1].since <= self.calendar.founded and not pair[1].waits]
        return [
            # At the start of the day, so that the day's entries, by night included, find their records there.
            Step(
                self.calendar.at(self.calendar.founded, 0, 5), 0, lambda at: self._hold_at_first(at_first, at)
            ),
            *(self._hold_step(*pair) for pair in held if pair not in at_first),
            *(step for family in families for wrote in family.wrote for step in self._write_steps(wrote)),
        ]

    def _hold_step(self, family: Family, held: Held) -> Step:
        return Step(self.calendar.at(held.since, 0, 10), 0, lambda at: self._hold(family, held, at))

    def _hold(self, family: Family, held: Held, at: datetime) -> None:
        """One agency comes to hold one record."""
        actor = self.actor(held.by or KEEPERS[held.agency])
        record, _outcome = people.hold(
            actor=actor,
            agency=self.partnership.agencies[held.agency].pk,
            system=held.system,
            source_key=held.member,
            facts=held.facts,
            now=at,
        )
        self._remember(held, record)
        if not held.waits:
            people.link_if_certain(actor=actor, record=record, now=at)
            self._settle(held, at)
        self._belong(family, held, at)

    def _hold_at_first(self, pairs: list[tuple[Family, Held]], at: datetime) -> None:
        """What was held when the hub was founded comes in agency by agency, and is linked as it comes."""
        by_source = sorted(pairs, key=lambda pair: (ORDER.index(pair[1].agency), pair[1].system, pair[1].by))
        for (agency, system, by), group in groupby(
            by_source, key=lambda pair: (pair[1].agency, pair[1].system, pair[1].by)
        ):
            came = list(group)
            records = people.hold_many(
                actor=self.actor(by or KEEPERS[agency]),
                agency=self.partnership.agencies[agency].pk,
                system=system,
                told=[(held.member, held.facts) for _family, held in came],
                now=at,
            )
            for (_family, held), record in zip(came, records, strict=True):
                self._remember(held, record)
            people.link_standing_alone(actor=self.actor("grace"), now=at)
            for family, held in came:
                self._settle(held, at)
                self._belong(family, held, at)

    def _remember(self, held: Held, record: PersonRecord) -> None:
        self.known.setdefault(held.member, record)
        self.records[held.agency, held.member] = record
        self.facts[held.agency, held.member] = held.facts

    def _settle(self, held: Held, at: datetime) -> None:
        """The front door links what the rules left open, if there is something to link it to."""
        record, known = self.record(held.agency, held.member), self.known[held.member]
        if record is known:
            return
        record.refresh_from_db(fields=["person"])
        known.refresh_from_db(fields=["person"])
        if record.person_id != known.person_id:
            self._link(record, known, held.why, at)

    def _belong(self, family: Family, held: Held, at: datetime) -> None:
        self._tie(family, held, at)
        for works in family.works:
            if (works.agency, works.member) == (held.agency, held.member):
                self._involve(works, at)

    def _link(self, record: PersonRecord, known: PersonRecord, why: str, at: datetime) -> None:
        """The front door decides, with the evidence before it, a little after the record came in."""
        grace, at = self.actor("grace"), min(at + timedelta(hours=2), self.calendar.now)
        found = finding.matches_for(grace, record, purpose="linking records", now=at)
        match = next((m for m in found if m.card.person == known.person_id), None)
        people.link(
            actor=grace,
            record=record,
            person=known.person_id,
            reason=why,
            now=at,
            comparison=match.comparison if match else None,
        )

    def _tie(self, family: Family, held: Held, at: datetime) -> None:
        """Relate the member to everyone of the family whom the agency already holds."""
        for tie in family.ties:
            if held.member in (tie.member, tie.to) and self._knows(held.agency, tie):
                people.relate(
                    actor=self.actor(held.by or KEEPERS[held.agency]),
                    now=at,
                    record=self.record(held.agency, tie.member),
                    to=self.record(held.agency, tie.to),
                    kind=tie.kind,
                    source=self.partnership.agencies[held.agency].name,
                    parental_responsibility=tie.parental_responsibility,
                    from_date=tie.from_date,
                    until_date=tie.until_date,
                )

    def _knows(self, agency: str, tie: Tie) -> bool:
        both = (agency, tie.member) in self.records and (agency, tie.to) in self.records
        return both and (not tie.known_to or agency in tie.known_to)

    def _involve(self, works: Works, at: datetime) -> None:
        account = self.partnership.accounts.get(works.worker)
        people.involve(
            actor=self.actor(KEEPERS[works.agency]),
            now=at,
            record=self.record(works.agency, works.member),
            service=works.service,
            worker=account.name if account else works.worker,
            worker_phone=_PHONES.get(works.worker, _AGENCY_PHONES[works.agency]),
            practitioner=account,
            from_date=works.from_date,
            until_date=works.until_date,
            detail=works.detail,
        )

    def _write_steps(self, wrote: Wrote) -> Iterable[Step]:
        day, time_of_day = wrote.piece.happened_on, wrote.piece.happened_at
        at = self.calendar.at(day)
        if time_of_day:
            at = min(
                self.calendar.at(day, time_of_day.hour, time_of_day.minute) + timedelta(hours=1),
                self.calendar.now,
            )
        yield Step(at, 1, lambda moment: self._write(wrote, moment))
        if wrote.at_first:
            put_right = min(at + timedelta(days=1), self.calendar.now)
            yield Step(put_right, 1, lambda moment: self._put_right(wrote, moment))

    def _write(self, wrote: Wrote, at: datetime) -> None:
        agency = AGENCY_OF[wrote.by]
        about = [self.record(agency, member) for member in wrote.about]
        made = chronology.add(
            actor=self.actor(wrote.by), piece=wrote.at_first or wrote.piece, about=about, now=at
        )
        if wrote.at_first:
            self.to_put_right[wrote.by, wrote.piece.title] = made.pk

    def _put_right(self, wrote: Wrote, at: datetime) -> None:
        agency = AGENCY_OF[wrote.by]
        records = [self.record(agency, member) for member in wrote.about]
        for record in records:
            record.refresh_from_db(fields=["person"])
        chronology.correct(
            actor=self.actor(wrote.by),
            entry=self.to_put_right[wrote.by, wrote.piece.title],
            piece=wrote.piece,
            persons=[record.person_id for record in records],
            reason=wrote.because,
            now=at,
        )
