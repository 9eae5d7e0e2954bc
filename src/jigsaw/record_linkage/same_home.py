"""Who may live at the home that is asked about, though no record of theirs says so?

Somebody gives a false name and their true address; the police hold the true name, a telephone number and no address;
the school holds a brother at the address with the same number. So whoever has a telephone number or an address for mail
in common with somebody known at the home is compared as if they lived there. That only orders what a search shows, for
a person to judge: nobody is scored, graded or linked by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jigsaw.record_linkage.columns import PLACES, Columns
from jigsaw.record_linkage.compare import weight
from jigsaw.record_linkage.levels import level_of
from jigsaw.record_linkage.model import Model
from jigsaw.record_linkage.records import Record

# Numbers are also held of relatives and workers who live elsewhere. Between 1 and 6 bits, recall is the same.
BY_CONTACT_BITS = 3.0
AT_THAT_HOME = ("same_address", "same_postcode", "same_door")


@dataclass(frozen=True)
class SameHome:
    """A question, and of whoever is known at the home it names: where that is, by telephone number or e-mail address."""

    asked: Columns
    places: Mapping[str, Mapping[str, Any]]

    @classmethod
    def among(cls, asked: Columns, found: Iterable[Columns]) -> SameHome:
        """What those `found` who live at the home that is `asked` about tell of it; nothing if none is."""
        there = [known for known in found if _lives_at(asked, known)]
        return cls(asked, {contact: _place(known) for known in there for contact in known.contact})

    @property
    def sought_by(self) -> Record:
        """What to look under for others with one of these numbers or addresses."""
        mail = {contact for contact in self.places if "@" in contact}
        return Record(phones=tuple(sorted(set(self.places) - mail)), emails=tuple(sorted(mail)))

    def sooner(self, known: Columns, model: Model, *, index_size: int) -> float:
        """By how many bits to put somebody before their place; 0 if they have no number in common, or live there."""
        place = next((self.places[contact] for contact in known.contact if contact in self.places), None)
        if place is None or _lives_at(self.asked, known):
            return 0.0
        as_if = weight(self.asked, known._replace(**place), model, index_size=index_size)
        return max(0.0, as_if - BY_CONTACT_BITS - weight(self.asked, known, model, index_size=index_size))


def _lives_at(asked: Columns, known: Columns) -> bool:
    return level_of("household", asked, known) in AT_THAT_HOME


def _place(known: Columns) -> dict[str, Any]:
    return {column: getattr(known, column) for column in PLACES}
