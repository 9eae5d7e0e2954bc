"""What does somebody need who wants to check the log without us? Lines of JSON for `scripts/verify-audit`.

Keys, epochs, heads and witnesses come first, so that a reader holds the heads to the tree while the entries pass by.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jigsaw.hub.audit import heads, reading, sequencing, witnessing
from jigsaw.hub.audit.models import Epoch, Head, Witnessed


def lines(*, words: bool = False) -> Iterator[dict[str, Any]]:
    """Every placed entry with all that holds it, one document a line; with `words`, those not erased as well.

    Entries that still wait for their place are not among them. The last line says how many entries there were.
    """
    size = sequencing.size()
    yield {"kind": "log", "version": 1, "origin": heads.origin(), "size": size, "words": words}
    for key in witnessing.public_keys():
        yield {"kind": "key", **key}
    for epoch in Epoch.objects.order_by("number"):
        yield {"kind": "epoch", "number": epoch.number, "size": epoch.size, "at": epoch.at.isoformat()}
    for note in Head.objects.filter(size__lte=size).order_by("id").values_list("note", flat=True).iterator():
        yield {"kind": "head", "note": note}
    for row in Witnessed.objects.order_by("id"):
        yield {"kind": "witness", "witness": row.witness, "public": bytes(row.public).hex(), "note": row.note}
    count = 0
    for read in reading.entries(size=size, words=words):
        if read.place is None:
            break
        if read.content is not None:
            count += 1
            yield _entry(read)
    yield {"kind": "end", "entries": count}


def _entry(read: reading.Read) -> dict[str, Any]:
    line = {
        "kind": "entry",
        "place": read.place,
        "leaf": bytes(read.placed or b"").hex(),
        "content": (read.content or b"").decode(),
    }
    if read.words is not None:
        line |= {"salt": bytes(read.salt or b"").hex(), "words": read.words}
    return line
