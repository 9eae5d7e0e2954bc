"""Each act and each read as its practitioner's own request: the database answers for their agency alone.

Tests look at everything, so that they act for the hub itself. Within `everyone_for_themselves`, whatever takes an
`actor` is played in the context that a page would give it: what it reads past its own steps of the hub, it does not
see here either.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache, wraps
from types import ModuleType
from typing import Any

from django.utils import timezone

import jigsaw.hub
from jigsaw.hub.kit import context

DOORS = ("web", "cli", "jobs", "config", "training", "kit")


@contextmanager
def everyone_for_themselves() -> Iterator[None]:
    """Until it is over, what tests call with an actor is asked for that actor."""
    try:
        for module, name, _plain, play in _places():
            setattr(module, name, play)
        yield
    finally:
        for module, name, plain, _play in _places():
            setattr(module, name, plain)


@cache
def _places() -> list[tuple[ModuleType, str, Callable[..., Any], Callable[..., Any]]]:
    """Wherever such a function has a name: the module, the name, the function itself and how it is played."""
    played = {function: _played(function) for function in _with_an_actor()}
    return [
        (module, name, value, played[value])
        for path, module in list(sys.modules.items())
        if path.startswith("jigsaw.hub.")
        for name, value in list(vars(module).items())
        if inspect.isfunction(value) and value in played
    ]


def _with_an_actor() -> Iterator[Callable[..., Any]]:
    for found in pkgutil.walk_packages(jigsaw.hub.__path__, "jigsaw.hub."):
        if found.name.split(".")[2] in DOORS or ".migrations" in found.name:
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            own = inspect.isfunction(value) and value.__module__ == found.name
            if own and not name.startswith("_") and "actor" in inspect.signature(value).parameters:
                yield value


def _played(function: Callable[..., Any]) -> Callable[..., Any]:
    takes = inspect.signature(function)

    @wraps(function)
    def play(*args: Any, **kwargs: Any) -> Any:
        given = takes.bind(*args, **kwargs).arguments
        acts = context.current()
        if (
            acts is None
            or acts.door != "tests"
            or getattr(given.get("actor"), "practitioner_id", None) is None
        ):
            return function(*args, **kwargs)
        now = given.get("now")
        at = now if isinstance(now, datetime) else timezone.now()
        with context.acting(given["actor"], door="web", now=at):
            return function(*args, **kwargs)

    return play
