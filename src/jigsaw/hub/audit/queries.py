"""Does the log hold together, and who has looked?"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Q

from jigsaw.hub.audit import merkle
from jigsaw.hub.audit.models import Entry, Words
from jigsaw.hub.audit.operations import canonical
from jigsaw.hub.kit.errors import NotHere


@dataclass(frozen=True)
class Verification:
    """The log's size, its Merkle root (hex), and the ids of entries that do not match their hash."""

    entries: int
    root: str
    damaged: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.damaged


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
    """Recompute every leaf and the root; read in id order with constant memory."""
    damaged: list[str] = []
    count = 0

    def leaves() -> Iterator[bytes]:
        nonlocal count
        for row in Entry.objects.order_by("id").iterator(chunk_size=2000):
            count += 1
            if merkle.leaf_hash(canonical(row)) != bytes(row.leaf):
                damaged.append(str(row.entry))
            yield bytes(row.leaf)

    root = merkle.root(leaves())
    damaged += [str(words.entry) for words in Words.objects.iterator() if not _kept(words)]
    return Verification(count, root.hex(), tuple(damaged))


def _kept(words: Words) -> bool:
    expected = sha256(bytes(words.salt) + words.words.encode()).hexdigest()
    return Entry.objects.filter(entry=words.entry, commitment=expected).exists()


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


def about_thing(thing: str) -> list[Seen]:
    """The acts and reads of one thing such as a request, oldest first."""
    rows = Entry.objects.filter(thing=thing).order_by("id")
    return [Seen(row.at, row.practitioner, row.agency, row.action, row.purpose) for row in rows]


def export() -> Iterator[dict[str, Any]]:
    """Every entry as its canonical JSON with its leaf hash (hex), oldest first; words are left out."""
    for row in Entry.objects.order_by("id").iterator(chunk_size=2000):
        yield {**json.loads(canonical(row)), "leaf": bytes(row.leaf).hex()}


def prove(entry: str) -> dict[str, Any]:
    """That an entry is in the log: leaf, its place (from 0), the path up and the root, all hex.

    Raises NotHere if there is no such entry.
    """
    try:
        row = Entry.objects.filter(entry=UUID(entry)).first()
    except ValueError:
        row = None
    if row is None:
        raise NotHere("There is no such entry in the log.", "Take an id from `jigsaw audit export`.")
    leaves = [bytes(leaf) for leaf in Entry.objects.order_by("id").values_list("leaf", flat=True)]
    index = Entry.objects.filter(id__lt=row.id).count()
    return {
        "entry": str(row.entry),
        "leaf": bytes(row.leaf).hex(),
        "index": index,
        "size": len(leaves),
        "path": [node.hex() for node in merkle.path(leaves, index)],
        "root": merkle.root(leaves).hex(),
    }
