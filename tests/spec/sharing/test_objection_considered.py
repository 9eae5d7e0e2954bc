import pytest

CODE = "objection-considered"
HEARD = "The bruises are recent and he cannot speak for himself."


def test_without_an_objection_there_is_nothing_to_weigh(ask):
    assert ask(CODE).answer == "PERMIT"


def test_an_objection_is_considered_and_a_child_s_safety_can_outweigh_it(ask):
    finding = ask(CODE, decision={"objected": True, "objection_answer": HEARD})
    assert finding.answer == "PERMIT"
    assert "objected" in finding.words


@pytest.mark.parametrize("answer", ["", " ", "not relevant"])
def test_an_objection_must_not_be_passed_over(ask, answer):
    finding = ask(CODE, decision={"objected": True, "objection_answer": answer})
    assert finding.answer == "DENY"
    assert "Weigh what they said" in finding.next_step


def test_not_agreeing_to_share_is_not_yet_an_objection(ask):
    assert ask(CODE, decision={"consent_result": "refused"}).answer == "PERMIT"
