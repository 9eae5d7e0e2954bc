"""The steps of practice in a line each, for tests that are about one of them.

Every step takes only what a test changes; the rest is Katie's story on a Monday morning: the school raises a
concern, the front door rates it and opens an enquiry, the health visitors are asked and answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agencies import queries as agency_queries
from jigsaw.hub.agencies.models import Agency
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology.models import Entry
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.decisions.operations import Grounds
from jigsaw.hub.disclosures import operations as disclosures
from jigsaw.hub.disclosures.judging import Choice
from jigsaw.hub.disclosures.models import Answer
from jigsaw.hub.disclosures.operations import Draft
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries.models import Enquiry
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.models import Recipient
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.kit.actor import SYSTEM, Actor
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import PersonRecord
from jigsaw.hub.people.records import Facts
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals.models import Feedback, Referral
from people_in_tests import KATIE, MONDAY, NO_PASSWORD, Town, concern

GROUNDS = Grounds(
    reasons="Katie may be at risk of harm, and the social worker needs the whole picture.",
    rules=("2024:1", "2024:6"),
    edition="2024",
    lawful_basis="art6_e",
    condition="art9_g_sch1_18",
    condition_reason="prejudice",
    gateway="s47",
    consent="not_sought",
    family_told="not_told",
    family_told_why="Telling them could put Katie at risk.",
)
ADVISED = replace(GROUNDS, advice_from="Tom Baptiste, named nurse")
NOT_RELEVANT = {
    "choice": "withhold",
    "withheld_kind": "not_relevant",
    "withheld_reason": "Long ago, resolved, and not about Katie.",
    "review_when": "A new worry about the same thing.",
}


@dataclass
class Practice:
    """The partnership at work. `now` moves on as a test says."""

    town: Town
    now: datetime = MONDAY

    def someone(self, name: str, agency: Agency, *roles: str) -> Actor:
        """A new practitioner of an agency."""
        email = f"{name.lower().replace(' ', '.')}@{agency.code.lower()}.example"
        account = agencies.Account(
            email=email, name=name, job_title="Practitioner", agency=agency, roles=roles, password=NO_PASSWORD
        )
        agencies.add_practitioner(actor=SYSTEM, account=account, now=self.now)
        return agency_queries.actor_by_email(email)

    def hold(self, actor: Actor, facts: Facts = KATIE, key: str = "1") -> PersonRecord:
        """The actor's agency holds a record of someone."""
        record, _outcome = people.hold(
            actor=actor, agency=actor.agency_id, system="own", source_key=key, facts=facts, now=self.now
        )
        return record

    def write(self, actor: Actor, about: PersonRecord | Iterable[PersonRecord], **changes: Any) -> Entry:
        """The actor's agency writes an entry in its own records."""
        records = [about] if isinstance(about, PersonRecord) else list(about)
        return chronology.add(actor=actor, piece=piece(**changes), about=records, now=self.now)

    def raised(self, actor: Actor | None = None, **changes: Any) -> Referral:
        """A concern comes in from the school, or from whoever raises it."""
        return referrals.make(actor=actor or self.town.ros, concern=concern(**changes), now=self.now)

    def rated(self, code: str = "red", referral: Referral | None = None) -> Referral:
        """The front door has rated it."""
        referral = referral or self.raised()
        referrals.rate(
            actor=self.town.grace, referral=referral, code=code, reason="Hurt at home.", now=self.now
        )
        referral.refresh_from_db()
        return referral

    def enquiry(self, referral: Referral | None = None, code: str = "red") -> Enquiry:
        """An enquiry is open."""
        return enquiries.open_enquiry(
            actor=self.town.grace, referral=self.rated(code, referral), purpose="s47", now=self.now
        )

    def asked(
        self, enquiry: Enquiry | None = None, agency: Agency | None = None, **question: Any
    ) -> Recipient:
        """An agency (the health visitors) is asked about everyone the enquiry is about."""
        enquiry = enquiry or self.enquiry()
        asked = question.pop("question", None) or Question(
            **{"headline": "", "needed": "Injuries and worries.", "why": "Strategy discussion.", **question}
        )
        made = requests.ask(
            actor=self.town.grace,
            enquiry=enquiry,
            question=asked,
            of=[(agency or self.town.health).pk],
            about=list(enquiry.subjects.values_list("record", flat=True)),
            now=self.now,
        )
        return made.recipients.get()

    def answer(
        self, recipient: Recipient, *choices: Choice, actor: Actor | None = None, **draft: Any
    ) -> Answer:
        """The agency asked answers: with these choices, or that it holds nothing."""
        whole = {
            "grounds": GROUNDS,
            "choices": choices,
            "holds_nothing": not choices and "added" not in draft,
        }
        return disclosures.answer(
            actor=actor or self.town.amina,
            recipient=recipient,
            draft=Draft(**{**whole, **draft}),
            now=self.now,
        )

    def decided(self, enquiry: Enquiry, **changes: Any) -> Any:
        """The front door decides what happens next."""
        whole = {
            "level": "4",
            "outcome": "strategy_discussion",
            "grounds": Grounds(reasons="Significant harm is likely."),
            "took_part": [],
        }
        return enquiries.decide_threshold(
            actor=changes.pop("actor", self.town.grace),
            enquiry=enquiry,
            now=self.now,
            **{**whole, **changes},
        )

    def told(self, feedback: Feedback, actor: Actor | None = None, **changes: Any) -> Feedback:
        """Someone who helped hears back."""
        whole = {
            "relevant": "yes",
            "recorded_where": "The enquiry",
            "what_was_done": "A strategy discussion was held.",
            "more_needed": "",
        }
        return referrals.give_feedback(
            actor=actor or self.town.grace, feedback=feedback, now=self.now, **{**whole, **changes}
        )

    def closed(self, enquiry: Enquiry) -> Enquiry:
        """Everyone hears back, and the enquiry is closed."""
        if not enquiry.thresholds.exists():
            self.decided(enquiry)
        for owed in enquiry.referral.feedback.filter(given_at=None):
            self.told(owed)
        return enquiries.close(actor=self.town.grace, enquiry=enquiry, now=self.now)


def piece(**changes: Any) -> Piece:
    """A missed appointment, changed as a test needs."""
    whole = Piece(
        kind="was_not_brought",
        title="Not brought to review",
        text="Second date missed.",
        happened_on=date(2026, 11, 10),
        how_known="fact",
        source="Clinic list",
    )
    return replace(whole, **changes)


def share(entry: Entry) -> Choice:
    return Choice(entry=entry.pk, choice="share")


def part(entry: Entry, text: str) -> Choice:
    return Choice(entry=entry.pk, choice="part", text=text)


def withhold(entry: Entry, **changes: Any) -> Choice:
    return Choice(entry=entry.pk, **{**NOT_RELEVANT, **changes})
