"""A decision is quick: at most 11 presses for five mixed items, 8 for two, and it completes without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import wraps
from typing import Any, TypeVar

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Locator, Page

from conftest import Server, Visitor
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.chronology import operations as chronology
from jigsaw.hub.chronology.operations import Piece
from jigsaw.hub.disclosures import queries as disclosures
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.information_requests import operations as requests
from jigsaw.hub.information_requests import queries as request_queries
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


@pytest.fixture
def presses() -> Callable[[Page], list[int]]:
    """Counts what a finger or a mouse presses on the page, as the browser itself sees it."""

    def count(page: Page) -> list[int]:
        pressed: list[int] = []
        page.expose_binding("pressed", lambda _source: pressed.append(1))
        page.add_init_script("addEventListener('mousedown', () => window.pressed(), true)")
        return pressed

    return count


def card(page: Page, title: str) -> Locator:
    return page.locator("fieldset.hub-card", has_text=title)


def withhold(page: Page, title: str) -> None:
    item = card(page, title)
    item.get_by_text("Withhold", exact=True).click()
    item.get_by_text("It does not bear on the purpose", exact=True).click()


def give_reasons(page: Page) -> None:
    """Own words serve the decision and what is withheld: typed once is enough."""
    write(page, page.get_by_label("Reasons in your own words"), "Old, resolved, and about the mother only.")
    page.get_by_label("No, telling them could put somebody at risk").click()
    write(page, page.get_by_label("Advice taken from"), "Tom Baptiste, named nurse")
    page.get_by_label("Asking would harm the protection of the child").click()


def write(page: Page, field: Locator, words: str) -> None:
    field.click()
    field.press("Control+a")
    page.keyboard.insert_text(words)


@aside
def decided(reference: str) -> list[str]:
    grace = agencies.actor_by_email(FRONT_DOOR)
    recipient = request_queries.get(grace, reference)
    [answer] = disclosures.answers(grace, recipient, now=timezone.now())
    return sorted(item.item.choice for item in answer.items)


def test_five_mixed_items_take_at_most_eleven_presses(
    visit: Callable[..., Visitor], server: Server, presses: Callable[[Page], list[int]]
) -> None:
    reference = ask_health(
        child("Tilly", "9990099006"),
        plain("Not brought to review", 12),
        plain("Not brought again", 5),
        plain("Not brought to hearing test", 40),
        NAMED,
        OLD,
    )
    visitor = visit(HEALTH)
    pressed = presses(visitor.page)
    page = visitor.go(f"/requests/{reference}/")
    page.get_by_role("button", name="Mark 3 as Share").click()
    named = card(page, "Neighbour worried")
    named.get_by_text("Share part", exact=True).click()
    write(page, named.get_by_label("If you share part"), "A neighbour said there is shouting.")
    withhold(page, "Mother treated")
    give_reasons(page)
    page.get_by_role("button", name="Send and record decision").click()
    page.wait_for_url(f"**/requests/{reference}/done/")
    assert "3 shared, 1 shared in part, 1 withheld" in page.locator("main").inner_text()
    assert 0 < len(pressed) <= 11
    assert decided(reference) == ["part", "share", "share", "share", "withhold"]
    assert visitor.complaints == []


def test_two_items_take_at_most_eight_presses(
    visit: Callable[..., Visitor], server: Server, presses: Callable[[Page], list[int]]
) -> None:
    reference = ask_health(child("Nora", "9990099014"), plain("Not brought to review", 12), OLD)
    visitor = visit(HEALTH)
    pressed = presses(visitor.page)
    page = visitor.go(f"/requests/{reference}/")
    card(page, "Not brought to review").get_by_text("Share", exact=True).click()
    withhold(page, "Mother treated")
    give_reasons(page)
    page.get_by_role("button", name="Send and record decision").click()
    page.wait_for_url(f"**/requests/{reference}/done/")
    assert 0 < len(pressed) <= 8
    assert decided(reference) == ["share", "withhold"]


@pytest.mark.parametrize("width", [1366, 360])
def test_a_decision_completes_without_javascript(
    visit: Callable[..., Visitor], server: Server, width: int
) -> None:
    number = {1366: "9990099022", 360: "9990099030"}[width]
    reference = ask_health(
        child(f"Ada{'m' * (width // 360)}", number),
        plain("Not brought to review", 12),
        plain("Not brought again", 5),
        OLD,
    )
    page = visit(HEALTH, javascript=False, width=width).go(f"/requests/{reference}/")
    write(page, page.get_by_label("Reasons in your own words"), "Typed before taking it on.")
    page.get_by_role("button", name="I’ll take it").click()
    assert "You have taken this on." in page.locator("main").inner_text()
    assert page.get_by_label("Reasons in your own words").input_value() == "Typed before taking it on."
    page.locator("#rest-share").check()
    withhold(page, "Mother treated")
    give_reasons(page)
    page.get_by_role("button", name="Send and record decision").click()
    assert "2 shared, 1 withheld" in page.locator("main").inner_text()
    assert decided(reference) == ["share", "share", "withhold"]
