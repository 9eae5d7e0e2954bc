"""Take apart what was wrongly joined, undo what followed, and let those who wrote meanwhile say of whom.

A wrong link shows each child's information to those who look after the other. So nothing is left standing that
rested on the link alone: what an answer released, whose family was lent, and to whom a concern went.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.audit import operations as audit
from jigsaw.hub.audit import queries as audit_log
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.corrections import queries
from jigsaw.hub.corrections.models import Correction, Told, WrittenMeanwhile
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.kit import context, outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import AlreadyDone, Invalid
from jigsaw.hub.kit.ids import reference
from jigsaw.hub.people import access as people_access
from jigsaw.hub.people import linked, relinking, reviewing, undoing
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.operations import Apart
from jigsaw.hub.referrals import operations as referrals


@context.hub("deciding")
@transaction.atomic
def take_apart(
    *, actor: Actor, person: UUID, records: Collection[UUID], reason: str, now: datetime
) -> Correction:
    """Decide that these records of a person are somebody else, and undo all that followed from the link.

    Raises as `people.operations.split` does.
    """
    apart = people.split(actor=actor, person=person, records=records, reason=reason, now=now)
    return undo(actor=actor, apart=apart, now=now)


@context.hub("deciding")
@transaction.atomic
def settle_pair(*, actor: Actor, pair: UUID, verdict: str, reason: str, now: datetime) -> Correction | None:
    """Settle where two reviewers disagree; if they had been linked and are two, all that followed is undone."""
    apart = reviewing.settle(actor=actor, pair=pair, verdict=verdict, reason=reason, now=now)
    return undo(actor=actor, apart=apart, now=now) if apart else None


@context.hub("deciding")
@transaction.atomic
def relink_some(
    *, actor: Actor, made: relinking.Relinking, kinds: Collection[str] = relinking.KINDS, now: datetime
) -> relinking.Step:
    """Carry out the next few hundred differences of a relinking; what followed from a link undone is undone.

    One transaction: stopping between two of them leaves nothing half done. Raises Refused.
    """
    step = relinking.carry_out_some(actor=actor, made=made, kinds=kinds, now=now)
    for apart in step.apart:
        undo(actor=actor, apart=apart, now=now)
    return step


@context.hub("deciding")
@transaction.atomic
def undo(*, actor: Actor, apart: Apart, now: datetime) -> Correction:
    """Take back what rested on a link that is undone, and leave word for those who saw the two as one."""
    both = {apart.stayed, apart.came}
    made = Correction.objects.create(
        reference=reference("C"),
        stayed_id=apart.stayed,
        came_id=apart.came,
        since=apart.since if apart.since > undoing.ALWAYS else None,
        made_at=now,
        made_by_id=actor.practitioner_id,
    )
    taken = disclosures.take_back_what_does_not_follow(actor=actor, persons=both, now=now)
    made.releases_ended, made.grants_ended = taken.releases, taken.grants
    made.concerns_routed = referrals.route_again(actor=actor, persons=both, now=now)
    made.save()
    _note_written(made, apart)
    _tell(actor, made, apart, taken.leads)
    audit.record(
        actor=actor,
        action="person.corrected",
        people=both,
        thing=f"correction {made.pk}",
        detail={"releases": taken.releases, "grants": taken.grants, "concerns": made.concerns_routed},
        now=now,
    )
    outbox.put(topic="person.taken_apart", payload={"correction": str(made.pk)}, now=now)
    return made


def _tell(actor: Actor, made: Correction, apart: Apart, leads: Iterable[UUID]) -> None:
    """Whoever looked at the two as one, led what rested on it, or wrote meanwhile; not who undid it."""
    names = [made.stayed_id, made.came_id]
    names += people_queries.once_called(names)
    saw = audit_log.who_read(names, queries.READING, since=apart.since, until=made.made_at)
    wrote = made.written.values_list("entry__recorded_by", flat=True)
    told = {pk for pk in (*saw, *leads, *wrote) if pk} - {actor.practitioner_id}
    told -= people_access.close_among(told, [made.stayed_id, made.came_id])
    Told.objects.bulk_create(Told(correction=made, practitioner_id=pk) for pk in sorted(told))


def _note_written(made: Correction, apart: Apart) -> None:
    """Entries written since by agencies that could see records on both sides."""
    sees = [
        people_queries.agencies_seeing(side, at=made.made_at, since=apart.since)
        for side in (apart.moved, apart.remained)
    ]
    both = sees[0] & sees[1]
    written = chronology_queries.written_since(
        [*apart.moved, *apart.remained], agencies=both, since=apart.since, until=made.made_at
    )
    WrittenMeanwhile.objects.bulk_create(
        WrittenMeanwhile(correction=made, entry_id=entry, record_id=record) for entry, record in written
    )


@context.hub("deciding")
@transaction.atomic
def say_of_whom(*, actor: Actor, written: UUID, person: UUID, now: datetime) -> WrittenMeanwhile:
    """The agency that wrote an entry while two stood as one says of whom it is; it moves there if need be.

    `person` is one of the two. Raises NotHere to others, Invalid for anybody else, AlreadyDone, naming them, if
    a colleague has said.
    """
    row = queries.to_say(actor, written)
    row = (
        WrittenMeanwhile.objects.select_for_update(of=("self",))
        .select_related("correction", "entry", "record", "said_by")
        .get(pk=row.pk)
    )
    if row.said_at:
        raise AlreadyDone(
            _("%(name)s has said of whom this is.") % {"name": row.said_by.name if row.said_by else ""},
            _("If you see it otherwise, correct the entry on the child’s page."),
        )
    if person not in (row.correction.stayed_id, row.correction.came_id):
        raise Invalid(_("Choose of which of the two this is."), {"person": _("Choose one of the two.")})
    people_access.check_not_too_close(actor, [person])
    if row.record.person_id != person:
        to = people.own_record(actor=actor, like=linked.any_record(person), now=now)
        chronology.move(actor=actor, entry=row.entry, record=row.record, to=to, now=now)
    row.said_by_id, row.said_at = actor.practitioner_id, now
    row.save(update_fields=["said_by", "said_at"])
    audit.record(
        actor=actor, action="entry.said_of_whom", people=[person], thing=f"entry {row.entry_id}", now=now
    )
    return row
