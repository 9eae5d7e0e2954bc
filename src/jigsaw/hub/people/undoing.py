"""Who were these records before they were joined with the others, and since when did they stand together?

A wrong link is undone under the old name: the person whom the records spoke of comes back, with the address, the
log and the keepings-apart that were theirs. Holds no access rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from jigsaw.hub.audit.queries import Stood
from jigsaw.hub.kit import context
from jigsaw.hub.people.models import Conflict, LinkDecision, Person, PersonRecord

ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Stay:
    """A record spoke of this person from then on, until its next stay."""

    since: datetime
    person: UUID


def stays(records: Collection[PersonRecord]) -> dict[UUID, list[Stay]]:
    """Whom each record spoke of, oldest first; the last one is whom it speaks of now.

    Moves from before Jigsaw noted whom a record left are not known: such a record spoke of one person always.
    """
    found: dict[UUID, list[Stay]] = {}
    moves = LinkDecision.objects.filter(record__in=[row.pk for row in records]).exclude(before=None)
    told: dict[UUID, list[tuple[datetime, UUID]]] = {row.pk: [] for row in records}
    for record, at, before in moves.order_by("decided_at", "pk").values_list(
        "record", "decided_at", "before"
    ):
        told[record].append((at, before))
    for row in records:
        left = told[row.pk]
        persons = [before for _at, before in left] + [row.person_id]
        found[row.pk] = [
            Stay(since, person)
            for since, person in zip([ALWAYS, *(at for at, _b in left)], persons, strict=True)
        ]
    return found


@context.hub("names")
def stood_under(records: Collection[PersonRecord], *, but: Collection[UUID]) -> list[Stood]:
    """Under whose names these records stood and do no more, from when until when; those of `but` are left out.

    For a person who came back after a wrong link: what others did under the joint name concerned them too.
    """
    times: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for spoken_of in stays(records).values():
        for stay, after in pairwise(spoken_of):
            if stay.person not in but:
                times.setdefault(stay.person, []).append((stay.since, after.since))
    return [Stood(person, *time) for person, several in times.items() for time in _without_overlap(several)]


def _without_overlap(times: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same times, where they meet or overlap as one."""
    whole: list[tuple[datetime, datetime]] = []
    for since, until in sorted(times):
        if whole and since <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(until, whole[-1][1]))
        else:
            whole.append((since, until))
    return whole


def came_back(chosen: Collection[PersonRecord], spoken_of: dict[UUID, list[Stay]]) -> UUID | None:
    """The person whom the chosen records, and no others, once spoke of, and who leads elsewhere now; None if
    there was none.

    Of several, whoever most of the chosen spoke of, and of those the last.
    """
    times: dict[UUID, tuple[int, datetime]] = {}
    for row in chosen:
        for stay in spoken_of[row.pk]:
            count, last = times.get(stay.person, (0, ALWAYS))
            times[stay.person] = (count + 1, max(last, stay.since))
    mine = [row.pk for row in chosen]
    others = LinkDecision.objects.filter(before__in=times).exclude(record__in=mine)
    led_away = Person.objects.filter(pk__in=times).exclude(replaced_by=None).values_list("pk", flat=True)
    free = set(led_away) - set(others.values_list("before", flat=True))
    return max(free, key=lambda person: times[person]) if free else None


def together_since(
    chosen: Iterable[PersonRecord], others: Sequence[PersonRecord], spoken_of: dict[UUID, list[Stay]]
) -> datetime:
    """When the first of the chosen began to stand with one of the others as it does today."""
    return min(_met(spoken_of[one.pk], spoken_of[other.pk]) for one in chosen for other in others)


def _met(ones: list[Stay], others: list[Stay]) -> datetime:
    """The start of the time, lasting until today, in which two records spoke of one person."""
    met = max(ones[-1].since, others[-1].since)
    for since in sorted({stay.since for stay in (*ones, *others)}, reverse=True):
        if _at(ones, since) != _at(others, since):
            break
        met = since
    return met


def _at(spoken_of: list[Stay], moment: datetime) -> UUID:
    return [stay for stay in spoken_of if stay.since <= moment][-1].person


def bring_back(
    chosen: Collection[PersonRecord],
    person: UUID | None,
    others: dict[UUID, list[Stay]],
    own: dict[UUID, list[Stay]],
) -> Person:
    """The person whom the chosen records speak of from now on, no longer leading elsewhere.

    Those who led away with them, and whom none of the others ever spoke of, lead to this person.
    """
    if person is None:
        return Person.objects.create()
    Person.objects.filter(pk=person).update(replaced_by=None)
    now = {row.person_id for row in chosen}
    once = {stay.person for each in own.values() for stay in each}
    theirs = {stay.person for each in others.values() for stay in each}
    away = Person.objects.filter(pk__in=once - theirs - now - {person}).exclude(replaced_by=None)
    away.update(replaced_by=person)
    return Person.objects.get(pk=person)


def take_back_conflicts(came: UUID, left: UUID, since: datetime) -> None:
    """Who is too close after two were taken apart: to either, whom they were declared close to.

    What the link brought along is theirs alone again; what was declared while they stood together holds for
    both, because nobody can tell of whom it was said.
    """
    theirs = set(Conflict.objects.filter(person=came).values_list("practitioner", "why", "declared_at"))
    here = list(Conflict.objects.filter(person=left))
    brought = [
        row.pk
        for row in here
        if row.declared_at < since and (row.practitioner_id, row.why, row.declared_at) in theirs
    ]
    Conflict.objects.filter(pk__in=brought).delete()
    carry(came, (row for row in here if row.declared_at >= since))


def carry(person: UUID, conflicts: Iterable[Conflict]) -> None:
    """Whoever is too close by these is too close to `person` as well."""
    Conflict.objects.bulk_create(
        [
            Conflict(
                practitioner_id=row.practitioner_id,
                person_id=person,
                why=row.why,
                declared_at=row.declared_at,
            )
            for row in conflicts
        ],
        ignore_conflicts=True,
    )


def keep_apart_from_both(
    chosen: Sequence[PersonRecord], others: Sequence[PersonRecord], came: UUID, left: UUID, since: datetime
) -> None:
    """Who was kept apart from the two while they stood together is kept apart from each of them.

    Otherwise a rule could join with one of them somebody whom a person had found to be neither.
    """
    apart = [LinkDecision.NOT_SAME, LinkDecision.UNLINKED]
    made = LinkDecision.objects.filter(verdict__in=apart, decided_at__gte=since)
    inside = {row.pk for row in (*chosen, *others)}
    said = [(row, row.record_id, came) for row in made.filter(person=left).exclude(record__in=inside)]
    said += [(row, others[0].pk, row.person_id) for row in made.filter(record__in=[r.pk for r in chosen])]
    said += [(row, chosen[0].pk, row.person_id) for row in made.filter(record__in=[r.pk for r in others])]
    LinkDecision.objects.bulk_create(
        LinkDecision(
            record_id=record,
            person_id=person,
            verdict=LinkDecision.NOT_SAME,
            reason=row.reason,
            decided_by_id=row.decided_by_id,
            decided_at=row.decided_at,
        )
        for row, record, person in said
        if person not in (came, left) or record not in inside
    )
