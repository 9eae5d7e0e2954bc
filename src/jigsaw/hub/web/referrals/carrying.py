"""How does what was typed to find somebody become the beginning of a concern, so that nothing is typed twice?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from jigsaw.hub.kit import drafts
from jigsaw.hub.kit.clock import age_on
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.web.door import Visit
from jigsaw.hub.web.referrals import shown
from jigsaw.record_linkage import query_text
from jigsaw.record_linkage.query_text import Read

DRAFTS = "referrals:new:"
# Said of somebody, and not what they are called.
NO_NAMES = frozenset(["boy", "girl", "male", "female", "baby", "unborn", "newborn", "bump", "child"])


def begun(visit: Visit, text: str) -> str:
    """The address of a new concern that begins with what was read in `text`, kept as a draft.

    A draft, so that no name stands in an address.
    """
    assert visit.actor.practitioner_id is not None
    draft, today = str(uuid7()), shown.today_in_england(visit.now)
    fields = {name: [value] for name, value in _fields(query_text.read(text, today), today) if value}
    if fields:
        fields |= {"caller": ["public" if "call_taker" in visit.actor.roles else "professional"]}
        drafts.save(owner=visit.actor.practitioner_id, about=DRAFTS + draft, fields=fields, now=visit.now)
    return f"{reverse('referral-new')}?draft={draft}"


def _fields(told: Read, today: date) -> Iterator[tuple[str, str]]:
    """The boxes of the form by name, and what goes into them; empty for what nobody typed."""
    said = [*_child(told, today)]
    if any(value for _name, value in said):
        yield from ((f"children-0-{name}", value) for name, value in said)
        yield "children-0-part", "unborn" if told.unborn else "child"
        yield "children-TOTAL_FORMS", "1"
        yield "children-INITIAL_FORMS", "0"
    if told.of_a_mother:
        given, family = _names(told)
        yield "others-0-part", "parent"
        yield "others-0-relationship", "MTH"
        yield "others-0-given", given
        yield "others-0-family", family
        yield "others-TOTAL_FORMS", "1"
        yield "others-INITIAL_FORMS", "0"


def _child(told: Read, today: date) -> Iterator[tuple[str, str]]:
    given, family = _names(told)
    yield "given", "" if told.of_a_mother else given
    yield "family", family
    yield from _birthday(told, today)
    yield "sex", told.sex
    yield "nhs_number", next(iter(told.nhs_numbers), "")
    yield "upn", next(iter(told.upns), "")
    yield "address", _capital(next(iter(told.addresses), ""))
    yield "postcode", next(iter(told.postcodes), "").upper()


def _birthday(told: Read, today: date) -> Iterator[tuple[str, str]]:
    """The date as far as it was said: an age as an age, a year as a year."""
    day = told.expected_on if told.unborn else told.born
    if day is None:
        return
    if told.born_accuracy == "UUE" and not told.unborn:
        yield "age", str(age_on(day, today))
        return
    parts = (("day", day.day), ("month", day.month), ("year", day.year))
    for (name, number), accuracy in zip(parts, told.born_accuracy if not told.unborn else "AAA", strict=True):
        yield f"born-{name}", str(number) if accuracy == "A" else ""


def _names(told: Read) -> tuple[str, str]:
    """Given and family name; a single word, which may be either, is taken for the first name."""
    given, family = (
        [word for word in name.split() if word.casefold() not in NO_NAMES]
        for name in (told.given, told.family)
    )
    if given == family and not told.of_a_mother:
        family = []
    elif not family and len(given) > 1:  # "Katie Walsh girl": what stood last was no name
        given, family = given[:-1], given[-1:]
    return _capital(" ".join(given)), _capital(" ".join(family))


def _capital(words: str) -> str:
    """What was typed without capitals, with them; whoever typed capitals meant theirs."""
    return " ".join(word[:1].upper() + word[1:] for word in words.split()) if words.islower() else words
