"""Do the signed heads fit the log, each other and the keys? For `queries.verify`."""

from __future__ import annotations

import itertools

from jigsaw.hub.audit import merkle, notes
from jigsaw.hub.audit.models import Epoch, Head, Key, Witnessed


def signatures() -> list[str]:
    """What is wrong with keys, heads and what witnesses signed, in words."""
    keys = list(Key.objects.order_by("id"))
    wrong = [
        f"The key {notes.fingerprint(bytes(new.public))} was not named by the key before it."
        for old, new in itertools.pairwise(keys)
        if new.handover and not _handed_over(old, new)
    ]
    before: Head | None = None
    for head in Head.objects.order_by("id").iterator():
        wrong += _about(head, before, keys)
        before = head
    return wrong + [
        f"The signature of {row.witness} under the head of size {row.size} does not verify."
        for row in Witnessed.objects.order_by("id")
        if notes.witnessed_by(row.note, name=row.witness, public=bytes(row.public)) is None
    ]


def _handed_over(old: Key, new: Key) -> bool:
    origin, named, *_rest = new.handover.splitlines()
    return named == f"next key {bytes(new.public).hex()}" and notes.signed_by(
        new.handover, name=origin, public=bytes(old.public)
    )


def _about(head: Head, before: Head | None, keys: list[Key]) -> list[str]:
    name = f"The head of size {head.size}, of {head.at:%d/%m/%Y %H:%M:%S}"
    try:
        read = notes.read(head.note)
    except ValueError:
        return [f"{name}, cannot be read."]
    wrong = []
    if (read.size, read.root, read.epoch) != (head.size, bytes(head.root), head.epoch):
        wrong.append(f"{name}, is not what was signed.")
    if not any(notes.signed_by(head.note, name=read.origin, public=bytes(key.public)) for key in keys):
        wrong.append(f"{name}, bears no signature of this hub.")
    if before and head.epoch < before.epoch:
        wrong.append(f"{name}, is of an earlier epoch than the one before.")
    if before and head.epoch == before.epoch and (head.size < before.size or head.at < before.at):
        wrong.append(f"{name}, goes back behind the one before.")
    return wrong


class Roots:
    """Holds each head's root to the log's while it is read: `at` each size, then `wrong`."""

    def __init__(self) -> None:
        cut = dict(Epoch.objects.values_list("number", "size"))
        self._heads: dict[int, set[bytes]] = {}
        for epoch, size, root in Head.objects.values_list("epoch", "size", "root").iterator():
            # What an earlier epoch signed beyond where the next began was lost with the restore, and said to be.
            if size <= min((at for number, at in cut.items() if number > epoch), default=size):
                self._heads.setdefault(size, set()).add(bytes(root))
        self._wrong: list[str] = []

    def at(self, tree: merkle.Growing) -> None:
        signed = self._heads.pop(tree.size, None)
        if signed is not None and signed != {tree.root()}:
            self._wrong.append(f"The first {tree.size} entries are not those that were signed for.")

    def wrong(self) -> list[str]:
        """What did not fit, in words; heads of sizes that the log never reached among them."""
        return self._wrong + [
            f"{size} entries were signed for, and the log ends before." for size in sorted(self._heads)
        ]
