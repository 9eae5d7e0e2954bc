"""Which kept messages speak of the same visits and patients, and what do they amount to together?

Messages that share a number of their sender's are read together, whoever of them came first (`formats.attendances`).
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from django.db import connection

from jigsaw.formats import attendances
from jigsaw.formats.attendance_messages import AttendanceMessage, Merge
from jigsaw.formats.attendances import Attendance as Told
from jigsaw.formats.attendances import History
from jigsaw.hub.unscheduled_care import keeping
from jigsaw.hub.unscheduled_care.models import Delivery, DeliveryKey, Setting

# A sender that gives one number to everybody would make each message cost as much as all before it.
MOST_TOGETHER = 500
REMEMBERED = 5000
# The newest first: where there are more than are read, what was told last counts.
SHARING = """
    SELECT wanted.key, shared.delivery_id FROM unnest(%s::text[]) AS wanted(key)
    CROSS JOIN LATERAL (
        SELECT held.delivery_id FROM unscheduled_care_deliverykey AS held
        WHERE held.setting_id = %s AND held.key = wanted.key ORDER BY held.id DESC LIMIT %s
    ) AS shared
"""


@dataclass(frozen=True)
class Group:
    """Deliveries that are read together, the visits they amount to, and what the new ones among them name."""

    deliveries: frozenset[UUID]
    told: tuple[Told, ...]
    named: frozenset[str]
    ended: frozenset[tuple[str, str]]
    """NHS numbers that a new message merges into another, or that the sender told of a patient before another, each
    with that."""


def digest(key: tuple[str, ...]) -> str:
    """A key of a visit or patient as it is kept: nobody reads a number from it."""
    return hashlib.sha256("\n".join(key).encode()).hexdigest()


def groups(setting: Setting, kept: Sequence[Delivery]) -> list[Group]:
    """What the messages of these deliveries amount to with all that share a number with them, or with one that does.

    Writes down the keys of `kept`. In the caller's transaction, which holds the setting's lock.
    """
    new = remembered.messages((one.pk for one in kept), kept)
    keys = {pk: _keys(messages) for pk, messages in new.items()}
    DeliveryKey.objects.bulk_create(
        DeliveryKey(delivery_id=pk, setting=setting, key=key) for pk, each in keys.items() for key in each
    )
    sets = _Sets()
    for pk, each in keys.items():
        sets.join(pk, each)
    _gather(setting, sets)
    read = new | remembered.messages(sets.deliveries - set(new))
    return [_group(members, read, new) for members in sets.members()]


def _gather(setting: Setting, sets: _Sets) -> None:
    """Whoever shares a key joins, with their own keys, until nobody is new or a set is as large as may be."""
    ahead = sets.keys_to_follow()
    while ahead:
        with connection.cursor() as cursor:
            cursor.execute(SHARING, [ahead, setting.pk, MOST_TOGETHER])
            pairs = cursor.fetchall()
        new = {pk for _key, pk in pairs} - sets.deliveries
        for key, pk in pairs:
            sets.join(pk, [key])
        for pk, key in DeliveryKey.objects.filter(delivery__in=new).values_list("delivery", "key"):
            sets.join(pk, [key])
        ahead = sets.keys_to_follow()


def _group(members: set[UUID], read: Mapping[UUID, Messages], new: Mapping[UUID, Messages]) -> Group:
    history = History({message.identity: message for pk in members for message in read[pk]})
    said = [message for pk in members & set(new) for message in new[pk]]
    return Group(
        frozenset(members),
        attendances.attendances(history),
        frozenset(digest(key) for message in said if (key := message.visit_key)),
        frozenset(pair for message in said for merge in message.merges for pair in _ended(merge))
        | attendances.renumbered(history),
    )


def _ended(merge: Merge) -> Iterator[tuple[str, str]]:
    prior, survivor = (
        {one.value for one in side if one.scheme == "nhs_number" and one.valid}
        for side in (merge.prior, merge.survivor)
    )
    if len(survivor) == 1:
        yield from ((number, *survivor) for number in prior - survivor)


def _keys(messages: Iterable[AttendanceMessage]) -> list[str]:
    return sorted({digest(key) for message in messages for key in attendances.keys(message)})


class _Sets:
    """Deliveries and keys, joined into sets; a key is followed once, in a set that is not yet too large."""

    def __init__(self) -> None:
        self._above: dict[UUID | str, UUID | str] = {}
        self._size: dict[UUID | str, int] = {}
        self._followed: set[str] = set()
        self.deliveries: set[UUID] = set()
        self.keys: set[str] = set()

    def join(self, delivery: UUID, keys: Iterable[str]) -> None:
        if delivery not in self.deliveries:
            self.deliveries.add(delivery)
            self._size[self._root(delivery)] = 1
        for key in keys:
            self.keys.add(key)
            into, other = self._root(delivery), self._root(key)
            if into != other:
                self._above[other] = into
                self._size[into] = self._size.get(into, 0) + self._size.pop(other, 0)

    def keys_to_follow(self) -> list[str]:
        new = self.keys - self._followed
        self._followed |= new
        return [key for key in new if self._size.get(self._root(key), 0) < MOST_TOGETHER]

    def members(self) -> list[set[UUID]]:
        found: dict[UUID | str, set[UUID]] = {}
        for delivery in self.deliveries:
            found.setdefault(self._root(delivery), set()).add(delivery)
        return list(found.values())

    def _root(self, one: UUID | str) -> UUID | str:
        while (above := self._above.get(one, one)) != one:
            self._above[one] = self._above.get(above, above)
            one = above
        return one


# --- messages that were read before -----------------------------------------------------------------------------

Messages = tuple[AttendanceMessage, ...]


class _Remembered:
    """What was read of the last few thousand deliveries, without the raw text: a visit's messages are read together
    each time another comes, and a delivery never changes."""

    def __init__(self) -> None:
        self._held: OrderedDict[UUID, Messages] = OrderedDict()
        self._lock = Lock()

    def messages(self, pks: Iterable[UUID], rows: Iterable[Delivery] = ()) -> dict[UUID, Messages]:
        """The usable messages of each of these; what was not read yet is read from `rows`, else from the database."""
        wanted, known = set(pks), {row.pk: row for row in rows}
        with self._lock:
            found = {pk: self._held[pk] for pk in wanted if pk in self._held}
        lacking = wanted - set(found)
        new = {row.pk: _read(row) for row in known.values() if row.pk in lacking}
        new |= {row.pk: _read(row) for row in Delivery.objects.filter(pk__in=lacking - set(new))}
        with self._lock:
            for pk, read in (found | new).items():
                self._held[pk] = read
                self._held.move_to_end(pk)
            while len(self._held) > REMEMBERED:
                self._held.popitem(last=False)
        return found | new


def _read(row: Delivery) -> Messages:
    messages = keeping.read(bytes(row.content), received=row.received_at)
    return tuple(attendances.without_raw(one) for one in messages if one.usable and one.event != "unused")


remembered = _Remembered()
