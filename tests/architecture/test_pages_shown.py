"""The page of pages is current, and every page has its pictures."""

from __future__ import annotations

from pathlib import Path

from architecture.doors import ROUTES
from architecture.pages import NO_PAGE, ON_PAPER, PICTURES, page, shown

DOCUMENT = Path(__file__).parents[2] / "docs/reference/pages.md"


def test_the_page_of_pages_is_current() -> None:
    assert DOCUMENT.read_text() == page()


def test_every_page_has_its_pictures_and_no_picture_is_of_a_page_that_is_gone() -> None:
    names = {route.name for route in shown()} - ON_PAPER
    wanted = {f"{name}-{width}.png" for name in names for width in ("desktop", "phone")}
    assert {path.name for path in PICTURES.glob("*.png")} == wanted


def test_the_pictures_stay_small() -> None:
    assert sum(path.stat().st_size for path in PICTURES.parent.rglob("*.png")) < 11_000_000


def test_what_is_said_to_show_no_page_is_there() -> None:
    assert set(NO_PAGE) <= set(ROUTES)
    assert set(ROUTES) >= ON_PAPER
