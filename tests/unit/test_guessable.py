"""A password of the work's own words is no password; any composition of other characters is one."""

from __future__ import annotations

import pytest

from jigsaw.hub.agencies.guessable import LEFT_AT_LEAST, left


@pytest.mark.parametrize(
    "password", ["Jigsaw-Sharetown", "Safeguarding2026!", "social worker 1", "Children Hub SHARETOWN 123"]
)
def test_little_is_left_of_the_words_of_the_work(password: str) -> None:
    assert len(left(password, place="Sharetown Partnership")) < LEFT_AT_LEAST


@pytest.mark.parametrize(
    "password",
    [
        "paper boats in the harbour",
        "830174659273",
        "!?%&/()=;:_-+",
        "три слова не вместе",
        "a lamp near the school",
    ],
)
def test_enough_is_left_of_others_whatever_their_letters(password: str) -> None:
    assert len(left(password, place="Sharetown Partnership")) >= LEFT_AT_LEAST
