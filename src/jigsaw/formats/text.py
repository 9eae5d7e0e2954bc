"""What does this cell say once invisible characters are gone, and does it have the shape it should have?

Shapes only: whether an identifier belongs to somebody is for record linkage.
"""

from __future__ import annotations

import re
import unicodedata

# Zero-width characters, joiners, byte-order marks and text-direction controls: they change what a person sees
# or what a machine compares, and are never part of a name.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\x00-\x08\x0e-\x1f\x7f]"
)
_SPACES = re.compile(r"\s+")
_POSTCODE = re.compile(r"(GIR|[A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})")
_UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_LONGEST_EMAIL = 254  # RFC 5321

# ODS pseudo-postcodes: there is an address, but not a place.
_PSEUDO_POSTCODES = {"ZZ99 3VZ": "no_fixed_abode", "ZZ99 3WZ": "unknown", "ZZ99 3CZ": "unknown"}


def clean(text: str) -> str:
    """The text without invisible characters, each run of white space as one space, trimmed."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def storable(text: str) -> str:
    """The text as it was, but with a visible mark for NUL and half surrogates, which no database holds."""
    return text.replace("\x00", "\u2400").encode("utf-8", "replace").decode("utf-8")


def matching_key(text: str) -> str:
    """Letters and digits only, without accents or case: for comparing, never for showing."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(ch for ch in plain if ch.isalnum()) or clean(text)


def nhs_number(text: str) -> str | None:
    """The ten digits of an NHS number, or None if it is not one.

    Weights 10 to 2 on the first nine digits; 11 less the remainder by 11 is the tenth, 11 counts as 0, and 10
    is never issued (NHS Data Dictionary). Ten equal digits pass the sum but are placeholders, so they fail
    here.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{10}", digits) or len(set(digits)) == 1:
        return None
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return digits if (11 - total % 11) % 11 == int(digits[9]) else None


def upn(text: str) -> str | None:
    """The thirteen characters of a unique pupil number in capitals, or None if it has another shape.

    A letter, eleven digits, then a digit (or a letter for a temporary UPN). The check letter is not tested:
    few UPNs in real returns pass it.
    """
    compact = re.sub(r"\s", "", text).upper()
    return compact if _UPN.fullmatch(compact) else None


def postcode(text: str) -> str | None:
    """A full UK postcode in capitals with one space before its last three characters, or None."""
    match = _POSTCODE.fullmatch(clean(text).upper())
    return f"{match[1]} {match[2]}" if match else None


def address_use(full_postcode: str) -> str:
    """home, or what the pseudo-postcode stands for: no_fixed_abode or unknown."""
    if full_postcode in _PSEUDO_POSTCODES:
        return _PSEUDO_POSTCODES[full_postcode]
    return "unknown" if full_postcode.startswith("ZZ99") else "home"


def is_email(text: str) -> bool:
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Ten to fifteen digits with the punctuation people put between them."""
    digits = re.sub(r"[\s().+-]|ext.*$", "", text[:40].lower())
    return bool(re.fullmatch(r"[0-9]{10,15}", digits))


def split_name(full_name: str) -> tuple[str, str]:
    """(family, given) of a whole name: what is before a comma, or else the last word, is the family name.

    A single word is a given name, because nothing says that it is a family's.
    """
    before, comma, after = clean(full_name).partition(",")
    if comma:
        return before.strip(), after.strip()
    given, _, family = before.rpartition(" ")
    return (family, given) if given else ("", family)
