"""A request of one's own to answer, made through the operations in the service's database, and a hand at its form."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.db import connections
from django.utils import timezone
from playwright.sync_api import Locator, Page

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests.operations import Question
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.records import Facts
from jigsaw.hub.referrals import operations as referrals
from jigsaw.hub.referrals.operations import Concern, Someone

Made = TypeVar("Made")


def aside(work: Callable[..., Made]) -> Callable[..., Made]:
    """Do this in a thread of its own: the browser's driver keeps an event loop in the test's thread."""

    @wraps(work)
    def elsewhere(*args: Any) -> Made:
        def and_hang_up() -> Made:
            try:
                return work(*args)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(and_hang_up).result()

    return elsewhere


HEALTH, FRONT_DOOR, SCHOOL = "amina@sharetown.example", "grace@sharetown.example", "ros@sharetown.example"


def plain(title: str, days: int) -> dict[str, Any]:
    return {
        "title": title,
        "text": "Phone call not answered.",
        "happened_on": timezone.localdate() - timedelta(days=days),
        "kind": "was_not_brought",
        "how_known": "fact",
        "source": "Clinic list",
        "special_category": True,
    }


NAMED = {
    "title": "Neighbour worried",
    "text": "Mrs Holt at number 9 said there is shouting.",
    "happened_on": date(2026, 6, 5),
    "kind": "home_visit",
    "how_known": "reported",
    "source": "Told to Amina Yusuf at clinic",
    "protect": ("Mrs Holt", "number 9"),
}
OLD = {
    "title": "Mother treated",
    "text": "Discharged well.",
    "happened_on": date(2014, 1, 9),
    "kind": "adult_mental_health",
    "how_known": "fact",
    "source": "GP summary",
    "about_adult": True,
    "special_category": True,
}


@aside
def ask_health(child: Facts, *pieces: dict[str, Any]) -> str:
    """Health holds these pieces about the child and is asked for a section 47 enquiry; the reference."""
    now = timezone.now()
    amina, grace, ros = (agencies.actor_by_email(email) for email in (HEALTH, FRONT_DOOR, SCHOOL))
    assert amina.agency_id
    record, _outcome = people.hold(
        actor=amina, agency=amina.agency_id, system="hv", source_key=child.given, facts=child, now=now
    )
    for piece in pieces:
        chronology.add(actor=amina, piece=Piece(**piece), about=[record], now=now)
    concern = Concern(
        concern="Shouting at home.",
        wants="act",
        persons=(Someone(part="child", facts=child),),
        parents_know="told",
    )
    referral = referrals.make(actor=ros, concern=concern, now=now)
    referrals.rate(actor=grace, referral=referral, code="red", reason="Violence at home.", now=now)
    enquiry = enquiries.open_enquiry(actor=grace, referral=referral, purpose="s47", now=now)
    subjects = enquiry_queries.read(grace, enquiry.reference, now=now).subjects
    asked = requests.ask(
        actor=grace,
        enquiry=enquiry,
        question=Question(headline="", needed="Missed appointments.", why="Strategy discussion."),
        of=[amina.agency_id],
        about=[subject.record for subject in subjects],
        now=now,
    )
    return str(asked.recipients.get().reference)


def child(given: str, number: str) -> Facts:
    return Facts(
        given=given, family="Brookes", born=date(2020, 2, 14), sex="F", identifiers=(("nhs_number", number),)
    )


def card(page: Page, title: str) -> Locator:
    return page.locator("fieldset.hub-card", has_text=title)


def write(page: Page, field: Locator, words: str) -> None:
    field.click()
    field.press("Control+a")
    page.keyboard.insert_text(words)
