import pytest

from jigsaw.sharing_rules.grading import parse_grade, source_for_recipient
from jigsaw.sharing_rules.proposed import Item, Party

CODE = "police-grading"
POLICE = Party("Sharetown Police", "PO")


@pytest.mark.parametrize("grade", ["1AP", "2BP", "3DC", " 2bp "])
def test_graded_intelligence_may_go(ask, grade):
    assert ask(CODE, holder=POLICE, item={"police_grading": grade}).answer == "PERMIT"


@pytest.mark.parametrize("grade", ["", "4AP", "1FP", "1AX", "1A", "1APP", "reliable"])
def test_ungraded_intelligence_must_not_go(ask, grade):
    assert ask(CODE, holder=POLICE, item={"kind": "intelligence", "police_grading": grade}).answer == "DENY"


def test_intelligence_without_any_grade_must_not_go(ask):
    assert ask(CODE, holder=POLICE, item={"kind": "intelligence"}).answer == "DENY"


@pytest.mark.parametrize("grade", ["2EP", "B24"])
def test_suspected_false_or_old_grades_go_to_the_police_decision_maker(ask, grade):
    finding = ask(CODE, holder=POLICE, item={"police_grading": grade})
    assert (finding.answer, finding.review_role) == ("REVIEW", "police_decision_maker")


def test_a_school_s_facts_need_no_grade(ask):
    assert ask(CODE).answer == "PERMIT"


def test_a_grade_is_read_by_its_parts():
    assert parse_grade("2dc") is not None
    assert (parse_grade("2dc").source, parse_grade("2dc").intelligence, parse_grade("2dc").handling) == (
        "2",
        "D",
        "C",
    )


def test_the_recipient_is_told_how_reliable_but_never_who():
    told = Item(
        kind="intelligence",
        how_known="reported",
        source="Alma Dray",
        text="",
        released_text="",
        police_grading="2BP",
    )
    assert source_for_recipient(told) == "police intelligence, source untested"


def test_the_recipient_is_told_who_keeps_the_register():
    held = Item(
        kind="school_attendance", how_known="fact", source="attendance register", text="", released_text=""
    )
    assert source_for_recipient(held) == "attendance register"
