"""Which questions are asked in turn to find one child?

From narrow to wide, and no further than needed: each question is written down by the register against everybody
it brings up, and a wide one brings up strangers. The order is that of the best strategy of the national matcher
(DFE-Digital/SUI_Matcher, strategy 5) as far as it needs no guess at a date of birth. Wildcards are never sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from jigsaw.hub.people.national_register.asking import Sought

Parameters = list[tuple[str, str]]
GENDERS = {"M": "male", "F": "female"}
LONGEST_NAME = 35


def questions(sought: Sought) -> Iterator[tuple[str, Parameters]]:
    """Each question's name and parameters, the narrowest first."""
    who = [*_given(sought), ("family", _name(sought.family)), ("birthdate", f"eq{sought.born:%Y-%m-%d}")]
    yield "exact", [("_exact-match", "true"), *who]
    yield "history", [("_history", "true"), *who]
    yield "fuzzy", [("_fuzzy-match", "true"), *who]
    if sought.sex in GENDERS and sought.postcode:
        at_home = [("gender", GENDERS[sought.sex]), ("address-postalcode", _plain(sought.postcode))]
        yield "fuzzy-home", [("_fuzzy-match", "true"), *who[-2:], *at_home]


def askable(sought: Sought) -> bool:
    """Is there enough of each name left, without wildcards, to ask for one child?"""
    return bool(_name(sought.given)) and bool(_name(sought.family))


def _given(sought: Sought) -> Parameters:
    return [("given", _name(sought.given))]


def _name(told: str) -> str:
    return _plain(told)[:LONGEST_NAME].strip()


def _plain(told: str) -> str:
    """Without the wildcard: a name or postcode that holds one would ask for everybody like it."""
    return " ".join(told.replace("*", " ").split())
