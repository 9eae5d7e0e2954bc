"""Finding a child in a real browser: in two steps, while typing, by keyboard alone, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from conftest import DESKTOP, PHONE, Visitor

KNOWN = "katy welsh, about 14, Harbour Lane"
AMINA, GRACE = "amina@sharetown.example", "grace@sharetown.example"
ASKED = re.compile(r"/find/\?asked=[0-9a-f-]{36}$")
OPEN = re.compile(r"/children/[0-9a-f-]+/")


def no_violations(page: Page) -> None:
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    assert Axe().run(page, options=rules).response["violations"] == []


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_a_clerk_finds_her_in_two_interactions(visit: Callable[..., Visitor], javascript: bool) -> None:
    visitor = visit(AMINA, javascript=javascript)
    box = visitor.page.locator("#find-text")
    box.fill(KNOWN)
    box.press("Enter")  # one
    first = visitor.page.locator(".hub-hit").first
    expect(first).to_contain_text("Katie Walsh")
    first.get_by_role("link", name="Katie Walsh").click()  # two
    expect(visitor.page).to_have_url(OPEN)
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Katie Walsh")
    visitor.page.go_back()
    expect(visitor.page.locator(".hub-hit").first).to_contain_text("Katie Walsh")
    expect(visitor.page).to_have_url(ASKED)
    assert visitor.complaints == []


def test_answers_come_as_one_types_and_are_said(visit: Callable[..., Visitor]) -> None:
    visitor = visit(GRACE)
    page = visitor.go("/find/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/find/answers/" in request.url else None)
    page.locator("#find-words").press_sequentially("katie wal", delay=30)
    expect(page.locator(".hub-hit").first).to_contain_text("Katie Walsh")
    expect(page.locator("[data-find-status]")).to_contain_text("found")
    assert len(asked) == 1, "nothing is asked until typing pauses: each question is written down"
    expect(page).to_have_url(ASKED)
    assert visitor.complaints == []


def test_the_keyboard_leads_from_the_box_to_her_page(visit: Callable[..., Visitor]) -> None:
    page = visit(AMINA).go("/find/")
    page.keyboard.type(KNOWN)
    expect(page.locator(".hub-hit").first).to_contain_text("Katie Walsh")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(OPEN)


def test_none_of_these_leads_to_raising_a_concern(visit: Callable[..., Visitor]) -> None:
    page = visit("ros@sharetown.example").go("/find/?q=zebedee+quux")
    page.get_by_label("Why do you think so?").fill("New to the school this week")
    page.get_by_role("button", name="None of these").click()
    expect(page).to_have_url(re.compile("/our-concerns/new/"))
    expect(page.get_by_text("Written down")).to_be_visible()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_page_is_accessible_and_fits(visit: Callable[..., Visitor], width: int) -> None:
    visitor = visit(GRACE, width=width)
    for path in (
        "/find/",
        "/find/?q=katie+walsh+harbour+lane",
        "/find/?q=zebedee+quux",
        "/find/?q=%25%25%25",
    ):
        page = visitor.go(path)
        no_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
