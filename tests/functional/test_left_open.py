"""A page that is left open forgets what it showed once its session is over."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from conftest import Server, Visitor

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
