"""One person or two? In the words of practice."""

import time
from datetime import date
from typing import Any

import pytest

from jigsaw.record_linkage import Bands, Comparison, Record, columns_of, compare, link_by_itself, rank
from jigsaw.record_linkage.columns import NAMES, PLACES
from jigsaw.record_linkage.identifiers import make_test_nhs_number

from .people import ANOTHER_NUMBER, HOME, KATES_NUMBER, MISTYPED_NUMBER, MOTHERS_NUMBER, kate

LINKED = ("certain", "probable")


def words(found: Comparison) -> str:
    return "\n".join(item.words for item in found.evidence)


class TestOneChildInThreeAgencies:
    """The school's Kate Walsh, the hospital's Baby Walsh and the police's Katy Welsh."""

    school = kate(**HOME, mother_nhs=MOTHERS_NUMBER)
    hospital = kate(given="Baby", mother_nhs=MOTHERS_NUMBER, nhs_numbers=KATES_NUMBER)
    police = kate(given="Katy", family="Welsh", born="12/03/2012", postcodes=HOME["postcodes"])

    def test_the_police_record_is_the_school_child(self) -> None:
        found = compare(self.school, self.police)
        assert found.grade == "certain"
        assert "Date of birth: day and month are swapped (03/12/2012 and 12/03/2012)" in words(found)
        assert "First name: short forms or spellings of one name (Kate and Katy)" in words(found)

    def test_the_hospital_baby_is_probably_the_school_child_but_a_person_decides(self) -> None:
        found = compare(self.school, self.hospital)
        assert found.grade == "probable"
        assert found.probability > 0.95
        assert found.guard, "a record without a first name could be a twin"

    def test_without_a_place_in_common_the_police_record_is_only_possible(self) -> None:
        elsewhere = kate(given="Katy", family="Welsh", born="12/03/2012")
        assert compare(self.school, elsewhere).grade == "possible"


class TestFamilies:
    @pytest.mark.parametrize("co_twin", ["Ella", "Jack", "Karen", "Kim", "Baby"])
    def test_twins_at_one_address_are_two_people_and_never_certain(self, co_twin: str) -> None:
        found = compare(kate(**HOME), kate(given=co_twin, **HOME), index_size=1)
        assert found.grade != "certain"
        assert found.guard

    @pytest.mark.parametrize(
        ("one", "other"),
        [("Amir", "Amira"), ("Ella", "Bella"), ("Daniel", "Danielle"), ("Jayden", "Hayden"),
         ("Muhammad Yusuf", "Muhammad Ibrahim"), ("Ella Rose", "Mia Rose"), ("Kiran", "Karan")],
    )  # fmt: skip
    def test_twins_with_names_alike_are_never_certain(self, one: str, other: str) -> None:
        assert compare(kate(given=one, **HOME), kate(given=other, **HOME)).grade != "certain"

    def test_twins_with_their_own_nhs_numbers_do_not_match_at_all(self) -> None:
        twins = kate(**HOME, nhs_numbers=KATES_NUMBER), kate(given="Ella", **HOME, nhs_numbers=ANOTHER_NUMBER)
        assert compare(*twins).grade == "no_match"

    def test_a_brother_with_another_birthday_does_not_match(self) -> None:
        brother = kate(given="Tom", born="17/05/2014", **HOME)
        assert compare(kate(**HOME), brother).grade == "no_match"

    def test_brothers_who_share_the_name_muhammad_do_not_match(self) -> None:
        older = kate(given="Muhammad Yusuf", family="Khan", born="04/04/2011", **HOME)
        younger = kate(given="Mohammed Ibrahim", family="Khan", born="09/10/2013", **HOME)
        assert compare(older, younger).grade == "no_match"

    def test_father_and_son_with_one_name_and_one_address_do_not_match(self) -> None:
        father = kate(given="Patrick", family="Murphy", born="06/05/1980", **HOME)
        son = kate(given="Patrick", family="Murphy", born="09/01/2012", **HOME)
        found = compare(father, son, index_size=1)
        assert found.grade == "no_match"
        assert "parent and child" in words(found)

    def test_two_children_of_one_street_with_different_mothers(self) -> None:
        neighbour = kate(given="Ella", mother_nhs=ANOTHER_NUMBER, postcodes=HOME["postcodes"])
        found = compare(kate(**HOME, mother_nhs=MOTHERS_NUMBER), neighbour)
        assert found.grade == "no_match"
        assert "the mothers have different NHS numbers" in words(found)

    @pytest.mark.parametrize(
        "street", ["Habour Ln", "12 Harbourk Lane", "12 Harbourklane", "14 Harbour Lame"]
    )
    @pytest.mark.parametrize("code", ["ZZ1 1AD", "ZZ1 9XY", ""])
    def test_a_misspelt_street_nearby_says_more_than_another_and_less_than_the_same(
        self, street: str, code: str
    ) -> None:
        home = kate(addresses="12 Harbour Lane", postcodes="ZZ1 1AB")
        found, other, same = (
            compare(home, kate(addresses=line, postcodes=code))
            for line in (street, "12 Orchard Close", "Harbour Lane")
        )
        assert "streets that are one slip of the keyboard apart" in words(found)
        assert other.weight_bits < found.weight_bits < same.weight_bits

    @pytest.mark.parametrize("code", ["ZZ2 1AB", "ZZ2 9XY"])
    def test_a_misspelt_street_far_away_says_nothing(self, code: str) -> None:
        home = kate(addresses="12 Harbour Lane", postcodes="ZZ1 1AC")
        assert "different postcodes" in words(compare(home, kate(addresses="Habour Lane", postcodes=code)))

    def test_whatever_an_address_tells_is_left_out_with_it(self) -> None:
        home = {"addresses": ("Flat 3, 12 Harbour Lane", "Rose Cottage"), "postcodes": ("ZZ1 1AB", "ZZ2")}
        at_home, nowhere = columns_of(kate(**home, towns="Sharetown")), columns_of(kate())
        told = {name for name in NAMES if getattr(at_home, name) != getattr(nowhere, name)}
        assert {"home", "street_in_full", "town"} < told <= PLACES

    def test_a_neighbour_is_not_at_home_because_the_street_was_misspelt(self) -> None:
        home = kate(addresses="12 Harbour Lane", postcodes="ZZ1 1AB")
        right, misspelt, at_home = (
            compare(home, kate(given="Ella", addresses=line, postcodes=code))
            for line, code in (
                ("14 Harbour Lane", "ZZ1 1AD"),
                ("14 Habour Lane", "ZZ1 1AD"),
                ("12 Habour Lane", "ZZ1 1AB"),
            )
        )
        assert misspelt.weight_bits < right.weight_bits
        assert misspelt.guard == right.guard
        assert "the same address" in words(at_home)
        assert "the same address" not in words(misspelt)

    def test_the_same_child_twice_at_one_address_is_certain(self) -> None:
        assert compare(kate(**HOME), kate(given="Katherine", **HOME)).grade == "certain"


class TestNhsNumbers:
    def test_two_different_verified_nhs_numbers_forbid_linking(self) -> None:
        found = compare(kate(**HOME, nhs_numbers=KATES_NUMBER), kate(**HOME, nhs_numbers=ANOTHER_NUMBER))
        assert found.grade not in LINKED
        assert any("numbers differ" in reason for reason in found.guard)

    def test_a_superseded_number_beside_the_current_one_is_no_conflict(self) -> None:
        found = compare(kate(nhs_numbers=KATES_NUMBER), kate(nhs_numbers=[ANOTHER_NUMBER, KATES_NUMBER]))
        assert found.grade == "certain"

    def test_a_mistyped_number_still_speaks_for_the_match(self) -> None:
        without = compare(kate(nhs_numbers=KATES_NUMBER), kate())
        found = compare(kate(nhs_numbers=KATES_NUMBER), kate(nhs_numbers=MISTYPED_NUMBER))
        assert "one slip of the keyboard apart" in words(found)
        assert found.weight_bits > without.weight_bits

    def test_an_invalid_number_far_from_the_other_is_no_conflict(self) -> None:
        found = compare(kate(nhs_numbers=KATES_NUMBER), kate(nhs_numbers="1234567890"))
        assert "nhs_number" not in {item.field for item in found.evidence}

    def test_an_equal_number_joins_a_child_whose_name_was_changed(self) -> None:
        adopted = kate(given="Grace", family="Bennett", nhs_numbers=KATES_NUMBER)
        assert compare(kate(nhs_numbers=KATES_NUMBER), adopted).grade == "certain"

    def test_a_baby_filed_under_its_mothers_number_is_not_its_mother(self) -> None:
        mother = kate(given="Sarah", born="02/02/1990", nhs_numbers=MOTHERS_NUMBER)
        found = compare(mother, kate(nhs_numbers=MOTHERS_NUMBER))
        assert found.grade != "certain"
        assert any("mother" in reason for reason in found.guard)

    def test_the_number_alone_finds_the_child(self) -> None:
        asked = Record.standardised(nhs_numbers=KATES_NUMBER)
        assert compare(asked, kate(nhs_numbers=KATES_NUMBER), index_size=1_000_000).grade == "certain"


class TestNames:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (("Anna", "O'Neill"), ("Anna", "O’NEILL")),
            (("Zoë", "Müller"), ("Zoe", "Muller")),
            (("Łukasz", "Wójcik"), ("Lukasz", "Wojcik")),
            (("Anna", "Smith-Jones"), ("Anna", "Jones")),
            (("Anna", "van der Berg"), ("Anna", "Vanderberg")),
            (("Omar", "Al-Hassan"), ("Umar", "Hassan")),
            (("Ali Hassan", "Khan"), ("Hassan", "Ali")),
            (("Oluwaseun", "Adeyemi"), ("Adeyemi", "Oluwaseun")),
            (("Seun", "Adeyemi"), ("Oluwaseun", "Adeyemi")),
            (("Wei", "Zhang"), ("Zhang", "Wei")),
            (("Xiao Ming", "Li"), ("Xiaoming", "Li")),
            (("Katarzyna", "Kowalska"), ("Kasia", "Kowalski")),
            (("Muhammad Yusuf", "Hussain"), ("Yousef", "Hussein")),
            (("Mary Jane", "Okafor"), ("Mary-Jane", "Okafor")),
            (("Siobhan", "Byrne"), ("Shivaun", "Byrne")),
            (("Kate", "Walsh née Murphy"), ("Kate", "Murphy")),
        ],
    )
    def test_one_child_written_in_two_ways(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        left, right = (kate(given=given, family=family) for given, family in (one, other))
        assert compare(left, right).grade in LINKED

    @pytest.mark.parametrize(
        ("asked", "written"),
        [
            (("Joshua", "Ashtonstead"), ("Ashtonsteed", "Joshua")),
            (("Freddie", "Edwards"), ("Edwarsd", "Fred")),
            (("Yetunde", "Mensa"), ("Mensah", "Yetunde-Joyce")),
            (("Margot", "Saunders"), ("Saunders", "Margot-Poppy")),
        ],
    )
    def test_names_are_exchanged_though_one_is_misspelt_or_in_part(
        self, asked: tuple[str, str], written: tuple[str, str]
    ) -> None:
        left, right = (kate(given=given, family=family) for given, family in (asked, written))
        assert "are exchanged" in words(compare(left, right))

    @pytest.mark.parametrize("written", [("Hussain", "Ali"), ("Hussain", "Umair"), ("Omar", "Ali")])
    def test_names_are_not_exchanged_where_one_of_them_has_no_counterpart(
        self, written: tuple[str, str]
    ) -> None:
        found = compare(kate(given="Omar", family="Hussain"), kate(given=written[0], family=written[1]))
        assert "are exchanged" not in words(found)

    def test_middle_names_alone_prove_nothing(self) -> None:
        found = compare(kate(given="Ella Rose"), kate(given="Mia Rose"))
        assert "First name: different (Ella and Mia)" in words(found)

    def test_a_first_name_that_is_the_others_middle_name_goes_to_a_person(self) -> None:
        found = compare(kate(given="Ivy Rose", **HOME), kate(given="Rose", **HOME))
        assert found.grade == "probable"
        assert any("Rule out brothers and sisters" in reason for reason in found.guard)

    def test_a_common_family_name_is_weaker_evidence_than_a_rare_one(self) -> None:
        khan, rare = (compare(kate(family=name), kate(family=name)) for name in ("Khan", "Tregellas"))
        assert khan.weight_bits < rare.weight_bits

    def test_one_word_may_be_either_name(self) -> None:
        asked = Record.standardised(given="walsh", family="walsh", names_unordered=True)
        found = compare(asked, kate())
        assert {item.field for item in found.evidence} == {"family_name"}


class TestBirth:
    mother: dict[str, Any] = {"family": "Walsh", "mother_nhs": MOTHERS_NUMBER}

    def test_a_newborn_meets_its_unborn_record_but_a_person_decides(self) -> None:
        unborn = Record.standardised(given="Unborn", expected_on="2026-03-01", **self.mother)
        newborn = Record.standardised(given="Baby", born="2026-02-24", **self.mother)
        found = compare(unborn, newborn)
        assert found.grade == "probable"
        assert "fits the due date (due 01/03/2026 and 24/02/2026)" in words(found)

    def test_an_older_child_of_the_mother_is_not_the_unborn_one(self) -> None:
        unborn = Record.standardised(given="Unborn", expected_on="2026-03-01", **self.mother)
        assert compare(unborn, kate(**self.mother)).grade == "no_match"

    def test_an_early_birth_can_still_be_the_expected_child(self) -> None:
        unborn = Record.standardised(expected_on="2026-03-01", **self.mother)
        early = Record.standardised(born="2025-12-20", **self.mother)
        assert compare(unborn, early).grade in ("probable", "possible")

    @pytest.mark.parametrize(
        ("written", "finding"),
        [
            ("03/12/2012", "the same"),
            ("03/12/2013", "one year apart"),
            ("08/12/2012", "one figure differs"),
            ("17/12/2012", "the same month and year"),
            ("21/05/2012", "only the year"),
            ("21/05/2016", "different"),
        ],
    )
    def test_how_far_two_dates_agree(self, written: str, finding: str) -> None:
        assert finding in words(compare(kate(), kate(born=written)))

    def test_the_closer_the_dates_the_stronger_the_match(self) -> None:
        dates = ("03/12/2012", "12/03/2012", "03/12/2013", "21/05/2012", "21/05/2016", "21/05/1985")
        weights = [compare(kate(), kate(born=written)).weight_bits for written in dates]
        assert weights == sorted(weights, reverse=True)

    def test_first_of_january_is_weaker_because_it_stands_for_unknown(self) -> None:
        guessed = compare(kate(born="01/01/2010"), kate(born="01/01/2010"))
        assert guessed.weight_bits < compare(kate(), kate()).weight_bits

    def test_an_estimated_age_neither_proves_nor_excludes(self) -> None:
        estimated = kate(born=date(2013, 5, 1), born_accuracy="UUE")
        found = compare(kate(), estimated)
        assert "about 2013" in words(found)
        assert found.weight_bits < compare(kate(), kate()).weight_bits


class TestTheAnswer:
    def test_the_evidence_adds_up_to_the_weight(self) -> None:
        found = compare(kate(**HOME), kate(given="Katie", **HOME, nhs_numbers=KATES_NUMBER))
        assert found.prior_bits + sum(item.bits for item in found.evidence) == pytest.approx(
            found.weight_bits
        )

    def test_sex_is_not_compared(self) -> None:
        assert compare(kate(sex="F"), kate(sex="M")) == compare(kate(sex="F"), kate(sex="F"))

    def test_nothing_known_is_no_match_and_no_error(self) -> None:
        found = compare(Record(), Record())
        assert found.grade == "no_match"
        assert found.evidence == ()

    def test_a_larger_index_asks_for_more_evidence(self) -> None:
        small, large = (compare(kate(), kate(), index_size=size) for size in (100_000, 10_000_000))
        assert large.weight_bits == pytest.approx(small.weight_bits - 6.64, abs=0.01)

    def test_bands_are_configurable(self) -> None:
        # Without a place in common this pair stands at about 0.73.
        police = kate(given="Katy", family="Welsh", born="12/03/2012")
        assert compare(kate(), police, bands=Bands(certain=0.7, probable=0.6)).grade == "certain"
        assert compare(kate(), police, bands=Bands(possible=0.9)).grade == "no_match"

    def test_the_same_pupil_number_joins_and_a_temporary_one_never_conflicts(self) -> None:
        assert compare(kate(upns="B801200005001"), kate(upns="B801200005001")).grade == "certain"
        found = compare(kate(upns="B801200005001"), kate(upns="T80120000050A"))
        assert "upn" not in {item.field for item in found.evidence}

    def test_numbers_count_only_within_one_system(self) -> None:
        ours, same, theirs = (
            kate(identifiers=i) for i in ({"la-301": "77"}, {"la-301": "77"}, {"la-302": "77"})
        )
        assert "Record number" in words(compare(ours, same))
        assert "Record number" not in words(compare(ours, theirs))


class TestRanking:
    candidates = (
        ("stranger", kate(given="Omar", family="Hussain", born="01/02/2011")),
        ("kate", kate(**HOME)),
        ("twin", kate(given="Ella", **HOME)),
    )

    def test_the_best_comes_first(self) -> None:
        ranked = rank(kate(**HOME), self.candidates)
        assert [key for key, _ in ranked] == ["kate", "twin", "stranger"]

    def test_equals_stay_in_the_order_given(self) -> None:
        ranked = rank(kate(), [(n, kate()) for n in (3, 1, 2)])
        assert [key for key, _ in ranked] == [3, 1, 2]

    def test_a_clear_winner_may_link_by_itself(self) -> None:
        assert link_by_itself(rank(kate(**HOME), self.candidates)) == "kate"

    def test_two_good_candidates_go_to_a_person(self) -> None:
        double = [*self.candidates, ("again", kate(given="Katherine", **HOME))]
        assert link_by_itself(rank(kate(**HOME), double)) is None

    def test_alex_between_two_twins_goes_to_a_person(self) -> None:
        twins = [(name, kate(given=name, **HOME)) for name in ("Alexander", "Alexandra")]
        assert link_by_itself(rank(kate(given="Alex", **HOME), twins)) is None

    def test_nobody_links_by_itself_when_the_guard_speaks_or_nobody_is_there(self) -> None:
        assert link_by_itself(rank(kate(given="Baby", **HOME), self.candidates)) is None
        assert link_by_itself([]) is None

    def test_a_hundred_candidates_are_compared_while_somebody_types(self) -> None:
        many = [
            (n, kate(given=f"Kate {chr(97 + n % 26)}na", born=date(2012, 1 + n % 12, 1 + n % 28),
                     nhs_numbers=make_test_nhs_number(n), **HOME))
            for n in range(100)
        ]  # fmt: skip
        best = min(_seconds_to_rank(many) for _ in range(5))
        assert best < 0.1, "measured 5 ms; ten times the target of 15 ms would mean a cache is lost"


def _seconds_to_rank(many: list[tuple[int, Record]]) -> float:
    start = time.perf_counter()
    rank(kate(**HOME), many)
    return time.perf_counter() - start
