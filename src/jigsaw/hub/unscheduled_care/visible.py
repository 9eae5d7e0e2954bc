"""Which plans may a setting see today? Those that run, and those that ended at most a year ago."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.kit import planned
from jigsaw.hub.people import numbers
from jigsaw.hub.unscheduled_care.models import Plan


def standing() -> QuerySet[Plan]:
    """Rows that nothing has taken the place of."""
    return Plan.objects.filter(closed_as="").select_related("authority", "agency", "record")


def visible(*, on: date) -> QuerySet[Plan]:
    """Begun by that day, and not over for longer than the partnership agreed (12 months: London procedures PG9)."""
    return _shown(standing(), on, _since(on, agreements.unscheduled_care(on=on)))


def visible_of(persons: Iterable[UUID], *, on: date) -> list[Plan]:
    """The plans of these persons that a setting may see on that day; the caller has authorised the question."""
    return list(visible(on=on).filter(record__person__in=set(persons)).order_by("-starts_on", "pk"))


def to_tell_of(persons: Iterable[UUID], *, on: date, rules: Mapping[str, int]) -> list[Plan]:
    """As `visible_of`, each with its record and no more: what telling needs, while a clinician waits.

    `rules`: what `agreements.unscheduled_care` says of that day.
    """
    return list(_to_tell(set(persons), on, _since(on, rules)))


def to_tell_of_number(number: str, *, on: date, rules: Mapping[str, int]) -> list[Plan]:
    """As `to_tell_of`, of everybody under an NHS number that is in use: in one statement, while a clinician waits."""
    return _OF_NUMBER.rows(number=number, on=on, since=_since(on, rules))


_OF_NUMBER = planned.Shape(lambda *, number, on, since: _to_tell(numbers.under(number), on, since))


def _to_tell(persons: Iterable[UUID] | QuerySet[Any], on: date, since: date) -> QuerySet[Plan]:
    rows = Plan.objects.filter(closed_as="").select_related("record")
    rows = rows.filter(record__person__in=persons).defer("reason", "record__raw")
    return _shown(rows, on, since).order_by("-starts_on", "pk")


def _since(on: date, rules: Mapping[str, int]) -> date:
    """A plan that ended on this day or later is still shown."""
    return on - timedelta(days=rules["visible_days_after_end"])


def _shown(plans: QuerySet[Plan], on: date, since: date) -> QuerySet[Plan]:
    return plans.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gte=since))
