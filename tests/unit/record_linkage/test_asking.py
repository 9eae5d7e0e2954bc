"""An index in memory answers as the hub's would, and what is counted about its answers is what happened."""

from __future__ import annotations

from jigsaw.record_linkage import Record, default_model
from jigsaw.record_linkage.evaluation.asking import Answer, Index, Tallies, Tally, quality
from jigsaw.record_linkage.identifiers import make_test_nhs_number

NUMBER = make_test_nhs_number(7)
KATIE = Record.standardised(
    given="Katie",
    family="Walsh",
    born="03/12/2012",
    postcodes="QA1 1AB",
    addresses="12 Harbour Lane",
    nhs_numbers=NUMBER,
)
KATY = Record.standardised(
    given="Katy", family="Walsh", born="03/12/2012", postcodes="QA1 1AB", nhs_numbers=NUMBER
)
POPPY = Record.standardised(
    given="Poppy", family="Walsh", born="03/12/2012", postcodes="QA1 1AB", addresses="12 Harbour Lane"
)


def filed(*records: tuple[int, Record]) -> Index:
    index = Index(default_model())
    for person, record in records:
        index.add(person, record)
    return index


def test_a_known_child_is_found_and_linked() -> None:
    answer = filed((1, KATIE), (2, POPPY)).ask(KATY)
    assert answer.found[0] == 1
    assert answer.linked == 1


def test_an_unseen_twin_is_linked_to_nobody() -> None:
    assert filed((1, KATIE)).ask(POPPY).linked == 0


def test_a_record_left_aside_neither_finds_itself_nor_speaks_for_its_person() -> None:
    index = filed((1, KATIE), (1, KATY), (2, POPPY))
    assert index.ask(KATY, without=1).linked == 1
    alone = filed((1, KATIE), (2, POPPY))
    assert 1 not in alone.ask(KATIE, without=0).found
    assert [alone.others_of(0), index.others_of(0)] == [0, 1]


def test_a_record_that_comes_later_speaks_for_its_person_too() -> None:
    index = filed((1, Record.standardised(given="Katie", family="Walsh")))
    assert index.ask(KATY).linked == 0
    index.add(1, KATIE)
    assert index.ask(KATY).linked == 1


def test_answers_are_counted() -> None:
    tally = Tally()
    tally.count(Answer((5, 6), 5), 5)
    tally.count(Answer((6, 5), 0), 5)
    tally.count(Answer((6,), 6), 5)
    tally.count(Answer((7,), 7), 0, relative=7)
    assert tally.figures() == {
        "asked": 4,
        "recall_at_1": round(1 / 3, 4),
        "recall_at_5": round(2 / 3, 4),
        "linked_right": round(1 / 3, 4),
        "linked_wrong": 0.5,
    }
    assert tally.linked_to_relative == 1


def test_where_nobody_was_known_nothing_could_be_right() -> None:
    tallies = Tallies()
    tallies.of("stranger").count(Answer((), 0), 0)
    assert tallies.figures() == {"stranger": {"asked": 1, "linked_wrong": 0.0}}


def test_what_sources_leave_out_is_counted() -> None:
    rough = Record.standardised(
        given="Baby", born="2012-01-01", born_accuracy="UUE", nhs_numbers="9990000019"
    )
    told = quality([("school", KATIE), ("school", rough), ("police", POPPY)])
    assert told["police"]["no_nhs_number"] == 1.0
    assert "no_nhs_number" not in told["school"]
    assert told["school"]["records"] == 2
    assert (
        told["school"]["rough_born"]
        == told["school"]["no_family"]
        == told["school"]["placeholder_name"]
        == 0.5
    )
    assert told["school"]["unusable_nhs_number"] == 0.5
