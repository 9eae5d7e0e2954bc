"""How do other matchers do on the same records, told no more and no less than a careful user would tell them?

- **Splink**, trained as its own guide says: the comparisons of its library, chance agreement from random pairs, the
  rest by expectation maximisation on blocks, no labels;
- **recordlinkage** (a test dependency): its expectation-maximisation classifier, without labels; and its logistic
  regression, which is taught the truth about half of the pairs and so has an advantage over all others.

Identifiers are left out. Each answers with scored pairs, so that one set of metrics judges all.
"""

from __future__ import annotations

import logging
import math
import warnings
from typing import Any

from jigsaw.record_linkage.evaluation.metrics import ScoredPair
from jigsaw.record_linkage.evaluation.reading import Truth

COLUMNS = ("given_name", "surname", "date_of_birth", "street_number", "address_1", "suburb", "postcode")
_RULES = (
    ("given_name", "surname"), ("given_name", "date_of_birth"), ("surname", "date_of_birth"),
    ("date_of_birth", "postcode"), ("given_name", "postcode"), ("surname", "postcode"), ("address_1", "suburb"),
    ("street_number", "postcode"), ("date_of_birth", "suburb"), ("street_number", "address_1"),
)  # fmt: skip
_SURE = (("given_name", "surname", "date_of_birth"), ("surname", "date_of_birth", "postcode"))
_TRAINED_ON = (("date_of_birth",), ("given_name", "surname"), ("postcode", "street_number"))


def splink_default(left: Any, right: Any | None) -> list[ScoredPair]:
    """Splink's library comparisons, trained on the data frames (pandas; index = number of the record)."""
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only" if right is None else "link_only",
        unique_id_column_name="number",
        comparisons=[
            compare.ForenameSurnameComparison(
                "given_name", "surname", forename_surname_concat_col_name="both_names"
            ),
            compare.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            compare.LevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
            compare.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            compare.JaroWinklerAtThresholds("address_1", [0.92, 0.8]).configure(
                term_frequency_adjustments=True
            ),
            compare.JaroWinklerAtThresholds("suburb", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in _RULES],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    api = DuckDBAPI()
    frames = [api.register(_for_splink(frame)) for frame in (left, right) if frame is not None]
    linker = Linker(frames if len(frames) > 1 else frames[0], settings, log_level=logging.CRITICAL)
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on(*rule) for rule in _SURE], recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=2_000_000, seed=1)
    for rule in _TRAINED_ON:
        training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    found = linker.inference.predict(threshold_match_weight=-10).as_record_list()
    return [_pair(row["number_l"], row["number_r"], row["match_weight"]) for row in found]


def _for_splink(frame: Any) -> Any:
    """Its columns with their numbers and, as the comparison of both names asks, the names together."""
    told = frame[list(COLUMNS)].copy()
    told["both_names"] = told["given_name"] + " " + told["surname"]
    told["number"] = told.index
    return told.astype(object).where(told.notna(), None)


def recordlinkage_peers(left: Any, right: Any | None, truth: Truth) -> dict[str, list[ScoredPair]]:
    """Its two classifiers on the features of its own FEBRL examples."""
    import pandas as pd
    import recordlinkage

    warnings.filterwarnings("ignore", category=FutureWarning)
    index = recordlinkage.Index()
    for rule in _RULES:
        index.block(list(rule))
    frames = [frame.copy() for frame in (left, right) if frame is not None]
    pairs = index.index(*frames)
    features = _features(recordlinkage).compute(pairs, *frames)
    person = truth.person_of
    same = pairs[[person[a] == person[b] for a, b in pairs]]
    binary = (features > 0.85).astype(int)
    ecm = recordlinkage.ECMClassifier()
    ecm.fit(binary)
    taught = features[::2]
    logistic = recordlinkage.LogisticRegressionClassifier()
    logistic.fit(taught, same.intersection(taught.index))
    return {
        "recordlinkage ECM": _by_probability(pairs, ecm.prob(binary)),
        "recordlinkage logistic, taught half of the truth": _by_probability(
            pairs, pd.Series(logistic.prob(features), index=features.index)
        ),
    }


def _features(recordlinkage: Any) -> Any:
    compare = recordlinkage.Compare()
    for column in ("given_name", "surname", "address_1", "suburb"):
        compare.string(column, column, method="jarowinkler", label=column)
    for column in ("date_of_birth", "postcode", "street_number"):
        compare.string(column, column, method="damerau_levenshtein", label=column)
    return compare


def _by_probability(pairs: Any, probabilities: Any) -> list[ScoredPair]:
    return [
        _pair(a, b, _weight(float(probability)))
        for (a, b), probability in zip(pairs, probabilities, strict=True)
    ]


def _pair(one: int, other: int, weight: float) -> ScoredPair:
    return ScoredPair(min(one, other), max(one, other), weight)


def _weight(probability: float) -> float:
    return math.log2(max(probability, 1e-15) / max(1 - probability, 1e-15))
