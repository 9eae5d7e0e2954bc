"""Twenty pairs of records are decided by keyboard alone, in two presses each; without scripts as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page
from requests_in_tests import FRONT_DOOR, HEALTH, SCHOOL, aside

from conftest import DESKTOP, PHONE, Visitor
from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.people import operations as people
from jigsaw.hub.people import review
from jigsaw.hub.people.models import PairReview
from jigsaw.hub.people.records import At, Facts

# Unlike each other and everybody in Sharetown, so that each finds one other alone.
GIVEN = [
    "Odalys",
    "Ptolema",
    "Quenby",
    "Rufaro",
    "Sibusiso",
    "Tamsyn",
    "Ulrika",
    "Vashti",
    "Wilfric",
    "Xanthe",
]
FAMILY = ["Abernyte", "Brockwhistle"]
PAIRS = 20
# Two for each, and some to pass over pairs that are not this test's.
MOST_PRESSES = 2 * PAIRS + 20


@aside
def make_pairs(tag: str, number: int) -> None:
    """Pairs of records that no rule may link, because one side has no date of birth."""
    amina, ros, grace = (agencies.actor_by_email(email) for email in (HEALTH, SCHOOL, FRONT_DOOR))
    now = timezone.now()
    for place in range(number):
        given, family = GIVEN[place % 10], f"{FAMILY[place // 10]}{tag}"
        home = At(
            line=f"{place + 1} Keymaker Close", town="Sharetown", postcode=f"ST{place % 9 + 1} {place % 10}CK"
        )
        for actor, born in ((amina, date(2013, place % 12 + 1, 9)), (ros, None)):
            facts = Facts(given=given, family=family, born=born, sex="F", addresses=(home,))
            record, _outcome = people.hold(
                actor=actor,
                agency=actor.agency_id,
                system="keys",
                source_key=f"{tag}{place}",
                facts=facts,
                now=now,
            )
            people.link_if_certain(actor=grace, record=record, now=now)


@aside
def decided(tag: str) -> int:
    return PairReview.objects.filter(pair__record__family__endswith=tag, verdict="not_same").count()


@aside
def waiting() -> int:
    return review.waiting_count(agencies.actor_by_email(FRONT_DOOR))


@pytest.fixture
def presses() -> Callable[[Page], list[str]]:
    """Counts the keys that go down, as the browser itself sees them; held ones such as Alt go with another."""

    def count(page: Page) -> list[str]:
        pressed: list[str] = []
        page.expose_binding("pressed", lambda _source, key: pressed.append(key))
        page.add_init_script(
            "addEventListener('keydown', e => e.key === 'Alt' || e.key === 'Shift' || window.pressed(e.key), true)"
        )
        return pressed

    return count


def press_with_alt(page: Page, key: str) -> None:
    """As a hand does it. Playwright leaves out which letter is meant, and Chromium then knows no access key."""
    session = page.context.new_cdp_session(page)
    told = {"modifiers": 1, "key": key, "unmodifiedText": key, "windowsVirtualKeyCode": ord(key.upper())}
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", **told})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **told})
    session.detach()


def decide(page: Page, tag: str) -> bool:
    """Decide on the pair that is open if it is this test's, else pass over it; then the next one is there."""
    address = page.url
    mine = tag in page.title()
    if mine:
        press_with_alt(page, "5")
        page.keyboard.press("Enter")
    else:
        press_with_alt(page, "s")
    page.wait_for_url(lambda url: url != address)
    return mine


def test_twenty_pairs_are_decided_by_keyboard_in_two_presses_each(
    visit: Callable[..., Visitor], presses: Callable[[Page], list[str]]
) -> None:
    make_pairs("key", PAIRS)
    visitor = visit(FRONT_DOOR)
    visitor.page.wait_for_url(lambda url: "sign-in" not in url)
    pressed = presses(visitor.page)
    page = visitor.go("/people/pairs/")
    press_with_alt(page, "g")
    page.wait_for_url("**/people/pairs/*-*/")
    done = 0
    while done < PAIRS:
        done += decide(page, "key")
        assert len(pressed) <= MOST_PRESSES
    assert decided("key") == PAIRS
    assert 2 * PAIRS <= len(pressed) <= MOST_PRESSES
    assert visitor.complaints == []


def test_without_scripts_everything_is_in_tab_order(visit: Callable[..., Visitor]) -> None:
    make_pairs("tab", 1)
    visitor = visit(FRONT_DOOR, javascript=False)
    visitor.page.wait_for_url(lambda url: "sign-in" not in url)
    page = visitor.go("/people/pairs/")
    page.get_by_role("link", name="tab").first.click()
    page.locator("a[href='#decide']").focus()
    # To the decision, and by tab and arrow to its first choice and on.
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    for _times in range(5):
        page.keyboard.press("ArrowDown")
    assert page.locator("input[name=why]:checked").get_attribute("value") == "not_same:siblings"
    for _times in range(3):
        page.keyboard.press("Tab")
    assert "Record" in page.locator("button:focus").inner_text()
    before = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != before)
    assert decided("tab") == 1


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_pages_of_pairs_are_accessible_and_fit(
    visit: Callable[..., Visitor], look: Callable[[Page, str], None], width: int
) -> None:
    make_pairs("look", 1)
    visitor = visit(FRONT_DOOR, width=width)
    visitor.page.wait_for_url(lambda url: "sign-in" not in url)
    size = "desktop" if width == DESKTOP else "phone"
    page = visitor.go("/people/pairs/")
    for name in ("pairs", "pair"):
        if name == "pair":
            page.goto(page.locator(".hub-hit__name a").first.evaluate("link => link.href"))
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        look(page, f"{name}-{size}")
    assert visitor.complaints == [] and waiting() > 0
