"""Are the records of every source, and of every ethnic group, complete enough to be matched as well as others?

Shares in whole per cent and nothing of anybody: a share that rests on 1 to 4 records does not leave, nor a figure
from which one could be worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Refused
from jigsaw.hub.oversight.queries import SMALLEST_SHOWN, Figure, figure
from jigsaw.hub.people import quality
from jigsaw.hub.people.quality import MEASURES, Quality

__all__ = [
    "MEASURES",
    "RecordQuality",
    "Row",
    "check_may_see",
    "in_per_cent",
    "may_see",
    "protected",
    "record_quality",
]


@dataclass(frozen=True)
class Row:
    """A source (agency and its system) or an ethnic group (by code): its records, and shares in per cent.

    A share is None where it or the rest is from 1 to 4, or would give such a count away.
    """

    name: str
    system: str
    records: Figure
    shares: dict[str, int | None]


@dataclass(frozen=True)
class RecordQuality:
    sources: tuple[Row, ...]
    ethnic_groups: tuple[Row, ...]


def may_see(actor: Actor) -> bool:
    return actor.may("oversight.view") or actor.may("people.settle")


def check_may_see(actor: Actor) -> None:
    if not may_see(actor):
        raise Refused(
            _("Your role does not include seeing figures on how good records are."),
            _("Ask your administrator if you think your role should allow it."),
        )


@transaction.atomic
def record_quality(actor: Actor, *, now: datetime) -> RecordQuality:
    """The figures as they are now, for the board and whoever looks after the index; that they were read is kept.

    Raises Refused.
    """
    check_may_see(actor)
    found = RecordQuality(_rows(quality.by_source()), _rows(quality.by_ethnic_group()))
    audit.record(actor=actor, action="quality.viewed", people=[], thing="record quality", now=now)
    return found


def _rows(told: Sequence[Quality]) -> tuple[Row, ...]:
    records = protected([each.records for each in told])
    columns = {
        measure: in_per_cent([(each.counts[measure], each.records) for each in told]) for measure in MEASURES
    }
    return tuple(
        Row(each.name, each.system, records[place], {m: columns[m][place] for m in MEASURES})
        for place, each in enumerate(told)
    )


def protected(counts: Sequence[int]) -> list[Figure]:
    """Counts side by side that add up to something known elsewhere: one hidden alone could be worked out."""
    hidden = _with_another(counts, lambda place: figure(counts[place]).small)
    return [
        figure(count) if place not in hidden else Figure(None, figure(count).small)
        for place, count in enumerate(counts)
    ]


def in_per_cent(parts: Sequence[tuple[int, int]]) -> list[int | None]:
    """What share the first is of the second, for each of a column; both parts of each are protected."""
    sizes = [part for part, _whole in parts]
    hidden = _with_another(
        sizes,
        lambda place: any(figure(n).small for n in (parts[place][0], parts[place][1] - parts[place][0])),
    )
    return [
        None if place in hidden or not whole else round(100 * part / whole)
        for place, (part, whole) in enumerate(parts)
    ]


def _with_another(counts: Sequence[int], is_small: Callable[[int], bool]) -> set[int]:
    """The places that are small; where there is just one, the next smallest that is not empty as well."""
    hidden = {place for place in range(len(counts)) if is_small(place)}
    others = [
        place for place in range(len(counts)) if place not in hidden and counts[place] >= SMALLEST_SHOWN
    ]
    if len(hidden) == 1 and others:
        hidden.add(min(others, key=lambda place: (counts[place], place)))
    return hidden
