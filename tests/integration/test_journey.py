"""The whole way through, as practice: a concern comes in, and everyone who helped hears back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology import queries as chronology_queries
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.decisions.operations import Grounds, TookPart
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures import queries as disclosure_queries
from jigsaw.hub.disclosures.judging import Choice
from jigsaw.hub.disclosures.operations import Draft
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests import queries as request_queries
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.kit.errors import AlreadyDone, NotHere
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries as people_queries
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals import queries as referral_queries
from people_in_tests import KATIE, MONDAY, Town, concern

pytestmark = pytest.mark.usefixtures("for_themselves")

GROUNDS = Grounds(
    reasons="Katie may be at risk of harm and the social worker needs the whole picture.",
    rules=("2024:1", "2024:6"),
    edition="2024",
    lawful_basis="art6_e",
    condition="art9_g_sch1_18",
    condition_reason="prejudice",
    gateway="s47",
    consent="not_sought",
    family_told="not_told",
    family_told_why="Telling them could put Katie at risk.",
    advice_from="Tom Baptiste, named nurse",
)


def test_a_concern_becomes_a_picture_and_everyone_hears_back(town: Town) -> None:
    now = MONDAY
    record, outcome = people.hold(
        actor=town.amina, agency=town.health.pk, system="hv", source_key="1", facts=KATIE, now=now
    )
    assert outcome == "created"
    shared = chronology.add(
        actor=town.amina,
        piece=Piece(
            kind="missed_appointment",
            title="Not brought to review",
            text="Second date missed.",
            happened_on=date(2026, 11, 10),
            how_known="fact",
            source="Clinic list",
        ),
        about=[record],
        now=now,
    )
    withheld = chronology.add(
        actor=town.amina,
        piece=Piece(
            kind="note",
            title="Mother’s own health in 2014",
            text="Treated and discharged well.",
            happened_on=date(2014, 1, 9),
            how_known="fact",
            source="GP summary",
            about_adult=True,
            special_category=True,
        ),
        about=[record],
        now=now,
    )

    referral = referrals.make(actor=town.ros, concern=concern(), now=now)
    child = referral_queries.read(town.grace, referral.reference, now=now).persons[0]
    assert child.linked_to_others, "Katie’s NHS number, name and birthday are certain: linked by rule"
    referrals.rate(
        actor=town.grace, referral=referral, code="red", reason="Violence at home, a toddler there.", now=now
    )
    enquiry = enquiries.open_enquiry(actor=town.grace, referral=referral, purpose="s47", now=now)

    seen = enquiry_queries.read(town.grace, enquiry.reference, now=now)
    assert next(k for k in seen.who_knows if k.agency == town.health).holds_record

    asked = requests.ask(
        actor=town.grace,
        enquiry=enquiry,
        question=Question(
            headline="", needed="Injuries, missed appointments, worries.", why="Strategy discussion."
        ),
        of=[town.health.pk, town.police.pk],
        about=[s.record for s in seen.subjects],
        now=now,
    )
    to_health = asked.recipients.get(agency=town.health)
    assert to_health.due_at == now + timedelta(hours=4)
    [waiting] = request_queries.inbox(town.amina, now=now).rows
    assert waiting.recipient == to_health
    with pytest.raises(NotHere):
        request_queries.read(town.nia, to_health.reference, now=now)

    requests.opened(actor=town.amina, recipient=to_health, now=now)
    requests.claim(actor=town.amina, recipient=to_health, now=now)
    items = disclosure_queries.to_decide(town.amina, to_health, now=now)
    assert {i.entry for i in items} == {shared, withheld}
    draft = Draft(
        grounds=GROUNDS,
        choices=(
            Choice(entry=shared.pk, choice="share"),
            Choice(
                entry=withheld.pk,
                choice="withhold",
                withheld_kind="not_relevant",
                withheld_reason="Long ago, resolved, and about the mother only.",
                review_when="New worry about the mother’s health",
            ),
        ),
    )
    disclosures.answer(actor=town.amina, recipient=to_health, draft=draft, now=now)
    with pytest.raises(AlreadyDone):
        disclosures.answer(actor=town.tom, recipient=to_health, draft=draft, now=now)

    to_police = asked.recipients.get(agency=town.police)
    disclosures.answer(
        actor=town.hannah,
        recipient=to_police,
        draft=Draft(grounds=Grounds(reasons="Searched by name and address."), holds_nothing=True),
        now=now,
    )
    [answer] = disclosure_queries.answers(town.grace, to_health, now=now)
    assert [i.item.withheld_reason for i in answer.withheld] == [
        "Long ago, resolved, and about the mother only."
    ]
    assert answer.withheld[0].text == ""

    person = child.person.record.person_id
    picture = chronology_queries.picture(town.grace, person, purpose=f"enquiry {enquiry.reference}", now=now)
    assert {line.title for line in picture.lines} == {
        "Concern raised with the front door",
        "What the child said",
        "Not brought to review",
    }, "the referral and the child’s words are in the picture; what was withheld is not"
    assert people_queries.profile(town.grace, person, purpose="enquiry", now=now).card.name == "Katie Walsh"
    with pytest.raises(NotHere):
        people_queries.profile(town.nia, person, purpose="curiosity", now=now)

    enquiries.decide_threshold(
        actor=town.grace,
        enquiry=enquiry,
        level="4",
        outcome=_outcome(),
        grounds=Grounds(reasons="Significant harm is likely."),
        took_part=[
            TookPart(name="Hannah Ortiz", agency="Police"),
            TookPart(name="Kevin Marsh", disagreed_why="Too soon."),
        ],
        now=now,
    )
    for owed in referral_queries.feedback_owed(town.grace):
        referrals.give_feedback(
            actor=town.grace,
            feedback=owed,
            relevant="yes",
            recorded_where="Enquiry",
            what_was_done="Strategy discussion held.",
            more_needed="",
            now=now,
        )
    assert {f.to_agency.code for f in referral.feedback.all()} == {"SCH", "HV", "POL"}
    assert people_queries.who_looked(town.tom, person, now=now)[0].agency == town.tom.agency_name
    enquiries.close(actor=town.grace, enquiry=enquiry, now=now)
    with pytest.raises(NotHere):
        people_queries.profile(town.grace, person, purpose="after", now=now)


def _outcome() -> str:
    from jigsaw.hub.agreements import queries as agreements

    return agreements.need_ladder(on=MONDAY.date())["outcomes"][-1]["code"]
