"""Hold records of people, link and unlink them, and let agencies see them for a purpose."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw import record_linkage as linkage
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.people import access, matching
from jigsaw.hub.people.models import (
    Address,
    Conflict,
    Contact,
    Grant,
    Identifier,
    ImportBatch,
    Involvement,
    LinkDecision,
    Person,
    PersonRecord,
    RecordKey,
    Relationship,
)
from jigsaw.hub.people.records import Facts, for_matching, sum_up


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
    content = content_hash(facts)
    record = (
        PersonRecord.objects.select_for_update()
        .filter(agency=agency, system=system, source_key=source_key)
        .first()
    )
    if record and record.content_hash == content:
        return record, "unchanged"
    outcome = "updated" if record else "created"
    record = record or PersonRecord(
        person=Person.objects.create(), agency_id=agency, system=system, source_key=source_key
    )
    _fill(record, facts, content)
    record.batch, record.recorded_by_id, record.recorded_at = batch, actor.practitioner_id, now
    record.save()
    _replace_parts(record, facts)
    _replace_keys(record)
    refresh(record.person)
    return record, outcome


def content_hash(facts: Facts) -> str:
    """A digest of everything the source said, so that saying it again is seen to change nothing."""
    return hashlib.sha256(json.dumps(asdict(facts), default=str, sort_keys=True).encode()).hexdigest()


def _fill(record: PersonRecord, facts: Facts, content: str) -> None:
    for name in [
        "given",
        "family",
        "born",
        "born_accuracy",
        "expected_on",
        "died_on",
        "sex",
        "ethnicity",
        "language",
        "interpreter",
        "religion",
        "disability",
        "school",
        "gp",
        "raw",
    ]:
        setattr(record, name, getattr(facts, name))
    record.other_names = [list(name) for name in facts.other_names]
    record.content_hash = content


def _replace_parts(record: PersonRecord, facts: Facts) -> None:
    for parts in (record.identifiers, record.addresses, record.contacts):
        parts.all().delete()
    Identifier.objects.bulk_create(
        Identifier(record=record, kind=kind, value=value, valid=matching.is_valid(kind, value))
        for kind, value in facts.identifiers
    )
    Address.objects.bulk_create(Address(record=record, **asdict(at)) for at in facts.addresses)
    Contact.objects.bulk_create(
        Contact(record=record, kind=kind, value=value) for kind, value in facts.contacts
    )


def _replace_keys(record: PersonRecord) -> None:
    record.keys.all().delete()
    keys = linkage.index_keys(for_matching([record]))
    RecordKey.objects.bulk_create(RecordKey(key=key, record=record) for key in keys)


def relate(
    *,
    record: PersonRecord,
    to: PersonRecord,
    kind: str,
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


def involve(*, record: PersonRecord, service: str, **details: object) -> None:
    """Note that a service works or worked with someone (see `Involvement` for `details`)."""
    Involvement.objects.update_or_create(
        record=record, service=service, from_date=details.pop("from_date", None), defaults=details
    )


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
    """Decide that the record speaks of `person`; its own person, if left empty, leads there."""
    access.check_can_link(actor)
    _move(actor, record, person, LinkDecision.LINKED, reason, now, comparison)


@transaction.atomic
def link_if_certain(*, actor: Actor, record: PersonRecord, now: datetime) -> linkage.Comparison | None:
    """Link by itself only what is certain and guarded; anything less waits for a person to decide."""
    found = matching.candidates(record, limit=5)
    sure = linkage.link_by_itself([(candidate.person, candidate.comparison) for candidate in found])
    if sure is None:
        return None
    best = next(candidate for candidate in found if candidate.person == sure)
    reason = str(_("Certain by rule: no contradiction, and enough agrees to identify one person."))
    _move(actor, record, best.person, LinkDecision.LINKED, reason, now, best.comparison, by_rule=True)
    return best.comparison


@transaction.atomic
def keep_apart(*, actor: Actor, record: PersonRecord, person: UUID, reason: str, now: datetime) -> None:
    """Decide that the record does not speak of `person`; kept for good and never asked again."""
    access.check_can_link(actor)
    _decide(actor, record, person, LinkDecision.NOT_SAME, reason, now)
    audit.record(
        actor=actor,
        action="person.kept_apart",
        people=[record.person_id, person],
        thing=f"record {record.pk}",
        now=now,
        words=reason,
    )


@transaction.atomic
def unlink(*, actor: Actor, record: PersonRecord, reason: str, now: datetime) -> Person:
    """Take a record out of its person: it becomes a person of its own, and all it brought goes with it."""
    access.check_can_link(actor)
    before = record.person
    if before.records.count() < 2:
        raise Invalid(
            _("This is the only record of this person, so there is nothing to unlink."),
            {"reason": _("Nothing to unlink.")},
        )
    _decide(actor, record, before.pk, LinkDecision.UNLINKED, reason, now)
    record.person = Person.objects.create()
    record.save(update_fields=["person"])
    refresh(record.person)
    refresh(before)
    audit.record(
        actor=actor,
        action="person.unlinked",
        people=[before.pk, record.person_id],
        thing=f"record {record.pk}",
        now=now,
        words=reason,
    )
    return record.person


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
    # Locked in id order, so that two people linking at once cannot wait for each other for ever.
    both = {
        row.pk: row
        for row in Person.objects.select_for_update().filter(pk__in=[record.person_id, person]).order_by("pk")
    }
    target, before = both[person], both[record.person_id]
    _decide(actor, record, person, verdict, reason, now, comparison, by_rule)
    if target.pk == before.pk:
        return
    record.person = target
    record.save(update_fields=["person"])
    if not before.records.exists():
        before.replaced_by = target
        before.save(update_fields=["replaced_by"])
    else:
        refresh(before)
    refresh(target)
    audit.record(
        actor=actor,
        action="person.linked",
        people=[before.pk, target.pk],
        thing=f"record {record.pk}",
        detail={"by_rule": by_rule},
        now=now,
        words=reason,
    )


def _decide(
    actor: Actor,
    record: PersonRecord,
    person: UUID,
    verdict: str,
    reason: str,
    now: datetime,
    comparison: linkage.Comparison | None = None,
    by_rule: bool = False,
) -> None:
    if not reason.strip():
        raise Invalid(
            _("Say why, so that the next person can follow."), {"reason": _("Say what made you decide.")}
        )
    LinkDecision.objects.create(
        record=record,
        person_id=person,
        verdict=verdict,
        reason=reason.strip(),
        probability=comparison.probability if comparison else None,
        evidence=[[e.field, e.level, e.words] for e in comparison.evidence] if comparison else [],
        model=comparison.model_version if comparison else "",
        decided_by_id=None if by_rule else actor.practitioner_id,
        decided_at=now,
    )


def refresh(person: Person) -> None:
    """Bring the person's summary up to date with their records."""
    sum_up(person, person.records.all())
    person.save()


def grant(
    *, records: Iterable[PersonRecord], agency: UUID, purpose: str, reference: str, now: datetime
) -> None:
    """Let `agency` see these records for a purpose, named by kind and reference, until it is ended."""
    Grant.objects.bulk_create(
        [
            Grant(record=record, agency_id=agency, purpose=purpose, reference=reference, given_at=now)
            for record in records
            if record.agency_id != agency
        ],
        ignore_conflicts=True,
    )


def end_grants(*, reference: str, now: datetime) -> None:
    """The purpose is over: what was granted for it is no longer seen."""
    Grant.objects.filter(reference=reference, ends_at=None).update(ends_at=now)


def declare_conflict(*, actor: Actor, practitioner: UUID, person: UUID, why: str, now: datetime) -> None:
    """Record that a practitioner is too close to a person to see their information."""
    with transaction.atomic():
        Conflict.objects.get_or_create(
            practitioner_id=practitioner, person_id=person, defaults={"why": why, "declared_at": now}
        )
        audit.record(actor=actor, action="conflict.declared", people=[person], now=now)


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
        actor=actor, agency=actor.agency_id, system="jigsaw", source_key=str(like.pk), facts=facts, now=now
    )
    reason = str(_("Opened by the agency for a person it was asked about."))
    _move(actor, record, like.person_id, LinkDecision.LINKED, reason, now, None)
    record.refresh_from_db()
    return record
