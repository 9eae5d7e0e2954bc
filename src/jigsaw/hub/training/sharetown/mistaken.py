"""Which mistake of the front door was made and put right in Sharetown?

Two boys named Callum were taken for one for an afternoon. Whoever looked in that time was told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from jigsaw.hub.corrections import operations as corrections
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import queries
from jigsaw.hub.training.sharetown.writing import Step, Writer

ONE, OTHER = "ridley/callum", "ferris/callum"
LOOKED = "amina"


def steps(writer: Writer) -> list[Step]:
    """Joined, looked at, and taken apart again, four days before the stories' present."""
    at = writer.calendar.now - timedelta(days=4)
    return [
        Step(at, 3, lambda at: _join(writer, at)),
        Step(at + timedelta(hours=1), 3, lambda at: _look(writer, at)),
        Step(at + timedelta(hours=4), 3, lambda at: _take_apart(writer, at)),
    ]


def _join(writer: Writer, at: datetime) -> None:
    one, other = (writer.record("HV", member) for member in (ONE, OTHER))
    for record in (one, other):
        record.refresh_from_db(fields=["person"])
    people.join(
        actor=writer.actor("grace"),
        other=other.person_id,
        person=one.person_id,
        reason="The caller said Callum.",
        now=at,
    )


def _look(writer: Writer, at: datetime) -> None:
    record = writer.record("HV", ONE)
    record.refresh_from_db(fields=["person"])
    queries.profile(writer.actor(LOOKED), record.person_id, purpose="own record", now=at)


def _take_apart(writer: Writer, at: datetime) -> None:
    record = writer.record("HV", OTHER)
    record.refresh_from_db(fields=["person"])
    theirs = [held.pk for (_agency, member), held in writer.records.items() if member == OTHER]
    corrections.take_apart(
        actor=writer.actor("grace"),
        person=record.person_id,
        records=theirs,
        reason="Two boys: four years apart, and in different schools.",
        now=at,
    )
