"""Does the log hold together, and who has looked?"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q

from jigsaw.hub.audit import checking, merkle, reading, sequencing
from jigsaw.hub.audit.models import Entry, Leaf
from jigsaw.hub.kit.errors import NotHere, WrongState


@dataclass(frozen=True)
class Verification:
    """What was found on computing everything anew.

    `entries`: how many there are; `root` (hex): over all of them, those that still wait for their place last, of which
    there are `waiting`; `damaged`: ids of entries that are not what they were, or no longer there; `wrong`: what else
    does not fit, in words.
    """

    entries: int
    root: str
    damaged: tuple[str, ...]
    waiting: int = 0
    wrong: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.damaged and not self.wrong


@dataclass(frozen=True)
class Seen:
    """One line of "who has looked at this child, when and why".

    `under` is the id it was written under, where that was another person's: see `about_person`.
    """

    at: datetime
    practitioner: UUID | None
    agency: UUID | None
    action: str
    purpose: str
    under: UUID | None = None


@dataclass(frozen=True)
class Stood:
    """Somebody stood under this person's id from `since` (inclusive) until `until` (exclusive)."""

    person: UUID
    since: datetime
    until: datetime


def verify() -> Verification:
    """Recompute every leaf, the root and what every signed head says, in the order of the tree, with constant memory."""
    tree, damaged, wrong = merkle.Growing(), list[str](), checking.signatures()
    signed, size = checking.Roots(), sequencing.size()
    waiting = gone = expected = 0
    for read in reading.entries(size=size):
        if read.place is None:
            waiting += 1
        else:
            if read.place != expected:
                wrong.append(
                    f"Place {expected} of the tree is empty: the next that is taken is {read.place}."
                )
            expected = read.place + 1
        kept = read.placed if read.placed is not None else read.leaf
        if read.content is None:
            gone += 1
            damaged.append(f"the entry at place {read.place}, which is gone")
        elif not merkle.leaf_hash(read.content) == read.leaf == kept:
            damaged.append(str(read.entry))
        tree.add(bytes(kept or b""))
        signed.at(tree)
    if size != tree.size - waiting:
        wrong.append(f"The tree should have {size} leaves and has {tree.size - waiting}.")
    damaged += _changed_words()
    wrong += signed.wrong()
    return Verification(tree.size - gone, tree.root().hex(), tuple(damaged), waiting, tuple(wrong))


def _changed_words() -> list[str]:
    """Ids of entries whose words are not those that they committed to, and of words without an entry."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_WORDS)
        return [str(row[0]) for row in cursor.fetchall()]


CHANGED_WORDS = """
    SELECT words.entry FROM audit_words AS words LEFT JOIN audit_entry AS entry ON entry.entry = words.entry
    WHERE entry.commitment IS DISTINCT FROM
        encode(sha256(words.salt || convert_to(words.words, 'UTF8')), 'hex')
    ORDER BY words.entry
"""


def about_person(
    person: UUID, *, once: Iterable[UUID] = (), stood: Iterable[Stood] = (), limit: int = 200
) -> list[Seen]:
    """The latest acts and reads that concern this person, newest first, under today's id and those of `once`.

    Those written under another person's id while this one stood under it (`stood`) are among them, marked. The
    caller authorises the question: only `people` and `oversight` ask it.
    """
    own = {person, *once}
    wanted = Q(people__overlap=list(own))
    for time in stood:
        wanted |= Q(people__contains=[time.person], at__gte=time.since, at__lt=time.until)
    rows = Entry.objects.filter(wanted).order_by("-at", "-id")[:limit]
    return [
        Seen(
            row.at, row.practitioner, row.agency, row.action, row.purpose,
            under=None if own & set(row.people) else next(iter(row.people)),
        )
        for row in rows
    ]  # fmt: skip


def who_read(
    persons: Iterable[UUID], actions: Iterable[str], *, since: datetime, until: datetime
) -> set[UUID]:
    """Practitioners who did one of these things with any of these persons, from `since` until `until`, inclusive.

    For telling them that what they read was wrong. The caller authorises the question.
    """
    rows = Entry.objects.filter(people__overlap=list(persons), action__in=list(actions))
    rows = rows.filter(at__gte=since, at__lte=until).exclude(practitioner=None)
    return set(rows.values_list("practitioner", flat=True))


def count_of(practitioner: UUID | None, action: str, *, since: datetime) -> int:
    """How often a practitioner did this since then (inclusive). The caller authorises the question."""
    return Entry.objects.filter(practitioner=practitioner, action=action, at__gte=since).count()


def counts_of(
    practitioner: UUID | None, action: str, *, spans: Iterable[timedelta], now: datetime
) -> tuple[int, ...]:
    """How often a practitioner did this within each of these spans before `now`. The caller authorises the question."""
    lengths = list(spans)
    within = {
        f"within_{place}": Count("id", filter=Q(at__gt=now - length)) for place, length in enumerate(lengths)
    }
    rows = Entry.objects.filter(
        practitioner=practitioner, action=action, at__lte=now, at__gt=now - max(lengths)
    )
    found = rows.aggregate(**within)
    return tuple(found[name] for name in within)


def refused(
    agency: UUID | None, *, action: str = "person.refused", since: datetime, limit: int
) -> list[Seen]:
    """When practitioners of an agency asked for somebody to whom they are too close, newest first; never for whom.

    Or, by another `action`, were stopped for another reason. The caller authorises the question.
    """
    rows = Entry.objects.filter(action=action, agency=agency, at__gte=since)
    return [
        Seen(row.at, row.practitioner, row.agency, row.action, row.purpose)
        for row in rows.order_by("-at", "-id")[:limit]
    ]


@dataclass(frozen=True)
class LookedAt:
    """One practitioner looked at one person: when, and for which purpose."""

    at: datetime
    practitioner: UUID
    person: UUID
    purpose: str


def looks_of(agency: UUID | None, actions: Iterable[str], *, since: datetime, limit: int) -> list[LookedAt]:
    """Looks by an agency's practitioners since then (inclusive), the newest first. The caller authorises the question."""
    rows = Entry.objects.filter(agency=agency, action__in=list(actions), at__gte=since)
    rows = rows.exclude(practitioner=None).order_by("-at", "-id")[:limit]
    found = rows.values_list("at", "practitioner", "people", "purpose")
    return [LookedAt(at, who, person, purpose) for at, who, people, purpose in found for person in people]


def switched_off(practitioners: Iterable[UUID]) -> dict[UUID, datetime]:
    """When each of these accounts was last switched off, where it was."""
    things = {f"practitioner {pk}": pk for pk in practitioners}
    rows = Entry.objects.filter(action="practitioner.deactivated", thing__in=list(things)).order_by("at")
    return {things[thing]: at for thing, at in rows.values_list("thing", "at")}


def about_thing(thing: str) -> list[Seen]:
    """The acts and reads of one thing such as a request, oldest first."""
    rows = Entry.objects.filter(thing=thing).order_by("id")
    return [Seen(row.at, row.practitioner, row.agency, row.action, row.purpose) for row in rows]


def export() -> Iterator[dict[str, Any]]:
    """Every entry as its canonical JSON with its leaf hash (hex), in the order of the tree; words are left out."""
    for read in reading.entries(size=sequencing.size()):
        if read.content is not None:
            yield {**json.loads(read.content), "leaf": bytes(read.leaf or b"").hex()}


@transaction.atomic
def prove(entry: str) -> dict[str, Any]:
    """That an entry is in the log: leaf, its place (from 0), the path up and the root of `size` leaves, all hex.

    Raises NotHere if there is no such entry, and WrongState while it waits for its place.
    """
    row = _entry(entry)
    leaf = Leaf.objects.filter(entry_id=row.pk).first()
    if leaf is None:
        raise WrongState(
            "This entry has no place in the tree yet.",
            "Ask again in a few seconds. If it stays so, look whether `jigsaw serve` is running.",
        )
    size, tree = sequencing.size(), sequencing.Stored()
    return {
        "entry": str(row.entry),
        "leaf": bytes(leaf.hash).hex(),
        "index": leaf.place,
        "size": size,
        "path": [node.hex() for node in merkle.path(tree, leaf.place, size)],
        "root": merkle.root_of(tree, size).hex(),
    }


def _entry(entry: str) -> Entry:
    try:
        row = Entry.objects.filter(entry=UUID(entry)).first()
    except ValueError:
        row = None
    if row is None:
        raise NotHere("There is no such entry in the log.", "Take an id from `jigsaw audit export`.")
    return row


def details_of(entries: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """What these entries say in ids, codes and counts, by entry. The caller authorises the question."""
    return dict(Entry.objects.filter(entry__in=list(entries)).values_list("entry", "detail"))
