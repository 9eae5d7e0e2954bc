from dataclasses import replace

import pytest

from jigsaw.sharing_rules.proposed import Release

CODE = "sealed-record"
PROPOSED = Release(kind="sealed", proposed_by="Ros Okafor", reason="It shows who hurt him.")
RELEASED = replace(PROPOSED, released_by="Ade Cole", released_role="sealed_records_custodian")


def test_an_open_record_may_go(ask):
    assert ask(CODE).answer == "PERMIT"


def test_a_sealed_record_is_left_out_of_everything(ask):
    finding = ask(CODE, item={"sealed": True})
    assert finding.answer == "DENY"
    assert finding.next_step.startswith("Leave it out.")


def test_once_proposed_its_custodian_decides(ask):
    finding = ask(CODE, item={"sealed": True}, releases=(PROPOSED,))
    assert (finding.answer, finding.review_role) == ("REVIEW", "sealed_records_custodian")


def test_proposed_by_one_and_released_by_the_custodian_it_may_go(ask):
    assert ask(CODE, item={"sealed": True}, releases=(RELEASED,)).answer == "PERMIT"


@pytest.mark.parametrize(
    "release",
    [
        replace(RELEASED, released_by="Ros Okafor"),
        replace(RELEASED, released_role="named_safeguarding_lead"),
        replace(RELEASED, released_role=""),
    ],
)
def test_the_second_step_is_the_custodian_s_and_nobody_releases_alone(ask, release):
    finding = ask(CODE, item={"sealed": True}, releases=(release,))
    assert (finding.answer, finding.review_role) == ("REVIEW", "sealed_records_custodian")


@pytest.mark.parametrize(
    "release",
    [
        replace(RELEASED, proposed_by=" "),
        replace(RELEASED, reason="because"),
        replace(RELEASED, kind="adoption"),
    ],
)
def test_a_release_that_nobody_proposed_with_a_reason_is_none(ask, release):
    assert ask(CODE, item={"sealed": True}, releases=(release,)).answer == "DENY"
