"""Which patterns is this practitioner to look at, and may they open everything that each points at?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.patterns.models import Pattern, Pointed
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import cards
from jigsaw.hub.people.cards import Card
from jigsaw.hub.referrals import queries as referrals
from jigsaw.hub.unscheduled_care import hearing

LISTED = 100


@dataclass(frozen=True)
class Shown:
    """A pattern with the records that it points at, newest first; all of them the reader's to open."""

    pattern: Pattern
    pointed: tuple[Pointed, ...]
    card: Card | None = None


def on_page(actor: Actor, person: UUID, *, now: datetime) -> list[Shown]:
    """What stands about this person and nobody has looked at; the page is authorised and audited.

    Of most nothing does, so that is asked first: what may be opened is the dear part.
    """
    standing = Pattern.objects.filter(person=person, agency=actor.agency_id, looked_at=None, ended_at=None)
    found = list(standing.values_list("pk", flat=True))
    return _shown(_pointed(actor, now).filter(pattern__in=found)) if found else []


@transaction.atomic
def waiting(actor: Actor, *, now: datetime) -> list[Shown]:
    """What this practitioner was told of and nobody has looked at, the newest first; audited."""
    rows = _pointed(actor, now).filter(
        pattern__told=actor.practitioner_id, pattern__looked_at=None, pattern__ended_at=None
    )
    rows = rows.exclude(pattern__person__in=people_access.too_close_to(actor))
    found = _shown(rows)[:LISTED]
    persons = {one.pattern.person_id for one in found}
    named = cards.cards(persons)
    audit.record(actor=actor, action="pattern.list_viewed", people=persons, now=now)
    return [Shown(one.pattern, one.pointed, named[one.pattern.person_id]) for one in found]


def waiting_count(actor: Actor) -> int:
    """How many patterns this practitioner was told of and nobody has looked at."""
    return Pattern.objects.filter(told=actor.practitioner_id, looked_at=None, ended_at=None).count()


@transaction.atomic
def read(actor: Actor, reference: str, *, now: datetime) -> Shown:
    """One pattern with what came of it; audited. Raises NotHere with the same words if it is not the actor's to see."""
    found = get(actor, reference, now=now)
    person = found.pattern.person_id
    audit.record(
        actor=actor,
        action="pattern.viewed",
        people=[person],
        purpose=f"pattern {found.pattern.reference}",
        thing=f"pattern {found.pattern.pk}",
        now=now,
    )
    return Shown(found.pattern, found.pointed, cards.cards([person])[person])


def get(actor: Actor, reference: str, *, now: datetime) -> Shown:
    """One pattern of the actor's agency, if they may open all that it points at; the caller audits."""
    found = _shown(_pointed(actor, now).filter(pattern__reference=reference))
    if not found or not people_access.can_find(actor):
        raise NotHere(_("There is no such pattern that you can see."), _("Go back to the child’s page."))
    people_access.check_not_too_close(actor, [found[0].pattern.person_id])
    return found[0]


def _pointed(actor: Actor, now: datetime) -> QuerySet[Pointed]:
    """What patterns of the actor's agency point at, each with whether the actor may open it now."""
    may = (
        Q(Exists(chronology.seen(actor, now).filter(pk=OuterRef("entry"))))
        | Q(Exists(referrals.worked_on(actor).filter(pk=OuterRef("referral"))))
        | Q(Exists(hearing.told_to(actor).filter(pk=OuterRef("alert"))))
        | Q(kind="open_case")
    )
    rows = Pointed.objects.filter(pattern__agency=actor.agency_id)
    rows = rows.annotate(may_open=ExpressionWrapper(may, output_field=BooleanField()))
    rows = rows.select_related("pattern__told", "pattern__looked_by")
    return rows.order_by("-pattern__found_at", "pattern__reference", "-on", "pk")


def _shown(rows: Iterable[Pointed]) -> list[Shown]:
    """By pattern, those alone of which everything may be opened: a part of one would say that there is more."""
    by_pattern: dict[UUID, list[Pointed]] = {}
    for row in rows:
        by_pattern.setdefault(row.pattern_id, []).append(row)
    return [
        Shown(pointed[0].pattern, tuple(pointed))
        for pointed in by_pattern.values()
        if all(one.may_open for one in pointed)
    ]


# --- for the hub itself ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Concerned:
    """A pattern's reference, who is told of it, and about whom it is."""

    reference: str
    told: UUID
    person: UUID


def concerned(pk: object) -> Concerned | None:
    """Whom a pattern concerns; None once it was looked at, or is there no more."""
    row = Pattern.objects.filter(pk=pk, looked_at=None, ended_at=None).first()
    return Concerned(row.reference, row.told_id, row.person_id) if row else None


@dataclass(frozen=True)
class Came:
    """Of the patterns of one rule: how many were told of, and what came of them."""

    rule: str
    acted: int
    nothing: int
    waiting: int


def what_came_of_them(*, since: datetime, until: datetime) -> list[Came]:
    """By rule, of those found from `since` (inclusive) until `until` (exclusive), in all agencies; counts alone."""
    rows = Pattern.objects.filter(found_at__gte=since, found_at__lt=until).values("rule")
    counts = rows.annotate(
        acted=Count("pk", filter=Q(outcome="acted")),
        nothing=Count("pk", filter=Q(outcome="nothing")),
        waiting=Count("pk", filter=Q(looked_at=None)),
    )
    return [Came(**row) for row in counts.order_by("rule")]
