"""The list of libraries is what is locked: each once, with its hashes, in the order and shape of CycloneDX 1.6."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def listed() -> str:
    made = subprocess.run([sys.executable, ROOT / "scripts/sbom"], capture_output=True, text=True, check=True)
    return made.stdout


def test_every_locked_library_is_in_the_list_once_with_every_hash() -> None:
    told = json.loads(listed())
    lock = (ROOT / "requirements/service.txt").read_text()
    pinned = dict(re.findall(r"^([\w.-]+)(?:\[.*\])?==([^\s\\]+)", lock, re.M))
    found = {one["name"]: one for one in told["components"] if one["purl"].startswith("pkg:pypi/")}
    assert {name: one["version"] for name, one in found.items()} == pinned and len(pinned) > 40
    hashes = [each["content"] for one in found.values() for each in one["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", lock))
    sent = {one["name"] for one in told["components"] if one["purl"].startswith("pkg:npm/")}
    assert sent == {"govuk-frontend", "@fontsource-variable/public-sans"}


def test_it_has_the_shape_of_the_standard_and_is_the_same_each_time() -> None:
    text = listed()
    told = json.loads(text)
    assert (told["bomFormat"], told["specVersion"], told["version"]) == ("CycloneDX", "1.6", 1)
    refs = [told["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in told["components"])]
    assert len(refs) == len(set(refs))
    for one in told["components"]:
        assert one["type"] == "library" and re.fullmatch(r"pkg:(pypi|npm)/[^\s@]+@\S+", one["purl"]), one
        for each in one["hashes"]:
            length = {"SHA-256": 64, "SHA-512": 128}[each["alg"]]
            assert re.fullmatch(rf"[0-9a-f]{{{length}}}", each["content"])
    assert listed() == text
