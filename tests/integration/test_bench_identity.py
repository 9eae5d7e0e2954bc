"""`jigsaw bench identity` measures every kind of question, source and name group, and keeps its promises when small."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jigsaw.record_linkage.invented import KINDS, UNSEEN_KINDS, all_sources, name_groups


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    command = [str(Path(sys.executable).with_name("jigsaw")), "bench", "identity", "--people", "2500"]
    run = subprocess.run(
        [*command, "--each", "12", "--incoming", "400", "--json"], capture_output=True, text=True, timeout=600
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_everything_is_measured(answer: dict[str, Any]) -> None:
    assert set(answer["questions"]) == set(KINDS)
    assert set(answer["unseen"]) == set(UNSEEN_KINDS)
    assert set(answer["name_groups"]) - {"words"} == set(name_groups())
    assert set(answer["quality"]["by_source"]) == set(all_sources())
    assert set(answer["incoming"]["by_source"]) == set(all_sources())
    assert answer["incoming"]["all"]["asked"] == 400


def test_nobody_is_linked_to_a_relative_or_a_stranger(answer: dict[str, Any]) -> None:
    assert {kind: told["linked"] for kind, told in answer["unseen"].items()} == dict.fromkeys(
        UNSEEN_KINDS, 0.0
    )
    assert answer["incoming"]["all"]["linked_wrong"] <= 0.005


def test_who_is_known_is_found(answer: dict[str, Any]) -> None:
    assert answer["questions"]["exact"]["recall_at_1"] > 0.9
    assert answer["incoming"]["all"]["recall_at_5"] > 0.95
    assert answer["incoming"]["all"]["linked_right"] > 0.6
