"""Whom the hub asks, answers; nobody sends its questions on to somebody else."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jigsaw.hub.partner_hubs import sending
from jigsaw.hub.partner_hubs.errors import NotAnswered
from jigsaw.hub.people.national_register.client import Pds
from jigsaw.hub.people.national_register.setting_up import Register
from jigsaw.hub.web.accounts import oidc

SOURCE = Path(__file__).parents[2] / "src/jigsaw"


class SendsOn(BaseHTTPRequestHandler):
    """Answers everything with an address of its own, and remembers what it was asked."""

    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(302)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def sends_on() -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []
    handler = type("Handler", (SendsOn,), {"seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()


def test_an_answer_from_elsewhere_is_not_followed(sends_on: tuple[str, list[str]]) -> None:
    address, seen = sends_on
    with pytest.raises(NotAnswered):
        sending._posted(address, "a letter")
    with oidc._client() as provider:
        assert provider.get(f"{address}/provider").status_code == 302
    with Pds(Register(url=address)) as register:
        assert register._http.get(f"{address}/register").status_code == 302
    assert seen == [sending.PATH, "/provider", "/register"]


def test_there_is_no_other_way_out() -> None:
    """Every client of the hub is httpx's, and says itself that it follows nothing."""
    sources = {path: path.read_text() for path in SOURCE.rglob("*.py")}
    clients = [
        made for text in sources.values() for made in re.findall(r"httpx\.Client\((.*?)\)", text, re.S)
    ]
    assert len(clients) >= 3 and all("follow_redirects=False" in made for made in clients)
    others = re.compile(
        r"urllib\.request|http\.client|import requests|httpx\.(?:get|post|stream|request|AsyncClient)\("
    )
    assert not [path.name for path, text in sources.items() if others.search(text)]
