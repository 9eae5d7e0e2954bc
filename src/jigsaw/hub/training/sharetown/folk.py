"""Who is there in a family, as they are, before any agency has written anything down?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jigsaw.hub.people.records import At
from jigsaw.hub.training.sharetown.names import Naming


@dataclass(kw_only=True)
class One:
    """One person of a family. `home` is None for who lives elsewhere and where is not known."""

    key: str
    given: str
    family: str
    sex: str
    age: int
    year: int = -1
    """The school year, from 0 for Reception; below that not at school yet."""
    born: date | None = None
    expected_on: date | None = None
    died_on: date | None = None
    adult: bool = False
    home: At | None = None
    nhs: str = ""
    upn: str = ""
    phone: str = ""
    on_the_screens: bool = False
    """Name and birthday are fixed, and every agency has them right."""

    @property
    def they(self) -> str:
        return "she" if self.sex == "F" else "he"

    @property
    def them(self) -> str:
        return "her" if self.sex == "F" else "him"

    @property
    def their(self) -> str:
        return "her" if self.sex == "F" else "his"

    @property
    def unborn(self) -> bool:
        return self.expected_on is not None

    @property
    def school(self) -> str:
        """The agency code of the school, or empty: Harbour Primary until Year 6, the Academy from Year 7."""
        if self.adult or self.unborn or self.year < 0:
            return ""
        return "HPS" if self.year < 7 else "SCH"

    @property
    def teacher(self) -> str:
        """Who writes for the school."""
        return {"HPS": "sian", "SCH": "ros"}[self.school]

    @property
    def school_name(self) -> str:
        return {"HPS": "Harbour Primary School", "SCH": "Sharetown Academy", "": ""}[self.school]


@dataclass(kw_only=True)
class Folk:
    """A family: children oldest first, the adults who bring them up, and others who belong to them."""

    key: str
    naming: Naming
    home: At
    children: list[One]
    mother: One | None = None
    father: One | None = None
    grandparent: One | None = None
    former_home: At | None = None
    """Where they lived before: known to agencies that have not been told of the move, or must not be."""

    @property
    def child(self) -> One:
        """The oldest child, about whom most is told."""
        return self.children[0]

    @property
    def parent(self) -> One:
        """The mother, or else the grandparent who brings the children up, or else the father."""
        found = self.mother or self.grandparent or self.father
        if found is None:
            raise ValueError(f"Nobody brings up the children of {self.key}.")
        return found

    @property
    def everyone(self) -> list[One]:
        return [*self.children, *(one for one in (self.mother, self.father, self.grandparent) if one)]
