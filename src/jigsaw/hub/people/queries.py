"""Who is this, who are their family, which agencies know them, and who has looked?

Every read takes the actor, is authorised, and is audited in the same transaction. The number of
statements is the same however much is held.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jigsaw import record_linkage as linkage
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.audit import queries as audit_log
from jigsaw.hub.kit import fields
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access, matching
from jigsaw.hub.people.errors import may_not, not_here, too_close
from jigsaw.hub.people.models import (
    Address,
    Grant,
    Identifier,
    Involvement,
    LinkDecision,
    Person,
    PersonRecord,
    Relationship,
)
from jigsaw.hub.people.records import PARTS, by_person, for_matching, sum_up
from jigsaw.record_linkage import query_text

LOOKS = 200
"""How many of the latest acts "who has looked" tells."""


@dataclass(frozen=True)
class Card:
    """Someone in a list: just enough to tell them from others."""

    person: UUID
    name: str
    born: date | None
    expected_on: date | None
    died_on: date | None
    sex: str


@dataclass(frozen=True)
class Involved:
    """A service that works or worked with someone, and whom to ring."""

    person: UUID
    agency: UUID
    agency_name: str
    sector: str
    agency_phone: str
    service: str
    worker: str
    worker_phone: str
    from_date: date | None
    until_date: date | None
    detail: str

    @property
    def now(self) -> bool:
        return self.until_date is None


@dataclass(frozen=True)
class Sourced:
    """A value and which agency says so."""

    kind: str
    value: str
    agency: str
    valid: bool = True
    until_date: date | None = None


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
class Match:
    """Someone who may be meant, with the evidence per field."""

    card: Card
    comparison: linkage.Comparison
    record: UUID
    address: str
    may_open: bool


@dataclass(frozen=True)
class Tie:
    """`person` is the `kind` (MAIS code) of `to`, says `source`."""

    person: UUID
    to: UUID
    kind: str
    source: str
    ended: bool


@dataclass(frozen=True)
class Household:
    """The family as far as the actor's agency may see it; `at_home` are those at the same address."""

    members: tuple[Card, ...]
    ties: tuple[Tie, ...]
    at_home: frozenset[UUID] = field(default_factory=frozenset)
    address: str = ""


@dataclass(frozen=True)
class Look:
    """One time somebody looked at or did something with a person's information."""

    at: datetime
    name: str
    job_title: str
    agency: str
    action: str
    purpose: str


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
    visible = access.visible_records(actor, now).filter(person=person).select_related("agency")
    records = list(visible.prefetch_related("identifiers", "addresses"))
    if not records:
        raise not_here()
    return records


@transaction.atomic
def profile(actor: Actor, person: UUID, *, purpose: str, now: datetime, printed: bool = False) -> Profile:
    """The header of a person's page; audited as person.viewed, or person.printed, for `purpose`."""
    who = current(person)
    records = check_may_open(actor, who.pk, now)
    audit.record(
        actor=actor,
        action="person.printed" if printed else "person.viewed",
        people=[who.pk],
        purpose=purpose,
        thing=f"person {who.pk}",
        now=now,
    )
    newest_first = sorted(records, key=lambda record: record.recorded_at, reverse=True)
    return Profile(
        card=_card(who, records),
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
    found = {
        (i.kind, i.value): Sourced(i.kind, i.value, record.agency.name, i.valid)
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


def address_words(at: Address) -> str:
    return ", ".join(part for part in (at.line, at.town, at.postcode) if part)


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")


def _card(person: Person, records: list[PersonRecord]) -> Card:
    """Name and dates from the records that may be seen, never from those that may not."""
    seen = Person(pk=person.pk)
    sum_up(seen, records)
    return _summary(seen)


def _summary(person: Person) -> Card:
    return Card(person.pk, person.name, person.born, person.expected_on, person.died_on, person.sex)


def cards(persons: Iterable[UUID]) -> dict[UUID, Card]:
    """Cards by person id, for a domain that has authorised and audited the reading."""
    return {row.pk: _summary(row) for row in Person.objects.filter(pk__in=set(persons))}


def cards_seen(actor: Actor, persons: Iterable[UUID], *, now: datetime) -> dict[UUID, Card]:
    """Cards by person id as the records that the actor may see tell of them, in two statements.

    Persons of whom the actor may see nothing, or to whom they are too close, are left out. For a domain that
    has authorised and audits the reading.
    """
    wanted = set(persons) - access.too_close_to(actor)
    seen = by_person(access.visible_records(actor, now).filter(person__in=wanted))
    return {pk: _card(Person(pk=pk), records) for pk, records in seen.items()}


def card_of_record(record: PersonRecord) -> Card:
    """What this one record says, for whoever may see the record."""
    name = " ".join(part for part in (record.given, record.family) if part)
    return Card(record.person_id, name, record.born, record.expected_on, record.died_on, record.sex)


def involvements(records: Iterable[PersonRecord]) -> list[Involved]:
    """The involvements on these records, current first. The caller has authorised the reading."""
    return _involved(Involvement.objects.filter(record__in=list(records)))


def involvements_of_persons(persons: Iterable[UUID]) -> list[Involved]:
    """Every agency's involvements with these persons: who knows this child.

    That an agency is involved is itself a disclosure: only the lead of an enquiry asks, through
    `enquiries.queries`, which authorises and audits it.
    """
    return _involved(Involvement.objects.filter(record__person__in=set(persons)))


def _involved(rows: QuerySet[Involvement]) -> list[Involved]:
    rows = rows.select_related("record__agency").order_by("-until_date", "-from_date", "pk")
    return sorted(
        (
            Involved(
                person=row.record.person_id,
                agency=row.record.agency_id,
                agency_name=row.record.agency.name,
                sector=row.record.agency.sector,
                agency_phone=row.record.agency.phone,
                service=row.service,
                worker=row.worker,
                worker_phone=row.worker_phone,
                from_date=row.from_date,
                until_date=row.until_date,
                detail=row.detail,
            )
            for row in rows
        ),
        key=lambda i: (i.until_date is not None, i.sector),
    )


def open_case_worker(person: UUID, agency: UUID):  # type: ignore[no-untyped-def]
    """The practitioner of `agency` who works with this person now, if one is recorded, else None."""
    row = (
        Involvement.objects.select_related("practitioner")
        .filter(
            record__person=person,
            record__agency=agency,
            until_date=None,
            practitioner__is_active=True,
        )
        .order_by("-from_date")
        .first()
    )
    return row.practitioner if row else None


def agencies_holding(persons: Iterable[UUID]) -> set[UUID]:
    """Which agencies hold a record of any of these persons. The caller authorises and audits."""
    return set(PersonRecord.objects.filter(person__in=set(persons)).values_list("agency", flat=True))


def records_held(agency: UUID, persons: Iterable[UUID]) -> list[PersonRecord]:
    """The agency's own records of these persons."""
    return list(PersonRecord.objects.filter(agency=agency, person__in=set(persons)))


@transaction.atomic
def find(actor: Actor, text: str, *, now: datetime, limit: int = 20) -> list[Match]:
    """People like `text` (names, date of birth, age, postcode, numbers in any order), best first.

    Practitioners find whom their agency works with or was asked about; the front door finds anyone
    in the index, to see whom a concern is about. The search text is audited, and can be erased.
    """
    access.check_can_find(actor)
    fields.check_text("text", text, label=str(_("Search")))
    query = query_text.parse(text, today=now.date())
    found = matching.search(query, limit=limit * 3)
    open_to = openable(actor, [c.person for c in found], now=now)
    barred = access.too_close_to(actor)
    anyone = actor.may("people.find_any")
    shown = [c for c in found if c.person not in barred and (anyone or c.person in open_to)][:limit]
    audit.record(
        actor=actor,
        action="person.searched",
        people=[c.person for c in shown],
        detail={"found": len(shown)},
        now=now,
        words=text,
    )
    if anyone:
        return _matches(actor, shown, open_to)
    return _matches_as_seen(actor, query, shown, now)


def _matches_as_seen(
    actor: Actor, query: linkage.Record, found: list[matching.Candidate], now: datetime
) -> list[Match]:
    """Each person as the records that the actor may see tell of them.

    What others hold lends neither name, evidence nor address, and does not bring anyone up.
    """
    rows = access.visible_records(actor, now).filter(person__in=[c.person for c in found])
    seen = by_person(rows.order_by("recorded_at", "pk").prefetch_related(*PARTS))
    terms = {pk: for_matching(records) for pk, records in seen.items()}
    sought = set(linkage.query_keys(query))
    known = [(pk, said) for pk, said in terms.items() if sought & set(linkage.index_keys(said))]
    ranked = linkage.rank(query, known, index_size=matching.index_size())
    return [
        Match(
            _card(Person(pk=pk), seen[pk]),
            _without_secret_home(actor, comparison, *seen[pk]),
            _best_record(actor, seen[pk]).pk,
            next((home for record in seen[pk] if (home := _home(actor, record))), ""),
            True,
        )
        for pk, comparison in ranked
    ]


def _best_record(actor: Actor, records: list[PersonRecord]) -> PersonRecord:
    """The agency's own, or else the newest."""
    return max(records, key=lambda record: (record.agency_id == actor.agency_id, record.recorded_at))


def openable(actor: Actor, persons: Iterable[UUID], *, now: datetime) -> set[UUID]:
    """Of these persons, those of whom the actor's agency may see a record now: whose page is there to open."""
    visible = access.visible_records(actor, now).filter(person__in=persons)
    return set(visible.values_list("person", flat=True))


def _matches(actor: Actor, found: list[matching.Candidate], open_to: set[UUID]) -> list[Match]:
    people = cards(c.person for c in found)
    records = PersonRecord.objects.prefetch_related("addresses").in_bulk([c.record for c in found])
    return [
        Match(
            people[c.person],
            _without_secret_home(actor, c.comparison, records[c.record]),
            c.record,
            _home(actor, records[c.record]),
            c.person in open_to,
        )
        for c in found
    ]


def _without_secret_home(
    actor: Actor, comparison: linkage.Comparison, *records: PersonRecord
) -> linkage.Comparison:
    """Evidence never tells, by agreeing or differing, where someone with a protected address lives."""
    others = [record for record in records if record.agency_id != actor.agency_id]
    secret = any(at.protected for record in others for at in record.addresses.all())
    if not secret:
        return comparison
    words = str(_("Home and contacts: not shown, because an address is kept secret"))
    hidden = [
        linkage.Evidence("household", "not_shown", words, 0.0, "", "") if item.field == "household" else item
        for item in comparison.evidence
    ]
    return replace(comparison, evidence=tuple(hidden))


def _home(actor: Actor, record: PersonRecord) -> str:
    for at in record.addresses.all():
        if at.until_date is None and (not at.protected or record.agency_id == actor.agency_id):
            return address_words(at)
    return ""


@transaction.atomic
def matches_for(actor: Actor, record: PersonRecord, *, purpose: str, now: datetime) -> list[Match]:
    """Whom a record could also speak of, with evidence, for the person who decides."""
    access.check_can_link(actor)
    access.check_not_too_close(actor, [record.person_id])
    found = [c for c in matching.candidates(record) if c.person not in access.too_close_to(actor)]
    audit.record(
        actor=actor,
        action="person.matched",
        people=[record.person_id, *(c.person for c in found)],
        purpose=purpose,
        thing=f"record {record.pk}",
        now=now,
    )
    return _matches(actor, found, openable(actor, [c.person for c in found], now=now))


def how_many_match(actor: Actor, records: Iterable[PersonRecord]) -> dict[UUID, int]:
    """How many persons each record could also speak of, by record id; nothing of who they are.

    Empty for those who do not decide on links. Five statements for each record.
    """
    if not access.can_link(actor):
        return {}
    barred = access.too_close_to(actor)
    return {record.pk: sum(c.person not in barred for c in matching.candidates(record)) for record in records}


def link_history(actor: Actor, person: UUID) -> list[LinkDecision]:
    """The link decisions on this person's records, newest first, for those who decide on links.

    The page that shows them has been authorised and audited by `linked_records` or the concern it is about.
    """
    access.check_can_link(actor)
    access.check_not_too_close(actor, [person])
    rows = LinkDecision.objects.filter(Q(person=person) | Q(record__person=person))
    return list(rows.select_related("record__agency", "decided_by").order_by("-decided_at"))


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


def record_for_linking(actor: Actor, record: UUID) -> PersonRecord:
    """The record with this id for those who decide on links; raises NotHere."""
    access.check_can_link(actor)
    found = PersonRecord.objects.select_related("agency", "person").filter(pk=record).first()
    if found is None:
        raise not_here()
    access.check_not_too_close(actor, [found.person_id])
    return found


def household(actor: Actor, person: UUID, *, now: datetime) -> Household:
    """Family and home from the records that the actor may see; three generations around the person.

    The page that shows it has been authorised and audited by `profile`.
    """
    who = current(person)
    visible = access.visible_records(actor, now)
    near = set(visible.filter(person=who).values_list("pk", flat=True))
    ties: dict[int, Relationship] = {}
    # Two steps out reach grandparents, half-siblings and a parent's new partner.
    for _step in range(2):
        rows = Relationship.objects.filter(Q(record__in=near) | Q(to__in=near))
        found = {row.pk: row for row in rows.select_related("record__agency", "to")}
        # A tie is told only where both of its ends may be seen; asked once for all, which is the quicker way.
        around = visible.filter(person__in=_persons(found.values()) | _persons(ties.values()) | {who.pk})
        seen = dict(around.values_list("pk", "person"))
        ties |= {pk: row for pk, row in found.items() if {row.record_id, row.to_id} <= seen.keys()}
        told = _persons(ties.values()) | {who.pk}
        near = {pk for pk, its_person in seen.items() if its_person in told}
    members = by_person(visible.filter(pk__in=near).prefetch_related("addresses"))
    barred = access.too_close_to(actor)
    home = {words for record in members.get(who.pk, ()) for words in _current_homes(record)}
    return Household(
        members=tuple(_card(Person(pk=pk), rows) for pk, rows in sorted(members.items()) if pk not in barred),
        ties=_ties(ties.values(), barred),
        at_home=frozenset(
            pk for pk, rows in members.items() if home & {w for row in rows for w in _current_homes(row)}
        ),
        address=next((words for r in members.get(who.pk, ()) for words in _homes_in_words(actor, r)), ""),
    )


def _persons(ties: Iterable[Relationship]) -> set[UUID]:
    """The persons at both ends of these ties."""
    return {pk for row in ties for pk in (row.record.person_id, row.to.person_id)}


def _ties(rows: Iterable[Relationship], barred: set[UUID]) -> tuple[Tie, ...]:
    found = {
        (row.record.person_id, row.to.person_id, row.kind): Tie(
            row.record.person_id,
            row.to.person_id,
            row.kind,
            row.source or row.record.agency.name,
            row.until_date is not None,
        )
        for row in rows
        if row.record.person_id != row.to.person_id and not {row.record.person_id, row.to.person_id} & barred
    }
    return tuple(found.values())


def _current_homes(record: PersonRecord) -> set[tuple[str, str]]:
    """Addresses to compare households by: house number or name, and postcode."""
    return {
        (at.line.split(",")[0].strip().lower(), at.postcode.replace(" ", "").upper())
        for at in record.addresses.all()
        if at.until_date is None and at.use == "home" and at.postcode
    }


def _homes_in_words(actor: Actor, record: PersonRecord) -> list[str]:
    return [
        address_words(at)
        for at in record.addresses.all()
        if at.until_date is None and (not at.protected or record.agency_id == actor.agency_id)
    ]


@transaction.atomic
def who_looked(actor: Actor, person: UUID, *, now: datetime) -> list[Look]:
    """Who has looked at or done what with this person's information, when and why; newest first."""
    if not actor.may("audit.view"):
        raise may_not(_("Your role does not include seeing who has looked at a child’s information."))
    who = current(person)
    check_may_open(actor, who.pk, now)
    audit.record(actor=actor, action="audit.viewed", people=[who.pk], thing=f"person {who.pk}", now=now)
    once = matching.once_called([who.pk])
    seen = audit_log.about_person(who.pk, once=once, limit=LOOKS)
    people = agencies.practitioners(row.practitioner for row in seen if row.practitioner)
    return [_look(row, people) for row in seen]


def _look(row: audit_log.Seen, people: dict) -> Look:  # type: ignore[type-arg]
    by = people.get(row.practitioner)
    if by is None:
        return Look(row.at, str(_("Jigsaw itself")), "", "", row.action, row.purpose)
    return Look(row.at, by.name, by.job_title, by.agency.name, row.action, row.purpose)


def live_purposes(actor: Actor, person: UUID, *, now: datetime) -> list[str]:
    """For what the actor's agency was let in to this person's records: references, longest held first."""
    live = Grant.objects.filter(agency=actor.agency_id, record__person=person, given_at__lte=now)
    live = live.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by("given_at")
    return list(dict.fromkeys(live.values_list("reference", flat=True)))


@transaction.atomic
def note_refusal(actor: Actor, person: UUID, *, now: datetime) -> None:
    """Log that the practitioner asked for someone they may not see; called outside the failed read."""
    if Person.objects.filter(pk=person).exists():
        audit.record(actor=actor, action="person.refused", people=[person], thing=f"person {person}", now=now)


def identifiers_of(records: Iterable[PersonRecord], kind: str) -> list[str]:
    """The values of one kind of identifier on these records."""
    return list(
        Identifier.objects.filter(record__in=list(records), kind=kind).values_list("value", flat=True)
    )


def records_of(persons: Iterable[UUID]) -> list[PersonRecord]:
    """All records of these persons, for a domain that has authorised and audits the reading."""
    return list(PersonRecord.objects.filter(person__in=set(persons)).select_related("agency"))


def family_records(records: Iterable[PersonRecord]) -> list[PersonRecord]:
    """These records and those that the same agency relates to them: the family as it knows them."""
    ids = {record.pk for record in records}
    ties = Relationship.objects.filter(Q(record__in=ids) | Q(to__in=ids)).values_list("record_id", "to_id")
    return list(PersonRecord.objects.filter(pk__in=ids | {pk for pair in ties for pk in pair}))


def stands_alone(record: PersonRecord) -> bool:
    """Is the record linked to no other? The caller has authorised the question."""
    return not PersonRecord.objects.filter(person=record.person_id).exclude(pk=record.pk).exists()
