"""What of the school's is past its time? Three pupils who left long ago came over from its old system.

The school keeps what it wrote until they are 25, and for a year after it came over. One entry was disposed of, one is kept
longer, about one somebody has asked to keep everything; the others wait for a decision. Two of them ask for what stands of
them to be erased: one is refused, one agreed to, and a second person is to sign.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from jigsaw.hub.agreements import operations as agreements
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.records import Facts
from jigsaw.hub.retention import asked_for, disposing, finding, holding
from jigsaw.hub.retention.holding import Placing
from jigsaw.hub.rights import erasure, saying
from jigsaw.hub.rights.asked import Asking
from jigsaw.hub.rights.erasure import Word
from jigsaw.hub.rights.kinds import ERASE, ERASURE, REFUSED
from jigsaw.hub.training.sharetown.writing import Step, Writer

BY, COLLEAGUE, AT = "ros", "david", "SCH"
SCHEDULE = {
    "rules": [
        {
            "code": "school",
            "name": "Sharetown Academy: until 25 years old, and a year after it was last written",
            "what": ["entry", "record"],
            "agencies": [AT],
            "keep": [{"from": "birth", "years": 25}, {"from": "recorded", "years": 1}],
            "source": "Sharetown Academy, retention schedule, section 3 (invented)",
            "edition": "adopted by the governors",
        }
    ]
}
# Who left, when they were born in a story written for 2026, and what the old system says of them, oldest first.
LEAVERS = (
    ("Idris", "Calder", date(2000, 2, 11), "Punctuality agreed with form tutor"),
    ("Marnie", "Fenwick", date(2000, 5, 30), "Changed form after falling out with friends"),
    ("Tobias", "Ingram", date(2000, 8, 19), "Told a teacher that he was often alone at home"),
    ("Tobias", "Ingram", date(2000, 8, 19), "Father met head of year; nothing further seen"),
)
LEFT = "I left school long ago. I do not want this kept about me."
AGREED = "You have grown up, and nobody needs this to keep a child safe."
NOT_YET = "Your solicitors have told us of a claim, and this may be needed in it."


def steps(writer: Writer) -> list[Step]:
    """The school's safeguarding lead and her colleague, when the old records are a year old."""
    calendar = writer.calendar
    return [
        Step(calendar.at(calendar.founded, 1), 9, lambda at: _came_over(writer, at)),
        Step(calendar.now - timedelta(days=6), 9, lambda at: _decided(writer, at)),
        Step(calendar.now - timedelta(days=5), 9, lambda at: _asked_to_be_erased(writer, at)),
    ]


def _came_over(writer: Writer, at: datetime) -> None:
    agreements.put_in_force(
        actor=writer.actor("ade"),
        kind="retention",
        content=SCHEDULE,
        effective_from=at.date(),
        source="Schools of Sharetown, meeting of the safeguarding leads (invented)",
        now=at,
    )
    for place, (given, family, born, title) in enumerate(LEAVERS):
        record, _outcome = people.hold(
            actor=writer.actor(BY),
            agency=writer.partnership.agencies[AT].pk,
            system="old-register",
            source_key=f"leaver-{given}",
            facts=Facts(given=given, family=family, born=writer.calendar.born(born)),
            now=at,
        )
        piece = Piece(
            kind="school_concern",
            title=title,
            happened_on=writer.calendar.born(born).replace(year=at.year - 12 + place),
            how_known="fact",
            source="The school’s old register",
        )
        chronology.add(actor=writer.actor(BY), piece=piece, about=[record], now=at)


def _whom(item: disposing.Item) -> str:
    return item.cards[0].name


def _decided(writer: Writer, at: datetime) -> None:
    ros, david = writer.actor(BY), writer.actor(COLLEAGUE)
    finding.look(now=at)
    first, second, third, *_others = sorted(disposing.listed(ros, now=at), key=_whom)
    disposing.dispose(actor=ros, pk=first.row.pk, now=at + timedelta(minutes=5))
    disposing.keep_longer(
        actor=ros,
        pk=second.row.pk,
        until=(at + timedelta(days=365)).date(),
        because="She has asked for a reference, and to see her own file first.",
        now=at + timedelta(minutes=10),
    )
    person = third.row.people[0]
    held = Placing(
        why="litigation", because="Letter of Harbour & Pike, solicitors, 3 October.", person=person
    )
    holding.place(actor=david, placing=held, now=at + timedelta(hours=1))
    over = Placing(why="inquiry", because="Asked by the county’s inquiry into buildings.")
    whole = holding.place(actor=david, placing=over, now=at - timedelta(days=200))
    holding.release(
        actor=ros, reference=whole.reference, because="The inquiry has reported.", now=at - timedelta(days=20)
    )


def _asked_to_be_erased(writer: Writer, at: datetime) -> None:
    """The deputy head decides; Ros is to sign."""
    david = writer.actor(COLLEAGUE)
    marnie, tobias, *_others = sorted(disposing.listed(david, now=at), key=_whom)
    for item, word in ((marnie, Word(ERASE, AGREED)), (tobias, Word(REFUSED, NOT_YET, "defence"))):
        asking = Asking(
            kind=ERASURE,
            asked_by=_whom(item),
            asked_as="adult",
            identity="Passport seen; on our old register.",
            received_on=at.date(),
            words=LEFT,
        )
        [made] = saying.note(
            actor=david, person=item.row.people[0], asking=asking, entries=[item.row.thing], now=at
        )
        [(began, _line)] = erasure.to_decide(david, made.reference, now=at).entries
        asked_for.decide(
            actor=david, reference=made.reference, words={began: word}, now=at + timedelta(hours=1)
        )
    # Of the leaver whose only entry was disposed of, nothing but the record is left now.
    finding.look(now=at + timedelta(hours=2))
