"""Two whole hubs, each with its own database, server and keys, that know nothing of each other but a card."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from jigsaw.hub.kit import postgres

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
KATIE = {"key": "k", "given": "Katie", "family": "Walsh", "born": "2014-03-03", "postcode": "ST1 4QZ"}
KATY = KATIE | {"given": "Katy", "family": "Welsh"}
OMAR = {"key": "o", "given": "Omar", "family": "Haddad", "born": "2013-02-01", "postcode": "NV7 1AA"}
LENA = {
    "key": "l",
    "given": "Lena",
    "family": "Frost",
    "born": "2015-05-06",
    "postcode": "ST1 9ZZ",
    "nhs": "9990000026",
}


@dataclass
class Hub:
    """One hub: its home, its port, and its server once it runs."""

    home: Path
    port: int
    code: str

    @property
    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        paths = [str(HERE.parent), kept.get("PYTHONPATH", "")]
        return {**kept, "JIGSAW_HOME": str(self.home), "PYTHONPATH": os.pathsep.join(filter(None, paths))}

    def does(self, *words: str) -> Any:
        """An act of `hub_of_its_own`, in this hub."""
        return json.loads(self._run([sys.executable, str(HERE / "hub_of_its_own.py"), *words]))

    def jigsaw(self, *words: str) -> Any:
        """`jigsaw partner-hub …` in this hub, answered as JSON."""
        return json.loads(self._run([str(BIN / "jigsaw"), "partner-hub", *words]))

    def witnessed(self, by: str) -> subprocess.CompletedProcess[str]:
        """`jigsaw audit heads exchange`: has another hub sign this one's latest head."""
        run = [str(BIN / "jigsaw"), "audit", "heads", "exchange", by, "--json"]
        return subprocess.run(run, env=self.env, capture_output=True, text=True, timeout=120)

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def card(self) -> Path:
        made = self.jigsaw("card", "--code", self.code, "--address", f"http://127.0.0.1:{self.port}")
        path = self.home / "card.json"
        path.write_text(json.dumps(made))
        return path

    def serve(self) -> subprocess.Popen[bytes]:
        command = [
            str(BIN / "jigsaw"),
            "serve",
            "--port",
            str(self.port),
            "--workers",
            "1",
            "--no-demonstration",
        ]
        server = subprocess.Popen(command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while time.monotonic() < until and server.poll() is None:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/healthz", trust_env=False)
                return server
            except httpx.HTTPError:
                time.sleep(0.1)
        server.kill()
        raise AssertionError("the hub did not start")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def hubs() -> Iterator[tuple[Hub, Hub]]:
    """Northvale asks, Sharetown answers. Each has added the other from its card, and both have filed."""
    with tempfile.TemporaryDirectory(prefix="jigsaw-two-hubs-") as folder:
        Path(folder).chmod(0o755)
        northvale = Hub(Path(folder) / "north", _free_port(), "NORTHVALE")
        sharetown = Hub(Path(folder) / "share", _free_port(), "SHARETOWN")
        servers: list[subprocess.Popen[bytes]] = []
        try:
            for hub, children in (
                (northvale, [KATY, OMAR, LENA]),
                (sharetown, [KATIE, LENA | {"protected": True}]),
            ):
                hub.home.mkdir()
                hub.does("make", json.dumps(children))
            cards = {hub.code: hub.card() for hub in (northvale, sharetown)}
            northvale.jigsaw("add", str(cards["SHARETOWN"]), "--json")
            sharetown.jigsaw("add", str(cards["NORTHVALE"]), "--json")
            servers += [northvale.serve(), sharetown.serve()]
            yield northvale, sharetown
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(timeout=30)
            for hub in (northvale, sharetown):
                postgres.stop(hub.home)


def test_a_hub_has_its_log_witnessed_over_the_network_and_a_rewritten_one_is_not_signed(
    hubs: tuple[Hub, Hub],
) -> None:
    northvale, sharetown = hubs
    northvale.does("sign_head")
    kept = json.loads(northvale.witnessed("SHARETOWN").stdout)
    northvale.does("sign_head")
    again = json.loads(northvale.witnessed("SHARETOWN").stdout)
    assert again["size"] > kept["size"] > 0 and again["fingerprint"] == kept["fingerprint"]
    assert northvale.does("log")["actions"].count("audit.head_witnessed") == 2
    there = sharetown.does("log")
    assert there["actions"].count("audit.head_seen") == 2 and there["alarms"] == []

    sharetown.does("saw_otherwise")
    refused = northvale.witnessed("SHARETOWN")
    assert refused.returncode == 2 and "did not sign: Their log was rewritten" in refused.stderr
    assert sharetown.does("log")["alarms"] == ["witness"], "and the alarm stayed there"


def test_one_hub_asks_the_other_from_the_first_card_to_the_last_key(hubs: tuple[Hub, Hub]) -> None:
    northvale, sharetown = hubs
    # The server's own job may have filed already; doing it again changes nothing.
    sharetown.jigsaw("file", "NORTHVALE", "--json")
    [partner] = sharetown.jigsaw("list", "--json")["partner_hubs"]
    assert (partner["filed"], partner["answering_epoch"]) == (1, 1), "Katie, and never Lena"

    known = northvale.does("ask", "SHARETOWN", "k")
    assert known["answer"] == "yes"
    assert [northvale.does("ask", "SHARETOWN", key)["answer"] for key in "ol"] == ["no", "no"]

    log = sharetown.does("asked", known["question"])
    assert (
        log["detail"]["hub"] == "NORTHVALE" and log["detail"]["answer"] == "yes" and log["purpose"] == "moved"
    )
    assert len(log["people"]) == 1

    assert northvale.jigsaw("rotate", "SHARETOWN", "--json")["epoch"] == 2
    assert northvale.does("ask", "SHARETOWN", "k")["answer"] == "yes", (
        "the old key works until the new one can"
    )
    sharetown.jigsaw("file", "NORTHVALE", "--json")
    [partner] = northvale.jigsaw("list", "--json")["partner_hubs"]
    assert partner["can_be_asked"] and partner["asked_today"] == 4
    assert northvale.does("ask", "SHARETOWN", "k")["answer"] == "yes"

    sharetown.jigsaw("off", "NORTHVALE", "--json")
    assert northvale.does("ask", "SHARETOWN", "k") | {"question": ""} == {
        "question": "",
        "answer": "",
        "why_none": "not_accepted",
    }
