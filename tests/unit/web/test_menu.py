"""The menu says how many wait, and beyond ninety-nine no more than that."""

import pytest

from jigsaw.hub.web import context


@pytest.mark.parametrize(("waiting", "shown"), [(0, 0), (1, 1), (99, 99), (100, "99+")])
def test_more_than_ninety_nine_are_not_counted_on_the_menu(waiting, shown):
    assert context.badge(waiting) == shown
