"""What does the log say of a page that was just opened? For tests that hold a page to one entry for each look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from jigsaw.hub.audit.models import Entry
from jigsaw.hub.people.models import PersonRecord


def not_written_down_once(answer: Any, before: int, children: Iterable[str]) -> Iterator[str]:
    """Which of these children the page names without an entry since the one numbered `before`, and what has two."""
    entries = list(Entry.objects.filter(pk__gt=before))
    said = Counter((entry.action, entry.thing) for entry in entries)
    yield from (
        f"{action} {thing} is there {many} times" for (action, thing), many in said.items() if many > 1
    )
    logged = PersonRecord.objects.filter(person__in={pk for entry in entries for pk in entry.people})
    known = {f"{row.given} {row.family}" for row in logged}
    text = answer.content.decode(errors="replace")
    yield from (
        f"{child} is named and no entry says so" for child in children if child in text and child not in known
    )
