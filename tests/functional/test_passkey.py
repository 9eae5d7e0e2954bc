"""A passkey made in a real Chromium, on an authenticator that the browser itself plays, and used to sign in."""

from __future__ import annotations

from collections.abc import Callable

from conftest import Visitor
from jigsaw.hub.training import sharetown

BELA = "bela@sharetown.example"
ON_THIS_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_made_used_and_removed_under_the_strict_policy(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.base = visitor.base.replace("127.0.0.1", "localhost")
    page = visitor.sign_in(BELA, sharetown.PASSWORD)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": ON_THIS_DEVICE})
    page.get_by_role("link", name="How you sign in").click()
    page.get_by_role("link", name="Add passkey").click()
    page.get_by_role("button", name="Make the passkey").click()
    assert "Give it a name" in page.get_by_role("alert").first.inner_text(), (
        "and no passkey was made for nothing"
    )
    assert visitor.complaints.pop().count("400")
    page.get_by_label("What do you call it?").fill("This laptop")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("heading", name="Keep these recovery codes").wait_for()
    page.get_by_role("button", name="Sign out").click()
    visitor.sign_in(BELA, sharetown.PASSWORD)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Sign out").wait_for()
    visitor.go("/how-you-sign-in/").get_by_role("link", name="Remove This laptop").click()
    page.get_by_role("button", name="Remove it").click()
    assert "no longer lets anybody in" in page.locator("main").inner_text()
    assert visitor.complaints == []
