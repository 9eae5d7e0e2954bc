"""A family asks who has looked at their child's information: what are they told, and what is left out?

Looks of one practitioner on one day for one purpose are one line. They are told in which role, for which agency and for what;
not by name, unless whoever decides says so. A line is left out for a reason only, and the answer says how many and why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jigsaw.hub.kit import fields
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.errors import Invalid, WrongState
from jigsaw.hub.people import queries as people
from jigsaw.hub.people.queries import Look
from jigsaw.hub.rights import access, asked
from jigsaw.hub.rights.asked import Detail
from jigsaw.hub.rights.kinds import EXEMPTIONS, LOOKS
from jigsaw.hub.rights.models import RightsRequest

MOST = 5000
"""So many acts are read back; the answer says from when on it tells if there were more."""
LONGEST = 2000
EMERGENCY = "emergency"
# What preparing such an answer itself writes down.
OF_THE_ANSWER = ("audit.viewed", "rights.")


@dataclass(frozen=True)
class Line:
    """What one practitioner (None: the hub itself) did on one day for one purpose."""

    key: str
    day: date
    practitioner: UUID | None
    name: str
    job_title: str
    agency: str
    purpose: str
    actions: tuple[str, ...]
    times: int

    @property
    def emergency(self) -> bool:
        return self.purpose.startswith(EMERGENCY) or "person.opened_in_emergency" in self.actions


@dataclass(frozen=True)
class ToDecide:
    """What is to be gone through; `since`: the first day that is told of, if there was more before."""

    detail: Detail
    lines: tuple[Line, ...]
    since: date | None


@transaction.atomic
def to_decide(actor: Actor, reference: str, *, now: datetime) -> ToDecide:
    """Every line that could be told, the newest first; audited. For whoever may answer and see the log."""
    detail = asked.read(actor, reference, now=now)
    _check_kind(detail.request)
    return ToDecide(detail, *_lines(actor, detail.request, now))


@transaction.atomic
def decide(
    *,
    actor: Actor,
    reference: str,
    named: bool,
    left_out: Mapping[str, str],
    because: str,
    now: datetime,
) -> RightsRequest:
    """Tell all lines but those `left_out` (line's key → code of an exemption), staff by name only if `named`.

    Once. Raises Invalid where something is left out, or staff are named, without a reason in words, AlreadyDone.
    """
    row = asked.locked(actor, reference)
    _check_kind(row)
    lines, since = _lines(actor, row, now)
    chosen = {key: code for key, code in left_out.items() if code}
    _check(lines, chosen, named, because)
    told = [line for line in lines if line.key not in chosen]
    kept = [line for line in lines if line.key in chosen]
    given = {
        "of": LOOKS,
        "since": since and since.isoformat(),
        "named": named,
        "lines": [_told(line, named) for line in told],
        "left_out": _counted(chosen[line.key] for line in kept),
    }
    held_back = [_kept(line, chosen[line.key]) for line in kept]
    asked.deciding(row, actor, given=given, held_back=held_back, because=because, now=now)
    asked.write_down(
        "rights.decided", row, actor, now, told=len(told), left_out=len(kept), named=named, kind=LOOKS
    )
    return row


def _check_kind(row: RightsRequest) -> None:
    if row.kind != LOOKS:
        raise WrongState(_("This asks for something else."), _("Go back to what families ask."))


def _check(lines: Iterable[Line], chosen: Mapping[str, str], named: bool, because: str) -> None:
    fields.check_text("because", because, longest=LONGEST, label=str(_("Why")))
    wrong: dict[str, object] = {}
    if not set(chosen.values()) <= set(EXEMPTIONS) or not set(chosen) <= {line.key for line in lines}:
        wrong["lines"] = _("Choose for each line whether it is told. There may be newer ones: look again.")
    if (chosen or named) and not because.strip():
        wrong["because"] = _("Say why something is left out, or why staff are named.")
    if wrong:
        raise Invalid(_("Say what is told, and why something is not."), wrong)


def _lines(actor: Actor, row: RightsRequest, now: datetime) -> tuple[tuple[Line, ...], date | None]:
    access.check_holds(actor, people.current(row.person_id).pk, now)
    looks = people.who_looked(actor, row.person_id, now=now, limit=MOST)
    since = _day(looks[-1]) if len(looks) == MOST else None
    grouped: dict[tuple[date, UUID | None, str, str], list[Look]] = {}
    for look in looks:
        if not look.action.startswith(OF_THE_ANSWER):
            grouped.setdefault((_day(look), look.practitioner, look.purpose, look.name), []).append(look)
    return tuple(_line(same) for same in grouped.values()), since


def _day(look: Look) -> date:
    return look.at.astimezone(ENGLAND).date()


def _line(same: list[Look]) -> Line:
    look, day = same[0], _day(same[0])
    told = f"{day}|{look.practitioner}|{look.purpose}"
    return Line(
        key=hashlib.sha256(told.encode()).hexdigest()[:16],
        day=day,
        practitioner=look.practitioner,
        name=look.name,
        job_title=look.job_title,
        agency=look.agency,
        purpose=look.purpose,
        actions=tuple(dict.fromkeys(each.action for each in reversed(same))),
        times=len(same),
    )


def _told(line: Line, named: bool) -> dict[str, Any]:
    return {
        "day": line.day.isoformat(),
        "name": line.name if named else "",
        "job_title": line.job_title,
        "agency": line.agency,
        "purpose": line.purpose.partition(" ")[0] if line.purpose != "own record" else line.purpose,
        "actions": list(line.actions),
        "times": line.times,
        "emergency": line.emergency,
    }


def _kept(line: Line, code: str) -> dict[str, Any]:
    return {
        "day": line.day.isoformat(),
        "practitioner": str(line.practitioner or ""),
        "agency": line.agency,
        "purpose": line.purpose,
        "why": code,
    }


def _counted(codes: Iterable[str]) -> list[dict[str, Any]]:
    found: dict[str, int] = {}
    for code in codes:
        found[code] = found.get(code, 0) + 1
    return [{"why": code, "lines": found[code]} for code in EXEMPTIONS if code in found]
