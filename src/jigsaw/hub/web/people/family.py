"""How does what agencies say about a family become the drawing of it?

Agencies give relationships in MAIS codes ("X is the mother of Y"); the drawing knows parents, their kind,
and partners. What cannot be drawn is said in words beside the person.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from uuid import UUID

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.chronology.patterns import FATHERS, MOTHERS
from jigsaw.hub.people.cards import Card
from jigsaw.hub.people.household import Household, Tie
from jigsaw.hub.web.drawing.family import Family, ParentOf, Partners, Person
from jigsaw.hub.web.people import words

PARENT_KINDS = {
    "PRN": "birth",
    "NPRN": "birth",
    "ADOPTP": "adoptive",
    "PRNFOST": "foster",
    "STPPRN": "step",
}
PARTNERS = {"SPS": "current", "DOMPART": "current", "SIGOTHR": "current", "FMRSPS": "ended"}
# Brothers and sisters who share both parents, so that one's parents are perhaps the other's.
FULL_SIBLINGS = {"SIB", "NSIB", "TWIN", "ITWIN", "FTWIN"}


def family_of(household: Household, focus: Card, today: dt.date) -> Family:
    """The household as the drawing takes it; the focus is always in it, even with nobody else known."""
    cards = {card.person: card for card in (*household.members, focus)}
    parents = _parents(household.ties)
    parents += _through_siblings(household.ties, parents)
    parents += _grandparents(household.ties, parents)
    partners = _partners(household.ties)
    drawn = {pk for link in parents for pk in (link.parent, link.child)}
    drawn |= {pk for pair in partners for pk in (pair.a, pair.b)}
    notes = {pk: note for pk, note in _notes(household, cards).items() if str(pk) not in drawn}
    return Family(
        people=tuple(
            _person(card, pk in household.at_home, notes.get(pk, ""), today) for pk, card in cards.items()
        ),
        parent_of=tuple(parents),
        partners=tuple(partners),
        address=household.address,
    )


def recorded_parents(household: Household, child: UUID) -> list[tuple[str, str]]:
    """(MAIS code, sex) of each parent of the child that anybody recorded, one a person."""
    sexes = {card.person: card.sex for card in household.members}
    found: dict[UUID, tuple[str, str]] = {}
    for tie in household.ties:
        neutral, inverse = _neutral(tie.kind)
        if tie.to == child and neutral in PARENT_KINDS:
            found[tie.person] = (tie.kind, sexes.get(tie.person, ""))
        elif tie.person == child and inverse in PARENT_KINDS:
            found.setdefault(tie.to, (inverse, sexes.get(tie.to, "")))
    return list(found.values())


def _person(card: Card, at_home: bool, note: str, today: dt.date) -> Person:
    return Person(
        id=str(card.person),
        name=words.name(card),
        sex=card.sex if card.sex in ("M", "F") else "U",
        age=words.age(card, today),
        born=card.born,
        died=card.died_on is not None,
        at_home=at_home,
        unborn=card.born is None and card.expected_on is not None,
        note=note,
    )


@lru_cache(maxsize=1)
def _kinds() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in agreements.words("relationship_kinds")["entries"]}


def _neutral(code: str) -> tuple[str, str]:
    """The relationship without sex or side, and what the other is to the first; ("", "") if unknown."""
    row = _kinds().get(code)
    return (row["neutral"], row["inverse"]) if row else ("", "")


def _parents(ties: tuple[Tie, ...]) -> list[ParentOf]:
    found = []
    for tie in ties:
        neutral, inverse = _neutral(tie.kind)
        for kind, parent, child in ((neutral, tie.person, tie.to), (inverse, tie.to, tie.person)):
            lasting = not tie.ended or PARENT_KINDS.get(kind) in ("birth", "adoptive")
            if kind in PARENT_KINDS and lasting:
                found.append(ParentOf(str(parent), str(child), PARENT_KINDS[kind]))
    return found


def _through_siblings(ties: tuple[Tie, ...], parents: list[ParentOf]) -> list[ParentOf]:
    """A full brother or sister with no recorded parent of their own perhaps has the same parents."""
    known: dict[str, list[str]] = {}
    for link in parents:
        if link.kind in ("birth", "adoptive"):
            known.setdefault(link.child, []).append(link.parent)
    found = []
    for tie in ties:
        if _neutral(tie.kind)[0] not in FULL_SIBLINGS:
            continue
        for one, other in ((str(tie.person), str(tie.to)), (str(tie.to), str(tie.person))):
            if one not in known:
                found += [ParentOf(parent, one, "unsure") for parent in known.get(other, ())]
    return found


def _grandparents(ties: tuple[Tie, ...], parents: list[ParentOf]) -> list[ParentOf]:
    """A grandparent on the mother's or father's side is the parent of that one parent, where recorded."""
    side_of = {(str(tie.person), str(tie.to)): tie.kind for tie in ties}
    found = []
    for tie in ties:
        side = MOTHERS if tie.kind in ("MGRMTH", "MGRFTH", "MGRPRN") else FATHERS
        if _neutral(tie.kind)[0] != "GRPRN" or tie.kind in ("GRPRN", "GRMTH", "GRFTH"):
            continue
        between = {
            link.parent
            for link in parents
            if link.child == str(tie.to) and side_of.get((link.parent, link.child)) in side
        }
        if len(between) == 1:
            found.append(ParentOf(str(tie.person), between.pop(), "birth"))
    return found


def _partners(ties: tuple[Tie, ...]) -> list[Partners]:
    found = []
    for tie in ties:
        status = PARTNERS.get(_neutral(tie.kind)[0])
        if status:
            found.append(Partners(str(tie.person), str(tie.to), "ended" if tie.ended else status))
    return found


def _notes(household: Household, cards: dict[UUID, Card]) -> dict[UUID, str]:
    """What each is to another, in the words of the code, for those whom no line reaches."""
    kinds = _kinds()
    notes: dict[UUID, str] = {}
    for tie in household.ties:
        if tie.kind not in kinds or tie.to not in cards or tie.person not in cards:
            continue
        notes.setdefault(tie.person, f"{kinds[tie.kind]['words']} ({words.name(cards[tie.to])})")
        inverse = kinds.get(kinds[tie.kind]["inverse"])
        if inverse:
            notes.setdefault(tie.to, f"{inverse['words']} ({words.name(cards[tie.person])})")
    return notes
