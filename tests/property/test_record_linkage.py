"""What must hold of matching for every record, not only for the examples."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jigsaw.record_linkage import Record, compare, index_keys, query_keys, standardise
from jigsaw.record_linkage.identifiers import make_test_nhs_number, nhs_number, repair_candidates
from jigsaw.record_linkage.query_text import parse

TODAY = date(2026, 11, 22)

GIVEN = st.sampled_from(
    ["Kate", "Katy", "Katherine Mary", "Muhammad", "Mohammed Ali", "Muhammad Yusuf", "Ali", "Alex", "K",
     "Baby", "", "Xiao Ming", "Xiaoming", "Zoë", "Ella", "Bella", "Walsh", "Abdul Rahman", "Oluwaseun",
     "王芳"]
)  # fmt: skip
FAMILY = st.sampled_from(
    [
        "Walsh",
        "Welsh",
        "Kate",
        "Smith-Jones",
        "Jones",
        "Al-Hassan",
        "Hassan",
        "O'Brien",
        "Khan",
        "Ali",
        "van der Berg",
        "",
    ]
)
NUMBERS = st.lists(
    st.sampled_from([make_test_nhs_number(n) for n in range(3)] + ["9990000081", "123"]), max_size=2
)
ACCURACY = st.sampled_from(["AAA", "AAA", "UAA", "UUA", "UUE"])
BORN = st.none() | st.sampled_from(
    [date(2012, 12, 3), date(2012, 3, 12), date(2013, 12, 3), date(2012, 12, 8), date(2010, 1, 1),
     date(1980, 5, 6)]
) | st.dates(date(1990, 1, 1), date(2026, 1, 1))  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> Record:
    fields: dict[str, Any] = {
        "given": draw(GIVEN),
        "family": draw(st.lists(FAMILY, max_size=2)),
        "born": draw(BORN),
        "born_accuracy": draw(ACCURACY),
        "expected_on": draw(st.none() | st.just("2026-03-01")),
        "postcodes": draw(
            st.lists(st.sampled_from(["ZZ1 1AB", "ZZ1 1AD", "M14", "M14 5TP", "ZZ99 3VZ"]), max_size=2)
        ),
        "addresses": draw(
            st.lists(st.sampled_from(["12 Mill Road", "14 Mill Rd", "Flat 2, 12 Mill Road"]), max_size=1)
        ),
        "nhs_numbers": draw(NUMBERS),
        "mother_nhs": draw(NUMBERS),
        "upns": draw(st.lists(st.sampled_from(["B801200005001", "T80120000050A"]), max_size=1)),
        "phones": draw(st.lists(st.just("07700 900123"), max_size=1)),
        "names_unordered": draw(st.booleans()),
    }
    return Record.standardised(**fields)


@given(records(), records())
def test_comparing_is_symmetric(a: Record, b: Record) -> None:
    there, back = compare(a, b), compare(b, a)
    assert there.weight_bits == pytest.approx(back.weight_bits)
    assert (there.grade, there.guard) == (back.grade, back.guard)
    assert [(e.field, e.level) for e in there.evidence] == [(e.field, e.level) for e in back.evidence]


@given(records(), records())
def test_the_evidence_explains_the_whole_score(a: Record, b: Record) -> None:
    found = compare(a, b)
    assert 0 <= found.probability <= 1
    assert found.prior_bits + sum(e.bits for e in found.evidence) == pytest.approx(found.weight_bits)


@given(records(), records())
def test_nobody_is_certain_against_the_guard(a: Record, b: Record) -> None:
    found = compare(a, b, index_size=1)
    if found.guard:
        assert found.grade != "certain"
    levels = {e.field: e.level for e in found.evidence}
    if found.grade == "certain":
        assert levels.get("nhs_number") != "conflict"
        assert levels.get("nhs_number") == "exact" or levels["given_name"] not in (
            "different",
            "initial",
            "sounds",
        )


@given(records())
def test_the_question_asks_for_every_key_the_person_is_filed_under(record: Record) -> None:
    assert index_keys(record) <= query_keys(record).keys()


@given(st.text(max_size=40))
def test_standardising_names_is_idempotent(text: str) -> None:
    for standard in (standardise.given_names, standardise.family_names):
        once = standard(text).values
        assert standard(*once).values == once


@given(
    st.lists(
        st.sampled_from(
            [
                "o",
                "mc",
                "van",
                "der",
                "al",
                "abdul",
                "dr",
                "mr",
                "baby",
                "a",
                "née",
                "-",
                "'",
                "St.",
                "jr",
                "Ben",
                "Żak",
                "(Li)",
                "of",
            ]
        ),
        max_size=6,
    )
)
def test_standardising_awkward_names_is_idempotent(words: list[str]) -> None:
    for glue in (" ", "-", ""):
        for standard in (standardise.given_names, standardise.family_names):
            once = standard(glue.join(words)).values
            assert standard(*once).values == once


@given(st.text(max_size=30))
def test_standardising_places_and_contacts_is_idempotent(text: str) -> None:
    assert standardise.address_line(once := standardise.address_line(text)) == once
    assert standardise.postcode(value := standardise.postcode(text).value).value == value
    assert standardise.phone(number := standardise.phone(text)) == number
    assert standardise.email(address := standardise.email(text)) == address


@given(st.integers(min_value=0, max_value=900_000), st.integers(0, 9), st.integers(1, 9))
def test_every_generated_nhs_number_is_valid_and_no_single_slip_is(n: int, place: int, shift: int) -> None:
    number = make_test_nhs_number(n)
    assert nhs_number(number).valid
    slip = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not nhs_number(slip).valid
    assert number in repair_candidates(slip)


@given(st.text(max_size=80))
def test_any_text_can_be_asked(text: str) -> None:
    record = parse(text, TODAY)
    query_keys(record)
    compare(record, record)
