"""Labelled files are read whole: every encoding, every odd row, every mapping, or a sentence that says what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from jigsaw.record_linkage.evaluation import EvaluationError, FileMapping, Problem, suggest
from jigsaw.record_linkage.evaluation.reading import (
    LEFT,
    RIGHT,
    Labelled,
    read_labelled,
    truth_by_cluster,
    truth_by_pairs,
)
from jigsaw.record_linkage.evaluation.tables import read_table

TODAY = date(2026, 11, 22)
PLAIN = FileMapping.parse(
    """
    [columns]
    local_id = "id"
    given_name = "first"
    family_name = "last"
    birth_date = "dob"
    """
)


def read(path: Path, mapping: FileMapping = PLAIN, **more: str) -> tuple[list[Labelled], list[Problem]]:
    problems: list[Problem] = []
    return list(read_labelled(path, mapping, problems.append, on=TODAY, **more)), problems


def file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "records.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    rows = "".join(f"{n},Zoë,O’Neill,03/12/2012\n" for n in range(40))
    found, problems = read(file(tmp_path, "id,first,last,dob\n" + rows, encoding))
    assert {labelled.record.given for labelled in found} == {("zoe",)}
    assert found[0].record.born == date(2012, 12, 3)
    assert [problem.code for problem in problems] == (["encoding_guessed"] if encoding == "cp1252" else [])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_separator_is_found(tmp_path: Path, delimiter: str) -> None:
    text = "id,first,last,dob\n1,Ann,Lee,2012-12-03\n".replace(",", delimiter)
    (found,), problems = read(file(tmp_path, text))
    assert (found.key, found.record.family, problems) == ("1", ("lee",), [])


def test_every_odd_row_is_told_and_counted(tmp_path: Path) -> None:
    text = (
        "id,first,last,dob\n1,Ann,Lee,31/02/2012\n1,Bea,Lee,\n,Cat,Lee,\n2,Dan,Lee,03/12/2012,what,is this\n"
        "3,Eve\n4,,,01/01/1900\n\n5,Fay,Lee,03/12/12\n"
    )
    found, problems = read(file(tmp_path, text))
    assert [labelled.key for labelled in found] == ["1", "3", "4", "5"]
    assert [(p.row, p.code, p.rejected) for p in problems] == [
        (2, "unreadable_date", False),
        (3, "duplicate_id", True),
        (4, "no_id", True),
        (5, "too_many_cells", True),
        (6, "too_few_cells", False),
        (7, "unreadable_date", False),
    ]
    assert found[-1].record.born == date(2012, 12, 3)


def test_a_quotation_mark_that_never_closes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="quotation mark"):
        read(file(tmp_path, 'id,first,last,dob\n1,"Ann,Lee,\n2,Bea,Lee,\n'))


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "is empty"), ("\n\n", "is empty"), ("id,first,dob\n1,Ann,\n", "no column “last”")],
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        read(file(tmp_path, text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be opened"):
        read(tmp_path / "nowhere.csv")


def test_columns_join_and_foreign_postcodes_split(tmp_path: Path) -> None:
    mapping = FileMapping.parse(
        """
        [source]
        date_formats = ["%Y%m%d"]
        postcode_system = "other"
        [columns]
        full_name = "name"
        birth_date = "born"
        address = ["no", "street"]
        postcode = "code"
        [values.sex]
        "2" = "F"
        [constants]
        sex = "F"
        """
    )
    text = 'name,born,no,street,code\n"Walsh, Ann Mary",20121203,12,Harbour Lane,2902\n'
    (found,), _ = read(file(tmp_path, text), mapping)
    assert found.key == "2"
    assert found.record.given == ("ann", "mary")
    assert found.record.family == ("walsh",)
    assert found.record.addresses == ("12 harbour ln",)
    assert found.record.postcodes == ("29 02",)
    assert found.record.born == date(2012, 12, 3)


def test_an_age_stands_for_a_rough_date(tmp_path: Path) -> None:
    mapping = FileMapping.parse('[columns]\ngiven_name = "n"\nage = "age"\n')
    (young, odd), problems = read(file(tmp_path, "n,age\nAnn,14\nBea,young\n"), mapping)
    assert young.record.born_accuracy == "UUE"
    assert young.record.born and young.record.born.year in (2011, 2012)
    assert odd.record.born is None
    assert [problem.code for problem in problems] == ["unreadable_age"]


def test_parquet_is_read_with_its_types(tmp_path: Path) -> None:
    path = tmp_path / "records.bin"
    columns = {"id": [7, 8], "first": ["Ann", None], "last": ["Lee", "Lee"], "dob": [date(2012, 12, 3), None]}
    parquet.write_table(pa.table({**columns, "person": [1.0, 1.0]}), path)
    found, problems = read(path, cluster_column="person")
    assert [(one.key, one.cluster, one.record.born) for one in found] == [
        ("7", "1", date(2012, 12, 3)),
        ("8", "1", None),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[columns]\nshoe_size = 'x'", "does not know"),
        ("[columns]\ngiven_name = 3", "heading in quotes"),
        ("[columns]", "names no column"),
        ("[soruce]", "unknown section"),
        ("[source]\npostcode_system = 'french'\n[columns]\ngiven_name='a'", "postcode_system"),
        ("[source]\ndate_formats = ['%Q']\n[columns]\ngiven_name='a'", "not a date format"),
        ("[columns", "not valid TOML"),
    ],
)
def test_a_wrong_mapping_says_what_to_correct(toml: str, words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        FileMapping.parse(toml)


def test_common_headings_are_recognised() -> None:
    found = suggest(
        ["rec_id", "given_name", "surname", "street_number", "address_1", "postcode", "date_of_birth"]
    )
    assert found.columns == {
        "local_id": ("rec_id",),
        "given_name": ("given_name",),
        "family_name": ("surname",),
        "birth_date": ("date_of_birth",),
        "address": ("street_number", "address_1"),
        "postcode": ("postcode",),
    }
    assert FileMapping.parse(found.to_toml()) == found
    with pytest.raises(EvaluationError, match="looks like a name"):
        suggest(["a", "b"])


def test_pairs_join_into_persons_either_way_round(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("one,other,same\na,x,1\ny,b,1\na,y,0\na,nobody,1\n")
    mapping = FileMapping.parse('[columns]\ngiven_name = "n"\n[truth]\nlabel = "same"\n')
    problems: list[Problem] = []
    keys = {LEFT: {"a": 0, "b": 1}, RIGHT: {"x": 2, "y": 3}}
    truth = truth_by_pairs(path, mapping, keys, 2, problems.append)
    assert truth.pairs() == 2
    assert truth.person_of[0] == truth.person_of[2] != truth.person_of[1] == truth.person_of[3]
    assert [(problem.row, problem.code) for problem in problems] == [(5, "unknown_id")]


def test_a_record_without_a_cluster_is_nobody_elses() -> None:
    truth = truth_by_cluster(["p", "", "", "p"], 4, across=False)
    assert truth.pairs() == 1
    assert [truth.partners(record) for record in range(4)] == [1, 0, 0, 1]


def test_a_table_needs_headings(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no headings"):
        read_table(file(tmp_path, ",,,,\n"), lambda problem: None)


@pytest.mark.parametrize(
    ("headings", "address"),
    [
        (["name", "street_number", "address_1", "address_2"], ("street_number", "address_1")),
        (["name", "House No", "Street"], ("House No", "Street")),
        (["name", "Address Line 1", "Address Line 2", "Town"], ("Address Line 1", "Address Line 2")),
        (["name", "Address 1"], ("Address 1",)),
        (["name", "street"], ("street",)),
        (["name", "address", "street"], ("address",)),
    ],
)
def test_an_address_in_several_columns_is_guessed_whole(
    headings: list[str], address: tuple[str, ...]
) -> None:
    assert suggest(headings).columns["address"] == address
