"""How many bits of evidence is each level of agreement worth?

The weights are data: a versioned JSON file in Splink's terms (comparisons, comparison levels, m and u
probabilities), so that a model trained with Splink replaces `models/england-2026-11.json` without a change of
code. A level's `label_for_charts` is the code of that level in `levels`; a level not trained is an error,
never a silent zero. The match weight of a level is log2(m / u) (Fellegi and Sunter, 1969).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jigsaw.record_linkage.levels import LADDERS, ONE_HOME

UNLISTED = "*"
"""In a table of name frequencies, the frequency of every name that is not listed."""

_DEFAULT_MODEL = "england-2026-11.json"
_SIZES_KEPT = 50


class ModelError(ValueError):
    """A model file cannot be used; the message says which part to put right."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights ready to add up.

    `probabilities[comparison][level]` is (m, u), the weight of a level log2(m/u).
    `probability_two_random_records_match` holds for an index of `reference_index_size` people and is rescaled
    to the index asked about, never below `smallest_index_size`: a small index does not make it likelier that
    the person is in it. How many share a home does not depend on
    the index, so what one home is worth is rescaled the other way: among the people of one home, the odds are
    the same in a village and in a city.
    """

    version: str
    probabilities: Mapping[str, Mapping[str, tuple[float, float]]]
    probability_two_random_records_match: float
    reference_index_size: int
    smallest_index_size: int
    name_frequencies: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    exact_u: Mapping[str, float] = field(default_factory=dict)
    provenance: str = ""
    calibration_bits: float = 0.0
    _weights: dict[int, dict[str, dict[str, float]]] = field(default_factory=dict, compare=False, repr=False)
    _priors: dict[int, float] = field(default_factory=dict, compare=False, repr=False)

    def prior_bits(self, index_size: int) -> float:
        """Log2 odds, before any evidence, that one given person of the index is the one asked about."""
        if index_size not in self._priors:
            _make_room(self._priors)
            chance = self.chance(index_size)
            self._priors[index_size] = math.log2(chance / (1 - chance))
        return self._priors[index_size]

    def chance(self, index_size: int) -> float:
        """How probable it is that two records drawn from an index of this many people speak of one person.

        `calibration_bits` moves these odds, so that a score of 0.95 is right 95 times of 100 (see
        `bulk.training`).
        """
        plain = self.probability_two_random_records_match / self._scale(index_size)
        odds = plain / (1 - plain) * math.exp2(self.calibration_bits)
        return odds / (1 + odds)

    def m_and_u(self, comparison: str, level: str, index_size: int) -> tuple[float, float]:
        """How often a level is reached by two records of one person, and by those of two people."""
        m, u = self.probabilities[comparison][level]
        return m, (u / self._scale(index_size) if level in ONE_HOME else u)

    def level_bits(self, comparison: str, level: str, index_size: int) -> float:
        """The weight of a level as `Reached.weighed` names it."""
        return self.weights(index_size)[comparison][level]

    def weights(self, index_size: int) -> Mapping[str, Mapping[str, float]]:
        """The weights of all levels, by comparison, for an index of this size."""
        if index_size not in self._weights:
            _make_room(self._weights)
            self._weights[index_size] = {
                name: {
                    level: math.log2(m / u)
                    for level in levels
                    for m, u in [self.m_and_u(name, level, index_size)]
                }
                for name, levels in self.probabilities.items()
            }
        return self._weights[index_size]

    def commonness_bits(self, comparison: str, values: Iterable[str]) -> float:
        """What to add for an equal name: negative for a name shared by many people, none if it is not listed.

        `values` are the names of both records; the commonest counts.
        """
        listed = self.name_frequencies.get(comparison, {})
        unlisted = listed.get(UNLISTED, 0.0)
        frequency = max((listed.get(value, unlisted) for value in values), default=0.0)
        return math.log2(self.exact_u[comparison] / frequency) if frequency else 0.0

    def _scale(self, index_size: int) -> float:
        return max(index_size, self.smallest_index_size) / self.reference_index_size


def _make_room(kept: dict[int, Any]) -> None:
    if len(kept) >= _SIZES_KEPT:
        kept.clear()


@lru_cache(maxsize=1)
def default_model() -> Model:
    """The model shipped with this release."""
    text = files(__package__).joinpath("models").joinpath(_DEFAULT_MODEL).read_text(encoding="utf-8")
    return model_from_json(text)


def load_model(path: Path) -> Model:
    """Read a model file. Raises ModelError when it is unreadable or incomplete."""
    try:
        return model_from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"The model file {path.name} cannot be read. Check that it is there.") from error


def model_from_json(text: str) -> Model:
    """Read a model from JSON text. Raises ModelError naming the comparison or setting that is wrong."""
    try:
        document = json.loads(text)
        return _model(document)
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ModelError(
            f"The model is not complete JSON in Splink's form: {error}. Export it again."
        ) from error


def model_as_json(model: Model) -> str:
    """The model as a file that `load_model` reads, one level a line so that two models can be compared."""
    comparisons = ",\n".join(_comparison_as_json(name, model) for name in LADDERS)
    extra = {
        "version": model.version,
        "provenance": model.provenance,
        "reference_index_size": model.reference_index_size,
        "smallest_index_size": model.smallest_index_size,
        "calibration_bits": model.calibration_bits,
        "name_frequencies": model.name_frequencies,
    }
    rows = ",\n".join(f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in extra.items())
    chance = json.dumps(model.probability_two_random_records_match)
    return (
        '{\n  "link_type": "link_and_dedupe",\n'
        f'  "probability_two_random_records_match": {chance},\n'
        f'  "comparisons": [\n{comparisons}\n  ],\n  "jigsaw": {{\n{rows}\n  }}\n}}\n'
    )


def _comparison_as_json(name: str, model: Model) -> str:
    silent: dict[str, Any] = {"label_for_charts": "missing", "is_null_level": True}
    levels = [silent] + [
        {"label_for_charts": code, "m_probability": m, "u_probability": u}
        for code in LADDERS[name].weighed()
        for m, u in [model.probabilities[name][code]]
    ]
    rows = ",\n".join(f"        {json.dumps(level)}" for level in levels)
    return f'    {{\n      "output_column_name": "{name}",\n      "comparison_levels": [\n{rows}\n      ]\n    }}'


def _model(document: Mapping[str, Any]) -> Model:
    extra = document["jigsaw"]
    trained = {c["output_column_name"]: c["comparison_levels"] for c in document["comparisons"]}
    probabilities = {name: _probabilities_of(name, trained) for name in LADDERS}
    exact_u = {name: _exact_u(trained[name]) for name in extra.get("name_frequencies", {})}
    chance = float(document["probability_two_random_records_match"])
    _require_probability("probability_two_random_records_match", chance)
    return Model(
        version=str(extra["version"]),
        probabilities=probabilities,
        probability_two_random_records_match=chance,
        reference_index_size=int(extra["reference_index_size"]),
        smallest_index_size=int(extra["smallest_index_size"]),
        name_frequencies=extra.get("name_frequencies", {}),
        exact_u=exact_u,
        provenance=str(extra.get("provenance", "")),
        calibration_bits=float(extra.get("calibration_bits", 0.0)),
    )


def _probabilities_of(
    name: str, trained: Mapping[str, list[Mapping[str, Any]]]
) -> dict[str, tuple[float, float]]:
    if name not in trained:
        raise ModelError(f"The model has no comparison {name}. Train it, or start from {_DEFAULT_MODEL}.")
    known = {
        str(level["label_for_charts"]): _m_and_u(name, level)
        for level in trained[name]
        if not _is_null(level)
    }
    if missing := [level for level in LADDERS[name].weighed() if level not in known]:
        raise ModelError(f"The comparison {name} lacks the levels {', '.join(missing)}. Train them as well.")
    return known


def _m_and_u(name: str, level: Mapping[str, Any]) -> tuple[float, float]:
    m, u = level.get("m_probability"), level.get("u_probability")
    if m is None or u is None:
        raise ModelError(f"The level {level['label_for_charts']} of {name} has no m or u. Train it as well.")
    _require_probability(f"m of {name}", float(m))
    _require_probability(f"u of {name}", float(u))
    return float(m), float(u)


def _exact_u(levels: list[Mapping[str, Any]]) -> float:
    return next(float(level["u_probability"]) for level in levels if level["label_for_charts"] == "exact")


def _is_null(level: Mapping[str, Any]) -> bool:
    return bool(level.get("is_null_level", False))


def _require_probability(what: str, value: float) -> None:
    if not 0 < value < 1:
        raise ModelError(
            f"{what} is {value}, which is no probability between 0 and 1. Train the model again."
        )
