"""The public FEBRL sets are read whole, and the matchers beside ours are given a fair chance."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks import febrl


@pytest.fixture(scope="module")
def first_set() -> dict[str, Any]:
    return febrl.run(names=("FEBRL 1",))


def test_every_record_and_every_true_pair_counts(first_set: dict[str, Any]) -> None:
    told = first_set["sets"]["FEBRL 1"]
    assert (told["records"], told["true_pairs"]) == (1000, 500)


def test_the_matchers_beside_ours_do_as_well_as_they_should(first_set: dict[str, Any]) -> None:
    matchers = first_set["sets"]["FEBRL 1"]["matchers"]
    assert matchers[febrl.SPLINK]["at95"]["f1"] > 0.98
    for who, figures in matchers.items():
        assert figures["best"]["f1"] > 0.98, who
        assert figures["best"]["f1"] >= figures["at95"]["f1"], who
        assert figures["recall_at_1"] > 0.97, who


def test_the_table_has_a_line_for_each_matcher(first_set: dict[str, Any]) -> None:
    lines = febrl.table(first_set).splitlines()
    assert len(lines) == 2 + len(first_set["sets"]["FEBRL 1"]["matchers"])
    assert all(line.count("|") == 8 for line in lines)


def test_only_what_is_between_the_marks_of_a_page_is_made_new(tmp_path: Any) -> None:
    page = tmp_path / "matching.md"
    page.write_text(f"before\n{febrl.BEGIN}\nold\n{febrl.END}\nafter\n")
    febrl.rewrite(page, "| new |\n")
    assert page.read_text() == f"before\n{febrl.BEGIN}\n\n| new |\n\n{febrl.END}\nafter\n"
    page.write_text("no marks\n")
    with pytest.raises(ValueError, match="has no place"):
        febrl.rewrite(page, "| new |\n")
