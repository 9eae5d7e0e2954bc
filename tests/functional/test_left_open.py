"""A page that is left open forgets what it showed once its session is over."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from conftest import Server, Visitor
from jigsaw.hub.training import sharetown

SCHOOL = "ros@sharetown.example"


def test_a_page_left_open_forgets_what_it_showed_when_its_session_is_over(
    visit: Callable[..., Visitor], server: Server
) -> None:
    visitor = visit(SCHOOL)
    page = visitor.go("/find/?q=Katie+Walsh")
    page.locator("main a[href*='/children/']", has_text="Katie Walsh").first.click()
    page.wait_for_url("**/children/**")
    # Headless, a window never loses the focus, so its coming back is told.
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_timeout(500)
    assert "Katie" in page.content(), "while the session lives nothing changes"
    server.end_all_sessions()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("What stood here is no longer shown.")).to_be_visible()
    assert "Katie" not in page.content() and "Ros Okafor" not in page.content()
    assert "Katie" not in page.title()
    page.get_by_role("link", name="Sign in again").click()
    expect(page.get_by_label("Email address")).to_be_visible()
    assert visitor.complaints == []


def test_what_is_typed_and_saved_is_forgotten_too_and_comes_back_after_signing_in(
    visit: Callable[..., Visitor], server: Server
) -> None:
    visitor = visit(SCHOOL)
    page = visitor.go("/our-concerns/new/")
    page.locator("[name=concern]").fill("He says Zebedee hits him.")
    expect(page.locator("[data-saved]").first).to_have_text(re.compile("^Draft saved"))
    server.end_all_sessions()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("What you had typed is saved")).to_be_visible()
    assert "Zebedee" not in page.evaluate(
        "[...document.querySelectorAll('textarea')].map((t) => t.value).join()"
    )
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Email address").fill(SCHOOL)
    page.get_by_label("Password").fill(sharetown.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[name=concern]")).to_have_value("He says Zebedee hits him.")
    # What cannot be saved is not forgotten.
    page.context.set_offline(True)
    page.locator("[name=concern]").press("Control+End")
    page.locator("[name=concern]").press_sequentially(" And more.")
    page.context.set_offline(False)
    server.end_all_sessions()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-signedout]")).to_be_visible(timeout=10_000)
    assert page.locator("[name=concern]").input_value().endswith("And more.")


def test_without_scripts_a_page_left_open_is_left_once_its_session_must_be_over(
    visit: Callable[..., Visitor], server: Server
) -> None:
    """Ten minutes are not waited for: what the browser is told is read from the page, and then done."""
    visitor = visit(SCHOOL, javascript=False)
    page = visitor.go("/our-concerns/")
    told = page.locator("meta[http-equiv=refresh]").get_attribute("content") or ""
    seconds, _url, address = told.partition("; url=")
    assert 600 < int(seconds) <= 660 and address.endswith("next=%2Four-concerns%2F")
    visitor.go(address)
    expect(page.get_by_role("heading", name="This page was put away")).to_be_visible()
    page.get_by_role("link", name="Go back to it").click()
    expect(page).to_have_url(re.compile("/our-concerns/$"))
    server.end_all_sessions()
    visitor.go(address)
    expect(page.get_by_label("Email address")).to_be_visible()
    assert "next=%2Four-concerns%2F" in page.url
