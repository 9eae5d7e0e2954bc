"""All links made anew: a proposal that changes nothing, respects whoever decided, and is carried out whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest

from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.corrections import operations as corrections
from jigsaw.hub.corrections.models import Correction
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.kit.errors import NotHere, Refused
from jigsaw.hub.people import linking, relinking
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import (
    LinkDecision,
    PairToReview,
    Person,
    PersonRecord,
    Proposal,
    Relinking,
)
from jigsaw.hub.people.records import At, Facts, for_matching
from jigsaw.record_linkage import Bands, Columns, compare, default_model
from people_in_tests import KATIE, MONDAY, Town

LATER, LATEST = MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2)
# Born on one day and living together: two children.
TWIN = replace(KATIE, given="Ella", identifiers=(("nhs_number", "9990000026"),))
AGELESS = replace(KATIE, born=None, identifiers=())
JADE = Facts(
    given="Jade", family="Brennan", born=KATIE.born, sex="F",
    addresses=(At(line="3 Mill Row", town="Sharetown", postcode="ST2 2AA"),),
)  # fmt: skip


def hold(actor: Actor, facts: Facts, key: str = "1") -> PersonRecord:
    made, _outcome = people.hold(
        actor=actor, agency=actor.agency_id, system="s", source_key=key, facts=facts, now=MONDAY
    )
    return made


def look(town: Town) -> Relinking:
    return relinking.look(actor=town.grace, now=LATER)


def proposed(made: Relinking) -> dict[str, int]:
    kinds = [row.kind for row in made.proposals.all()]
    return {kind: kinds.count(kind) for kind in relinking.KINDS}


def carry_out(town: Town, made: Relinking, actor: Actor | None = None, **more: Any) -> relinking.Step:
    return corrections.relink_some(actor=actor or town.grace, made=made, now=LATEST, **more)


def persons() -> dict[UUID, UUID]:
    return dict(PersonRecord.objects.values_list("pk", "person"))


def person_of(record: PersonRecord) -> UUID:
    return persons()[record.pk]


def link_by_rule(record: PersonRecord, to: PersonRecord) -> None:
    """As if a model of another day had been certain of it."""
    link_all_by_rule([record], to)


def link_all_by_rule(records: list[PersonRecord], to: PersonRecord) -> None:
    compared = replace(compare(Columns(), Columns()), probability=0.999)
    fresh = PersonRecord.objects.filter(pk__in=[record.pk for record in records])
    decisions = [linking.by_rule(record, person_of(to), compared) for record in fresh]
    linking.move_all(actor=SYSTEM, decisions=decisions, now=MONDAY + timedelta(minutes=5))


@pytest.fixture
def two(town: Town) -> Iterator[tuple[PersonRecord, PersonRecord]]:
    """Two records of Katie that nothing has linked yet."""
    yield hold(town.ros, KATIE), hold(town.amina, replace(KATIE, given="Katy"))


def test_looking_changes_no_link_and_says_what_would_change(town: Town, two: Any) -> None:
    before = persons()
    made = look(town)
    assert persons() == before and not LinkDecision.objects.exists()
    assert proposed(made) == {"join": 1, "part": 0, "ask": 0}
    told = relinking.summary(town.grace, made)
    assert told.kinds["join"].waiting == 1 and told.waiting == 1
    assert told.sources == {("SCH", "s"): {"join": 1}, ("HV", "s"): {"join": 1}}
    assert (made.records, made.persons, made.model) == (2, 2, default_model().version)


def test_what_is_certain_is_joined_audited_and_can_be_undone(town: Town, two: Any) -> None:
    one, other = two
    step = carry_out(town, look(town))
    assert step.done == {"join": 1} and step.changed == 0
    assert person_of(one) == person_of(other) == one.person_id, "whoever was there first keeps the name"
    decision = LinkDecision.objects.get()
    assert decision.decided_by is None and decision.model == default_model().version and decision.evidence
    assert AuditEntry.objects.filter(action="person.linked").exists()
    moved = PersonRecord.objects.get(pk=other.pk)
    people.unlink(actor=town.grace, record=moved, reason="Two girls", now=LATEST + timedelta(hours=1))
    assert person_of(other) == other.person_id


def test_nothing_differs_once_it_is_carried_out(town: Town, two: Any) -> None:
    carry_out(town, look(town))
    assert proposed(look(town)) == {"join": 0, "part": 0, "ask": 0}


def test_twins_are_neither_joined_nor_asked_about(town: Town) -> None:
    hold(town.ros, KATIE)
    hold(town.amina, TWIN)
    assert proposed(look(town)) == {"join": 0, "part": 0, "ask": 0}


def test_what_no_rule_may_link_goes_to_the_queue_of_pairs(town: Town) -> None:
    one, other = hold(town.ros, KATIE), hold(town.amina, AGELESS)
    made = look(town)
    assert proposed(made) == {"join": 0, "part": 0, "ask": 1}
    assert not PairToReview.objects.exists(), "until it is carried out"
    carry_out(town, made)
    pair = PairToReview.objects.get()
    assert {pair.record.person_id, pair.person_id} == {one.person_id, other.person_id}
    assert proposed(look(town))["ask"] == 0, "what waits already is not asked again"


def test_a_link_by_rule_that_nothing_supports_is_parted_under_the_old_name(town: Town) -> None:
    one, jade = hold(town.ros, KATIE), hold(town.hannah, JADE)
    link_by_rule(jade, one)
    assert person_of(jade) == one.person_id
    made = look(town)
    assert proposed(made) == {"join": 0, "part": 1, "ask": 0}
    assert person_of(jade) == one.person_id
    carry_out(town, made)
    assert person_of(jade) == jade.person_id and Person.objects.get(pk=jade.person_id).replaced_by is None
    assert Correction.objects.get().came_id == jade.person_id, "what followed is undone"
    last = LinkDecision.objects.order_by("-decided_at", "-pk").first()
    assert last and last.decided_by is None and last.verdict == LinkDecision.LINKED
    assert proposed(look(town)) == {"join": 0, "part": 0, "ask": 0}


def test_what_a_person_joined_is_never_parted(town: Town) -> None:
    one, jade = hold(town.ros, KATIE), hold(town.hannah, JADE)
    people.link(actor=town.grace, record=jade, person=one.person_id, reason="She goes by both", now=MONDAY)
    assert proposed(look(town)) == {"join": 0, "part": 0, "ask": 0}


def test_a_persons_word_outlives_a_later_link_by_rule(town: Town) -> None:
    """Jade's two records were joined by Grace; a rule then joined both with Katie: both leave, together."""
    one = hold(town.ros, KATIE)
    jade, alias = hold(town.hannah, JADE), hold(town.kevin, Facts(given="J", family="Unknown"))
    people.link(actor=town.grace, record=alias, person=jade.person_id, reason="Seen both", now=MONDAY)
    link_all_by_rule([jade, alias], one)
    made = look(town)
    assert proposed(made) == {"join": 0, "part": 1, "ask": 0}
    carry_out(town, made)
    assert person_of(jade) == person_of(alias) != person_of(one)


def test_what_a_person_kept_apart_is_never_joined_nor_asked_again(town: Town, two: Any) -> None:
    one, other = two
    people.keep_apart(actor=town.grace, record=one, person=other.person_id, reason="Cousins", now=MONDAY)
    assert proposed(look(town)) == {"join": 0, "part": 0, "ask": 0}


def test_what_changed_since_is_left_undone(town: Town, two: Any) -> None:
    one, other = two
    made = look(town)
    hold(town.amina, replace(JADE, given="Katie"))
    step = carry_out(town, made)
    assert step.changed == 1 and not step.done
    assert person_of(one) != person_of(other)
    assert made.proposals.get().outcome == Proposal.CHANGED


def test_what_was_kept_apart_since_is_left_undone(town: Town, two: Any) -> None:
    one, other = two
    made = look(town)
    people.keep_apart(actor=town.grace, record=other, person=one.person_id, reason="Cousins", now=LATER)
    assert carry_out(town, made).changed == 1
    assert person_of(one) != person_of(other)


def test_only_what_is_asked_for_is_carried_out(town: Town, two: Any) -> None:
    hold(town.hannah, replace(AGELESS, given="K"))
    made = look(town)
    waiting = proposed(made)["ask"]
    step = carry_out(town, made, kinds=["join"])
    assert step.done == {"join": 1}
    assert made.proposals.filter(outcome=Proposal.WAITING).count() == waiting


def test_one_who_could_be_either_of_two_is_left_to_a_person(town: Town) -> None:
    """Two Katies with different numbers at one home, and a third record with neither: nobody can tell whose."""
    hold(town.ros, KATIE)
    hold(town.amina, replace(KATIE, identifiers=(("nhs_number", "9990000026"),)))
    hold(town.hannah, replace(KATIE, identifiers=()))
    kinds = proposed(look(town))
    assert kinds["join"] == 0 and kinds["ask"] >= 1


def test_a_whole_group_that_does_not_fit_together_is_left_to_a_person(town: Town) -> None:
    """The hospital's record has the number and no birthday, and fits either of two who do not fit each other."""
    katie = hold(town.ros, KATIE)
    between = hold(town.hannah, replace(KATIE, born=None, addresses=()))
    elsewhere = (At(line="3 Mill Row", town="Northvale", postcode="NV2 2AA"),)
    kate = hold(
        town.amina,
        replace(KATIE, given="Kate", family="Brown", born=date(2015, 9, 9), addresses=elsewhere),
    )
    for number in range(6):  # in a tiny index chance agreement counts for nothing
        stranger = Facts(given=f"{'ABCDEF'[number]}nna", family="Stranger", born=date(2001 + number, 1, 2))
        hold(town.kevin, stranger, str(number))
    certain = {
        frozenset((left.pk, right.pk)): compared.probability >= Bands().link_by_itself and not compared.guard
        for left, right, compared in (
            (left, right, compare(*(for_matching([row]) for row in (left, right)), index_size=9))
            for left, right in combinations((katie, between, kate), 2)
        )
    }
    assert certain[frozenset((katie.pk, between.pk))] and certain[frozenset((between.pk, kate.pk))]
    assert not certain[frozenset((katie.pk, kate.pk))], "else nothing is tried here"
    made = look(town)
    assert proposed(made)["join"] == 0, "neither two of them nor all three"
    assert proposed(made)["ask"] >= 1
    carry_out(town, made)
    assert len({person_of(record) for record in (katie, between, kate)}) == 3


def test_a_run_that_fails_leaves_nothing_and_the_last_one_stands(
    town: Town, two: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = look(town)

    def fails(self: object, *_some: object) -> Iterator[object]:
        yield from ()
        raise RuntimeError("the power went")

    monkeypatch.setattr("jigsaw.hub.people.differing.Differing._to_ask", fails)
    with pytest.raises(RuntimeError):
        look(town)
    assert list(Relinking.objects.all()) == [made] and made.proposals.count() == 1


def test_a_new_look_takes_the_place_of_one_not_begun(town: Town, two: Any) -> None:
    first, second = look(town), look(town)
    assert list(Relinking.objects.all()) == [second] != [first]


def test_whoever_is_too_close_leaves_it_to_a_colleague(town: Town, two: Any) -> None:
    one, other = two
    made = look(town)
    people.declare_conflict(
        actor=SYSTEM, practitioner=town.grace.practitioner_id, person=other.person_id, why="Aunt", now=LATER
    )
    assert relinking.samples(town.grace, made, "join", now=LATER) == []
    carry_out(town, made)
    assert person_of(one) != person_of(other)
    assert made.proposals.get().outcome == Proposal.WAITING


def test_only_those_who_decide_on_links(town: Town, two: Any) -> None:
    made = look(town)
    for act in (
        lambda: relinking.look(actor=town.amina, now=LATER),
        lambda: relinking.newest(town.amina),
        lambda: relinking.summary(town.amina, made),
        lambda: relinking.samples(town.amina, made, "join", now=LATER),
        lambda: carry_out(town, made, town.amina),
    ):
        with pytest.raises(Refused):
            act()


def test_samples_show_both_sides_and_are_written_down(town: Town, two: Any) -> None:
    [sample] = relinking.samples(town.grace, look(town), "join", now=LATER)
    assert {card.name for card in sample.sides} == {"Katie Walsh", "Katy Walsh"}
    entry = AuditEntry.objects.filter(action="links.proposed_viewed").get()
    assert len(entry.people) == 2


def test_an_empty_index_and_no_run_are_told_in_words(town: Town) -> None:
    with pytest.raises(NotHere):
        relinking.newest(town.grace)
    assert proposed(look(town)) == {"join": 0, "part": 0, "ask": 0}
