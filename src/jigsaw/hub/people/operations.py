"""Hold records of people, link and unlink them, and let agencies see them for a purpose."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw import record_linkage as linkage
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import access, holding, linking, matching, pairs, queries, undoing
from jigsaw.hub.people.models import (
    Conflict,
    Grant,
    ImportBatch,
    Involvement,
    LinkDecision,
    Person,
    PersonRecord,
    Relationship,
)
from jigsaw.hub.people.records import Facts

OPENED_HERE = "jigsaw"
"""The system of records that an agency opened for a person it was asked about, named after another's record."""


@context.hub("index")
@transaction.atomic
def hold(
    *,
    actor: Actor,
    agency: UUID,
    system: str,
    source_key: str,
    facts: Facts,
    now: datetime,
    batch: ImportBatch | None = None,
) -> tuple[PersonRecord, str]:
    """Keep what `agency` holds on someone; returns the record and created, updated or unchanged.

    A new record starts as a person of its own. Holding the same facts again changes nothing.
    """
    [held] = holding.hold_all(
        actor=actor, agency=agency, system=system, told=[(source_key, facts)], now=now, batch=batch
    )
    if held.outcome != holding.UNCHANGED:
        audit.record(
            actor=actor,
            action="person.held",
            people=[held.record.person_id],
            thing=f"record {held.record.pk}",
            detail={"outcome": held.outcome},
            now=now,
        )
    return held.record, held.outcome


@context.hub("index")
def hold_many(
    *, actor: Actor, agency: UUID, system: str, told: Sequence[tuple[str, Facts]], now: datetime
) -> list[PersonRecord]:
    """Keep what `agency` holds on many at once: (source key, facts) each, keys distinct; records in that order.

    One entry in the log names everyone of whom something new is held.
    """
    held = holding.hold_all(actor=actor, agency=agency, system=system, told=told, now=now)
    new = [each.record.person_id for each in held if each.outcome != holding.UNCHANGED]
    if new:
        audit.record(
            actor=actor,
            action="person.held",
            people=new,
            thing=f"agency {agency}",
            detail={"records": len(new)},
            now=now,
        )
    return [each.record for each in held]


@context.hub("index")
@transaction.atomic
def relate(
    *,
    actor: Actor,
    record: PersonRecord,
    to: PersonRecord,
    kind: str,
    now: datetime,
    source: str = "",
    parental_responsibility: bool | None = None,
    from_date: object = None,
    until_date: object = None,
) -> None:
    """Note one agency's word that `record` is the `kind` (MAIS code) of `to`."""
    Relationship.objects.update_or_create(
        record=record,
        to=to,
        kind=kind,
        defaults={
            "source": source,
            "parental_responsibility": parental_responsibility,
            "from_date": from_date,
            "until_date": until_date,
        },
    )
    audit.record(
        actor=actor,
        action="relationship.noted",
        people=[record.person_id, to.person_id],
        thing=f"record {record.pk}",
        detail={"kind": kind},
        now=now,
    )


@context.hub("index")
@transaction.atomic
def involve(*, actor: Actor, record: PersonRecord, service: str, now: datetime, **details: object) -> None:
    """Note that a service works or worked with someone (see `Involvement` for `details`)."""
    Involvement.objects.update_or_create(
        record=record, service=service, from_date=details.pop("from_date", None), defaults=details
    )
    audit.record(
        actor=actor,
        action="involvement.noted",
        people=[record.person_id],
        thing=f"record {record.pk}",
        now=now,
    )


@context.hub("index")
@transaction.atomic
def link(
    *,
    actor: Actor,
    record: PersonRecord,
    person: UUID,
    reason: str,
    now: datetime,
    comparison: linkage.Comparison | None = None,
) -> None:
    """Decide that the record speaks of `person`; its own person, if left empty, leads there.

    Raises NotHere if there is no such person; Refused to someone too close to either; AlreadyDone, naming
    them, if a colleague decided on the record since it was read.
    """
    access.check_can_link(actor)
    who = queries.current(person).pk
    access.check_not_too_close(actor, [record.person_id, who])
    _move(actor, record, who, LinkDecision.LINKED, reason, now, comparison)


@context.hub("index")
@transaction.atomic
def link_if_certain(*, actor: Actor, record: PersonRecord, now: datetime) -> linkage.Comparison | None:
    """Link by itself only what is certain and guarded; anything less waits for a person to decide."""
    found = matching.candidates(record, limit=5)
    sure = linkage.link_by_itself([(candidate.person, candidate.comparison) for candidate in found])
    if sure is None:
        pairs.note([(record, found)], now=now)
        pairs.note_one_number([record.pk], now=now)
        return None
    best = next(candidate for candidate in found if candidate.person == sure)
    reason = str(linking.CERTAIN_BY_RULE)
    _move(actor, record, best.person, LinkDecision.LINKED, reason, now, best.comparison, by_rule=True)
    return best.comparison


@context.hub("index")
def link_standing_alone(
    *,
    actor: Actor,
    now: datetime,
    to_do: Callable[[int], None] = lambda _count: None,
    progress: Callable[[int], None] = lambda _count: None,
) -> linking.Tally:
    """Try every record that is linked to no other; link those that are certain, count those to be looked at.

    Each few hundred are one transaction, so that a long run keeps what it has done. `to_do` is told how many
    there are, `progress` how many more are done. Raises Refused.
    """
    access.check_can_link(actor)
    alone = matching.all_standing_alone()
    to_do(len(alone))
    return linking.link_what_is_certain(
        actor=actor, records=alone, waiting=matching.standing_alone, now=now, progress=progress
    )


@context.hub("index")
@transaction.atomic
def keep_apart(*, actor: Actor, record: PersonRecord, person: UUID, reason: str, now: datetime) -> None:
    """Decide that the record does not speak of `person`; kept for good and never asked again."""
    access.check_can_link(actor)
    person = queries.current(person).pk
    access.check_not_too_close(actor, [record.person_id, person])
    if record.person_id == person:
        raise Invalid(
            _("This record is linked to this person already."),
            {"reason": _("Unlink it on the page of linked records, if it speaks of somebody else.")},
        )
    # Held, so that no rule links them between its look and its link.
    PersonRecord.objects.select_for_update().filter(pk=record.pk).get()
    _decide(actor, record, person, LinkDecision.NOT_SAME, reason, now)
    pairs.after_keeping_apart(record, person, now=now)
    audit.record(
        actor=actor,
        action="person.kept_apart",
        people=[record.person_id, person],
        thing=f"record {record.pk}",
        now=now,
        words=reason,
    )


@context.hub("index")
@transaction.atomic
def unlink(*, actor: Actor, record: PersonRecord, reason: str, now: datetime) -> Person:
    """Take a record out of its person, with all it brought; returns whom it speaks of now. See `split`."""
    split(actor=actor, person=record.person_id, records=[record.pk], reason=reason, now=now)
    record.refresh_from_db(fields=["person"])
    return record.person


@dataclass(frozen=True)
class Apart:
    """Two persons where one was: `stayed` under its name, `came` under theirs; together `since` then."""

    stayed: UUID
    came: UUID
    since: datetime
    moved: tuple[UUID, ...]
    remained: tuple[UUID, ...]


@context.hub("index")
@transaction.atomic
def split(*, actor: Actor, person: UUID, records: Collection[UUID], reason: str, now: datetime) -> Apart:
    """Decide that these records of a person are somebody else: all they brought goes with them.

    Whoever was joined comes back under their own name, whichever side was chosen; so do those who are too close
    to them and those they are kept apart from. A record that an agency opened only because of one of the chosen
    goes with it. Raises Invalid if none or all are chosen; AlreadyDone if a colleague moved one of them;
    Refused to someone too close. What else followed is undone by `corrections`.
    """
    access.check_can_link(actor)
    access.check_not_too_close(actor, [person])
    rows = list(PersonRecord.objects.select_for_update().filter(person=person).order_by("pk"))
    wanted = set(records)
    if gone := wanted - {row.pk for row in rows}:
        raise linking.decided_first(min(gone), person)
    chosen = _with_those_opened_for_them(rows, wanted)
    _check_some_stay(rows, chosen)
    spoken_of = undoing.stays(rows)
    leaving, staying = _who_leaves(person, rows, chosen, spoken_of)
    apart = _apart(actor, person, leaving, staying, spoken_of, reason, now)
    audit.record(
        actor=actor,
        action="person.unlinked",
        people=[apart.stayed, apart.came],
        thing=f"record {rows[0].pk if len(chosen) != 1 else chosen[0].pk}",
        detail={"records": len(chosen)},
        now=now,
        words=reason,
    )
    return apart


def _with_those_opened_for_them(rows: Sequence[PersonRecord], wanted: set[UUID]) -> list[PersonRecord]:
    names = {str(pk) for pk in wanted}
    return [
        row for row in rows if row.pk in wanted or (row.system == OPENED_HERE and row.source_key in names)
    ]


def _check_some_stay(rows: Sequence[PersonRecord], chosen: Sequence[PersonRecord]) -> None:
    if not chosen:
        raise Invalid(
            _("Choose the records that are somebody else."), {"records": _("Choose at least one record.")}
        )
    if len(rows) < 2:
        raise Invalid(
            _("This is the only record of this person, so there is nothing to unlink."),
            {"reason": _("Nothing to unlink.")},
        )
    if len(chosen) == len(rows):
        raise Invalid(
            _("If every record is somebody else, nobody is left."),
            {"records": _("Leave at least one record as it is.")},
        )


def _who_leaves(
    person: UUID,
    rows: Sequence[PersonRecord],
    chosen: Sequence[PersonRecord],
    spoken_of: dict[UUID, list[undoing.Stay]],
) -> tuple[list[PersonRecord], list[PersonRecord]]:
    """The chosen leave, unless the person's name was theirs first: then the others do, who came later."""
    others = [row for row in rows if row not in chosen]
    first = {row.pk for row in rows if spoken_of[row.pk][0].person == person}
    theirs_first = any(row.pk in first for row in chosen) and not any(row.pk in first for row in others)
    return (others, list(chosen)) if theirs_first else (list(chosen), others)


def _apart(
    actor: Actor,
    person: UUID,
    leaving: list[PersonRecord],
    staying: list[PersonRecord],
    spoken_of: dict[UUID, list[undoing.Stay]],
    reason: str,
    now: datetime,
) -> Apart:
    since = undoing.together_since(leaving, staying, spoken_of)
    told = [
        linking.Decision(record=row, person=person, verdict=LinkDecision.UNLINKED, reason=reason)
        for row in leaving
    ]
    linking.decide_all(actor=actor, decisions=told, now=now)
    back = undoing.came_back(leaving, spoken_of)
    own, others = ({row.pk: spoken_of[row.pk] for row in some} for some in (leaving, staying))
    came = undoing.bring_back(leaving, back, others, own).pk
    PersonRecord.objects.filter(pk__in=own).update(person=came)
    undoing.take_back_conflicts(came, person, since if back else undoing.ALWAYS)
    undoing.keep_apart_from_both(leaving, staying, came, person, since)
    holding.refresh_all([person, came])
    return Apart(person, came, since, tuple(own), tuple(others))


def _move(
    actor: Actor,
    record: PersonRecord,
    person: UUID,
    verdict: str,
    reason: str,
    now: datetime,
    comparison: linkage.Comparison | None,
    by_rule: bool = False,
) -> None:
    decision = linking.Decision(
        record=record, person=person, verdict=verdict, reason=reason, comparison=comparison, by_rule=by_rule
    )
    linking.move_all(actor=actor, decisions=[decision], now=now)


def _decide(
    actor: Actor, record: PersonRecord, person: UUID, verdict: str, reason: str, now: datetime
) -> None:
    decision = linking.Decision(record=record, person=person, verdict=verdict, reason=reason)
    linking.decide_all(actor=actor, decisions=[decision], now=now)


@context.hub("index")
def refresh(person: Person) -> None:
    """Bring the person's summary up to date with their records."""
    holding.refresh_all([person.pk])


@context.hub("lending")
@transaction.atomic
def grant(
    *,
    actor: Actor,
    records: Iterable[PersonRecord],
    agency: UUID,
    purpose: str,
    reference: str,
    now: datetime,
) -> None:
    """Let `agency` see these records for a purpose, named by kind and reference, until it is ended.

    One entry in the log names the purpose and everyone concerned; the caller checks that the actor may.
    """
    lent = [record for record in records if record.agency_id != agency]
    if not lent:
        return
    Grant.objects.bulk_create(
        [
            Grant(record=record, agency_id=agency, purpose=purpose, reference=reference, given_at=now)
            for record in lent
        ],
        ignore_conflicts=True,
    )
    audit.record(
        actor=actor,
        action="records.lent",
        people=[record.person_id for record in lent],
        purpose=f"{purpose} {reference}",
        thing=f"agency {agency}",
        detail={"records": len(lent)},
        now=now,
    )


@context.hub("lending")
@transaction.atomic
def end_grants(*, actor: Actor, reference: str, now: datetime) -> None:
    """The purpose is over: what was granted for it is no longer seen. One entry in the log says so."""
    live = Grant.objects.filter(reference=reference, ends_at=None)
    persons = set(live.values_list("record__person", flat=True))
    if ended := live.update(ends_at=now):
        audit.record(
            actor=actor,
            action="records.lending_ended",
            people=persons,
            purpose=f"ended {reference}",
            detail={"grants": ended},
            now=now,
        )


@context.hub("lending")
@transaction.atomic
def end_lent(
    *,
    actor: Actor,
    purpose: str,
    reference: str,
    agency: UUID,
    of: UUID,
    but: Collection[UUID],
    now: datetime,
) -> int:
    """What the agency `of` lent to `agency` for a purpose and does not follow any more is no longer seen.

    `but` are the records that may still be seen for it. Returns how many grants ended. One entry in the log.
    """
    live = Grant.objects.filter(purpose=purpose, reference=reference, agency=agency, ends_at=None)
    live = live.filter(record__agency=of).exclude(record__in=but)
    persons = set(live.values_list("record__person", flat=True))
    if ended := live.update(ends_at=now):
        audit.record(
            actor=actor,
            action="records.lending_ended",
            people=persons,
            purpose=f"corrected {reference}",
            detail={"grants": ended},
            now=now,
        )
    return ended


@context.hub("index")
def declare_conflict(*, actor: Actor, practitioner: UUID, person: UUID, why: str, now: datetime) -> None:
    """Record that a practitioner is too close to a person to see their information."""
    with transaction.atomic():
        person = queries.current(person).pk
        # Said again, it counts from now: it may have come along with a link that is undone one day.
        Conflict.objects.update_or_create(
            practitioner_id=practitioner, person_id=person, defaults={"why": why, "declared_at": now}
        )
        audit.record(actor=actor, action="conflict.declared", people=[person], now=now)


@context.hub("index")
@transaction.atomic
def own_record(*, actor: Actor, like: PersonRecord, now: datetime) -> PersonRecord:
    """The actor's agency's own record of the person that `like` speaks of; made and linked if there is none.

    The new record holds the name and date of birth by which the agency was told who is meant.
    """
    mine = PersonRecord.objects.filter(agency=actor.agency_id, person=like.person_id).first()
    if mine:
        return mine
    facts = Facts(
        given=like.given,
        family=like.family,
        born=like.born,
        born_accuracy=like.born_accuracy,
        expected_on=like.expected_on,
        sex=like.sex,
    )
    record, _outcome = hold(
        actor=actor, agency=actor.agency_id, system=OPENED_HERE, source_key=str(like.pk), facts=facts, now=now
    )
    reason = str(_("Opened by the agency for a person it was asked about."))
    _move(actor, record, like.person_id, LinkDecision.LINKED, reason, now, None)
    record.refresh_from_db()
    return record


@context.hub("index")
@transaction.atomic
def join(*, actor: Actor, other: UUID, person: UUID, reason: str, now: datetime) -> None:
    """Decide that two persons are one: every record of `other` moves to `person`, each with the reason."""
    access.check_can_link(actor)
    other, person = queries.current(other).pk, queries.current(person).pk
    access.check_not_too_close(actor, [other, person])
    records = list(PersonRecord.objects.filter(person=other).select_related("person"))
    if other == person or not records:
        raise Invalid(_("These are one person already."), {"other": _("Choose somebody else.")})
    for record in records:
        _move(actor, record, person, LinkDecision.LINKED, reason, now, None)
