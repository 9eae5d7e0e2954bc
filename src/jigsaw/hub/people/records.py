"""How does a stored record read for the matcher, and how do records sum up to a person?

Bridges the tables and `jigsaw.record_linkage`; holds no access rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from jigsaw import record_linkage as linkage
from jigsaw.hub.kit.clock import EARLIEST
from jigsaw.hub.people.models import Address, Contact, Identifier, NumberStanding, Person, PersonRecord

LONGEST_NAME: int = Person._meta.get_field("name").max_length

# An expected birthday lies within a pregnancy; a year after it, the baby has a birthday.
LONGEST_EXPECTED = timedelta(days=310)
LONGEST_OVERDUE = timedelta(days=365)

# Two children of no fixed abode do not share a home, nor do two whose address is not known.
NOWHERE = frozenset({"no_abode", "unknown"})
# What hangs on a record that the matcher reads.
PARTS = ("identifiers", "addresses", "contacts")
# Known of a number, last: it is not the child's. One that was superseded was theirs, and still tells who they are.
NOT_THEIRS = (NumberStanding.INVALID, NumberStanding.DISPUTED)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a source says about someone, as it says it; the parts of a record and what hangs on it."""

    given: str = ""
    family: str = ""
    other_names: tuple[tuple[str, str, str], ...] = ()
    """(given, family, use) with MAIS name uses."""
    born: date | None = None
    born_accuracy: str = "AAA"
    expected_on: date | None = None
    died_on: date | None = None
    sex: str = ""
    ethnicity: str = ""
    language: str = ""
    interpreter: bool | None = None
    religion: str = ""
    disability: str = ""
    school: str = ""
    gp: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    """(kind, value) pairs, such as ("nhs_number", "9990000018")."""
    addresses: tuple["At", ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()
    """(kind, value) pairs: phone or email."""
    works: tuple["Works", ...] = ()
    """Services that work or worked with them. Empty: the source says nothing of it, so nothing changes."""
    relatives: tuple["Relative", ...] = ()
    raw: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Works:
    """A service that works or worked with someone; dates inclusive. Named by service and first day."""

    service: str
    worker: str = ""
    worker_phone: str = ""
    from_date: date | None = None
    until_date: date | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Relative:
    """Whom a source names beside someone: the `kind` (MAIS code) of them, under a key of their own."""

    key: str
    kind: str
    facts: Facts
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class At:
    """An address as the source has it; dates inclusive."""

    line: str = ""
    town: str = ""
    postcode: str = ""
    uprn: str = ""
    use: str = "home"
    from_date: date | None = None
    until_date: date | None = None
    protected: bool = False


def doubtful_dates(facts: Facts, *, today: date) -> dict[str, object]:
    """Dates that cannot be right, by the name of the fact, in words; empty if all may be."""
    wrong: dict[str, object] = {}
    if facts.born and facts.born > today:
        wrong["born"] = _(
            "This birthday is in the future. For an unborn baby, give the expected date of birth."
        )
    if facts.born and facts.born < EARLIEST:
        wrong["born"] = _("This birthday is too long ago. Check the year.")
    due = facts.expected_on
    if due and not today - LONGEST_OVERDUE <= due <= today + LONGEST_EXPECTED:
        wrong["expected_on"] = _("This is not the expected birthday of an unborn baby. Check the date.")
    if facts.died_on and not (facts.born or EARLIEST) <= facts.died_on <= today:
        wrong["died_on"] = _("This date of death is in the future or before the birthday. Check the date.")
    return wrong


def for_matching(records: Iterable[PersonRecord]) -> linkage.Record:
    """All that a person's records say, in the matcher's terms: newest names first, everything kept.

    Of many records, read `with_parts`. The date of birth is the one most records give, an accurate one before
    an estimate.
    """
    rows = sorted(records, key=lambda row: row.recorded_at, reverse=True)
    identifiers, addresses, contacts = ([part for row in rows for part in _parts(row, n)] for n in PARTS)
    return in_matching_terms(rows, identifiers, addresses, contacts)


def with_parts(records: QuerySet[PersonRecord]) -> QuerySet[PersonRecord]:
    """The records with what hangs on them, in three more statements, for `for_matching`.

    Kept in plain lists: a search reads some two hundred records, and making Django's own cache of related
    rows took as long as all the rest of it.
    """
    wanted = {name: None for name in PARTS} | {"identifiers": matched_by(Identifier.objects.all())}
    return records.prefetch_related(
        *(Prefetch(name, queryset=rows, to_attr=f"read_{name}") for name, rows in wanted.items())
    )


def _parts(record: PersonRecord, name: str) -> Iterable[Any]:
    """What hangs on the record: as `with_parts` has read it, else as it is now."""
    read = f"read_{name}"
    if hasattr(record, read):
        return getattr(record, read)
    rows = getattr(record, name).all()
    return matched_by(rows) if name == "identifiers" else rows


def matched_by(identifiers: QuerySet[Identifier]) -> QuerySet[Identifier]:
    """Without those that a register or a practitioner last said are not the child's: nobody is matched by these."""
    return how_they_stand(identifiers).filter(Q(stands=None) | ~Q(stands__in=NOT_THEIRS))


def how_they_stand(identifiers: QuerySet[Identifier]) -> QuerySet[Identifier]:
    """With the newest word about each and its time, as `stands` and `since`; None of what only the source told."""
    said = NumberStanding.objects.filter(record=OuterRef("record"), value=OuterRef("value"))
    newest = said.order_by("-at", "-pk")
    return identifiers.annotate(
        stands=Subquery(newest.values("standing")[:1]), since=Subquery(newest.values("at")[:1])
    )


def in_matching_terms(
    rows: Sequence[PersonRecord],
    identifiers: Iterable[Identifier],
    addresses: Iterable[Address],
    contacts: Iterable[Contact],
) -> linkage.Record:
    """Records, newest first, and what hangs on them, stored or about to be, in the matcher's terms."""
    identifiers = list(identifiers)
    homes = [at for at in addresses if at.use not in NOWHERE]
    born = _commonest(
        [(row.born, row.born_accuracy) for row in rows if row.born and row.born_accuracy == "AAA"]
    )
    born = born or _commonest([(row.born, row.born_accuracy) for row in rows if row.born])
    return linkage.Record.standardised(
        given=[name for row in rows for name in (row.given, *(other[0] for other in row.other_names))],
        family=[name for row in rows for name in (row.family, *(other[1] for other in row.other_names))],
        born=born[0] if born else None,
        born_accuracy=born[1] if born else "AAA",
        expected_on=_commonest([row.expected_on for row in rows if row.expected_on]),
        sex=_commonest([row.sex for row in rows if row.sex in ("M", "F")]) or "",
        postcodes=[at.postcode for at in homes],
        addresses=[at.line for at in homes],
        towns=[at.town for at in homes],
        nhs_numbers=[i.value for i in identifiers if i.kind == "nhs_number"],
        upns=[i.value for i in identifiers if i.kind in ("upn", "former_upn")],
        phones=[c.value for c in contacts if c.kind == "phone"],
        mother_nhs=[i.value for i in identifiers if i.kind == "mother_nhs_number"],
    )


def sum_up(person: Person, records: Iterable[PersonRecord]) -> None:
    """Refresh the person's summary from their records: the fullest name, the commonest date of birth."""
    rows = sorted(records, key=lambda row: row.recorded_at)
    named = [row for row in rows if row.given and row.family] or [
        row for row in rows if row.family or row.given
    ]
    person.name = _name(_commonest([(row.given, row.family) for row in named])) if named else ""
    person.born = _commonest([row.born for row in rows if row.born])
    person.expected_on = (
        None if person.born else _commonest([row.expected_on for row in rows if row.expected_on])
    )
    person.died_on = _commonest([row.died_on for row in rows if row.died_on])
    person.sex = _commonest([row.sex for row in rows if row.sex in ("M", "F")]) or ""


def _name(parts: tuple[str, str]) -> str:
    # A summary, cut to its column: the records keep both names whole.
    return " ".join(part for part in parts if part)[:LONGEST_NAME]


def _commonest(values: list):  # type: ignore[type-arg, no-untyped-def]
    """The value most records give; the earliest of those that tie, so that the answer is stable."""
    return max(values, key=lambda value: (values.count(value), -values.index(value))) if values else None


def by_person(records: Iterable[PersonRecord]) -> dict[UUID, list[PersonRecord]]:
    found: dict[UUID, list[PersonRecord]] = {}
    for record in records:
        found.setdefault(record.person_id, []).append(record)
    return found
