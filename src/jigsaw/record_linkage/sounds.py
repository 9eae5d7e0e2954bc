"""How alike do two standard names look and sound? Cached, since the same names come up often."""

from __future__ import annotations

from functools import lru_cache

from metaphone import doublemetaphone
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from jigsaw.record_linkage.standardise import squeeze


@lru_cache(maxsize=200_000)
def sound_codes(name: str) -> tuple[str, ...]:
    """One or two Double Metaphone codes, the likelier first; the first letters when the name has no code.

    Names in other scripts have no code and are then found by their spelling.
    """
    first, second = doublemetaphone(squeeze(name))
    first = first or squeeze(name)[:4]
    return (first, second) if second and second != first else (first,)


def sound_alike(left: str, right: str) -> bool:
    """Whether any code of one is a code of the other."""
    return not set(sound_codes(left)).isdisjoint(sound_codes(right))


@lru_cache(maxsize=200_000)
def likeness(left: str, right: str) -> float:
    """Jaro-Winkler similarity from 0 to 1, the same in both directions."""
    return JaroWinkler.similarity(min(left, right), max(left, right))


def one_slip_apart(left: str, right: str) -> bool:
    """Whether one changed, missing, extra or exchanged character turns one text into the other."""
    return DamerauLevenshtein.distance(left, right, score_cutoff=1) <= 1
