"""The page of finding: without scripts, answers alone for those with them, and "none of these"."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jigsaw.hub.agencies import queries as agencies
from jigsaw.hub.audit.models import Entry as AuditEntry
from jigsaw.hub.kit.actor import Actor
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.records import At, Facts
from jigsaw.hub.web.people import finding
from people_in_tests import Town

KATIE = Facts(
    given="Katie",
    family="Walsh",
    born=date(2012, 12, 3),
    addresses=(At(line="12 Harbour Lane", town="Sharetown", postcode="ST1 4QZ"),),
)
SCRIPT = "<script>alert(1)</script>"
TEXT = "katy welsh, about 14, Harbour Lane"


def as_(client: Client, actor: Actor) -> Client:
    client.force_login(agencies.active_practitioner(actor.practitioner_id))
    return client


@pytest.fixture
def katie(town: Town) -> Any:
    record, _outcome = people.hold(
        actor=town.amina,
        agency=town.amina.agency_id,
        system="test",
        source_key="1",
        facts=KATIE,
        now=timezone.now(),
    )
    return record


def searches() -> int:
    return AuditEntry.objects.filter(action="person.searched").count()


@pytest.mark.parametrize("address", ["/find/", "/find/answers/"])
def test_what_is_known_finds_her_with_evidence_in_words(
    client: Client, town: Town, katie: Any, address: str
) -> None:
    page = as_(client, town.amina).post(address, {"do": "look", "q": TEXT}, follow=True).content.decode()
    assert f'href="/children/{katie.person_id}/"' in page
    assert "First name: <b>Close</b>" in page and "Is it whom you mean?" in page


def test_the_answers_are_a_piece_of_the_page_and_nothing_else(client: Client, town: Town, katie: Any) -> None:
    answer = as_(client, town.amina).post("/find/answers/", {"do": "look", "q": TEXT}, follow=True)
    page = answer.content.decode()
    assert "<html" not in page and "hub-seek" not in page
    assert 'data-found="1 person found"' in page
    assert "no-store" in answer["Cache-Control"]


def test_every_answer_shown_is_written_down(client: Client, town: Town, katie: Any) -> None:
    browser = as_(client, town.amina)
    for address in ("/find/", "/find/answers/"):
        before = searches()
        browser.post(address, {"do": "look", "q": TEXT}, follow=True)
        assert searches() == before + 1
    before = searches()
    browser.get("/find/")
    assert searches() == before, "a page without a question shows nobody"


@pytest.mark.parametrize("address", ["/find/", "/find/answers/"])
def test_who_may_find_nobody_is_refused(client: Client, town: Town, address: str) -> None:
    assert as_(client, town.mary).post(address, {"do": "look", "q": "Katie"}, follow=True).status_code == 403
    client.logout()
    gone = client.post(address, {"do": "look", "q": "Katie"})
    assert gone.status_code == 302 and "Katie" not in gone["Location"]


@pytest.mark.parametrize("method", ["post", "get"])
def test_no_word_of_what_is_looked_for_stands_in_an_address(
    client: Client, town: Town, katie: Any, method: str
) -> None:
    """An address of before, with the words in it, leads on as well."""
    browser = as_(client, town.amina)
    led_on = getattr(browser, method)("/find/", {"do": "look", "q": TEXT})
    address = led_on["Location"]
    assert re.fullmatch(r"/find/\?asked=[0-9a-f-]{36}", address) and led_on.status_code == 302
    page = browser.get(address).content.decode()
    assert "Katie Walsh" in page and f'value="{TEXT}"' in page
    assert not re.search(r"katy|welsh|harbour", re.search(r"<title>.*?</title>", page)[0], re.I)
    assert not re.search(r"katy|welsh|harbour", str(dict(browser.session)), re.I), "sealed where it waits"
    assert browser.get(address).content.decode().count("hub-hit__name") == 1, (
        "and again, as often as one goes back"
    )


def test_a_question_can_be_come_back_to_by_whoever_asked_while_their_session_lasts(
    client: Client, town: Town, katie: Any
) -> None:
    browser = as_(client, town.amina)
    first, second = (
        browser.post("/find/", {"do": "look", "q": text})["Location"] for text in ("Katie", "Walsh")
    )
    assert 'value="Katie"' in browser.get(first).content.decode(), "also with another window in between"
    assert 'value="Walsh"' in browser.get(second).content.decode()
    other = as_(Client(), town.grace)
    other_session = other.session
    other_session["asked"] = browser.session["asked"]
    other_session.save()
    assert "Katie" not in other.get(first).content.decode(), "not even with a copy of what was kept"
    before = searches()
    browser.post("/sign-out/")
    assert "Katie" not in as_(client, town.amina).get(first).content.decode() and searches() == before
    for more in range(40):
        browser.post("/find/", {"do": "look", "q": f"Kate {more}"})
    assert len(browser.session["asked"]) == 30


def test_while_one_types_the_answers_come_with_the_address_to_come_back_to(
    client: Client, town: Town, katie: Any
) -> None:
    browser = as_(client, town.amina)
    piece = browser.post("/find/answers/", {"q": TEXT}).content.decode()
    [address] = re.findall(r'data-address="(\?asked=[0-9a-f-]{36})"', piece)
    assert "Katie Walsh" in browser.get(f"/find/{address}").content.decode()
    assert browser.get("/find/answers/", {"q": TEXT}).status_code == 405


def test_no_form_of_any_page_puts_what_is_typed_into_an_address() -> None:
    """A form that is not sent with POST may have boxes to tick alone."""
    pages = Path(finding.__file__).parents[1] / "templates"
    loose = re.compile(r"<form(?![^>]*method=\"post\")[^>]*>.*?</form>", re.DOTALL)
    found = {
        path.name: re.findall(r"<(?:input|select|textarea)[^>]*>", form)
        for path in pages.rglob("*.html")
        for form in loose.findall(path.read_text())
    }
    assert set(found) == {"child.html"} and all('type="checkbox"' in one for one in found["child.html"])


def test_the_box_is_on_every_page_for_those_who_find(client: Client, town: Town) -> None:
    assert 'id="find-text"' in as_(client, town.amina).get("/requests/").content.decode()
    assert 'id="find-text"' not in as_(client, town.mary).get("/oversight/").content.decode()


def test_what_was_not_read_is_said(client: Client, town: Town) -> None:
    browser = as_(client, town.amina)
    assert (
        "300 characters"
        in browser.post("/find/", {"do": "look", "q": "katie " * 500}, follow=True).content.decode()
    )
    assert (
        "nothing to search by"
        not in browser.post("/find/", {"do": "look", "q": "katie"}, follow=True).content.decode()
    )
    assert (
        "in this to search by"
        in browser.post("/find/", {"do": "look", "q": "%%% ***"}, follow=True).content.decode()
    )


def test_what_is_typed_is_shown_as_text(client: Client, town: Town) -> None:
    for address in ("/find/", "/find/answers/"):
        page = (
            as_(client, town.amina).post(address, {"do": "look", "q": SCRIPT}, follow=True).content.decode()
        )
        assert SCRIPT not in page and "&lt;script&gt;" in page


def test_none_of_these_is_written_down_once_and_leads_to_a_concern_that_has_begun(
    client: Client, town: Town
) -> None:
    browser = as_(client, town.ros)
    typed = "katy o'welsh<b> 3/3/2012 girl ST1 4QZ 999 000 0018"
    page = browser.post("/find/", {"do": "look", "q": typed}, follow=True)
    form = {"q": typed, "reason": "She is in year 9", "token": page.context["token"]}
    answers = [browser.post("/find/none/", form) for _press in range(2)]
    [address] = {answer["Location"] for answer in answers}
    assert address.startswith("/our-concerns/new/?draft=") and "katy" not in address
    assert AuditEntry.objects.filter(action="person.none_of_these").count() == 1
    begun = browser.get(address)
    [child] = begun.context["whole"].children.forms
    shown = {name: child[name].value() for name in ("given", "family", "sex", "nhs_number", "postcode")}
    assert shown == {
        "given": "Katy",
        "family": "O'welsh<b>",
        "sex": "F",
        "nhs_number": "999 000 0018",
        "postcode": "ST1 4QZ",
    }
    text = begun.content.decode()
    for part, value in (("day", "3"), ("month", "3"), ("year", "2012")):
        assert re.search(rf'name="children-0-born-{part}" value="{value}"', text), part
    assert "govuk-error-summary" not in text, "nothing is judged before it is sent"
    assert "Katy O&#x27;welsh&lt;b&gt;" in browser.get("/our-concerns/").content.decode(), (
        "among one's drafts"
    )
    other = as_(Client(), town.tom).get(address).content.decode()
    assert "Katy" not in other, "a draft is for whoever typed it"


def test_none_of_these_leads_back_for_those_who_raise_no_concerns(client: Client, town: Town) -> None:
    answer = as_(client, town.grace).post("/find/none/", {"q": "katy welsh"})
    assert answer["Location"].startswith(("/find/", "/our-concerns/new/?draft="))
    assert as_(client, town.mary).post("/find/none/", {"q": "katy"}).status_code == 403
    assert as_(client, town.amina).get("/find/none/").status_code == 405
