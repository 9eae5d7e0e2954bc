"""The weights are data: the shipped file is whole, and a broken one is refused with a reason."""

import json
import math
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from jigsaw.record_linkage import ModelError, columns_of, compare, default_model, load_model
from jigsaw.record_linkage.evidence import evidence_of
from jigsaw.record_linkage.levels import HOME, LADDERS, TWIN, Reached
from jigsaw.record_linkage.model import model_from_json

from .people import kate

SHIPPED = files("jigsaw.record_linkage").joinpath("models/england-2026-11.json").read_text(encoding="utf-8")


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(SHIPPED)
    change(document)
    return json.dumps(document)


def levels_of(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(
        c["comparison_levels"] for c in document["comparisons"] if c["output_column_name"] == name
    )
    return found


REFERENCE = 1_000_000


@pytest.mark.parametrize("circumstance", ["", HOME, TWIN])
@pytest.mark.parametrize("name", ["nhs_number", "upn", "identifier", "given_name", "family_name"])
def test_the_levels_of_a_comparison_share_out_one_whole_in_each_circumstance(
    name: str, circumstance: str
) -> None:
    apart = [
        level
        for level in levels_of(json.loads(SHIPPED), name)
        if not level.get("is_null_level")
        and "@".join(["", *level["label_for_charts"].split("@")[1:]]) == circumstance
    ]
    if not apart:
        assert circumstance, "every comparison has levels for records that share nothing"
        return
    assert sum(level["m_probability"] for level in apart) == pytest.approx(1, abs=0.02)
    assert sum(level["u_probability"] for level in apart) <= 1.001


def test_a_weight_is_the_logarithm_of_m_over_u() -> None:
    bits = default_model().level_bits("given_name", "exact", REFERENCE)
    assert bits == pytest.approx(math.log2(0.68 / 0.004))


def test_full_agreement_speaks_for_and_disagreement_against() -> None:
    model = default_model()
    for comparison, ladder in LADDERS.items():
        best, worst = ladder.levels[0][0], ladder.levels[-1][0]
        assert model.level_bits(comparison, best, REFERENCE) > 2
        assert model.level_bits(comparison, worst, REFERENCE) < 0


def test_a_shared_home_is_worth_the_same_beside_the_prior_in_a_village_and_in_a_city() -> None:
    model = default_model()
    odds = [
        model.prior_bits(size) + model.level_bits("household", "same_address", size)
        for size in (50_000, 10_000_000)
    ]
    assert odds[0] == pytest.approx(odds[1], abs=0.001)
    assert odds[0] < 0, "another member of the household is likelier than the same child twice"


def test_at_one_home_the_family_name_says_little_and_the_first_name_of_a_twin_much() -> None:
    model = default_model()
    assert model.level_bits("family_name", "same@home", REFERENCE) < 1
    assert model.level_bits("given_name", "same@twin", REFERENCE) > 8
    assert model.level_bits("given_name", "other@twin", REFERENCE) < -4


def test_every_level_can_be_put_into_words() -> None:
    here = columns_of(kate())
    for comparison, ladder in LADDERS.items():
        for level, _term in ladder.levels:
            assert evidence_of(comparison, Reached(level, level), 1.0, here, here).words.count(":") == 1


def test_the_prior_never_profits_from_a_small_index() -> None:
    model = default_model()
    assert model.prior_bits(5) == model.prior_bits(20_000)
    assert model.prior_bits(1_000_000) == pytest.approx(math.log2(1e-6), abs=0.001)


def test_another_model_changes_the_answer_and_says_so(tmp_path: Path) -> None:
    def blind_to_given_names(document: dict[str, Any]) -> None:
        document["jigsaw"]["version"] = "trained-2027-01"
        for level in levels_of(document, "given_name")[1:]:  # the first is silence
            level["m_probability"] = level["u_probability"] = 0.5

    path = tmp_path / "trained.json"
    path.write_text(changed(blind_to_given_names), encoding="utf-8")
    found = compare(kate(), kate(), load_model(path))
    assert found.model_version == "trained-2027-01"
    assert found.weight_bits < compare(kate(), kate()).weight_bits


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d["comparisons"].pop(0), "no comparison nhs_number"),
        (lambda d: levels_of(d, "upn").pop(), "lacks the levels conflict"),
        (lambda d: levels_of(d, "upn")[1].pop("m_probability"), "no m or u"),
        (lambda d: levels_of(d, "upn")[1].update(u_probability=0), "no probability between 0 and 1"),
        (lambda d: d.pop("jigsaw"), "not complete"),
        (lambda d: d.update(probability_two_random_records_match=2), "no probability between 0 and 1"),
    ],
)
def test_an_incomplete_model_is_refused_by_name(
    change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    with pytest.raises(ModelError, match=reason):
        model_from_json(changed(change))


def test_an_unreadable_model_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.json"):
        load_model(tmp_path / "none.json")
    with pytest.raises(ModelError, match="not complete JSON"):
        model_from_json("{")
