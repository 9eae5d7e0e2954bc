"""In which states can a version of a sharing agreement be, and what leads from one to another?

Whether a signed version holds today is told by its days, not by a state: nothing must wake up at midnight for an
agreement to begin or to run out (`shown`).
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit.states import Moves


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("Being signed")
    SIGNED = "signed", _("Signed by every party")
    ENDED = "ended", _("Ended")


S = VersionState
_BEING_SIGNED = _(
    "It is being signed, so its words stand. Take it back to the draft first, or write the next version."
)
_SIGNED = _("It is signed, so its words stand. Write the next version instead.")
_ENDED = _("It has ended. Write the next version instead.")
_STILL_A_DRAFT = _("It is still a draft. Send it for signing first.")
MOVES = Moves(
    {
        "change": ({S.DRAFT}, None),
        "throw_away": ({S.DRAFT}, None),
        "send": ({S.DRAFT}, S.IN_REVIEW),
        "take_back": ({S.IN_REVIEW}, S.DRAFT),
        "sign": ({S.IN_REVIEW, S.SIGNED}, None),
        "begin": ({S.IN_REVIEW}, S.SIGNED),
        "review": ({S.SIGNED}, None),
        "end": ({S.SIGNED}, S.ENDED),
    },
    refused={
        **{(act, S.IN_REVIEW): _BEING_SIGNED for act in ("change", "throw_away", "send")},
        **{(act, S.SIGNED): _SIGNED for act in ("change", "throw_away", "send", "take_back", "begin")},
        **{
            (act, S.ENDED): _ENDED
            for act in ("change", "throw_away", "send", "take_back", "sign", "begin", "review", "end")
        },
        **{(act, S.DRAFT): _STILL_A_DRAFT for act in ("take_back", "sign", "begin", "review", "end")},
        ("review", S.IN_REVIEW): _("Not every party has signed it yet."),
        ("end", S.IN_REVIEW): _("Not every party has signed it yet: take it back to the draft."),
    },
)
SHOWN = {
    "draft": _("Draft"),
    "in_review": _("Being signed"),
    "to_come": _("Signed, begins later"),
    "in_force": _("In force"),
    "over": _("Over"),
    "replaced": _("Replaced"),
    "ended": _("Ended early"),
}


def shown(state: str, first: date | None, last: date | None, replaced_from: date | None, on: date) -> str:
    """The state as people say it on a day, a code of SHOWN. `first` and `last` are inclusive; `replaced_from` is
    the first day of the next signed version, if there is one."""
    if state != S.SIGNED or first is None or last is None:
        return str(state)
    if replaced_from is not None and replaced_from <= on:
        return "replaced"
    if on < first:
        return "to_come"
    return "in_force" if on <= last else "over"
