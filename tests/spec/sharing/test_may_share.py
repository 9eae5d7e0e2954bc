"""All checks together: what a practitioner is told, and who decides when in doubt."""

import pytest

from jigsaw.sharing_rules.finding import Answer, Finding
from jigsaw.sharing_rules.may_share import CHECKS, may_share
from jigsaw.sharing_rules.proposed import Release
from jigsaw.sharing_rules.verdict import Verdict


def test_a_school_may_answer_a_live_enquiry(propose):
    verdict = may_share(propose())
    assert verdict.answer is Answer.PERMIT
    assert verdict.reasons == ()


def test_every_check_is_asked_even_after_one_denies(propose):
    verdict = may_share(propose(item={"source": "", "sealed": True}, decision={"reasons": ""}))
    assert [finding.check for finding in verdict.findings] == [check.code for check in CHECKS]
    assert [f.check for f in verdict.reasons] == ["sealed-record", "fact-or-opinion", "reasons-recorded"]


def test_one_denial_outweighs_a_review(propose):
    assert may_share(propose(item={"source": "", "handling": "C"})).answer is Answer.DENY


PROPOSED = tuple(
    Release(kind=kind, proposed_by="Ros Okafor", reason="It shows who hurt him.")
    for kind in ("sealed", "adoption")
)


def test_doubt_goes_to_the_person_who_may_decide_it(propose):
    verdict = may_share(propose(item={"sealed": True}, releases=PROPOSED))
    assert verdict.answer is Answer.REVIEW
    assert verdict.may_be_decided_by({"sealed_records_custodian"})
    assert not verdict.may_be_decided_by({"named_safeguarding_lead"})


def test_two_doubts_need_both_people(propose):
    verdict = may_share(propose(item={"sealed": True, "adoption": True}, releases=PROPOSED))
    assert not verdict.may_be_decided_by({"sealed_records_custodian"})
    assert verdict.may_be_decided_by({"sealed_records_custodian", "adoption_manager"})


def test_nobody_may_wave_a_denial_through(propose):
    verdict = may_share(propose(item={"sealed": True}))
    assert not verdict.may_be_decided_by({"sealed_records_custodian"})


def test_the_rules_it_was_made_under_are_kept_with_it(propose):
    made_under = may_share(propose()).made_under
    assert (made_under.guidance, made_under.agreements) == ("2024", ("SHARETOWN-CSA v1",))
    assert made_under.register.startswith("law-")


def test_another_register_of_law_is_another_edition(propose, law):
    before, after = (may_share(propose(register=law("s16LA", verified=v))).made_under for v in (False, True))
    assert before.register != after.register


def test_a_stored_verdict_that_was_softened_does_not_load(propose):
    stored = may_share(propose(item={"source": ""})).as_json()
    with pytest.raises(ValueError, match="strictest"):
        Verdict.from_json({**stored, "answer": "PERMIT"})


@pytest.mark.parametrize(
    "stored", [None, {}, {"answer": "PERMIT", "findings": []}, {"answer": "PERMIT", "findings": [{}]}]
)
def test_half_a_stored_verdict_does_not_load(stored):
    with pytest.raises(ValueError):
        Verdict.from_json(stored)


def test_a_finding_that_stops_sharing_must_say_what_to_do():
    with pytest.raises(ValueError, match="what to do next"):
        Finding("code", Answer.DENY, "No.", "a source", "2024-05-01")


def test_a_review_must_name_who_decides():
    with pytest.raises(ValueError, match="role that decides"):
        Finding("code", Answer.REVIEW, "Unsure.", "a source", "2024-05-01", next_step="Ask.")


def test_a_verdict_stored_before_its_rules_were_kept_still_loads(propose):
    stored = may_share(propose()).as_json()
    older = {part: stored[part] for part in ("answer", "findings")}
    assert Verdict.from_json(older).made_under is None


def test_a_stored_verdict_whose_rules_are_not_whole_does_not_load(propose):
    stored = may_share(propose()).as_json()
    with pytest.raises(ValueError, match="MadeUnder"):
        Verdict.from_json({**stored, "made_under": {"guidance": "2024"}})
