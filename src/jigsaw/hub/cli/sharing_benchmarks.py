"""`jigsaw bench share`: how many verdicts a second, and whether Cedar says the same. Needs no database."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

import jigsaw
from jigsaw.formats.records import Unreadable
from jigsaw.hub.cli.answers import as_json, to_person, to_person_aside

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]


def share(
    verdicts: Annotated[int, typer.Option(min=1000, help="How many cases to time.")] = 30_000,
    repeats: Annotated[int, typer.Option(min=1, help="How often; the median counts.")] = 5,
    oracle: Annotated[
        int, typer.Option(min=0, help="How many cases of each sort Cedar decides as well; 0: none.")
    ] = 100_000,
    seed: Annotated[int, typer.Option(help="Another seed, other cases.")] = 1,
    json_: Json = False,
) -> None:
    """Time deciding what may be shared, and hold it to Cedar, which is told the rules apart."""
    if oracle and importlib.util.find_spec("cedarpy") is None:
        raise Unreadable(
            "Cedar comes with a test dependency. Run `make test` once, which installs it, or ask for --oracle 0."
        )
    answer = scenario("share").run(
        verdicts=verdicts, repeats=repeats, oracle=oracle, seed=seed, progress=_say
    )
    if json_:
        as_json(answer)
        return
    to_person.print(
        f"[bold]{answer['verdicts_a_second']:,} verdicts a second[/bold] of {answer['checks']} checks each "
        f"({answer['microseconds']} µs; {answer['times_asking_the_agreements']} times asking the agreements alone)",
        highlight=False,
    )
    for name, what in (("oracle_rules", "rules"), ("oracle_agreements", "agreements made up at random")):
        if told := answer.get(name):
            to_person.print(
                f"Cedar on {what}: {told['cases']:,} cases, {told['permitted']:,} permitted, {told['differ']} differ",
                highlight=False,
            )


def _say(words: str) -> None:
    to_person_aside.print(words, highlight=False, markup=False)


def scenario(name: str) -> Any:
    """The module `benchmarks.NAME` of the checkout that this runs from; refused where there is none."""
    root = Path(jigsaw.__path__[0]).parents[1]
    if not (root / "benchmarks" / f"{name}.py").is_file():
        raise Unreadable(f"There is no {name}.py in {root / 'benchmarks'}. Run this from the source code.")
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return importlib.import_module(f"benchmarks.{name}")
