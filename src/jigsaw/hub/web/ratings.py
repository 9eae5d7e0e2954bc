"""How does a rating look? Its name, its colour and its clock in words, from the scheme in force."""

from __future__ import annotations

from dataclasses import dataclass

from jigsaw.hub.agreements.queries import RatingScheme

TONES = "RAGB"


@dataclass(frozen=True)
class Shown:
    """A rating as it is shown: never by colour alone."""

    code: str
    tone: str
    """R, A, G or B: the colour classes of the theme; a code of another scheme has none."""
    letter: str
    name: str
    words: str = ""


def shown(scheme: RatingScheme, code: str) -> Shown:
    """The rating `code`; one that a later scheme dropped keeps its code as name."""
    found = next((level for level in scheme.levels if level.code == code), None)
    name, words = (found.name, found.words) if found else (code.capitalize(), "")
    letter = name[:1].upper()
    tone = code[:1].upper()
    return Shown(code, tone if tone in TONES else "", letter, name, words)


def legend(scheme: RatingScheme) -> list[Shown]:
    """Every rating of the scheme, most urgent first."""
    return [shown(scheme, level.code) for level in scheme.levels]
