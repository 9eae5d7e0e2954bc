"""Put an agreed setting in force from a date on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access
from jigsaw.hub.agreements import queries
from jigsaw.hub.agreements.models import LocalSetting
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid

if TYPE_CHECKING:
    from jigsaw.hub.agencies.models import Authority


@transaction.atomic
def put_in_force(
    *,
    actor: Actor,
    kind: str,
    content: dict[str, Any],
    effective_from: date,
    source: str,
    now: datetime,
    authority: Authority | None = None,
) -> LocalSetting:
    """Add a setting that holds from `effective_from` (inclusive) until a later one takes over.

    Raises Invalid where one of this kind starts on that day already, or a rating scheme has no open hour, no
    order of urgency, or a less urgent rating that falls due sooner; Refused if the role does not allow it.
    """
    access.check_can_manage(actor)
    _check(kind, content, effective_from, source, authority)
    row = LocalSetting.objects.create(
        kind=kind, authority=authority, effective_from=effective_from, source=source, content=content
    )
    audit.record(actor=actor, action="setting.put_in_force", thing=f"setting {row.pk}", now=now)
    return row


def _check(
    kind: str, content: dict[str, Any], effective_from: date, source: str, authority: Authority | None
) -> None:
    wrong: dict[str, object] = {}
    if not source.strip():
        wrong["source"] = _("Say who agreed this, and where it is written.")
    same_day = LocalSetting.objects.filter(kind=kind, authority=authority, effective_from=effective_from)
    if same_day.exists():
        wrong["effective_from"] = _("Another setting starts on this day. Choose another day.")
    if kind == "rating_scheme":
        wrong |= _wrong_with_ratings(content, effective_from)
    one_in = content.get("second_look_one_in") if kind == "pair_reviews" else 0
    if not isinstance(one_in, int) or one_in < 0:
        wrong["second_look_one_in"] = _("Give a whole number: 10 for one in ten, 0 for none.")
    if wrong:
        raise Invalid(_("This setting needs another look."), wrong)


def _wrong_with_ratings(content: dict[str, Any], effective_from: date) -> dict[str, object]:
    """A clock that never runs, or two ratings of one urgency, would leave a request without its hour."""
    wrong: dict[str, object] = {}
    orders = [level["order"] for level in content["ratings"]]
    if len(set(orders)) < len(orders):
        wrong["ratings"] = _("Two ratings have the same place. Give each its own.")
    if not content["working_hours"]["days"]:
        wrong["working_hours"] = _("Give at least one day its opening hours.")
    if not wrong and (pair := _first_out_of_order(content, effective_from)):
        wrong["ratings"] = _(
            "%(less)s is less urgent than %(more)s, but can fall due sooner. Change its hours or its place."
        ) % {"less": pair[1].name, "more": pair[0].name}
    return wrong


def _first_out_of_order(
    content: dict[str, Any], effective_from: date
) -> tuple[queries.RatingLevel, queries.RatingLevel] | None:
    """The first rating with the next less urgent one that can fall due before it, if any does.

    Hours by day and night and working hours cannot be compared by their number alone. A working clock takes
    least for what comes in as the office opens, and longest for what comes as it closes: every opening and
    closing of a year, bank holidays included, is tried.
    """
    scheme = queries.scheme_of(content, effective_from=effective_from)
    days = (scheme.hours.opening(effective_from + timedelta(days=n)) for n in range(366))
    starts = [moment for day in days if day for moment in day]
    return next(
        (
            (more, less)
            for more, less in pairwise(scheme.levels)
            if any(scheme.due(less.code, at) < scheme.due(more.code, at) for at in starts)
        ),
        None,
    )


@transaction.atomic
def install_defaults(*, actor: Actor, now: datetime) -> None:
    """Put the shipped ratings and ladder of need in force where none are: starting values, with sources."""
    shipped = {"rating_scheme": ("rating_schemes", "schemes"), "need_ladder": ("need_ladders", "ladders")}
    for kind, (file, rows) in shipped.items():
        if not LocalSetting.objects.filter(kind=kind).exists():
            first = queries.words(file)[rows][0]
            put_in_force(
                actor=actor,
                kind=kind,
                content=first,
                effective_from=date.fromisoformat(first["effective_from"]),
                source=first["source"],
                now=now,
            )
