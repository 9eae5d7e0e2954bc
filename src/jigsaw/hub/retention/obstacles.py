"""What stands in the way of disposing of something: legal holds, and work about the same people that is still open?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jigsaw.hub.kit import context
from jigsaw.hub.people import queries as people
from jigsaw.hub.retention.models import Hold

OPEN_WORK = """
    SELECT record.person_id, 'enquiry', enquiry.reference, enquiry.agency_id
      FROM enquiries_enquiry AS enquiry
      JOIN enquiries_enquirysubject AS subject ON subject.enquiry_id = enquiry.id
      JOIN people_personrecord AS record ON record.id = subject.record_id
     WHERE enquiry.closed_at IS NULL AND record.person_id = ANY(%(people)s)
    UNION
    SELECT record.person_id, 'concern', referral.reference, referral.to_agency_id
      FROM referrals_referral AS referral
      JOIN referrals_referralperson AS named ON named.referral_id = referral.id
      JOIN people_personrecord AS record ON record.id = named.record_id
     WHERE referral.state IN ('received', 'screening') AND record.person_id = ANY(%(people)s)
    UNION
    SELECT record.person_id, 'plan', plan.kind, plan.agency_id
      FROM unscheduled_care_plan AS plan JOIN people_personrecord AS record ON record.id = plan.record_id
     WHERE plan.closed_as = '' AND (plan.ends_on IS NULL OR plan.ends_on >= %(today)s)
       AND record.person_id = ANY(%(people)s)
    UNION
    SELECT asked.id, 'asked', asked.reference, asked.agency_id
      FROM (WITH RECURSIVE goes_on AS (
                SELECT person_id AS id, reference, agency_id FROM rights_rightsrequest WHERE decided_at IS NULL
                UNION SELECT person.replaced_by_id, goes_on.reference, goes_on.agency_id
                  FROM goes_on JOIN people_person AS person ON person.id = goes_on.id
                 WHERE person.replaced_by_id IS NOT NULL)
            SELECT * FROM goes_on) AS asked
     WHERE asked.id = ANY(%(people)s)
"""


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands in the way, in words for the agency that would dispose."""

    kind: str
    words: str


@dataclass(frozen=True)
class InTheWay:
    """Live holds and open work, read once for as many things as a page shows."""

    holds: tuple[tuple[Hold, frozenset[UUID]], ...]
    work: tuple[tuple[UUID, str, str, UUID], ...]

    def of(self, agency: UUID, about: Iterable[UUID]) -> tuple[Obstacle, ...]:
        """What stands in the way of disposing of something that this agency holds about these people."""
        them = set(about)
        held = [
            Obstacle("hold", _hold(hold, agency))
            for hold, on in self.holds
            if _is_held(hold, on, agency, them)
        ]
        work = {
            _work(kind, name, whose == agency) for person, kind, name, whose in self.work if person in them
        }
        return (*held, *(Obstacle("work", words) for words in sorted(work)))


@context.hub("disposing")
def in_the_way(about: Iterable[UUID], *, today: date) -> InTheWay:
    """Holds and open work about these people, as of today (inclusive); three statements whatever their number."""
    live = Hold.objects.filter(released_at=None).select_related("agency").order_by("placed_at", "pk")
    holds = tuple((hold, _whom(hold)) for hold in live)
    with connection.cursor() as cursor:
        cursor.execute(OPEN_WORK, {"people": list(set(about)), "today": today})
        return InTheWay(holds, tuple(cursor.fetchall()))


def _whom(hold: Hold) -> frozenset[UUID]:
    if hold.person_id:
        return frozenset({people.current(hold.person_id).pk})
    if hold.enquiry_id:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT record.person_id FROM enquiries_enquirysubject AS subject JOIN people_personrecord AS record"
                " ON record.id = subject.record_id WHERE subject.enquiry_id = %s",
                [hold.enquiry_id],
            )
            return frozenset(person for (person,) in cursor.fetchall())
    return frozenset()


def _is_held(hold: Hold, on: frozenset[UUID], agency: UUID, about: set[UUID]) -> bool:
    if hold.person_id or hold.enquiry_id:
        return bool(on & about)
    return hold.agency_id == agency


def _hold(hold: Hold, agency: UUID) -> str:
    """Why is for the agency that placed it: another learns that there is one, and whom to ask."""
    said = {"reference": hold.reference, "agency": hold.agency.name, "why": hold.why_words}
    if hold.agency_id == agency:
        return _("Legal hold %(reference)s: %(why)s.") % said
    return _("Legal hold %(reference)s, placed by %(agency)s: ask them.") % said


def _work(kind: str, name: str, own: bool) -> str:
    """Of another agency's work no more than that there is some."""
    if not own:
        return _("Another agency’s work about them is still open.")
    return {
        "enquiry": _("Enquiry %(name)s about them is open."),
        "concern": _("Concern %(name)s about them is waiting for its outcome."),
        "plan": _("A plan of theirs has not ended."),
        "asked": _("A family’s request %(name)s about them is not answered yet."),
    }[kind] % {"name": name}
