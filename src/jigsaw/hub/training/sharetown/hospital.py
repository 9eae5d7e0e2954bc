"""What does the hospital of Sharetown tell of, and what is there to look at on both sides?

Its emergency department has a setting, a clinician who looks, and a system that sends HL7 v2. In the story it told of
two visits of Mason Clarke and one that could not be matched; `jigsaw demo feed` sends some more, over a socket.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jigsaw.formats.hl7_text import written
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import NotHere
from jigsaw.hub.people import numbers
from jigsaw.hub.training.sharetown.plans import ISLA, MASON
from jigsaw.hub.training.sharetown.writing import Step, Writer
from jigsaw.hub.unscheduled_care import arriving, hearing, looking, settings
from jigsaw.hub.unscheduled_care.visible import visible

if TYPE_CHECKING:
    from jigsaw.hub.people.models import PersonRecord
    from jigsaw.hub.unscheduled_care.models import Setting

CODE, ODS = "HOSP-ED", "RXX01"
NEW_NUMBER = "9990008507"
LOOKS, WORKS_ON_MESSAGES, HEARS = "meera", "helen", "grace"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class Patient:
    """Somebody as the hospital's system knows them; names never hold a separator of HL7."""

    local: str
    number: str
    verified: bool
    family: str
    given: str
    born: str


def of_record(
    record: PersonRecord, local: str, *, verified: bool = True, with_number: bool = True
) -> Patient:
    number = next((one.value for one in record.identifiers.all() if one.kind == "nhs_number"), "")
    born = f"{record.born:%Y%m%d}" if record.born else ""
    return Patient(local, number if with_number else "", verified, record.family, record.given, born)


def message(event: str, patient: Patient, *, mark: str, visit: str, at: datetime, care: str = "E") -> bytes:
    """One admission message as the hospital's system writes it."""
    number = f"{patient.number}^^^NHS^NH~" if patient.number else ""
    status = "NSTS01" if patient.verified else "NSTS02"
    lines = (
        f"MSH|^~\\&|SGH-PAS|{ODS}|JIGSAW|SHARETOWN|{written(at)}||ADT^{event}|{mark}|P|2.4||||AL||UNICODE UTF-8",
        f"EVN|{event}|{written(at)}",
        f"PID|1||{number}{patient.local}^^^SGH^PI||{patient.family}^{patient.given}||{patient.born}"
        + "|" * 25
        + status,
        f"PV1|1|{care}|ED^^^{ODS}" + "|" * 16 + visit + "|" * 25 + written(at),
    )
    return "\r".join(lines).encode() + b"\r"


# --- the story --------------------------------------------------------------------------------------------------


def steps(writer: Writer) -> list[Step]:
    """The setting is set up; what its system told, who looked, and what the authority did."""
    now = writer.calendar.now
    story = _Story(writer)
    return [
        Step(now - 30 * DAY, 8, story.set_up),
        Step(now - 20 * DAY, 8, lambda at: story.told("A04", MASON, "1", at)),
        Step(now - 20 * DAY + 3 * HOUR, 8, lambda at: story.told("A03", MASON, "1", at)),
        Step(now - 20 * DAY + 4 * HOUR, 8, story.acted_on),
        Step(now - 2 * DAY, 8, story.said_to_be_superseded),
        Step(
            now - DAY, 8, lambda at: arriving.take(setting=story.setting, content=CUT_OFF, way="mllp", now=at)
        ),
        Step(now - 5 * HOUR, 8, lambda at: story.told("A04", ISLA, "2", at, with_number=False)),
        Step(now - HOUR, 8, lambda at: story.told("A04", MASON, "3", at)),
        Step(now - HOUR / 2, 8, story.looked),
    ]


CUT_OFF = (
    f"MSH|^~\\&|SGH-PAS|{ODS}|JIGSAW|SHARETOWN|20261101||ADT^A04|CUT-OFF|P|2.4\rEVN|A04|20261101\r".encode()
)


class _Story:
    setting: Setting

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def set_up(self, at: datetime) -> None:
        self.setting, _secret = settings.add(
            actor=SYSTEM,
            agency=self.writer.partnership.agencies["HOSP"],
            code=CODE,
            name="Sharetown General, emergency department",
            ods_code=ODS,
            worked_on_by=self.writer.partnership.accounts[WORKS_ON_MESSAGES],
            addresses=["127.0.0.1", "::1"],
            now=at,
        )

    def told(self, event: str, member: str, visit: str, at: datetime, *, with_number: bool = True) -> None:
        patient = of_record(
            self.writer.known[member], f"SGH-{visit}", verified=with_number, with_number=with_number
        )
        content = message(event, patient, mark=f"S{visit}{event}", visit=f"SV{visit}", at=at)
        arriving.take(setting=self.setting, content=content, way="mllp", now=at)

    def said_to_be_superseded(self, at: datetime) -> None:
        """Its system merged Mason’s number into another: somebody is to look whether that is so."""
        mason = of_record(self.writer.known[MASON], "SGH-1")
        content = message("A40", replace(mason, number=NEW_NUMBER), mark="S1A40", visit="", at=at)
        merge = f"MRG|{mason.number}^^^NHS^NH\r".encode()
        arriving.take(
            setting=self.setting,
            content=content[: content.index(b"PV1|")] + merge,
            way="mllp",
            now=at,
        )

    def acted_on(self, at: datetime) -> None:
        grace = self.writer.actor(HEARS)
        [first] = hearing.heard(grace, now=at)
        hearing.act(
            actor=grace,
            reference=first.alert.reference,
            what_was_done="Rang the department. A sprained wrist; his mother was with him. Told his social worker.",
            now=at,
        )

    def looked(self, at: datetime) -> None:
        number = of_record(self.writer.known[MASON], "").number
        looking.look(self.writer.actor(LOOKS), number, unscheduled=True, now=at)


# --- `jigsaw demo feed` -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """One message of the feed: what it is there to show, and how it is to be answered."""

    shows: str
    content: bytes
    expected: str


WHERE_TO_LOOK = """
Look at both sides, with the demonstration's passphrase:
  meera@sharetown.example   the emergency department: “Unscheduled care”, and “Messages” for what could not be used
  grace@sharetown.example   the authority: “Alerts”
  nia@northvale.example     the other authority: “Alerts”, once it is certain who Isla is
"""


def feed(*, now: datetime) -> list[Sent]:
    """Some messages of this moment, each with what it shows. Sharetown must be there."""
    return list(_feed(now))


def _feed(now: datetime) -> Iterator[Sent]:
    mark = f"{now:%H%M%S}"
    mason, stranger = _mason(now), Patient("SGH-9", "9990099990", True, "Nobody", "Known", "19880101")

    def say(
        shows: str, event: str, who: Patient, number: int, expected: str = "AA", visit: str = "A"
    ) -> Sent:
        at = now - timedelta(minutes=10 - number)
        content = message(event, who, mark=f"D{mark}{number}", visit=f"D{mark}{visit}", at=at)
        return Sent(shows, content, expected)

    arrives = say("A child with a plan arrives: the authority is told at once.", "A04", mason, 1)
    yield arrives
    yield Sent("The same message again: counted, not told twice.", arrives.content, "AA")
    yield say("The child is discharged.", "A03", mason, 2)
    yield say("Somebody without a plan arrives: nobody is told.", "A04", stranger, 3, visit="B")
    unsure = Patient("SGH-8", "", False, mason.family, mason.given, mason.born)
    yield say(
        "The same name and birthday without an NHS number: a person decides.", "A04", unsure, 4, visit="C"
    )
    yield say("A message of a kind that is not used: refused, and kept for a person.", "A05", mason, 5, "AR")


def _mason(now: datetime) -> Patient:
    """As the hub knows the child of the story; raises NotHere on a hub without Sharetown."""
    for plan in visible(on=now.date()):
        if plan.record.given == "Mason":
            known = numbers.in_use().filter(record__person=plan.record.person_id).select_related("record")
            return of_record(known[0].record, "SGH-3")
    raise NotHere(
        "Nobody of the feed has a plan on this hub.", "Fill an empty hub with Sharetown: jigsaw serve."
    )
