"""Whose attendance is it, and does anybody with a plan come into question?

By NHS number that is one statement for many attendances, and done at once, because somebody may have to be told. By
name it is a search each, and tells a person of the hospital at most; so it is done afterwards, and once for what is told.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError
from django.db.models import F, Max, Q

from jigsaw.formats.attendance_messages import Patient
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.people import cards, numbers, reported
from jigsaw.hub.unscheduled_care import looking
from jigsaw.hub.unscheduled_care.models import Attendance, Plan, Setting
from jigsaw.hub.unscheduled_care.visible import to_tell_of
from jigsaw.record_linkage import query_text

if TYPE_CHECKING:
    from jigsaw import record_linkage as linkage
    from jigsaw.hub.kit.actor import Actor
    from jigsaw.hub.people.cards import Card

log = logging.getLogger("jigsaw.unscheduled_care")
SOUGHT_AT_ONCE = 10
# One that could not be sought, through a fault of ours, is not in the way of the others.
TRY_AGAIN = timedelta(minutes=1)


def about(patient: Patient) -> dict[str, Any]:
    """What identifies the patient, as it is told."""
    name = patient.names[0] if patient.names else None
    home = patient.addresses[0] if patient.addresses else None
    return {
        "numbers": list(patient.nhs_numbers),
        "verified": any(one.status == "01" for one in patient.identifiers if one.scheme == "nhs_number"),
        "given": name.given if name else "",
        "family": name.family if name else "",
        "born": str(patient.born or ""),
        "postcode": home.postcode if home else "",
    }


def match(rows: Iterable[Attendance], *, now: datetime) -> None:
    """Set on each row whom its numbers mean, and whether a name is to be sought; nothing is saved.

    Certain only by an NHS number that the sender verified or the day of birth bears out. Where somebody with a plan may
    be meant and that is not certain, or whether the visit was unplanned is not told, a person decides.
    """
    open_ones = [row for row in rows if row.match in ("", Attendance.NOBODY, Attendance.ASK)]
    if not open_ones:
        return
    meant = _with_plans({number for row in open_ones for number in row.told["numbers"]}, now)
    known = cards.cards({person for persons in meant.values() for person in persons})
    changed = Plan.objects.filter(closed_as="").aggregate(at=Max("recorded_at"))["at"]
    for row in open_ones:
        persons = {person for number in row.told["numbers"] for person in meant.get(number, ())}
        if persons:
            _by_number(row, persons, known)
        else:
            _by_name_later(row, changed)


def _with_plans(told: set[str], now: datetime) -> dict[str, set[UUID]]:
    """By number, the persons under it who have a plan that a setting may see."""
    held = numbers.persons_under_each(told)
    persons = {person for each in held.values() for person in each}
    with_plans = _have_plans(persons, now)
    return {number: each & with_plans for number, each in held.items()}


def _have_plans(persons: set[UUID], now: datetime) -> set[UUID]:
    day = agreements.local_day(now)
    plans = to_tell_of(persons, on=day, rules=agreements.unscheduled_care(on=day)) if persons else ()
    return {plan.record.person_id for plan in plans}


def _by_number(row: Attendance, persons: set[UUID], known: Mapping[UUID, Card]) -> None:
    row.to_seek, row.sought_at = False, None
    row.match, row.person_id = Attendance.ASK, None
    if len(persons) == 1:
        [person] = persons
        if _agrees(row, known[person].born) and row.unscheduled is not None:
            row.match, row.person_id = Attendance.CERTAIN, person


def _agrees(row: Attendance, born: date | None) -> bool:
    if row.told["born"] and born:
        return bool(row.told["born"] == str(born))
    return bool(row.told["verified"])


def _by_name_later(row: Attendance, plans_changed: datetime | None) -> None:
    """Sought once for what is told, and again once there are other plans."""
    if row.unscheduled is False or row.status == "cancelled":
        row.match, row.to_seek = Attendance.NOBODY, False
        return
    row.match = row.match or Attendance.NOBODY
    fresh = row.sought_at is not None and (plans_changed is None or plans_changed <= row.sought_at)
    row.to_seek = row.to_seek or not fresh


def report_ended(actor: Actor, setting: Setting, ended: Iterable[tuple[str, str]], *, now: datetime) -> None:
    """A setting says that a number has become another: whoever keeps the number of a child with a plan is to look."""
    pairs = sorted(ended)
    persons = _with_plans({number for number, _instead in pairs}, now) if pairs else {}
    for number, instead in pairs:
        if persons.get(number):
            reported.report(
                actor=actor, persons=persons[number], value=number, instead=instead, by=setting.name, now=now
            )


# --- by name ----------------------------------------------------------------------------------------------------


def seek(setting: Setting, *, now: datetime, most: int = SOUGHT_AT_ONCE) -> list[Attendance]:
    """Seek by name those of the setting that wait for it; in the caller's transaction, which holds the setting's lock.

    Returns them. One that fails through a fault of ours is tried again later.
    """
    rows = Attendance.objects.select_for_update().filter(setting=setting, to_seek=True)
    rows = rows.filter(Q(sought_at=None) | Q(sought_at__lt=now - TRY_AGAIN))
    chosen = list(rows.order_by(F("sought_at").asc(nulls_first=True), "changed_at")[:most])
    alike = {row.pk: _alike(row, now) for row in chosen}
    persons = {person for each in alike.values() for person in each or ()}
    with_plans = _have_plans(persons, now)
    for row in chosen:
        row.setting, row.sought_at, found = setting, now, alike[row.pk]
        if found is not None:
            row.to_seek, row.match = False, Attendance.ASK if found & with_plans else Attendance.NOBODY
    Attendance.objects.bulk_update(chosen, ["match", "to_seek", "sought_at"])
    return chosen


def _alike(row: Attendance, now: datetime) -> set[UUID] | None:
    """Who may be meant, with a plan or without; None if that could not be found out."""
    try:
        query = _query(row, now)
        return {one.person for one in looking.alike(query)} if query else set()
    except DatabaseError:
        raise
    except Exception as error:
        log.error("an attendance was not sought by name", exc_info=error, extra={"attendance": row.pk})
        return None


def whom(row: Attendance, *, now: datetime) -> Sequence[looking.Candidate]:
    """Those with a plan who may be meant, best first. The caller has authorised the question."""
    query = _query(row, now)
    return looking.likely(query, now=now) if query else []


def _query(row: Attendance, now: datetime) -> linkage.Record | None:
    """What is told, as somebody would type it; None if it says nothing to seek by."""
    told = row.told
    words = [*told["numbers"], told["given"], told["family"], told["born"], told["postcode"]]
    query = query_text.parse(" ".join(filter(None, words)), today=now.date())
    return query if query_text.says_something(query) else None
