"""What does a message of a setting's system amount to, and who must know?

A message is kept as it came before anything is made of it, and is answered after that. What a visit amounts to is
worked out anew from all messages that share a number with it (`jigsaw.formats.attendances`), so the order in which
they come, and how often, changes nothing. What cannot be used waits for a named person, with the raw text.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from jigsaw.formats import adt, attendances, fhir_attendance, hl7_text
from jigsaw.formats.adt_answer import Code
from jigsaw.formats.attendance_messages import AttendanceMessage, Patient
from jigsaw.formats.attendances import Attendance as Told
from jigsaw.formats.attendances import History
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import operations as audit
from jigsaw.hub.kit import context, outbox
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.people import cards, numbers
from jigsaw.hub.unscheduled_care import telling
from jigsaw.hub.unscheduled_care.looking import likely
from jigsaw.hub.unscheduled_care.models import Access, Attendance, Delivery, DeliveryKey, Setting
from jigsaw.hub.unscheduled_care.telling import Event
from jigsaw.hub.unscheduled_care.visible import visible_of
from jigsaw.record_linkage import query_text

log = logging.getLogger("jigsaw.unscheduled_care")
# A sender that gives one number to everybody would make each message cost as much as all before it.
MOST_TOGETHER = 500
KEPT_CONTENT = hl7_text.LARGEST_MESSAGE
WORST: dict[Code, int] = {"AA": 0, "AE": 1, "AR": 2}
NOT_PROCESSED = ("not_processed", "The hub could not work on this message. Look at the raw text.")


@dataclass(frozen=True)
class Answer:
    """What the sender hears: the code, and what was read, of which the words of an answer are made."""

    code: Code
    messages: tuple[AttendanceMessage, ...]
    delivery: UUID


@dataclass(frozen=True)
class Broken:
    """Why these bytes are no whole message, and whether sending it again can help (AE) or not (AR)."""

    code: Code
    words: str


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
    """Keep what a setting sent, work out what it changes, and tell those who must know, in one transaction.

    The same bytes again are counted and answered as before, unless a fault of ours kept them from being worked on.
    `broken`: these bytes are no whole message, and why.
    """
    _one_at_a_time(setting)
    digest = hashlib.sha256(content).hexdigest()
    messages = read(content, received=now)
    kept = Delivery.objects.filter(setting=setting, digest=digest).first()
    if kept:
        kept.times += 1
        kept.save(update_fields=["times"])
        if not _failed_by_us(kept):
            return Answer(kept.answer, messages, kept.pk)
    kept = kept or Delivery(
        setting=setting,
        agency_id=setting.agency_id,
        way=way,
        content=content[:KEPT_CONTENT],
        digest=digest,
        received_at=now,
    )
    code: Code = max((adt.answer_code(message) for message in messages), key=WORST.__getitem__)
    kept.answer, kept.state = broken.code if broken else code, Delivery.TAKEN
    kept.problems = [
        [one.code, one.message] for each in messages for one in each.problems if one.severity == "error"
    ]
    kept.save()
    if broken:
        kept.problems = [["broken", broken.words], *kept.problems]
    else:
        _work_on(
            actor,
            kept,
            [message for message in messages if message.usable and message.event != "unused"],
            now,
        )
    if kept.problems:
        _to_a_person(kept, now)
    return Answer(kept.answer, messages, kept.pk)


def read(content: bytes, *, received: datetime) -> tuple[AttendanceMessage, ...]:
    """HL7 v2, or else FHIR: told by how it begins, never by what it is said to be."""
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"<")):
        return fhir_attendance.read(content, received=received)
    return (adt.read(content, received=received),)


def _failed_by_us(kept: Delivery) -> bool:
    """It waits only because of a fault of ours: sent again, it is worked on again."""
    return kept.state == Delivery.WAITING and kept.problems[0] == list(NOT_PROCESSED)


def _one_at_a_time(setting: Setting) -> None:
    """Two messages of one visit at once would each miss the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"setting {setting.pk}"])


def _to_a_person(kept: Delivery, now: datetime) -> None:
    """It waits for whoever works on the setting's messages. One notice tells of all that wait for the same reason."""
    kept.state = Delivery.WAITING
    same = Delivery.objects.filter(
        setting=kept.setting, state=Delivery.WAITING, problems__0__0=kept.problems[0][0]
    )
    first = not same.exists()
    kept.save()
    if first:
        outbox.put(topic="delivery.waiting", payload={"delivery": str(kept.pk)}, now=now)


def _work_on(actor: Actor, kept: Delivery, usable: list[AttendanceMessage], now: datetime) -> None:
    """A fault of ours must not cost the message: then it waits for a person, and the sender hears so."""
    try:
        with transaction.atomic():
            concerned = _amount_to(actor, kept, usable, now) if usable else set()
    except Exception as error:
        log.error("a message was not worked on", exc_info=error, extra={"delivery": kept.pk})
        kept.answer, kept.problems = "AE", [list(NOT_PROCESSED), *kept.problems]
        return
    audit.record(
        actor=actor,
        action="attendance.received",
        people=concerned,
        thing=f"delivery {kept.pk}",
        detail={"messages": len(usable)},
        now=now,
    )


# --- what the messages amount to ------------------------------------------------------------------------------


def _amount_to(actor: Actor, kept: Delivery, usable: list[AttendanceMessage], now: datetime) -> set[UUID]:
    """Work out the attendances that these messages touch; returns the persons with a plan whom they concern."""
    keys = {_digest(key) for message in usable for key in attendances.keys(message)}
    DeliveryKey.objects.bulk_create(DeliveryKey(delivery=kept, setting=kept.setting, key=key) for key in keys)
    history = History({message.identity: message for message in _together(kept, keys)})
    concerned: set[UUID] = set()
    for told in attendances.attendances(history):
        row = _kept(kept.setting, told, now)
        _settle(actor, row, now)
        if row.person_id and row.match in (Attendance.CERTAIN, Attendance.SAME):
            concerned.add(row.person_id)
    return concerned


def _digest(key: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(key).encode()).hexdigest()


def _together(kept: Delivery, keys: set[str]) -> list[AttendanceMessage]:
    """Every usable message of the setting that shares a number with these, or with one that does, and so on."""
    found: set[UUID] = set()
    ahead = set(keys)
    while ahead and len(found) < MOST_TOGETHER:
        rows = DeliveryKey.objects.filter(setting=kept.setting, key__in=ahead).exclude(delivery__in=found)
        new = set(rows.values_list("delivery", flat=True)[:MOST_TOGETHER])
        found |= new
        ahead = set(DeliveryKey.objects.filter(delivery__in=new).values_list("key", flat=True)) - keys
        keys |= ahead
    rows = Delivery.objects.filter(pk__in=found).values_list("content", "received_at")
    return [
        message
        for content, received_at in rows
        for message in read(bytes(content), received=received_at)
        if message.usable and message.event != "unused"
    ]


def _kept(setting: Setting, told: Told, now: datetime) -> Attendance:
    """The row of this attendance, as all messages now tell it. Whom somebody decided it to be stays, if it is told
    of the same person still."""
    row = Attendance.objects.select_for_update().filter(setting=setting, key=_digest(told.key)).first()
    row = row or Attendance(
        setting=setting, agency_id=setting.agency_id, key=_digest(told.key), visit=told.key[2][:80]
    )
    about = _about(told.patient)
    if row.told != about:
        row.match, row.person, row.decided_by, row.decided_at = "", None, None, None
    row.told, row.status, row.unscheduled = about, told.status, told.unscheduled
    row.arrived_at = told.arrived.at if told.arrived else None
    row.left_at = told.left.at if told.left else None
    row.ods_code = (told.place.ods_code or setting.ods_code)[:8]
    row.changed_at = now
    if not row.match or row.match in (Attendance.NOBODY, Attendance.ASK):
        row.match, row.person_id = _match(told.patient, row, now)
    row.save()
    return row


def _about(patient: Patient) -> dict[str, Any]:
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


# --- who it is ------------------------------------------------------------------------------------------------


def _match(patient: Patient, row: Attendance, now: datetime) -> tuple[str, UUID | None]:
    """Certain only by an NHS number that the sender verified or the day of birth bears out. Where somebody with a plan
    may be meant and that is not certain, or whether the visit was unplanned is not told, a person decides."""
    today = agreements.local_day(now)
    persons = {
        plan.record.person_id
        for n in patient.nhs_numbers
        for plan in visible_of(numbers.persons_under(n), on=today)
    }
    if len(persons) == 1:
        [person] = persons
        sure = _agrees(patient, person, row.told["verified"]) and row.unscheduled is not None
        return (Attendance.CERTAIN, person) if sure else (Attendance.ASK, None)
    if persons:
        return Attendance.ASK, None
    if row.unscheduled is False or row.status == "cancelled" or not _may_be_meant(row, now):
        return Attendance.NOBODY, None
    return Attendance.ASK, None


def _agrees(patient: Patient, person: UUID, verified: bool) -> bool:
    born = cards.cards([person])[person].born
    if patient.born and born:
        return patient.born == born
    return verified


def _may_be_meant(row: Attendance, now: datetime) -> bool:
    return bool(whom(row, now=now))


def whom(row: Attendance, *, now: datetime) -> list[Any]:
    """Those with a plan who may be meant, best first, as `looking.Candidate`. The caller has authorised the question."""
    told = row.told
    words = [*told["numbers"], told["given"], told["family"], told["born"], told["postcode"]]
    query = query_text.parse(" ".join(filter(None, words)), today=now.date())
    return likely(query, now=now) if query_text.says_something(query) else []


# --- who is told ----------------------------------------------------------------------------------------------


@context.hub("plan")
def settle(actor: Actor, row: Attendance, now: datetime) -> None:
    """Bring what was told of an attendance to what it now amounts to; in the caller's transaction."""
    _settle(actor, row, now)


def _settle(actor: Actor, row: Attendance, now: datetime) -> None:
    there = list(Access.objects.filter(attendance=row, cancelled_at=None).select_related("plan"))
    plans = _plans_of(row, now)
    wanted = {plan.pk for plan in plans}
    telling.take_back(
        actor, [one for one in there if one.plan_id not in wanted and _ends(one, row, plans)], now=now
    )
    known = {one.plan_id for one in there}
    new = [plan for plan in plans if plan.pk not in known]
    at = min(row.arrived_at or now, now)
    event = Event(setting=row.setting, how=Access.CAME, at=at, unscheduled=True, attendance=row)
    telling.note(actor, new, event, now=now)


def _plans_of(row: Attendance, now: datetime) -> list[Any]:
    """Of a visit long past nobody is told anew: what was told stays."""
    matched = row.match in (Attendance.CERTAIN, Attendance.SAME)
    decided = row.match == Attendance.SAME and row.unscheduled is None
    if not matched or row.status == "cancelled" or not (row.unscheduled or decided) or row.person_id is None:
        return []
    return visible_of([row.person_id], on=agreements.local_day(now))


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
    old = Delivery.objects.filter(received_at__lt=before).exclude(state=Delivery.WAITING)
    return old.delete()[1].get("unscheduled_care.Delivery", 0)
