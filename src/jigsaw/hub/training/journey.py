"""The Walsh journey, from the school's concern to everyone hearing back, through the same operations as the pages.

Run on a fresh Sharetown by `jigsaw demo --headless`. Whoever acts is a demonstration practitioner; what they
decide follows a few plain rules (`_choice`), so that nothing in the report is a constant: it is all read back
from the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.audit import queries as audit
from jigsaw.hub.chronology import queries as chronology
from jigsaw.hub.decisions.operations import Grounds, TookPart
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures import queries as disclosure_queries
from jigsaw.hub.disclosures.judging import Choice
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests import queries as request_queries
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import linked
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals import queries as referral_queries
from jigsaw.hub.referrals.operations import Concern, Said, Someone
from jigsaw.hub.training.sharetown.shapes import Calendar

PURPOSE = "s47"
TEACHER, SCREENER = "Ros Okafor", "Grace Lindqvist"
PANEL = ("Grace Lindqvist", "DC Hannah Ortiz", "Amina Yusuf", "Ros Okafor")
OUTCOME = "strategy_discussion"
HOME = (At(line="12 Harbour Lane", town="Sharetown", postcode="ST1 4QZ"),)
# The journey takes under three hours: begun then, nothing in it lies in the future.
TAKES = timedelta(hours=3)


@dataclass(frozen=True)
class Cast:
    """Who acts in the journey."""

    teacher: Actor
    screener: Actor


def run(*, now: datetime) -> dict[str, Any]:
    """Run the journey on the Sharetown in the database and report it, all read back from there."""
    cast = Cast(teacher=agencies.actor_named(TEACHER), screener=agencies.actor_named(SCREENER))
    clock = _Clock(now - TAKES)
    reference = _raise_concern(cast, clock)
    _match(cast, clock, reference)
    enquiry = _screen(cast, clock, reference)
    asked = _ask(cast, clock, enquiry)
    for request in asked:
        _answer(clock, request)
    withheld = _read_answers(cast, clock, asked)
    _decide(cast, clock, enquiry)
    _tell_everyone(cast, clock, reference)
    return _report(cast, clock, reference, enquiry, asked, withheld)


class _Clock:
    """Each act happens a few minutes after the one before."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def tick(self) -> datetime:
        self.now += timedelta(minutes=4)
        return self.now


def concern(now: datetime) -> Concern:
    """The school's concern, the evening after Katie spoke to the counsellor, in the school's own words."""
    return Concern(
        concern="Katie says her mother’s partner gets angry and her mother goes quiet. She takes her little "
        "sister to her room. Police were at the house last night and Katie called 999.",
        wants="act",
        persons=(
            Someone(
                part="child",
                facts=Facts(
                    given="Katie",
                    family="Walsh",
                    born=Calendar(now).born(date(2012, 3, 3)),
                    sex="F",
                    school="Sharetown Academy",
                    addresses=HOME,
                ),
                child_words="Lee gets mad and Mum goes quiet. I take Poppy to my room.",
            ),
            Someone(
                part="child",
                facts=Facts(given="Poppy", family="Walsh", sex="F", addresses=HOME),
                relationship="HSIS",
            ),
            Someone(
                part="child",
                facts=Facts(given="Jayden", family="Walsh", sex="M", addresses=HOME),
                relationship="BRO",
            ),
            Someone(
                part="parent",
                facts=Facts(given="Donna", family="Walsh", sex="F", addresses=HOME),
                relationship="MTH",
                parental_responsibility=True,
            ),
            Someone(
                part="household",
                facts=Facts(given="Lee", family="Marsden", sex="M", addresses=HOME),
                relationship="FAMMEMB",
            ),
        ),
        statements=(
            Said(how_known="fact", text="Attendance fell from 96% to 82%.", source="Attendance register"),
            Said(how_known="opinion", text="Withdrawn; keeps long sleeves on in PE.", source="Form tutor"),
            Said(how_known="reported", text="Police came to the house last night.", source="Katie"),
        ),
        arose="Told the school counsellor; the counsellor told the safeguarding lead the same day.",
        arose_on=agreements.local_day(now) - timedelta(days=1),
        child_now="In school today, calm, with her head of year.",
        immediate_action="Katie stays with the safeguarding lead until the front door rings back.",
        agencies_involved="Health visitor for Poppy; police; housing.",
        parents_know="not_told",
        parents_know_why="Telling them before a plan is made could put Donna and the children at risk tonight.",
    )


def _raise_concern(cast: Cast, clock: _Clock) -> str:
    return referrals.make(actor=cast.teacher, concern=concern(clock.now), now=clock.tick()).reference


def _match(cast: Cast, clock: _Clock, reference: str) -> None:
    """The screener links whoever is known and not yet linked by rule, with the evidence as the reason."""
    read = referral_queries.read(cast.screener, reference, now=clock.tick())
    for named in read.persons:
        if named.linked_to_others:
            continue
        record = named.person.record
        found = referral_queries.matches(cast.screener, read.referral, record.pk, now=clock.now)
        # Whoever is certain is the same person, however many agencies spell the name in their own way.
        same = [m for m in found if m.comparison.grade == "certain"] or found[:1]
        for match in same:
            referrals.link_person(
                actor=cast.screener,
                referral=read.referral,
                record=record,
                person=match.card.person,
                reason="The family the concern describes. "
                + "; ".join(e.words for e in match.comparison.evidence),
                now=clock.tick(),
            )


def _matches(cast: Cast, read: referral_queries.Read) -> list[dict[str, Any]]:
    """How each person named was matched, as the link decisions have it."""
    found = []
    for named in read.persons:
        history = linked.link_history(cast.screener, named.person.record.person_id)
        made = [d for d in history if d.record_id == named.person.record_id]
        found.append(
            {
                "name": named.card.name,
                "linked": made[0].verdict if made else "no match",
                "by": (made[0].decided_by.name if made[0].decided_by else "rule") if made else "",
                "score": made[0].probability if made else None,
                "reason": made[0].reason if made else "",
                "evidence": made[0].evidence if made else [],
            }
        )
    return found


def _screen(cast: Cast, clock: _Clock, reference: str) -> str:
    referral = referral_queries.get(cast.screener, reference)
    referrals.rate(
        actor=cast.screener,
        referral=referral,
        code="red",
        reason="Violence in the home last night with a two-year-old in the room.",
        now=clock.tick(),
    )
    referral = referral_queries.get(cast.screener, reference)
    return enquiries.open_enquiry(
        actor=cast.screener, referral=referral, purpose=PURPOSE, now=clock.tick()
    ).reference


def _ask(cast: Cast, clock: _Clock, reference: str) -> list[str]:
    read = enquiry_queries.read(cast.screener, reference, now=clock.tick())
    know = [known.agency.pk for known in read.who_knows if known.involved or known.holds_record]
    requests.ask(
        actor=cast.screener,
        enquiry=read.enquiry,
        question=Question(
            headline="Arrest for domestic assault last night, two-year-old in the room",
            needed="Injuries, missed appointments, attendance, visits by police, worries about Lee or Donna.",
            why="Strategy discussion today: are the children safe at home tonight?",
        ),
        of=know,
        about=[subject.record for subject in read.subjects],
        now=clock.tick(),
    )
    return [
        p.recipient.reference for p in request_queries.progress(cast.screener, read.enquiry, now=clock.now)
    ]


def _answer(clock: _Clock, reference: str) -> None:
    """Someone of the asked agency opens, takes and answers the request."""
    actor = agencies.actor_of(request_queries.asked_agency(reference), "request.answer")
    recipient = request_queries.get(actor, reference)
    requests.opened(actor=actor, recipient=recipient, now=clock.tick())
    requests.claim(actor=actor, recipient=recipient, now=clock.tick())
    items = disclosure_queries.to_decide(actor, recipient, now=clock.tick())
    disclosures.answer(
        actor=actor,
        recipient=recipient,
        draft=disclosures.Draft(
            grounds=_grounds(actor, bool(items)),
            choices=tuple(_choice(item) for item in items),
            holds_nothing=not items,
            shares_family=bool(items),
            context="Answered from the records we hold today.",
        ),
        now=clock.tick(),
    )


def _grounds(actor: Actor, holds_something: bool) -> Grounds:
    if not holds_something:
        return Grounds(reasons="Searched by name, date of birth and address; nothing is held.")
    public = actor.sector in ("SC", "PO", "HE", "ED")
    return Grounds(
        reasons="A child may be at risk of harm; the social worker needs the whole picture today.",
        rules=("2024:1", "2024:3", "2024:6", "2024:7"),
        edition=agreements.words("guidance")["current_edition"],
        lawful_basis="art6_e" if public else "art6_f",
        condition="sch8_4" if actor.sector == "PO" else "art9_g_sch1_18",
        condition_reason="prejudice",
        gateway=PURPOSE,
        consent="not_sought",
        family_told="not_told",
        family_told_why="Telling the family now could put Donna and the children at risk.",
        advice_from="The agency’s safeguarding lead, today",
    )


def _choice(item: disclosure_queries.Item) -> Choice:
    """Share; take protected names out; withhold what is old and about an adult's health, or sealed."""
    entry = item.entry
    if {"sealed", "adult"} & set(item.look_twice) or "old" in item.look_twice:
        return Choice(
            entry=entry.pk,
            choice="withhold",
            withheld_kind="not_relevant",
            withheld_reason="Long ago and about an adult; it has no bearing on the children’s safety today.",
            review_when="New information that makes it bear on the children",
        )
    if "identity" in item.look_twice:
        text = entry.text or entry.title
        for name in entry.protect:
            text = text.replace(name, "someone who asked not to be named")
        return Choice(entry=entry.pk, choice="part", text=text)
    return Choice(entry=entry.pk, choice="share")


def _read_answers(cast: Cast, clock: _Clock, asked: Iterable[str]) -> list[dict[str, Any]]:
    """What the requester is told was withheld, as the requester reads it."""
    told = []
    for reference in asked:
        recipient = request_queries.get(cast.screener, reference)
        for answer in disclosure_queries.answers(cast.screener, recipient, now=clock.tick()):
            told += [
                {
                    "agency": recipient.agency.name,
                    "kind": item.item.withheld_kind,
                    "reason": item.item.withheld_reason,
                    "look_again_when": item.item.review_when,
                }
                for item in answer.withheld
            ]
    return told


def _decide(cast: Cast, clock: _Clock, reference: str) -> None:
    enquiry = enquiry_queries.get(cast.screener, reference)
    ladder = agreements.need_ladder(on=agreements.local_day(clock.now))
    enquiries.decide_threshold(
        actor=cast.screener,
        enquiry=enquiry,
        level=max(ladder["levels"], key=lambda level: level["number"])["code"],
        outcome=OUTCOME,
        grounds=Grounds(reasons="Repeated violence at home, missed health reviews, and what Katie says."),
        took_part=[
            TookPart(name=who.name, job_title=who.job_title, agency=who.agency_name)
            for who in map(agencies.actor_named, PANEL)
        ],
        now=clock.tick(),
    )


def _tell_everyone(cast: Cast, clock: _Clock, reference: str) -> None:
    """Everyone owed feedback on this concern gets it: each what their kind of reader may be told."""
    parts = {
        "relevant": "yes",
        "recorded_where": "Enquiry record, children’s social care",
        "what_was_done": "A strategy discussion was held today with police, health and school.",
        "more_needed": "Tell us at once if anything changes.",
    }
    for owed in referral_queries.feedback_owed(cast.screener):
        if owed.referral.reference != reference:
            continue
        told = referrals.may_be_told(owed.audience)
        referrals.give_feedback(
            actor=cast.screener,
            feedback=owed,
            now=clock.tick(),
            **{name: words if name in told else "" for name, words in parts.items()},
        )


def _report(
    cast: Cast,
    clock: _Clock,
    reference: str,
    enquiry: str,
    asked: list[str],
    withheld: list[dict[str, Any]],
) -> dict[str, Any]:
    """The journey as the contract lists it, read back from the database."""
    now = clock.tick()
    referral = referral_queries.read(cast.screener, reference, now=now)
    read = enquiry_queries.read(cast.screener, enquiry, now=now)
    progress = request_queries.progress(cast.screener, read.enquiry, now=now)
    made = read.thresholds[-1]
    child = read.children[0].card
    picture = chronology.picture(cast.screener, child.person, purpose=f"enquiry {enquiry}", now=now)
    verified = audit.verify()
    return {
        "referral": {
            "reference": reference,
            "from": referral.referral.from_agency.name,
            "children": [named.card.name for named in referral.persons if named.person.is_child],
            "state": referral.referral.state,
            "rating": referral.rating.code if referral.rating else "",
        },
        "match": _matches(cast, referral),
        "enquiry": {"reference": enquiry, "purpose": read.enquiry.purpose, "state": read.enquiry.state},
        "requests": [
            {
                "agency": p.recipient.agency.name,
                "reference": p.recipient.reference,
                "due": p.recipient.due_at.isoformat(),
                "answered": p.recipient.answered_at.isoformat() if p.recipient.answered_at else None,
            }
            for p in progress
        ],
        "decisions": [
            decision
            for ref in asked
            for decision in disclosure_queries.decisions(cast.screener, ref, now=now)
        ],
        "withheld_told_to_requester": withheld,
        "chronology_entries": picture.total,
        "threshold": {
            "level": made.level,
            "outcome": made.outcome,
            "rationale": made.decision.reasons,
            "took_part": [p.name for p in made.decision.participants.all()],
        },
        "feedback": [
            {
                "to": f.to_agency.name,
                "audience": f.audience,
                "given": bool(f.given_at),
                "done": f.what_was_done,
            }
            for f in referral.feedback
        ],
        "audit": {"entries": verified.entries, "root": verified.root, "ok": verified.ok},
    }
