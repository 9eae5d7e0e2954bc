"""Signing in, and being signed out without losing a word."""

from __future__ import annotations

from collections.abc import Callable

from conftest import Server, Visitor


def test_a_wrong_passphrase_says_so_and_nothing_more(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.sign_in("amina@sharetown.example", "not this")
    assert visitor.page.get_by_role("alert").inner_text().count("not right") == 1
    visitor.sign_in("nobody@sharetown.example", "not this")
    assert "not right" in visitor.page.get_by_role("alert").inner_text()


def test_words_typed_when_the_session_ends_come_back(visit: Callable[..., Visitor], server: Server) -> None:
    """Without JavaScript there is no autosave: the form arrives after the session ended, and is kept."""
    visitor = visit("ros@sharetown.example", javascript=False)
    page = visitor.go("/our-concerns/new/")
    words = "She said “I take Poppy to my room”. " * 40
    page.locator("textarea[name$=concern]").first.fill(words)
    server.end_all_sessions()
    page.get_by_role("button", name="Send the concern").click()
    assert "Your words are safe" in page.locator("main").inner_text()
    from jigsaw.hub.training import sharetown

    page.get_by_label("Email address").fill("ros@sharetown.example")
    page.get_by_label("Password").fill(sharetown.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.locator("textarea[name$=concern]").first.input_value().strip() == words.strip()


def test_someone_else_on_the_same_computer_does_not_get_them(
    visit: Callable[..., Visitor], server: Server
) -> None:
    visitor = visit("ros@sharetown.example", javascript=False)
    page = visitor.go("/our-concerns/new/")
    page.locator("textarea[name$=concern]").first.fill("Only Ros may see this.")
    server.end_all_sessions()
    page.get_by_role("button", name="Send the concern").click()
    from jigsaw.hub.training import sharetown

    page.get_by_label("Email address").fill("kevin@sharetown.example")
    page.get_by_label("Password").fill(sharetown.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert "Only Ros may see this." not in page.content()
