"""A request about Katie on its way to the health visitors, for the tests of the pages that answer and follow it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import operations as people
from jigsaw.hub.referrals import operations as referrals
from people_in_tests import KATIE, Town, concern

PLAIN = {
    "title": "Not brought to review",
    "text": "Second date missed.",
    "happened_on": date(2026, 11, 10),
    "kind": "was_not_brought",
    "how_known": "fact",
    "source": "Clinic list",
}
NAMED = {
    "title": "Neighbour worried about shouting",
    "text": "Mrs Hart at number 14 said a man is always shouting at the little ones.",
    "happened_on": date(2026, 6, 5),
    "kind": "home_visit",
    "how_known": "reported",
    "source": "Told to Amina Yusuf at clinic",
    "protect": ("Mrs Hart", "number 14"),
}
OLD = {
    "title": "Mother’s own health in 2014",
    "text": "Treated and discharged well.",
    "happened_on": date(2014, 1, 9),
    "kind": "adult_mental_health",
    "how_known": "fact",
    "source": "GP summary",
    "about_adult": True,
}


@dataclass
class Asked:
    """An enquiry with one request to health and one to the police, and what health holds."""

    town: Town
    enquiry: Any
    request: Any
    to_health: Any
    to_police: Any
    entries: list[Any] = field(default_factory=list)

    @property
    def page(self) -> str:
        return f"/requests/{self.to_health.reference}/"


def sign_in(client: Client, actor: Actor) -> None:
    """Be this practitioner in the browser."""
    assert actor.practitioner_id
    client.force_login(agencies.practitioners([actor.practitioner_id])[actor.practitioner_id])


def open_enquiry(town: Town, *, now: datetime, purpose: str = "s47") -> Any:
    """Katie's concern, rated red, with an enquiry open."""
    referral = referrals.make(actor=town.ros, concern=concern(), now=now)
    referrals.rate(
        actor=town.grace, referral=referral, code="red", reason="Violence at home, a toddler there.", now=now
    )
    return enquiries.open_enquiry(actor=town.grace, referral=referral, purpose=purpose, now=now)


def ask_health(
    town: Town, *pieces: dict[str, Any], purpose: str = "s47", now: datetime | None = None
) -> Asked:
    """Health holds these pieces about Katie and, with the police, is asked what it knows."""
    now = now or timezone.now()
    record, _outcome = people.hold(
        actor=town.amina, agency=town.health.pk, system="hv", source_key="1", facts=KATIE, now=now
    )
    entries = [
        chronology.add(actor=town.amina, piece=Piece(**piece), about=[record], now=now) for piece in pieces
    ]
    enquiry = open_enquiry(town, now=now, purpose=purpose)
    subjects = enquiry_queries.read(town.grace, enquiry.reference, now=now).subjects
    request = requests.ask(
        actor=town.grace,
        enquiry=enquiry,
        question=Question(
            headline="Worries about injuries and missed appointments",
            needed="Injuries, missed appointments, worries.",
            why="Strategy discussion today.",
        ),
        of=[town.health.pk, town.police.pk],
        about=[s.record for s in subjects],
        now=now,
    )
    return Asked(
        town,
        enquiry,
        request,
        request.recipients.get(agency=town.health),
        request.recipients.get(agency=town.police),
        entries,
    )


def filled_in(asked: Asked, decisions: dict[UUID, str] | None = None, **more: Any) -> dict[str, Any]:
    """The answer form as a browser sends it: `decisions` by entry id, other fields by name."""
    form: dict[str, Any] = {
        "seen": [str(entry.pk) for entry in asked.entries],
        "why": ["harm"],
        "own_words": "",
        "told": "not_safe",
        "told_why": "",
        "advice_from": "",
        "protect": "",
        "context": "",
        "lawful_basis": "art6_e",
        "gateway": "s47",
        "condition": "art9_g_sch1_18",
        "condition_reason": "prejudice",
        "consent": "not_sought",
        "added-TOTAL_FORMS": "0",
        "added-INITIAL_FORMS": "0",
        "do": "send",
    }
    for key, do in (decisions or {}).items():
        form[f"do-{key}"] = do
    return {**form, **more}
