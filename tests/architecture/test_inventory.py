"""Every key and every connection of the hub is in the list of them."""

from __future__ import annotations

import re
from pathlib import Path

from jigsaw.hub.config import recovering

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/jigsaw"
PAGE = (ROOT / "docs/reference/keys-connections-and-logs.md").read_text()


def part(name: str) -> str:
    return PAGE.split(f"## {name}\n", 1)[1].split("\n## ", 1)[0]


def test_every_key_is_listed_and_none_that_is_gone() -> None:
    settings = (SOURCE / "hub/config/settings.py").read_text()
    there = {*re.findall(r"HOME, \"([a-z-]+)\"\)", settings), *recovering.MADE_ANEW, *recovering.LOST_WITHOUT}
    assert len(there) > 10
    rows = [line.split("|")[1] for line in part("Keys").splitlines() if line.startswith("| `")]
    assert sorted(there) == sorted(name for row in rows for name in re.findall(r"`([a-z-]+)`", row))


def test_everything_that_calls_somebody_is_listed() -> None:
    calls = re.compile(r"httpx\.Client\(|socket\.create_connection\(|smtplib|paramiko")
    found = {str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if calls.search(path.read_text())}
    listed = set(re.findall(r"`((?:hub|papers)/[\w/]+\.py)`", part("Connections")))
    assert all((SOURCE / path).is_file() for path in listed)
    assert {path for path in found if not path.startswith("hub/cli/")} <= listed
