"""Nobody sees what they may not, and nobody is refused what they may: against an independent model.

Small worlds are made by chance through the operations: records are linked and unlinked, lent and taken back,
practitioners turn out to be too close, entries are written, released whole or in part and withdrawn. The model
below says in a few plain lines who may see what at which time; the hub must agree, exactly. And each rule,
broken on purpose, is found broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jigsaw.hub.chronology import access as chronology_access
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.chronology.models import Entry, Release
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import AlreadyDone, NotHere, Refused
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.models import Grant, PersonRecord
from jigsaw.hub.people.records import Facts
from people_in_tests import MONDAY, Town

EXAMPLES = 200
# A broken rule needs many stories until one shows it; a million cases are decided by `jigsaw bench guard`.
AGREEING = 80
STEP = timedelta(minutes=10)
RECORDS, ENTRIES = 4, 3

# --- what can happen ----------------------------------------------------------------------------------------

record = st.integers(0, RECORDS - 1)
entry = st.integers(0, ENTRIES - 1)
agency = st.integers(0, 2)
who = st.integers(0, 3)
purpose = st.sampled_from(["E-1", "E-2"])

act = st.one_of(
    st.tuples(st.just("link"), record, record),
    st.tuples(st.just("unlink"), record),
    st.tuples(st.just("lend"), record, agency, purpose),
    st.tuples(st.just("end"), purpose),
    st.tuples(st.just("too_close"), who, record),
    st.tuples(st.just("release"), entry, agency, purpose, st.booleans()),
    # Twice: what is linked and what is told to others is where most can go wrong.
    st.tuples(st.just("link"), record, record),
    st.tuples(st.just("release"), entry, agency, purpose, st.booleans()),
    st.tuples(st.just("withdraw"), entry, agency, purpose),
    st.tuples(st.just("correct"), entry),
)
about = st.lists(st.sets(record, min_size=1, max_size=2), min_size=ENTRIES, max_size=ENTRIES)
story = st.tuples(
    about, st.lists(act, min_size=3, max_size=16), who, st.lists(st.integers(0, 15), max_size=2)
)


# --- the model: who may see what ------------------------------------------------------------------------------


@dataclass
class Lent:
    thing: Any
    agency: UUID
    purpose: str
    begins: datetime
    ends: datetime | None = None
    text: str = ""

    def live(self, at: datetime) -> bool:
        return self.begins <= at and (self.ends is None or at < self.ends)


@dataclass
class Model:
    """Everything that was done, in its own terms. `person` gives each record's person by any name."""

    holder: dict[UUID, UUID]
    person: dict[UUID, UUID]
    too_close: dict[tuple[UUID, UUID], datetime] = field(default_factory=dict)
    """Who is too close to whom, and when it was last said."""
    met: dict[frozenset[UUID], datetime] = field(default_factory=dict)
    """Since when two records stand together."""
    lent: list[Lent] = field(default_factory=list)
    entries: dict[UUID, tuple[UUID, frozenset[UUID], str]] = field(default_factory=dict)
    released: list[Lent] = field(default_factory=list)
    newer: dict[UUID, UUID] = field(default_factory=dict)
    mistaken: set[UUID] = field(default_factory=set)
    """The newest versions of what should not be there."""

    def records(self, of: UUID) -> set[UUID]:
        return {pk for pk, person in self.person.items() if person == of}

    def together(self, record: UUID, others: set[UUID], now: datetime) -> None:
        self.met |= {frozenset((record, other)): now for other in others - {record}}

    def apart(self, record: UUID) -> None:
        self.met = {both: at for both, at in self.met.items() if record not in both}

    def sees(self, agency: UUID, at: datetime) -> set[UUID]:
        """The records an agency sees: its own, and those lent to it for a purpose that is live."""
        lent = {one.thing for one in self.lent if one.agency == agency and one.live(at)}
        return lent | {pk for pk, holder in self.holder.items() if holder == agency}

    def opens(self, actor: Actor, person: UUID, at: datetime) -> str:
        """Does this person's page open?"""
        if (actor.practitioner_id, person) in self.too_close:
            return "refused"
        return "opens" if self.records(person) & self.sees(actor.agency_id, at) else "nothing here"

    def lines(self, actor: Actor, person: UUID, at: datetime) -> dict[UUID, str]:
        """Each entry about the person that may be read, and the words that may be read of it."""
        mine = self.records(person)
        found = {}
        for pk, (holder, records, text) in self.entries.items():
            told = [r for r in self.released if r.thing == pk and r.agency == actor.agency_id and r.live(at)]
            if records & mine and holder == actor.agency_id:
                found[pk] = text
            elif records & mine and told:
                found[pk] = max(told, key=lambda r: r.begins).text
        seen = set(self._told(actor, at))
        return {pk: text for pk, text in found.items() if not (set(self._after(pk)) & (seen | self.mistaken))}

    def _told(self, actor: Actor, at: datetime) -> Iterator[UUID]:
        """Every entry the agency may read, about whomever."""
        yield from (pk for pk, (holder, _about, _text) in self.entries.items() if holder == actor.agency_id)
        yield from (r.thing for r in self.released if r.agency == actor.agency_id and r.live(at))

    def _after(self, pk: UUID) -> Iterator[UUID]:
        """What took its place, and what took the place of that; itself, too, where it should not be there."""
        if pk in self.mistaken:
            yield pk
        while pk := self.newer.get(pk):  # type: ignore[assignment]
            yield pk


# --- the same acts in the hub and in the model -----------------------------------------------------------------


@dataclass
class Base:
    """What every example starts from: four records of three agencies, each a person of its own."""

    town: Town
    actors: list[Actor]
    agencies: list[UUID]
    records: list[UUID]


@pytest.fixture
def base(town: Town) -> Base:
    held = []
    for number, actor in enumerate([town.ros, town.amina, town.amina, town.hannah]):
        facts = Facts(given=f"Child{number}", family=f"Family{number}", born=date(2012, 1, 1 + number))
        made, _ = people.hold(
            actor=actor, agency=actor.agency_id, system="s", source_key=str(number), facts=facts, now=MONDAY
        )
        held.append(made.pk)
    actors = [town.ros, town.amina, town.tom, town.hannah]
    return Base(town, actors, [town.school.pk, town.health.pk, town.police.pk], held)


def piece_saying(text: str) -> Piece:
    return Piece(
        kind="note", title=text, text=text, happened_on=MONDAY.date(), how_known="fact", source="Register"
    )


class World:
    """Plays a story in the database and in the model at once."""

    def __init__(self, base: Base, about: list[set[int]]) -> None:
        self.base = base
        rows = PersonRecord.objects.filter(pk__in=base.records)
        self.model = Model(
            holder={row.pk: row.agency_id for row in rows}, person={row.pk: row.person_id for row in rows}
        )
        self.names = set(self.model.person.values())
        self.about = about
        self.entries = [self._write(number, places) for number, places in enumerate(about)]

    def _write(self, number: int, places: set[int]) -> UUID:
        rows = PersonRecord.objects.in_bulk([self.base.records[place] for place in places])
        holder = rows[self.base.records[min(places)]].agency_id
        own = [row for row in rows.values() if row.agency_id == holder]
        actor = next(a for a in self.base.actors if a.agency_id == holder)
        text = f"original {number}"
        made = chronology.write(actor=actor, piece=piece_saying(text), about=own, now=MONDAY)
        self.model.entries[made.pk] = (holder, frozenset(row.pk for row in own), text)
        return made.pk

    def play(self, acts: list[tuple[Any, ...]]) -> datetime:
        """Do each act a step after the one before; returns when the last was done."""
        for number, (name, *parts) in enumerate(acts, start=1):
            getattr(self, name)(*parts, now=MONDAY + STEP * number)
        return MONDAY + STEP * len(acts)

    def _record(self, place: int) -> PersonRecord:
        return PersonRecord.objects.select_related("person").get(pk=self.base.records[place])

    def link(self, place: int, to: int, *, now: datetime) -> None:
        moved, left = self.base.records[place], self.model.person[self.base.records[place]]
        person = self.model.person[self.base.records[to]]
        people.link(
            actor=self.base.town.grace, record=self._record(place), person=person, reason="Seen", now=now
        )
        if left == person:
            return
        self.model.apart(moved)
        self.model.together(moved, self.model.records(person), now)
        self.model.person[moved] = person
        if not self.model.records(left):
            self._as_close(left, person)

    def unlink(self, place: int, *, now: datetime) -> None:
        record, before = self._record(place), self.model.person[self.base.records[place]]
        if len(self.model.records(before)) < 2:
            return
        rest = self.model.records(before) - {record.pk}
        since = min(self.model.met[frozenset((record.pk, other))] for other in rest)
        made = people.unlink(actor=self.base.town.grace, record=record, reason="Twins", now=now)
        stayed = PersonRecord.objects.values_list("person", flat=True).get(pk=min(rest))
        # One of the two keeps the name; the other goes by another.
        assert before in (made.pk, stayed) and made.pk != stayed
        self.model.apart(record.pk)
        self.model.person |= {record.pk: made.pk} | dict.fromkeys(rest, stayed)
        self._close_to_either(before, stayed if made.pk == before else made.pk, since)

    def _as_close(self, old: UUID, new: UUID) -> None:
        """Who was too close to somebody is too close to them under whatever name they go on."""
        for (who, person), said in list(self.model.too_close.items()):
            if person == old:
                self.model.too_close.setdefault((who, new), said)

    def _close_to_either(self, left: UUID, came: UUID, since: datetime) -> None:
        """What was said while they stood together holds for both; what came with the link goes with it."""
        new = not any(person == came for _who, person in self.model.too_close) and came not in self.names
        for (who, person), said in list(self.model.too_close.items()):
            if person == left and (said >= since or new):
                self.model.too_close.setdefault((who, came), said)
            elif person == left and self.model.too_close.get((who, came)) == said:
                del self.model.too_close[who, left]
        self.names.add(came)

    def lend(self, place: int, to: int, purpose: str, *, now: datetime) -> None:
        agency, record = self.base.agencies[to], self._record(place)
        people.grant(
            actor=SYSTEM, records=[record], agency=agency, purpose="request", reference=purpose, now=now
        )
        before = [
            o
            for o in self.model.lent
            if (o.thing, o.agency, o.purpose, o.ends) == (record.pk, agency, purpose, None)
        ]
        if record.agency_id != agency and not before:
            self.model.lent.append(Lent(record.pk, agency, purpose, now))

    def end(self, purpose: str, *, now: datetime) -> None:
        people.end_grants(actor=SYSTEM, reference=purpose, now=now)
        chronology.end_releases(reference=purpose, now=now)
        for one in (*self.model.lent, *self.model.released):
            if one.purpose == purpose and one.ends is None:
                one.ends = now

    def too_close(self, practitioner: int, place: int, *, now: datetime) -> None:
        actor = self.base.actors[practitioner]
        person = self.model.person[self.base.records[place]]
        people.declare_conflict(
            actor=actor, practitioner=actor.practitioner_id, person=person, why="Aunt", now=now
        )
        self.model.too_close[actor.practitioner_id, person] = now

    def correct(self, number: int, *, now: datetime) -> None:
        """The agency puts the entry right: about all that it was about, or one of them; from now on the story is of
        the newer one. Or about none: it should not be there. Which of these, the time says."""
        about = ("all", "one", "none")[(now - MONDAY) // STEP % 3]
        if about == "none":
            return self._mistaken(number, now)
        earlier, text = self.entries[number], f"put right {number} {now}"
        holder, records, _text = self.model.entries[earlier]
        persons = {self.model.person[pk] for pk in records}
        still = {min(persons)} if about == "one" else persons
        whole = {"piece": piece_saying(text), "persons": still, "reason": "Wrong.", "now": now}
        if self._puts_right(earlier, chronology.correct, **whole):
            newer = Entry.objects.get(supersedes=earlier).pk
            kept = frozenset(pk for pk in records if self.model.person[pk] in still)
            self.model.entries[newer] = (holder, kept, text)
            self.model.newer[earlier] = self.entries[number] = newer
        return None

    def _mistaken(self, number: int, now: datetime) -> None:
        pk = self.entries[number]
        if self._puts_right(pk, chronology.withdraw, reason="Another child.", now=now):
            self.model.mistaken.add(pk)

    def _puts_right(self, pk: UUID, act: Callable[..., Any], **whole: Any) -> bool:
        """Somebody of its agency does it, if there is anybody who is not too close, and only once."""
        holder, records, _text = self.model.entries[pk]
        done = False
        for actor in (one for one in self.base.actors if one.agency_id == holder):
            persons = {self.model.person[record] for record in records}
            close = any((actor.practitioner_id, person) in self.model.too_close for person in persons)
            expected = Refused if close else AlreadyDone if done or pk in self.model.mistaken else None
            try:
                act(actor=actor, entry=pk, **whole)
            except (AlreadyDone, Refused) as error:
                assert type(error) is expected
            else:
                assert expected is None
                done = True
        return done

    def release(self, number: int, to: int, purpose: str, in_part: bool, *, now: datetime) -> None:
        self.withdraw(number, to, purpose, now=now)
        pk, agency = self.entries[number], self.base.agencies[to]
        text = f"told at {now}" if in_part else self.model.entries[pk][2]
        chronology.release(
            entry=Entry.objects.get(pk=pk), to_agency=agency, reference=purpose, now=now, title=text,
            text=text, child_words="", in_part=in_part,
        )  # fmt: skip
        self.model.released.append(Lent(pk, agency, purpose, now, text=text))

    def withdraw(self, number: int, to: int, purpose: str, *, now: datetime) -> None:
        pk, agency = self.entries[number], self.base.agencies[to]
        chronology.end_release(entry=Entry.objects.get(pk=pk), to_agency=agency, reference=purpose, now=now)
        for one in self.model.released:
            if (one.thing, one.agency, one.purpose, one.ends) == (pk, agency, purpose, None):
                one.ends = now


# --- what the hub says -----------------------------------------------------------------------------------------


def door(actor: Actor, person: UUID, at: datetime) -> str:
    """Does anything of this person open to this practitioner?"""
    try:
        people_queries.check_may_open(actor, person, at)
    except Refused:
        return "refused"
    except NotHere:
        return "nothing here"
    return "opens"


def page(actor: Actor, person: UUID, at: datetime) -> tuple[str, set[UUID]]:
    """How the person's page answers, and the records on it."""
    try:
        shown = people_queries.profile(actor, person, purpose="test", now=at)
    except Refused:
        return "refused", set()
    except NotHere:
        return "nothing here", set()
    return "opens", {row.pk for row in shown.records}


def picture(actor: Actor, person: UUID, at: datetime) -> tuple[str, dict[UUID, str], int]:
    """How the chronology answers, and what it says of each entry (title and text must agree)."""
    try:
        seen = chronology_queries.picture(actor, person, purpose="test", now=at)
    except Refused:
        return "refused", {}, 0
    except NotHere:
        return "nothing here", {}, 0
    assert all(line.title == line.text for line in seen.lines)
    return "opens", {line.id: line.text for line in seen.lines}, seen.total


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def agrees(base: Base, told: Any) -> None:
    """The hub and the model say the same of everybody: for all practitioners whether a page opens and what is
    listed, and for one of them, at a few times, every word of it."""
    places, acts, looks, steps = told
    with undone():
        world = World(base, places)
        end = world.play(acts)
        actor, model = base.actors[looks], world.model
        for anyone in base.actors:
            for person in set(model.person.values()):
                assert door(anyone, person, end) == model.opens(anyone, person, end)
                standing, _gone = chronology_queries.on_page(anyone, person, end)
                assert {entry.mark.id for entry in standing} == set(model.lines(anyone, person, end))
        for at in {end, *(MONDAY + STEP * step for step in steps)}:
            seen = set(people_access.visible_records(actor, at).values_list("pk", flat=True))
            assert seen == model.sees(actor.agency_id, at)
            for person in set(model.person.values()):
                opens = model.opens(actor, person, at)
                mine = model.records(person) & seen if opens == "opens" else set()
                assert page(actor, person, at) == (opens, mine)
                lines = model.lines(actor, person, at) if opens == "opens" else {}
                assert picture(actor, person, at) == (opens, lines, len(lines))


def try_many(base: Base, *, examples: int, shrink: bool = True) -> None:
    phases = [Phase.explicit, Phase.generate, Phase.shrink] if shrink else [Phase.generate]

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, phases=phases,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(story)
    def holds(told: Any) -> None:
        agrees(base, told)

    holds()


def test_no_leak_and_no_wrong_refusal(base: Base) -> None:
    try_many(base, examples=AGREEING)


# --- and a broken rule is found broken -------------------------------------------------------------------------


def _forgets_that_a_purpose_ends(actor: Actor, now: datetime) -> Any:
    lent = Grant.objects.filter(agency=actor.agency_id, given_at__lte=now).values("record")
    return PersonRecord.objects.filter(Q(agency=actor.agency_id) | Q(pk__in=lent))


def _lends_before_the_time(actor: Actor, now: datetime) -> Any:
    live = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), agency=actor.agency_id).values("record")
    return PersonRecord.objects.filter(Q(agency=actor.agency_id) | Q(pk__in=live))


MUTANTS: dict[str, list[tuple[object, str, Callable[[Any], Any]]]] = {
    "the end of a purpose is ignored": [
        (people_access, "visible_records", lambda _real: _forgets_that_a_purpose_ends)
    ],
    "a record is seen before it is lent": [
        (people_access, "visible_records", lambda _real: _lends_before_the_time)
    ],
    "those too close are let in": [
        (people_access, "is_too_close", lambda _real: lambda *_: False),
        (people_access, "check_not_too_close", lambda _real: lambda *_: None),
    ],
    "closeness is lost with the old name": [
        (people.linking, "carry_conflicts", lambda _real: lambda _goes_on: None)
    ],
    "other agencies’ entries are shown": [
        (chronology_access, "seen_by", lambda _real: lambda *_: Q(pk__isnull=False))
    ],
    "what is told to one agency is shown to all": [
        (chronology_access, "live_releases", lambda _real: lambda *_: Release.objects.filter(ends_at=None))
    ],
    "the end of a release is ignored": [
        (
            chronology_access,
            "live_releases",
            lambda _real: lambda actor, _now: Release.objects.filter(to_agency=actor.agency_id),
        )
    ],
    "own entries are forgotten": [
        (
            chronology_access,
            "seen_by",
            lambda real: lambda actor, now: real(actor, now) & ~Q(agency=actor.agency_id),
        )
    ],
}


@pytest.mark.parametrize("broken", list(MUTANTS))
def test_a_broken_rule_is_found(base: Base, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    for place, name, mutate in MUTANTS[broken]:
        monkeypatch.setattr(place, name, mutate(getattr(place, name)))
    with pytest.raises(AssertionError):
        try_many(base, examples=EXAMPLES, shrink=False)
