"""No door stands open unseen: every address and every command is listed with who may use it."""

from __future__ import annotations

from pathlib import Path

import pytest

from architecture.doors import ANYONE, COMMANDS, ROUTES, SIGNED_IN, Route, commands, page, routes
from jigsaw.hub.agencies.permissions import PERMISSIONS

DOCUMENT = Path(__file__).parents[2] / "docs/reference/doors.md"


def test_every_address_is_listed_and_none_that_is_gone() -> None:
    there = [route.name for route in routes()]
    assert sorted(there) == sorted(ROUTES), "Write it into tests/architecture/doors.py, with who may use it."


def test_every_command_is_listed_and_none_that_is_gone() -> None:
    assert sorted(commands()) == sorted(COMMANDS), "Write it into tests/architecture/doors.py."


def test_every_permission_that_is_asked_for_exists() -> None:
    asked = {code for door in ROUTES.values() for code in door.asks}
    assert asked - {ANYONE, SIGNED_IN} <= set(PERMISSIONS)
    for door in ROUTES.values():
        assert len(door.asks) == 1 or not {ANYONE, SIGNED_IN} & set(door.asks)


@pytest.mark.parametrize("route", list(routes()), ids=lambda route: route.name)
def test_every_view_says_whom_it_is_for(route: Route) -> None:
    assert (route.view.__doc__ or "").startswith("For "), f"{route.path}: say who may use it"


@pytest.mark.parametrize("route", list(routes()), ids=lambda route: route.name)
def test_only_what_is_open_to_anyone_opens_without_signing_in(route: Route) -> None:
    """A page that is not behind `practitioner_page` must be one of the few that guard themselves."""
    guarded = getattr(route.view, "needs_practitioner", False)
    guards_itself = route.name in {"sign-out", "save-draft", "sign-in-second", "session-away"}
    assert guarded or guards_itself or ROUTES[route.name].asks == (ANYONE,)


def test_the_page_of_doors_is_current() -> None:
    assert DOCUMENT.read_text() == page()
