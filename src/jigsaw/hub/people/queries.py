"""Who is this, what does each agency hold on them, and who has looked?

A person's page, and what other domains read of its records. Every read takes the actor, is authorised, and is
audited in the same transaction, unless it says that its caller does so. The number of statements is the same
however much is held. Beside it: `finding` (search), `household` (family), `involvement` (services), `linked`
(the records of a person and the decisions on them), `cards` (somebody in a list).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.audit import queries as audit_log
from jigsaw.hub.kit import context, outbox
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access, matching, numbers, pace, undoing
from jigsaw.hub.people.cards import Card, address_words, as_seen
from jigsaw.hub.people.errors import may_not, not_here, too_close
from jigsaw.hub.people.involvement import Involved, involvements
from jigsaw.hub.people.models import Grant, Person, PersonRecord, Relationship

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Practitioner

LOOKS = 200
"""How many of the latest acts "who has looked" tells."""


@dataclass(frozen=True)
class Sourced:
    """A value and which agency says so."""

    kind: str
    value: str
    agency: str
    valid: bool = True
    until_date: date | None = None
    standing: str = ""
    """Of an NHS number: how it stands, as in `numbers.Number`."""


@dataclass(frozen=True)
class Profile:
    """What the actor's agency may see of someone now, each fact with its source."""

    card: Card
    records: tuple[PersonRecord, ...]
    identifiers: tuple[Sourced, ...]
    addresses: tuple[Sourced, ...]
    people_to_ring: tuple[Involved, ...]
    school: str
    ethnicity: str
    language: str
    interpreter: bool | None
    held_by_us: bool


@dataclass(frozen=True)
class Look:
    """One time somebody looked at or did something with a person's information.

    `undone`: under a link that was undone since, when two were taken for one. For whom of the two it was meant
    is not known, so its purpose is left out.
    """

    at: datetime
    name: str
    job_title: str
    agency: str
    action: str
    purpose: str
    undone: bool = False
    practitioner: UUID | None = None


@context.hub("names")
def current(person: UUID) -> Person:
    """The person that this id leads to today, through later links; raises NotHere if there is none."""
    found = Person.objects.select_related("replaced_by").filter(pk=person).first()
    for _step in range(20):
        if found is None or found.replaced_by is None:
            break
        found = found.replaced_by
    if found is None:
        raise not_here()
    return found


def check_may_open(actor: Actor, person: UUID, now: datetime) -> list[PersonRecord]:
    """The person's records that the actor may see; raises NotHere or Refused, in words, if none.

    Who may not find people opens nobody's page by its address either: a call-taker writes down, and no more.
    The door logs a refusal with `note_refusal`, after the failed read has been rolled back.
    """
    if not access.can_find(actor):
        raise not_here()
    if access.is_too_close(actor, person):
        raise too_close(person)
    records = list(access.visible_records(actor, now).filter(person=person).select_related("agency"))
    if not records:
        raise not_here()
    return records


@transaction.atomic
def profile(actor: Actor, person: UUID, *, purpose: str, now: datetime, printed: bool = False) -> Profile:
    """The header of a person's page; audited as person.viewed, or person.printed, for `purpose`.

    Raises TooMany where this practitioner opens or prints faster than anybody reads.
    """
    action = pace.PRINTED if printed else pace.VIEWED
    pace.check(actor, action, now=now)
    who = current(person)
    records = check_may_open(actor, who.pk, now)
    audit.record(
        actor=actor,
        action=action,
        people=[who.pk],
        purpose=purpose,
        thing=f"person {who.pk}",
        now=now,
    )
    newest_first = sorted(records, key=lambda record: record.recorded_at, reverse=True)
    prefetch_related_objects(newest_first, "identifiers", "addresses")
    return Profile(
        card=as_seen(who, records),
        records=tuple(newest_first),
        identifiers=_identifiers(newest_first),
        addresses=_addresses(actor, newest_first),
        people_to_ring=tuple(i for i in involvements(records) if i.now),
        school=_first(record.school for record in newest_first),
        ethnicity=_first(record.ethnicity for record in newest_first),
        language=_first(record.language for record in newest_first),
        interpreter=next((r.interpreter for r in newest_first if r.interpreter is not None), None),
        held_by_us=any(record.agency_id == actor.agency_id for record in records),
    )


def _identifiers(records: list[PersonRecord]) -> tuple[Sourced, ...]:
    read = [identifier for record in records for identifier in record.identifiers.all()]
    standing = {
        (pk, number.value): number.standing
        for pk, held in numbers.numbers_of([record.pk for record in records], held=read).items()
        for number in held
    }
    found = {
        (i.kind, i.value): Sourced(
            i.kind,
            i.value,
            record.agency.name,
            i.valid,
            standing=standing.get((record.pk, i.value), "") if i.kind == numbers.NHS else "",
        )
        for record in reversed(records)
        for i in record.identifiers.all()
    }
    return tuple(found.values())


def _addresses(actor: Actor, records: list[PersonRecord]) -> tuple[Sourced, ...]:
    """Addresses newest first; a protected one only for the agency that recorded it."""
    found: dict[str, Sourced] = {}
    for record in records:
        for at in record.addresses.all():
            if at.protected and record.agency_id != actor.agency_id:
                continue
            words = address_words(at)
            found.setdefault(words, Sourced(at.use, words, record.agency.name, True, at.until_date))
    return tuple(sorted(found.values(), key=lambda at: at.until_date is not None))


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")


def records_held(agency: UUID, persons: Iterable[UUID]) -> list[PersonRecord]:
    """The agency's own records of these persons."""
    return list(PersonRecord.objects.filter(agency=agency, person__in=set(persons)))


@transaction.atomic
def who_looked(actor: Actor, person: UUID, *, now: datetime, limit: int = LOOKS) -> list[Look]:
    """Who has looked at or done what with this person's information, when and why; newest first, at most `limit`.

    What was done under a joint name, while two were taken for one, is among it after the link was undone, too:
    told by when the records stood under which name, since the log itself is never rewritten.
    """
    if not actor.may("audit.view"):
        raise may_not(_("Your role does not include seeing who has looked at a child’s information."))
    who = current(person)
    check_may_open(actor, who.pk, now)
    audit.record(actor=actor, action="audit.viewed", people=[who.pk], thing=f"person {who.pk}", now=now)
    once = matching.once_called([who.pk])
    records = PersonRecord.objects.filter(person=who).only("pk", "person_id")
    stood = undoing.stood_under(records, but={who.pk, *once})
    seen = audit_log.about_person(who.pk, once=once, stood=stood, limit=limit)
    people = agencies.practitioners(row.practitioner for row in seen if row.practitioner)
    return [_look(row, people) for row in seen]


def _look(row: audit_log.Seen, people: Mapping[UUID, Practitioner]) -> Look:
    by, undone = people.get(row.practitioner), row.under is not None
    purpose = "" if undone else row.purpose
    if by is None:
        return Look(row.at, str(_("Jigsaw itself")), "", "", row.action, purpose, undone)
    return Look(row.at, by.name, by.job_title, by.agency.name, row.action, purpose, undone, row.practitioner)


def live_purposes(actor: Actor, person: UUID, *, now: datetime) -> list[str]:
    """For what the actor's agency was let in to this person's records: references, longest held first."""
    live = access.live_grants(actor, now).filter(record__person=person).order_by("given_at")
    return list(dict.fromkeys(live.values_list("reference", flat=True)))


@context.hub("closeness")
@transaction.atomic
def note_refusal(actor: Actor, person: UUID, *, now: datetime) -> None:
    """Log that the practitioner asked for someone they may not see, and have whoever reviews such things told;
    called outside the failed read."""
    if Person.objects.filter(pk=person).exists():
        audit.record(actor=actor, action="person.refused", people=[person], thing=f"person {person}", now=now)
        payload = {"practitioner": str(actor.practitioner_id), "person": str(person)}
        outbox.put(topic="person.refused", payload=payload, now=now)


@context.hub("names")
def record_ids(person: UUID) -> list[UUID]:
    """Ids of everything held on this person, to ask what hangs on it: nothing of whose they are or what they say."""
    return list(PersonRecord.objects.filter(person=person).values_list("pk", flat=True))


def persons_of_records(records: Iterable[object]) -> set[UUID]:
    """Whose these records are today; for the hub itself."""
    return set(PersonRecord.objects.filter(pk__in=list(records)).values_list("person", flat=True))


@context.hub("case")
def records_of(persons: Iterable[UUID]) -> list[PersonRecord]:
    """All records of these persons, for a domain that has authorised and audits the reading."""
    return list(PersonRecord.objects.filter(person__in=set(persons)).select_related("agency"))


def family_records(records: Iterable[PersonRecord]) -> list[PersonRecord]:
    """These records and those that the same agency relates to them: the family as it knows them."""
    ids = {record.pk for record in records}
    ties = Relationship.objects.filter(Q(record__in=ids) | Q(to__in=ids)).values_list("record_id", "to_id")
    return list(PersonRecord.objects.filter(pk__in=ids | {pk for pair in ties for pk in pair}))


@context.hub("names")
def once_called(persons: Iterable[UUID]) -> list[UUID]:
    """Ids that lead to these persons today. For a domain that has authorised the question."""
    return list(matching.once_called(persons))


@context.hub("case")
def agencies_seeing(records: Iterable[UUID], *, since: datetime, at: datetime) -> set[UUID]:
    """Agencies that held any of these records, or had a grant to one that lived between `since` and `at`.

    For a domain that has authorised the question.
    """
    pks = list(records)
    lent = Grant.objects.filter(record__in=pks, given_at__lte=at).filter(
        Q(ends_at=None) | Q(ends_at__gt=since)
    )
    held = PersonRecord.objects.filter(pk__in=pks).values_list("agency", flat=True)
    return {*held, *lent.values_list("agency", flat=True)}


@context.hub("index")
def stands_alone(record: PersonRecord) -> bool:
    """Is the record linked to no other? The caller has authorised the question."""
    return not PersonRecord.objects.filter(person=record.person_id).exclude(pk=record.pk).exists()


@context.hub("index")
def held_under(agency: UUID, numbers: Iterable[tuple[str, str]]) -> PersonRecord | None:
    """The agency's oldest record under the first of these (kind, value) that any is held under; None if none is.

    For a domain that has authorised the question.
    """
    for kind, value in numbers:
        rows = PersonRecord.objects.filter(agency=agency, identifiers__kind=kind, identifiers__value=value)
        if found := rows.order_by("recorded_at", "pk").first():
            return found
    return None
