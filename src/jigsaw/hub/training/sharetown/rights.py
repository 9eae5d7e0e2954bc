"""What have families of Sharetown asked of the school, and what were they told?

Katie's mother asked last week who has looked, and was told; her grandmother asks the same now. The mother also asks for a copy
of what the school holds: one is being gone through, one is ready to be made, and one was handed over. She says that something the
school wrote of Katie is wrong; of other children a father objected to sharing at all, and asks for something to be erased. And a
colleague’s looks stood out. (What pupils who left ask to have erased: `retention`.)
"""

from __future__ import annotations

from datetime import datetime, timedelta

from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.people import emergencies
from jigsaw.hub.people import queries as people
from jigsaw.hub.rights import asked, copies, looks, saying
from jigsaw.hub.rights.asked import Asking
from jigsaw.hub.rights.copies import Said
from jigsaw.hub.rights.kinds import COPY, DISAGREE, ERASURE, LOOKS, OBJECTION
from jigsaw.hub.rights.saying import Decision
from jigsaw.hub.training.sharetown.walsh import KATIE
from jigsaw.hub.training.sharetown.writing import Step, Writer

BY, AT = "ros", "SCH"
MOTHER = ("Donna Walsh", "parent", "Known to the school; named as Katie’s mother in our record.")
GRANDMOTHER = ("Maureen Walsh", "for_them", "Letter from Donna Walsh that says she may ask for her.")
PARENT = ("The mother, by letter", "parent", "Passport seen; named in our record.")
FATHER = ("The father, at the school’s office", "parent", "Known to the school; named in our record.")
NOT_SO = "That is not how it was. Katie was poorly that morning and I rang the office before nine."
AT_ALL = "I do not want the school telling other people about us."
TAKE_OUT = "We have moved away. The school does not need this any more, please take it out."
WHO_READS = "Everybody seems to know our business. Who has been reading about Katie?"


def steps(writer: Writer) -> list[Step]:
    """By the school's safeguarding lead, in the last days, when all else is written."""
    now = writer.calendar.now
    return [
        Step(now - timedelta(days=10), 9, lambda at: _stands_out(writer, at)),
        Step(now - timedelta(days=9), 9, lambda at: _told_who_looked(writer, at)),
        Step(now - timedelta(days=8), 9, lambda at: _copied(writer, _other(writer, 0), at)),
        Step(now - timedelta(days=7), 9, lambda at: _objected(writer, _other(writer, 2), at)),
        Step(now - timedelta(days=4), 9, lambda at: _erase(writer, _other(writer, 3), at)),
        Step(now - timedelta(days=3), 9, lambda at: _says(writer, KATIE, DISAGREE, MOTHER, NOT_SO, at)),
        Step(now - timedelta(days=2), 9, lambda at: _asked(writer, KATIE, LOOKS, GRANDMOTHER, at)),
        Step(now - timedelta(hours=30), 9, lambda at: _gone_through(writer, _other(writer, 1), at)),
        Step(now - timedelta(hours=20), 9, lambda at: _asked(writer, KATIE, COPY, MOTHER, at)),
    ]


def _other(writer: Writer, place: int) -> str:
    """Another child that the school holds, by name."""
    return _held(writer, children=True)[place]


def _held(writer: Writer, *, children: bool) -> list[str]:
    """Whom else the school holds: born in the last eighteen years, or before."""
    since = (writer.calendar.now - timedelta(days=18 * 365)).date()
    held = {member: record for (agency, member), record in writer.records.items() if agency == AT}
    return sorted(
        member
        for member, record in held.items()
        if record.born and (record.born > since) is children and member != KATIE
    )


def _stands_out(writer: Writer, at: datetime) -> None:
    """A colleague opened the pages of two adults with whom the school has no work; one look has been asked about."""
    david, ros = writer.actor("david"), writer.actor(BY)
    for place, member in enumerate(_held(writer, children=False)[:2]):
        record = writer.record(AT, member)
        record.refresh_from_db(fields=["person"])
        people.profile(david, record.person_id, purpose="own record", now=at)
        if place == 0:
            emergencies.note_unusual(
                actor=ros,
                practitioner=david.practitioner_id,
                person=record.person_id,
                words="She rang the school about a lost coat, he says; the office confirms it.",
                now=at + timedelta(hours=1),
            )


def _asked(writer: Writer, member: str, kind: str, who: tuple[str, str, str], at: datetime) -> str:
    record = writer.record(AT, member)
    record.refresh_from_db(fields=["person"])
    name, asked_as, identity = who
    asking = Asking(
        kind=kind,
        asked_by=name,
        asked_as=asked_as,
        identity=identity,
        received_on=at.date(),
        words=WHO_READS if kind == LOOKS else "",
    )
    return asked.note(actor=writer.actor(BY), person=record.person_id, asking=asking, now=at).reference


def _says(writer: Writer, member: str, kind: str, who: tuple[str, str, str], words: str, at: datetime) -> str:
    """About the oldest entry of the school's own, or, if it objects, about sharing at all."""
    actor, record = writer.actor(BY), writer.record(AT, member)
    record.refresh_from_db(fields=["person"])
    seen = chronology.picture(actor, record.person_id, purpose="own record", now=at)
    name, asked_as, identity = who
    asking = Asking(
        kind=kind, asked_by=name, asked_as=asked_as, identity=identity, received_on=at.date(), words=words
    )
    own = [line.id for line in seen.lines if line.own][-1:]
    made = saying.note(
        actor=actor,
        person=record.person_id,
        asking=asking,
        entries=own if kind != OBJECTION else [],
        now=at,
    )
    return made[0].reference


def _erase(writer: Writer, member: str, at: datetime) -> None:
    _says(writer, member, ERASURE, FATHER, TAKE_OUT, at)


def _objected(writer: Writer, member: str, at: datetime) -> None:
    reference = _says(writer, member, OBJECTION, FATHER, AT_ALL, at)
    decision = Decision(
        "stands", "We share only what keeps her safe, and tell you when we can.", "compelling"
    )
    saying.decide(actor=writer.actor(BY), reference=reference, decision=decision, now=at + timedelta(hours=2))


def _told_who_looked(writer: Writer, at: datetime) -> None:
    reference, actor = _asked(writer, KATIE, LOOKS, MOTHER, at), writer.actor(BY)
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


def _gone_through(writer: Writer, member: str, at: datetime) -> str:
    """Everything that is proposed is left out."""
    reference, actor = _asked(writer, member, COPY, PARENT, at), writer.actor(BY)
    found = copies.to_decide(actor, reference, now=at)
    said = {one.key: Said(True) for going in found.items for one, _decided in going.proposals}
    copies.settle(actor=actor, reference=reference, said=said, now=at)
    return reference


def _copied(writer: Writer, member: str, at: datetime) -> None:
    reference = _gone_through(writer, member, at)
    copies.produce(actor=writer.actor(BY), reference=reference, now=at)
