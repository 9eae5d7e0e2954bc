"""Which records in Sharetown may speak of somebody known, and wait for a person to decide?

The hospital's list of those who walked in at night, as its desk typed it: an initial for a twin, a man with no date of
birth who may be father or son, names in the wrong boxes, the NHS number of a brother. It comes in as a file, through the
import that any agency uses, and nobody has looked at it yet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from jigsaw.formats import READERS, Mapping
from jigsaw.hub.people import imports
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.training.sharetown.writing import Step, Writer
from jigsaw.record_linkage import identifiers

AGENCY, BY = "HOSP", "ade"
COLUMNS = ("Number", "Surname", "Forename", "DOB", "Sex", "Street", "Town", "Postcode", "NHS No")
MAPPING = Mapping.parse(
    """
    [source]
    kind = "walk-ins"
    date_formats = ["%d/%m/%Y"]
    [columns]
    local_id = "Number"
    family_name = "Surname"
    given_name = "Forename"
    birth_date = "DOB"
    sex = "Sex"
    address_1 = "Street"
    town = "Town"
    postcode = "Postcode"
    nhs_number = "NHS No"
    """
)
ELSEWHERE = At(line="20 Gorse Bank", town="Sharetown", postcode="ST5 6IO")
# Out of the way of the families' numbers.
ANOTHER_NUMBER = identifiers.make_test_nhs_number(90_001)


@dataclass(frozen=True)
class WalkIn:
    """Who came in, as the desk wrote them down: the facts as they are, made wrong."""

    member: str
    wrong: Callable[[Facts, Writer], Facts]


def _number(facts: Facts) -> str:
    return next((value for kind, value in facts.identifiers if kind == "nhs_number"), "")


def _without_number(facts: Facts) -> Facts:
    return replace(facts, identifiers=())


def _initial(facts: Facts, _writer: Writer) -> Facts:
    return replace(_without_number(facts), given=facts.given[0])


def _no_birthday(facts: Facts, _writer: Writer) -> Facts:
    return replace(_without_number(facts), born=None)


def _no_first_name(facts: Facts, _writer: Writer) -> Facts:
    return replace(_without_number(facts), given="")


def _names_and_days_exchanged(facts: Facts, _writer: Writer) -> Facts:
    born = facts.born and date(facts.born.year, facts.born.day, facts.born.month)
    swapped = replace(_without_number(facts), given=facts.family, family=facts.given, born=born)
    return replace(swapped, addresses=(ELSEWHERE,))


def _another_number(facts: Facts, _writer: Writer) -> Facts:
    return replace(facts, identifiers=(("nhs_number", ANOTHER_NUMBER),))


def _with_the_number_of(member: str) -> Callable[[Facts, Writer], Facts]:
    def wrong(facts: Facts, writer: Writer) -> Facts:
        number = _number(writer.facts["HV", member])
        return replace(facts, identifiers=(("nhs_number", number),))

    return wrong


WALK_INS = (
    WalkIn("asante/yaw", _initial),
    WalkIn("ridley/father", _no_birthday),
    WalkIn("balog/denisa", _names_and_days_exchanged),
    WalkIn("nowicki/maja", _with_the_number_of("nowicki/kacper")),
    WalkIn("kovalenko/zlata", _another_number),
    WalkIn("hargreaves/finley", _no_birthday),
    WalkIn("wojcik/zofia", _no_first_name),
)


def steps(writer: Writer) -> list[Step]:
    """The list comes in on the morning before the day of the stories' present."""
    return [Step(writer.calendar.now - timedelta(hours=26), 3, lambda at: _load(writer, at))]


def _load(writer: Writer, at: datetime) -> None:
    imports.load(
        actor=writer.actor(BY),
        agency=writer.partnership.agencies[AGENCY],
        format=MAPPING.kind,
        filename="walk-ins.csv",
        reading=READERS["table"](_file(writer), mapping=MAPPING, on=at.date()),
        now=at,
    )


def _file(writer: Writer) -> io.BytesIO:
    """The list as the hospital's desk sends it."""
    told = io.StringIO()
    rows = csv.writer(told)
    rows.writerow(COLUMNS)
    rows.writerows(_rows(writer))
    return io.BytesIO(told.getvalue().encode())


def _rows(writer: Writer) -> Iterator[tuple[str, ...]]:
    for number, walk_in in enumerate(WALK_INS, start=1):
        facts = walk_in.wrong(writer.facts["HV", walk_in.member], writer)
        at = facts.addresses[0]
        born = f"{facts.born:%d/%m/%Y}" if facts.born else ""
        yield (
            f"W{number:04d}",
            facts.family,
            facts.given,
            born,
            facts.sex,
            at.line,
            at.town,
            at.postcode,
            _number(facts),
        )
