"""`jigsaw bench …`: how fast it is, beside a reference in the same run; and what it survives.

What is measured lives in the folder `benchmarks` of the source code, beside `src`; see its README.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from jigsaw.hub.cli.answers import as_json, to_person, to_person_aside
from jigsaw.hub.cli.django_setup import setup
from jigsaw.hub.cli.endurance_benchmarks import alerts, audit, faults, load, recovery
from jigsaw.hub.cli.matching_benchmarks import febrl, identity, link
from jigsaw.hub.cli.sharing_benchmarks import share

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.")]


def add_to(app: typer.Typer) -> None:
    bench = typer.Typer(no_args_is_help=True, help="Measure how fast it is, against a reference.")
    bench.command()(pages)
    bench.command()(find)
    bench.command()(guard)
    bench.command()(ask)
    bench.command("import")(import_)
    bench.command()(identity)
    bench.command()(febrl)
    bench.command()(link)
    bench.command()(share)
    bench.command()(audit)
    bench.command()(faults)
    bench.command()(recovery)
    bench.command()(load)
    bench.command()(alerts)
    app.add_typer(bench, name="bench")


def pages(
    persons: Annotated[int, typer.Option(min=2000, max=800_000, help="How many people to invent.")] = 200_000,
    entries: Annotated[
        int, typer.Option(min=2000, max=20_000_000, help="How many chronology entries about them.")
    ] = 2_000_000,
    samples: Annotated[int, typer.Option(min=20, help="How often each page is timed in each repeat.")] = 200,
    repeats: Annotated[int, typer.Option(min=1, help="How many repeats, of which the median counts.")] = 3,
    json_: Json = False,
) -> None:
    """Time the busiest pages on an invented large authority, in a database of its own."""
    answer = _scenario("pages").run(
        persons=persons,
        entries=entries,
        samples=samples,
        repeats=repeats,
        progress=lambda words: to_person_aside.print(words, highlight=False),
    )
    if json_:
        as_json(answer)
        return
    to_person.print(
        f"{answer['persons']:,} people, {answer['records']:,} records, {answer['entries']:,} entries"
    )
    for name, page in answer["pages"].items():
        to_person.print(
            f"[bold]{name}[/bold]: median {page['median']} ms, 95% within {page['p95']} ms, "
            f"{page['statements']['most']} statements, {page['ratio']} times {page['reference']}",
            highlight=False,
        )


def find(
    persons: Annotated[int, typer.Option(min=1000, help="How many people to invent.")] = 100_000,
    asked: Annotated[int, typer.Option(min=20, help="How many queries, each with one kind of fault.")] = 400,
    repeats: Annotated[int, typer.Option(min=1, help="How often all are asked; the median counts.")] = 3,
    compared: Annotated[int, typer.Option(min=0, help="How many of them Splink scores in turns.")] = 100,
    exhaustive: Annotated[int, typer.Option(min=0, help="How many are compared with everybody.")] = 100,
    blocked: Annotated[int, typer.Option(min=0, help="How many are asked of Splink alone.")] = 20,
    json_: Json = False,
) -> None:
    """Time finding people by what is typed, in an invented person index in a database of its own."""
    answer = _scenario("find").run(
        persons=persons,
        asked=asked,
        repeats=repeats,
        compared=compared,
        exhaustive=exhaustive,
        blocked=blocked,
        progress=lambda words: to_person_aside.print(words, highlight=False),
    )
    if json_:
        as_json(answer)
        return
    to_person.print(f"{answer['persons']:,} people, {answer['records']:,} records, {answer['keys']:,} keys")
    to_person.print(
        f"[bold]Text to ranked matches[/bold]: median {answer['p50']} ms, 95% within {answer['p95']} ms; "
        f"{answer['queries_a_second_2_processes']} a second from two processes; "
        f"found first {answer['recall_at_1']:.1%}, among five {answer['recall_at_5']:.1%}",
        highlight=False,
    )
    for name, way in (("scored by Splink", "by_splink"), ("sought by Splink alone", "by_splink_blocked")):
        if answer[way]["queries"]:
            to_person.print(
                f"  {name}: {answer[way]['times_slower_p95']} times slower at 95%", highlight=False
            )


def guard(
    cases: Annotated[
        int, typer.Option(min=1, help="How many cases the database decides, at least.")
    ] = 1_000_000,
    persons: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="How many people to invent to time a page; 0: none.")
    ] = 100_000,
    entries: Annotated[int, typer.Option(min=2000, max=20_000_000, help="Entries about them.")] = 1_000_000,
    samples: Annotated[int, typer.Option(min=10, help="How many pages in each turn.")] = 60,
    json_: Json = False,
) -> None:
    """Hold the database's row-level security against a model, and time a child's page with it and without."""
    answer = _scenario("guard").run(
        cases=cases,
        persons=persons,
        entries=entries,
        samples=samples,
        progress=lambda words: to_person_aside.print(words, highlight=False),
    )
    if json_:
        as_json(answer)
    else:
        to_person.print(
            f"{answer['cases']:,} cases: {answer['leaks']} leaks, {answer['wrong_refusals']} wrong refusals, in "
            f"{answer['seconds']} s; {answer['broken']} broken policies, not found: {answer['broken_not_found'] or 'none'}",
            highlight=False,
        )
        if persons:
            to_person.print(
                f"{answer['persons']:,} people, {answer['entries']:,} entries. [bold]A child’s page[/bold]: median "
                f"{answer['page_median']} ms, 95% within {answer['page_p95']} ms; its statements take {answer['ratio']} "
                f"times as long as unguarded",
                highlight=False,
            )
    if answer["leaks"] or answer["wrong_refusals"] or answer["broken_not_found"]:
        raise typer.Exit(1)


def ask(
    persons: Annotated[
        int, typer.Option(min=1000, help="How many people to invent, adults included.")
    ] = 40_000,
    questions: Annotated[int, typer.Option(min=10, help="How many questions to time.")] = 1000,
    seed: Annotated[int, typer.Option(help="Another seed makes other people.")] = 1,
    json_: Json = False,
) -> None:
    """Measure asking another hub about a child: found, wrongly found, cost, and what trying all names would take."""
    answer = _scenario("ask_another_area").run(
        persons=persons,
        questions=questions,
        seed=seed,
        progress=lambda words: to_person_aside.print(words, highlight=False),
    )
    if json_:
        as_json(answer)
        return
    for which in ("with numbers", "without NHS number and UPN"):
        to_person.print(f"[bold]{which}[/bold] (yes at / ask at)", highlight=False)
        for thresholds, told in answer[which].items():
            to_person.print(
                f"  {thresholds}: yes {told['recall yes']:.1%}, yes or ask {told['recall yes or ask']:.1%} of those known; "
                f"wrongly: stranger {told['stranger: yes or ask']:.2%}, sibling {told['sibling: yes or ask']:.2%}, "
                f"twin {told['twin: yes or ask']:.1%} (a plain yes {told['twin: yes']:.1%})",
                highlight=False,
            )
    for name in ("microseconds", "enumeration", "answering"):
        to_person.print(f"[bold]{name}[/bold]", highlight=False)
        for what, value in answer[name].items():
            to_person.print(f"  {what}: {value}", highlight=False)


def import_(
    children: Annotated[
        int, typer.Option(min=10, help="How many children the invented return has.")
    ] = 20_000,
    json_: Json = False,
) -> None:
    """Time the import of an invented children-in-need census return."""
    answer = _scenario("import_cin").run(children)
    if json_:
        as_json(answer)
        return
    for name, value in answer.items():
        to_person.print(f"{name}: {value}", highlight=False)


def _scenario(name: str) -> Any:
    """The module `benchmarks.NAME` of the checkout that this runs from; ends in words where there is none."""
    setup()
    from django.conf import settings

    root = Path(settings.ROOT)
    if not (root / "benchmarks" / f"{name}.py").is_file():
        print(
            f"There is no {name}.py in {root / 'benchmarks'}: "
            "run this from the source code, set up with `make run`.",
            file=sys.stderr,
        )
        raise typer.Exit(2)
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return importlib.import_module(f"benchmarks.{name}")
