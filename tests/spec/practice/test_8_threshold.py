"""What happens next: decided by someone who may, on the agreed ladder, with who took part and who disagreed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jigsaw.hub.decisions.operations import Grounds, TookPart
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused, WrongState
from jigsaw.hub.people import operations as people
from practice_in_tests import Practice


def test_a_manager_decides_and_the_rationale_is_kept(practice: Practice) -> None:
    enquiry = practice.enquiry()
    made = practice.decided(enquiry, grounds=Grounds(reasons="Two injuries, and he is back."))
    enquiry.refresh_from_db()
    assert (enquiry.state, made.level, made.outcome) == ("decided", "4", "strategy_discussion")
    assert made.decision.reasons == "Two injuries, and he is back."


def test_a_social_worker_without_that_part_in_their_role_does_not(practice: Practice) -> None:
    worker = practice.someone("Wim Okoro", practice.town.front_door, "social_worker")
    with pytest.raises(Refused):
        practice.decided(practice.enquiry(), actor=worker)


@pytest.mark.parametrize("who", ["ros", "amina", "hannah", "mary", "ade", "nia"])
def test_nobody_of_another_agency_decides_or_learns_of_it(practice: Practice, who: str) -> None:
    with pytest.raises(NotHere):
        practice.decided(practice.enquiry(), actor=getattr(practice.town, who))


def test_nor_a_manager_too_close_to_the_family(practice: Practice) -> None:
    enquiry, grace = practice.enquiry(), practice.town.grace
    people.declare_conflict(
        actor=grace, practitioner=grace.practitioner_id, why="Cousin", now=practice.now,
        person=enquiry.subjects.last().record.person_id,
    )  # fmt: skip
    with pytest.raises(Refused, match="too close"):
        practice.decided(enquiry)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"level": "5"}, {"level"}),
        ({"outcome": "wait_and_see"}, {"outcome"}),
        ({"level": "", "outcome": ""}, {"level", "outcome"}),
        ({"grounds": Grounds(reasons=" ")}, {"reasons"}),
    ],
)
def test_it_is_on_the_ladder_and_has_reasons(practice: Practice, changes: dict, wrong: set[str]) -> None:  # type: ignore[type-arg]
    enquiry = practice.enquiry()
    with pytest.raises(Invalid) as error:
        practice.decided(enquiry, **changes)
    assert set(error.value.fields) == wrong
    enquiry.refresh_from_db()
    assert enquiry.state == "open" and not enquiry.thresholds.exists()


def test_who_took_part_and_who_saw_it_otherwise_and_why(practice: Practice) -> None:
    made = practice.decided(
        practice.enquiry(),
        took_part=[
            TookPart(name="Hannah Ortiz", job_title="Detective constable", agency="Police"),
            TookPart(name="Kevin Marsh", agency="Housing", disagreed_why=" Too soon: they have just moved. "),
            TookPart(name="  "),
        ],
    )
    assert list(made.decision.participants.values_list("name", "disagreed", "disagreed_why")) == [
        ("Hannah Ortiz", False, ""),
        ("Kevin Marsh", True, "Too soon: they have just moved."),
    ]


def test_dissent_without_a_name_is_not_dropped_silently(practice: Practice) -> None:
    with pytest.raises(Invalid) as error:
        practice.decided(practice.enquiry(), took_part=[TookPart(name=" ", disagreed_why="Too soon.")])
    assert set(error.value.fields) == {"took_part"}


def test_a_later_decision_supersedes_the_earlier_and_both_stay(practice: Practice) -> None:
    enquiry = practice.enquiry()
    first = practice.decided(enquiry, level="3", outcome="family_help")
    practice.now += timedelta(hours=2)
    second = practice.decided(enquiry, grounds=Grounds(reasons="A new injury."))
    assert second.decision.supersedes == first.decision
    shown = queries.read(practice.town.grace, enquiry.reference, now=practice.now).thresholds
    assert [(t.level, t.outcome) for t in shown] == [("3", "family_help"), ("4", "strategy_discussion")]


def test_nothing_is_decided_once_it_is_closed(practice: Practice) -> None:
    enquiry = practice.closed(practice.enquiry())
    for act in (
        lambda: practice.decided(enquiry),
        lambda: enquiries.change_rating(
            actor=practice.town.grace, enquiry=enquiry, code="red", reason="New.", now=practice.now
        ),
        lambda: enquiries.hand_over(
            actor=practice.town.grace,
            enquiry=enquiry,
            to=practice.town.grace.practitioner_id,
            now=practice.now,
        ),
        lambda: enquiries.close(actor=practice.town.grace, enquiry=enquiry, now=practice.now),
    ):
        with pytest.raises(WrongState):
            act()


def test_the_enquiry_is_handed_only_to_a_colleague_who_leads(practice: Practice) -> None:
    enquiry, town = practice.enquiry(), practice.town
    for nobody in (town.amina, town.ade, practice.someone("Cal Taker", town.front_door, "call_taker")):
        with pytest.raises(Invalid) as error:
            enquiries.hand_over(
                actor=town.grace, enquiry=enquiry, to=nobody.practitioner_id, now=practice.now
            )
        assert set(error.value.fields) == {"to"}
    worker = practice.someone("Wim Okoro", town.front_door, "social_worker")
    enquiries.hand_over(actor=town.grace, enquiry=enquiry, to=worker.practitioner_id, now=practice.now)
    [(mine, _cards, _rating)] = queries.worklist(worker, now=practice.now, mine=True)
    assert mine == enquiry


def test_nor_to_a_colleague_too_close_to_the_family(practice: Practice) -> None:
    enquiry, town = practice.enquiry(), practice.town
    worker = practice.someone("Wim Okoro", town.front_door, "social_worker")
    people.declare_conflict(
        actor=worker, practitioner=worker.practitioner_id, why="Cousin", now=practice.now,
        person=enquiry.subjects.first().record.person_id,
    )  # fmt: skip
    with pytest.raises(Invalid):
        enquiries.hand_over(actor=town.grace, enquiry=enquiry, to=worker.practitioner_id, now=practice.now)
