"""Who knows this child: that an agency is involved is a disclosure in itself, for the lead of an enquiry alone."""

from __future__ import annotations

from datetime import date

import pytest

from jigsaw.hub.agreements import signing
from jigsaw.hub.agreements.models import AgreementVersion
from jigsaw.hub.audit import queries as audit
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries
from jigsaw.hub.enquiries.models import Enquiry
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.people.models import PersonRecord
from practice_in_tests import Practice


@pytest.fixture
def known(practice: Practice) -> Practice:
    """Health works with Katie now, the police once did, housing holds a record and the charity knows nothing."""
    town = practice.town
    health = practice.hold(town.amina)
    police, housing = practice.hold(town.hannah), practice.hold(town.kevin)
    for record in (police, housing):
        people.link(
            actor=town.grace, record=record, person=health.person_id, reason="Same number.", now=practice.now
        )
    people.involve(
        actor=town.amina, record=health, service="Health visiting", worker="Amina Yusuf", now=practice.now
    )
    people.involve(
        actor=town.hannah, record=police, service="Missing from home", until_date=date(2025, 1, 1),
        now=practice.now,
    )  # fmt: skip
    return practice


def test_the_lead_sees_every_agencys_involvement_those_of_today_first(known: Practice) -> None:
    enquiry = known.enquiry()
    who = queries.read(known.town.grace, enquiry.reference, now=known.now).who_knows
    assert [(k.agency.code, [i.service for i in k.involved]) for k in who[:2]] == [
        ("HV", ["Health visiting"]),
        ("POL", ["Missing from home"]),
    ]
    assert {k.agency.code for k in who} == {"HV", "POL", "HOU", "SCH", "VCS"}, "and everyone who may be asked"


@pytest.mark.parametrize("who", ["ros", "amina", "tom", "hannah", "kevin", "mary", "ade", "nia"])
def test_nobody_else_learns_who_is_involved(known: Practice, who: str) -> None:
    enquiry, actor = known.enquiry(), getattr(known.town, who)
    with pytest.raises(NotHere):
        queries.read(actor, enquiry.reference, now=known.now)
    with pytest.raises((NotHere, Refused)):
        queries.worklist(actor, now=known.now)
    assert queries.open_about(actor, [s.record.person_id for s in enquiry.subjects.all()]) == []


def test_a_person_s_page_tells_only_of_the_records_the_agency_sees(known: Practice) -> None:
    enquiry = known.enquiry()
    person = enquiry.subjects.first().record.person_id
    page = people_queries.profile(known.town.amina, person, purpose="", now=known.now)
    assert [i.service for i in page.people_to_ring] == ["Health visiting"]
    page = people_queries.profile(known.town.hannah, person, purpose="", now=known.now)
    assert page.people_to_ring == (), "what has ended is not to be rung"


def test_that_it_was_read_is_written_down_with_everyone_concerned(known: Practice) -> None:
    enquiry = known.enquiry()
    queries.read(known.town.grace, enquiry.reference, now=known.now)
    person = enquiry.subjects.first().record.person_id
    newest = audit.about_person(person)[0]
    assert (newest.action, newest.practitioner, newest.purpose) == (
        "enquiry.viewed",
        known.town.grace.practitioner_id,
        f"enquiry {enquiry.reference}",
    )


def test_a_lead_too_close_to_a_subject_sees_nothing_of_the_enquiry(known: Practice) -> None:
    enquiry, grace = known.enquiry(), known.town.grace
    person = enquiry.subjects.last().record.person_id
    people.declare_conflict(
        actor=grace, practitioner=grace.practitioner_id, person=person, why="Sister-in-law", now=known.now
    )
    with pytest.raises(Refused, match="too close"):
        queries.read(grace, enquiry.reference, now=known.now)
    assert queries.worklist(grace, now=known.now) == []
    colleague = known.someone("Wim Okoro", known.town.front_door, "social_worker")
    assert queries.read(colleague, enquiry.reference, now=known.now)


# --- each pointer is asked about by itself ------------------------------------------------------------------------------


def shown(known: Practice, enquiry: Enquiry) -> dict[str, tuple[list[str], bool]]:
    """What the lead sees of each agency: the services named, and whether it holds a record."""
    who = queries.read(known.town.grace, enquiry.reference, now=known.now).who_knows
    return {k.agency.code: ([i.service for i in k.involved], k.holds_record) for k in who}


def opened(known: Practice, purpose: str) -> Enquiry:
    return enquiries.open_enquiry(
        actor=known.town.grace, referral=known.rated("amber"), purpose=purpose, now=known.now
    )


@pytest.mark.parametrize(
    ("purpose", "service", "seen"),
    [
        ("s47", "CAMHS Harbour team", True),
        ("family_help", "CAMHS Harbour team", False),
        ("s17", "Adult mental health", False),
        ("s17", "School nursing", True),
    ],
)
def test_a_service_whose_name_gives_somebody_away_is_shown_only_where_that_was_agreed(
    known: Practice, purpose: str, service: str, seen: bool
) -> None:
    record = PersonRecord.objects.get(agency=known.town.health)
    people.involve(actor=known.town.amina, record=record, service=service, now=known.now)
    services, _holds = shown(known, opened(known, purpose))["HV"]
    assert (service in services) is seen
    assert "Health visiting" in services, "each pointer is asked about by itself"


def test_an_agency_that_has_not_agreed_looks_like_one_that_knows_nobody(known: Practice) -> None:
    enquiry = known.enquiry()
    assert shown(known, enquiry)["HV"] == (["Health visiting"], True)
    signing.end(
        actor=SYSTEM, version=AgreementVersion.objects.get(), why="The board decided so.", now=known.now
    )
    seen = shown(known, enquiry)
    assert seen["HV"] == seen["VCS"] == ([], False), (
        "at once, and no different from an agency that knows nobody"
    )
    assert set(seen) == {"HV", "POL", "HOU", "SCH", "VCS"}, "everyone can still be asked"
