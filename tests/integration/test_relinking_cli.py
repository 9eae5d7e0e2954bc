"""All links anew, quality, training and the model in force, by command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli import main
from jigsaw.hub.kit.errors import Invalid, NotHere
from jigsaw.hub.people import learning, matching, weighing
from jigsaw.hub.people import operations as people
from jigsaw.hub.people.models import LinkDecision, PersonRecord
from jigsaw.hub.people.records import At, Facts, for_matching
from jigsaw.record_linkage import default_model
from jigsaw.record_linkage.invented import families, sources
from jigsaw.record_linkage.model import model_as_json
from people_in_tests import KATIE, Town

AGENCIES = ("school", "health", "police")


def jigsaw(*words: str, status: int = 0) -> dict[str, Any]:
    """Run a command in this process; what it answers as JSON, or the error it raised."""
    result = CliRunner().invoke(main.app, ["link", *words, "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    return dict(json.loads(result.stdout[result.stdout.index("{") :]))


@pytest.fixture(autouse=True)
def ask_for_the_model_anew() -> Iterator[None]:
    weighing.forget()
    yield
    weighing.forget()


@pytest.fixture
def two(town: Town) -> None:
    for agency, given in ((town.school, "Katie"), (town.health, "Katy")):
        people.hold(
            actor=town.grace, agency=agency.pk, system="s", source_key="1",
            facts=replace(KATIE, given=given), now=timezone.now(),
        )  # fmt: skip


def test_everything_is_compared_shown_and_carried_out(two: None) -> None:
    told = jigsaw("run", "--everything", status=1)
    assert told["records"] == 2 and told["join"] == {"proposed": 1, "waiting": 1, "done": 0, "changed": 0}
    assert told["sources"][0] == {"agency": "HV", "system": "s", "join": 1, "part": 0, "ask": 0}
    assert not LinkDecision.objects.exists()
    shown = jigsaw("show", status=1)
    assert {each["name"] for each in shown["samples"]["join"][0]["persons"]} == {"Katie Walsh", "Katy Walsh"}
    assert jigsaw("apply") == {"run": told["run"], "join": 1, "part": 0, "ask": 0, "changed": 0}
    assert LinkDecision.objects.get().decided_by is None
    assert jigsaw("run", "--everything")["join"]["proposed"] == 0


def test_only_some_kinds_and_no_other_word(two: None) -> None:
    jigsaw("run", "--everything", status=1)
    assert jigsaw("apply", "--only", "part")["join"] == 0
    with pytest.raises(Unreadable):
        jigsaw("apply", "--only", "merge")


def test_before_the_first_run_there_is_nothing_to_show(town: Town) -> None:
    for command in ("show", "apply"):
        with pytest.raises(NotHere):
            jigsaw(command)


def test_a_run_of_those_who_stand_alone_answers_as_before(two: None) -> None:
    assert jigsaw("run") == {"records": 2, "linked": 1, "to_review": 0}


def test_quality_in_figures(two: None) -> None:
    told = jigsaw("quality")
    assert told["smallest_shown"] == 5
    assert [row["records"] for row in told["sources"]] == [None, None]
    assert told["sources"][0]["per_cent"]["no_first_name"] is None
    assert told["ethnic_groups"][0]["group"] == "not_given"


def test_too_few_records_teach_nothing(two: None, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        jigsaw("train", "--out", str(tmp_path / "m.json"))
    assert not (tmp_path / "m.json").exists()


def test_training_writes_a_model_and_changes_no_link(town: Town, tmp_path: Path) -> None:
    told: dict[Any, list[tuple[str, Facts]]] = {}
    for place, raw in enumerate(islice(sources(families(450, seed=3), seed=3), 900)):
        agency = getattr(town, AGENCIES[place % 3])
        told.setdefault(agency.pk, []).append((str(place), _facts(raw)))
    for agency, facts in told.items():
        people.hold_many(actor=town.grace, agency=agency, system="s", told=facts, now=timezone.now())
    out = tmp_path / "m.json"
    answer = jigsaw("train", "--out", str(out))
    assert answer["records"] == 900 and answer["expected_matches"] > 100 and answer["moved"]
    assert answer["differs_now"]["join"] > 50 and answer["would_differ"]["join"] > 50
    assert not LinkDecision.objects.exists() and weighing.current() == default_model()
    jigsaw("use", str(out), "--source", "Board, 3 November 2026")
    assert weighing.current().version == answer["model"] != default_model().version
    with pytest.raises(Unreadable):
        jigsaw("train", "--out", str(out))


def _facts(raw: Any) -> Facts:
    record = raw.record()
    return Facts(
        given=raw.given, family=raw.family, born=record.born, born_accuracy=record.born_accuracy,
        sex=record.sex if record.sex in ("F", "M") else "",
        identifiers=(("nhs_number", raw.nhs_number),) if raw.nhs_number else (),
        addresses=(At(line=raw.address, postcode=raw.postcode[:10]),) if raw.address else (),
    )  # fmt: skip


def test_every_door_weighs_by_the_model_in_force(two: None, tmp_path: Path) -> None:
    file = tmp_path / "ours.json"
    file.write_text(model_as_json(replace(default_model(), version="ours-1", _weights={})))
    told = jigsaw("use", str(file), "--source", "Board, 3 November 2026")
    assert told["model"] == "ours-1"
    record = PersonRecord.objects.order_by("pk").first()
    assert record
    assert {each.comparison.model_version for each in matching.search(for_matching([record]))} == {"ours-1"}
    assert jigsaw("run", "--everything", status=1)["model"] == "ours-1"
    jigsaw("apply")
    assert LinkDecision.objects.get().model == "ours-1"


def test_a_model_of_tomorrow_does_not_count_today(two: None, tmp_path: Path) -> None:
    file = tmp_path / "ours.json"
    file.write_text(model_as_json(replace(default_model(), version="ours-2", _weights={})))
    jigsaw("use", str(file), "--source", "Board", "--from", "2099-01-01")
    assert weighing.current() == default_model()


def test_a_file_that_is_no_model_is_refused_in_words(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_text('{"comparisons": []}')
    for path in (file, tmp_path / "none.json"):
        with pytest.raises(Unreadable):
            jigsaw("use", str(path), "--source", "Board")
    with pytest.raises(Unreadable):
        jigsaw("use", str(file), "--source", "Board", "--from", "soon")
    assert learning.FEWEST_RECORDS > 0
