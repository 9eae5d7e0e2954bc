"""Which pairs wait for somebody to decide, what speaks for and against each, and where do reviewers disagree?

For those who decide on links, and never about anyone they are too close to. Every read is audited; the number of
statements is the same however much waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jigsaw import record_linkage as linkage
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import access, around, matching, pairs, weighing
from jigsaw.hub.people.around import Near
from jigsaw.hub.people.cards import Card, address_words, as_seen
from jigsaw.hub.people.models import PairReview, PairToReview, Person, PersonRecord
from jigsaw.hub.people.records import PARTS, for_matching

CLAIMED_FOR = timedelta(minutes=10)
A_PAGE = 50
AGREES, CLOSE, DIFFERS, MISSING = "agrees", "close", "differs", "missing"
_THE_SAME = frozenset({"same_mother", "same_address", "same_contact", "same_postcode"})


@dataclass(frozen=True)
class Source:
    """Where a record comes from, and since when it says what it says."""

    record: UUID
    agency: str
    sector: str
    system: str
    since: datetime


@dataclass(frozen=True)
class Value:
    """What is said, and which agencies say it."""

    text: str
    agencies: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """One field of both sides: `outcome` is agrees, close, differs or missing; `words` say what was found."""

    field: str
    left: tuple[Value, ...]
    right: tuple[Value, ...]
    outcome: str
    words: str


@dataclass(frozen=True)
class Side:
    """One of the two: as one agency's record, or as the records linked as one person, tell it."""

    card: Card
    sources: tuple[Source, ...]
    family: tuple[Near, ...]
    at_home: tuple[Near, ...]


@dataclass(frozen=True)
class Row:
    """A pair in a list."""

    pair: PairToReview
    left: Card
    right: Card
    agencies: tuple[str, ...]
    looked_at_by: str
    """Who has it open now, if anyone else has."""


@dataclass(frozen=True)
class Counts:
    waiting: int
    contradict: int
    cannot_tell: int
    second: int
    disagree: int


@dataclass(frozen=True)
class Queue:
    rows: tuple[Row, ...]
    counts: Counts


@dataclass(frozen=True)
class Detail:
    """A pair with everything that bears on it. `reviews` are those that the reader may see by now."""

    pair: PairToReview
    left: Side
    right: Side
    rows: tuple[Compared, ...]
    guard: tuple[str, ...]
    grade: str
    signs: tuple[str, ...]
    reviews: tuple[PairReview, ...]
    second: bool
    """Is this a second look, at what somebody else has decided?"""
    left_to_do: int


@dataclass(frozen=True)
class Disagreement:
    """Two reviewers see it differently: the first decision stands until somebody settles it."""

    row: Row
    reviews: tuple[PairReview, ...]
    may_settle: bool


# --- lists ------------------------------------------------------------------------------------------------


@context.hub("deciding")
@transaction.atomic
def queue(actor: Actor, *, now: datetime, show: str = "all") -> Queue:
    """What waits for this practitioner, the likeliest first and of those the oldest; audited.

    `show` is all, contradict (what cannot both be right), cannot_tell or second (what a colleague decided).
    """
    access.check_can_link(actor)
    lists = _lists(actor)
    rows = _rows(actor, lists.get(show, lists["all"])[:A_PAGE], now)
    _audit(actor, "pair.list_viewed", rows, now)
    counts = Counts(
        waiting=lists["all"].count(),
        contradict=lists["contradict"].count(),
        cannot_tell=lists["cannot_tell"].count(),
        second=lists["second"].count(),
        disagree=_disagreeing(actor).count(),
    )
    return Queue(rows, counts)


@context.hub("deciding")
def waiting_count(actor: Actor) -> int:
    """How many pairs wait for somebody to decide: the number on the menu. Zero for others."""
    return _lists(actor)["all"].count() if access.can_link(actor) else 0


@context.hub("deciding")
def next_pair(actor: Actor, *, now: datetime, after: UUID | None = None) -> UUID | None:
    """The pair to decide next: a second look that is due, else the likeliest that nobody else has open.

    `after` is the pair that was looked at last: the next one follows it, and the last one is followed by the
    first. None if nothing else waits.
    """
    access.check_can_link(actor)
    lists = _lists(actor)
    free = ~Q(claimed_at__gt=now - CLAIMED_FOR) | Q(claimed_at=None) | Q(claimed_by=actor.practitioner_id)
    last = PairToReview.objects.filter(pk=after).first()
    waiting = lists["all"].filter(free).exclude(pk=after)
    following = waiting.filter(_comes_after(last)) if last else waiting
    for rows in (lists["second"].filter(free).exclude(pk=after), following, waiting):
        if found := rows.values_list("pk", flat=True).first():
            return UUID(str(found))
    return None


def _comes_after(last: PairToReview) -> Q:
    """What stands behind this pair in the order of the list."""
    as_likely = Q(probability=last.probability)
    later = Q(found_at__gt=last.found_at) | Q(found_at=last.found_at, pk__gt=last.pk)
    return Q(probability__lt=last.probability) | (as_likely & later)


def _lists(actor: Actor) -> dict[str, QuerySet[PairToReview]]:
    """What this practitioner may decide on, by which list it stands in."""
    mine = PairReview.objects.filter(pair=OuterRef("pk"), by=actor.practitioner_id)
    # Asked again once the record says something new.
    unsure = mine.filter(at__gte=OuterRef("record__recorded_at"))
    every = _not_too_close(actor, pairs.waiting())
    second = PairToReview.objects.exclude(second_look="").exclude(decided=None).filter(~Exists(mine))
    return {
        "all": every.filter(~Exists(unsure)),
        "contradict": every.filter(~Exists(unsure)).exclude(signs=[]),
        "cannot_tell": every.filter(reviews__verdict=PairReview.CANNOT_TELL).distinct(),
        "second": _not_too_close(actor, second).order_by("found_at", "pk"),
    }


def _not_too_close(actor: Actor, rows: QuerySet[PairToReview]) -> QuerySet[PairToReview]:
    barred = access.too_close_to(actor)
    return rows.exclude(Q(record__person__in=barred) | Q(person__in=barred)) if barred else rows


def _rows(actor: Actor, found: QuerySet[PairToReview], now: datetime) -> tuple[Row, ...]:
    rows = list(found.select_related("record", "claimed_by"))
    sides = _sides_of(rows)
    told = {pk for both in sides.values() for side in both for pk in side}
    records = PersonRecord.objects.select_related("agency").defer("raw").in_bulk(told)
    return tuple(_row(actor, row, sides[row.pk], records, now) for row in rows)


def _row(
    actor: Actor,
    row: PairToReview,
    sides: tuple[list[UUID], list[UUID]],
    records: dict[UUID, PersonRecord],
    now: datetime,
) -> Row:
    left, right = ([records[pk] for pk in side] for side in sides)
    other = row.claimed_by_id != actor.practitioner_id
    busy = other and row.claimed_at and row.claimed_at > now - CLAIMED_FOR
    return Row(
        pair=row,
        left=as_seen(Person(pk=left[0].person_id), left),
        right=as_seen(Person(pk=right[0].person_id), right),
        agencies=tuple(dict.fromkeys(record.agency.name for record in (*left, *right))),
        looked_at_by=row.claimed_by.name if busy and row.claimed_by else "",
    )


def _sides_of(rows: Sequence[PairToReview]) -> dict[UUID, tuple[list[UUID], list[UUID]]]:
    """The records of both sides of each pair: as they stand, or as they stood when somebody decided."""
    still = [row for row in rows if not row.sides]
    persons = {pk for row in still for pk in (row.record.person_id, row.person_id)}
    held: dict[UUID, list[UUID]] = {}
    told = PersonRecord.objects.filter(person__in=persons).order_by("recorded_at", "pk")
    for record, person in told.values_list("pk", "person"):
        held.setdefault(person, []).append(record)
    found = {row.pk: (held[row.record.person_id], held[row.person_id]) for row in still}
    for row in rows:
        if row.sides:
            left, right = row.sides
            found[row.pk] = ([UUID(pk) for pk in left], [UUID(pk) for pk in right])
    return found


def _audit(actor: Actor, action: str, rows: Iterable[Row], now: datetime) -> None:
    seen = [card.person for row in rows for card in (row.left, row.right)]
    audit.record(actor=actor, action=action, people=seen, detail={"shown": len(seen)}, now=now)


# --- where reviewers disagree -------------------------------------------------------------------------------


@context.hub("deciding")
@transaction.atomic
def disagreements(actor: Actor, *, now: datetime) -> list[Disagreement]:
    """Where two reviewers see it differently and nobody has settled it, the oldest first; audited."""
    access.check_can_link(actor)
    found = _disagreeing(actor).order_by("disagreed_at", "pk")[:A_PAGE]
    rows = _rows(actor, found, now)
    _audit(actor, "pair.list_viewed", rows, now)
    said: dict[UUID, list[PairReview]] = {}
    reviews = PairReview.objects.filter(pair__in=[row.pair.pk for row in rows])
    for review in reviews.select_related("by__agency"):
        said.setdefault(review.pair_id, []).append(review)
    return [
        Disagreement(row, tuple(said.get(row.pair.pk, ())), may_settle(actor, said.get(row.pair.pk, ())))
        for row in rows
    ]


def _disagreeing(actor: Actor) -> QuerySet[PairToReview]:
    return _not_too_close(actor, PairToReview.objects.filter(settled_at=None).exclude(disagreed_at=None))


@context.hub("deciding")
def may_settle(actor: Actor, reviews: Iterable[PairReview]) -> bool:
    """Whoever has not said anything yet, or looks after the index as a whole."""
    said = {review.by_id for review in reviews if review.verdict != PairReview.CANNOT_TELL}
    return access.can_link(actor) and (actor.practitioner_id not in said or access.can_settle(actor))


# --- one pair -----------------------------------------------------------------------------------------------


@context.hub("deciding")
@transaction.atomic
def read(actor: Actor, pair: UUID, *, now: datetime) -> Detail:
    """Both sides with everything that bears on them, for whoever decides; audited, and marked as open.

    What a colleague decided is not told to whoever looks second, until they have said what they think.
    """
    row = get(actor, pair)
    left_ids, right_ids = _sides_of([row])[row.pk]
    parts = PersonRecord.objects.filter(pk__in=[*left_ids, *right_ids]).select_related("agency")
    records = {record.pk: record for record in parts.defer("raw").prefetch_related(*PARTS)}
    left, right = ([records[pk] for pk in side] for side in (left_ids, right_ids))
    comparison = _comparison(actor, left, right)
    family = around.both(actor, left, right)
    reviews = _reviews_to_show(actor, row)
    _claim(actor, row, now)
    near = {one.card.person for side in family for some in side for one in some}
    audit.record(
        actor=actor,
        action="pair.viewed",
        people={record.person_id for record in records.values()} | near,
        thing=f"pair {row.pk}",
        now=now,
    )
    return Detail(
        pair=row,
        left=_side(left, family[0]),
        right=_side(right, family[1]),
        rows=tuple(_compared(actor, left, right, comparison)),
        guard=comparison.guard,
        grade=comparison.grade,
        signs=tuple(pairs.signs(comparison)),
        reviews=reviews,
        second=row.decided_id is not None,
        left_to_do=_lists(actor)["all"].count(),
    )


@context.hub("deciding")
def get(actor: Actor, pair: UUID) -> PairToReview:
    """The pair for an act on it; raises NotHere if there is none, Refused to someone too close to either."""
    access.check_can_link(actor)
    row = PairToReview.objects.select_related("record", "decided").filter(pk=pair).first()
    if row is None:
        raise NotHere(_("There is no such pair."), _("Go back to the list of pairs, and choose one there."))
    sides = [pk for side in _sides_of([row])[row.pk] for pk in side]
    persons = PersonRecord.objects.filter(pk__in=sides).values_list("person", flat=True)
    access.check_not_too_close(actor, [*persons, row.person_id])
    return row


def _reviews_to_show(actor: Actor, row: PairToReview) -> tuple[PairReview, ...]:
    said = tuple(row.reviews.select_related("by__agency"))
    blind = row.second_look and all(review.by_id != actor.practitioner_id for review in said)
    return tuple(review for review in said if review.verdict == PairReview.CANNOT_TELL or not blind)


def _claim(actor: Actor, row: PairToReview, now: datetime) -> None:
    """Marked as open by whoever came first, for some minutes."""
    free = Q(claimed_by=None) | Q(claimed_by=actor.practitioner_id) | Q(claimed_at__lte=now - CLAIMED_FOR)
    PairToReview.objects.filter(free, pk=row.pk).update(claimed_by=actor.practitioner_id, claimed_at=now)


def _comparison(actor: Actor, left: list[PersonRecord], right: list[PersonRecord]) -> linkage.Comparison:
    """Both sides as all their records say; where somebody's home is a secret, nothing tells of it."""
    found = linkage.compare(
        for_matching(left), for_matching(right), weighing.current(), index_size=matching.index_size()
    )
    if not any(_secret(actor, record) for record in (*left, *right)):
        return found
    return replace(found, evidence=tuple(item for item in found.evidence if item.field != "household"))


def _secret(actor: Actor, record: PersonRecord) -> bool:
    return record.agency_id != actor.agency_id and any(at.protected for at in record.addresses.all())


def _side(records: list[PersonRecord], near: tuple[tuple[Near, ...], tuple[Near, ...]]) -> Side:
    return Side(
        card=as_seen(Person(pk=records[0].person_id), records),
        sources=tuple(
            Source(row.pk, row.agency.name, row.agency.sector, row.system, row.recorded_at) for row in records
        ),
        family=near[0],
        at_home=near[1],
    )


# --- field by field -----------------------------------------------------------------------------------------

Says = Callable[[Actor, PersonRecord], Iterable[str]]


def _numbers(*kinds: str) -> Says:
    return lambda _actor, row: (
        i.value if i.valid else f"{i.value} (?)" for i in row.identifiers.all() if i.kind in kinds
    )


def _further_names(_actor: Actor, row: PersonRecord) -> Iterable[str]:
    return (" ".join(part for part in name[:2] if part) for name in row.other_names)


def _other_numbers(_actor: Actor, row: PersonRecord) -> Iterable[str]:
    shown = {"nhs_number", "upn", "former_upn", "mother_nhs_number"}
    return (f"{i.kind}: {i.value}" for i in row.identifiers.all() if i.kind not in shown)


def _birthday(_actor: Actor, row: PersonRecord) -> Iterable[str]:
    if row.born:
        return [f"{row.born.isoformat()}|{row.born_accuracy}"]
    return [f"{row.expected_on.isoformat()}|due"] if row.expected_on else []


def _homes(actor: Actor, row: PersonRecord) -> Iterable[str]:
    return (
        address_words(at)
        for at in row.addresses.all()
        if not at.protected or row.agency_id == actor.agency_id
    )


def _contacts(actor: Actor, row: PersonRecord) -> Iterable[str]:
    return () if _secret(actor, row) else (c.value for c in row.contacts.all())


SAYS: dict[str, Says] = {
    "nhs_number": _numbers("nhs_number"),
    "given_name": lambda _actor, row: [row.given],
    "family_name": lambda _actor, row: [row.family],
    "other_names": _further_names,
    "birth_date": _birthday,
    "sex": lambda _actor, row: [row.sex],
    "household": _homes,
    "contacts": _contacts,
    "mother_nhs_number": _numbers("mother_nhs_number"),
    "upn": _numbers("upn", "former_upn"),
    "identifier": _other_numbers,
    "school": lambda _actor, row: [row.school],
    "gp": lambda _actor, row: [row.gp],
    "died_on": lambda _actor, row: [row.died_on.isoformat()] if row.died_on else [],
}
# Shown even where both are silent: whoever decides asks for these next.
ALWAYS = frozenset({"nhs_number", "given_name", "family_name", "birth_date", "household"})


def _compared(
    actor: Actor, left: list[PersonRecord], right: list[PersonRecord], comparison: linkage.Comparison
) -> Iterable[Compared]:
    found = {item.field: item for item in reversed(comparison.evidence) if item.left or item.right}
    for field, says in SAYS.items():
        ours, theirs = _values(actor, left, says), _values(actor, right, says)
        if not (ours or theirs or field in ALWAYS):
            continue
        item = found.get(field)
        if item is not None:
            yield Compared(field, ours, theirs, _outcome(item), item.words)
        else:
            yield Compared(field, ours, theirs, _at_sight(ours, theirs), "")


def _values(actor: Actor, records: list[PersonRecord], says: Says) -> tuple[Value, ...]:
    found: dict[str, list[str]] = {}
    for row in records:
        for text in says(actor, row):
            if text and row.agency.name not in (agencies := found.setdefault(text, [])):
                agencies.append(row.agency.name)
    return tuple(Value(text, tuple(agencies)) for text, agencies in found.items())


def _outcome(item: linkage.Evidence) -> str:
    if item.level.startswith("exact") or item.level in _THE_SAME:
        return AGREES
    return CLOSE if item.bits > 0 else DIFFERS


def _at_sight(left: tuple[Value, ...], right: tuple[Value, ...]) -> str:
    """What no rule compares: the same words, or not."""
    if not left or not right:
        return MISSING
    ours, theirs = ({value.text.casefold() for value in side} for side in (left, right))
    return AGREES if ours & theirs else DIFFERS
