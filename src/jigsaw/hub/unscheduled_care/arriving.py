"""What do a setting's messages amount to, and who must know?

They are kept and answered before that (`keeping`), and worked on here: many of one setting together, setting after
setting in turn. What a visit amounts to is worked out anew from all messages that share a number with it, so the order
in which they come, and how often, changes nothing. What cannot be used waits for a named person, with the raw text.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef

from jigsaw.formats.attendances import Attendance as Told
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context, outbox
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.unscheduled_care import keeping, telling, together, whose
from jigsaw.hub.unscheduled_care.keeping import NOT_PROCESSED, Answer, Broken
from jigsaw.hub.unscheduled_care.models import Access, Attendance, Delivery, Setting
from jigsaw.hub.unscheduled_care.telling import Event
from jigsaw.hub.unscheduled_care.together import Group
from jigsaw.hub.unscheduled_care.visible import to_tell_of

log = logging.getLogger("jigsaw.unscheduled_care")
AT_ONCE = 100
"""Messages of one setting worked on in one transaction, before it is another setting's turn."""


@context.hub("plan")
@transaction.atomic
def take(
    *,
    setting: Setting,
    content: bytes,
    way: str,
    now: datetime,
    actor: Actor = SYSTEM,
    broken: Broken | None = None,
) -> Answer:
    """Keep one message and work on it at once, in one transaction: for whoever writes down by hand who came.

    The same bytes again are counted and answered as before, unless a fault of ours kept them from being worked on.
    """
    came = keeping.received(setting=setting, content=content, way=way, now=now, broken=broken)
    [answer] = keeping.keep([came], now=now)
    _wait_for_turn(setting)
    kept = list(Delivery.objects.filter(pk=answer.delivery, state=Delivery.KEPT))
    _work_on(actor, setting, kept, now)
    _seek(actor, setting, now)
    told = Delivery.objects.get(pk=answer.delivery).answer
    return Answer(told, answer.messages, answer.delivery)


# --- in turn ----------------------------------------------------------------------------------------------------


@context.hub("plan")
def work(*, now: datetime) -> int:
    """Work on what was kept: some messages of each setting in turn, the oldest first; returns how many.

    Several processes may: those of one setting are worked on by one of them at a time. Twice changes nothing.
    """
    waiting = Delivery.objects.filter(state=Delivery.KEPT).values("setting").distinct()
    return sum(_batch(setting, now) for setting in Setting.objects.filter(pk__in=waiting))


@context.hub("plan")
def seek(*, now: datetime) -> int:
    """Seek by name, where no number told: some attendances of each setting; returns how many. After `work`."""
    waiting = Attendance.objects.filter(to_seek=True).values("setting").distinct()
    return sum(_sought(setting, now) for setting in Setting.objects.filter(pk__in=waiting))


@transaction.atomic
def _batch(setting: Setting, now: datetime) -> int:
    if not _is_our_turn(setting):
        return 0
    rows = Delivery.objects.filter(setting=setting, state=Delivery.KEPT)
    kept = list(rows.order_by("received_at", "pk")[:AT_ONCE])
    _work_on(SYSTEM, setting, kept, now)
    return len(kept)


@transaction.atomic
def _sought(setting: Setting, now: datetime) -> int:
    return _seek(SYSTEM, setting, now) if _is_our_turn(setting) else 0


def _seek(actor: Actor, setting: Setting, now: datetime) -> int:
    """Of whoever turns out to be nobody with a plan, what was told is taken back."""
    sought = whose.seek(setting, now=now)
    _settle(actor, sought, now)
    return len(sought)


def _is_our_turn(setting: Setting) -> bool:
    """Two messages of one visit worked on at once would each miss the other. Nobody waits for this to be answered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"setting {setting.pk}"])
        return bool(cursor.fetchone()[0])


def _wait_for_turn(setting: Setting) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"setting {setting.pk}"])


# --- many messages of one setting -------------------------------------------------------------------------------


def _work_on(actor: Actor, setting: Setting, kept: Sequence[Delivery], now: datetime) -> None:
    """A fault of ours must not cost a message, nor hold up the others: the one that it is waits for a person."""
    if not kept:
        return
    try:
        with transaction.atomic():
            concerned = _amount_to(actor, setting, kept, now)
    except (OperationalError, InterfaceError):
        raise  # the database is away or busy: nothing is wrong with the messages
    except Exception as error:
        if len(kept) == 1:
            _failed(kept[0], error, now)
        else:
            half = len(kept) // 2
            _work_on(actor, setting, kept[:half], now)
            _work_on(actor, setting, kept[half:], now)
        return
    _taken(kept, now)
    _log(actor, kept, concerned, now)


def _failed(one: Delivery, error: Exception, now: datetime) -> None:
    log.error("a message was not worked on", exc_info=error, extra={"delivery": one.pk})
    one.answer, one.problems = "AE", [list(NOT_PROCESSED), *one.problems]
    _to_a_person(one, now)


def _taken(kept: Iterable[Delivery], now: datetime) -> None:
    """The rows in the order of `keeping`, so that neither waits for the other in a circle."""
    pks = [one.pk for one in kept]
    list(Delivery.objects.select_for_update().filter(pk__in=pks).order_by("digest").values_list("pk"))
    Delivery.objects.filter(pk__in=pks).update(state=Delivery.TAKEN)
    for one in kept:
        if one.problems:
            _to_a_person(one, now)


def _to_a_person(one: Delivery, now: datetime) -> None:
    """It waits for whoever works on the setting's messages. One notice tells of all that wait for the same reason."""
    first = not keeping.waits(one.setting, one.problems[0][0], but=[one.pk])
    one.state = Delivery.WAITING
    one.save(update_fields=["state", "answer", "problems"])
    if first:
        outbox.put(topic="delivery.waiting", payload={"delivery": str(one.pk)}, now=now)


def _log(actor: Actor, kept: Sequence[Delivery], concerned: Mapping[UUID, set[UUID]], now: datetime) -> None:
    """An entry for each message that concerns somebody with a plan, and one for all the others together."""
    about_nobody = [one for one in kept if not concerned.get(one.pk)]
    for one in kept:
        if concerned.get(one.pk):
            audit.record(
                actor=actor, action="attendance.received", people=concerned[one.pk], thing=f"delivery {one.pk}",
                detail={"deliveries": 1}, now=now,
            )  # fmt: skip
    if about_nobody:
        detail = {"deliveries": len(about_nobody), "last": str(about_nobody[-1].pk)}
        thing = f"delivery {about_nobody[0].pk}"
        audit.record(actor=actor, action="attendance.received", thing=thing, detail=detail, now=now)


# --- what they amount to ----------------------------------------------------------------------------------------


def _amount_to(
    actor: Actor, setting: Setting, kept: Sequence[Delivery], now: datetime
) -> dict[UUID, set[UUID]]:
    """Work out the attendances that these messages touch; returns by delivery whom with a plan they concern."""
    groups = together.groups(setting, kept)
    rows = _kept_rows(setting, groups)
    touched = [row for group in groups for row in _touched(group, rows, now)]
    whose.match(touched, now=now)
    _save(touched)
    _settle(actor, touched, now)
    whose.report_ended(actor, setting, {pair for group in groups for pair in group.ended}, now=now)
    return {pk: _concerned(group, rows) for group in groups for pk in group.deliveries}


def _touched(group: Group, rows: Mapping[str, Attendance], now: datetime) -> Iterator[Attendance]:
    """Those that a new message names, and any other that it changed what is told of."""
    for told in group.told:
        row = rows[together.digest(told.key)]
        changed = _tell(row, told, now)
        if changed or row.key in group.named:
            yield row


def _kept_rows(setting: Setting, groups: Iterable[Group]) -> dict[str, Attendance]:
    """The row of each attendance by its key; those that are new are not saved yet."""
    told = {together.digest(one.key): one for group in groups for one in group.told}
    held = Attendance.objects.select_for_update().filter(setting=setting, key__in=list(told))
    rows = {row.key: row for row in held.order_by("pk")}
    for key, one in told.items():
        if key not in rows:
            rows[key] = Attendance(
                setting=setting, agency_id=setting.agency_id, key=key, visit=one.key[2][:80], match=""
            )
        rows[key].setting = setting
    return rows


def _tell(row: Attendance, told: Told, now: datetime) -> bool:
    """Bring the row to what all messages now tell; whether that changed it. Whom somebody decided it to be stays, if
    it is told of the same person still."""
    about = whose.about(told.patient)
    new = {
        "told": about,
        "status": told.status,
        "unscheduled": told.unscheduled,
        "arrived_at": told.arrived.at if told.arrived else None,
        "left_at": told.left.at if told.left else None,
        "ods_code": (told.place.ods_code or row.setting.ods_code)[:8],
    }
    if all(getattr(row, name) == value for name, value in new.items()):
        return False
    if row.told != about:
        row.match, row.person, row.decided_by, row.decided_at = "", None, None, None
        row.sought_at = None
    for name, value in new.items():
        setattr(row, name, value)
    row.changed_at = now
    return True


SAVED = (
    "status", "unscheduled", "arrived_at", "left_at", "ods_code", "told", "match", "to_seek", "sought_at", "person",
    "changed_at", "decided_by", "decided_at",
)  # fmt: skip


def _save(rows: Sequence[Attendance]) -> None:
    """New or not, in one statement."""
    Attendance.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["setting", "key"], update_fields=list(SAVED)
    )


def _concerned(group: Group, rows: Mapping[str, Attendance]) -> set[UUID]:
    found = (rows[together.digest(told.key)] for told in group.told)
    sure = (Attendance.CERTAIN, Attendance.SAME)
    return {row.person_id for row in found if row.person_id and row.match in sure}


# --- who is told ------------------------------------------------------------------------------------------------


@context.hub("plan")
def settle(actor: Actor, row: Attendance, now: datetime) -> None:
    """Bring what was told of an attendance to what it now amounts to; in the caller's transaction."""
    _settle(actor, [row], now)


def _settle(actor: Actor, rows: Sequence[Attendance], now: datetime) -> None:
    there: dict[UUID | None, list[Access]] = {}
    standing = Access.objects.filter(attendance__in=[row.pk for row in rows], cancelled_at=None)
    for access in standing.select_related("plan", "record"):
        there.setdefault(access.attendance_id, []).append(access)
    plans = _plans(rows, now)
    for row in rows:
        if row.pk in there and _is_asked(row):
            continue
        wanted = plans.get(row.person_id, []) if _is_told_of(row) else []
        if wanted or row.pk in there:
            _settle_one(actor, row, there.get(row.pk, []), wanted, now)


def _settle_one(actor: Actor, row: Attendance, there: list[Access], plans: list[Any], now: datetime) -> None:
    wanted = {plan.pk for plan in plans}
    telling.take_back(
        actor, [one for one in there if one.plan_id not in wanted and _ends(one, row, plans)], now=now
    )
    known = {one.plan_id for one in there}
    new = [plan for plan in plans if plan.pk not in known]
    at = min(row.arrived_at or now, now)
    event = Event(setting=row.setting, how=Access.CAME, at=at, unscheduled=True, attendance=row)
    telling.note(actor, new, event, now=now)


def _plans(rows: Iterable[Attendance], now: datetime) -> dict[UUID | None, list[Any]]:
    persons = {row.person_id for row in rows if row.person_id and _is_told_of(row)}
    found: dict[UUID | None, list[Any]] = {}
    day = agreements.local_day(now)
    for plan in to_tell_of(persons, on=day, rules=agreements.unscheduled_care(on=day)) if persons else ():
        found.setdefault(plan.record.person_id, []).append(plan)
    return found


def _is_told_of(row: Attendance) -> bool:
    """Somebody is told of an unplanned visit of whoever is meant for certain, or was decided to be."""
    matched = row.match in (Attendance.CERTAIN, Attendance.SAME)
    decided = row.match == Attendance.SAME and row.unscheduled is None
    return matched and row.status != "cancelled" and bool(row.unscheduled or decided)


def _is_asked(row: Attendance) -> bool:
    """Whose visit it was has become unsure. What was told stands until somebody, or the search by name, says that it was
    another's: nothing that an authority was told of a child goes away by itself."""
    open_still = row.status != "cancelled" and row.unscheduled is not False
    return open_still and (row.match == Attendance.ASK or row.to_seek)


def _ends(access: Access, row: Attendance, plans: Iterable[Any]) -> bool:
    """An access is taken back because the visit is not theirs or was not; never because its plan has ended since."""
    return not plans or access.record.person_id != row.person_id


# --- what is not kept -----------------------------------------------------------------------------------------


@transaction.atomic
def forget(*, now: datetime) -> int:
    """Remove messages that were dealt with longer ago than was agreed, and attendances of which nobody was told;
    returns how many messages. Running it twice changes nothing. For the hub's own clock."""
    days = agreements.unscheduled_care(on=agreements.local_day(now))["messages_kept_days"]
    before = now - timedelta(days=days)
    told = Access.objects.filter(attendance=OuterRef("pk"))
    Attendance.objects.filter(changed_at__lt=before).exclude(match=Attendance.ASK).filter(
        ~Exists(told)
    ).delete()
    old = Delivery.objects.filter(received_at__lt=before).exclude(state__in=[Delivery.KEPT, Delivery.WAITING])
    return old.delete()[1].get("unscheduled_care.Delivery", 0)
