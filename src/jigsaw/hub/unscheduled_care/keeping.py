"""What a setting's system sent is kept, byte for byte, before it is answered.

What can be told from the message alone (it is no HL7, names nobody, is too long …) is told at once. Everything else is
made of it afterwards (`arriving`), so that keeping takes one short transaction for all that came at the same time, and
needs nobody's lock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jigsaw.formats import adt, fhir_attendance, hl7_text
from jigsaw.formats.adt_answer import Code
from jigsaw.formats.attendance_messages import AttendanceMessage
from jigsaw.hub.kit import context, outbox, planned
from jigsaw.hub.kit.ids import uuid7
from jigsaw.hub.unscheduled_care.models import Delivery, Setting

KEPT_CONTENT = hl7_text.LARGEST_MESSAGE
WORST: dict[Code, int] = {"AA": 0, "AE": 1, "AR": 2}
NOT_PROCESSED = ("not_processed", "The hub could not work on this message. Look at the raw text.")
# What failed through a fault of ours is worked on again when it is sent again. The order of the rows is that of
# `arriving` too, so that neither waits for the other in a circle.
KEEP = """
    INSERT INTO unscheduled_care_delivery AS held
        (id, setting_id, agency_id, way, content, digest, received_at, times, answer, problems, state, what_was_done)
    SELECT came.id, came.setting, came.agency, came.way, came.content, came.digest, %s, came.times, came.answer,
        came.problems::jsonb, came.state, ''
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::bytea[], %s::text[], %s::int[], %s::text[],
        %s::text[], %s::text[]) AS came(id, setting, agency, way, content, digest, times, answer, problems, state)
    ORDER BY came.digest
    ON CONFLICT (setting_id, digest) DO UPDATE SET
        times = held.times + excluded.times,
        state = CASE WHEN held.state = 'waiting' AND held.problems->0->>0 = 'not_processed'
            THEN excluded.state ELSE held.state END,
        answer = CASE WHEN held.state = 'waiting' AND held.problems->0->>0 = 'not_processed'
            THEN excluded.answer ELSE held.answer END,
        problems = CASE WHEN held.state = 'waiting' AND held.problems->0->>0 = 'not_processed'
            THEN excluded.problems ELSE held.problems END
    RETURNING held.id, held.setting_id, held.digest, held.answer, held.xmax = 0
"""


@dataclass(frozen=True)
class Broken:
    """Why these bytes are no whole message, and whether sending it again can help (AE) or not (AR)."""

    code: Code
    words: str


@dataclass(frozen=True)
class Received:
    """What came, from which setting, by which way, and what can be read of it. `broken`: it is no whole message."""

    setting: Setting
    content: bytes
    way: str
    messages: tuple[AttendanceMessage, ...]
    broken: Broken | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def code(self) -> Code:
        if self.broken:
            return self.broken.code
        return max((adt.answer_code(message) for message in self.messages), key=WORST.__getitem__)

    @property
    def problems(self) -> list[list[str]]:
        errors = [
            [one.code, one.message]
            for each in self.messages
            for one in each.problems
            if one.severity == "error"
        ]
        return [["broken", self.broken.words], *errors] if self.broken else errors

    @property
    def state(self) -> str:
        """To be worked on if any of it can be used; else a person has it at once."""
        if not self.broken and any(message.usable for message in self.messages):
            return Delivery.KEPT
        return Delivery.WAITING


@dataclass(frozen=True)
class Answer:
    """What the sender hears: the code, and what was read, of which the words of an answer are made."""

    code: Code
    messages: tuple[AttendanceMessage, ...]
    delivery: UUID


def received(
    *, setting: Setting, content: bytes, way: str, now: datetime, broken: Broken | None = None
) -> Received:
    """Read what came; never raises for what it says."""
    return Received(setting, content, way, read(content, received=now), broken)


def read(content: bytes, *, received: datetime) -> tuple[AttendanceMessage, ...]:
    """HL7 v2, or else FHIR: told by how it begins, never by what it is said to be."""
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"<")):
        return fhir_attendance.read(content, received=received)
    return (adt.read(content, received=received),)


@context.hub("plan")
@transaction.atomic
def keep(came: Sequence[Received], *, now: datetime) -> list[Answer]:
    """Keep all of this in one transaction; the answers, in the same order, hold once this has returned.

    The same bytes again are counted and answered as before. What cannot be used waits for a person from now on.
    """
    by_content: dict[tuple[UUID, str], list[Received]] = {}
    for one in came:
        by_content.setdefault((one.setting.pk, one.digest), []).append(one)
    kept: dict[tuple[UUID, str], tuple[UUID, Code]] = {}
    new: list[tuple[Received, UUID]] = []
    for pk, setting, digest, answer, is_new in _written(by_content, now):
        kept[setting, digest] = (pk, answer)
        if is_new:
            new.append((by_content[setting, digest][0], pk))
    for pk in _first_of_their_kind(new):
        outbox.put(topic="delivery.waiting", payload={"delivery": str(pk)}, now=now)
    answers = ((one, *kept[one.setting.pk, one.digest]) for one in came)
    return [Answer(code, one.messages, pk) for one, pk, code in answers]


def _written(
    by_content: dict[tuple[UUID, str], list[Received]], now: datetime
) -> list[tuple[UUID, UUID, str, Code, bool]]:
    rows = [
        (uuid7(), one.setting.pk, one.setting.agency_id, one.way, one.content[:KEPT_CONTENT], digest, len(same),
         one.code, json.dumps(one.problems), one.state)
        for (_setting, digest), same in by_content.items() for one in same[:1]
    ]  # fmt: skip
    with planned.cursor() as cursor:
        cursor.execute(KEEP, [now, *(list(column) for column in zip(*rows, strict=True))])
        return list(cursor.fetchall())


def _first_of_their_kind(new: Iterable[tuple[Received, UUID]]) -> list[UUID]:
    """Of those that wait for a person, the first for each reason of each setting."""
    first: dict[tuple[UUID, str], tuple[Setting, UUID]] = {}
    for one, pk in new:
        if one.state == Delivery.WAITING:
            first.setdefault((one.setting.pk, one.problems[0][0]), (one.setting, pk))
    pks = [pk for _one, pk in new]
    return [pk for (_, reason), (setting, pk) in first.items() if not waits(setting, reason, but=pks)]


def waits(setting: Setting, reason: str, *, but: Iterable[UUID]) -> bool:
    """Is anything else of this setting waiting for a person for the same reason?"""
    rows = Delivery.objects.filter(agency=setting.agency_id, setting=setting, state=Delivery.WAITING)
    return rows.filter(problems__0__0=reason).exclude(pk__in=list(but)).exists()
