"""Agreements on the command line: checked, taken as a draft, signed, shown and exported."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agreements_in_tests import SHARETOWN
from jigsaw.formats.records import Unreadable
from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.agreements import signing
from jigsaw.hub.agreements.models import AgreementVersion
from jigsaw.hub.cli import main
from jigsaw.hub.kit.actor import SYSTEM
from jigsaw.hub.kit.errors import NotHere, Refused
from people_in_tests import MONDAY, NO_PASSWORD, Town


def jigsaw(*words: str) -> tuple[int, Any]:
    """Run a command in this process: its status, and what it answers as JSON."""
    result = CliRunner().invoke(main.app, ["agreement", *words, "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def town(unsigned_town: Town, db: None) -> Town:
    """The partnership before it agreed on anything."""
    return copy.deepcopy(unsigned_town)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(SHARETOWN), encoding="utf-8")
    return path


def test_from_a_file_to_signed(town: Town, file: Path) -> None:
    assert jigsaw("check", str(file)) == (0, {"ok": True, "problems": []})
    status, made = jigsaw("import", str(file))
    assert (status, made["version"], made["state"]) == (0, 1, "draft")
    signing.send(actor=SYSTEM, version=AgreementVersion.objects.get(), now=MONDAY)
    account = agencies.Account(
        email="chief@hv.example",
        name="The Chief",
        job_title="Chief officer",
        agency=town.health,
        roles=("agency_signatory",),
        password=NO_PASSWORD,
    )
    agencies.add_practitioner(actor=SYSTEM, account=account, now=MONDAY)
    assert jigsaw("sign", "SHARETOWN-CSA", "--as", "chief@hv.example")[1]["state"] == "in_review"
    shown = jigsaw("show", "SHARETOWN-CSA")[1]
    assert [each["agency"] for each in shown["signed"]] == ["HV"] and "POL" in shown["not_signed"]
    assert any("significant harm" in words for words in shown["words"])
    assert jigsaw("export", "SHARETOWN-CSA") == (0, SHARETOWN)
    assert jigsaw("export", "SHARETOWN-CSA", "--odrl")[1]["@type"] == "Agreement"
    assert jigsaw("list")[1]["agreements"][0]["state"] == "in_review"
    with pytest.raises(Refused):
        jigsaw("sign", "SHARETOWN-CSA", "--as", "amina@hv.example")
    with pytest.raises(Unreadable):
        jigsaw("sign", "SHARETOWN-CSA")
    with pytest.raises(NotHere):
        jigsaw("show", "NO-SUCH")


@pytest.mark.parametrize("command", ["check", "import"])
def test_a_bad_file_keeps_nothing_and_tells_all(town: Town, file: Path, command: str) -> None:
    file.write_text(json.dumps({**SHARETOWN, "endDate": "2020-01-01", "odd": 1}), encoding="utf-8")
    status, said = jigsaw(command, str(file))
    assert status == 2
    assert all(each["words"] and each["next_step"] for each in said["problems"])
    assert "$.odd" in {each["path"] for each in said["problems"]}
    for text in ("{", "[]"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(Unreadable):
            jigsaw(command, str(file))
    assert not AgreementVersion.objects.exists()
