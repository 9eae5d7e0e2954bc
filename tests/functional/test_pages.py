"""Every page, as each demonstration practitioner meets it: accessible, labelled, marked, and no wider than the screen."""

from __future__ import annotations

import fcntl
import json
import os
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg
import pytest
from crawling import Crawl, Seen
from django.utils import timezone
from playwright.sync_api import Page

from architecture.pages import shown
from conftest import Server, Visitor
from jigsaw.hub.training import sharetown
from jigsaw.hub.training.sharetown import partnership
from second_factors_in_tests import code_of

NOBODY = ""
# One leads there from the page that did not open; whose child it is, it does not say.
ANYBODYS = "/children/01920000-0000-7000-8000-000000000000/emergency/"
PRACTITIONERS = [partnership.email(worker) for worker in partnership.WORKERS if worker.meet]


def answered(server: Server, email: str) -> list[str]:
    """The reference of something this practitioner's agency has answered: it left the inbox, and has pages still."""
    with psycopg.connect(server.whole) as connection:
        rows = connection.execute(
            "SELECT r.reference FROM information_requests_recipient r"
            " JOIN agencies_practitioner p ON p.agency_id = r.agency_id"
            " WHERE p.email = %s AND r.state = 'answered' ORDER BY r.due_at DESC LIMIT 1",
            [email],
        )
        return [reference for (reference,) in rows]


def answers_of_another_area(server: Server, email: str) -> list[str]:
    """Where this practitioner reads what another area answered: one leads there from that child alone."""
    with psycopg.connect(server.whole) as connection:
        rows = connection.execute(
            "SELECT q.id, q.person_id FROM partner_hubs_question q"
            " JOIN agencies_practitioner p ON p.id = q.practitioner_id WHERE p.email = %s",
            [email],
        )
        return [
            address
            for pk, child in rows
            for address in (f"/another-area/{pk}/", f"/children/{child}/another-area/")
        ]


def corrections_told(server: Server, email: str) -> list[str]:
    """Where this practitioner reads that two were taken for one: one leads there from a notice alone."""
    with psycopg.connect(server.whole) as connection:
        rows = connection.execute(
            "SELECT c.reference FROM corrections_correction c JOIN corrections_told t ON t.correction_id = c.id"
            " JOIN agencies_practitioner p ON p.id = t.practitioner_id WHERE p.email = %s",
            [email],
        )
        return [f"/people/corrections/{reference}/" for (reference,) in rows]


def own_documents(server: Server, email: str) -> list[str]:
    """Where this practitioner takes off a document of theirs: not every child has one."""
    with psycopg.connect(server.whole) as connection:
        rows = connection.execute(
            "SELECT r.person_id, d.id FROM chronology_document d"
            " JOIN chronology_entrysubject s ON s.entry_id = d.entry_id"
            " JOIN people_personrecord r ON r.id = s.record_id AND r.agency_id = d.agency_id"
            " JOIN agencies_practitioner p ON p.agency_id = d.agency_id WHERE p.email = %s LIMIT 1",
            [email],
        )
        return [
            address
            for child, document in rows
            for address in (f"/children/{child}/", f"/children/{child}/documents/{document}/take-off/")
        ]


def as_one_with_an_app(crawl: Crawl, visitor: Visitor, email: str) -> list[Seen]:
    """The pages that only those meet who have a second factor: one is added here, and removed again."""
    visitor.sign_in(email, sharetown.PASSWORD)
    page = visitor.go("/how-you-sign-in/app/")
    letters = page.locator(".hub-letters").text_content()
    page.get_by_label("The code that your app shows now").fill(code_of(letters or "", timezone.now()))
    page.get_by_role("button", name="Add the app").click()
    codes = page.locator(".hub-letters").all_text_contents()
    crawl.own_pages = True
    crawl.met -= {"/how-you-sign-in/codes/"}
    crawl.run(["/how-you-sign-in/", "/sign-in/again/"])
    page.get_by_role("button", name="Sign out").click()
    visitor.sign_in(email, sharetown.PASSWORD)
    crawl.run(["/sign-in/second/"])
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Go on").click()
    visitor.go("/how-you-sign-in/").get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    return crawl.seen


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all processes of this run: each crawls as some practitioners, and all read what was seen."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    (folder / "pictured").mkdir(exist_ok=True)
    return folder


@pytest.fixture
def crawl(
    visit: Callable[..., Visitor], look: Callable[[Page, str], None], server: Server, shared: Path
) -> Callable[[str], list[Seen]]:
    def picture(page: Page, route: str, width: str) -> None:
        """One picture of each page at each width; of the sign-in page as those see it who are not signed in."""
        as_usual = (route in ("sign-in", "sign-in-second")) == (page.locator(".hub-signout").count() == 0)
        if as_usual and _first(shared / "pictured" / f"{route}-{width}"):
            look(page, f"page-{route}-{width}")

    def on_a_phone(route: str) -> bool:
        return _first(shared / "pictured" / f"{route}-access")

    def crawl_as(email: str) -> list[Seen]:
        found = shared / f"seen-by-{email}.json"
        with found.with_suffix(".lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if not found.exists():
                found.write_text(json.dumps([asdict(page) for page in _crawled(email)]))
        return [Seen(**page) for page in json.loads(found.read_text())]

    def _crawled(email: str) -> list[Seen]:
        visitor, first = visit(email), email == PRACTITIONERS[0]
        crawl = Crawl(visitor, picture, own_pages=first, first_on_a_phone=on_a_phone)
        crawl.run(["/" if email else "/sign-in/"])
        past = [f"/requests/{reference}/" for reference in answered(server, email)]
        past += [f"{address}done/" for address in past]
        emergencies = [ANYBODYS] if first else []
        crawl.run(
            [
                *past,
                *answers_of_another_area(server, email),
                *corrections_told(server, email),
                *own_documents(server, email),
                *emergencies,
            ]
        )
        return as_one_with_an_app(crawl, visitor, email) if first else crawl.seen

    return crawl_as


def _first(mark: Path) -> bool:
    """Is this the first to leave this mark?"""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def shared_out(emails: list[str]) -> list[Any]:
    """As parameters, each in the half that one of two processes crawls."""
    return [
        pytest.param(email, marks=pytest.mark.xdist_group(f"crawl {place % 2}"), id=email or "nobody")
        for place, email in enumerate(emails)
    ]


@pytest.mark.parametrize("email", shared_out([*PRACTITIONERS, NOBODY]))
def test_every_page_somebody_can_reach_is_sound(crawl: Callable[[str], list[Seen]], email: str) -> None:
    faults = [f"{page.address} {fault}" for page in crawl(email) for fault in page.faults]
    assert not faults, "\n".join(faults)


def test_no_two_kinds_of_page_have_one_title(crawl: Callable[[str], list[Seen]]) -> None:
    kinds_of = defaultdict(set)
    for email in PRACTITIONERS:
        for page in crawl(email):
            if page.title:
                kinds_of[page.title].add(page.route)
    assert {title: kinds for title, kinds in kinds_of.items() if len(kinds) > 1} == {}


def test_somebody_was_shown_every_page_there_is(crawl: Callable[[str], list[Seen]]) -> None:
    seen = {page.route for email in (*PRACTITIONERS, NOBODY) for page in crawl(email)}
    assert {route.name for route in shown()} - seen == set()


@pytest.mark.parametrize("email", [PRACTITIONERS[0], NOBODY], ids=["signed-in", "not-signed-in"])
def test_a_page_that_is_not_there_is_as_sound_as_any(visit: Callable[..., Visitor], email: str) -> None:
    crawl = Crawl(visit(email), lambda page, route, width: None)
    crawl.look("/no-such-page/", "nowhere")
    [page] = crawl.seen
    assert [fault for fault in page.faults if "404" not in fault] == []
    assert len(page.faults) == 2, "the status, and Chromium's remark on it"
