"""How does a stored record read for the matcher, and how do records sum up to a person?

Bridges the tables and `jigsaw.record_linkage`; holds no access rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from jigsaw import record_linkage as linkage
from jigsaw.hub.people.models import Person, PersonRecord


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
    raw: dict[str, object] = field(default_factory=dict)


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


def for_matching(record: PersonRecord) -> linkage.Record:
    """The stored record in the matcher's terms. Prefetch identifiers, addresses and contacts first."""
    identifiers = list(record.identifiers.all())
    addresses = list(record.addresses.all())
    return linkage.Record.standardised(
        given=(record.given, *(name[0] for name in record.other_names)),
        family=(record.family, *(name[1] for name in record.other_names)),
        born=record.born,
        born_accuracy=record.born_accuracy,
        expected_on=record.expected_on,
        sex=record.sex,
        postcodes=tuple(address.postcode for address in addresses),
        addresses=tuple(address.line for address in addresses),
        nhs_numbers=tuple(i.value for i in identifiers if i.kind == "nhs_number"),
        upns=tuple(i.value for i in identifiers if i.kind in ("upn", "former_upn")),
        phones=tuple(contact.value for contact in record.contacts.all() if contact.kind == "phone"),
        mother_nhs=tuple(i.value for i in identifiers if i.kind == "mother_nhs_number"),
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
    return " ".join(part for part in parts if part)


def _commonest(values: list):  # type: ignore[type-arg, no-untyped-def]
    """The value most records give; the earliest of those that tie, so that the answer is stable."""
    return max(values, key=lambda value: (values.count(value), -values.index(value))) if values else None


def by_person(records: Iterable[PersonRecord]) -> dict[UUID, list[PersonRecord]]:
    found: dict[UUID, list[PersonRecord]] = {}
    for record in records:
        found.setdefault(record.person_id, []).append(record)
    return found
