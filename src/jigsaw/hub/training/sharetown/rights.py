"""What have families of Sharetown asked of an agency, and what were they told?

Katie's grandmother asks the school who has looked: that is to be answered. Her mother asked last week, and was told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from jigsaw.hub.rights import asked, looks
from jigsaw.hub.rights.asked import Asking
from jigsaw.hub.rights.kinds import LOOKS
from jigsaw.hub.training.sharetown.walsh import KATIE
from jigsaw.hub.training.sharetown.writing import Step, Writer

BY = "ros"
MOTHER = ("Donna Walsh", "parent", "Known to the school; named as Katie’s mother in our record.")
GRANDMOTHER = ("Maureen Walsh", "for_them", "Letter from Donna Walsh that says she may ask for her.")


def steps(writer: Writer) -> list[Step]:
    now = writer.calendar.now
    return [
        Step(now - timedelta(days=9), 9, lambda at: _answered(writer, at)),
        Step(now - timedelta(days=2), 9, lambda at: _asked(writer, GRANDMOTHER, at)),
    ]


def _asked(writer: Writer, who: tuple[str, str, str], at: datetime) -> str:
    record = writer.record("SCH", KATIE)
    record.refresh_from_db(fields=["person"])
    name, asked_as, identity = who
    asking = Asking(
        kind=LOOKS,
        asked_by=name,
        asked_as=asked_as,
        identity=identity,
        received_on=at.date(),
        words="Everybody seems to know our business. Who has been reading about Katie?",
    )
    return asked.note(actor=writer.actor(BY), person=record.person_id, asking=asking, now=at).reference


def _answered(writer: Writer, at: datetime) -> None:
    reference, actor = _asked(writer, MOTHER, at), writer.actor(BY)
    lines = looks.to_decide(actor, reference, now=at).lines
    police = {line.key: "crime" for line in lines if "Police" in line.agency}
    looks.decide(
        actor=actor,
        reference=reference,
        named=False,
        left_out=police,
        because="DC Ortiz asked us to wait until the interview is over." if police else "",
        now=at,
    )
