"""Put an agreed setting in force from a date on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.agencies import access
from jigsaw.hub.agreements import queries
from jigsaw.hub.agreements.models import InstrumentCheck, LocalSetting
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.patterns import faults

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
        kind=kind, authority=authority, effective_from=effective_from, source=source, content=content,
        put_by_id=actor.practitioner_id, put_at=now,
    )  # fmt: skip
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
    if kind == "unscheduled_care":
        wrong |= _wrong_with_numbers(content)
    if kind == "school_days" and not _is_read(queries.school_days_of, content):
        wrong["school_days"] = _(
            "Give the time at which schools open like 08:30, weekdays from 0 for Monday, and holidays with their "
            "first and last day like 2026-12-21."
        )
    if kind == "retention" and not _is_read(queries.retention_of, content):
        wrong["retention"] = _(
            "Give each rule its code, name and source, what it is about (what), and how long that is kept (keep), like "
            '{"from": "birth", "years": 25}.'
        )
    if kind == "patterns":
        wrong |= _wrong_with_patterns(content)
    one_in = content.get("second_look_one_in") if kind == "pair_reviews" else 0
    if not isinstance(one_in, int) or one_in < 0:
        wrong["second_look_one_in"] = _("Give a whole number: 10 for one in ten, 0 for none.")
    if wrong:
        raise Invalid(_("This setting needs another look."), wrong)


def _wrong_with_numbers(content: dict[str, Any]) -> dict[str, object]:
    """Whole numbers above nothing, each with a name that is used."""
    known = queries.unscheduled_care(on=date.min)
    return {
        name: _("Give a whole number, 1 or more. These can be set: %(names)s.") % {"names": ", ".join(known)}
        for name, value in content.items()
        if name not in known or isinstance(value, bool) or not isinstance(value, int) or value < 1
    }


def _is_read(reading: Callable[[dict[str, Any]], object], content: dict[str, Any]) -> bool:
    try:
        reading(content)
    except (KeyError, TypeError, ValueError):
        return False
    return True


def _wrong_with_patterns(content: dict[str, Any]) -> dict[str, object]:
    """Rules that can be read, of kinds of record that there are; and how often one practitioner is told a day."""
    wrong: dict[str, object] = {}
    kinds = queries.record_kinds()
    if "rules" in content and (found := faults(content, kinds=kinds)):
        wrong["rules"] = " ".join(found)
    for name, known in (("low_ratings", None), ("risk_kinds", kinds)):
        given = content.get(name, [])
        if not isinstance(given, list) or (known and not known.issuperset(given)):
            wrong[name] = _("Give a list of codes that are in use.")
    most = content.get("interruptions_a_day", 1)
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        wrong["interruptions_a_day"] = _("Give a whole number, 1 or more.")
    return wrong


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
def check_instrument(
    *,
    actor: Actor,
    code: str,
    commenced_on: date | None,
    ended_on: date | None,
    verified_on: date,
    source: str,
    now: datetime,
    note: str = "",
) -> InstrumentCheck:
    """Confirm or correct one law of the register: it holds so from today on, and what it said before stays.

    `commenced_on` is inclusive, `ended_on` exclusive; None for not in force, and for no end. Raises NotHere for a
    code that the register does not have, Invalid naming the fields, Refused if the role does not allow it.
    """
    access.check_can_manage(actor)
    today = queries.local_day(now)
    known = queries.register(on=today).get(code)
    if known is None:
        raise NotHere(
            _("The register has no law with the code %(code)s.") % {"code": code},
            _("Look in the list of the law we rely on."),
        )
    _check_dates(commenced_on, ended_on, verified_on, source, today, begins=not known.always)
    row = InstrumentCheck.objects.create(
        code=code,
        holds_from=today,
        commenced_on=commenced_on,
        ended_on=ended_on,
        verified_on=verified_on,
        source=source.strip(),
        note=note.strip(),
        checked_by_id=actor.practitioner_id,
        checked_at=now,
    )
    audit.record(
        actor=actor,
        action="law.checked",
        thing=f"law {code}",
        detail={
            "commenced_on": str(commenced_on or ""),
            "ended_on": str(ended_on or ""),
            "verified_on": str(verified_on),
        },
        words=row.source,
        now=now,
    )
    return row


def _check_dates(
    commenced_on: date | None,
    ended_on: date | None,
    verified_on: date,
    source: str,
    today: date,
    *,
    begins: bool,
) -> None:
    wrong: dict[str, object] = {}
    if ended_on and not commenced_on and begins:
        wrong["commenced_on"] = _("Say when it began, or leave the end empty too.")
    if ended_on and commenced_on and ended_on <= commenced_on:
        wrong["ended_on"] = _("It must end after it began.")
    if verified_on > today:
        wrong["verified_on"] = _("You cannot have checked it on a day to come.")
    if not source.strip():
        wrong["source"] = _("Say where you read it, with its address or reference, so that others can check.")
    if wrong:
        raise Invalid(_("This needs another look."), wrong)


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
