"""Whom may a practitioner mean, and whom could a record also speak of? Best first, with the evidence.

Every search takes the actor, is authorised, and is audited with whom it showed in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw import record_linkage as linkage
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context, fields
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import access, matching, pace
from jigsaw.hub.people.cards import Card, address_words, as_seen, cards
from jigsaw.hub.people.models import Address, Person, PersonRecord
from jigsaw.hub.people.records import by_person
from jigsaw.record_linkage import query_text

READ_UP_TO = query_text.READ_UP_TO
# Of a search text, so much is read and kept in the log: the rest is never looked at.
LONGEST_KEPT = 4 * READ_UP_TO
LONGEST_REASON = 500

# Holds nothing: to the hub itself every protected address is another agency's.
NO_AGENCY = UUID(int=0)


@dataclass(frozen=True)
class Match:
    """Someone who may be meant, with the evidence per field; `by_number` as in `matching.Candidate`."""

    card: Card
    comparison: linkage.Comparison
    record: UUID
    address: str
    may_open: bool
    by_number: bool = False


@transaction.atomic
def find(actor: Actor, text: str, *, now: datetime, limit: int = 20) -> list[Match]:
    """People like `text` (names, date of birth, age, postcode, numbers in any order), best first.

    Practitioners find whom their agency works with or was asked about; the front door finds anyone
    in the index, to see whom a concern is about. The search text is audited, and can be erased. However long
    or strange the text, it costs the same: `note_on` says what was not read. Raises TooMany where they search faster
    than anybody reads.
    """
    access.check_can_find(actor)
    pace.check(actor, pace.SEARCHED, now=now)
    fields.check_text("text", text, label=str(_("Search")))
    query = query_text.parse(text[:LONGEST_KEPT], today=now.date())
    barred = access.too_close_to(actor)
    anyone = actor.may("people.find_any")
    seen_by = None if anyone else matching.SeenBy(actor, now)
    found = matching.search(
        query,
        limit=limit,
        barred=barred,
        seen_by=seen_by,
        homes_kept_from=actor.agency_id or NO_AGENCY,
        through_home=True,
    )
    # Whoever agrees in nothing was brought up by a key alone, and would only stand in the way.
    found = [c for c in found if any(item.bits > 0 for item in c.comparison.evidence)]
    audit.record(
        actor=actor,
        action="person.searched",
        people=[c.person for c in found],
        detail={"found": len(found)},
        now=now,
        words=text[:LONGEST_KEPT],
    )
    if anyone:
        return _matches(actor, found, access.openable(actor, [c.person for c in found], now=now))
    return _matches_as_seen(actor, found, now)


def note_on(text: str, *, now: datetime) -> str:
    """What a practitioner should know about how their text was read; empty if it was read to its end."""
    if not query_text.reads_all(text):
        return str(
            _("Only the first %(count)d characters and the first few names were read. Give the facts alone.")
            % {"count": READ_UP_TO}
        )
    if not query_text.says_something(query_text.parse(text, today=now.date())):
        return str(
            _("There is no name, date, place or number in this to search by. Type at least part of a name.")
        )
    return ""


@transaction.atomic
def none_of_these(actor: Actor, text: str, *, reason: str, now: datetime) -> None:
    """Write down that whoever was looked for with `text` was not among those found, and why if that is said.

    Both are words that may name somebody: they can be erased from the log. Raises Refused, or Invalid for words
    that cannot be kept.
    """
    access.check_can_find(actor)
    fields.check_text("text", text, label=str(_("Search")))
    fields.check_text("reason", reason, longest=LONGEST_REASON, label=str(_("Reason")))
    audit.record(
        actor=actor,
        action="person.none_of_these",
        people=[],
        detail={"reason_given": bool(reason.strip())},
        now=now,
        words="\n".join(part for part in (text[:LONGEST_KEPT].strip(), reason.strip()) if part),
    )


def _matches_as_seen(actor: Actor, found: list[matching.Candidate], now: datetime) -> list[Match]:
    """Each person as the records that the actor may see tell of them: what others hold lends nothing."""
    rows = access.visible_records(actor, now).filter(person__in=[c.person for c in found])
    seen = by_person(rows.order_by("recorded_at", "pk").prefetch_related("addresses"))
    secret = _homes_kept_secret(actor, found)
    return [
        Match(
            as_seen(Person(pk=c.person), seen[c.person]),
            _without_home(c.comparison) if c.person in secret else c.comparison,
            _best_record(actor, seen[c.person]).pk,
            next((home for record in seen[c.person] if (home := _home(actor, record))), ""),
            True,
            c.by_number,
        )
        for c in found
    ]


def _best_record(actor: Actor, records: list[PersonRecord]) -> PersonRecord:
    """The agency's own, or else the newest."""
    return max(records, key=lambda record: (record.agency_id == actor.agency_id, record.recorded_at))


@context.hub("finding")
def _matches(actor: Actor, found: list[matching.Candidate], open_to: set[UUID]) -> list[Match]:
    people = cards(c.person for c in found)
    records = PersonRecord.objects.prefetch_related("addresses").in_bulk([c.record for c in found])
    secret = _homes_kept_secret(actor, found)
    return [
        Match(
            people[c.person],
            _without_home(c.comparison) if c.person in secret else c.comparison,
            c.record,
            _home(actor, records[c.record]),
            c.person in open_to,
            c.by_number,
        )
        for c in found
    ]


@context.hub("finding")
def _homes_kept_secret(actor: Actor, found: list[matching.Candidate]) -> set[UUID]:
    """Those of whom any record of another agency has a protected address; one statement."""
    rows = Address.objects.filter(protected=True, record__person__in=[c.person for c in found])
    return set(rows.exclude(record__agency=actor.agency_id).values_list("record__person", flat=True))


def _without_home(comparison: linkage.Comparison) -> linkage.Comparison:
    """Evidence never tells, by agreeing or differing, where someone with a protected address lives."""
    words = str(_("Home and contacts: not shown, because an address is kept secret"))
    told = [item for item in comparison.evidence if item.field != "household"]
    hidden = linkage.Evidence("household", "not_shown", words, 0.0, "", "")
    return replace(comparison, evidence=(*told, hidden))


def _home(actor: Actor, record: PersonRecord) -> str:
    for at in record.addresses.all():
        if at.until_date is None and (not at.protected or record.agency_id == actor.agency_id):
            return address_words(at)
    return ""


@context.hub("deciding")
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
    return _matches(actor, found, access.openable(actor, [c.person for c in found], now=now))


@context.hub("deciding")
def how_many_match(actor: Actor, records: Iterable[PersonRecord]) -> dict[UUID, int]:
    """How many persons each record could also speak of, by record id; nothing of who they are.

    Empty for those who do not decide on links. Five statements for each record.
    """
    if not access.can_link(actor):
        return {}
    barred = access.too_close_to(actor)
    return {record.pk: sum(c.person not in barred for c in matching.candidates(record)) for record in records}
