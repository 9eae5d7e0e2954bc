"""Who may see and do what with people and their records?

An agency sees a record if it holds it, or if it has a live grant to it for a purpose. A person's
page opens if the agency sees at least one of their records. A practitioner who is too close to a
person sees none of it, whatever the agency may see.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people.errors import may_not, too_close
from jigsaw.hub.people.models import Conflict, Grant, PersonRecord


def visible_records(actor: Actor, now: datetime) -> QuerySet[PersonRecord]:
    """The records that the actor's agency holds or has a live grant to (live: not yet ended at `now`)."""
    live = live_grants(actor, now).filter(record=OuterRef("pk"))
    return PersonRecord.objects.filter(Q(agency=actor.agency_id) | Exists(live))


def live_grants(actor: Actor, now: datetime) -> QuerySet[Grant]:
    """What was lent to the actor's agency, or to them alone, and is not over at `now` (the end exclusive)."""
    live = Grant.objects.filter(agency=actor.agency_id, given_at__lte=now)
    live = live.filter(Q(ends_at=None) | Q(ends_at__gt=now))
    return live.filter(Q(practitioner=None) | Q(practitioner=actor.practitioner_id))


def sees_record(column: str, actor: Actor, now: datetime) -> tuple[str, dict[str, object]]:
    """`visible_records` as SQL about the record whose id is in `column`, with its values by name.

    For statements that Django cannot write. `column` is never anybody's input.
    """
    seen = visible_records(actor, now).filter(pk=RawSQL(column, ())).values("pk")  # noqa: S611 - a name of ours
    sql, values = seen.query.sql_with_params()
    names = [f"seen_{place}" for place in range(len(values))]
    return sql % tuple(f"%({name})s" for name in names), dict(zip(names, values, strict=True))


def openable(actor: Actor, persons: Iterable[UUID], *, now: datetime) -> set[UUID]:
    """Of these persons, those of whom the actor's agency may see a record now: whose page is there to open."""
    visible = visible_records(actor, now).filter(person__in=persons)
    return set(visible.values_list("person", flat=True))


@context.hub("closeness")
def is_too_close(actor: Actor, person: UUID) -> bool:
    """Is the practitioner recorded as related to, or otherwise too close to, this person?"""
    return Conflict.objects.filter(practitioner=actor.practitioner_id, person=person).exists()


@context.hub("closeness")
def check_not_too_close(actor: Actor, persons: Iterable[UUID]) -> None:
    """Raises Refused if the practitioner is too close to any of these persons; one statement for all."""
    conflicts = Conflict.objects.filter(practitioner=actor.practitioner_id, person__in=set(persons))
    close = conflicts.values_list("person", flat=True).first()
    if close:
        raise too_close(close)


@context.hub("closeness")
def anyone_too_close(practitioner: UUID, persons: Iterable[UUID]) -> bool:
    """Is this practitioner too close to any of these persons? For handing work over to them."""
    return Conflict.objects.filter(practitioner=practitioner, person__in=set(persons)).exists()


@context.hub("closeness")
def close_among(practitioners: Iterable[UUID], persons: Iterable[UUID]) -> set[UUID]:
    """Which of these practitioners are too close to any of these persons; one statement for all."""
    conflicts = Conflict.objects.filter(practitioner__in=set(practitioners), person__in=set(persons))
    return set(conflicts.values_list("practitioner", flat=True))


@context.hub("closeness")
def too_close_to(actor: Actor) -> set[UUID]:
    """Everyone the practitioner is too close to."""
    return set(Conflict.objects.filter(practitioner=actor.practitioner_id).values_list("person", flat=True))


def can_find(actor: Actor) -> bool:
    return actor.may("people.find") or actor.may("people.find_any")


def check_can_find(actor: Actor) -> None:
    if not can_find(actor):
        raise may_not(_("Your role does not include finding children."))


def can_link(actor: Actor) -> bool:
    return actor.may("people.link")


def check_can_link(actor: Actor) -> None:
    if not can_link(actor):
        raise may_not(_("Your role does not include deciding whether two records are one person."))


def can_trace(actor: Actor) -> bool:
    return actor.may("numbers.trace")


def check_can_trace(actor: Actor) -> None:
    if not can_trace(actor):
        raise may_not(_("Your role does not include tracing NHS numbers."))


def traceable_records(actor: Actor) -> QuerySet[PersonRecord]:
    """The records whose numbers the actor may trace: their agency's own, nobody they are too close to among them.

    The hub itself traces for all. That an agency holds a record is its own to tell, also to a register.
    """
    held = PersonRecord.objects.all()
    if actor.practitioner_id is None:
        return held
    close = Conflict.objects.filter(practitioner=actor.practitioner_id).values("person")
    return held.filter(agency=actor.agency_id).exclude(person__in=close)


def can_settle(actor: Actor) -> bool:
    """Whoever looks after the index as a whole settles where reviewers disagree, their own word included."""
    return can_link(actor) and actor.may("people.settle")


def can_import(actor: Actor, agency: UUID) -> bool:
    """Files are loaded by whoever the role allows, for their own agency; the administrator and the hub itself
    load for any."""
    own = actor.agency_id in (None, agency)
    return actor.may("import.run") and (own or actor.may("settings.manage"))


def check_can_import(actor: Actor, agency: UUID) -> None:
    if not can_import(actor, agency):
        raise may_not(_("Your role does not include loading files for this agency."))
