"""The pages on limits, forms and levels of data say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from architecture import forms, levels, limits
from jigsaw.hub.kit import policies

REFERENCE = Path(__file__).parents[2] / "docs/reference"


@pytest.mark.parametrize("document", [forms, limits])
def test_the_page_is_current(document: object) -> None:
    name = document.__name__.rpartition(".")[2]
    assert (REFERENCE / f"{name}.md").read_text() == document.page()


def test_each_table_has_the_level_whose_rules_the_database_keeps_for_it() -> None:
    assert (REFERENCE / "levels-of-data.md").read_text() == levels.page()
    for table, told in policies.TABLES.items():
        alone = told == policies.HUB_ALONE
        assert levels.of(table) is (levels.WORKINGS if alone else levels.FAMILIES), table
    assert {levels.of(table) for table in policies.BY_RIGHTS} == {levels.LOG}
    others = {levels.of(table) for table in policies.NOT_PERSONAL}
    assert others == {levels.LOG, levels.WORK, levels.NOBODY}, "nothing that is about families is unguarded"
    assert {"chronology_entry.sealed_words", "kit_draft.sealed"} <= set(levels.sealed_columns())


def test_every_level_says_all_of_its_rules() -> None:
    for level in levels.LEVELS:
        assert all((level.what, level.who, level.kept, level.ends, level.elsewhere)), level.name
