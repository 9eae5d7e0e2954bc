"""The line between service and database is slow, or breaks at the worst moment: nothing half done, and it goes on."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from benchmarks.browsing import Answer
from benchmarks.faults import filled_in
from django.db import close_old_connections, connection
from django.test import Client

import databases_in_tests
from integration.web.journeys import sign_in
from jigsaw.hub.audit.models import Entry as LogEntry
from jigsaw.hub.chronology.models import Entry
from jigsaw.hub.people.records import Facts
from people_in_tests import make_town
from practice_in_tests import Practice

WRITES, ENDS = b'INSERT INTO "chronology_entry"', b"COMMIT\x00"


class Line:
    """Carries what the service and the database say to each other; slowly, or until a transaction that writes ends."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._taken = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._taken.getsockname()[1])
        self.delay = 0.0
        self.cut = ""
        """"before" the COMMIT reaches the database, "after" it, or once its answer was "heard"."""
        self._wrote = self._unheard = False
        self._open: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                service, _address = self._taken.accept()
                database = socket.socket(socket.AF_UNIX)
                database.connect(str(self._database))
                self._open += [service, database]
                for given in ((service, database), (database, service)):
                    threading.Thread(target=self._carry, args=given, daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while said := here.recv(1 << 16):
                time.sleep(self.delay)
                self._wrote = self._wrote or WRITES in said
                if self._unheard:
                    continue
                if self.cut and self._wrote and said.endswith(ENDS):
                    self._end(there, said)
                    break
                there.sendall(said)
        self.break_()

    def _end(self, there: socket.socket, said: bytes) -> None:
        if self.cut != "before":
            self._unheard = self.cut == "after"
            there.sendall(said)
            time.sleep(
                0.2
            )  # the database does what it was told, and whether anybody hears of it is said above

    def break_(self) -> None:
        """Every connection ends, in both directions."""
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open.clear()
        self.cut, self._wrote, self._unheard = "", False, False

    def close(self) -> None:
        self.break_()
        self._taken.close()


@pytest.fixture(scope="module")
def practice(django_db_setup: None, django_db_blocker: Any) -> Iterator[Practice]:
    """The partnership at work in a database of its own, where what is written is committed."""
    with django_db_blocker.unblock(), databases_in_tests.fresh("jigsaw_lines"):
        yield Practice(make_town())


@pytest.fixture
def line(practice: Practice) -> Iterator[Line]:
    """The service speaks to the database over this line alone."""
    named = connection.settings_dict
    usual = {key: named[key] for key in ("HOST", "PORT")}
    made = Line(Path(usual["HOST"]) / f".s.PGSQL.{usual['PORT']}")
    connection.close()
    named |= {"HOST": "127.0.0.1", "PORT": made.port}
    try:
        yield made
    finally:
        connection.close()
        named |= usual
        made.close()


class Browser:
    """The designated lead of the school, who adds an entry about a child."""

    def __init__(self, practice: Practice, key: str) -> None:
        self.client = Client(raise_request_exception=False)
        sign_in(self.client, practice.town.ros)
        child = practice.hold(practice.town.ros, Facts(given=key, family="Lines"), key=key).person_id
        self.path, self.title = f"/children/{child}/add/", f"Seen at the gate {key}"

    def form(self) -> dict[str, str]:
        return filled_in(Answer(200, "", self.opens().content), self.title)

    def opens(self) -> Any:
        close_old_connections()  # as the server does before each request
        return self.client.get(self.path)

    def press(self, form: dict[str, str]) -> Any:
        close_old_connections()
        return self.client.post(self.path, form)

    def saved(self) -> tuple[int, int]:
        """How often it is there, and how often the log says so."""
        entries = list(Entry.objects.filter(title=self.title))
        return len(entries), LogEntry.objects.filter(thing__in=[f"entry {row.pk}" for row in entries]).count()


@pytest.mark.parametrize("cut", ["before", "after", "heard"])
def test_a_line_that_breaks_as_it_is_saved_is_told_in_words_and_pressing_again_saves_once(
    practice: Practice, line: Line, cut: str
) -> None:
    browser = Browser(practice, cut)
    form = browser.form()
    line.cut = cut
    answer = browser.press(form)
    assert answer.status_code == 500 and "<h1" in answer.content.decode()
    close_old_connections()
    assert browser.saved()[0] == (0 if cut == "before" else 1), "whole, or not at all"
    assert browser.press(form).status_code == 302
    assert browser.saved() == (1, 1)


def test_when_every_line_breaks_the_next_page_comes(practice: Practice, line: Line) -> None:
    browser = Browser(practice, "next")
    assert browser.opens().status_code == 200
    line.break_()
    assert [browser.opens().status_code for _again in range(2)][-1] == 200


def test_over_a_slow_line_a_page_takes_its_time_and_comes(practice: Practice, line: Line) -> None:
    browser = Browser(practice, "slow")
    form = browser.form()
    line.delay = 0.01
    assert browser.press(form).status_code == 302
    line.delay = 0.0
    assert browser.saved() == (1, 1)
