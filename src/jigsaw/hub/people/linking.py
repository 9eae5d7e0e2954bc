"""How are records moved to persons, and which of them may be linked by rule, without a human?

One decision or thousands go the same way: everything is read, decided in order and written together. Each
record is tried against all that were there before it, so that the order in which three records of one child
come in never makes them look like three candidates. Holds no access rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jigsaw import record_linkage as linkage
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid
from jigsaw.hub.people import matching, pairs, undoing, weighing
from jigsaw.hub.people.holding import refresh_all
from jigsaw.hub.people.models import Conflict, LinkDecision, Person, PersonRecord
from jigsaw.hub.people.records import for_matching

AT_ONCE = 200
CERTAIN_BY_RULE = _("Certain by rule: no contradiction, and enough agrees to identify one person.")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is decided on a record and a person, why, and on which comparison."""

    record: PersonRecord
    person: UUID
    verdict: str
    reason: str
    comparison: linkage.Comparison | None = None
    by_rule: bool = False


@dataclass(frozen=True)
class Tally:
    """How many records were tried, linked by rule, and found alike enough that a person should look."""

    tried: int = 0
    linked: int = 0
    to_review: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.tried + other.tried, self.linked + other.linked, self.to_review + other.to_review)


# --- writing decisions ------------------------------------------------------------------------------------


def decide_all(*, actor: Actor, decisions: Iterable[Decision], now: datetime) -> None:
    """Write decisions down. Raises Invalid if one has no reason."""
    rows = [_row(actor, decision, now) for decision in decisions]
    if any(not row.reason for row in rows):
        raise Invalid(
            _("Say why, so that the next person can follow."), {"reason": _("Say what made you decide.")}
        )
    LinkDecision.objects.bulk_create(rows)


def _row(actor: Actor, decision: Decision, now: datetime) -> LinkDecision:
    comparison = decision.comparison
    return LinkDecision(
        record=decision.record,
        person_id=decision.person,
        before_id=_before(decision),
        verdict=decision.verdict,
        reason=decision.reason.strip(),
        probability=comparison.probability if comparison else None,
        evidence=[[e.field, e.level, e.words] for e in comparison.evidence] if comparison else [],
        model=comparison.model_version if comparison else "",
        decided_by_id=None if decision.by_rule else actor.practitioner_id,
        decided_at=now,
    )


def _before(decision: Decision) -> UUID | None:
    """Whom the record spoke of until now, if the decision moves it."""
    moves = decision.verdict == LinkDecision.UNLINKED or (
        decision.verdict == LinkDecision.LINKED and decision.record.person_id != decision.person
    )
    return decision.record.person_id if moves else None


@transaction.atomic
def move_all(*, actor: Actor, decisions: Sequence[Decision], now: datetime) -> None:
    """Write the decisions down and move each record to its person; a person left empty leads there.

    No person may be both left and moved to, so that each move can be told on its own. Raises AlreadyDone if
    somebody decided on one of them since the caller read it; what a rule decided is left out instead.
    """
    person_of = _lock_records(decisions)
    decisions = [d for d in decisions if person_of.get(d.record.pk) == d.record.person_id or _too_late(d)]
    persons = _locked({pk for d in decisions for pk in (d.record.person_id, d.person)})
    decisions = [d for d in decisions if persons[d.person].replaced_by_id is None or _too_late(d)]
    decisions = _without_those_kept_apart(decisions)
    decide_all(actor=actor, decisions=decisions, now=now)
    before = {decision.record.pk: decision.record.person_id for decision in decisions}
    _move(persons, [decision for decision in decisions if decision.record.person_id != decision.person])
    pairs.after_moving(before.keys(), before.values(), now=now)
    for decision in decisions:
        audit.record(
            actor=actor,
            action="person.linked",
            people=[before[decision.record.pk], decision.person],
            thing=f"record {decision.record.pk}",
            detail={"by_rule": decision.by_rule},
            now=now,
            words=decision.reason,
        )


def _lock_records(decisions: Sequence[Decision]) -> dict[UUID, UUID]:
    """The person of each record as it is now, held until the transaction ends: records before persons."""
    rows = PersonRecord.objects.select_for_update().filter(pk__in=[d.record.pk for d in decisions])
    return dict(rows.order_by("pk").values_list("pk", "person"))


def _without_those_kept_apart(decisions: Sequence[Decision]) -> list[Decision]:
    """No rule overrules what a person decided, even a moment ago: asked again under the locks."""
    by_rule = [d.record for d in decisions if d.by_rule]
    apart = matching.kept_apart(by_rule) if by_rule else {}
    return [d for d in decisions if not d.by_rule or d.person not in apart.get(d.record.pk, ())]


def _too_late(decision: Decision) -> bool:
    """False for a rule, which will try again; a person is told who was first."""
    if decision.by_rule:
        return False
    raise decided_first(decision.record.pk, decision.person)


def decided_first(record: UUID, person: UUID) -> AlreadyDone:
    """Somebody decided on this record or person since the page was read."""
    made = LinkDecision.objects.filter(Q(record=record) | Q(record__person=person) | Q(person=person))
    last = made.exclude(decided_by=None).select_related("decided_by").order_by("-decided_at", "-pk").first()
    return AlreadyDone(
        _("%(name)s has just decided who this is.")
        % {"name": last.decided_by.name if last and last.decided_by else _("A colleague")},
        _("Go back to see what was decided. If you see it otherwise, decide again there."),
    )


def _move(persons: dict[UUID, Person], moves: list[Decision]) -> None:
    if not moves:
        return
    before = {move.record.pk: move.record.person_id for move in moves}
    for move in moves:
        move.record.person = persons[move.person]
    PersonRecord.objects.bulk_update([move.record for move in moves], ["person"])
    _lead_on_or_refresh(persons, {before[move.record.pk]: move.person for move in moves})


def _locked(persons: set[UUID]) -> dict[UUID, Person]:
    # Locked in id order, so that two people linking at once cannot wait for each other for ever.
    return {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=persons).order_by("pk")}


def _lead_on_or_refresh(persons: dict[UUID, Person], left_for: dict[UUID, UUID]) -> None:
    peopled = set(PersonRecord.objects.filter(person__in=left_for).values_list("person", flat=True))
    emptied = [persons[left] for left in left_for if left not in peopled]
    for person in emptied:
        person.replaced_by = persons[left_for[person.pk]]
    Person.objects.bulk_update(emptied, ["replaced_by"])
    carry_conflicts({person.pk: left_for[person.pk] for person in emptied})
    refresh_all([*peopled, *left_for.values()])


def carry_conflicts(goes_on: Mapping[UUID, UUID]) -> None:
    """Whoever is too close to a person stays so under the id by which the person goes on."""
    for row in Conflict.objects.filter(person__in=list(goes_on)):
        undoing.carry(goes_on[row.person_id], [row])


# --- linking by rule --------------------------------------------------------------------------------------


def link_what_is_certain(
    *,
    actor: Actor,
    records: Iterable[UUID],
    waiting: Callable[[set[UUID]], set[UUID]],
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> Tally:
    """Link by itself those of `records` that stand alone and are certain; anything less waits for a person.

    `waiting` says which of some records are still to be tried themselves: of those, a record sees only the
    ones that came in before it. `progress` is told how many more records are done.
    """
    tally = Tally()
    ordered = sorted(records)  # ids are time-ordered
    for start in range(0, len(ordered), AT_ONCE):
        chunk = ordered[start : start + AT_ONCE]
        tally += _link_chunk(actor, chunk, waiting, now)
        if progress:
            progress(len(chunk))
    return tally


@transaction.atomic
def _link_chunk(
    actor: Actor, ids: list[UUID], waiting: Callable[[set[UUID]], set[UUID]], now: datetime
) -> Tally:
    alone = matching.standing_alone(ids)
    persons = matching.whole_persons(alone)
    records = sorted((row for rows in persons.values() for row in rows), key=lambda row: row.pk)
    around = _Around(records, waiting)
    decisions: list[Decision] = []
    left: list[pairs.Found] = []
    for record in records:
        found = around.candidates(record)
        sure = linkage.link_by_itself([(each.person, each.comparison) for each in found])
        if sure is None:
            left.append((record, found))
            continue
        around.moved(record, sure)
        decisions.append(by_rule(record, sure, found[0].comparison))
    move_all(actor=actor, decisions=decisions, now=now)
    pairs.note(left, now=now)
    pairs.note_one_number(ids, now=now)
    return Tally(len(ids), len(decisions), sum(bool(found) for _record, found in left))


def by_rule(
    record: PersonRecord, person: UUID, comparison: linkage.Comparison, *, reason: str = ""
) -> Decision:
    """What a rule decides on a record and a person; without a reason: that they are certain to be one."""
    return Decision(
        record=record,
        person=person,
        verdict=LinkDecision.LINKED,
        reason=reason or str(CERTAIN_BY_RULE),
        comparison=comparison,
        by_rule=True,
    )


class _Around:
    """Whom each of some records could also be, as persons stand at that moment of the chunk."""

    def __init__(self, records: list[PersonRecord], waiting: Callable[[set[UUID]], set[UUID]]) -> None:
        self._asked = {record.pk: for_matching([record]) for record in records}
        self._near = matching.near(self._asked)
        self._persons = matching.whole_persons({pk for near in self._near.values() for pk in near})
        self._person_of = {row.pk: pk for pk, rows in self._persons.items() for row in rows}
        self._terms: dict[UUID, linkage.Record] = {}
        self._apart = matching.kept_apart(records)
        self._waiting = waiting(set(self._person_of))
        self._size = matching.index_size()

    def moved(self, record: PersonRecord, person: UUID) -> None:
        """From now on the record speaks of `person`."""
        self._persons.pop(record.person_id, None)
        self._persons[person].append(record)
        # Whoever is kept apart from the record is kept apart from the person it speaks of now.
        for apart in self._apart.values():
            if record.person_id in apart:
                apart.add(person)
        self._person_of[record.pk] = person
        self._terms.pop(person, None)

    def candidates(self, record: PersonRecord) -> list[matching.Candidate]:
        """Persons that the record could also speak of, best first."""
        before = {person: pk for pk, person in reversed(list(self._before(record)))}
        ranked = linkage.rank(
            self._asked[record.pk],
            [(pk, self._whole(pk)) for pk in before],
            weighing.current(),
            index_size=self._size,
        )
        return [
            matching.Candidate(person, before[person], comparison)
            for person, comparison in ranked
            if comparison.grade != "no_match"
        ]

    def _before(self, record: PersonRecord) -> Iterator[tuple[UUID, UUID]]:
        """Records near this one, and their persons, that were there before it."""
        barred = {record.person_id, *self._apart.get(record.pk, ())}
        for pk in self._near[record.pk]:
            later = pk in self._waiting and pk > record.pk
            if self._person_of[pk] not in barred and not later:
                yield pk, self._person_of[pk]

    def _whole(self, person: UUID) -> linkage.Record:
        if person not in self._terms:
            self._terms[person] = for_matching(self._persons[person])
        return self._terms[person]
