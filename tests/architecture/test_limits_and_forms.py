"""The pages on limits and on forms say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from architecture import forms, limits

REFERENCE = Path(__file__).parents[2] / "docs/reference"


@pytest.mark.parametrize("document", [forms, limits])
def test_the_page_is_current(document: object) -> None:
    name = document.__name__.rpartition(".")[2]
    assert (REFERENCE / f"{name}.md").read_text() == document.page()
