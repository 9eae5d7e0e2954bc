"""The journey that README walks through, by people at browsers: with and without JavaScript, on a PC and a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from conftest import DESKTOP, PHONE, Visitor

SCHOOL, FRONT_DOOR, HEALTH = "ros@sharetown.example", "grace@sharetown.example", "amina@sharetown.example"
HOUSING, POLICE = "kevin@sharetown.example", "hannah@sharetown.example"
Visit, Look = Callable[..., Visitor], Callable[[Page, str], None]


def pick(page: Page, name: str, value: str) -> None:
    """Tick a box or a radio button that the design draws itself."""
    page.locator(f'[name="{name}"][value="{value}"]').check(force=True)


def press(page: Page, button: str) -> None:
    """Press a button that sends the form, and wait for the answer."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def raise_concern(school: Visitor, child: dict[str, str]) -> str:
    page = school.go("/our-concerns/new/")
    page.fill("[name=concern]", "Shouting at home every night. مرحبا 👋 <script>alert(1)</script>")
    page.fill("[name=children-0-given]", child["given"])
    page.fill("[name=children-0-family]", child["family"])
    for part, value in zip(("day", "month", "year"), child["born"].split("/"), strict=True):
        page.fill(f"[name=children-0-born-{part}]", value)
    page.fill("[name=children-0-postcode]", child["postcode"])
    page.fill("[name=children-0-child_words]", "I take Poppy to my room.")
    page.get_by_role("button", name="Add another child or unborn baby").click()
    page.fill("[name=children-1-given]", "Poppy")
    page.fill("[name=children-1-family]", child["family"])
    page.locator("[name=children-1-same_home]").check(force=True)
    page.get_by_role("button", name="Add another person").click()
    page.locator("[name^=others-][name$=-given]").first.fill("Donna")
    page.locator("[name^=others-][name$=-family]").first.fill(child["family"])
    page.locator("[name^=others-][name$=-same_home]").first.check(force=True)
    page.fill("[name=said-0-text]", "Attendance fell to 82%.")
    pick(page, "said-0-how_known", "fact")
    page.fill("[name=said-0-source]", "Register")
    pick(page, "parents_know", "not_told")
    pick(page, "wants", "act")
    press(page, "Send the concern")
    assert "There is a problem" in page.locator("main").inner_text(), "not told needs a why"
    assert "Shouting at home" in page.input_value("[name=concern]"), "nothing typed is lost"
    page.fill("[name=parents_know_why]", "Telling them could put her at risk tonight.")
    press(page, "Send the concern")
    found = re.search(r"R-\w{4}-\w{4}", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()[:400]
    return found.group()


@pytest.mark.parametrize(
    ("width", "javascript"), [(DESKTOP, True), (PHONE, False)], ids=["desktop", "phone-without-javascript"]
)
def test_from_the_first_worry_to_everyone_hearing_back(
    visit: Visit, look: Look, width: int, javascript: bool
) -> None:
    how = {"width": width, "javascript": javascript}
    name = f"{'desktop' if javascript else 'phone'}"

    # Whoever is looked for is found, misspelt too.
    door = visit(FRONT_DOOR, **how)
    look(door.go("/find/?q=Katy+Walch"), f"find-{name}")
    assert "Katie Walsh" in door.page.locator("main").inner_text()

    # 1. A concern comes in.
    school = visit(SCHOOL, **how)
    child = {"given": "Katie", "family": "Walsh", "born": "3/3/2012", "postcode": "ST1 4QZ"}
    reference = raise_concern(school, child)
    look(school.page, f"referral-sent-{name}")

    # 2. Who is this?
    page = door.go(f"/concerns/{reference}/")
    assert "I take Poppy to my room." in page.locator("main").inner_text()
    assert "<script>alert(1)</script>" in page.locator("main").inner_text(), "shown as the words they are"
    look(page, f"concern-{name}")
    for count in range(3):
        undecided = page.locator("a[href*='/who/']", has_text="Who is")
        if not undecided.count():
            break
        undecided.first.click()
        page.wait_for_url("**/who/*/")
        if not count:
            look(page, f"who-{name}")
        say_who(page)
        page = door.go(f"/concerns/{reference}/")
    assert page.locator("main").get_by_text("Linked with what others hold").count() == 3

    # 3. It is screened.
    pick(page, "rate-rating", "red")
    page.locator("[name=rate-reason]").fill("Violence at home with small children there.")
    page.locator("button[name=do][value=rate]").click()
    pick(page, "open-purpose", "s47")
    page.locator("button[name=do][value=open]").click()
    page.wait_for_url(re.compile(r"/enquiries/E-"))
    enquiry = page.url.rstrip("/").split("/")[-1]

    # 4. Who else knows this child?
    assert "Sharetown 0–19 Health Service" in page.locator("main").inner_text()
    look(page, f"enquiry-{name}")

    # 5. Agencies are asked; an empty list is refused.
    page = door.go(f"/enquiries/{enquiry}/ask/")
    page.fill("[name=needed]", "Injuries, missed appointments, worries about the adults.")
    page.fill("[name=why]", "Strategy discussion today.")
    for box in page.locator("[name=about]").all():
        box.check(force=True)
    press(page, "Send")
    assert "at least one agency" in page.locator("main").inner_text()
    assert "Injuries" in page.input_value("[name=needed]")
    for agency in ("Sharetown 0–19 Health Service", "Sharetown Homes", "Sharetown Police"):
        page.get_by_role("checkbox", name=re.compile(agency)).first.check(force=True)
    look(page, f"ask-{name}")
    press(page, "Send")
    page.wait_for_url(re.compile(rf"/enquiries/{enquiry}/$"))

    # 6. Each agency decides, item by item.
    answer(visit(HEALTH, **how), look, name)
    answer(visit(HOUSING, **how), None, name)
    answer(visit(POLICE, **how), None, name, part=("Police attend argument", "Shouting; nobody was hurt."))

    # 7. The pieces make a picture.
    page = door.go(f"/enquiries/{enquiry}/")
    assert page.locator("main").inner_text().count("Answered") >= 3
    page.locator("main a[href*='/children/']").first.click()
    page.wait_for_url("**/children/*/")
    assert "Family and home" in page.locator("main").inner_text()
    assert "Concern raised with the front door" in page.locator("main").inner_text()
    # What health was asked about and shared stands on the page of the child it is about, beside the school's.
    page = door.go(f"/enquiries/{enquiry}/")
    page.locator("main a[href*='/children/']", has_text="Poppy").first.click()
    page.wait_for_url("**/children/*/")
    said = page.locator("main").inner_text()
    assert "Poppy not brought to 2-year review" in said and "Lee Marsden arrested at the address" in said
    assert "Shouting; nobody was hurt." in said and "Verbal argument" not in said, (
        "a part is all that is told"
    )
    look(page, f"child-{name}")

    # 8. People decide.
    page = door.go(f"/enquiries/{enquiry}/decide/")
    pick(page, "level", "4")
    pick(page, "outcome", "strategy_discussion")
    page.fill("[name=reasons]", "Repeated violence, and what Katie says.")
    page.locator("[name$='-name']").first.fill("Hannah Ortiz")
    look(page, f"threshold-{name}")
    page.get_by_role("button", name="Record the decision").click()
    page.wait_for_url(re.compile(rf"/enquiries/{enquiry}/"))

    # 9. Everyone hears back.
    while (owed := door.go(f"/enquiries/{enquiry}/").locator("main a", has_text="Tell them")).count():
        owed.first.click()
        page.wait_for_url("**/feedback/*/")
        pick(page, "relevant", "yes")
        page.fill("[name=what_was_done]", "A strategy discussion was held today.")
        if page.locator("[name=recorded_where]").count():
            page.fill("[name=recorded_where]", "Enquiry record")
        press(page, "Give this feedback")
        page.wait_for_url("**/feedback/")
    page = school.go(f"/our-concerns/{reference}/")
    assert "A strategy discussion was held today." in page.locator("main").inner_text()
    look(page, f"heard-back-{name}")
    # A form that is refused comes back with the status of one: Chromium remarks on that, and on nothing else.
    complaints = school.complaints + door.complaints
    assert [words for words in complaints if "400 (Bad Request)" not in words] == []


def say_who(page: Page) -> None:
    """Link with the person of the same first name, of those who may be meant; else with the likeliest."""
    first_name = page.locator("h1").inner_text().removeprefix("Who is ").split()[0]
    likely = page.locator(".hub-match", has=page.get_by_role("heading", name=re.compile(f"^{first_name} ")))
    meant = (likely if likely.count() else page.locator(".hub-match")).first
    meant.locator("textarea").fill("Same name and home as the school says.")
    with page.expect_navigation():
        meant.get_by_role("button", name="Same person: link").click()


def answer(visitor: Visitor, look: Look | None, name: str, *, part: tuple[str, str] = ("", "")) -> None:
    """Share what is plain, nothing of what needs a closer look; `part` is a title and what to share of it."""
    of, text = part
    page = visitor.go("/requests/")
    if look:
        look(page, f"inbox-{name}")
    page.locator(".hub-req", has_text="Katie Walsh").locator("a").first.click()
    page.wait_for_url("**/requests/Q-*/")
    for card in page.locator("[data-item]").all():
        flagged = card.get_attribute("data-flag") is not None
        choice = "part" if of and of in card.inner_text() else "withhold" if flagged else "share"
        card.locator(f"label.hub-pick__{choice}").click()
        if choice == "withhold":
            card.get_by_text("It does not bear on the purpose", exact=True).click()
        elif choice == "part":
            card.locator("textarea[name^=text-]").fill(text)
    page.locator("[name=why]").first.check(force=True)
    pick(page, "told", "not_told")
    page.fill("[name=told_why]", "Telling them could put Katie at risk.")
    page.fill("[name=own_words]", "Old, resolved, and of no bearing on the children today.")
    if page.locator("[name=condition_reason][value=prejudice]").is_visible():
        pick(page, "condition_reason", "prejudice")
    page.fill("[name=advice_from]", "Tom Baptiste, named nurse")
    if look:
        look(page, f"decide-{name}")
    press(page, "Send and record decision")
    assert page.url.endswith("/done/"), page.locator("main").inner_text()[:1500]
    if look:
        look(page, f"done-{name}")
