"""No word is lost: while one types, when the session ends, on the way back, on a double press, and when two answer at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from requests_in_tests import HEALTH, ask_health, card, child, plain

from conftest import Server, Visitor
from jigsaw.hub.training import sharetown

Visit = Callable[..., Visitor]
SCHOOL, NAMED_NURSE = "ros@sharetown.example", "tom@sharetown.example"
WORDS = "She said “I take Poppy to my room”. مرحبا 👋 "
SAVED = re.compile(r"^Draft saved \d")


def type_on(page: Page, field: str, words: str) -> None:
    """Type at the end of what is there, as keys are pressed."""
    page.locator(field).press("Control+End")
    page.keyboard.insert_text(words)


def kept_in_the_browser(page: Page) -> int:
    return int(page.evaluate("localStorage.length + sessionStorage.length"))


def concern_form(visitor: Visitor) -> tuple[Page, str]:
    return visitor.go("/our-concerns/new/"), "[name=concern]"


def decide_form(visitor: Visitor, given: str, number: str) -> tuple[Page, str]:
    reference = ask_health(child(given, number), plain("Not brought to review", 12))
    return visitor.go(f"/requests/{reference}/"), "[name=own_words]"


@pytest.mark.parametrize("form", ["concern", "decide"])
def test_what_is_typed_is_on_the_server_within_two_seconds(visit: Visit, form: str) -> None:
    email = {"concern": SCHOOL, "decide": HEALTH}[form]
    visitor = visit(email)
    page, field = concern_form(visitor) if form == "concern" else decide_form(visitor, "Ivy", "9990099049")
    type_on(page, field, WORDS)
    expect(page.locator("[data-saved]").first).to_have_text(SAVED, timeout=2_000)
    assert kept_in_the_browser(page) == 0
    # On another computer, signed in as the same practitioner:
    address = page.url if form == "decide" else draft_of(visitor)
    other = visit(email).go(address.removeprefix(visitor.base))
    assert other.input_value(field) == WORDS.strip() or other.input_value(field) == WORDS
    assert visitor.complaints == []


def draft_of(visitor: Visitor) -> str:
    """Where the list of one's own drafts leads to the newest of them."""
    page = visitor.page.context.new_page()
    page.goto(f"{visitor.base}/our-concerns/")
    address = page.locator("a[href*='/our-concerns/new/?draft=']").first.get_attribute("href")
    page.close()
    assert address
    return address


@pytest.mark.parametrize("form", ["concern", "decide"])
def test_words_typed_after_the_session_ended_are_saved_once_one_signs_in_again(
    visit: Visit, server: Server, form: str
) -> None:
    email = {"concern": SCHOOL, "decide": HEALTH}[form]
    visitor = visit(email)
    page, field = concern_form(visitor) if form == "concern" else decide_form(visitor, "Una", "9990099057")
    type_on(page, field, WORDS)
    expect(page.locator("[data-saved]").first).to_have_text(SAVED)
    server.end_all_sessions()
    type_on(page, field, "And more.")
    expect(page.locator("[data-signedout]")).to_be_visible()
    assert page.input_value(field) == WORDS + "And more."

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again in a new tab").click()
    tab = opened.value
    tab.get_by_label("Email address").fill(email)
    tab.get_by_label("Password").fill(sharetown.PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url(lambda address: "sign-in" not in address)
    tab.close()
    page.bring_to_front()
    # Headless, a window never loses the focus, so its coming back is told.
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-signedout]")).to_be_hidden()
    expect(page.locator("[data-saved]").first).to_have_text(SAVED)
    assert page.input_value(field) == WORDS + "And more."
    if form == "concern":
        page.goto(visitor.base + draft_of(visitor))
    else:
        page.reload()
    assert page.input_value(field) == WORDS + "And more."
    assert kept_in_the_browser(page) == 0


def fill_concern(page: Page, family: str) -> None:
    page.fill("[name=concern]", WORDS)
    page.fill("[name=children-0-given]", "Robin")
    page.fill("[name=children-0-family]", family)
    page.locator('[name="parents_know"][value="told"]').check(force=True)
    page.locator('[name="wants"][value="act"]').check(force=True)


def raised_about(visitor: Visitor, family: str) -> int:
    """How many concerns about a child of this name the sender's list shows."""
    listed = visitor.go("/our-concerns/").locator("main").inner_text()
    return listed.count(f"Robin {family}")


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_double_press_sends_once(visit: Visit, javascript: bool) -> None:
    visitor, family = visit(SCHOOL, javascript=javascript), f"Oakes{'ley' if javascript else 'worth'}"
    page = visitor.go("/our-concerns/new/")
    fill_concern(page, family)
    page.get_by_role("button", name="Send the concern").dblclick()
    page.wait_for_url(re.compile(r"/our-concerns/R-"))
    assert raised_about(visitor, family) == 1


def test_the_way_back_after_sending_sends_nothing_again(visit: Visit) -> None:
    visitor, family = visit(SCHOOL), "Thornbury"
    page = visitor.go("/our-concerns/new/")
    fill_concern(page, family)
    page.get_by_role("button", name="Send the concern").click()
    page.wait_for_url(re.compile(r"/our-concerns/R-"))
    page.go_back()
    assert page.locator("h1").inner_text() == "Raise a concern about a child"
    page.get_by_role("button", name="Send the concern").click()
    page.wait_for_load_state()
    assert raised_about(visitor, family) == 1


def decide(page: Page, words: str) -> None:
    card(page, "Not brought to review").get_by_text("Share", exact=True).click()
    page.get_by_label("Reasons in your own words").fill(words)
    page.get_by_label("No, telling them could put somebody at risk").click()
    page.get_by_label("Asking would harm the protection of the child").click()


def test_of_two_who_answer_at_once_the_second_sees_the_first_and_keeps_their_words(visit: Visit) -> None:
    reference = ask_health(child("Elsie", "9990099065"), plain("Not brought to review", 12))
    amina, tom = visit(HEALTH), visit(NAMED_NURSE)
    hers, his = (who.go(f"/requests/{reference}/") for who in (amina, tom))
    decide(hers, "The social worker needs it today.")
    decide(his, "Tom’s own reasons, at some length.")
    for page in (hers, his):
        page.get_by_role("button", name="Send and record decision").click()
        page.wait_for_load_state()
    assert hers.url.endswith("/done/")
    shown = his.locator("main").inner_text()
    assert "has been answered" in shown
    assert "Amina Yusuf" in shown
    assert "Tom’s own reasons, at some length." in shown
    again = tom.go(f"/requests/{reference}/").locator("main").inner_text()
    assert "Tom’s own reasons, at some length." in again
