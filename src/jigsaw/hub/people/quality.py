"""How complete and how well linked are the records of each source, and of each ethnic group?

Counts alone, for a domain that authorises the reading and keeps small numbers back. What agencies opened for people
they were asked about is left out: it holds nothing of a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from jigsaw.hub.kit import context
from jigsaw.hub.people.models import Address, Identifier, NumberStanding, PairToReview, PersonRecord
from jigsaw.hub.people.operations import OPENED_HERE
from jigsaw.hub.people.records import how_they_stand

# The main groups, by how each is written: the Department for Education's codes, the NHS data dictionary's, and words.
# The first that fits counts, so that "Mixed, White and Asian" is mixed.
GROUPS = {
    "mixed": r"^(m[wao][a-z]{2}|[defg]|.*\mmixed.*)$",
    "white": r"^(w[a-z]{3}|[abc]|.*(\mwhite|british|irish|gypsy|roma\M|traveller).*)$",
    "black": r"^(b[a-z]{3}|[mnp]|.*(\mblack|african|caribbean).*)$",
    "asian": r"^(a(?!rab)[a-z]{3}|chne|[hjklr]|.*(asian|indian|pakistani|bangladeshi|chinese).*)$",
    "other": r"^(o[a-z]{3}|s|.*(\mother|\marab).*)$",
}
NOT_GIVEN, UNCODED = "not_given", "uncoded"
NOT_OBTAINED = ("", "REFU", "NOBT", "Z")
MEASURES = (
    "no_first_name", "no_birth_date", "no_postcode", "no_nhs_number", "invalid_number", "stale_number", "linked",
    "waiting",
)  # fmt: skip


@dataclass(frozen=True)
class Quality:
    """Records of one source (agency and system) or one ethnic group, and how many of them each measure counts."""

    name: str
    system: str
    records: int
    counts: dict[str, int]


@context.hub("measures")
def by_source() -> list[Quality]:
    """By agency and system; the name is the agency's."""
    return _counted("agency__name", "system")


@context.hub("measures")
def by_ethnic_group() -> list[Quality]:
    """By main ethnic group, of which the name is a code of `GROUPS`, not_given or uncoded; the system is empty."""
    return _counted("group", "no_system")


def _counted(name: str, system: str) -> list[Quality]:
    rows = _records().values(name, system).annotate(records=Count("pk"), **_measures()).order_by(name, system)
    return [
        Quality(row[name], row[system], row["records"], {measure: row[measure] for measure in MEASURES})
        for row in rows
    ]


def _records() -> QuerySet[PersonRecord]:
    written = [When(ethnicity__iregex=how, then=Value(code)) for code, how in GROUPS.items()]
    group = Case(
        When(ethnicity__in=NOT_OBTAINED, then=Value(NOT_GIVEN)),
        *written,
        default=Value(UNCODED),
        output_field=CharField(),
    )
    held = PersonRecord.objects.exclude(system=OPENED_HERE)
    return held.annotate(group=group, no_system=Value("", output_field=CharField()))


def _measures() -> dict[str, Any]:
    its = OuterRef("pk")
    numbers = Identifier.objects.filter(record=its, kind="nhs_number")
    stale = how_they_stand(numbers).filter(stands__in=[NumberStanding.SUPERSEDED, NumberStanding.INVALID])
    elsewhere = PersonRecord.objects.filter(person=OuterRef("person")).exclude(agency=OuterRef("agency"))
    waiting = PairToReview.objects.filter(closed_at=None)
    conditions: dict[str, Any] = {
        "no_first_name": Q(given=""),
        "no_birth_date": Q(born=None),
        "no_postcode": ~Exists(Address.objects.filter(record=its).exclude(postcode="")),
        "no_nhs_number": ~Exists(numbers),
        "invalid_number": Exists(Identifier.objects.filter(record=its, valid=False)),
        "stale_number": Exists(stale),
        "linked": Exists(elsewhere.exclude(system=OPENED_HERE)),
        "waiting": Q(Exists(waiting.filter(record=its)))
        | Q(Exists(waiting.filter(person=OuterRef("person")))),
    }
    return {measure: Count("pk", filter=condition) for measure, condition in conditions.items()}
