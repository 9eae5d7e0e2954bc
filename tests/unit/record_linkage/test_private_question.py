"""Tokens for “Do you know this child?”: standard vectors, who can make them, and what answers come to."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from jigsaw.record_linkage import Record
from jigsaw.record_linkage import private_question as private
from jigsaw.record_linkage.private_question import Answer, Context, MaskingKey, Thresholds
from jigsaw.record_linkage.private_question.masking import encode_to_curve

THERE = Context("NORTHVALE", "SHARETOWN", 3)
# RFC 9380, appendix J.4.2: message and the x of Q, which is before the cofactor is cleared.
RFC_9380 = [
    ("", "51125222da5e763d97f3c10fcc92ea6860b9ccbbd2eb1285728f566721c1e65b"),
    ("abc", "7d56d1e08cb0ccb92baf069c18c49bb5a0dcd927eff8dcf75ca921ef7f3e6eeb"),
    ("abcdef0123456789", "3fbe66b9c9883d79e8407150e7c2a1c8680bee496c62fabe4619a72b3cabe90f"),
]
P = 2**255 - 19
KATIE = Record.standardised(
    given="Katie", family="Walsh", born="03/12/2012", postcodes="ST1 4QZ", nhs_numbers="999 000 0018"
)
NO_NUMBER = Record.standardised(given="Katy", family="Welsh", born="03/12/2012", postcodes="ST1 4QZ")


def texts(found: tuple[private.Combination, ...], kind: str) -> set[str]:
    return {one.text for one in found if one.kind == kind}


def agreeing(asked: Record, *filed: Record) -> set[str]:
    return {c.kind for c in set(private.to_ask([asked])) & set(private.to_file(filed))}


@pytest.mark.parametrize(("message", "expected"), RFC_9380)
def test_the_hash_is_that_of_rfc_9380(message: str, expected: str) -> None:
    found = encode_to_curve(message.encode(), b"QUUX-V01-CS02-with-curve25519_XMD:SHA-512_ELL2_NU_")
    assert found == bytes.fromhex(expected)[::-1]


def test_masking_is_x25519_of_rfc_7748() -> None:
    """Section 5.2, first vector."""
    scalar = bytes.fromhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
    point = bytes.fromhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")
    expected = "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
    assert MaskingKey(scalar).mask(point).hex() == expected


@given(st.binary(max_size=200))
def test_every_hash_is_on_the_curve_and_never_on_its_twist(message: bytes) -> None:
    x = int.from_bytes(encode_to_curve(message, b"any"), "little")
    assert pow(x**3 + 486662 * x * x + x, (P - 1) // 2, P) in (0, 1)


def test_it_takes_both_keys_in_either_order_to_make_a_token() -> None:
    theirs, ours = MaskingKey.fresh(), MaskingKey.fresh()
    point = private.point_of(private.to_ask([KATIE])[0], THERE)
    both = private.token(theirs.mask(ours.mask(point)))
    assert both == private.token(ours.mask(theirs.mask(point)))
    assert both not in {private.token(p) for p in (point, ours.mask(point), theirs.mask(point))}


@pytest.mark.parametrize(
    "other",
    [Context("SHARETOWN", "NORTHVALE", 3), Context("NORTHVALE", "SHARETOWN", 4), Context("X", "Y", 3)],
)
def test_a_token_is_of_one_direction_and_one_epoch(other: Context) -> None:
    one = private.to_ask([KATIE])[0]
    assert private.point_of(one, THERE) != private.point_of(one, other)


@pytest.mark.parametrize(
    "point", [bytes(32), b"\x01" + bytes(31), b"short", bytes(33), (P - 1).to_bytes(32, "little")]
)
def test_points_that_would_betray_a_key_are_refused(point: bytes) -> None:
    with pytest.raises(private.BadPoint):
        MaskingKey.fresh().mask(point)


def test_a_key_does_not_show_itself() -> None:
    key = MaskingKey(X25519PrivateKey.generate().private_bytes_raw())
    assert key.secret.hex() not in repr(key) and repr(key.secret) not in repr(key)


def test_padding_differs_each_time() -> None:
    assert len({private.padding_point() for _ in range(50)}) == 50


def test_the_same_child_written_otherwise_agrees_in_everything_but_the_number() -> None:
    assert agreeing(NO_NUMBER, KATIE) == {c.kind for c in private.to_ask([NO_NUMBER])}


def test_swapped_names_and_swapped_dates_agree_enough_for_a_person_to_be_asked() -> None:
    names = Record.standardised(given="Walsh", family="Katie", born="03/12/2012", postcodes="ST1 4QZ")
    assert len(agreeing(names, KATIE)) >= 2
    dates = Record.standardised(given="Katie", family="Walsh", born="12/03/2012", postcodes="ST1 4QZ")
    assert len(agreeing(dates, KATIE)) >= 3


def test_a_stranger_agrees_in_nothing() -> None:
    stranger = Record.standardised(given="Omar", family="Haddad", born="01/02/2010", postcodes="NV7 1AA")
    assert agreeing(stranger, KATIE) == set()


def test_twins_agree_in_few_kinds_and_never_in_the_number() -> None:
    twin = Record.standardised(
        given="Poppy", family="Walsh", born="03/12/2012", postcodes="ST1 4QZ", nhs_numbers="9990000026"
    )
    assert agreeing(twin, KATIE) == {"family+birthday+postcode", "family+birthday+outcode"}


def test_a_person_of_several_records_is_filed_under_what_they_say_together() -> None:
    police = Record.standardised(given="Katy", family="Welsh", born="03/12/2012")
    clinic = Record.standardised(given="K", postcodes="NV7 1AA")
    moved = Record.standardised(given="Katie", family="Walsh", born="03/12/2012", postcodes="NV7 1AA")
    assert "first+birthday+postcode" in agreeing(moved, police, clinic)


def test_what_cannot_be_relied_on_is_not_asked_about() -> None:
    wrong = Record.standardised(
        given="Katie", nhs_numbers="9990000019", born="2012-12-03", born_accuracy="UUE"
    )
    assert private.to_ask([wrong]) == ()
    assert private.to_ask([Record.standardised(given="Baby", family="Walsh", postcodes="ZZ99 3VZ")]) == ()


def test_a_child_with_forty_names_is_neither_asked_nor_filed_without_end() -> None:
    many = Record.standardised(
        given=[f"Name{chr(97 + i)}" for i in range(40)],
        family=[f"Other{chr(97 + i)}" for i in range(40)],
        born="03/12/2012",
        postcodes=[f"ST{i} 4QZ" for i in range(1, 40)],
        phones=[f"01632 960{i:03}" for i in range(40)],
    )
    asked, filed = private.to_ask([many]), private.to_file([many])
    assert len(asked) == private.MOST_ASKED and len(filed) == private.MOST_FILED
    assert {c.kind for c in asked} == {c.kind for c in filed}, "no kind is cut whole"


def test_no_combination_but_the_numbers_is_of_fewer_than_three_facts() -> None:
    for kind in set(private.KINDS) - {"nhs", "upn", "first+email", "first+phone"}:
        assert sum(2 if part == "names" else 1 for part in kind.split("+")) >= 3


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], Answer.NO),
        (["names+birthday"], Answer.NO),
        (["names+birthday", "names+birthday"], Answer.NO),
        (["names+birthday", "first+birthday+outcode"], Answer.ASK),
        (["names+birthday", "first+birthday+outcode", "first+phone"], Answer.YES),
        (["nhs"], Answer.YES),
    ],
)
def test_what_agreeing_kinds_come_to(kinds: list[str], expected: Answer) -> None:
    assert private.answer(kinds, Thresholds()) is expected


def test_two_persons_who_agree_in_one_kind_each_are_not_one_who_agrees_in_two() -> None:
    assert private.known_by([(1, "names+birthday"), (2, "first+phone")], Thresholds()) == (Answer.NO, ())
    pairs = [(1, "names+birthday"), (1, "first+phone"), (2, "nhs")]
    assert private.known_by(pairs, Thresholds()) == (Answer.YES, (2,))


@pytest.mark.parametrize(("yes_at", "ask_at"), [(3, 1), (1, 1), (2, 3), (3, 0)])
def test_thresholds_that_would_answer_about_a_single_fact_are_refused(yes_at: int, ask_at: int) -> None:
    with pytest.raises(ValueError, match="two combinations"):
        Thresholds(yes_at=yes_at, ask_at=ask_at)
