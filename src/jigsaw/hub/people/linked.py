"""Which records are linked as one person, who decided so, and why? For those who decide on links."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access, numbers
from jigsaw.hub.people.errors import not_here, too_close
from jigsaw.hub.people.models import LinkDecision, PersonRecord
from jigsaw.hub.people.queries import current


@dataclass(frozen=True)
class LinkOfSeveral:
    """Records that came to a person together, by one decision, and are there still."""

    decision: LinkDecision
    """The first of its rows, one for each record."""
    records: tuple[PersonRecord, ...]


@context.hub("deciding")
def link_history(actor: Actor, person: UUID) -> list[LinkDecision]:
    """The link decisions on this person's records, newest first, for those who decide on links.

    The page that shows them has been authorised and audited by `linked_records` or the concern it is about.
    """
    access.check_can_link(actor)
    access.check_not_too_close(actor, [person])
    rows = LinkDecision.objects.filter(Q(person=person) | Q(record__person=person))
    return list(rows.select_related("record__agency", "decided_by").order_by("-decided_at"))


@context.hub("deciding")
@transaction.atomic
def linked_records(actor: Actor, person: UUID, *, now: datetime) -> list[PersonRecord]:
    """All records linked as this person, for those who decide on links; audited."""
    access.check_can_link(actor)
    who = current(person)
    if access.is_too_close(actor, who.pk):
        raise too_close(who.pk)
    rows = list(
        PersonRecord.objects.filter(person=who).select_related("agency").prefetch_related("identifiers")
    )
    audit.record(
        actor=actor, action="person.records_viewed", people=[who.pk], thing=f"person {who.pk}", now=now
    )
    return rows


def links_of_several(
    records: Sequence[PersonRecord], history: Iterable[LinkDecision]
) -> tuple[LinkOfSeveral, ...]:
    """Of the records of one person (`linked_records`), those that came together by one link; the newest link first.

    `history` as `link_history` tells it, newest first. One by which all of them came is left out: nobody would stay.
    """
    here = {record.pk: record for record in records}
    came: dict[UUID, LinkDecision] = {}
    for decision in history:
        record = here.get(decision.record_id)
        if record and decision.verdict == LinkDecision.LINKED and decision.person_id == record.person_id:
            came.setdefault(record.pk, decision)
    links: dict[tuple[object, ...], list[LinkDecision]] = {}
    for decision in came.values():
        if decision.before_id is not None:
            links.setdefault((decision.decided_at, decision.before_id), []).append(decision)
    return tuple(
        LinkOfSeveral(made[0], tuple(here[decision.record_id] for decision in made))
        for made in (sorted(told, key=lambda decision: decision.pk) for told in links.values())
        if 1 < len(made) < len(here)
    )


@context.hub("deciding")
def numbers_of_linked(records: Iterable[UUID]) -> dict[UUID, tuple[numbers.Number, ...]]:
    """NHS numbers of these records, whosever they are; `linked_records` has authorised the page that shows them."""
    return numbers.numbers_of(records)


@context.hub("deciding")
def any_record(person: UUID) -> PersonRecord:
    """The oldest record of this person, by which an agency learns who is meant; raises NotHere.

    The caller has authorised the question.
    """
    found = PersonRecord.objects.filter(person=person).order_by("recorded_at", "pk").first()
    if found is None:
        raise not_here()
    return found


@context.hub("deciding")
def record_for_linking(actor: Actor, record: UUID) -> PersonRecord:
    """The record with this id for those who decide on links; raises NotHere."""
    access.check_can_link(actor)
    found = PersonRecord.objects.select_related("agency", "person").filter(pk=record).first()
    if found is None:
        raise not_here()
    access.check_not_too_close(actor, [found.person_id])
    return found
