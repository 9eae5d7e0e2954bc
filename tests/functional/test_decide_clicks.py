"""A decision is quick: at most 11 presses for five mixed items, 8 for two, and it completes without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from requests_in_tests import FRONT_DOOR, HEALTH, NAMED, OLD, aside, ask_health, card, child, plain, write

from conftest import Server, Visitor
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.disclosures import queries as disclosures
from jigsaw.hub.information_requests import queries as request_queries


@pytest.fixture
def presses() -> Callable[[Page], list[int]]:
    """Counts what a finger or a mouse presses on the page, as the browser itself sees it."""

    def count(page: Page) -> list[int]:
        pressed: list[int] = []
        page.expose_binding("pressed", lambda _source: pressed.append(1))
        page.add_init_script("addEventListener('mousedown', () => window.pressed(), true)")
        return pressed

    return count


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
