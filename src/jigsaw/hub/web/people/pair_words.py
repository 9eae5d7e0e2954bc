"""How do two records that may be one read in words, side by side?"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.people import review
from jigsaw.hub.people.around import Near
from jigsaw.hub.web.people import words

FIELDS = {
    "nhs_number": _("NHS number"),
    "given_name": _("First name"),
    "family_name": _("Family name"),
    "other_names": _("Other names"),
    "birth_date": _("Date of birth"),
    "sex": _("Sex"),
    "household": _("Addresses"),
    "contacts": _("Telephone and email"),
    "mother_nhs_number": _("Mother’s NHS number"),
    "upn": _("Unique pupil number"),
    "identifier": _("Other numbers"),
    "school": _("School"),
    "gp": _("GP practice"),
    "died_on": _("Died"),
}
SEXES = {"F": _("Female"), "M": _("Male"), "U": _("Not known"), "X": _("Indeterminate")}
SIGNS = {
    "one_nhs_number": _(
        "One NHS number on two children: both records carry it, but names or dates of birth differ. Find out whose "
        "number it is before you decide."
    ),
    "two_nhs_numbers": _(
        "Two valid NHS numbers: one person has one, unless they were adopted or given a new one. Trace both."
    ),
}
# "Agrees" and "differs" say it.
_SAID_ALREADY = frozenset({"", "the same", "different"})
_FOUND = re.compile(r" \([^()]*\)$")
_ONE_NUMBER = _("One person under two names, or a number on the wrong child")
_GRADES = {
    "certain": _("Much agrees, but a rule may not link them by itself"),
    "probable": _("Probably one person"),
    "possible": _("May be one person"),
    "no_match": _("Probably two people"),
}


def row(found: review.Row, today: dt.date) -> dict[str, Any]:
    """A pair in the list."""
    return {
        "pair": found.pair,
        "left": words.name(found.left),
        "left_born": words.born(found.left, today),
        "right": words.name(found.right),
        "right_born": words.born(found.right, today),
        "agencies": found.agencies,
        "grade": grade(found.pair.grade, found.pair.signs),
        "signs": [SIGNS[code] for code in found.pair.signs if code in SIGNS],
        "looked_at_by": found.looked_at_by,
    }


def grade(code: str, signs: Iterable[str]) -> str:
    """How likely it is that they are one, in words; nothing likely where one number stands on two children."""
    return str(_ONE_NUMBER if "one_nhs_number" in signs else _GRADES.get(code, code))


def side(found: review.Side, today: dt.date) -> dict[str, Any]:
    return {
        "name": words.name(found.card),
        "born": words.born(found.card, today),
        "sources": found.sources,
        "family": [_near(one, today) for one in found.family],
        "at_home": [_near(one, today) for one in found.at_home],
    }


def _near(one: Near, today: dt.date) -> dict[str, Any]:
    return {
        "name": words.name(one.card),
        "born": words.born(one.card, today),
        "kind": str(_kinds().get(one.kind, "")),
        "agencies": one.agencies,
        "on_both": one.on_both,
    }


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    rows = agreements.words("relationship_kinds")["entries"]
    return {entry["code"]: entry["words"] for entry in rows}


def checks(detail: review.Detail) -> list[str]:
    """What must be looked at first: what cannot both be right, and why no rule may link them."""
    found = [str(SIGNS[code]) for code in detail.signs if code in SIGNS]
    return found + [say(reason) for reason in detail.guard if not (found and "NHS number" in reason)]


def rows(detail: review.Detail) -> list[dict[str, Any]]:
    return [
        {
            "field": str(FIELDS[each.field]),
            "left": [_value(each.field, value) for value in each.left],
            "right": [_value(each.field, value) for value in each.right],
            "outcome": each.outcome,
            "words": _evidence(each.words),
        }
        for each in detail.rows
    ]


def _value(field: str, value: review.Value) -> dict[str, Any]:
    return {"text": _text(field, value.text), "agencies": ", ".join(value.agencies)}


def _text(field: str, text: str) -> str:
    if field in ("nhs_number", "mother_nhs_number"):
        number, _space, doubt = text.partition(" ")
        note = say(" (not a valid number)") if doubt else ""
        return words.nhs(number) + note
    if field == "birth_date":
        return _birthday(text)
    if field == "died_on":
        return words.day(dt.date.fromisoformat(text))
    if field == "sex":
        return str(SEXES.get(text, text))
    if field == "identifier":
        kind, _colon, number = text.partition(": ")
        return " ".join(words.identifier(kind, number))
    return text


def _birthday(text: str) -> str:
    iso, _bar, accuracy = text.partition("|")
    day = words.day(dt.date.fromisoformat(iso))
    if accuracy == "due":
        return say("due %(day)s") % {"day": day}
    return day if accuracy == "AAA" else say("about %(day)s") % {"day": day}


def _evidence(found: str) -> str:
    """What was found, without the values, which stand beside it."""
    words_only = _FOUND.sub("", found.partition(": ")[2])
    return say(words_only) if words_only not in _SAID_ALREADY else ""
