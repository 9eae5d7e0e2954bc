"""What has this log signed, and may it sign again? The heads that others keep and hold against us later.

A head is signed only if it goes on from the one before, and from the last that lies in a file beside the database:
whoever restores an old database, or rewrites one, would otherwise sign away what was there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, connections, transaction

from jigsaw.hub.audit import merkle, notes, operations, sequencing
from jigsaw.hub.audit.models import Alarm, Epoch, Head, Key, Tree
from jigsaw.hub.kit import outbox
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import Invalid, WrongState

LATE_AFTER = timedelta(seconds=60)
CLOCK_MAY_DIFFER = timedelta(seconds=5)
ALARMS = ("late", "clock", "gone_back", "forked", "key", "witness", "unwitnessed", "refused")
"""Entries wait too long; the clock runs backwards; entries are missing; others stand in their place; the key in the
file is not the one in use; what a witness saw does not fit; a partner has not signed for a day; one says that our log
does not go on."""


def publish(*, now: datetime) -> int:
    """Sign a head if there is something new; returns how many were signed (0 or 1), and sounds or ends alarms."""
    since = sequencing.waiting_since()
    with transaction.atomic():
        _alarm("late", since is not None and now - since > LATE_AFTER, now)
        tree = Tree.objects.select_for_update().get()
        last = Head.objects.order_by("-id").first()
        if _trouble(tree, last, now):
            return 0
        if not tree.size or (last and (last.epoch, last.size) == (tree.epoch, tree.size)):
            return 0
        _sign(tree, last, now)
    return 1


def _trouble(tree: Tree, last: Head | None, now: datetime) -> bool:
    """Whether something keeps us from signing; each is an alarm for a person."""
    known = [notes.read(last.note)] if last else []
    if (kept := _kept_beside(tree.origin)) is not None:
        known.append(kept)
    same = [head for head in known if head.epoch == tree.epoch]
    back = any(head.size > tree.size for head in same) or any(head.epoch > tree.epoch for head in known)
    stored = sequencing.Stored()
    forked = any(merkle.root_of(stored, head.size) != head.root for head in same if head.size <= tree.size)
    # The clock keeps nobody from signing: a head is dated no earlier than the one before.
    _alarm("clock", bool(last and now < last.at - CLOCK_MAY_DIFFER), now)
    found = {"gone_back": back or _transactions_count_anew(), "forked": forked, "key": _wrong_key()}
    for kind, there in found.items():
        _alarm(kind, there, now)
    return any(found.values())


def _transactions_count_anew() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot()) < after_xid::text::xid8 FROM audit_tree"
            " WHERE epoch = (SELECT coalesce(max(number), 1) FROM audit_epoch)"
        )
        row = cursor.fetchone()
        return bool(row and row[0])


def _wrong_key() -> bool:
    latest = Key.objects.order_by("-id").first()
    return latest is not None and bytes(latest.public) != _key().public_key().public_bytes_raw()


def _sign(tree: Tree, last: Head | None, now: datetime) -> None:
    key = _key()
    if not Key.objects.exists():
        Key.objects.create(public=key.public_key().public_bytes_raw(), at=now, handover="")
    head = notes.Head(
        origin=tree.origin,
        size=tree.size,
        root=merkle.root_of(sequencing.Stored(), tree.size),
        epoch=tree.epoch,
        at=max(now, last.at) if last else now,
    )
    note = notes.sign(head.text(), name=tree.origin, key=key)
    Head.objects.create(epoch=head.epoch, size=head.size, root=head.root, at=head.at, note=note)
    transaction.on_commit(lambda: _keep_beside(tree.origin, note))


def _alarm(kind: str, there: bool, now: datetime) -> None:
    """Tell of what begins, once, and note when it is over; both are written down."""
    if not there:
        ended = Alarm.objects.filter(kind=kind, ended_at=None).update(ended_at=now)
        if ended:
            operations.record(actor=SYSTEM, action="audit.alarm_ended", thing=kind, now=now)
    elif not Alarm.objects.filter(kind=kind, ended_at=None).exists():
        alarm = Alarm.objects.create(kind=kind, since=now)
        operations.record(actor=SYSTEM, action="audit.alarm", thing=kind, now=now)
        outbox.put(topic="audit.alarm", payload={"alarm": alarm.pk, "kind": kind}, now=now)


def sound(kind: str, *, now: datetime) -> None:
    """Sound an alarm in the caller's transaction."""
    _alarm(kind, True, now)


def sound_or_end(kind: str, there: bool, *, now: datetime) -> None:
    """Sound an alarm, or end it, in the caller's transaction; nothing where it is so already."""
    _alarm(kind, there, now)


def open_alarms() -> list[str]:
    """Kinds of what a person must look at now."""
    return list(Alarm.objects.filter(ended_at=None).order_by("kind").values_list("kind", flat=True))


def latest() -> str | None:
    """The note of the latest signed head; None if none was signed yet."""
    return Head.objects.order_by("-id").values_list("note", flat=True).first()


def origin() -> str:
    """What this log is called for ever."""
    return str(Tree.objects.values_list("origin", flat=True).get())


# --- the head beside the database ----------------------------------------------------------------------------


def _beside(origin: str) -> Path:
    return Path(settings.HOME) / "audit" / f"{origin}.head"


def _kept_beside(origin: str) -> notes.Head | None:
    try:
        return notes.read(_beside(origin).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _keep_beside(origin: str, note: str) -> None:
    path = _beside(origin)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(note, encoding="utf-8")
    fresh.replace(path)


# --- keys ----------------------------------------------------------------------------------------------------


def _key() -> Ed25519PrivateKey:
    secret: Callable[[], bytes] = settings.AUDIT_SIGNING_KEY
    return Ed25519PrivateKey.from_private_bytes(secret())


def signing_key() -> Ed25519PrivateKey:
    """The key in use, for signing what witnesses sign."""
    return _key()


@transaction.atomic
def change_key(*, actor: Actor, now: datetime, lost: bool = False) -> str:
    """Sign with a new key from now on; returns its letters. Earlier public keys stay, for what they signed.

    The key before names the new one, so that whoever trusted it can trust this; not if it was `lost`. Raises
    WrongState if the key in the file is not the one in use and was not said to be lost.
    """
    Tree.objects.select_for_update().get()
    if _wrong_key() and not lost:
        raise WrongState(
            "The key in the file audit-signing-key is not the one that the log was signed with.",
            "Put the right file back from a backup, or say that it is gone: --lost.",
        )
    old, fresh = _key(), Ed25519PrivateKey.generate()
    if not lost and not Key.objects.exists():
        Key.objects.create(public=old.public_key().public_bytes_raw(), at=now, handover="")
    public = fresh.public_key().public_bytes_raw()
    text = f"{origin()}\nnext key {public.hex()}\nat {now.isoformat(timespec='seconds')}\n"
    handover = "" if lost else notes.sign(text, name=origin(), key=old)
    Key.objects.create(public=public, at=now, handover=handover)
    detail = {"key": notes.fingerprint(public), "lost": lost}
    operations.record(actor=actor, action="audit.key_changed", detail=detail, now=now)
    settings.CHANGE_AUDIT_SIGNING_KEY(fresh.private_bytes_raw())
    return notes.fingerprint(public)


# --- epochs --------------------------------------------------------------------------------------------------


def begin_epoch(*, actor: Actor, reason: str, now: datetime) -> int:
    """Say that the database was restored: a new epoch begins, and its number is in every head from now on.

    What was signed before and is not here any more stays missing, and whoever kept its head can show it; the new
    epoch says that it is no secret. Works as the owner; waits for whatever is being written. Raises Invalid without
    a reason.
    """
    if not reason.strip():
        raise Invalid(
            "Say from which backup the database was restored, when and by whom.",
            {"reason": "This is empty."},
            "Give --reason.",
        )
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SELECT size, (SELECT coalesce(max(number), 1) + 1 FROM audit_epoch) FROM audit_tree")
        size, number = cursor.fetchone()
        cursor.execute(f"ALTER TABLE audit_entry ALTER COLUMN epoch SET DEFAULT {int(number)}")
        Epoch.objects.using("owner").create(number=number, at=now, size=size)
    with transaction.atomic():
        detail = {"epoch": number, "size": size}
        operations.record(actor=actor, action="audit.restored", detail=detail, words=reason, now=now)
    return int(number)
