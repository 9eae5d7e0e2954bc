"""What must hold of invented people, their records and the queries about them, for every seed."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jigsaw.record_linkage.identifiers import nhs_number, upn
from jigsaw.record_linkage.invented import (
    KINDS,
    UNSEEN_KINDS,
    WORLD_DAY,
    Person,
    RawRecord,
    families,
    name_groups,
    queries,
    sources,
)

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=12, deadline=None)


@pytest.fixture(scope="module")
def town() -> list[Person]:
    return list(families(20_000, seed=4))


@pytest.fixture(scope="module")
def held(town: list[Person]) -> list[RawRecord]:
    return list(sources(town, seed=4))


@FEW
@given(SEEDS, st.integers(1, 400))
def test_the_same_seed_makes_the_same_people_and_records(seed: int, count: int) -> None:
    people = list(families(count, seed))
    assert people == list(families(count, seed))
    assert list(sources(people, seed)) == list(sources(people, seed))
    assert [person.person_id for person in people] == list(range(1, count + 1))


@FEW
@given(SEEDS)
def test_every_number_is_valid_kept_for_testing_and_one_persons(seed: int) -> None:
    people = list(families(600, seed))
    numbers = [number for person in people for number in (person.nhs, person.former_nhs) if number]
    numbers += [person.before_adoption.nhs for person in people if person.before_adoption]
    assert len(set(numbers)) == len(numbers)
    assert all(nhs_number(number).valid and nhs_number(number).is_test for number in numbers)
    pupils = [person.upn for person in people if person.upn]
    assert all(upn(number).valid for number in pupils)
    assert len(set(pupils)) == len(pupils)


@FEW
@given(SEEDS)
def test_households_make_sense(seed: int) -> None:
    for _, household in groupby(families(500, seed), key=lambda person: person.household_id):
        people = list(household)
        mother = people[0]
        born = {person.person_id: person.born for person in people}
        for child in (person for person in people if person.child):
            assert child.mother_nhs == mother.nhs
            if child.born:
                assert child.born <= WORLD_DAY
                assert (child.born - mother.born).days > 14 * 365  # type: ignore[operator]
            if child.twin_of:
                assert child.born == born[child.twin_of]


@FEW
@given(SEEDS)
def test_a_twin_has_another_name(seed: int) -> None:
    for _, household in groupby(families(2000, seed), key=lambda person: person.household_id):
        people = {person.person_id: person for person in household}
        for twin in (person for person in people.values() if person.twin_of):
            first = people[twin.twin_of]
            assert (twin.given, twin.called) != (first.given, first.called)


def test_families_are_as_hard_as_they_should_be(town: list[Person]) -> None:
    twins = 2 * sum(bool(person.twin_of) for person in town) / len(town)
    assert 0.015 < twins < 0.025
    assert {person.name_group for person in town} == name_groups().keys()
    assert sum(person.unborn for person in town) > 30
    assert sum(bool(person.before_adoption) for person in town) > 10
    fathers = {
        (person.household_id, person.given, person.family)
        for person in town
        if not person.child and person.sex == "M"
    }
    sons = [person for person in town if person.child and person.sex == "M"]
    assert sum((son.household_id, son.given, son.family) in fathers for son in sons) > 20
    days = Counter(
        (p.household_id, p.born.day, p.born.month) for p in town if p.child and p.born and not p.twin_of
    )
    assert sum(count > 1 for count in days.values()) > 15


def test_every_kind_of_error_is_there(town: list[Person], held: list[RawRecord]) -> None:
    people = {person.person_id: person for person in town}
    records = [(raw, raw.record(), people[raw.person_id]) for raw in held]
    swapped = [
        r for raw, r, p in records if raw.given == p.family and raw.family.casefold() == p.given.casefold()
    ]
    assert swapped
    assert [
        1
        for _, r, p in records
        if p.born and r.born and (r.born.day, r.born.month) == (p.born.month, p.born.day)
    ]
    assert [1 for raw, r, p in records if p.born and not raw.born and not raw.expected_on]
    assert [1 for raw, *_ in records if raw.born_accuracy == "UUE"]
    assert [1 for _, r, p in records if r.nhs_numbers and r.nhs_numbers[0] == p.former_nhs]
    assert [1 for _, r, p in records if r.nhs_numbers and not nhs_number(r.nhs_numbers[0]).valid]
    assert [1 for _, r, p in records if p.before_adoption and p.before_adoption.nhs in r.nhs_numbers]
    assert [1 for _, r, p in records if r.placeholder and r.born]
    assert [1 for _, r, p in records if r.unborn and p.unborn]
    assert [1 for _, r, p in records if r.unborn and not p.unborn]
    assert [1 for raw, _, p in records if p.former_home and raw.postcode == p.former_home.postcode]
    assert [
        1 for raw, _, p in records if p.former_family and raw.family.casefold() == p.former_family.casefold()
    ]


def test_most_records_agree_with_the_truth(town: list[Person], held: list[RawRecord]) -> None:
    people = {person.person_id: person for person in town}
    with_day = [
        (raw.record(), people[raw.person_id]) for raw in held if raw.born and raw.born_accuracy == "AAA"
    ]
    right = sum(record.born == person.born for record, person in with_day)
    assert 0.9 < right / len(with_day) < 0.99


def test_every_kind_of_query_says_whom_it_means(town: list[Person]) -> None:
    asked = queries(town, 190, seed=9)
    assert {query.kind for query in asked} == {*KINDS, *UNSEEN_KINDS}
    people = {person.person_id: person for person in town}
    for query in asked:
        assert query.text.strip()
        assert (query.person_id == 0) == (query.kind in UNSEEN_KINDS)
        if query.relative_of:
            relative, record = people[query.relative_of], query.record()
            assert relative.nhs not in record.nhs_numbers
            assert query.fields.given not in (relative.given, relative.called)
            assert (record.born == relative.born) == (query.kind == "unseen_twin")
            assert query.fields.postcode == relative.home.postcode


def test_people_outside_the_index_bear_no_number_of_anybody_in_it(town: list[Person]) -> None:
    numbers = {person.nhs for person in town} | {person.former_nhs for person in town}
    asked = queries(town, 300, seed=3, kinds=UNSEEN_KINDS)
    given_out = [query.fields.nhs_number for query in asked if query.fields.nhs_number]
    assert given_out
    assert not numbers.intersection(given_out)


def test_an_unknown_kind_and_no_people_are_refused() -> None:
    with pytest.raises(ValueError, match="no kind of query called rumour"):
        queries(families(10), 5, kinds=["rumour"])
    with pytest.raises(ValueError, match="at least one"):
        families(0)


def test_telephone_numbers_are_kept_for_drama_and_in_large_sets_belong_to_nobody() -> None:
    few = [person.phone for person in families(300, 1)]
    assert not any(number.startswith("06") for number in few)
    large = [person for person, _ in zip(families(1_000_000, 1), range(3000), strict=False)]
    assert all(person.phone.startswith("06") for person in large)
    homes = {person.phone: person.household_id for person in large if person.child}
    assert len(set(homes.values())) == len(homes)
