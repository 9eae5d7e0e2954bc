"""What is Sharetown working on today? Concerns waiting, enquiries open, requests at every stage.

All of it went through the same operations as in life: a concern is sent, rated, looked into, agencies are
asked, some have answered. The Walsh family's concern is not among it: that is for the newcomer to raise.
Times are counted back from now, so that one request is always late, one nearly due and one just sent.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.decisions.operations import Grounds, TookPart
from jigsaw.hub.disclosures import letting_out
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures import queries as disclosure_queries
from jigsaw.hub.disclosures.judging import Choice
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals import queries as referral_queries
from jigsaw.hub.referrals.operations import Concern, Said, Someone
from jigsaw.hub.referrals.queries import Named
from jigsaw.hub.training.sharetown import walsh
from jigsaw.hub.training.sharetown.shapes import Family
from jigsaw.hub.training.sharetown.writing import AGENCY_OF, KEEPERS, Step, Writer

if TYPE_CHECKING:
    from jigsaw.hub.information_requests.models import Recipient
    from jigsaw.hub.referrals.models import Referral

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One question to several agencies, `ago` before now; due at now + `due_in`, or by the rating's clock."""

    of: tuple[str, ...]
    ago: timedelta
    headline: str
    needed: str
    why: str
    due_in: timedelta | None = None
    held_by: tuple[str, ...] = ()
    """Practitioners who have taken it on for their agencies."""
    opened_by: tuple[str, ...] = ()
    extended_by: str = ""
    answered_by: tuple[str, ...] = ()
    proposed_by: str = ""
    """Who proposes to release `proposed`, which is left out of everything; another decides."""
    proposed: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A concern about a family's first child (or the youngest) and what has become of it so far."""

    family: str
    child: str
    by: str
    ago: timedelta
    concern: str
    said: tuple[Said, ...]
    rating: str = ""
    rated_because: str = ""
    purpose: str = ""
    child_words: str = ""
    parents_know: str = "told"
    parents_know_why: str = ""
    asks: tuple[Ask, ...] = ()


CASES = (
    Case(
        family="malik",
        child="malik/ayaan",
        by="sian",
        ago=3 * DAY,
        concern="Ayaan is missing more and more school with his chest, and was in hospital at night last month.",
        said=(
            Said(how_known="fact", text="Attendance 84%, was 95% a year ago.", source="Register"),
            Said(how_known="reported", text="His inhaler had run out, he says.", source="Ayaan"),
        ),
        child_words="I sleep sitting up because then I can breathe.",
        rating="amber",
        rated_because="A condition that can kill, and care that is not reaching him.",
        purpose="s17",
        asks=(
            Ask(
                of=("HV", "HOSP"),
                ago=26 * HOUR,
                due_in=timedelta(minutes=-74),
                headline="Missed asthma reviews and school absence",
                needed="Reviews kept and missed, attendances at hospital, what the parents were told.",
                why="School attendance meeting: is his asthma looked after?",
                held_by=("tom",),
                answered_by=("meera",),
            ),
            Ask(
                of=("HOU",),
                ago=5 * HOUR,
                headline="State of the home",
                needed="Repairs reported, damp or mould, who lives there.",
                why="His asthma is worse at night; we need to know what he breathes.",
            ),
        ),
    ),
    Case(
        family="wojcik",
        child="wojcik/zofia",
        by="meera",
        ago=2 * DAY,
        concern="Zofia has lost weight and her mother looks exhausted. No interpreter was offered.",
        said=(Said(how_known="fact", text="8.0 kg, below the 9th centile.", source="Ward scales"),),
        rating="amber",
        rated_because="A small child who is not gaining, and nobody knows why.",
        purpose="s17",
        asks=(
            Ask(
                of=("HV", "VCS"),
                ago=22 * HOUR,
                due_in=timedelta(minutes=96),
                headline="Baby’s weight has dropped two centiles",
                needed="Weights, feeding, how the mother is, what the family lives on.",
                why="Child and family assessment",
                held_by=("amina",),
                answered_by=("bela",),
            ),
        ),
    ),
    Case(
        family="adeyemi",
        child="adeyemi/theo",
        by="kevin",
        ago=6 * HOUR,
        concern="The boiler is condemned and the part is a week away. The child has sickle cell disease.",
        said=(Said(how_known="fact", text="14 °C in the child’s room at noon.", source="Kevin Marsh"),),
        rating="amber",
        rated_because="Cold can bring on a crisis. The parents are doing all they can.",
        purpose="s17",
        asks=(
            Ask(
                of=("HV", "HOSP"),
                ago=2 * HOUR,
                headline="Home with no heating and a child with sickle cell",
                needed="What cold does to him, what he needs at home, whom to ring.",
                why="Urgent repair and rehousing decision",
            ),
        ),
    ),
    Case(
        family="reid",
        child="reid/unborn",
        by="ngozi",
        ago=4 * DAY,
        concern="Booked at 29 weeks, one scan missed, no family near. Wants help and does not know whom to ask.",
        said=(Said(how_known="fact", text="Rang the day after the missed scan.", source="Maternity notes"),),
        rating="green",
        rated_because="Support in good time; no sign of harm.",
        purpose="s17",
        asks=(
            Ask(
                of=("HV", "VCS"),
                ago=3 * DAY,
                headline="Late booking for antenatal care",
                needed="What support she has, and what you know of her own time in care.",
                why="Pre-birth assessment",
                held_by=("tom",),
                answered_by=("bela",),
            ),
        ),
    ),
    Case(
        family="clarke",
        child="clarke/mason",
        by="hannah",
        ago=2 * DAY,
        concern="Third time missing since the summer, longer each time. Found at the bus station with no coat.",
        said=(Said(how_known="fact", text="Missing for nineteen hours.", source="Missing person report"),),
        rating="green",
        rated_because="A pattern that needs a picture before anything is decided.",
        purpose="s17",
        asks=(
            Ask(
                of=("HV", "SCH", "VCS"),
                ago=HOUR,
                headline="Named in a missing-child report",
                needed="Friends, new things, changes in mood, what he has said.",
                why="Return-home interview",
                opened_by=("ros",),
                extended_by="bela",
                proposed_by="david",
                proposed="A pupil knows who drives",
            ),
        ),
    ),
    Case(
        family="fenwick",
        child="fenwick/isla",
        by="bela",
        ago=7 * DAY,
        concern="New in Sharetown with two children. There was a plan in Northvale, now ended.",
        said=(Said(how_known="reported", text="The plan in Northvale ended well.", source="The mother"),),
        rating="blue",
        rated_because="No present concern. The family wants to be known to services here.",
        purpose="family_help",
        asks=(
            Ask(
                of=("HV", "HPS"),
                ago=3 * DAY,
                headline="Family has moved in from Northvale",
                needed="Whether the children are registered, and anything they need.",
                why="Welcome and handover",
                opened_by=("sian",),
            ),
        ),
    ),
    Case(
        family="yildiz",
        child="",
        by="bela",
        ago=5 * HOUR,
        concern="The children’s father has rung the school and asked which bus they take. Their mother is very afraid.",
        said=(
            Said(
                how_known="fact", text="He is under conditions not to contact them.", source="Mother’s papers"
            ),
            Said(how_known="reported", text="He asked for them by name.", source="School office"),
        ),
        child_words="You must not tell my dad which bus.",
        rating="red",
        rated_because="A violent man is looking for two children today.",
        purpose="s47",
        parents_know="will_tell",
        asks=(
            Ask(
                of=("POL", "HPS", "HV"),
                ago=HOUR,
                headline="Father under conditions is looking for the children",
                needed="Conditions and breaches, who may collect, health appointments he may know of.",
                why="Strategy discussion today",
                held_by=("sian",),
            ),
        ),
    ),
)

# Decided three weeks ago: everyone has answered, some have heard back and some are still owed it.
DECIDED = Case(
    family="scully",
    child="",
    by="sian",
    ago=24 * DAY,
    concern="Many small things over two years: hungry, cold, tired, often late, never one bad day.",
    said=(Said(how_known="opinion", text="The children look after each other.", source="Class teacher"),),
    child_words="We have tea on Fridays when the money comes.",
    rating="amber",
    rated_because="Each note is small; together they are a pattern.",
    purpose="s17",
    asks=(
        Ask(
            of=("HV", "POL", "HOU", "VCS"),
            ago=23 * DAY,
            headline="A picture of two years of small worries",
            needed="Everything you have noted on the children’s care, with dates.",
            why="To see whether this is neglect, and what would help.",
            answered_by=("amina", "hannah", "kevin", "bela"),
        ),
    ),
)


# What came of concerns in earlier months, so that the board has something to look at: family, referrer, days
# ago, rating, level of need and outcome.
PAST = (
    ("balog", "sian", 200, "red", "1", "no_further_action"),
    ("delaney", "amina", 150, "red", "1", "advice"),
    ("petrov", "sian", 110, "red", "2", "family_help"),
    ("nuttall", "sian", 80, "amber", "1", "advice"),
    ("berhane", "ros", 66, "red", "3", "s17_assessment"),
    ("al-hashimi", "amina", 52, "green", "1", "advice"),
    ("szabo", "sian", 38, "red", "1", "no_further_action"),
    ("kovalenko", "ros", 25, "amber", "2", "family_help"),
)
PURPOSES = {"red": "s47", "amber": "s17", "green": "s17"}
CONCERNS = {
    "red": "A caller heard a child cry for an hour and a man shout. A door was broken.",
    "amber": "Very tired, often late, and says nobody is home in the evening.",
    "green": "Not as cheerful as before the holidays. We do not know why.",
}
HOURS = {"red": 4, "amber": 60, "green": 190}
"""Hours of day and night in which most answers come; a few take half as long again."""


def steps(writer: Writer, families: list[Family]) -> list[Step]:
    """All acts of the work in hand, each at its time."""
    by_key = {family.key: family for family in families}
    return [
        *(step for row in PAST for step in _past(writer, by_key, *row)),
        *(step for case in CASES for step in _case(writer, by_key[case.family], case)),
        *_decided(writer, by_key["scully"]),
        *_waiting(writer, by_key),
        *_closed_in_may(writer),
        *_too_close(writer, by_key["marsh"]),
        Step(writer.calendar.now, 9, lambda at: _escalate(at)),
    ]


def _escalate(at: datetime) -> None:
    """As the job of every minute does."""
    requests.escalate_overdue(now=at)


# --- A concern, its rating and its enquiry


def _case(writer: Writer, family: Family, case: Case) -> Iterator[Step]:
    work = _Work(writer, family, case)
    now = writer.calendar.now
    yield Step(now - case.ago, 2, work.refer)
    yield Step(now - case.ago + HOUR / 2, 2, work.open_enquiry)
    for ask in case.asks:
        yield Step(now - ask.ago, 2, lambda at, ask=ask: work.ask(ask, at))
        yield Step(now - ask.ago / 2, 2, lambda at, ask=ask: work.move_on(ask, at))


class _Work:
    """One case as it goes on."""

    def __init__(self, writer: Writer, family: Family, case: Case) -> None:
        self.writer, self.family, self.case = writer, family, case
        self.grace = writer.actor("grace")

    def refer(self, at: datetime) -> None:
        """The concern is sent, and the front door settles who is meant where the rules left it open."""
        members = _named(self.family, self.case.child)
        concern = Concern(
            concern=self.case.concern,
            wants="act",
            persons=tuple(self._someone(member) for member in members),
            statements=self.case.said,
            arose_on=agreements.local_day(at),
            parents_know=self.case.parents_know,
            parents_know_why=self.case.parents_know_why,
            authority=self.writer.partnership.authorities["Sharetown"].pk,
        )
        self.referral = referrals.make(actor=self.writer.actor(self.case.by), concern=concern, now=at)
        named = referral_queries.read(self.grace, self.referral.reference, now=at + HOUR / 6).persons
        for member, person in zip(members, named, strict=True):
            _settle(self.writer, self.referral, member, person, at + HOUR / 6)

    def _someone(self, member: str) -> Someone:
        facts = _facts(self.writer, AGENCY_OF[self.case.by], member)
        tie = next((t for t in self.family.ties if t.member == member and t.kind in ("MTH", "FTH")), None)
        if tie:
            return Someone(part="parent", facts=facts, relationship=tie.kind, parental_responsibility=True)
        part = "unborn" if facts.expected_on else "child"
        first = member == _named(self.family, self.case.child)[0]
        return Someone(part=part, facts=facts, child_words=self.case.child_words if first else "")

    def open_enquiry(self, at: datetime) -> None:
        case = self.case
        referrals.rate(
            actor=self.grace, referral=self.referral, code=case.rating, reason=case.rated_because, now=at
        )
        self.enquiry = enquiries.open_enquiry(
            actor=self.grace, referral=self.referral, purpose=case.purpose, now=at
        )

    def ask(self, ask: Ask, at: datetime) -> None:
        due_at = None if ask.due_in is None else self.writer.calendar.now + ask.due_in
        self.asked = requests.ask(
            actor=self.grace,
            enquiry=self.enquiry,
            question=Question(headline=ask.headline, needed=ask.needed, why=ask.why, due_at=due_at),
            of=[self.writer.partnership.agencies[code].pk for code in ask.of],
            about=[record.pk for record in enquiries.subject_records(self.enquiry)],
            now=at,
        )

    def move_on(self, ask: Ask, at: datetime) -> None:
        """What the agencies asked have done with it so far."""
        for key in (*ask.opened_by, *ask.held_by, *ask.answered_by):
            requests.opened(actor=self.writer.actor(key), recipient=self._recipient(key), now=at)
        for key in (*ask.held_by, *ask.answered_by):
            requests.claim(actor=self.writer.actor(key), recipient=self._recipient(key), now=at + HOUR / 30)
        if ask.extended_by:
            self._extend(ask.extended_by, at)
        if ask.proposed_by:
            self._propose(ask, at)
        for key in ask.answered_by:
            self._answer(key, at + HOUR / 6)

    def open_and_answer(self, key: str, at: datetime) -> None:
        """Opened and answered in one sitting."""
        requests.opened(actor=self.writer.actor(key), recipient=self._recipient(key), now=at)
        self._answer(key, at + HOUR / 6)

    def _recipient(self, key: str) -> Recipient:
        return self.asked.recipients.get(agency=self.writer.partnership.agencies[AGENCY_OF[key]])

    def _extend(self, key: str, at: datetime) -> None:
        recipient = self._recipient(key)
        requests.extend(
            actor=self.writer.actor(key),
            recipient=recipient,
            until=recipient.due_at + DAY,
            words="The worker who did the return interview is back tomorrow and has the notes.",
            now=at,
        )

    def _propose(self, ask: Ask, at: datetime) -> None:
        actor, recipient = self.writer.actor(ask.proposed_by), self._recipient(ask.proposed_by)
        held = disclosure_queries.held_items(actor, recipient)
        letting_out.propose(
            actor=actor,
            recipient=recipient,
            entry=next(entry.pk for entry in held if entry.title == ask.proposed),
            reason="The first name may be all that the search for the car needs; the pupil stays unnamed.",
            now=at,
        )

    def _answer(self, key: str, at: datetime) -> None:
        actor, recipient = self.writer.actor(key), self._recipient(key)
        items = disclosure_queries.to_decide(actor, recipient, now=at)
        disclosures.answer(
            actor=actor,
            recipient=recipient,
            draft=disclosures.Draft(
                grounds=_grounds(actor, self.case.purpose, bool(items)),
                choices=tuple(_choice(item) for item in items),
                holds_nothing=not items,
                shares_family=bool(items),
            ),
            now=at,
        )


def _settle(writer: Writer, referral: Referral, member: str, person: Named, at: datetime) -> None:
    """The screener says who is meant, where the rules left it open."""
    writer.known[member].refresh_from_db(fields=["person"])
    known = writer.known[member].person_id
    if person.person.record.person_id != known:
        referrals.link_person(
            actor=writer.actor("grace"),
            referral=referral,
            record=person.person.record,
            person=known,
            reason="Rang the referrer: same family, same address, same birthday.",
            now=at,
        )


def _named(family: Family, first: str) -> list[str]:
    """The children, the one the concern is about first, and the parents whom agencies hold."""
    parents = {tie.member for tie in family.ties if tie.kind in ("MTH", "FTH")}
    oldest_first = dict.fromkeys(tie.to for tie in family.ties if tie.kind in ("MTH", "FTH"))
    held = family.members()
    ordered = sorted((c for c in oldest_first if c not in parents), key=lambda child: child != first)
    return [
        *ordered,
        *(one for one in held if one in parents and not one.endswith(("grandmother", "grandfather"))),
    ]


def _facts(writer: Writer, agency: str, member: str) -> Facts:
    """What the referrer's agency has on them; name and birthday as somebody tells them if it has nothing."""
    found = writer.facts.get((agency, member))
    if found:
        return found
    facts = next(facts for (_agency, key), facts in writer.facts.items() if key == member)
    return replace(facts, identifiers=(), contacts=(), addresses=(), gp="", school="", raw={})


def _choice(item: disclosure_queries.Item) -> Choice:
    """Share; take out a name to protect; keep back what is sealed, and what has no bearing on children."""
    entry = item.entry
    if entry.kind == "tenancy":
        return Choice(
            entry=entry.pk,
            choice="withhold",
            withheld_kind="not_relevant",
            withheld_reason="About the tenancy alone; it says nothing of how the children are.",
            review_when="The family’s home comes into question",
        )
    if entry.sealed:
        return Choice(
            entry=entry.pk,
            choice="withhold",
            withheld_kind="not_necessary",
            withheld_reason="The sealed file is not needed for this.",
            review_when="A court asks for it",
        )
    if entry.protect:
        text = entry.text
        for name in entry.protect:
            text = text.replace(name, "Somebody who must not be named")
        return Choice(entry=entry.pk, choice="part", text=text)
    return Choice(entry=entry.pk, choice="share")


def _grounds(actor: Actor, purpose: str, holds_something: bool) -> Grounds:
    if not holds_something:
        return Grounds(reasons="Searched by name, date of birth and address; nothing is held.")
    return Grounds(
        reasons="It bears on what the social worker has to decide, and no more is sent than was asked for.",
        rules=("2024:1", "2024:6", "2024:7"),
        edition=agreements.words("guidance")["current_edition"],
        lawful_basis="art6_ea" if actor.sector in ("VC", "HO") else "art6_e",
        condition="sch8_4" if actor.sector == "PO" else "art9_g_sch1_18",
        condition_reason="not_reasonable",
        gateway=purpose,
        consent="not_sought",
        family_told="told",
        advice_from="The agency’s safeguarding lead",
    )


# --- Decided, waiting, closed


def _decided(writer: Writer, family: Family) -> Iterator[Step]:
    work, now = _Work(writer, family, DECIDED), writer.calendar.now
    yield from (
        Step(now - DECIDED.ago, 2, work.refer),
        Step(now - DECIDED.ago + HOUR, 2, work.open_enquiry),
        Step(now - 23 * DAY, 2, lambda at: work.ask(DECIDED.asks[0], at)),
        Step(now - 22 * DAY, 2, lambda at: work.move_on(DECIDED.asks[0], at)),
        Step(now - 20 * DAY, 2, lambda at: _decide(work, at)),
        Step(now - 19 * DAY, 2, lambda at: _tell_some(work, at)),
    )


def _past(
    writer: Writer,
    families: dict[str, Family],
    family: str,
    by: str,
    days: int,
    rating: str,
    level: str,
    outcome: str,
) -> Iterator[Step]:
    """A concern of an earlier month from beginning to end: everyone asked, answered, told; decided and closed."""
    rng = random.Random(f"{family}{days}")
    asked = [key for key in ("amina", "hannah", "meera", "kevin", "bela", "ros", "sian") if key != by]
    ask = Ask(
        of=tuple(AGENCY_OF[key] for key in asked),
        ago=timedelta(),
        headline="What do you know of this family?",
        needed="Anything that bears on the children’s care, good or worrying.",
        why="To see whether help is needed, and which.",
    )
    case = Case(
        family=family,
        child="",
        by=by,
        ago=timedelta(),
        concern=CONCERNS[rating],
        said=(
            Said(how_known="reported", text="More than once this month.", source="Somebody who knows them"),
        ),
        rating=rating,
        rated_because="What is known so far, and what is not.",
        purpose=PURPOSES[rating],
    )
    work, sent = _Work(writer, families[family], case), writer.calendar.at(writer.calendar.ago(days), 11, 40)
    yield Step(sent - 2 * HOUR, 2, work.refer)
    yield Step(sent - HOUR, 2, work.open_enquiry)
    yield Step(sent, 2, lambda at: work.ask(ask, at))
    yield Step(
        sent + 3 * HOUR, 2, lambda at: _tell_all(work, "An enquiry is open. You will hear what it finds.", at)
    )
    last = sent
    for key in asked:
        took = HOURS[rating] * rng.uniform(0.2, 1.1) * (1.5 if rng.random() < 0.12 else 1)
        last = max(last, sent + took * HOUR)
        yield Step(sent + took * HOUR, 2, lambda at, key=key: work.open_and_answer(key, at))
    yield Step(last + DAY, 2, lambda at: _conclude(work, level, outcome, at))


def _conclude(work: _Work, level: str, outcome: str, at: datetime) -> None:
    """Decided by the manager, everyone told, and closed, so that nothing lent for it is seen any more."""
    priya = work.writer.actor("priya")
    enquiries.decide_threshold(
        actor=priya,
        enquiry=work.enquiry,
        level=level,
        outcome=outcome,
        grounds=Grounds(reasons="Together, the answers show what is needed and what is not."),
        took_part=[TookPart(name=one.name, agency=one.agency_name) for one in (priya, work.grace)],
        now=at,
    )
    _tell_all(work, "The family has been told what was decided, and agrees.", at + HOUR)
    enquiries.close(actor=priya, enquiry=work.enquiry, now=at + 2 * HOUR)


def _tell_all(work: _Work, what_was_done: str, at: datetime) -> None:
    """Everyone who is owed it hears, whoever they are by now."""
    for owed in work.referral.feedback.filter(given_at=None):
        referrals.give_feedback(
            actor=work.grace,
            feedback=owed,
            relevant="yes",
            recorded_where="Case record, children’s social care",
            what_was_done=what_was_done,
            more_needed="",
            now=at,
        )


def _decide(work: _Work, at: datetime) -> None:
    part = [work.writer.actor(key) for key in ("priya", "grace", "sian", "amina", "kevin")]
    enquiries.decide_threshold(
        actor=work.writer.actor("priya"),
        enquiry=work.enquiry,
        level="3",
        outcome="s17_assessment",
        grounds=Grounds(reasons="Neglect builds up slowly here; the mother asks for help and can use it."),
        took_part=[
            TookPart(
                name=one.name,
                job_title=one.job_title,
                agency=one.agency_name,
                disagreed_why="Family help first: she may close the door to a social worker."
                if one.name == "Kevin Marsh"
                else "",
            )
            for one in part
        ],
        now=at,
    )


def _tell_some(work: _Work, at: datetime) -> None:
    """The school and the health visitor hear back; police, housing and the charity are still owed it."""
    codes = {"HPS", "HV"}
    for owed in work.referral.feedback.filter(given_at=None, to_agency__code__in=codes):
        referrals.give_feedback(
            actor=work.grace,
            feedback=owed,
            relevant="yes",
            recorded_where="Assessment record, children’s social care",
            what_was_done="A social worker has begun an assessment with the family’s agreement.",
            more_needed="Tell us of any further missed appointment or absence.",
            now=at,
        )


def _waiting(writer: Writer, families: dict[str, Family]) -> Iterator[Step]:
    """Two concerns for the screener: one that Jigsaw has matched and routed, one that only a person can decide."""
    now = writer.calendar.now
    yield Step(now - 50 * HOUR / 60, 2, lambda at: _about_a_known_girl(writer, families["whitlock"], at))
    yield Step(now - 3 * HOUR, 2, lambda at: _about_one_of_the_twins(writer, families["asante"], at))


def _about_a_known_girl(writer: Writer, family: Family, at: datetime) -> None:
    child, mother = _named(family, "")[:2]
    concern = Concern(
        concern="Was not at registration. A friend says she left with a man in a silver car at the back gate.",
        wants="act",
        persons=(
            Someone(part="child", facts=writer.facts["HV", child], child_words="Don’t wait for me."),
            Someone(
                part="parent",
                facts=_facts(writer, "SCH", mother),
                relationship="MTH",
                parental_responsibility=True,
            ),
        ),
        statements=(
            Said(how_known="fact", text="Absent since 08:50; no call from home.", source="Register"),
            Said(how_known="reported", text="A silver estate, an older man.", source="A friend"),
        ),
        arose_on=agreements.local_day(at),
        parents_know="told",
    )
    referrals.make(actor=writer.actor("ros"), concern=concern, now=at)


def _about_one_of_the_twins(writer: Writer, family: Family, at: datetime) -> None:
    boy = _named(family, "")[0]
    known = writer.facts["HV", boy]
    concern = Concern(
        concern="One of the two boys was on the wall of the flats alone at ten at night, crying. I don’t know which.",
        wants="act",
        caller="public",
        caller_name="Mrs Oduya",
        caller_contact="07700 900990",
        anonymity_asked=True,
        persons=(
            Someone(
                part="child",
                facts=Facts(
                    family=known.family,
                    born=known.born,
                    sex="M",
                    addresses=tuple(At(line=at_.line, town=at_.town) for at_ in known.addresses),
                ),
                child_words="I can’t get back in.",
            ),
        ),
        statements=(Said(how_known="reported", text="He had no shoes on.", source="The caller"),),
        arose_on=agreements.local_day(at),
        parents_know="not_told",
        parents_know_why="The caller does not know the parents.",
    )
    referrals.make(actor=writer.actor("callum"), concern=concern, now=at)


def _closed_in_may(writer: Writer) -> Iterator[Step]:
    """The school's first concern about Katie, closed with advice because nobody else was asked."""
    received = writer.calendar.at(writer.calendar.on(date(2026, 5, 6)), 14, 20)
    closed = writer.calendar.at(writer.calendar.on(date(2026, 5, 8)), 15, 30)
    made: list[str] = []
    yield Step(received, 2, lambda at: made.append(_katie_in_may(writer, at)))
    yield Step(closed, 2, lambda at: _close(writer, made[0], at))


def _katie_in_may(writer: Writer, at: datetime) -> str:
    concern = Concern(
        concern="Katie’s attendance has fallen and she says she does not like being in when they argue.",
        wants="tell",
        persons=(
            Someone(
                part="child",
                facts=writer.facts["SCH", walsh.KATIE],
                child_words="I don’t like being in when they argue.",
            ),
        ),
        statements=(Said(how_known="fact", text="Attendance 82%.", source="Register"),),
        arose_on=agreements.local_day(at),
        parents_know="told",
    )
    return referrals.make(actor=writer.actor("ros"), concern=concern, now=at).reference


def _close(writer: Writer, reference: str, at: datetime) -> None:
    grace = writer.actor("grace")
    referral = referral_queries.get(grace, reference)
    [katie] = referral_queries.read(grace, reference, now=at).persons
    _settle(writer, referral, walsh.KATIE, katie, at)
    referrals.rate(
        actor=grace, referral=referral, code="green", reason="Arguments at home, nobody hurt.", now=at
    )
    referrals.close_with_advice(
        actor=grace,
        referral=referral,
        outcome="advice",
        reasons="Donna was rung and declined early help. No other agency was asked.",
        advice="Keep listening to Katie, write down what she says, and tell us if anything changes.",
        relevant="partly",
        now=at + HOUR / 4,
    )


def _too_close(writer: Writer, family: Family) -> Iterator[Step]:
    """Kevin Marsh has said that the Marshes are his brother's family."""
    at = writer.calendar.at(writer.calendar.founded, 10)
    yield Step(at, 2, lambda at: _declare(writer, family, at))


def _declare(writer: Writer, family: Family, at: datetime) -> None:
    kevin = writer.actor("kevin")
    for member in family.members():
        people.declare_conflict(
            actor=writer.actor(KEEPERS["HOU"]),
            practitioner=kevin.practitioner_id,
            person=writer.known[member].person_id,
            why="His brother’s family",
            now=at,
        )
