"""With which model is evidence weighed today? One for every door: what is typed, what comes in, and all at once.

The partnership may put a model of its own in force from a day on (see `agreements`); until then it is the one that
Jigsaw comes with. Asked so often that the answer is kept for a minute.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from jigsaw import record_linkage as linkage
from jigsaw.hub.agreements import queries as agreements
from jigsaw.record_linkage.model import model_from_json

KIND = "matching_model"
KEPT_FOR = 60.0


@dataclass
class _Kept:
    row: UUID | None = None
    until: float = 0.0


_kept = _Kept()


def current() -> linkage.Model:
    """The model in force today."""
    if time.monotonic() >= _kept.until:
        _kept.row = agreements.in_force_today(KIND)
        _kept.until = time.monotonic() + KEPT_FOR
    return _model(_kept.row) if _kept.row else linkage.default_model()


def forget() -> None:
    """Ask again: a model has just been put in force."""
    _kept.until = 0.0


@lru_cache(maxsize=4)
def _model(row: UUID) -> linkage.Model:
    return model_from_json(agreements.content_of(row)["model"])
