"""Does another hub's log still go on from what we saw of it? Hubs exchange heads and sign each other's.

Whoever rewrites a log and signs it again with a stolen key cannot take back the head that the other hub keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from jigsaw.hub.audit import heads, merkle, notes, operations, sequencing
from jigsaw.hub.audit.models import Head, Key, Seen, Witnessed
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid, WrongState

HEADS, WITNESS = "jigsaw audit heads", "jigsaw audit witness"
LATEST_WITNESSED = 50


def to_witness(*, since: int | None = None, latest: int = LATEST_WITNESSED) -> dict[str, Any]:
    """Our latest head, our public keys, and that it goes on from the `latest` witnessed before and from size `since`.

    Raises WrongState if there is no head yet, and Invalid if `since` is no size that the log had by then.
    """
    note = heads.latest()
    if note is None:
        raise WrongState(
            "No head is signed yet.", "Run `jigsaw jobs`, or wait a minute while the service runs."
        )
    head = notes.read(note)
    if since is not None and not 0 < since <= head.size:
        raise Invalid("The log had no such size.", {"since": f"Give one from 1 to {head.size}."})
    witnessed = Witnessed.objects.order_by("-id").values_list("size", flat=True)[:latest]
    sizes = {*witnessed, *([since] if since else [])}
    tree = sequencing.Stored()
    return {
        "kind": HEADS,
        "origin": head.origin,
        "keys": public_keys(),
        "head": note,
        "proofs": [
            {"from": size, "path": [node.hex() for node in merkle.consistency(tree, size, head.size)]}
            for size in sorted(sizes)
            if size <= head.size
        ],
    }


def public_keys() -> list[dict[str, str]]:
    """Our public keys, oldest first, each with the word of the one before."""
    return [
        {"public": bytes(key.public).hex(), "handover": key.handover, "at": key.at.isoformat()}
        for key in Key.objects.order_by("id")
    ]


def witness(
    *, actor: Actor, told: Mapping[str, Any], now: datetime, restored: bool = False
) -> dict[str, Any]:
    """Sign another hub's head under it, if it goes on from what we saw last; returns what they are to keep.

    `restored`: they told us that they restored their database, and somebody here believes it. If the head does not go
    on, an alarm sounds here, it is written down, and WrongState says what does not fit. Raises Invalid for what is no
    such file.
    """
    note, head, keys, proofs = _read(told)
    if head.origin == heads.origin():
        raise Invalid("This head is our own.", {"file": "Another hub is to witness it."})
    last = Seen.objects.filter(origin=head.origin).order_by("-id").first()
    public = _signer(note, head, keys, last)
    wrong = (
        "" if restored and last and head.epoch > last.epoch else _does_not_go_on(head, last, proofs, public)
    )
    with transaction.atomic():
        if wrong:
            heads.sound("witness", now=now)
        else:
            Seen.objects.create(
                origin=head.origin, public=public or b"", epoch=head.epoch, size=head.size, root=head.root, note=note, at=now
            )  # fmt: skip
        detail = {"size": head.size, "epoch": head.epoch, "fits": not wrong}
        operations.record(actor=actor, action="audit.head_seen", thing=head.origin, detail=detail, now=now)
    if wrong:
        raise WrongState(wrong, "Keep this file. Ring them on a number that you had before.")
    key = heads.signing_key()
    return {
        "kind": WITNESS,
        "witness": heads.origin(),
        "public": key.public_key().public_bytes_raw().hex(),
        "note": notes.witness(note, name=heads.origin(), key=key, now=now),
        "of": notes.fingerprint(public or b""),
        "first": last is None,
    }


def _read(told: Mapping[str, Any]) -> tuple[str, notes.Head, list[tuple[bytes, str]], dict[int, list[bytes]]]:
    try:
        if told["kind"] != HEADS:
            raise ValueError(told["kind"])
        keys = [(bytes.fromhex(key["public"]), str(key["handover"])) for key in told["keys"]]
        proofs = {int(one["from"]): [bytes.fromhex(node) for node in one["path"]] for one in told["proofs"]}
        return str(told["head"]), notes.read(str(told["head"])), keys, proofs
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(
            "This is no file of heads.", {"file": "Ask them for `jigsaw audit heads export`."}
        ) from error


def _signer(
    note: str, head: notes.Head, keys: Sequence[tuple[bytes, str]], last: Seen | None
) -> bytes | None:
    """The key that signed, if we trust it: the first we are shown, the one we know, or one that it named."""
    trusted = bytes(last.public) if last else keys[0][0] if keys else b""
    known = [trusted] if trusted else []
    for public, handover in keys:
        named = f"{head.origin}\nnext key {public.hex()}\n"
        if (
            known
            and handover.startswith(named)
            and notes.signed_by(handover, name=head.origin, public=known[-1])
        ):
            known.append(public)
    return next((key for key in known if notes.signed_by(note, name=head.origin, public=key)), None)


def _does_not_go_on(
    head: notes.Head, last: Seen | None, proofs: Mapping[int, list[bytes]], public: bytes | None
) -> str:
    """What does not fit, in words; empty if all does."""
    if public is None:
        return "This head is not signed with a key that we know, nor with one that such a key named."
    if last is None:
        return ""
    if head.epoch < last.epoch or (head.epoch == last.epoch and head.size < last.size):
        return f"Their log goes back: we saw {last.size} entries of epoch {last.epoch}."
    if head.epoch > last.epoch:
        return (
            f"They say that their database was restored (epoch {head.epoch}); we saw {last.size} entries of epoch "
            f"{last.epoch}."
        )
    if head.size != last.size and last.size not in proofs:
        return (
            f"They do not show that their log goes on from size {last.size}: ask for `--since {last.size}`."
        )
    if not merkle.consistent(last.size, head.size, bytes(last.root), head.root, proofs.get(last.size, [])):
        return f"Their log was rewritten: its first {last.size} entries are not those that we saw."
    return ""


@transaction.atomic
def keep(*, actor: Actor, told: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Keep what a witness returned. Raises Invalid if it is none, or not of a head of ours."""
    try:
        note, name, public = str(told["note"]), str(told["witness"]), bytes.fromhex(told["public"])
        head = notes.read(note)
        signed_at = notes.witnessed_by(note, name=name, public=public)
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("This is no file of a witness.", {"file": "Ask them for it again."}) from error
    ours = Head.objects.filter(epoch=head.epoch, size=head.size, root=head.root).first()
    if ours is None or notes.read(ours.note) != head or signed_at is None:
        raise Invalid(
            "This is not a head of ours with their signature under it.", {"file": "Ask them again."}
        )
    Witnessed.objects.create(witness=name, public=public, size=head.size, note=note, at=signed_at)
    detail = {"size": head.size, "key": notes.fingerprint(public)}
    operations.record(actor=actor, action="audit.head_witnessed", thing=name, detail=detail, now=now)
    return {"witness": name, "size": head.size, "fingerprint": notes.fingerprint(public)}
