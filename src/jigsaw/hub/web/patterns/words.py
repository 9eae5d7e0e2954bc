"""A pattern in words: what it is, where each of its records is opened, and why this reader is told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.patterns.queries import Shown
from jigsaw.hub.web.people.page import kind_words

OWN_KINDS = {
    "low_level_notice": gettext_lazy("Concern rated at a low level"),
    "attendance": gettext_lazy("Alert of unscheduled care"),
    "open_case": gettext_lazy("Your agency works with the child"),
}


def row(shown: Shown, actor: Actor, *, on_page: Collection[UUID] = ()) -> dict[str, Any]:
    """What the templates show of one pattern; entries that stand on the same page are opened there."""
    pattern = shown.pattern
    return {
        "pattern": pattern,
        "since": formats.date_format(pattern.since, "j F Y"),
        "records": [_record(one, pattern.person_id, on_page) for one in shown.pointed],
        "why": _why(shown, actor),
    }


def _record(one: Any, person: UUID, on_page: Collection[UUID]) -> dict[str, str]:
    kind = str(OWN_KINDS[one.kind]) if one.kind in OWN_KINDS else kind_words(one.kind)
    day = formats.date_format(one.on, "j F Y")
    said = _("%(kind)s since %(day)s") if one.kind == "open_case" else _("%(kind)s, %(day)s")
    return {
        "words": said % {"kind": kind, "day": day},
        "url": _address(one, person, on_page),
    }


def _address(one: Any, person: UUID, on_page: Collection[UUID]) -> str:
    if one.entry_id:
        here = f"#e-{one.entry_id}"
        return here if one.entry_id in on_page else reverse("entry", args=[person, one.entry_id])
    if one.referral_id:
        return reverse("concern", args=[one.reference])
    return reverse("alert", args=[one.reference]) if one.alert_id else ""


def _why(shown: Shown, actor: Actor) -> str:
    """That the reader was told, and as what; or who else of their agency was."""
    pattern = shown.pattern
    mine = pattern.told_id == actor.practitioner_id
    if mine and pattern.works_with_child:
        return _("You work with this child, and may open every record that it points at.")
    if mine:
        return _("You are your agency’s named person, and may open every record that it points at.")
    return _(
        "%(name)s of your agency was told. You see it because you may open every record that it points at."
    ) % {"name": pattern.told.name}
