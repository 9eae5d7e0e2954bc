"""Is this number a well-formed NHS number, UPN or ULN, and if it was mistyped, what could it have been?

A check digit proves that a number was copied well. It never proves whose number it is: that is for the
comparison of the whole record (see `compare`), because babies are at times filed under their mother's number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_NHS_NEVER_ISSUED = frozenset({"0000000000", "9999999999"})
_TEST_PREFIX = "999"
_UPN_ALPHABET = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN_SHAPE = re.compile(rf"[{_UPN_ALPHABET}][0-9]{{11}}[0-9{_UPN_ALPHABET}]")
_ULN_TEMPORARY = "9999999999"
_SEPARATORS = re.compile(r"[\s.\-–—_/]+")
_SPREADSHEET_FLOAT = re.compile(r"\.0+$")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check digit says about one identifier.

    `value` is the normal form (no spaces, upper case), also when invalid. `reason` is empty when valid,
    otherwise a sentence for the practitioner. `is_test` marks the never-issued NHS range 999 000 0000 to
    999 999 9999; `temporary` marks a temporary UPN.
    """

    value: str
    valid: bool
    reason: str = ""
    is_test: bool = False
    temporary: bool = False


def nhs_number(text: str) -> Checked:
    """Check an NHS number: ten digits, weights 10 to 2, modulus 11 (NHS Data Dictionary, NHS NUMBER)."""
    return _checked_nhs_number(normal_form(text))


@lru_cache(maxsize=200_000)
def _checked_nhs_number(value: str) -> Checked:
    if not _is_digits(value, 10):
        return Checked(value, False, "An NHS number has ten digits. Check it against the letter or card.")
    if value in _NHS_NEVER_ISSUED:
        return Checked(
            value, False, "This number is a filler and was never given to anybody. Leave it empty."
        )
    if _nhs_check_digit(value[:9]) != int(value[9]):
        return Checked(value, False, "The last digit does not fit the others, so one digit is mistyped.")
    return Checked(value, True, is_test=value.startswith(_TEST_PREFIX))


def upn(text: str) -> Checked:
    """Check a unique pupil number: letter, LA, establishment, year, serial (DfE UPN guide).

    A temporary number ends in a letter, which counts as its place in the 23-letter alphabet.
    """
    value = normal_form(text)
    if not _UPN_SHAPE.fullmatch(value):
        return Checked(
            value, False, "A UPN is one letter and twelve digits (a temporary one ends in a letter)."
        )
    temporary = value[-1].isalpha()
    if value[0] != _upn_check_letter(value[1:]):
        return Checked(value, False, "The first letter does not fit the digits, so it is mistyped.")
    return Checked(value, True, temporary=temporary)


def uln(text: str) -> Checked:
    """Check a unique learner number: ten digits, weights 10 to 2, check = 10 - remainder (ESFA rule 01)."""
    value = normal_form(text)
    if not _is_digits(value, 10):
        return Checked(value, False, "A ULN has ten digits.")
    if value == _ULN_TEMPORARY:
        return Checked(value, False, "9999999999 stands for a learner without a ULN yet. Leave it empty.")
    remainder = _weighted_sum(value[:9]) % 11
    if remainder == 0 or 10 - remainder != int(value[9]):
        return Checked(value, False, "The last digit does not fit the others, so one digit is mistyped.")
    return Checked(value, True)


@lru_cache(maxsize=20_000)
def repair_candidates(nhs: str) -> tuple[str, ...]:
    """The valid NHS numbers one slip away from an invalid one, in ascending order.

    A slip is one wrong, missing or extra digit, or two neighbours exchanged. Empty for a valid number and for
    anything that is not nine to eleven digits.
    """
    value = normal_form(nhs)
    if not (value.isascii() and value.isdigit() and 9 <= len(value) <= 11) or nhs_number(value).valid:
        return ()
    return tuple(sorted(slip for slip in _single_slips(value) if nhs_number(slip).valid))


def format_nhs(value: str) -> str:
    """Show an NHS number in its official grouping: `9990000018` becomes `999 000 0018`."""
    digits = normal_form(value)
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if _is_digits(digits, 10) else value


def make_test_nhs_number(n: int) -> str:
    """The n-th (from 0) valid NHS number of the never-issued range, for invented people.

    Numbers whose check digit would be 10 are skipped. Raises ValueError when the range (about 909,000
    numbers) is exhausted or n is negative.
    """
    remaining = n
    for block in range(1000):
        stem = f"{_TEST_PREFIX}{block:03d}"
        tails = _valid_tails(_weighted_sum(stem) % 11)
        if 0 <= remaining < len(tails):
            body = stem + tails[remaining]
            return f"{body}{_nhs_check_digit(body)}"
        remaining -= len(tails)
    raise ValueError(f"There is no test NHS number with index {n}. Use a smaller index, from 0.")


def normal_form(text: str) -> str:
    """Upper case, without spaces, dots and dashes, and without the `.0` that spreadsheets add to numbers."""
    if text.isascii() and text.isalnum():
        return text.upper()
    value = _SPREADSHEET_FLOAT.sub("", unicodedata.normalize("NFKC", text).strip())
    return _SEPARATORS.sub("", value).upper()


def _is_digits(value: str, length: int) -> bool:
    # str.isdigit alone would let through digits of other scripts, which int() reads but no system stores.
    return len(value) == length and value.isascii() and value.isdigit()


def _weighted_sum(digits: str) -> int:
    return sum(int(digit) * (10 - place) for place, digit in enumerate(digits))


def _nhs_check_digit(body: str) -> int:
    """0 to 9, or 10 where no valid number exists for these nine digits."""
    return (11 - _weighted_sum(body) % 11) % 11


def _upn_check_letter(body: str) -> str:
    values = (int(c) if c.isdigit() else _UPN_ALPHABET.index(c) for c in body)
    return _UPN_ALPHABET[sum(place * value for place, value in enumerate(values, start=2)) % 23]


def _single_slips(value: str) -> set[str]:
    length = len(value)
    if length == 9:
        return {value[:i] + d + value[i:] for i in range(10) for d in "0123456789"}
    if length == 11:
        return {value[:i] + value[i + 1 :] for i in range(11)}
    changed = {value[:i] + d + value[i + 1 :] for i in range(10) for d in "0123456789"}
    exchanged = {value[:i] + value[i + 1] + value[i] + value[i + 2 :] for i in range(9)}
    return changed | exchanged


@lru_cache(maxsize=11)
def _valid_tails(stem_remainder: int) -> tuple[str, ...]:
    """Digits 7 to 9 that leave a check digit below 10, given the weighted remainder of digits 1 to 6."""
    tails = (f"{tail:03d}" for tail in range(1000))
    weights = (4, 3, 2)
    return tuple(
        tail
        for tail in tails
        if (stem_remainder + sum(int(d) * w for d, w in zip(tail, weights, strict=True))) % 11 != 1
    )
