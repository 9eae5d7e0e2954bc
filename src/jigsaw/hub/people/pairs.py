"""Which records may speak of whom, and wait for somebody to decide?

Filled wherever a rule looks for links, and kept true: a pair goes when it is decided, when its record moves, and
when the two are no longer alike. The same two persons wait once, whichever record was looked at. Holds no
access rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from jigsaw import record_linkage as linkage
from jigsaw.hub.people import matching, weighing
from jigsaw.hub.people.matching import Candidate
from jigsaw.hub.people.models import Identifier, PairToReview, Person, PersonRecord
from jigsaw.hub.people.records import for_matching

# The child, a twin and a sibling: whoever comes after these is answered by deciding on them.
AT_MOST = 3
ONE_NUMBER, TWO_NUMBERS = "one_nhs_number", "two_nhs_numbers"
_TELL_PEOPLE_APART = frozenset({"given_name", "birth_date"})

Found = tuple[PersonRecord, Sequence[Candidate]]


def waiting() -> QuerySet[PairToReview]:
    """Every pair on which nothing is decided, the likeliest first, and of those the oldest."""
    return PairToReview.objects.filter(closed_at=None).order_by("-probability", "found_at", "pk")


def note(found: Iterable[Found], *, now: datetime) -> int:
    """Let these wait, the best few of each record; returns how many are new.

    What waits already keeps its place, with the evidence of today; what is no longer alike goes.
    """
    found = [(record, list(candidates)[:AT_MOST]) for record, candidates in found]
    today = _of_today({each.person for _record, candidates in found for each in candidates})
    # As it stands now: one of the candidates may just have joined somebody whom the record is kept apart from.
    apart = matching.kept_apart([record for record, candidates in found if candidates])
    wanted = {
        (record.pk, today[each.person]): (record, each)
        for record, candidates in found
        for each in candidates
        if today[each.person] not in {record.person_id, *apart.get(record.pk, ())}
    }
    _forget_unlike([record for record, _candidates in found], wanted, now)
    return _put(wanted, now)


def note_one_number(records: Collection[UUID], *, now: datetime) -> int:
    """Let those wait that carry the NHS number of somebody unlike them; returns how many are new.

    A rule passes them over as two people, and the number stays wrong on one of them until somebody looks.
    """
    numbers = Identifier.objects.filter(kind="nhs_number", valid=True)
    mine = dict.fromkeys(numbers.filter(record__in=records).values_list("value", "record"))
    if not mine:
        return 0
    held = numbers.filter(value__in={value for value, _record in mine}).values_list("value", "record")
    holders: dict[str, set[UUID]] = {}
    for value, record in held:
        holders.setdefault(value, set()).add(record)
    if all(len(several) < 2 for several in holders.values()):
        return 0
    rows = PersonRecord.objects.defer("raw").in_bulk({pk for several in holders.values() for pk in several})
    meets = [
        (rows[record], rows[other])
        for value, record in mine
        for other in sorted(holders[value])
        if rows[record].person_id != rows[other].person_id
    ]
    apart = matching.kept_apart([record for record, _other in meets])
    return _put(dict(_unlike(meets, apart)), now)


def _unlike(
    meets: list[tuple[PersonRecord, PersonRecord]], apart: dict[UUID, set[UUID]]
) -> Iterable[tuple[tuple[UUID, UUID], tuple[PersonRecord, Candidate]]]:
    persons = matching.whole_persons({other.pk for _record, other in meets})
    size = matching.index_size()
    for record, other in meets:
        if other.person_id in apart.get(record.pk, ()):
            continue
        said = for_matching(persons[other.person_id])
        comparison = linkage.compare(for_matching([record]), said, weighing.current(), index_size=size)
        if ONE_NUMBER in signs(comparison):
            yield (record.pk, other.person_id), (record, Candidate(other.person_id, other.pk, comparison))


def signs(comparison: linkage.Comparison) -> list[str]:
    """Codes of what cannot both be right: one NHS number on two who are unlike, or two valid numbers."""
    levels = {item.field: item for item in comparison.evidence}
    number = levels.get("nhs_number")
    if number is None:
        return []
    unlike = any(levels[name].bits < 0 for name in _TELL_PEOPLE_APART & levels.keys())
    if number.level == "exact":
        return [ONE_NUMBER] if unlike else []
    return [TWO_NUMBERS] if number.level == "conflict" else []


def _of_today(persons: set[UUID]) -> dict[UUID, UUID]:
    """Where each of these ids leads now."""
    today = {pk: pk for pk in persons}
    step = set(persons)
    while step:
        rows = Person.objects.filter(pk__in=step).exclude(replaced_by=None)
        leads = dict(rows.values_list("pk", "replaced_by"))
        today = {pk: leads.get(at, at) for pk, at in today.items()}
        step = set(leads.values())
    return today


def _put(wanted: dict[tuple[UUID, UUID], tuple[PersonRecord, Candidate]], now: datetime) -> int:
    """Insert what is new, bring up to date what waits; the same two persons only once."""
    there = {frozenset(both): row for *both, row in _open_between(wanted.values())}
    new = []
    for (_record, person), (record, candidate) in wanted.items():
        both = frozenset((record.person_id, person))
        row = there.get(both)
        if row is None:
            row = there[both] = PairToReview(record=record, person_id=person, found_at=now)
            new.append(row)
        elif row.record_id != record.pk:
            continue
        _describe(row, candidate.comparison)
    PairToReview.objects.bulk_create(new, ignore_conflicts=True)
    made = {row.pk for row in new}
    known = [row for row in there.values() if row.pk not in made]
    PairToReview.objects.bulk_update(known, ["probability", "grade", "evidence", "signs", "model"])
    return len(new)


def _open_between(
    wanted: Iterable[tuple[PersonRecord, Candidate]],
) -> list[tuple[UUID, UUID, PairToReview]]:
    """What waits between any of these persons: both persons and the row."""
    persons = {pk for record, each in wanted for pk in (record.person_id, each.person)}
    rows = PairToReview.objects.filter(closed_at=None).filter(
        Q(record__person__in=persons) | Q(person__in=persons)
    )
    return [(row.record.person_id, row.person_id, row) for row in rows.select_related("record")]


def _describe(row: PairToReview, comparison: linkage.Comparison) -> None:
    row.probability, row.grade = comparison.probability, comparison.grade
    row.evidence = [[item.field, item.level, item.words] for item in comparison.evidence]
    row.signs, row.model = signs(comparison), comparison.model_version


def _forget_unlike(records: list[PersonRecord], wanted: Collection[tuple[UUID, UUID]], now: datetime) -> None:
    """Close what waits on these records if comparing them today finds two people, and nothing contradicts."""
    rows = PairToReview.objects.filter(closed_at=None, record__in=[record.pk for record in records])
    old = [row for row in rows.select_related("record") if (row.record_id, row.person_id) not in wanted]
    if not old:
        return
    held = PersonRecord.objects.filter(person__in={row.person_id for row in old})
    persons = matching.whole_persons(held.values_list("pk", flat=True))
    size = matching.index_size()
    gone = []
    for row in old:
        said = persons.get(row.person_id, [])
        comparison = linkage.compare(
            for_matching([row.record]), for_matching(said), weighing.current(), index_size=size
        )
        if not said or (comparison.grade == "no_match" and ONE_NUMBER not in signs(comparison)):
            gone.append(row.pk)
    PairToReview.objects.filter(pk__in=gone).update(closed_at=now)


def after_moving(moved: Collection[UUID], left: Collection[UUID], *, now: datetime) -> None:
    """Records have moved and left persons: what they waited for is decided, and who goes on under another id is
    asked for there.

    One NHS number on two children still is, whomever the record speaks of now.
    """
    rows = PairToReview.objects.filter(closed_at=None)
    for row in rows.filter(person__in=left).exclude(person__replaced_by=None):
        _ask_under_new_name(row, now)
    rows.filter(record__in=moved).exclude(signs__contains=[ONE_NUMBER]).update(closed_at=now)
    here = PersonRecord.objects.filter(pk__in=moved).values("person")
    rows.filter(person__in=here, record__person=F("person")).update(closed_at=now)
    _close_kept_apart(rows.filter(Q(person__in=here) | Q(record__person__in=here)), now)


def _close_kept_apart(rows: QuerySet[PairToReview], now: datetime) -> None:
    """Joined with somebody whom a record is kept apart from, a person is kept apart from it too."""
    some = list(rows.select_related("record"))
    apart = matching.kept_apart([row.record for row in some]) if some else {}
    gone = [row.pk for row in some if row.person_id in apart.get(row.record_id, ())]
    PairToReview.objects.filter(pk__in=gone).update(closed_at=now)


def _ask_under_new_name(row: PairToReview, now: datetime) -> None:
    person = _of_today({row.person_id})[row.person_id]
    taken = PairToReview.objects.filter(closed_at=None, record=row.record_id, person=person).exists()
    if taken:
        row.closed_at = now
    else:
        row.person_id = person
    row.save(update_fields=["person", "closed_at"])


def after_keeping_apart(record: PersonRecord, person: UUID, *, now: datetime) -> None:
    """It is decided that these are two: nothing between them waits any more."""
    between = Q(record__person=record.person_id, person=person) | Q(
        record__person=person, person=record.person_id
    )
    PairToReview.objects.filter(between, closed_at=None).update(closed_at=now)
