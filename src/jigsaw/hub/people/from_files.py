"""What does one record of a file, as a reader hands it over, say in the hub's terms?

Joins the rows of a file that speak of one person, cuts what is longer than a column (the record's `raw` keeps
the whole), and names relationships by their MAIS code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.db.models import Model

from jigsaw.formats.records import (
    IncomingAddress,
    IncomingInvolvement,
    IncomingName,
    IncomingPerson,
    IncomingRelation,
)
from jigsaw.formats.text import matching_key
from jigsaw.hub.people.models import Address, Contact, Identifier, Involvement, PersonRecord
from jigsaw.hub.people.records import At, Facts, Relative, Works

Part = TypeVar("Part")

# What a file calls a parent, as a MAIS relationship code. A guardian or carer may be no relation by blood or
# law, so the code says family and the source keeps the file's word.
PARENT_CODES = {
    **dict.fromkeys(("mum", "mother", "mam", "mom", "mummy"), "MTH"),
    **dict.fromkeys(("dad", "father", "daddy"), "FTH"),
    **dict.fromkeys(("parent", "parent or carer"), "PRN"),
    **dict.fromkeys(("step-mum", "stepmum", "step-mother", "stepmother"), "STPMTH"),
    **dict.fromkeys(("step-dad", "stepdad", "step-father", "stepfather"), "STPFTH"),
    **dict.fromkeys(("step-parent", "stepparent"), "STPPRN"),
    **dict.fromkeys(("foster carer", "foster parent"), "PRNFOST"),
    **dict.fromkeys(("grandmother", "grandma", "nan", "gran", "granny"), "GRMTH"),
    **dict.fromkeys(("grandfather", "grandad", "granddad", "grandpa"), "GRFTH"),
    **dict.fromkeys(("grandparent",), "GRPRN"),
    **dict.fromkeys(("aunt", "auntie", "aunty"), "AUNT"),
    **dict.fromkeys(("uncle",), "UNCLE"),
}
FAMILY = "FAMMEMB"
# Said of a parent so often that it adds nothing to the name of the source.
PLAIN_WORDS = frozenset({"mum", "mother", "dad", "father", "parent", "parent or carer"})
# Stored, so the same whatever language the hub speaks: loading again must change nothing.
SOURCES = {"class-list": "class list"}
NO_FIXED_ABODE = "No fixed abode"
ADDRESS_USES = {"no_fixed_abode": "no_abode"}


@dataclass
class Fitting:
    """Cuts text to its column and notes which fields were cut."""

    cut: list[str] = field(default_factory=list)

    def text(self, value: str, model: type[Model], name: str) -> str:
        longest: int = model._meta.get_field(name).max_length  # type: ignore[union-attr, assignment]
        if len(value) <= longest:
            return value
        self.cut.append(name)
        return value[:longest]


def contradict(one: IncomingPerson, other: IncomingPerson) -> bool:
    """Do two records under one number speak of different people: another name, birthday or NHS number?"""
    names = [
        {(matching_key(n.family), matching_key(n.given)) for n in each.names[:1]} for each in (one, other)
    ]
    numbers = [{i.value for i in each.identifiers if i.kind == "nhs_number"} for each in (one, other)]
    born = [{each.born} - {None} for each in (one, other)]
    return any(left and right and not left & right for left, right in (names, numbers, born))


def joined(one: IncomingPerson, other: IncomingPerson) -> IncomingPerson:
    """Two rows of one person: what the first leaves open the second fills, and the lists are united."""
    return replace(
        one,
        names=_united(one.names, other.names),
        born=one.born or other.born,
        born_accuracy=one.born_accuracy if one.born else other.born_accuracy,
        expected_on=one.expected_on or other.expected_on,
        died_on=one.died_on or other.died_on,
        sex=one.sex or other.sex,
        ethnicity=one.ethnicity or other.ethnicity,
        disabilities=_united(one.disabilities, other.disabilities),
        identifiers=_united(one.identifiers, other.identifiers),
        addresses=_united(one.addresses, other.addresses),
        contacts=_united(one.contacts, other.contacts),
        relations=_united(one.relations, other.relations),
        involvements=_united(one.involvements, other.involvements),
        raw={"rows": [*_rows(one), *_rows(other)]},
    )


def _united(one: tuple[Part, ...], other: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _rows(person: IncomingPerson) -> list[Any]:
    rows = person.raw.get("rows")
    return rows if isinstance(rows, list) and set(person.raw) == {"rows"} else [person.raw]


def stored_key(key: str) -> str:
    """The source key as it is stored: one that is longer than its column keeps its start and a digest."""
    longest: int = PersonRecord._meta.get_field("source_key").max_length  # type: ignore[assignment]
    return key if len(key) <= longest else f"{key[: longest - 33]}:{_digest(key)}"


def facts_of(person: IncomingPerson, *, format: str, agency_name: str, fitting: Fitting) -> Facts:
    """The facts of one person; a service that a row does not name is the agency itself."""
    name = person.names[0] if person.names else IncomingName("", "")
    return Facts(
        **_named(name, fitting),
        other_names=tuple((n.given, n.family, n.use) for n in person.names[1:]),
        born=person.born,
        born_accuracy=person.born_accuracy if person.born else "AAA",
        expected_on=person.expected_on,
        died_on=person.died_on,
        sex=person.sex,
        ethnicity=fitting.text(person.ethnicity, PersonRecord, "ethnicity"),
        disability=fitting.text(", ".join(person.disabilities), PersonRecord, "disability"),
        identifiers=tuple((i.kind, fitting.text(i.value, Identifier, "value")) for i in person.identifiers),
        addresses=tuple(_at(address, fitting) for address in person.addresses),
        contacts=_contacts(((c.kind, c.value) for c in person.contacts), fitting),
        works=tuple(_works(involved, agency_name, fitting) for involved in person.involvements),
        relatives=_relatives(person, format, fitting),
        raw=person.raw,
    )


def _named(name: IncomingName, fitting: Fitting) -> dict[str, str]:
    return {
        "given": fitting.text(name.given, PersonRecord, "given"),
        "family": fitting.text(name.family, PersonRecord, "family"),
    }


def _contacts(told: Iterable[tuple[str, str]], fitting: Fitting) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((kind, fitting.text(value, Contact, "value")) for kind, value in told))


def _at(address: IncomingAddress, fitting: Fitting) -> At:
    lines = ", ".join(address.lines)
    if address.use == "no_fixed_abode":
        lines = lines or NO_FIXED_ABODE
    return At(
        line=fitting.text(lines, Address, "line"),
        town=fitting.text(address.town, Address, "town"),
        postcode=address.postcode,
        uprn=address.uprn,
        use=ADDRESS_USES.get(address.use, address.use),
    )


def _works(involved: IncomingInvolvement, agency_name: str, fitting: Fitting) -> Works:
    said = [involved.detail, involved.worker_email]

    def cut(value: str, name: str) -> str:
        return fitting.text(value, Involvement, name)

    return Works(
        service=cut(involved.service or agency_name, "service"),
        worker=cut(involved.worker, "worker"),
        worker_phone=cut(involved.worker_phone, "worker_phone"),
        from_date=involved.from_date,
        until_date=involved.until_date,
        detail=cut(". ".join(part for part in said if part), "detail"),
    )


def _relatives(person: IncomingPerson, format: str, fitting: Fitting) -> tuple[Relative, ...]:
    found: dict[str, Relative] = {}
    for relation in person.relations:
        relative = _relative(person.source_key, relation, format, fitting)
        found.setdefault(relative.key, relative)
    return tuple(found.values())


def _relative(child: str, relation: IncomingRelation, format: str, fitting: Fitting) -> Relative:
    """A parent is known by the child and the name, so that a new telephone number is a change, not a person."""
    told = relation.person
    name = told.names[0] if told.names else IncomingName("", "")
    called = f"{matching_key(name.family)}|{matching_key(name.given)}" if told.names else relation.kind
    kind = relation.kind.strip().lower()
    source = SOURCES.get(format, format)
    return Relative(
        key=f"of:{_digest(f'{child}|{called}')}",
        kind=PARENT_CODES.get(kind, FAMILY),
        source=source if kind in PLAIN_WORDS else f"{source} ({relation.kind[:60]})",
        facts=Facts(
            **_named(name, fitting),
            born=told.born,
            other_names=tuple((n.given, n.family, n.use) for n in told.names[1:]),
            contacts=_contacts(((c.kind, c.value) for c in told.contacts), fitting),
        ),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def joined_where_one(
    rows: Sequence[IncomingPerson], refuse: Callable[[IncomingPerson], None]
) -> IncomingPerson:
    """All rows under one key as one person; a row that speaks of somebody else is handed to `refuse`."""
    person = rows[0]
    for row in rows[1:]:
        if contradict(person, row):
            refuse(row)
        else:
            person = joined(person, row)
    return person
