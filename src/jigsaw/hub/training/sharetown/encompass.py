"""What did the police of Sharetown tell schools of last night? One notice waits, one has been acknowledged."""

from __future__ import annotations

from datetime import datetime, timedelta

from jigsaw.hub.encompass import operations
from jigsaw.hub.encompass.operations import Told
from jigsaw.hub.training.sharetown.patterns import KATIE
from jigsaw.hub.training.sharetown.plans import MASON
from jigsaw.hub.training.sharetown.writing import Step, Writer

BY, AT_SCHOOL = "hannah", "ros"


def steps(writer: Writer) -> list[Step]:
    """Both were sent in the night; the school answered the first before it opened."""
    night = writer.calendar.now - timedelta(hours=6)
    return [
        Step(night, 98, lambda at: _katie(writer, at)),
        Step(writer.calendar.now - timedelta(hours=1), 98, lambda at: _mason(writer, at)),
    ]


def _katie(writer: Writer, at: datetime) -> None:
    notice = _send(
        writer,
        KATIE,
        at,
        present="saw",
        child_words="I took Poppy to my room and put music on.",
        circumstances="Officers were called by a neighbour. A man was arrested for an assault on the children’s mother, "
        "and is not at home tonight.",
    )
    operations.acknowledge(
        actor=writer.actor(AT_SCHOOL),
        reference=notice,
        what_is_done="Her form tutor meets her at the gate, and I see her at break. No homework is chased today.",
        now=at + timedelta(hours=5),
    )


def _mason(writer: Writer, at: datetime) -> None:
    _send(
        writer,
        MASON,
        at,
        present="there",
        circumstances="A loud argument between the adults in the home. Nobody was hurt; officers spoke with both.",
    )


def _send(writer: Writer, member: str, at: datetime, **told: str) -> str:
    """To the school where the safeguarding lead of the demonstration works."""
    record, hannah = writer.known[member], writer.actor(BY)
    assert record.born
    school = writer.partnership.accounts[AT_SCHOOL].agency
    notice = Told(
        given=record.given,
        family=record.family,
        born=record.born,
        police_reference=f"SP-{at:%Y}-{at:%j%H}",
        happened_at=at - timedelta(hours=2),
        place="At home",
        authority=school.authorities.get(gss_code="E06999991").pk,
        school=school.pk,
        **told,
    )
    return operations.send(actor=hannah, told=notice, now=at).reference
