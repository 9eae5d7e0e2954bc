"""`jigsaw link evaluate`: how well matching does on files that say who is who. Needs no database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.answers import DONE, NEEDS_A_PERSON, as_json, to_person, to_person_aside

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]
_SHOWN = 20
_MEASURES = {
    "at95": "Pairs of 0.95 and more",
    "by_itself": "Of these, those that no guard holds back",
    "best": "Pairs, at the best threshold",
    "clusters": "Persons, linked by itself",
}


def link_evaluate(
    left: Annotated[Path, typer.Option(help="A CSV or Parquet file of records.")],
    right: Annotated[
        Path | None, typer.Option(help="A second file: then pairs of one record from each are sought.")
    ] = None,
    truth: Annotated[Path | None, typer.Option(help="Pairs of identifiers that are one person.")] = None,
    cluster_column: Annotated[
        str, typer.Option(metavar="NAME", help="Or the column that is equal in the records of one person.")
    ] = "",
    mapping: Annotated[
        Path | None, typer.Option(help="Which column is which: a TOML file. Guessed without one.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="The model to try. Without one, a model is trained on the records.")
    ] = None,
    train: Annotated[bool, typer.Option("--train", help="Train, starting from the model given.")] = False,
    memory: Annotated[
        str, typer.Option(metavar="SIZE", help="How much memory comparing may take, such as 4GB.")
    ] = "2GB",
    json_: Json = False,
) -> None:
    """Measure matching on labelled records: precision, recall and F1 of pairs, and of the persons made of them.

    The truth is used only to count; training never sees it. Exit status: 0 done; 1 done, but something in the
    files needs a look; 2 a file or mapping cannot be used.
    """
    answer = _evaluated(left, right, truth, cluster_column, mapping, model, train, memory)
    as_json(answer) if json_ else _tell(answer)
    raise typer.Exit(NEEDS_A_PERSON if answer["problems"] else DONE)


def _evaluated(
    left: Path,
    right: Path | None,
    truth: Path | None,
    cluster_column: str,
    mapping: Path | None,
    model: Path | None,
    train: bool,
    memory: str,
) -> dict[str, Any]:
    # Splink and DuckDB take a second to load, which no other command should wait for.
    from jigsaw.record_linkage import ModelError, load_model
    from jigsaw.record_linkage.evaluation import EvaluationError, FileMapping, Task, evaluate

    try:
        task = Task(
            left=left,
            right=right,
            truth=truth,
            cluster_column=cluster_column,
            mapping=FileMapping.load(mapping) if mapping else None,
            model=load_model(model) if model else None,
            also_train=train,
            memory=memory,
            on=datetime.now(UTC).date(),
        )
        return evaluate(task, _say if to_person_aside.is_terminal else _nothing).as_answer()
    except (EvaluationError, ModelError) as error:
        raise Unreadable(str(error)) from error


def _say(words: str) -> None:
    to_person_aside.print(words, highlight=False, markup=False)


def _nothing(words: str) -> None:
    """Standard error is no terminal: nobody watches."""


def _tell(answer: dict[str, Any]) -> None:
    for words in answer["did"]:
        to_person.print(escape(words), highlight=False)
    to_person.print(_figures(answer))
    for name, groups in answer["groups"].items():
        to_person.print(_by_group(name, groups))
    to_person.print(
        f"{answer['records']:,} records, {answer['true_pairs']:,} true pairs of which "
        f"{answer['true_pairs_compared']:.1%} were compared at all; {answer['seconds']} s, "
        f"{answer['peak_mb']} MB; model: {escape(answer['model'])}.",
        highlight=False,
    )
    for problem in answer["problems"][:_SHOWN]:
        told = "left out" if problem["rejected"] else "noted"
        to_person.print(
            escape(
                f"{problem['file']} row {problem['row']} {problem['field']} ({told}): {problem['message']}"
            ),
            highlight=False,
        )
    if (more := len(answer["problems"]) - _SHOWN) > 0:
        to_person.print(f"… and {more} more like these; --json lists them all.")


def _figures(answer: dict[str, Any]) -> Table:
    table = Table("", "Precision", "Recall", "F1")
    for key, words in _MEASURES.items():
        figures = answer[key]
        table.add_row(words, *(f"{figures[name]:.4f}" for name in ("precision", "recall", "f1")))
    mixed, divided = answer["clusters"]["overmerged"], answer["clusters"]["split"]
    table.add_row(
        f"Of the persons made, {mixed:.2%} mix two; of those there are, {divided:.2%} are divided", "", "", ""
    )
    return table


def _by_group(name: str, groups: dict[str, Any]) -> Table:
    table = Table(name.replace("_", " "), "Records", "Precision", "Recall", "F1")
    for group, figures in groups.items():
        shares = (f"{figures[each]:.4f}" for each in ("precision", "recall", "f1"))
        table.add_row(escape(group), f"{figures['records']:,}", *shares)
    return table
