"""Words that somebody typed are taken out of the log for good; that they were there, and who took them out, stays.

An entry commits to its words by a salted hash. Words and salt go; the hash stays, from which nothing can be found again,
and the tree verifies as before. Backups taken earlier still hold the words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations
from jigsaw.hub.audit.models import Entry
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid, Refused

ERASED = "audit.words_erased"


@transaction.atomic
def erase(
    *, actor: Actor, reason: str, now: datetime, entries: Iterable[UUID] = (), person: UUID | None = None
) -> int:
    """Erase the words of these entries, or of every entry that concerns `person`; returns of how many.

    The entry that says so names each of them, so that whoever checks the log sees whose words are missing, and why.
    Raises Refused unless the actor looks after the hub's settings; Invalid without a reason, if nothing is named, or if
    none of what is named has words.
    """
    check_can_erase(actor)
    if not reason.strip():
        raise Invalid(
            _("Say why these words are erased."), {"reason": _("This is empty.")}, _("Give --reason.")
        )
    # Why somebody's words were erased stays when more of them are.
    of_person = Entry.objects.filter(people__contains=[person]).exclude(action=ERASED)
    found = of_person if person else Entry.objects.filter(entry__in=entries)
    gone = _deleted(list(found.values_list("entry", flat=True)))
    if not gone:
        raise Invalid(
            _("There are no words to erase."),
            {},
            _("Take ids from `jigsaw audit export`: an entry whose commitment is empty never had words."),
        )
    operations.record(
        actor=actor,
        action=ERASED,
        people=[person] if person else _concerned(gone),
        detail={"entries": [str(entry) for entry in gone]},
        words=reason.strip(),
        now=now,
    )
    return len(gone)


def gone_with(things: Iterable[str], *, people: Iterable[UUID] = ()) -> list[UUID]:
    """Erase the words of every entry about these things, which are disposed of, or of these people, of whom nothing is
    left; ids of the entries.

    The caller has authorised it, and names them in the entry that it writes itself.
    """
    # Two statements: the log is found by whom it is about by an index that an OR would pass over.
    of_them = (Q(thing__in=list(things)), Q(people__overlap=list(people)))
    with_words = Entry.objects.exclude(action=ERASED).exclude(commitment="")
    return _deleted(
        [pk for each in of_them for pk in with_words.filter(each).values_list("entry", flat=True)]
    )


@context.hub("erasing")
def _deleted(entries: list[UUID]) -> list[UUID]:
    """Of which the words are gone now. Of two who erase the same at once, one gets each."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_words WHERE entry = ANY(%s) RETURNING entry", [entries])
        return sorted(entry for (entry,) in cursor.fetchall())


def _concerned(entries: Iterable[UUID]) -> set[UUID]:
    rows = Entry.objects.filter(entry__in=list(entries)).values_list("people", flat=True)
    return {person for people in rows for person in people}


def can_erase(actor: Actor) -> bool:
    return actor.may("settings.manage")


def check_can_erase(actor: Actor) -> None:
    if not can_erase(actor):
        raise Refused(
            _("Only administrators erase words from the log."), _("Ask one, and say which words and why.")
        )
