"""A hospital in tests: its emergency department, a clinician, who works on its messages, and what its system sends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.unscheduled_care import arriving, settings
from jigsaw.hub.unscheduled_care.models import Setting
from people_in_tests import MONDAY, Town
from plans_in_tests import begin
from practice_in_tests import Practice

NUMBER = "9990000018"
ODS = "RXX01"


@dataclass
class Care:
    """The health agency of the tests as a hospital, and Katie on a plan of the front door."""

    town: Town
    setting: Setting
    secret: str
    ada: Actor
    fay: Actor
    katie: PersonRecord
    plan: Any

    def send(self, *segments: str, now: datetime = MONDAY, **how: Any) -> Any:
        content = "\r".join(segments).encode()
        return arriving.take(setting=self.setting, content=content, way="mllp", now=now, **how)


def make_care(town: Town, *, now: datetime = MONDAY, on_plan: bool = True) -> Care:
    practice = Practice(town, now)
    fay = practice.someone("Fay Lister", town.health, "feed_worker")
    setting, secret = settings.add(
        actor=town.ade, agency=town.health, code="ED", name="Emergency department", ods_code=ODS,
        worked_on_by=practitioner(fay), addresses=["127.0.0.1"], with_secret=True, now=now,
    )  # fmt: skip
    katie = practice.hold(town.amina)
    return Care(
        town=town, setting=setting, secret=secret, fay=fay, katie=katie,
        ada=replace(practice.someone("Ada Hill", town.health, "emergency_clinician"), job_title="Nurse"),
        plan=begin(town, katie, now=now) if on_plan else None,
    )  # fmt: skip


def practitioner(actor: Actor) -> Any:
    from jigsaw.hub.agencies import queries

    return queries.practitioners([actor.practitioner_id])[actor.practitioner_id]


def adt(
    event: str, mark: str, *, at: str = "20261116093000", number: str = NUMBER, status: str = "01", visit: str = "V1",
    born: str = "20120303", name: str = "WALSH^KATIE", care: str = "E", local: str = "H77",
) -> tuple[str, ...]:  # fmt: skip
    """The segments of one admission message."""
    numbers = f"{number}^^^NHS^NH~{local}^^^RXX^PI" if number else f"{local}^^^RXX^PI"
    return (
        f"MSH|^~\\&|ED|{ODS}|HUB|SHARETOWN|{at}||ADT^{event}|{mark}|P|2.4",
        f"EVN|{event}|{at}",
        f"PID|1||{numbers}||{name}||{born}|F" + "|" * 24 + (f"NSTS{status}" if status else ""),
        f"PV1|1|{care}|ED^^^{ODS}" + "|" * 16 + f"{visit}" + "|" * 25 + "20261116092500",
    )
