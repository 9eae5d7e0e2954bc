"""About which children is no other hub ever answered, whatever it asks?

Theirs is the answer that a stranger gets, by the same path: nothing of them is filed, so that there is nothing to
find. Asked again with every answer, because a link made or undone since may have led to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from jigsaw.hub.kit import context
from jigsaw.hub.partner_hubs.models import FiledPerson, NeverAnswer


def listed(persons: Collection[UUID]) -> QuerySet[NeverAnswer]:
    """What stands on the list about these persons, by their names of today or the records that were meant.

    To be asked as the hub: records of every agency count.
    """
    live = NeverAnswer.objects.filter(taken_off_at=None)
    return live.filter(Q(person__in=persons) | Q(records__person__in=persons)).distinct()


@context.hub("partner hubs")
def about(persons: Iterable[UUID]) -> set[UUID]:
    """Those of these persons about whom nobody is answered; one statement."""
    asked = set(persons)
    found = listed(asked).values_list("person", "records__person")
    return {person for both in found for person in both} & asked


def forget(persons: Collection[UUID]) -> None:
    """Take these persons out of what partners get answers from, under every key, from this transaction on."""
    FiledPerson.objects.filter(person__in=persons).delete()
