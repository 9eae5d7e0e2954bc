"""Check digits on published and hand-worked numbers."""

import pytest

from jigsaw.record_linkage.identifiers import (
    format_nhs,
    make_test_nhs_number,
    nhs_number,
    repair_candidates,
    uln,
    upn,
)


@pytest.mark.parametrize(
    "number",
    ["9434765919", "9434765870", "9449306753", "9876543210", "9000000009", "9990000018", "9990000026"],
)
def test_valid_nhs_numbers_are_accepted(number: str) -> None:
    assert nhs_number(number).valid


@pytest.mark.parametrize("number", ["9434765871", "9999999991", "0000000000", "9999999999", "943476591", ""])
def test_a_refused_nhs_number_says_what_to_do(number: str) -> None:
    checked = nhs_number(number)
    assert not checked.valid
    assert checked.reason.endswith(".")


@pytest.mark.parametrize(
    "written",
    ["943 476 5919", "943-476-5919", " 9434765919.0 ", "９４３４７６５９１９", "943\u00a0476\u00a05919"],
)
def test_an_nhs_number_is_read_however_it_is_spaced(written: str) -> None:
    assert nhs_number(written).value == "9434765919"
    assert nhs_number(written).valid


def test_digits_of_other_scripts_that_do_not_fold_are_refused() -> None:
    assert not nhs_number("٩٤٣٤٧٦٥٩١٩").valid


def test_only_the_never_issued_range_is_marked_as_test() -> None:
    assert nhs_number("9990000018").is_test
    assert not nhs_number("9434765919").is_test


def test_a_mistyped_digit_can_be_repaired() -> None:
    assert "9434765919" in repair_candidates("9434765918")


def test_exchanged_missing_and_extra_digits_can_be_repaired() -> None:
    assert "9434765919" in repair_candidates("9437465919")
    assert "9434765919" in repair_candidates("943476591")
    assert "9434765919" in repair_candidates("94347659199")


def test_every_repair_is_valid_and_a_valid_number_needs_none() -> None:
    assert all(nhs_number(candidate).valid for candidate in repair_candidates("9434765918"))
    assert repair_candidates("9434765919") == ()
    assert repair_candidates("not a number") == ()


def test_an_nhs_number_is_shown_in_threes_and_four() -> None:
    assert format_nhs("9990000018") == "999 000 0018"
    assert format_nhs("12345") == "12345"


def test_test_numbers_come_in_order_and_stay_in_range() -> None:
    assert [make_test_nhs_number(n) for n in range(2)] == ["9990000018", "9990000026"]
    numbers = [make_test_nhs_number(n) for n in range(0, 900_000, 4_999)]
    assert numbers == sorted(set(numbers))
    assert all(nhs_number(number).is_test for number in numbers)


@pytest.mark.parametrize("n", [-1, 1_000_000])
def test_an_index_outside_the_test_range_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="smaller index"):
        make_test_nhs_number(n)


def test_upn_letter_is_checked() -> None:
    assert upn("B801200005001").valid
    assert upn("b801 2000 05001").value == "B801200005001"
    assert upn("P207000016049").valid
    assert not upn("Q207000016049").valid, "some vendor pages print Q for this body, but their sum is wrong"


def test_a_temporary_upn_ends_in_a_letter() -> None:
    # 8x2+0x3+1x4+2x5+0x6+0x7+0x8+0x9+0x10+5x11+0x12 = 85; final A counts 0; 85 mod 23 = 16, which is T.
    checked = upn("T80120000050A")
    assert checked.valid
    assert checked.temporary
    assert not upn("T80120000050B").valid


@pytest.mark.parametrize("number", ["I801200005001", "B80120000500", ""])
def test_a_upn_of_the_wrong_shape_is_refused(number: str) -> None:
    assert "letter" in upn(number).reason


def test_uln_check_digit() -> None:
    assert all(uln(number).valid for number in ("1234567899", "1000000000", "1000000019"))
    assert not any(uln(number).valid for number in ("1234567898", "9999999999", "123"))
