"""How likely is it that two records speak of one person, why, and may that be linked without a human?

The score is Fellegi and Sunter's: prior odds plus the weight of each comparison. Two things go beyond it,
because a score alone linked 86 % of twins who were not yet in the index to their co-twin (own measurement,
synthetic families; 1.2 % with the guard):

- **Ceiling.** Home, family name and birthday are shared within a family, so together they may not add up to
  more than the odds that two records of one home are one child: few bits for one birthday (twins), hardly any
  otherwise.
- **Guard.** Whatever the score, a link by itself needs evidence in the first name or an equal NHS number, and
  no conflict of valid NHS numbers. Every reason is given in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

from jigsaw.record_linkage import levels
from jigsaw.record_linkage.evidence import Evidence, evidence_of, shared_by_family
from jigsaw.record_linkage.levels import Reached
from jigsaw.record_linkage.model import Model, default_model
from jigsaw.record_linkage.records import Record

K = TypeVar("K")
Grade = Literal["certain", "probable", "possible", "no_match"]

DEFAULT_INDEX_SIZE = 100_000

# A name found only among the other's further names is left out: twins were linked by such a coincidence.
_FIRST_NAME_EVIDENCE = frozenset({"exact", "nickname", "near", "sounds_alike", "swapped"})
_SAME_FIRST_NAME = frozenset({"exact", "nickname", "swapped"})
_ONE_HOME = frozenset({"same_mother", "same_address", "same_contact", "same_postcode"})
_ONE_BIRTHDAY = frozenset({"exact", "exact_first_january", "swapped", "expected_close"})
_UNLIKE_BIRTHDAYS = frozenset({"generation", "different", "expected_conflict", "estimated_far"})
_UNLIKE_NAMES = frozenset({"different", "similar", "sounds"})


@dataclass(frozen=True, slots=True)
class Bands:
    """The lowest probability of each grade, inclusive. Calibrate per source: none transfers.

    `link_by_itself` and `runner_up_bits` are the stricter bar for linking without a human.
    """

    certain: float = 0.95
    probable: float = 0.85
    possible: float = 0.50
    link_by_itself: float = 0.99
    runner_up_bits: float = 5.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing two records showed.

    `weight_bits` = `prior_bits` + the bits of all `evidence`; `probability` is the same on a scale of 0 to 1.
    `guard` lists, in words, why these two may not be linked by a machine; empty when nothing forbids it.
    """

    probability: float
    weight_bits: float
    grade: Grade
    evidence: tuple[Evidence, ...]
    guard: tuple[str, ...]
    prior_bits: float
    model_version: str


@dataclass(frozen=True, slots=True)
class _Findings:
    """The level each comparison reached; None where a record is silent."""

    nhs_number: Reached | None
    upn: Reached | None
    identifier: Reached | None
    given_name: Reached | None
    family_name: Reached | None
    birth_date: Reached | None
    household: Reached | None

    def level(self, field: str) -> str:
        reached: Reached | None = getattr(self, field)
        return reached.level if reached else ""


def compare(
    a: Record,
    b: Record,
    model: Model | None = None,
    *,
    index_size: int = DEFAULT_INDEX_SIZE,
    bands: Bands | None = None,
) -> Comparison:
    """Compare two records; the answer is the same, with left and right exchanged, in the other order.

    `index_size` is the number of people among whom the match was sought.
    """
    model, bands = model or default_model(), bands or Bands()
    found = _findings(a, b)
    evidence = _weighed(found, model, prior := model.prior_bits(index_size))
    weight = prior + sum(item.bits for item in evidence)
    probability = _probability(weight)
    guard = _guard(a, b, found)
    grade = _grade(probability, found, guard, bands)
    return Comparison(probability, weight, grade, evidence, guard, prior, model.version)


def rank(
    query: Record,
    candidates: Iterable[tuple[K, Record]],
    model: Model | None = None,
    *,
    index_size: int = DEFAULT_INDEX_SIZE,
    bands: Bands | None = None,
) -> list[tuple[K, Comparison]]:
    """Compare one record with many, best first; equals stay in the order given."""
    compared = [
        (key, compare(query, candidate, model, index_size=index_size, bands=bands))
        for key, candidate in candidates
    ]
    return sorted(compared, key=lambda pair: -pair[1].weight_bits)


def link_by_itself(ranked: list[tuple[K, Comparison]], bands: Bands | None = None) -> K | None:
    """The one candidate that may be linked without a human, or None: then a person decides.

    The best must be certain, at least `bands.link_by_itself`, and `bands.runner_up_bits` ahead of the next
    candidate. `ranked` is the answer of `rank` with one entry per person.
    """
    bands = bands or Bands()
    if not ranked:
        return None
    key, best = ranked[0]
    lead = best.weight_bits - ranked[1][1].weight_bits if len(ranked) > 1 else bands.runner_up_bits
    clear = best.grade == "certain" and best.probability >= bands.link_by_itself
    return key if clear and lead >= bands.runner_up_bits else None


def _findings(a: Record, b: Record) -> _Findings:
    given, family = levels.names(a, b)
    return _Findings(
        nhs_number=levels.nhs_number(a, b),
        upn=levels.upn(a, b),
        identifier=levels.identifier(a, b),
        given_name=given,
        family_name=family,
        birth_date=levels.birth_date(a, b),
        household=levels.household(a, b),
    )


def _weighed(found: _Findings, model: Model, prior: float) -> tuple[Evidence, ...]:
    evidence = [
        evidence_of(field, reached, _bits(field, reached, model))
        for field in levels.LEVELS
        if (reached := getattr(found, field))
    ]
    if excess := _family_excess(found, evidence, model, prior):
        evidence.append(shared_by_family(-excess))
    return tuple(evidence)


def _bits(field: str, reached: Reached, model: Model) -> float:
    bits = model.level_bits(field, reached.level)
    if reached.level == "exact" and field in model.name_frequencies:
        bits += model.commonness_bits(field, reached.left)
    return bits


def _family_excess(found: _Findings, evidence: list[Evidence], model: Model, prior: float) -> float:
    """By how many bits the evidence that a whole family shares exceeds its ceiling; 0.0 when it does not.

    Within one home the odds start afresh: the other record is this child or one of a few relatives, so the
    prior, home and family name together give `household_ceiling_bits`. The birthday then adds its weight, up
    to `twin_ceiling_bits`, since twins share that as well.
    """
    if found.level("household") not in _ONE_HOME:
        return 0.0
    bits = {item.field: item.bits for item in evidence}
    birthday = bits.get("birth_date", 0.0)
    shared = prior + bits.get("family_name", 0.0) + bits["household"] + birthday
    ceiling = min(model.household_ceiling_bits + birthday, model.twin_ceiling_bits)
    return max(shared - ceiling, 0.0)


def _probability(weight: float) -> float:
    """Odds in bits to a probability, without overflow at either end."""
    if weight > 0:
        return 1 / (1 + math.exp2(-weight))
    odds = math.exp2(weight)
    return odds / (1 + odds)


def _guard(a: Record, b: Record, found: _Findings) -> tuple[str, ...]:
    """Every reason why these two may not be linked by a machine."""
    reasons = [*_number_reasons(found)]
    if found.level("nhs_number") != "exact":
        reasons += _name_reasons(found)
    if found.level("birth_date") in ("generation", "expected_conflict"):
        reasons.append(
            "The dates of birth are too far apart. Check that these are not two members of one family."
        )
    if a.unborn or b.unborn:
        reasons.append(
            "One record is of an unborn child, and may be of another pregnancy or a twin. A person decides."
        )
    return tuple(reasons)


def _number_reasons(found: _Findings) -> list[str]:
    reasons = []
    if found.level("nhs_number") == "conflict":
        reasons.append(
            "Both records have a valid NHS number and the numbers differ. Trace both numbers first."
        )
    names_unlike = found.level("given_name") in _UNLIKE_NAMES
    if found.level("nhs_number") == "exact" and names_unlike and found.level("birth_date") != "exact":
        reasons.append(
            "The NHS number is the same but first name and date of birth are not. One record may carry "
            "somebody else's number, such as the mother's. Check where it came from."
        )
    return reasons


def _name_reasons(found: _Findings) -> list[str]:
    if found.given_name is None:
        return ["One record has no first name, so it could be a brother or sister. Compare more details."]
    level = found.level("given_name")
    if level not in _FIRST_NAME_EVIDENCE:
        return [
            "First names do not agree enough and no NHS number is the same. Rule out brothers and sisters."
        ]
    one_home = found.level("household") in _ONE_HOME
    if one_home and found.level("birth_date") in _ONE_BIRTHDAY and level not in _SAME_FIRST_NAME:
        return ["One home and one birthday, but the first names are only alike. They may be twins."]
    if found.birth_date is None:
        return ["One record has no date of birth, and no NHS number is the same. Find out the date."]
    if found.level("birth_date") in _UNLIKE_BIRTHDAYS:
        return [
            "The dates of birth do not support the match, and no NHS number is the same. Confirm the date."
        ]
    return []


def _grade(probability: float, found: _Findings, guard: tuple[str, ...], bands: Bands) -> Grade:
    if probability < bands.possible:
        return "no_match"
    if found.level("nhs_number") == "conflict" or probability < bands.probable:
        return "possible"
    return "certain" if probability >= bands.certain and not guard else "probable"
