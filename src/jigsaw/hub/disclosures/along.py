"""Which documents leave with an item, and what of them can the sharing rules read?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from jigsaw.hub.chronology import attached
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.chronology.attached import Attached
from jigsaw.hub.disclosures.judging import Choice
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.kit.sealing import DoesNotOpen

if TYPE_CHECKING:
    from datetime import datetime

    from jigsaw.hub.chronology.models import Document, Entry
    from jigsaw.hub.disclosures.models import AnsweredItem
    from jigsaw.hub.kit.actor import Actor


@dataclass(frozen=True)
class Along:
    """What is sent with one item: nothing, unless somebody chose it."""

    ids: tuple[UUID, ...] = ()
    words: tuple[str, ...] = ()
    """All of it that can be read as text: titles, and plain texts whole."""
    unread: int = 0
    """How many of them only a person can read."""


@dataclass(frozen=True)
class Sent:
    """Documents that left with one item, as far as the reader may see them, and on whose page they open."""

    documents: tuple[Attached, ...] = ()
    person: UUID | None = None


NOTHING_SENT = Sent()


def sent(
    actor: Actor, items: Iterable[AnsweredItem], persons: Iterable[UUID], now: datetime
) -> dict[UUID, Sent]:
    """By release, what left with these items; in one statement where nothing did. `persons`: whom the answer is
    about. The caller has authorised the reading of the items, and audits it."""
    entries = {item.release_id: item.entry for item in items if item.release_id}
    found = attached.sent_with(actor, entries, now)
    about = chronology.persons_about([entries[pk] for pk in found]) if found else {}
    asked = set(persons)
    return {
        pk: Sent(documents, next((one for one in about.get(entries[pk].pk, ()) if one in asked), None))
        for pk, documents in found.items()
    }


def of_entries(entries: Iterable[Entry]) -> Mapping[UUID, tuple[Document, ...]]:
    """By the first version, the documents that stand with these entries of the agency's own."""
    return attached.own_of(entries)


def chosen(there: Iterable[Document], choice: Choice) -> Along:
    """What the choice sends along. Raises Invalid with words for what is not there, and where the entry does not
    leave whole: a document would tell what was taken out of it."""
    rows = [row for row in there if row.pk in choice.documents]
    if len(rows) != len(set(choice.documents)):
        raise Invalid(_("One of its documents is not there any more. Look at them again."))
    if rows and choice.choice != "share":
        raise Invalid(
            _(
                "A document goes along with the whole entry only. Share the entry whole, or leave its documents here."
            )
        )
    texts = tuple(_read(row) for row in rows if row.kind == "text")
    return Along(
        ids=tuple(row.pk for row in rows),
        words=(*(row.title for row in rows), *texts),
        unread=len(rows) - len(texts),
    )


def _read(row: Document) -> str:
    try:
        return row.bytes_of("content").decode()
    except DoesNotOpen:
        raise Invalid(_("“%(title)s” was erased. Leave it here.") % {"title": row.title}) from None
