"""A concern goes with all that came of it; what agencies wrote in their own records stays theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from disposal_in_tests import (
    MARK,
    a_hold_that_is_over,
    a_note_of_it,
    a_pattern,
    gone_with_its_proof,
    held_by,
    only,
    refused_by_a_hold_and_to_whoever_may_not,
    the_export_verifies,
    where_it_stands,
)
from jigsaw.hub.chronology import documents
from jigsaw.hub.chronology.models import Entry, Release
from jigsaw.hub.decisions.models import Decision
from jigsaw.hub.decisions.operations import Grounds, TookPart
from jigsaw.hub.disclosures.models import ReleaseProposal
from jigsaw.hub.enquiries.models import Enquiry
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.models import InformationRequest
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import WrongState
from jigsaw.hub.people.models import Grant
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals.models import Referral
from jigsaw.hub.referrals.operations import Said
from jigsaw.hub.retention import disposing, finding, register
from jigsaw.hub.retention.models import Disposal, DueItem
from jigsaw.papers import cleaning
from people_in_tests import Town
from practice_in_tests import ADVISED, GROUNDS, Practice, share, withhold

# Donna was grown up when the concern came: it may be about a child of hers, and is kept as if one was born that day.
LATER = datetime(2051, 11, 17, 9, tzinfo=UTC)
WHY = f"It is about {MARK} long ago, was resolved then, and she is safer if it is weighed."


@pytest.fixture
def practice(town: Town) -> Practice:
    return Practice(town)


def a_case(practice: Practice) -> Enquiry:
    """Raised, rated, asked about twice, answered, decided against a voice, told of, and closed: a mark in every word.

    The concern itself and the child's words become entries of the school's, so they stay there: they say something else.
    """
    town = practice.town
    told = practice.write(town.amina, practice.hold(town.amina))
    kept_back = practice.write(town.amina, practice.hold(town.amina), title="Long ago")
    referral = practice.raised(
        caller="public", caller_name=MARK, caller_contact=MARK, arose=MARK, child_now=MARK, immediate_action=MARK,
        past_events=MARK, alleged_harm_by=MARK, agencies_involved=MARK, strengths=MARK, parents_know_why=MARK,
        statements=(Said(how_known="fact", text=MARK, source=MARK),),
    )  # fmt: skip
    referrals.rate(actor=town.grace, referral=referral, code="red", reason=MARK, now=practice.now)
    enquiry = practice.enquiry(referral)
    recipient = practice.asked(enquiry, headline=MARK, needed=MARK, why=MARK)
    requests.chase(actor=town.grace, recipient=recipient, words=MARK, now=practice.now)
    ReleaseProposal.objects.create(
        recipient=recipient, entry=kept_back, kind="sealed", role="custodian", reason=MARK, proposed_at=practice.now,
        proposed_by_id=town.amina.practitioner_id, released=False, decided_by_id=town.tom.practitioner_id,
        decided_at=practice.now, decided_why=MARK,
    )  # fmt: skip
    letter = documents.attach(
        actor=town.amina,
        entry=told.pk,
        title="Letter",
        paper=cleaning.clean(b"Seen."),
        scanned=False,
        now=practice.now,
    )
    practice.answer(
        recipient,
        replace(share(told), documents=(letter.pk,)),
        withhold(kept_back, withheld_reason=WHY, review_when=MARK),
        grounds=replace(
            ADVISED,
            reasons=WHY,
            advice_from=MARK,
            objection_by=MARK,
            objection_answer=WHY,
            public_interest=WHY,
            family_told_why=MARK,
        ),
        context=MARK,
    )
    requests.ask_again(actor=town.grace, recipient=recipient, new_information=MARK, now=practice.now)
    practice.answer(recipient, share(told), withhold(kept_back), grounds=replace(GROUNDS, advice_from=MARK))
    for reasons in (MARK, f"{MARK} again"):
        practice.decided(
            enquiry,
            grounds=Grounds(reasons=reasons),
            took_part=[TookPart(name=MARK, job_title=MARK, agency=MARK, disagreed_why=MARK)],
        )
    for owed in enquiry.referral.feedback.filter(given_at=None):
        may_hear = owed.audience != "referrer_public"
        said = dict.fromkeys(("recorded_where", "what_was_done", "more_needed"), MARK if may_hear else "")
        practice.told(owed, relevant="yes" if may_hear else "", **said)
    return practice.closed(enquiry)


def test_planted_in_every_word_of_a_case_it_is_found_nowhere_afterwards(
    practice: Practice, tmp_path: Path
) -> None:
    town, case = practice.town, a_case(practice)
    a_note_of_it(town.grace, case.reference)
    a_hold_that_is_over(practice, enquiry=case)
    [child, _mother] = case.subjects.select_related("record")
    a_pattern(practice, child.record.person_id, referral_id=case.referral_id)
    grown, officer = Entry.objects.count(), held_by(practice, practice.town.front_door)
    assert set(where_it_stands()) >= {
        "referrals_referral", "referrals_statement", "referrals_rating", "referrals_feedback", "disclosures_answer",
        "disclosures_answereditem", "decisions_decision", "decisions_participant",
        "information_requests_informationrequest", "information_requests_requestevent",
    }  # fmt: skip
    row = only("concern", LATER)
    assert (row.agency_id, row.thing, len(row.people)) == (town.front_door.pk, case.referral_id, 2)
    refused_by_a_hold_and_to_whoever_may_not(practice, officer, row, now=LATER)
    done = gone_with_its_proof(officer, row, now=LATER, everywhere=True)
    assert where_it_stands() == []
    assert done.rows["decisions_decision"] == 4 and done.rows["enquiries_enquiry"] == 1
    for table in (Referral, Enquiry, InformationRequest, Decision):
        assert not table.objects.exists()
    assert not Grant.objects.filter(ends_at=None, reference=case.reference).exists()
    # What others were told of entries for it says nothing; the entries are their agencies'.
    assert {row.title for row in Release.objects.all()} == {"[disposed of]"}
    assert Entry.objects.count() == grown and Entry.objects.filter(title="Not brought to review").exists()
    the_export_verifies(tmp_path)


def test_nothing_of_a_case_is_due_while_it_is_open_or_before_its_day(practice: Practice) -> None:
    referral = practice.raised()
    finding.look(now=LATER.replace(year=2060))
    assert not DueItem.objects.filter(what="concern").exists()
    practice.closed(practice.enquiry(referral))
    finding.look(now=LATER.replace(day=15))
    assert not DueItem.objects.filter(what="concern").exists()
    assert only("concern", LATER).rule == "social_care"


def test_another_enquiry_about_the_same_people_stands_in_the_way(practice: Practice) -> None:
    a_case(practice)
    officer, row = held_by(practice, practice.town.front_door), only("concern", LATER)
    enquiries_open = practice.enquiry()
    assert enquiries_open.closed_at is None
    with pytest.raises(WrongState, match="is open"):
        disposing.dispose(actor=officer, pk=row.pk, now=LATER)


def test_a_concern_that_was_closed_with_advice_goes_with_the_reasons(practice: Practice) -> None:
    referral = practice.rated(referral=practice.raised())
    referrals.close_with_advice(
        actor=practice.town.grace, referral=referral, outcome="advice", reasons=MARK, advice=MARK, relevant="yes",
        now=practice.now,
    )  # fmt: skip
    gone_with_its_proof(held_by(practice, practice.town.front_door), only("concern", LATER), now=LATER)
    assert where_it_stands() == [] and not Decision.objects.exists()


def test_after_a_restore_a_concern_is_disposed_of_again(practice: Practice) -> None:
    """As an older backup has it: the words are there, and the register has no line yet."""
    practice.closed(practice.enquiry())
    row = only("concern", LATER)
    line = {
        "reference": "D-7K3M-2QXA", "what": "concern", "agency": "CSC", "rule": row.rule, "rule_name": row.rule_name,
        "source": row.source, "agreement": "", "due_on": row.due_on.isoformat(), "thing": str(row.thing),
    }  # fmt: skip
    assert register.again([line], actor=SYSTEM, now=LATER) == ("D-7K3M-2QXA",)
    assert not Referral.objects.exists() and Disposal.objects.get().what == "concern"
    assert register.again([line], actor=SYSTEM, now=LATER) == ()
