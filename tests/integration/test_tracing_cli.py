"""Questions go out and answers come in by command, within the rights of whoever runs it."""

from __future__ import annotations

import csv
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli import main
from jigsaw.hub.kit.errors import Invalid, NotHere, Refused
from jigsaw.hub.people import numbers
from jigsaw.hub.people import operations as people
from people_in_tests import KATIE as WHOLE
from people_in_tests import MONDAY, Town

NUMBER = "9990000018"
KATIE = replace(WHOLE, identifiers=())


def jigsaw(*words: str, status: int = 0) -> dict[str, Any]:
    """Run a command in this process; what it answers as JSON, or the error it raised."""
    result = CliRunner().invoke(main.app, ["trace", *words, "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    return json.loads(result.stdout[result.stdout.index("{") :])


@pytest.fixture
def record(town: Town) -> Any:
    return hold(town)


def hold(town: Town, key: str = "1", given: str = "Katie", agency: Any = None) -> Any:
    record, _outcome = people.hold(
        actor=town.grace,
        agency=(agency or town.front_door).pk,
        system="test",
        source_key=key,
        facts=replace(KATIE, given=given),
        now=MONDAY,
    )
    return record


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, *told: dict[str, str]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(told[0]))
        writer.writeheader()
        writer.writerows(told)
    return path


def test_questions_out_and_answers_in(town: Town, record: Any, tmp_path: Path) -> None:
    out = tmp_path / "questions.csv"
    assert jigsaw("export", str(out)) == {"file": str(out), "questions": 1, "left": 0}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    [row] = rows(out)
    back = write(tmp_path / "back.csv", {**row, "SUI_Status": "Match", "SUI_Score": "1", "SUI_NHSNo": NUMBER})
    trial = jigsaw("import", str(back), "--dry-run")
    assert (trial["taken"], trial["dry_run"]) == (1, True) and numbers.numbers_of([record.pk]) == {}
    assert jigsaw("import", str(back))["taken"] == 1
    [number] = numbers.numbers_of([record.pk])[record.pk]
    assert (number.value, number.standing) == (NUMBER, "verified")
    assert jigsaw("import", str(back))["unchanged"] == 1


def test_what_is_left_for_a_person_is_told_by_the_exit_status(
    town: Town, record: Any, tmp_path: Path
) -> None:
    out = tmp_path / "questions.csv"
    jigsaw("export", str(out))
    [row] = rows(out)
    back = write(
        tmp_path / "back.csv",
        {**row, "SUI_Status": "PotentialMatch", "SUI_Score": "0.9", "SUI_NHSNo": NUMBER},
    )
    assert jigsaw("import", str(back), status=1)["waiting"] == 1


def test_a_large_index_goes_out_in_several_files(town: Town, tmp_path: Path) -> None:
    for key in "abc":
        hold(town, key, f"Katie{key}")
    told = jigsaw("export", str(tmp_path / "1.csv"), "--limit", "2", "--shape", "dbs", status=1)
    assert (told["questions"], told["left"]) == (2, 1)
    assert jigsaw("export", str(tmp_path / "2.csv"))["questions"] == 1
    assert "Column21" in rows(tmp_path / "1.csv")[0]
    assert jigsaw("export", str(tmp_path / "3.csv"), "--again")["questions"] == 3


def test_a_file_that_is_there_is_never_overwritten_and_none_is_left_behind(
    town: Town, record: Any, tmp_path: Path
) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine")
    with pytest.raises(Unreadable, match="Choose another name"):
        jigsaw("export", str(there))
    assert there.read_text() == "mine"
    jigsaw("export", str(tmp_path / "1.csv"))
    with pytest.raises(Invalid):
        jigsaw("export", str(tmp_path / "2.csv"))
    assert not (tmp_path / "2.csv").exists()


def test_within_the_rights_of_whoever_is_named(town: Town, record: Any, tmp_path: Path) -> None:
    hold(town, "2", "Kate", town.school)
    with pytest.raises(Refused):
        jigsaw("export", str(tmp_path / "1.csv"), "--as", "amina@hv.example")
    assert not (tmp_path / "1.csv").exists()
    assert jigsaw("export", str(tmp_path / "2.csv"), "--as", "grace@csc.example")["questions"] == 1
    assert jigsaw("export", str(tmp_path / "3.csv"), "--agency", "SCH")["questions"] == 1
    with pytest.raises(NotHere):
        jigsaw("export", str(tmp_path / "4.csv"), "--agency", "NONE")
    with pytest.raises(Refused):
        jigsaw("import", str(tmp_path / "2.csv"), "--as", "amina@hv.example")


def test_a_file_that_is_no_answer_changes_nothing(town: Town, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be opened"):
        jigsaw("import", str(tmp_path / "missing.csv"))
    with pytest.raises(Unreadable, match="no shape"):
        jigsaw("export", str(tmp_path / "x.csv"), "--shape", "round")
