"""`jigsaw link evaluate` reads labelled files, trains or takes a model as asked, and says what it did."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import another_town_in_tests
from jigsaw.record_linkage.invented import families, sources, write

MAPPING = """
[columns]
local_id = "record_id"
given_name = "given"
preferred_name = "known_as"
family_name = "family"
former_family_name = "former_family"
birth_date = "born"
birth_accuracy = "born_accuracy"
expected_date = "expected_on"
sex = "sex"
address = "address"
postcode = "postcode"
nhs_number = "nhs_number"
phone = "phone"
mother_nhs_number = "mother_nhs"
source = "source"
name_group = "name_group"
"""
SHIPPED = Path(__file__).parents[2] / "src/jigsaw/record_linkage/models/england-2026-11.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invented records as one Parquet file, as two CSV files, their pairs, and a mapping."""
    place = tmp_path_factory.mktemp("labelled")
    held = list(sources(families(700, 3), 3))
    write(place / "all.parquet", held)
    halves = held[::2], held[1::2]
    for name, half in zip(("left.csv", "right.csv"), halves, strict=True):
        write(place / name, half)
    with (place / "pairs.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["left", "right"])
        rows.writerows(
            [a.record_id, b.record_id] for a in halves[0] for b in halves[1] if a.person_id == b.person_id
        )
    (place / "odd_pairs.csv").write_text("one,other\nnobody,no one\n")
    (place / "mapping.toml").write_text(MAPPING)
    return place


def evaluate(folder: Path, *more: str) -> tuple[int, dict[str, Any], str]:
    """Exit status, the JSON document, and what was said on standard error."""
    command = [str(Path(sys.executable).with_name("jigsaw")), "link", "evaluate", *more]
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, env=dict(os.environ)
    )
    return run.returncode, json.loads(run.stdout) if run.stdout else {}, run.stderr


def test_one_file_with_a_cluster_column(folder: Path) -> None:
    status, answer, said = evaluate(
        folder, "--left", "all.parquet", "--cluster-column", "person_id", "--mapping", "mapping.toml",
        "--model", str(SHIPPED), "--json",
    )  # fmt: skip
    assert (status, said) == (0, "")
    held = list(sources(families(700, 3), 3))
    assert answer["records"] == len(held)
    for key in ("at95", "best", "by_itself", "clusters"):
        assert {"precision", "recall", "f1"} <= answer[key].keys()
    assert answer["best"]["f1"] >= answer["at95"]["f1"] > 0.7
    assert answer["by_itself"]["precision"] > 0.99
    assert answer["clusters"]["overmerged"] < 0.01
    assert set(answer["groups"]) == {"source", "name_group"}
    assert set(answer["groups"]["source"]) == {raw.source for raw in held}
    assert answer["trained"] is False
    assert answer["seconds"] > 0
    assert answer["peak_mb"] > 0
    assert any("as it is" in words for words in answer["did"])


def test_records_of_whom_nobody_knows_who_they_are_are_counted_and_said(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text(
        "id,first_name,surname,dob,person\n"
        "1,Katy,Walsh,03/12/2012,a\n2,Katie,Walsh,03/12/2012,a\n3,Sam,Obi,01/02/2014,\n"
    )
    _status, answer, _said = evaluate(
        tmp_path, "--left", "few.csv", "--cluster-column", "person", "--model", str(SHIPPED), "--json"
    )
    assert (answer["records"], answer["true_pairs"]) == (3, 1)
    assert "Records with nothing in “person”: 1. Each counts as a person of its own." in answer["did"]


def test_families_written_by_another_program_are_told_apart_by_what_their_own_file_teaches(
    tmp_path: Path,
) -> None:
    another_town_in_tests.write(tmp_path / "families.csv", families=1000, seed=7)
    status, answer, _said = evaluate(
        tmp_path, "--left", "families.csv", "--cluster-column", "person_id", "--json"
    )
    assert status == 0 and answer["trained"]
    assert answer["at95"]["precision"] > 0.93 and answer["at95"]["f1"] > 0.935
    assert answer["by_itself"]["precision"] > 0.985 and answer["clusters"]["f1"] > 0.94


def test_two_files_and_pairs_train_a_model(folder: Path) -> None:
    status, answer, _said = evaluate(
        folder, "--left", "left.csv", "--right", "right.csv", "--truth", "pairs.csv", "--mapping", "mapping.toml",
        "--json",
    )  # fmt: skip
    pairs = len((folder / "pairs.csv").read_text().splitlines()) - 1
    assert status == 0
    assert answer["true_pairs"] >= pairs
    assert answer["trained"] is True
    assert answer["changes"]
    assert any(
        words.startswith("Trained a model on these records, without the truth") for words in answer["did"]
    )


def test_words_for_a_person_and_guessed_columns(folder: Path) -> None:
    command = [str(Path(sys.executable).with_name("jigsaw")), "link", "evaluate", "--left", "left.csv"]
    more = ["--cluster-column", "person_id", "--model", str(SHIPPED)]
    run = subprocess.run([*command, *more], cwd=folder, capture_output=True, text=True, timeout=300)
    assert "the columns were guessed" in run.stdout
    assert "Precision" in run.stdout


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ([], "either --truth"),
        (["--truth", "pairs.csv", "--cluster-column", "person_id"], "either --truth"),
        (["--cluster-column", "shoe_size"], "no column “shoe_size”"),
        (["--truth", "odd_pairs.csv"], "nothing to find"),
        (["--cluster-column", "person_id", "--model", "nothing.json"], "cannot be read"),
        (["--cluster-column", "person_id", "--mapping", "nothing.toml"], "cannot be opened"),
        (
            ["--cluster-column", "person_id", "--model", str(SHIPPED), "--memory", "much"],
            "no amount of memory",
        ),
        (["--cluster-column", "person_id", "--model", str(SHIPPED), "--memory", "2MB"], "of memory"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(folder: Path, more: list[str], words: str) -> None:
    status, answer, said = evaluate(folder, "--left", "left.csv", *more, "--json")
    assert (status, answer) == (2, {})
    assert words in said
    assert len(said.strip().splitlines()) == 1


def test_rows_that_cannot_be_read_are_listed(folder: Path) -> None:
    rows = (folder / "left.csv").read_text().splitlines()
    (folder / "odd.csv").write_text("\n".join([*rows, rows[-1], rows[-2] + ",more,cells"]) + "\n")
    status, answer, _said = evaluate(
        folder, "--left", "odd.csv", "--cluster-column", "person_id", "--mapping", "mapping.toml",
        "--model", str(SHIPPED), "--json",
    )  # fmt: skip
    assert status == 1
    assert answer["rejected"] == 2
    assert [problem["code"] for problem in answer["problems"]] == ["duplicate_id", "too_many_cells"]
    assert answer["records"] == len(rows) - 1


def test_which_column_the_pairs_refer_to_is_guessed_and_said(folder: Path) -> None:
    (folder / "brief.toml").write_text(MAPPING.replace('local_id = "record_id"\n', ""))
    status, answer, _said = evaluate(
        folder, "--left", "left.csv", "--right", "right.csv", "--truth", "pairs.csv", "--mapping", "brief.toml",
        "--model", str(SHIPPED), "--json",
    )  # fmt: skip
    assert status == 0
    assert answer["true_pairs"] > 100
    assert any("local_id from record_id" in words for words in answer["did"])
