"""What of a copy might have to be left out, and what remains when it is?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jigsaw.hub.rights.proposing import LEFT_OUT, Item, Proposal, propose, without

ENTRY = Item(
    "entry:1",
    "entry",
    {
        "title": "Home visit",
        "text": "Donna’s partner LEE  was there. Ring 01632 960 555 or go to ST9 9ZZ, not ST1 4QZ.",
        "child_words": "I hide when Lee shouts.",
        "source": "Mrs Hart next door",
    },
    day=date(2026, 6, 5),
)
OTHERS = ("Donna Walsh", "Lee Grant", "Donna", "Lee")
OWN = ("12 Harbour Lane", "ST1 4QZ")


def proposed(item: Item, asked_as: str = "parent") -> dict[tuple[str, str], str]:
    return {
        (one.part, one.words): one.exemption
        for one in propose(item, asked_as=asked_as, others=OTHERS, own=OWN)
    }


def test_names_numbers_and_the_child_s_own_words_are_proposed_and_not_the_child_s_own_address() -> None:
    assert proposed(ENTRY) == {
        ("child_words", ""): "expectation",
        ("", "Donna"): "others",
        ("", "Lee"): "others",
        ("", "01632 960 555"): "others",
        ("", "ST9 9ZZ"): "others",
    }
    assert ("child_words", "") not in proposed(ENTRY, asked_as="child"), "their own words are theirs"


@pytest.mark.parametrize(
    ("changes", "exemption"),
    [
        ({"sealed": "sealed"}, "serious_harm"),
        ({"sealed": "adoption"}, "restricted"),
        ({"about_others": 1}, "others"),
        ({"about_adult": True}, "others"),
        ({"graded": True}, "crime"),
        ({"special_category": True}, "serious_harm"),
        ({"protected": True}, "serious_harm"),
        ({"relation": True}, "others"),
    ],
    ids=lambda value: str(value),
)
def test_all_of_an_item_is_proposed_where_it_is_of_such_a_kind(
    changes: dict[str, Any], exemption: str
) -> None:
    assert proposed(replace(ENTRY, **changes))[("", "")] == exemption


def test_whoever_told_it_and_must_not_be_named_is_proposed_to_be_left_out() -> None:
    told = replace(ENTRY, how_known="reported", protect=("Mrs Hart",))
    assert proposed(told)[("source", "")] == "others"
    assert proposed(told)[("", "Mrs Hart")] == "serious_harm"
    written_otherwise = replace(told, parts={"text": "M R S - H A R T said so."})
    both = replace(told, parts={"text": "Mrs Hart. Yes, HART, MRS."})
    assert proposed(both)[("", "")] == "serious_harm", "nor where it stands there in both ways"
    assert proposed(written_otherwise)[("", "")] == "serious_harm", "it cannot be cut out by itself"


def test_what_is_sealed_or_protected_and_names_that_must_not_leave_are_no_one_person_s_to_tell() -> None:
    def firm(item: Item) -> set[str]:
        found = propose(item, asked_as="parent", others=OTHERS, own=OWN)
        return {one.words for one in found if one.firm}

    assert firm(replace(ENTRY, protect=("Mrs Hart", "Donna"))) == {"Mrs Hart", "Donna"}
    assert firm(replace(ENTRY, protected=True)) == {""} and firm(ENTRY) == set()
    [sealed] = propose(replace(ENTRY, sealed="sealed"), asked_as="parent", others=OTHERS, own=OWN)
    assert sealed.firm and not sealed.words, "no words of it stand outside the seal"


def test_what_is_left_out_is_gone_from_every_part_whatever_its_spacing_and_capitals() -> None:
    chosen = [Proposal("entry:1", "others", "why", words=words) for words in ("Lee", "Donna")]
    told = without(ENTRY, [*chosen, Proposal("entry:1", "others", "why", part="source")])
    assert told is not None and told["source"] == LEFT_OUT
    assert told["child_words"] == f"I hide when {LEFT_OUT} shouts."
    assert "lee" not in str(told).casefold() and "donna" not in str(told).casefold()
    assert ENTRY.parts["source"] == "Mrs Hart next door", "the item itself stays"


def test_all_of_it_left_out_leaves_nothing_and_nothing_left_out_leaves_all() -> None:
    assert without(ENTRY, [Proposal("entry:1", "others", "why")]) is None
    assert without(ENTRY, [Proposal("entry:2", "others", "why")]) == ENTRY.parts


def test_the_same_proposal_has_the_same_key_and_another_has_another() -> None:
    once, again = (propose(ENTRY, asked_as="parent", others=OTHERS, own=OWN) for _time in range(2))
    assert [one.key for one in once] == [one.key for one in again]
    assert len({one.key for one in once}) == len(once)


def test_of_a_concern_who_raised_it_is_proposed_and_stays_out_if_they_asked_for_it() -> None:
    concern = Item(
        "concern:1",
        "concern",
        {"caller_name": "Mrs Hart", "concern": "Donna leaves her alone.", "alleged_harm_by": "Lee Grant",
         "said_1": "Heard crying at ST9 9ZZ.", "said_1_source": "Next door"},
        anonymous=True,
    )  # fmt: skip
    found = proposed(concern)
    assert found[("", "")] == "child_abuse", "whether it is told at all is asked"
    assert {("caller_name", ""), ("alleged_harm_by", ""), ("said_1_source", ""), ("", "ST9 9ZZ")} <= set(
        found
    )
    firm = {one.part for one in propose(concern, asked_as="parent", others=(), own=()) if one.firm}
    assert firm == {"caller_name"}
    assert ("", "") not in proposed(concern, asked_as="child")
